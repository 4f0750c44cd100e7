//! Keeping the index in step with the refs.

use rusqlite::{Connection, OptionalExtension as _};

use crate::base::{Digest, Progress, Silent, Task};
use crate::store::{self, Link, Store};
use crate::track::index::tables::{Tables, is_read_only};
use crate::track::index::{BY_VALUE, Putter, live, remove};
use crate::track::live::is_live_in;
use crate::track::{Error, Experiment, Run};

/// Runs put in one transaction: others can write in between, and a death loses no more work than this.
const BATCH: usize = 2_000;

/// From so many runs on it is faster to sort their values once.
const MANY: usize = 20_000;

/// A ref that should lead to a run or an experiment and does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    pub name: String,
    pub reason: String,
}

/// What a ref has become: its name and what it points at, if it is still there.
type Moved = (String, Option<Link>);

/// Brings the index up to date. Where nothing has changed it reads two rows and writes nothing.
pub fn refresh(store: &Store) -> Result<(), Error> {
    refresh_with(store, &Silent)
}

/// As [`refresh`], and tells how far it is: the runs of a fresh clone take a while.
pub fn refresh_with(store: &Store, progress: &dyn Progress) -> Result<(), Error> {
    match refresh_in(Tables::of(store)?, store, progress) {
        Err(error) if is_read_only(&error) => refresh_in(Tables::Temporary, store, progress),
        other => other,
    }
}

fn refresh_in(tables: Tables, store: &Store, progress: &dyn Progress) -> Result<(), Error> {
    tables.prepare(store)?;
    // Another process that brings it up to date at the same time makes us begin again.
    while !follow(tables, store, progress)? {}
    live::follow(tables, store)
}

/// Makes the whole index anew.
pub fn rebuild(store: &Store, progress: &dyn Progress) -> Result<(), Error> {
    Tables::Stored.make_anew(store)?;
    refresh_with(store, progress)
}

/// Returns the refs that [`refresh`] could not follow, because what they point at is damaged or missing.
pub fn unreadable(store: &Store) -> Result<Vec<Unreadable>, Error> {
    Ok(store.meta(|db| {
        db.prepare_cached("SELECT name, reason FROM run_unreadable ORDER BY name")?
            .query_map([], |row| Ok(Unreadable { name: row.get(0)?, reason: row.get(1)? }))?
            .collect()
    })?)
}

/// Puts what has changed since the last operation that the index has seen; `false` where it changed meanwhile.
fn follow(tables: Tables, store: &Store, progress: &dyn Progress) -> Result<bool, Error> {
    let (seen, head) = store.meta(|db| Ok((seen(db)?, head(db)?)))?;
    if seen == Some(head) && !store.meta(has_unreadable)? {
        return Ok(true);
    }
    let mut moved = store.meta(|db| moved(db, seen, head))?;
    let many = moved.len() >= MANY && tables == Tables::Stored;
    if many && !write(tables, store, seen, |db| db.execute_batch(DROP_BY_VALUE))? {
        return Ok(false);
    }
    let place = |(_, target): &Moved| target.and_then(|target| store.place(&target).ok());
    moved.sort_by_cached_key(place);
    progress.start(Task::Index, Some(moved.len() as u64));
    for batch in moved.chunks(BATCH) {
        let read: Vec<Read> =
            batch.iter().map(|moved| read(store, moved)).collect::<Result<_, _>>()?;
        if !write(tables, store, seen, |db| put(db, &read))? {
            progress.finish(Task::Index);
            return Ok(false);
        }
        progress.advance(Task::Index, batch.len() as u64);
    }
    let finish = || {
        write(tables, store, seen, |db| {
            db.execute_batch(BY_VALUE)?;
            db.execute("INSERT OR REPLACE INTO run_index VALUES ('operation', ?1)", [head])
                .map(|_| ())
        })
    };
    let finished = match many {
        true => sorting_on_disk(store, finish),
        false => finish(),
    };
    progress.finish(Task::Index);
    finished
}

/// Five million values take more memory to sort than a small machine has to spare.
fn sorting_on_disk<T>(store: &Store, sort: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    let set = |place: &str| store.meta(|db| db.pragma_update(None, "temp_store", place));
    set("file")?;
    let sorted = sort();
    set("memory")?;
    // What the sorting wrote would stay in the log as long as the store lives.
    store.meta(|db| db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())))?;
    sorted
}

const DROP_BY_VALUE: &str = "
    DROP INDEX IF EXISTS run_metrics_by_value;
    DROP INDEX IF EXISTS run_params_by_value;
    DROP INDEX IF EXISTS run_tags_by_value;
";

/// Writes unless another process has brought the index up to date since `expected`.
fn write(
    tables: Tables,
    store: &Store,
    expected: Option<i64>,
    change: impl FnOnce(&Connection) -> rusqlite::Result<()>,
) -> Result<bool, Error> {
    tables.write(store, |db| match seen(db)? == expected {
        true => change(db).map(|()| true),
        false => Ok(false),
    })
}

fn seen(db: &Connection) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT value FROM run_index WHERE key = 'operation'")?
        .query_row([], |row| row.get(0))
        .optional()
}

fn head(db: &Connection) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT coalesce(max(number), 0) FROM operations")?
        .query_row([], |row| row.get(0))
}

fn has_unreadable(db: &Connection) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM run_unreadable")?.exists([])
}

/// The refs whose target the index may not have.
fn moved(db: &Connection, seen: Option<i64>, head: i64) -> rusqlite::Result<Vec<Moved>> {
    let logged = |since: i64| -> rusqlite::Result<bool> {
        let count: i64 = db
            .prepare_cached("SELECT count(*) FROM operations WHERE number > ?1")?
            .query_row([since], |row| row.get(0))?;
        Ok(count == head - since)
    };
    match seen {
        Some(since) if since <= head && logged(since)? => db
            .prepare_cached(
                "SELECT moved.name, refs.target FROM (
                     SELECT name FROM moves WHERE operation > ?1
                     UNION SELECT name FROM run_unreadable
                 ) moved LEFT JOIN refs ON refs.name = moved.name
                 WHERE (moved.name >= 'runs/' AND moved.name < 'runs0')
                     OR (moved.name >= 'experiments/' AND moved.name < 'experiments0')",
            )?
            .query_map([since], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect(),
        _ => all(db),
    }
}

/// Without a log to follow, all refs are compared with what the index has.
fn all(db: &Connection) -> rusqlite::Result<Vec<Moved>> {
    db.prepare_cached(
        "SELECT name, target FROM refs WHERE name >= 'experiments/' AND name < 'experiments0'
         UNION ALL
         SELECT refs.name, refs.target FROM refs LEFT JOIN runs ON runs.id = substr(refs.name, 6)
         WHERE refs.name >= 'runs/' AND refs.name < 'runs0'
             AND (runs.node IS NULL OR runs.live OR runs.node != substr(refs.target, 1, 32))
         UNION ALL
         SELECT 'runs/' || id, NULL FROM runs
         WHERE NOT live AND NOT EXISTS (SELECT 1 FROM refs WHERE name = 'runs/' || id)",
    )?
    .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
    .collect()
}

/// What stands behind a ref.
enum Read {
    Run { run: Box<Run>, node: Digest },
    Experiment(Experiment),
    Gone(String),
    Unreadable(Unreadable),
}

fn read(store: &Store, (name, target): &Moved) -> Result<Read, Error> {
    let Some(target) = target else { return Ok(Read::Gone(name.clone())) };
    let read = match name.strip_prefix("runs/") {
        Some(id) => store.read_node::<Run>(target).and_then(|run| match run.id.as_str() == id {
            true => Ok(Read::Run { run: Box::new(run), node: target.digest }),
            false => Err(foreign(target, "run of that name")),
        }),
        None => store.read_node::<Experiment>(target).map(Read::Experiment),
    };
    match read {
        Err(
            error @ (store::Error::Missing(_)
            | store::Error::Damaged { .. }
            | store::Error::Malformed { .. }),
        ) => Ok(Read::Unreadable(Unreadable { name: name.clone(), reason: error.to_string() })),
        other => Ok(other?),
    }
}

fn foreign(link: &Link, wanted: &'static str) -> store::Error {
    store::Error::Malformed { link: *link, wanted, reason: "it is another run".to_owned() }
}

fn put(db: &Connection, batch: &[Read]) -> rusqlite::Result<()> {
    let mut putter = Putter::new(db);
    let mut readable = db.prepare_cached("DELETE FROM run_unreadable WHERE name = ?1")?;
    for read in batch {
        match read {
            Read::Run { run, node } => {
                // One that was opened again is what its rows say.
                if !is_going_on(db, run.id.as_str())? {
                    putter.run(run, node, false)?;
                }
                readable.execute([run.id.ref_name()])?;
            }
            Read::Experiment(experiment) => {
                putter.experiment(experiment)?;
                readable.execute([experiment.id.ref_name()])?;
            }
            Read::Gone(name) => {
                if let Some(id) = name.strip_prefix("runs/")
                    && !is_going_on(db, id)?
                {
                    remove(db, id)?;
                }
                readable.execute([name])?;
            }
            Read::Unreadable(Unreadable { name, reason }) => {
                db.prepare_cached("INSERT OR REPLACE INTO run_unreadable VALUES (?1, ?2)")?
                    .execute((name, reason))?;
            }
        }
    }
    Ok(())
}

fn is_going_on(db: &Connection, id: &str) -> rusqlite::Result<bool> {
    match id.parse() {
        Ok(id) => is_live_in(db, &id),
        Err(_) => Ok(false),
    }
}
