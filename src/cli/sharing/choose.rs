//! Which refs travel: all that people made, or those that are named.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobMatcher};
use mls::image::name::Named;
use mls::model::fits;
use mls::remote::{self, default_refs};
use mls::store::{Ref, Store};
use mls::track::{Experiment, ExperimentId, Run, RunId};

use crate::cli::error::CommandError;

/// Fewer hex digits name no run.
const SHORTEST_PREFIX: usize = 4;

/// The refs that travel.
#[derive(Debug)]
pub(crate) enum Choice {
    /// Everything that people made, and the caches too where asked for.
    All {
        caches: bool,
    },
    Named(BTreeSet<String>),
}

type Chosen = Result<bool, Box<dyn std::error::Error + Send + Sync>>;

impl Choice {
    /// Finds what `wanted` names among the refs of `store`; everything where nothing is named.
    ///
    /// A name is a ref or a folder of refs, the beginning of a run's id, what a run or an experiment is called, or a
    /// glob over any of these.
    pub(crate) fn of(
        store: &Store,
        refs: &[Ref],
        wanted: &[String],
        caches: bool,
        place: &'static str,
    ) -> Result<Self, CommandError> {
        if wanted.is_empty() {
            return Ok(Self::All { caches });
        }
        look_at(store, refs)?;
        let mut chosen = BTreeSet::new();
        for wanted in wanted {
            let pattern = Pattern::new(wanted)?;
            let mut found = false;
            for candidate in refs {
                if pattern.matches(&candidate.name) || pattern.matches_label(store, candidate)? {
                    found = true;
                    chosen.insert(candidate.name.clone());
                }
            }
            if !found {
                return Err(remote::Error::NoSuchRef { wanted: wanted.clone(), place }.into());
            }
        }
        Ok(Self::Named(chosen))
    }

    /// Adds the experiments of the runs that travel.
    pub(crate) fn with_experiments(mut self, store: &Store, refs: &[Ref]) -> Self {
        if let Self::Named(names) = &mut self {
            let runs = refs.iter().filter(|found| names.contains(&found.name));
            let experiments: Vec<String> =
                runs.filter_map(|found| experiment(store, found)).collect();
            names.extend(experiments);
        }
        self
    }

    /// Tells whether a ref travels.
    pub(crate) fn select(&self, found: &Ref) -> Chosen {
        Ok(match self {
            Self::All { caches } => {
                default_refs(&found.name) || (*caches && found.name.starts_with("cache/"))
            }
            Self::Named(names) => names.contains(&found.name),
        })
    }
}

/// Tells whether what another store calls a run, an experiment or a model is one, and the one that its name says: a ref
/// that is not would keep every listing of runs from being made.
pub(crate) fn accept(store: &Store, found: &Ref) -> Chosen {
    match store.read(&found.target) {
        Ok(bytes) => Ok(fits(&found.name, &bytes)),
        Err(mls::store::Error::Malformed { .. }) => Ok(false),
        // The transfer tells which object is missing or damaged.
        Err(mls::store::Error::Missing(_) | mls::store::Error::Damaged { .. }) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

/// `--runs`, `--models` and `--images`: globs over names.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Globs {
    /// Only runs whose name or id matches GLOB
    #[arg(long, value_name = "GLOB")]
    runs: Option<String>,
    /// Only models whose name matches GLOB
    #[arg(long, value_name = "GLOB")]
    models: Option<String>,
    /// Only images whose name matches GLOB
    #[arg(long, value_name = "GLOB")]
    images: Option<String>,
}

impl Globs {
    /// Returns what a remote is set to.
    pub(crate) fn of_remote(remote: &mls::store::config::Remote) -> Self {
        let glob = |kind: &str| {
            remote.only.iter().find(|(name, _)| name == kind).map(|(_, glob)| glob.clone())
        };
        Self { runs: glob("runs"), models: glob("models"), images: glob("images") }
    }

    /// Returns the globs as settings of a remote.
    pub(crate) fn fields(&self) -> Vec<(&'static str, String)> {
        let all = [("runs", &self.runs), ("models", &self.models), ("images", &self.images)];
        all.into_iter().filter_map(|(kind, glob)| Some((kind, glob.clone()?))).collect()
    }

    /// Finds what matches among the refs of `store`; everything where no glob is given, else only the kinds that have
    /// one.
    pub(crate) fn choose(&self, store: &Store, refs: &[Ref]) -> Result<Choice, CommandError> {
        let globs = self.fields();
        if globs.is_empty() {
            return Ok(Choice::All { caches: false });
        }
        look_at(store, refs)?;
        let mut chosen = BTreeSet::new();
        for (kind, glob) in globs {
            let glob = matcher(&glob)?;
            for candidate in refs {
                let Some(name) =
                    candidate.name.strip_prefix(kind).and_then(|n| n.strip_prefix('/'))
                else {
                    continue;
                };
                let named = glob.is_match(name) || glob.is_match(base(kind, name));
                if named || label(store, candidate)?.is_some_and(|label| glob.is_match(label)) {
                    chosen.insert(candidate.name.clone());
                }
            }
        }
        Ok(Choice::Named(chosen).with_experiments(store, refs))
    }
}

/// Returns the name without version, alias or tag.
fn base<'a>(kind: &str, name: &'a str) -> &'a str {
    let end = match kind {
        "models" => name.find('/'),
        _ => name.rfind(':'),
    };
    end.map_or(name, |end| &name[..end])
}

/// What a word on the command line may mean.
struct Pattern<'a> {
    text: &'a str,
    glob: Option<GlobMatcher>,
}

impl<'a> Pattern<'a> {
    fn new(text: &'a str) -> Result<Self, CommandError> {
        let text = text.strip_prefix("run:").unwrap_or(text).trim_end_matches('/');
        let glob = text.contains(['*', '?', '[', '{']).then(|| matcher(text)).transpose()?;
        Ok(Self { text, glob })
    }

    fn matches(&self, name: &str) -> bool {
        let below = name.strip_prefix(self.text).is_some_and(|rest| rest.starts_with('/'));
        let is_id = self.text.len() >= SHORTEST_PREFIX
            && name.strip_prefix("runs/").is_some_and(|id| id.starts_with(self.text));
        let matches = self.glob.as_ref().is_some_and(|glob| glob.is_match(name));
        name == self.text || below || is_id || matches
    }

    fn matches_label(&self, store: &Store, found: &Ref) -> Result<bool, CommandError> {
        Ok(label(store, found)?.is_some_and(|label| {
            label == self.text
                || label.strip_suffix(":latest") == Some(self.text)
                || self.glob.as_ref().is_some_and(|glob| glob.is_match(&label))
        }))
    }
}

fn matcher(text: &str) -> Result<GlobMatcher, CommandError> {
    let glob = GlobBuilder::new(text).literal_separator(false).build();
    glob.map(|glob| glob.compile_matcher()).map_err(CommandError::usage)
}

/// Has the records of all runs and experiments brought where they can be read, at once and not one by one.
fn look_at(store: &Store, refs: &[Ref]) -> Result<(), CommandError> {
    let named =
        |found: &&Ref| ["runs/", "experiments/"].iter().any(|kind| found.name.starts_with(kind));
    let links: Vec<_> = refs.iter().filter(named).map(|found| found.target).collect();
    Ok(store.supply(&links).map_err(remote::Error::from)?)
}

/// Returns what a run or an experiment is called; nothing for other refs and for what cannot be read as such.
fn label(store: &Store, found: &Ref) -> Result<Option<String>, CommandError> {
    let read = match found.name.split('/').next() {
        Some("runs") => store.read_node::<Run>(&found.target).map(|run| run.name),
        Some("experiments") => store.read_node::<Experiment>(&found.target).map(|found| found.name),
        Some("images") => return Ok(Named::parse(&found.name).and_then(|name| name.text())),
        _ => return Ok(None),
    };
    match read {
        Ok(label) => Ok(Some(label)),
        // The transfer itself tells what is wrong with it, if it is wanted.
        Err(mls::store::Error::Malformed { .. } | mls::store::Error::Missing(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Returns the ref of a run's experiment.
fn experiment(store: &Store, found: &Ref) -> Option<String> {
    found.name.strip_prefix("runs/")?.parse::<RunId>().ok()?;
    let run: Run = store.read_node(&found.target).ok()?;
    let experiment: &ExperimentId = &run.experiment;
    Some(experiment.ref_name())
}
