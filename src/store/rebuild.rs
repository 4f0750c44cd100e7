//! Making `meta.db` again from the packs: every operation is a node, and so is every snapshot of all refs.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;

use crate::base::Digest;
use crate::store::operation::{self, Logged, Operation, Snapshot};
use crate::store::refs::{self, Change, Expected};
use crate::store::repack::frames;
use crate::store::{Durability, Error, Kind, Link, Store, history, meta, object};

/// What the packs tell about the past.
#[derive(Debug, Default)]
struct Past {
    operations: HashMap<Digest, Operation>,
    snapshots: Vec<(Link, u64)>,
}

/// Fills the empty database of `store`; returns how many refs and operations were found.
///
/// The chain from the operation with the highest number back is what happened. An operation beside it was written by a
/// process that ended before its transaction, or came second: a ref that only such a one names is brought back, since
/// losing it would be worse.
pub(crate) fn from_packs(store: &Store) -> Result<(u64, u64), Error> {
    let past = read(store)?;
    let chain = chain(&past);
    let on_chain: HashSet<Digest> = chain.iter().map(|logged| logged.digest).collect();
    let snapshot = past.snapshots.iter().max_by_key(|(_, number)| *number);
    let mut names = BTreeMap::new();
    if let Some((link, _)) = snapshot {
        names.extend(history::read(store, link)?.1.into_iter().map(|r| (r.name, Some(r.target))));
    }
    let taken = snapshot.map_or(0, |(_, number)| *number);
    for moved in
        chain.iter().filter(|l| l.operation.number > taken).flat_map(|l| &l.operation.moves)
    {
        names.insert(moved.name.clone(), moved.new);
    }
    write(store, &chain, snapshot.map(|(link, _)| *link), &names)?;
    let beside = past.operations.iter().filter(|(digest, _)| !on_chain.contains(digest));
    recover(store, beside.map(|(_, operation)| operation), &names)?;
    Ok((refs::count(store, "")?, chain.len() as u64))
}

/// Returns how many operations in the packs follow the last one of the database, each upon the one before.
///
/// An operation is written before it is acknowledged, and the next is written upon it only after: of two in a row that
/// the database does not know, it has lost the first. SQLite forgets what comes after a damaged place in its log.
pub(crate) fn beyond(store: &Store) -> Result<u64, Error> {
    // The packs first: what is committed meanwhile is then known to the database, and not the other way round.
    let past = read(store)?;
    let head = store.meta(operation::head)?.map(|(_, digest)| digest);
    let mut follow: HashMap<Option<&[u8]>, Vec<&Digest>> = HashMap::new();
    for (digest, operation) in &past.operations {
        let previous = operation.previous.as_ref().map(|name| name.as_slice());
        follow.entry(previous).or_default().push(digest);
    }
    let mut level: Vec<Option<&[u8]>> = vec![head.as_ref().map(|head| &head.as_bytes()[..])];
    let mut depth = 0;
    loop {
        let next = level.iter().flat_map(|name| follow.get(name).into_iter().flatten());
        level = next.map(|digest| Some(&digest.as_bytes()[..])).collect();
        if level.is_empty() {
            return Ok(depth);
        }
        depth += 1;
    }
}

/// Looks at every node of every pack.
fn read(store: &Store) -> Result<Past, Error> {
    #[derive(Deserialize)]
    struct Typed {
        #[serde(rename = "type")]
        kind: String,
    }
    let mut past = Past::default();
    for pack in store.packs().survey()?.packs {
        for parts in frames(pack.entries().unwrap_or_default()) {
            if parts.iter().all(|entry| entry.link.kind == Kind::Blob) {
                continue;
            }
            let Ok(bytes) = pack.frame(&parts[0]) else { continue };
            for entry in parts.iter().filter(|entry| entry.link.kind == Kind::Node) {
                let Ok(node) = pack.part(&bytes, entry) else { continue };
                match object::decode::<Typed>(node).map(|typed| typed.kind).as_deref() {
                    Ok("operation") => {
                        let operation: Operation = object::decode(node)?;
                        // Of one that has lost a part, the rest still counts.
                        let operation =
                            operation::whole(store, operation.clone()).unwrap_or(operation);
                        past.operations.insert(entry.link.digest, operation);
                    }
                    Ok("snapshot") => {
                        let number = object::decode::<Snapshot>(node)?.number;
                        past.snapshots.push((entry.link, number));
                    }
                    _ => {}
                }
            }
        }
    }
    Ok(past)
}

/// Returns the operations that happened, oldest first.
fn chain(past: &Past) -> Vec<Logged> {
    let newest = past.operations.iter().max_by_key(|(digest, o)| (o.number, o.time, **digest));
    let mut chain = vec![];
    let mut next = newest.map(|(digest, _)| *digest);
    while let Some((digest, operation)) = next.and_then(|d| Some((d, past.operations.get(&d)?))) {
        let previous = operation.previous.as_ref().map(|name| name.as_slice());
        next = previous.and_then(|name| <[u8; 32]>::try_from(name).ok()).map(Digest::from_bytes);
        // A chain counts down, so it ends.
        let number = operation.number;
        next = next.filter(|d| past.operations.get(d).is_some_and(|before| before.number < number));
        chain.push(Logged { digest, operation: operation.clone() });
    }
    chain.reverse();
    chain
}

fn write(
    store: &Store,
    chain: &[Logged],
    snapshot: Option<Link>,
    names: &BTreeMap<String, Option<Link>>,
) -> Result<(), Error> {
    store.transact(Durability::Full, |db| {
        let write = || -> rusqlite::Result<()> {
            let last = chain.last().map_or(0, |logged| logged.operation.number);
            for logged in chain {
                operation::apply(db, logged)?;
            }
            db.execute("DELETE FROM refs", [])?;
            let mut set = db.prepare("INSERT INTO refs VALUES (?1, ?2, ?3)")?;
            for (name, target) in names.iter().filter_map(|(name, t)| t.map(|t| (name, t))) {
                set.execute((name, target, last as i64))?;
            }
            if let Some(link) = snapshot {
                meta::set_state(db, "snapshot", link)?;
            }
            // Larger than any before: what was remembered of the lost database does not count.
            meta::set_state(db, "generation", store.now())
        };
        write().map_err(store.database_error("write what the packs tell"))
    })
}

/// Brings back refs that only operations beside the chain name, if what they point at is there.
fn recover<'a>(
    store: &Store,
    beside: impl Iterator<Item = &'a Operation>,
    names: &BTreeMap<String, Option<Link>>,
) -> Result<(), Error> {
    let mut changes: BTreeMap<&str, Change> = BTreeMap::new();
    for moved in beside.flat_map(|operation| &operation.moves) {
        let unknown = moved.old.is_none() && !names.contains_key(&moved.name);
        let Some(new) = moved.new.filter(|_| unknown && refs::check_name(&moved.name).is_ok())
        else {
            continue;
        };
        if store.has(&new)? {
            let name = moved.name.clone();
            let change = Change { name, expected: Expected::Absent, new: Some(new) };
            changes.insert(&moved.name, change);
        }
    }
    store.writer()?.commit(changes.into_values().collect())?;
    Ok(())
}
