//! What a token that is limited to names can reach: the refs that its patterns name, what they were before, and all that
//! these lead to.
//!
//! Ids open nothing for such a token, however it has come to know them: what it fetches, and what it says that the hub
//! has, must be reached from a ref of its own.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::http::StatusCode;

use crate::base::Digest;
use crate::image::name::Named;
use crate::model::registry::Role;
use crate::remote::answer;
use crate::remote::wire::code;
use crate::server::limits::Limited;
use crate::server::state::State;
use crate::server::sync::past::Past;
use crate::server::sync::problem::Problem;
use crate::server::token::Kind;
use crate::store::walk::Seen;
use crate::store::{self, Link, Ref, Store, walk};
use crate::track::logged::LoggedModel;
use crate::track::{self, Experiment, Run, index};

/// No token reaches more objects, and no more are remembered for all of them together: 16 bytes each.
const MOST: u64 = 2_000_000;

/// What was reached from some refs. It stays true for as long as these are where they were.
#[derive(Debug, Default)]
pub(super) struct Reaches(VecDeque<(Digest, Arc<Seen>)>);

impl Reaches {
    fn find(&self, refs: &Digest) -> Option<Arc<Seen>> {
        self.0.iter().find(|(known, _)| known == refs).map(|(_, seen)| Arc::clone(seen))
    }

    fn keep(&mut self, refs: Digest, seen: &Arc<Seen>) {
        self.0.push_back((refs, Arc::clone(seen)));
        while self.0.iter().map(|(_, seen)| seen.len()).sum::<u64>() > MOST {
            self.0.pop_front();
        }
    }
}

/// Returns the last operation, and the refs that are there for a token.
pub(super) fn refs(store: &Store, limited: &Limited) -> Result<(u64, Vec<Ref>), Problem> {
    View::of(store, limited)?.refs()
}

/// Returns all objects that a token can reach.
pub(super) fn reach(state: &State, limited: &Limited) -> Result<Arc<Seen>, Problem> {
    let view = View::of(&state.store, limited)?;
    let (_, refs) = view.refs()?;
    let digest = digest_of(&refs);
    if let Some(seen) = state.desk.reaches().find(&digest) {
        return Ok(seen);
    }
    let seen = Arc::new(walked(&view, &refs)?);
    state.desk.reaches().keep(digest, &seen);
    Ok(seen)
}

/// Checks that a token can reach some objects; what it cannot is missing, as what is not there.
pub(super) fn check(reach: &Seen, links: &[Link]) -> Result<(), Problem> {
    let missing = links.iter().find(|link| !reach.contains(link));
    let lacks =
        |link: &Link| crate::remote::Error::Incomplete { place: "the other store", link: *link };
    missing.map_or(Ok(()), |link| Err(lacks(link).into()))
}

fn digest_of(refs: &[Ref]) -> Digest {
    let mut text = vec![];
    for Ref { name, target } in refs {
        text.extend_from_slice(name.as_bytes());
        text.push(0);
        text.extend_from_slice(target.digest.as_bytes());
    }
    Digest::of(&text)
}

fn walked(view: &View<'_>, refs: &[Ref]) -> Result<Seen, Problem> {
    let (mut seen, mut past) = (Seen::default(), Past::of(refs));
    let roots = refs.iter().map(|found| found.target);
    if !walk_up_to(view.store, roots, &mut seen, |link, bytes| past.note(link, bytes))? {
        let message = format!(
            "a token that is limited to names may reach {MOST} objects, and this one reaches more: use one without `--only`"
        );
        return Err(Problem::new(StatusCode::FORBIDDEN, code::TOO_LARGE, message));
    }
    // Where that is too much, the rest of what was before is not there for the token.
    walk_up_to(view.store, past.versions(view)?, &mut seen, |_, _| {})?;
    Ok(seen)
}

/// Walks on until [`MOST`] objects are seen; returns whether that was enough.
fn walk_up_to(
    store: &Store,
    roots: impl IntoIterator<Item = Link>,
    seen: &mut Seen,
    mut note: impl FnMut(&Link, &[u8]),
) -> Result<bool, Problem> {
    let mut count = seen.len();
    let visit = |link: &Link, bytes: Option<&[u8]>| {
        count += 1;
        bytes.iter().for_each(|bytes| note(link, bytes));
        // Any error ends the walk; which one it was is told by the count.
        if count > MOST { Err(store::Error::Missing(*link)) } else { Ok(()) }
    };
    // What is lost leads nowhere.
    let lost = |_: &Link, error| match error {
        store::Error::Missing(_)
        | store::Error::Damaged { .. }
        | store::Error::Malformed { .. } => Ok(()),
        error => Err(error),
    };
    match walk::walk(store, roots, seen, visit, lost) {
        Err(_) if count > MOST => Ok(false),
        other => Ok(other.map(|()| true)?),
    }
}

/// What the patterns of a token name, as ids.
pub(super) struct View<'a> {
    pub(super) store: &'a Store,
    limited: &'a Limited,
    experiments: std::collections::HashSet<track::ExperimentId>,
    runs: std::collections::HashSet<String>,
}

impl<'a> View<'a> {
    fn of(store: &'a Store, limited: &'a Limited) -> Result<Self, Problem> {
        let experiments = limited.experiments(store).map_err(failed)?;
        let runs = index::runs_of(store, &experiments).map_err(failed)?;
        Ok(Self { store, limited, experiments, runs })
    }

    fn refs(&self) -> Result<(u64, Vec<Ref>), Problem> {
        let (head, mut refs) = answer::all(self.store)?;
        refs.retain(|found| self.holds(found));
        Ok((head, refs))
    }

    /// Tells whether what a ref was once, its target here, was the token's then too: by what the record itself says.
    pub(super) fn held(&self, found: &Ref) -> bool {
        let node = &found.target;
        match found.name.split_once('/') {
            Some(("experiments", _)) => {
                let experiment = self.store.read_node::<Experiment>(node);
                experiment.is_ok_and(|past| self.limited.allows(Kind::Experiment, &past.name))
            }
            Some(("runs", _)) => {
                let run = self.store.read_node::<Run>(node);
                run.is_ok_and(|past| self.experiments.contains(&past.experiment))
            }
            _ => self.holds(found),
        }
    }

    fn holds(&self, found: &Ref) -> bool {
        let Some((kind, own)) = found.name.split_once('/') else { return false };
        match kind {
            "experiments" => own.parse().is_ok_and(|id| self.experiments.contains(&id)),
            "runs" => self.runs.contains(own),
            "logged-models" => {
                let model = self.store.read_node::<LoggedModel>(&found.target);
                model.is_ok_and(|model| self.experiments.contains(&model.experiment))
            }
            _ => is_named(self.limited, &found.name),
        }
    }
}

/// Tells whether a ref belongs to a model or a repository that the patterns name: its own name says so.
pub(super) fn is_named(limited: &Limited, name: &str) -> bool {
    if let Some((model, _)) = Role::of(name) {
        return limited.allows(Kind::Model, &model);
    }
    let image = Named::parse(name).filter(|named| !named.name.is_empty());
    image.is_some_and(|named| limited.allows(Kind::Image, &named.name))
}

pub(super) fn failed(error: track::Error) -> Problem {
    crate::remote::Error::Choose(error.into()).into()
}
