//! Pushing: what is here goes to another store, whose refs move only from where this store thinks they are.

use std::collections::BTreeMap;

use crate::base::Progress;
use crate::remote::ancestry::{Relation, relation};
use crate::remote::fetch::seen;
use crate::remote::refname::{is_cache, is_immutable, tracking};
use crate::remote::{Error, How, Moved, Peer, Reason, Refusal, Report, Select};
use crate::store::{Change, Expected, Kind, Link, Ref, Store, Writer, refs};

/// What is pushed, and how.
#[derive(Clone, Copy)]
pub struct Push<'a> {
    pub select: &'a Select<'a>,
    /// Remove refs there that are gone here, as far as they are where this store last saw them.
    pub prune: bool,
    /// Move a ref there back or aside, if it is where this store last saw it.
    pub force_with_lease: bool,
    pub dry_run: bool,
}

impl std::fmt::Debug for Push<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { prune, force_with_lease, dry_run, .. } = self;
        write!(
            f,
            "Push {{ prune: {prune}, force_with_lease: {force_with_lease}, dry_run: {dry_run} }}"
        )
    }
}

/// Pushes to `peer`; `remote` is its name here, if it has one. All refs move, or none.
pub fn push(
    store: &Store,
    peer: &Peer,
    remote: Option<&str>,
    options: &Push<'_>,
    progress: &dyn Progress,
) -> Result<Report, Error> {
    peer.differs_from(store)?;
    // Keeps what is read here; a store that may only be read has no gc, and remembers nothing.
    let own = store.writer().ok();
    let delivery = peer.transport.begin()?;
    let draft = Draft::make(store, peer, remote, options)?;
    let mut report = draft.report;
    if !report.refused.is_empty() {
        return Err(Error::Refused(report.refused));
    }
    report.sent = delivery.send(store, &report.moved, options.dry_run, progress)?;
    if options.dry_run {
        return Ok(report);
    }
    if let (Some(own), Some(remote)) = (own, remote) {
        remember(own, remote, &draft.known)?;
    }
    Ok(report)
}

/// Notes where the other store's refs are now.
fn remember(
    writer: Writer<'_>,
    remote: &str,
    known: &BTreeMap<String, Option<Link>>,
) -> Result<(), Error> {
    let seen = seen(writer.store(), remote)?;
    let moved = known.iter().filter(|(name, new)| seen.get(*name) != new.as_ref());
    let changes: Vec<Change> = moved
        .map(|(name, new)| Change {
            name: tracking(remote, name),
            expected: Expected::Any,
            new: *new,
        })
        .collect();
    if !changes.is_empty() {
        writer.commit(changes)?;
    }
    Ok(())
}

/// What a push will do.
#[derive(Default)]
struct Draft {
    /// Where refs of the other store will be, of all that were looked at.
    known: BTreeMap<String, Option<Link>>,
    report: Report,
}

impl Draft {
    fn make(
        store: &Store,
        peer: &Peer,
        remote: Option<&str>,
        options: &Push<'_>,
    ) -> Result<Self, Error> {
        let mut draft = Self::default();
        let seen = remote.map(|remote| seen(store, remote)).transpose()?.unwrap_or_default();
        let theirs: BTreeMap<String, Link> =
            peer.transport.refs()?.into_iter().map(|r| (r.name, r.target)).collect();
        let ours = refs::list(store, "")?;
        for found in ours.iter().filter(|found| !found.name.starts_with("remotes/")) {
            if (options.select)(store, found).map_err(Error::Choose)? {
                let there = (theirs.get(&found.name), seen.get(&found.name));
                draft.offer(store, peer, found, there, options.force_with_lease)?;
            }
        }
        if options.prune {
            let here: std::collections::BTreeSet<&str> =
                ours.iter().map(|found| found.name.as_str()).collect();
            for (name, old) in &seen {
                if !here.contains(name.as_str()) && theirs.get(name) == Some(old) {
                    draft.prune(store, Ref { name: name.clone(), target: *old }, options)?;
                }
            }
        }
        Ok(draft)
    }

    /// Decides about one ref; `there` is where it is in the other store, and where it was last seen there.
    fn offer(
        &mut self,
        store: &Store,
        peer: &Peer,
        found: &Ref,
        there: (Option<&Link>, Option<&Link>),
        force: bool,
    ) -> Result<(), Error> {
        let Ref { name, target } = found;
        let refuse = |reason| Refusal { name: name.clone(), reason };
        if target.kind != Kind::Node {
            self.report.refused.push(refuse(Reason::NoNode));
            return Ok(());
        }
        let (Some(theirs), base) = there else {
            self.change(name, None, Some(*target), How::New);
            return Ok(());
        };
        match relation(target, theirs, base, &[store, peer.store()])? {
            Relation::Same => {
                self.report.same += 1;
                self.known.insert(name.clone(), Some(*theirs));
            }
            _ if is_immutable(name) => self.report.refused.push(refuse(Reason::Immutable)),
            Relation::Ahead => self.change(name, Some(*theirs), Some(*target), How::Forward),
            _ if is_cache(name) => self.change(name, Some(*theirs), Some(*target), How::Forced),
            _ if force && base == Some(theirs) => {
                self.change(name, Some(*theirs), Some(*target), How::Forced);
            }
            _ if force => self.report.refused.push(refuse(Reason::Stale)),
            Relation::Behind => self.report.behind += 1,
            Relation::Diverged => self.report.refused.push(refuse(Reason::Diverged)),
        }
        Ok(())
    }

    fn prune(&mut self, store: &Store, gone: Ref, options: &Push<'_>) -> Result<(), Error> {
        if (options.select)(store, &gone).map_err(Error::Choose)? {
            self.change(&gone.name, Some(gone.target), None, How::Removed);
        }
        Ok(())
    }

    fn change(&mut self, name: &str, old: Option<Link>, new: Option<Link>, how: How) {
        self.known.insert(name.to_owned(), new);
        self.report.moved.push(Moved { name: name.to_owned(), old, new, how });
    }
}
