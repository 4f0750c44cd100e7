//! Reading live runs: as whole runs, so that nobody need know that they are rows.

use std::collections::BTreeMap;

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _};

use crate::store::{Link, Store, object};
use crate::track::live::log::summary;
use crate::track::live::{from_row, prepare};
use crate::track::{Error, ExperimentId, ModelMetric, Point, Run, RunId, Summary, Value, series};

/// How many points are fetched at once.
const PAGE: i64 = 65_536;

/// Returns whether there is a live run with this id.
pub fn is_live(store: &Store, id: &RunId) -> Result<bool, Error> {
    prepare(store)?;
    Ok(store.meta(|db| is_live_in(db, id))?)
}

/// As [`is_live`], from a database that may never have had a live run.
pub fn is_live_in(db: &Connection, id: &RunId) -> rusqlite::Result<bool> {
    match db.prepare_cached("SELECT 1 FROM live_runs WHERE id = ?1") {
        Ok(mut select) => select.exists([id.as_str()]),
        Err(error) if error.to_string().contains("no such table") => Ok(false),
        Err(error) => Err(error),
    }
}

/// Returns a live run as it is now; its `series` is empty, its points are read with [`points`].
pub fn get(store: &Store, id: &RunId) -> Result<Option<Run>, Error> {
    prepare(store)?;
    Ok(store.meta(|db| {
        let moment = db.unchecked_transaction()?;
        get_in(&moment, id, true)
    })?)
}

/// As [`get`], without the metrics where they are not asked for.
pub fn get_in(db: &Connection, id: &RunId, metrics: bool) -> rusqlite::Result<Option<Run>> {
    let record: Option<Vec<u8>> = db
        .prepare_cached("SELECT record FROM live_runs WHERE id = ?1")?
        .query_row([id.as_str()], |row| row.get(0))
        .optional()?;
    let Some(record) = record else { return Ok(None) };
    let mut run: Run = object::decode(&record).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, Type::Blob, Box::new(error))
    })?;
    run.params = texts(db, "SELECT key, value FROM live_params WHERE run = ?1", id)?;
    run.tags = texts(db, "SELECT key, value FROM live_tags WHERE run = ?1", id)?;
    run.models.metrics = models(db, id)?;
    if metrics {
        run.metrics = self::metrics(db, id)?;
    }
    Ok(Some(run))
}

/// Returns the experiment of a live run.
pub fn experiment(store: &Store, id: &RunId) -> Result<Option<ExperimentId>, Error> {
    prepare(store)?;
    let state: Option<String> = store.meta(|db| {
        db.prepare_cached("SELECT experiment FROM live_states WHERE run = ?1")?
            .query_row([id.as_str()], |row| row.get(0))
            .optional()
    })?;
    match state.and_then(|experiment| experiment.parse().ok()) {
        Some(experiment) => Ok(Some(experiment)),
        // One that an older program began has no state.
        None => Ok(get(store, id)?.map(|run| run.experiment)),
    }
}

/// Returns one tag of a live run.
pub fn tag_in(db: &Connection, id: &RunId, key: &str) -> rusqlite::Result<Option<String>> {
    db.prepare_cached("SELECT value FROM live_tags WHERE run = ?1 AND key = ?2")?
        .query_row((id.as_str(), key), |row| row.get(0))
        .optional()
}

/// Returns key and summary of the metric with this number.
pub fn metric_in(db: &Connection, number: i64) -> rusqlite::Result<Option<(String, Summary)>> {
    db.prepare_cached(
        "SELECT key, step, time, value, least, greatest, count FROM live_metrics
         WHERE number = ?1 AND count > 0",
    )?
    .query_row([number], |row| Ok((row.get(0)?, summary(row, 1)?)))
    .optional()
}

/// Returns all live runs, in order of their ids.
pub fn list(store: &Store) -> Result<Vec<Run>, Error> {
    listed(store, "SELECT id FROM live_runs ORDER BY id")
}

/// Returns the live runs that belong to no process, in order of their ids.
pub fn of_clients(store: &Store) -> Result<Vec<Run>, Error> {
    listed(store, "SELECT id FROM live_runs WHERE owner IS NULL ORDER BY id")
}

fn listed(store: &Store, sql: &'static str) -> Result<Vec<Run>, Error> {
    prepare(store)?;
    let ids: Vec<String> =
        store.meta(|db| db.prepare_cached(sql)?.query_map([], |row| row.get(0))?.collect())?;
    let mut runs = Vec::with_capacity(ids.len());
    for id in ids.iter().filter_map(|id| id.parse().ok()) {
        // One that is sealed meanwhile is live no more.
        runs.extend(get(store, &id)?);
    }
    Ok(runs)
}

/// Returns the points of a metric of a live run, in order; those of a node that it was before are among them.
pub fn points(store: &Store, id: &RunId, key: &str) -> Result<Vec<Point>, Error> {
    let mut points = match base(store, id)? {
        Some(base) => series::read(store, &store.read_node(&base)?, key)?,
        None => Vec::new(),
    };
    let sealed = points.len();
    if let Some(number) = numbers(store, id)?.get(key) {
        each_page(store, *number, |page| {
            points.extend_from_slice(page);
            Ok(())
        })?;
    }
    if sealed > 0 && sealed < points.len() {
        points.sort_by(series::order);
        points.dedup_by(|a, b| series::order(a, b).is_eq());
    }
    Ok(points)
}

/// Returns the node that a live run was before it was opened again.
pub(super) fn base(store: &Store, id: &RunId) -> Result<Option<Link>, Error> {
    prepare(store)?;
    let base = store.meta(|db| {
        db.prepare_cached("SELECT base FROM live_states WHERE run = ?1")?
            .query_row([id.as_str()], |row| row.get(0))
            .optional()
    })?;
    Ok(base.flatten())
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

fn models(db: &Connection, id: &RunId) -> rusqlite::Result<Vec<ModelMetric>> {
    db.prepare_cached(
        "SELECT model, key, dataset, digest, step, time, value FROM live_models WHERE run = ?1",
    )?
    .query_map([id.as_str()], |row| {
        let (name, digest): (String, String) = (row.get(2)?, row.get(3)?);
        let value = Value(from_row(row.get(6)?));
        Ok(ModelMetric {
            model: row.get(0)?,
            key: row.get(1)?,
            point: Point { step: row.get(4)?, time: row.get(5)?, value },
            dataset: (!name.is_empty() || !digest.is_empty()).then_some((name, digest)),
        })
    })?
    .collect()
}

fn metrics(db: &Connection, id: &RunId) -> rusqlite::Result<BTreeMap<String, Summary>> {
    db.prepare_cached(
        "SELECT key, step, time, value, least, greatest, count FROM live_metrics WHERE run = ?1 AND count > 0",
    )?
    .query_map([id.as_str()], |row| Ok((row.get(0)?, summary(row, 1)?)))?
    .collect()
}
