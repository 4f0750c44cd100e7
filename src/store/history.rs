//! How long the past is kept: operations let go by gc, and the snapshot that takes their place.

use std::collections::HashMap;

use crate::base::Digest;
use crate::store::operation::{self, LISTED, Snapshot};
use crate::store::refs::{self, Ref};
use crate::store::{Durability, Error, Link, Store, meta};

/// Returns everything that must be kept: targets of refs, operations with what they moved, the last snapshot, and what
/// other rooms hold on to in the table `held`.
pub(crate) fn roots(store: &Store) -> Result<Vec<Link>, Error> {
    let mut roots: Vec<Link> = refs::list(store, "")?.into_iter().map(|r| r.target).collect();
    let operations: Vec<[u8; 32]> = store.meta(|db| {
        db.prepare("SELECT digest FROM operations ORDER BY number")?
            .query_map([], |row| row.get(0))?
            .collect()
    })?;
    roots.extend(operations.into_iter().map(|digest| Link::node(Digest::from_bytes(digest))));
    roots.extend(store.meta(|db| meta::state::<Link>(db, "snapshot"))?);
    roots.extend(held(store)?);
    roots.extend(held_by_containers(store));
    Ok(roots)
}

/// Returns what containers hold on to: each names nodes in a file, by their digests.
fn held_by_containers(store: &Store) -> Vec<Link> {
    let folders = std::fs::read_dir(store.folder().join("containers")).into_iter().flatten();
    let mut links = vec![];
    for folder in folders.flatten() {
        let text = std::fs::read_to_string(folder.path().join("holds")).unwrap_or_default();
        links.extend(text.lines().filter_map(|line| line.parse().ok()).map(Link::node));
    }
    links.sort();
    links.dedup();
    links.retain(|link| store.has(link).unwrap_or(false));
    links
}

/// Returns what live work holds on to: objects that are not in a sealed record yet.
fn held(store: &Store) -> Result<Vec<Link>, Error> {
    store.meta(|db| {
        db.prepare("SELECT DISTINCT target FROM held")?.query_map([], |row| row.get(0))?.collect()
    })
}

/// Lets operations from before `time` go, all but the last; returns how many.
///
/// A snapshot of all refs is written first, so that the rest of the chain and the snapshot still tell all refs.
pub(crate) fn forget(store: &Store, time: i64) -> Result<u64, Error> {
    let old = store.meta(|db| {
        db.query_row(
            "SELECT coalesce(max(number), 0), count(*) FROM operations WHERE time < ?1
             AND number < (SELECT max(number) FROM operations)
             AND number < coalesce((SELECT min(number) FROM operations WHERE time >= ?1), 1 << 62)",
            [time],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)),
        )
    })?;
    if old.1 == 0 {
        return Ok(0);
    }
    let mut writer = store.writer()?;
    let (number, all) = store.meta(|db| {
        let head = operation::head(db)?.map_or(0, |(number, _)| number);
        Ok((head, refs::list_in(db, "")?))
    })?;
    let link = write(&mut writer, number, store.now(), &all)?;
    writer.commit_with(vec![], |db| {
        let forget = || -> rusqlite::Result<()> {
            meta::set_state(db, "snapshot", link)?;
            db.execute("DELETE FROM moves WHERE operation <= ?1", [old.0])?;
            db.execute("DELETE FROM operations WHERE number <= ?1", [old.0]).map(|_| ())
        };
        forget().map_err(store.database_error("forget operations"))
    })?;
    Ok(old.1 as u64)
}

/// Writes the refs of a store as a node.
fn write(
    writer: &mut crate::store::Writer<'_>,
    number: u64,
    time: i64,
    all: &[Ref],
) -> Result<Link, Error> {
    let listed = |refs: &[Ref], parts| Snapshot {
        number,
        time,
        parts,
        refs: refs.iter().map(|r| (r.name.clone(), r.target)).collect(),
    };
    if all.len() <= LISTED {
        return writer.node(&listed(all, vec![]));
    }
    let parts = all.chunks(LISTED).map(|part| writer.node(&listed(part, vec![])));
    let parts = parts.collect::<Result<_, _>>()?;
    writer.node(&listed(&[], parts))
}

/// Reads back all refs of a snapshot.
pub(crate) fn read(store: &Store, link: &Link) -> Result<(u64, Vec<Ref>), Error> {
    let snapshot: Snapshot = store.read_node(link)?;
    let mut all = snapshot.refs;
    for part in &snapshot.parts {
        all.extend(store.read_node::<Snapshot>(part)?.refs);
    }
    Ok((snapshot.number, all.into_iter().map(|(name, target)| Ref { name, target }).collect()))
}

/// Returns where the log says that each ref is: `None` for one that was removed.
///
/// A ref that was last moved by an operation that is forgotten is not among them but for those in the snapshot.
pub(crate) fn replayed(store: &Store) -> Result<HashMap<String, Option<Link>>, Error> {
    let mut told = HashMap::new();
    if let Some(link) = store.meta(|db| meta::state::<Link>(db, "snapshot"))? {
        told.extend(read(store, &link)?.1.into_iter().map(|r| (r.name, Some(r.target))));
    }
    let moves: Vec<(String, Option<Link>)> = store.meta(|db| {
        db.prepare("SELECT name, new FROM moves ORDER BY operation")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    })?;
    told.extend(moves);
    Ok(told)
}

/// Keeps `target` from gc while live work named `holder` needs it; until [`release`].
pub fn hold(store: &Store, holder: &str, target: &Link) -> Result<(), Error> {
    store.transact(Durability::Full, |db| {
        hold_within(db, holder, target).map_err(store.database_error("hold an object"))
    })
}

/// As [`hold`], within the transaction of a writer, so that no gc comes between.
pub fn hold_within(
    db: &rusqlite::Transaction<'_>,
    holder: &str,
    target: &Link,
) -> rusqlite::Result<()> {
    db.execute("INSERT OR IGNORE INTO held VALUES (?1, ?2)", (holder, target)).map(|_| ())
}

/// Lets go of what `holder` holds, within a transaction that gives it another place.
pub fn release(db: &rusqlite::Transaction<'_>, holder: &str) -> rusqlite::Result<()> {
    db.execute("DELETE FROM held WHERE holder = ?1", [holder]).map(|_| ())
}
