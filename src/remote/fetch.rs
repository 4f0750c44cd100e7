//! Fetching: what another store has comes here, and its refs are remembered as `remotes/<name>/…`.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::Progress;
use crate::remote::ancestry::{self, Relation};
use crate::remote::refname::{is_immutable, tracking};
use crate::remote::transfer::{Terms, bring, keep_on_failure};
use crate::remote::{Error, How, Moved, Peer, Reason, Refusal, Report, Select};
use crate::store::config::Remote;
use crate::store::{Change, Expected, Link, Ref, Store, refs};

/// What is fetched, and how.
#[derive(Clone, Copy)]
pub struct Fetch<'a> {
    pub select: &'a Select<'a>,
    /// Whether a ref that is new or has moved points at what its name says.
    pub accept: &'a Select<'a>,
    /// Forget refs that the other store no longer has.
    pub prune: bool,
    /// Take over what the other store has gone back to, or has given another meaning.
    pub force: bool,
    pub dry_run: bool,
}

impl std::fmt::Debug for Fetch<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { prune, force, dry_run, .. } = self;
        write!(f, "Fetch {{ prune: {prune}, force: {force}, dry_run: {dry_run} }}")
    }
}

/// Fetches from `peer`, which is known here as `remote`.
///
/// The refs that may move do so together; one that the other store has gone back with stays, and is told.
pub fn fetch(
    store: &Store,
    peer: &Peer,
    remote: &Remote,
    options: &Fetch<'_>,
    progress: &dyn Progress,
) -> Result<Report, Error> {
    peer.differs_from(store)?;
    let writer = store.writer()?;
    // What is read there stays there as long as this is held.
    let _lease = peer.transport.hold();
    let draft = Draft::make(store, peer, remote, options)?;
    let terms = Terms { blobs: remote.filter.is_none(), dry_run: options.dry_run };
    let mut report = draft.report;
    let (writer, sent) = keep_on_failure(writer, |writer| {
        bring(peer.origin(), &draft.roots, writer, terms, progress)
    })?;
    report.sent = sent;
    if !options.dry_run && !draft.changes.is_empty() {
        writer.commit(draft.changes)?;
    }
    Ok(report)
}

/// What a fetch will do.
#[derive(Default)]
struct Draft {
    changes: Vec<Change>,
    roots: Vec<Link>,
    report: Report,
}

impl Draft {
    fn make(
        store: &Store,
        peer: &Peer,
        remote: &Remote,
        options: &Fetch<'_>,
    ) -> Result<Self, Error> {
        let mut draft = Self::default();
        let listing = peer.refs()?;
        draft.report.bad_names = listing.bad;
        let seen = seen(store, &remote.name)?;
        let mut there = BTreeSet::new();
        let mut chosen = vec![];
        for found in listing.refs {
            there.insert(found.name.clone());
            if (options.select)(peer.store(), &found).map_err(Error::Choose)? {
                chosen.push(found);
            }
        }
        // What decides about refs that have moved is brought at once, where it is far away.
        let moved = chosen.iter().filter(|found| seen.get(&found.name) != Some(&found.target));
        peer.store().supply(&moved.map(|found| found.target).collect::<Vec<_>>())?;
        for found in chosen {
            draft.take(store, peer, remote, &seen, found, options)?;
        }
        if options.prune {
            for (name, old) in seen.iter().filter(|(name, _)| !there.contains(*name)) {
                let gone = Ref { name: name.clone(), target: *old };
                if (options.select)(store, &gone).map_err(Error::Choose)? {
                    draft.change(remote, name, Some(*old), None, How::Removed);
                }
            }
        }
        Ok(draft)
    }

    fn take(
        &mut self,
        store: &Store,
        peer: &Peer,
        remote: &Remote,
        seen: &BTreeMap<String, Link>,
        found: Ref,
        options: &Fetch<'_>,
    ) -> Result<(), Error> {
        let Ref { name, target } = found.clone();
        if tracking(&remote.name, &name).len() > refs::MAX_NAME {
            self.report.bad_names.push(name);
            return Ok(());
        }
        let how = match seen.get(&name) {
            None => How::New,
            Some(old) if *old == target => {
                self.report.same += 1;
                return Ok(());
            }
            Some(old) => {
                match (suspicion(peer.store(), store, &name, old, &target)?, options.force) {
                    (None, _) => How::Forward,
                    (Some(_), true) => How::Forced,
                    (Some(reason), false) => {
                        self.report.refused.push(Refusal { name, reason });
                        return Ok(());
                    }
                }
            }
        };
        if !(options.accept)(peer.store(), &found).map_err(Error::Choose)? {
            self.report.refused.push(Refusal { name, reason: Reason::Foreign });
            return Ok(());
        }
        self.roots.push(target);
        self.roots.extend(parted(store, peer, &name, &target, seen.get(&name))?);
        self.change(remote, &name, seen.get(&name).copied(), Some(target), how);
        Ok(())
    }

    fn change(
        &mut self,
        remote: &Remote,
        name: &str,
        old: Option<Link>,
        new: Option<Link>,
        how: How,
    ) {
        let change = Change { name: tracking(&remote.name, name), expected: Expected::Any, new };
        self.changes.push(change);
        self.report.moved.push(Moved { name: name.to_owned(), old, new, how });
    }
}

/// Returns what was last seen of `remote`, under the names that it has there.
pub(crate) fn seen(store: &Store, remote: &str) -> Result<BTreeMap<String, Link>, Error> {
    let prefix = tracking(remote, "");
    let refs = refs::list(store, &prefix)?.into_iter();
    Ok(refs.map(|found| (found.name[prefix.len()..].to_owned(), found.target)).collect())
}

/// Tells what is wrong with a ref of another store that was at `old` before.
fn suspicion(
    there: &Store,
    here: &Store,
    name: &str,
    old: &Link,
    new: &Link,
) -> Result<Option<Reason>, Error> {
    if is_immutable(name) {
        return Ok(Some(Reason::Immutable));
    }
    let rewound = ancestry::comes_from(old, new, &[here, there])?;
    Ok(rewound.then_some(Reason::Rewound))
}

/// Returns the versions between here and there of a ref that both have changed: a merge needs to know what each began
/// with.
fn parted(
    store: &Store,
    peer: &Peer,
    name: &str,
    theirs: &Link,
    base: Option<&Link>,
) -> Result<Vec<Link>, Error> {
    let Some(ours) = refs::get(store, name)? else { return Ok(vec![]) };
    match ancestry::relation(&ours, theirs, base, &[store, peer.store()])? {
        Relation::Diverged => ancestry::missing(theirs, store, &[peer.store()]),
        _ => Ok(vec![]),
    }
}
