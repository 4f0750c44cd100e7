//! Live runs in the index: whoever writes their rows marks what has changed, and only that is put.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _};

use crate::store::Store;
use crate::track::index::put::{Putter, remove};
use crate::track::index::tables::{Tables, is_read_only};
use crate::track::{Error, RunId, Summary, live};

/// Marks that are taken away in one transaction: nobody waits long for it.
const MOST: usize = 2_000;

/// Brings the live runs of the index up to date.
pub(super) fn follow(tables: Tables, store: &Store) -> Result<(), Error> {
    match live::prepare(store).map_err(Error::from) {
        Err(error) if is_read_only(&error) => return Ok(()), // it has never had any
        other => other?,
    }
    match tables {
        Tables::Stored => {
            let any = "SELECT EXISTS (SELECT 1 FROM live_changed)";
            while store.meta(|db| db.prepare_cached(any)?.query_row([], |row| row.get(0)))? {
                tables.write(store, put_changed)?;
            }
            Ok(())
        }
        // The marks are for the tables that all share; these are small and made anew by each program.
        Tables::Temporary => put_all(tables, store),
    }
}

fn put_changed(db: &Connection) -> rusqlite::Result<()> {
    let marks: Vec<(String, i64)> = db
        .prepare_cached("SELECT run, metric FROM live_changed ORDER BY run, metric LIMIT ?1")?
        .query_map([MOST as i64], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let Some((last_run, last_metric)) = marks.last() else { return Ok(()) };
    db.prepare_cached("DELETE FROM live_changed WHERE (run, metric) <= (?1, ?2)")?
        .execute((last_run, last_metric))?;
    let mut putter = Putter::new(db);
    for of_run in marks.chunk_by(|a, b| a.0 == b.0) {
        let numbers: Vec<i64> = of_run.iter().map(|(_, metric)| *metric).collect();
        put(db, &mut putter, &of_run[0].0, &numbers)?;
    }
    Ok(())
}

fn put(
    db: &Connection,
    putter: &mut Putter<'_>,
    id: &str,
    changed: &[i64],
) -> rusqlite::Result<()> {
    let Ok(id) = id.parse::<RunId>() else { return Ok(()) };
    let indexed = "SELECT live FROM runs WHERE id = ?1";
    let indexed: Option<bool> =
        db.prepare_cached(indexed)?.query_row([id.as_str()], |row| row.get(0)).optional()?;
    if !live::is_live_in(db, &id)? {
        let sealed = db
            .prepare_cached("SELECT 1 FROM refs WHERE name = 'runs/' || ?1")?
            .exists([id.as_str()])?;
        return if sealed { Ok(()) } else { remove(db, id.as_str()) };
    }
    let whole = indexed.is_none() || changed[0] == live::ALL;
    if whole || changed[0] == live::HEAD {
        let Some(run) = live::get_in(db, &id, whole)? else { return Ok(()) };
        if whole {
            return putter.run(&run, &Putter::NO_NODE, true);
        }
        putter.live(&run)?;
    }
    let metrics: Vec<(String, Summary)> = changed
        .iter()
        .filter_map(|number| live::metric_in(db, *number).transpose())
        .collect::<Result<_, _>>()?;
    match metrics.is_empty() {
        true => Ok(()),
        false => putter.changed(id.as_str(), &metrics),
    }
}

fn put_all(tables: Tables, store: &Store) -> Result<(), Error> {
    let runs: BTreeMap<String, _> =
        live::list(store)?.into_iter().map(|run| (run.id.to_string(), run)).collect();
    tables.write(store, |db| {
        let known: Vec<String> = db
            .prepare_cached("SELECT id FROM runs WHERE live")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut sealed = db.prepare_cached("SELECT 1 FROM refs WHERE name = 'runs/' || ?1")?;
        for id in known.iter().filter(|id| !runs.contains_key(*id)) {
            if !sealed.exists([id])? {
                remove(db, id)?;
            }
        }
        let mut putter = Putter::new(db);
        runs.values().try_for_each(|run| putter.run(run, &Putter::NO_NODE, true))
    })
}
