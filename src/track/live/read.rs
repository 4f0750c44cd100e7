//! Reading live runs: as whole runs, so that nobody need know that they are rows.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _};

use crate::store::{Store, object};
use crate::track::live::log::summary;
use crate::track::live::{from_row, prepare};
use crate::track::{Error, Point, Run, RunId, Summary, Value};

/// How many points are fetched at once.
const PAGE: i64 = 65_536;

/// Returns whether there is a live run with this id.
pub fn is_live(store: &Store, id: &RunId) -> Result<bool, Error> {
    prepare(store)?;
    Ok(store.meta(|db| {
        db.prepare_cached("SELECT 1 FROM live_runs WHERE id = ?1")?.exists([id.as_str()])
    })?)
}

/// Returns a live run as it is now; its `series` is empty, its points are read with [`points`].
pub fn get(store: &Store, id: &RunId) -> Result<Option<Run>, Error> {
    prepare(store)?;
    let found = store.meta(|db| {
        let record: Option<Vec<u8>> = db
            .prepare_cached("SELECT record FROM live_runs WHERE id = ?1")?
            .query_row([id.as_str()], |row| row.get(0))
            .optional()?;
        let Some(record) = record else { return Ok(None) };
        let params = texts(db, "SELECT key, value FROM live_params WHERE run = ?1", id)?;
        let tags = texts(db, "SELECT key, value FROM live_tags WHERE run = ?1", id)?;
        Ok(Some((record, params, tags, metrics(db, id)?)))
    })?;
    let Some((record, params, tags, metrics)) = found else { return Ok(None) };
    let run: Run = object::decode(&record)?;
    Ok(Some(Run { params, tags, metrics, ..run }))
}

/// Returns all live runs, in order of their ids.
pub fn list(store: &Store) -> Result<Vec<Run>, Error> {
    prepare(store)?;
    let ids: Vec<String> = store.meta(|db| {
        db.prepare_cached("SELECT id FROM live_runs ORDER BY id")?
            .query_map([], |row| row.get(0))?
            .collect()
    })?;
    let mut runs = Vec::with_capacity(ids.len());
    for id in ids.iter().filter_map(|id| id.parse().ok()) {
        // One that is sealed meanwhile is live no more.
        runs.extend(get(store, &id)?);
    }
    Ok(runs)
}

/// Returns the points of a metric of a live run, in order.
pub fn points(store: &Store, id: &RunId, key: &str) -> Result<Vec<Point>, Error> {
    let mut points = Vec::new();
    if let Some(number) = numbers(store, id)?.get(key) {
        each_page(store, *number, |page| {
            points.extend_from_slice(page);
            Ok(())
        })?;
    }
    Ok(points)
}

/// Returns the numbers of a run's metrics.
pub(super) fn numbers(store: &Store, id: &RunId) -> Result<BTreeMap<String, i64>, Error> {
    prepare(store)?;
    Ok(store.meta(|db| {
        db.prepare_cached("SELECT key, number FROM live_metrics WHERE run = ?1")?
            .query_map([id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    })?)
}

/// Hands the points of a metric over in order, some at a time.
pub(super) fn each_page(
    store: &Store,
    metric: i64,
    mut take: impl FnMut(&[Point]) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut after = (i64::MIN, i64::MIN, i64::MIN);
    loop {
        let rows: Vec<(i64, i64, i64)> = store.meta(|db| {
            db.prepare_cached(
                "SELECT step, time, value FROM live_points
                 WHERE metric = ?1 AND (step, time, value) > (?2, ?3, ?4)
                 ORDER BY step, time, value LIMIT ?5",
            )?
            .query_map((metric, after.0, after.1, after.2, PAGE), |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?
            .collect()
        })?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = *last;
        let page: Vec<Point> = rows
            .iter()
            .map(|(step, time, value)| Point {
                step: *step,
                time: *time,
                value: Value(from_row(*value)),
            })
            .collect();
        take(&page)?;
    }
}

fn texts(db: &Connection, sql: &str, id: &RunId) -> rusqlite::Result<BTreeMap<String, String>> {
    db.prepare_cached(sql)?
        .query_map([id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

fn metrics(db: &Connection, id: &RunId) -> rusqlite::Result<BTreeMap<String, Summary>> {
    db.prepare_cached(
        "SELECT key, step, time, value, least, greatest, count FROM live_metrics WHERE run = ?1 AND count > 0",
    )?
    .query_map([id.as_str()], |row| Ok((row.get(0)?, summary(row, 1)?)))?
    .collect()
}
