//! Pulling: fetching, and then the refs here follow those of the other store.

use std::collections::BTreeMap;

use crate::base::Progress;
use crate::remote::ancestry::{Relation, relation};
use crate::remote::fetch::seen;
use crate::remote::refname::is_immutable;
use crate::remote::{Error, Fetch, How, Moved, Peer, Reason, Refusal, Report, fetch};
use crate::store::config::Remote;
use crate::store::{Change, Expected, Link, Ref, Store, Writer, refs};

/// Makes one version of two that both stores call `name`; `None` where that cannot be.
pub type Merge<'a> = dyn Fn(
        &mut Writer<'_>,
        &str,
        &Link,
        &Link,
    ) -> Result<Option<Link>, Box<dyn std::error::Error + Send + Sync>>
    + 'a;

/// Gives what these refs point at other names, since the other store means something else by them; its refs are given with
/// the names that they have there. Returns each name with the new one; what it leaves out is refused.
pub type Rename<'a> = dyn Fn(
        &Store,
        &[String],
        &BTreeMap<String, Link>,
    ) -> Result<Vec<(String, String)>, Box<dyn std::error::Error + Send + Sync>>
    + 'a;

/// How differences are settled: what only the rooms above know.
#[derive(Clone, Copy)]
pub struct Settle<'a> {
    pub merge: &'a Merge<'a>,
    pub rename: &'a Rename<'a>,
}

impl std::fmt::Debug for Settle<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Settle")
    }
}

/// Fetches from `peer`, then moves the refs here in one operation.
///
/// A ref that only the other store has moved follows it; one that both have moved is merged. If one cannot be, none
/// moves, and all of them stay as they are in both stores. A dry run tells what would arrive.
pub fn pull(
    store: &Store,
    peer: &Peer,
    remote: &Remote,
    options: &Fetch<'_>,
    settle: Settle<'_>,
    progress: &dyn Progress,
) -> Result<Report, Error> {
    let before = seen(store, &remote.name)?;
    let fetched = fetch(store, peer, remote, options, progress)?;
    if options.dry_run {
        return Ok(fetched);
    }
    let mut report = Report { moved: vec![], same: 0, ..fetched };
    let there = seen(store, &remote.name)?;
    let clashing = clashing(store, &before, &there, options)?;
    if !clashing.is_empty() {
        report.renamed = (settle.rename)(store, &clashing, &there)
            .map_err(|source| Error::Merge { name: clashing[0].clone(), source })?;
    }
    let mut writer = store.writer()?;
    let mut changes = vec![];
    for (name, theirs) in there {
        let found = Ref { name, target: theirs };
        if !(options.select)(store, &found).map_err(Error::Choose)? {
            continue;
        }
        let ours = refs::get(store, &found.name)?;
        let base = before.get(&found.name);
        let stores = [store, peer.store()];
        match follow(&mut writer, &found, ours.as_ref(), base, &stores, settle.merge)? {
            Follow::Stay => report.same += 1,
            Follow::Refuse(reason) => {
                report.refused.push(Refusal { name: found.name, reason });
            }
            Follow::Move(new, how) => {
                let expected = ours.map_or(Expected::Absent, Expected::Is);
                changes.push(Change { name: found.name.clone(), expected, new: Some(new) });
                report.moved.push(Moved { name: found.name, old: ours, new: Some(new), how });
            }
        }
    }
    let stay = [Reason::Rewound, Reason::Foreign];
    if report.refused.iter().any(|refusal| !stay.contains(&refusal.reason)) {
        return Err(Error::Refused(report.refused));
    }
    if !changes.is_empty() {
        writer.commit(changes)?;
    }
    Ok(report)
}

/// Returns the refs that may never change, and that both stores have given to different things. One that was taken from
/// the other store before is none of them: there it is the other store that has changed what it said.
fn clashing(
    store: &Store,
    before: &BTreeMap<String, Link>,
    there: &BTreeMap<String, Link>,
    options: &Fetch<'_>,
) -> Result<Vec<String>, Error> {
    let mut clashing = vec![];
    for (name, theirs) in there.iter().filter(|(name, _)| is_immutable(name)) {
        let found = Ref { name: name.clone(), target: *theirs };
        let ours = refs::get(store, name)?.filter(|ours| ours != theirs);
        if ours.is_some()
            && before.get(name) != ours.as_ref()
            && (options.select)(store, &found).map_err(Error::Choose)?
        {
            clashing.push(found.name);
        }
    }
    Ok(clashing)
}

enum Follow {
    Stay,
    Move(Link, How),
    Refuse(Reason),
}

fn follow(
    writer: &mut Writer<'_>,
    found: &Ref,
    ours: Option<&Link>,
    base: Option<&Link>,
    stores: &[&Store],
    merge: &Merge<'_>,
) -> Result<Follow, Error> {
    let Ref { name, target: theirs } = found;
    let Some(ours) = ours else { return Ok(Follow::Move(*theirs, How::New)) };
    let relation = relation(ours, theirs, base, stores)?;
    if relation != Relation::Same && is_immutable(name) {
        return Ok(Follow::Refuse(Reason::Immutable));
    }
    match relation {
        Relation::Same | Relation::Ahead => Ok(Follow::Stay),
        Relation::Behind => Ok(Follow::Move(*theirs, How::Forward)),
        Relation::Diverged => {
            let merged = merge(writer, name, ours, theirs)
                .map_err(|source| Error::Merge { name: name.clone(), source })?;
            Ok(merged
                .map_or(Follow::Refuse(Reason::Diverged), |new| Follow::Move(new, How::Merged)))
        }
    }
}
