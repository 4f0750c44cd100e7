//! Operations: every change of refs, who made it and when. Also nodes, so that a lost `meta.db` can be made again.

use rusqlite::{Connection, OptionalExtension as _, Transaction};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::base::Digest;
use crate::store::refs::{self, Change, Expected};
use crate::store::{Error, Link, Store, Writer};

/// A node lists so many refs itself; more are in nodes that it links to.
pub(crate) const LISTED: usize = 4096;

/// One change of refs: all of its moves are made, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "operation")]
pub struct Operation {
    /// Counts from 1 in each store, without a gap.
    pub number: u64,
    /// Milliseconds since 1970 (UTC).
    pub time: i64,
    pub actor: String,
    pub command: String,
    /// The operation before this one; by name, so that gc can let it go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<ByteBuf>,
    /// The operation that this one takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<ByteBuf>,
    /// Links to nodes with the moves, where there are more than a node should list; only in the packs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Link>,
    pub moves: Vec<Moved>,
}

/// Some of the moves of an operation.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename = "moves")]
struct Moves {
    moves: Vec<Moved>,
}

/// Where a ref pointed before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<Link>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<Link>,
}

/// An operation and the digest of its node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    pub digest: Digest,
    pub operation: Operation,
}

/// All refs of a store at one moment; gc writes one before it lets operations go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "snapshot")]
pub struct Snapshot {
    /// The last operation that the refs show.
    pub number: u64,
    pub time: i64,
    /// Links to nodes like this one with the rest of the refs, where there are more than a node should list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Link>,
    pub refs: Vec<(String, Link)>,
}

/// Writes an operation, its moves in nodes of their own where there are many.
pub(crate) fn write(writer: &mut Writer<'_>, operation: &Operation) -> Result<Link, Error> {
    if operation.moves.len() <= LISTED {
        return writer.node(operation);
    }
    let parts = operation.moves.chunks(LISTED);
    let parts = parts.map(|part| writer.node(&Moves { moves: part.to_vec() }));
    let parts = parts.collect::<Result<_, _>>()?;
    writer.node(&Operation { parts, moves: vec![], ..operation.clone() })
}

/// Fetches the moves of an operation that lie in nodes of their own.
pub(crate) fn whole(store: &Store, mut operation: Operation) -> Result<Operation, Error> {
    for part in std::mem::take(&mut operation.parts) {
        operation.moves.extend(store.read_node::<Moves>(&part)?.moves);
    }
    Ok(operation)
}

/// Returns the operations, newest first, from `before` (not included) on, at most `limit`; with `name`, only those
/// that moved that ref or one under it.
pub fn log(
    store: &Store,
    name: Option<&str>,
    before: Option<u64>,
    limit: usize,
) -> Result<Vec<Logged>, Error> {
    store.meta(|db| {
        let before = before.map_or(i64::MAX, |number| number as i64);
        let numbers: Vec<i64> = match name {
            None => db
                .prepare_cached("SELECT number FROM operations WHERE number < ?1 ORDER BY number DESC LIMIT ?2")?
                .query_map((before, limit as i64), |row| row.get(0))?
                .collect::<Result<_, _>>()?,
            Some(name) => db
                .prepare_cached(
                    "SELECT DISTINCT operation FROM moves WHERE (name = ?3 OR (name >= ?3 || '/' AND name < ?3 || '0'))
                     AND operation < ?1 ORDER BY operation DESC LIMIT ?2",
                )?
                .query_map((before, limit as i64, name), |row| row.get(0))?
                .collect::<Result<_, _>>()?,
        };
        numbers.into_iter().filter_map(|number| read(db, number).transpose()).collect()
    })
}

/// Tells whether a ref ever was at `link`, as far as the log goes back.
pub fn was_at(store: &Store, name: &str, link: &Link) -> Result<bool, Error> {
    store.meta(|db| {
        db.prepare_cached("SELECT 1 FROM moves WHERE name = ?1 AND (new = ?2 OR old = ?2) LIMIT 1")?
            .exists((name, link))
    })
}

/// Returns operation `number`.
pub fn get(store: &Store, number: u64) -> Result<Logged, Error> {
    store.meta(|db| read(db, number as i64))?.ok_or_else(|| Error::NoOperation(number.to_string()))
}

/// Returns the changes that take `operation` back, as far as its refs still are where it left them.
pub fn reversal(store: &Store, operation: &Operation) -> Result<Vec<Change>, Error> {
    let changes = operation.moves.iter().map(|moved| {
        if refs::get(store, &moved.name)? != moved.new {
            let name = moved.name.clone();
            return Err(Error::CannotUndo { operation: operation.number, name });
        }
        let expected = moved.new.map_or(Expected::Absent, Expected::Is);
        Ok(Change { name: moved.name.clone(), expected, new: moved.old })
    });
    changes.collect()
}

/// Takes an operation back by another one, which can be taken back in turn.
pub fn undo(store: &Store, logged: &Logged) -> Result<Option<Logged>, Error> {
    let changes = reversal(store, &logged.operation)?;
    let mut writer = store.writer()?;
    writer.undoes(logged.digest);
    writer.commit(changes)
}

/// Returns the last operation's number and digest.
pub(crate) fn head(db: &Connection) -> rusqlite::Result<Option<(u64, Digest)>> {
    db.prepare_cached("SELECT number, digest FROM operations ORDER BY number DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get::<_, i64>(0)? as u64, digest(row.get(1)?))))
        .optional()
}

/// Writes `operation` into the log and moves its refs.
pub(crate) fn apply(db: &Transaction<'_>, logged: &Logged) -> rusqlite::Result<()> {
    let operation = &logged.operation;
    let number = operation.number as i64;
    db.prepare_cached("INSERT INTO operations VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute((
        number,
        logged.digest.as_bytes(),
        operation.time,
        &operation.actor,
        &operation.command,
        operation.undoes.as_ref().map(|bytes| bytes.as_slice()),
    ))?;
    let mut log = db.prepare_cached("INSERT INTO moves VALUES (?1, ?2, ?3, ?4)")?;
    let mut set = db.prepare_cached("INSERT OR REPLACE INTO refs VALUES (?1, ?2, ?3)")?;
    let mut remove = db.prepare_cached("DELETE FROM refs WHERE name = ?1")?;
    for moved in &operation.moves {
        log.execute((number, &moved.name, moved.old, moved.new))?;
        match moved.new {
            Some(target) => set.execute((&moved.name, target, number))?,
            None => remove.execute([&moved.name])?,
        };
    }
    Ok(())
}

fn read(db: &Connection, number: i64) -> rusqlite::Result<Option<Logged>> {
    let head = db
        .prepare_cached(
            "SELECT digest, time, actor, command, undoes FROM operations WHERE number = ?1",
        )?
        .query_row([number], |row| {
            let operation = Operation {
                number: number as u64,
                time: row.get(1)?,
                actor: row.get(2)?,
                command: row.get(3)?,
                previous: None,
                undoes: row.get::<_, Option<Vec<u8>>>(4)?.map(ByteBuf::from),
                parts: vec![],
                moves: vec![],
            };
            Ok(Logged { digest: digest(row.get(0)?), operation })
        })
        .optional()?;
    let Some(mut logged) = head else { return Ok(None) };
    logged.operation.moves = db
        .prepare_cached("SELECT name, old, new FROM moves WHERE operation = ?1 ORDER BY name")?
        .query_map([number], |row| {
            Ok(Moved { name: row.get(0)?, old: row.get(1)?, new: row.get(2)? })
        })?
        .collect::<Result<_, _>>()?;
    Ok(Some(logged))
}

fn digest(bytes: [u8; 32]) -> Digest {
    Digest::from_bytes(bytes)
}
