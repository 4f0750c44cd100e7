//! Writing to a live run.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension as _, Transaction};

use crate::store::{self, Durability, Store, object};
use crate::track::live::{HEAD, from_row, mark, open_in, prepare, to_row};
use crate::track::{Dataset, Error, ModelMetric, Point, Run, RunId, Summary, Value, limit, series};

/// What is logged together: all of it or nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    pub params: Vec<(String, String)>,
    pub metrics: Vec<(String, Point)>,
    pub tags: Vec<(String, String)>,
    pub datasets: Vec<Dataset>,
    /// What was measured of logged models; the same points are among `metrics`.
    pub models: Vec<ModelMetric>,
    /// How far the writer has come, in its own words; kept with what it wrote.
    pub mark: Option<String>,
}

impl Batch {
    pub fn is_empty(&self) -> bool {
        self.params.is_empty()
            && self.metrics.is_empty()
            && self.tags.is_empty()
            && self.datasets.is_empty()
            && self.models.is_empty()
    }

    fn check(&self) -> Result<(), Error> {
        self.params.iter().try_for_each(|(key, value)| limit::param(key, value))?;
        self.tags.iter().try_for_each(|(key, value)| limit::tag(key, value))?;
        self.metrics.iter().try_for_each(|(key, _)| limit::key("metric", key))
    }
}

/// Logs to a live run and shows that it lives; one transaction however much it is.
///
/// Survives the death of the program. A param that is there with the same value is nothing new; with another it is an
/// error. The same point again is nothing new.
pub fn log(store: &Store, id: &RunId, batch: &Batch) -> Result<(), Error> {
    batch.check()?;
    prepare(store)?;
    store.transact(Durability::Normal, |db| {
        let known = db
            .prepare_cached(
                "UPDATE live_runs SET alive = ?2, mark = coalesce(?3, mark) WHERE id = ?1",
            )
            .and_then(|mut update| update.execute((id.as_str(), store.now(), &batch.mark)))
            .map_err(store.database_error("write a live run"))?;
        match known {
            0 => Err(Error::RunHasEnded(id.clone())),
            _ => write(store, db, id, batch),
        }
    })
}

/// Logs to a run that is live, or was and is opened again.
pub fn log_in(db: &Transaction<'_>, store: &Store, id: &RunId, batch: &Batch) -> Result<(), Error> {
    batch.check()?;
    open_in(db, store, id)?;
    write(store, db, id, batch)
}

pub(super) fn write(
    store: &Store,
    db: &Transaction<'_>,
    id: &RunId,
    batch: &Batch,
) -> Result<(), Error> {
    let failed = || store.database_error("write a live run");
    for (key, value) in &batch.params {
        if let Some(old) = param(db, id, key, value).map_err(failed())? {
            return Err(Error::ParamChanged { name: key.clone(), old, new: value.clone() });
        }
    }
    for (key, value) in &batch.tags {
        db.prepare_cached("INSERT OR REPLACE INTO live_tags VALUES (?1, ?2, ?3)")
            .and_then(|mut insert| insert.execute((id.as_str(), key, value)))
            .map_err(failed())?;
    }
    if !batch.params.is_empty() || !batch.tags.is_empty() || !batch.models.is_empty() {
        mark(db, id, HEAD).map_err(failed())?;
    }
    metrics(db, id, &batch.metrics).map_err(failed())?;
    batch.models.iter().try_for_each(|metric| model(db, id, metric)).map_err(failed())?;
    if !batch.datasets.is_empty() {
        let mut run = record(store, db, id)?.ok_or_else(|| Error::RunHasEnded(id.clone()))?;
        let new = batch.datasets.iter().filter(|dataset| !run.datasets.contains(dataset));
        let new: Vec<Dataset> = new.cloned().collect();
        run.datasets.extend(new);
        replace(store, db, &run)?;
        mark(db, id, HEAD).map_err(failed())?;
    }
    Ok(())
}

/// Writes a param; returns its value where that is another already.
fn param(
    db: &Transaction<'_>,
    id: &RunId,
    key: &str,
    value: &str,
) -> rusqlite::Result<Option<String>> {
    let old: Option<String> = db
        .prepare_cached("SELECT value FROM live_params WHERE run = ?1 AND key = ?2")?
        .query_row((id.as_str(), key), |row| row.get(0))
        .optional()?;
    match old {
        Some(old) if old == value => Ok(None),
        Some(old) => Ok(Some(old)),
        None => {
            db.prepare_cached("INSERT INTO live_params VALUES (?1, ?2, ?3)")?.execute((
                id.as_str(),
                key,
                value,
            ))?;
            Ok(None)
        }
    }
}

fn metrics(db: &Transaction<'_>, id: &RunId, points: &[(String, Point)]) -> rusqlite::Result<()> {
    let mut by_key: BTreeMap<&str, Vec<Point>> = BTreeMap::new();
    for (key, point) in points {
        by_key.entry(key).or_default().push(series::plain(*point));
    }
    for (key, points) in by_key {
        let (number, known) = metric(db, id, key)?;
        let fresh = insert(db, number, &points)?;
        if fresh == 0 {
            continue;
        }
        let before = known.as_ref().map_or(0, |summary| summary.count);
        // A point that was there already changes nothing but a count.
        let mut summary = points.into_iter().fold(known, |summary, point| match summary {
            Some(mut summary) => {
                summary.add(point);
                Some(summary)
            }
            None => Some(Summary::of(point)),
        });
        if let Some(summary) = &mut summary {
            summary.count = before + fresh as u64;
            mark(db, id, number)?;
            set_metric(db, number, summary)?;
        }
    }
    Ok(())
}

/// Rows of one statement: to begin and end one costs as much as several rows.
const ROWS: [usize; 3] = [64, 8, 1];

/// Writes points; returns how many were not there.
fn insert(db: &Transaction<'_>, metric: i64, mut points: &[Point]) -> rusqlite::Result<usize> {
    let mut fresh = 0;
    for rows in ROWS {
        if points.len() < rows {
            continue;
        }
        let sql = format!(
            "INSERT OR IGNORE INTO live_points VALUES (?1, ?, ?, ?){}",
            ", (?1, ?, ?, ?)".repeat(rows - 1)
        );
        let mut insert = db.prepare_cached(&sql)?;
        while let Some((now, later)) = points.split_at_checked(rows) {
            points = later;
            let mut at = 1;
            let mut bind = |value: i64| -> rusqlite::Result<()> {
                insert.raw_bind_parameter(at, value)?;
                at += 1;
                Ok(())
            };
            bind(metric)?;
            for point in now {
                bind(point.step)?;
                bind(point.time)?;
                bind(to_row(point.value.0))?;
            }
            fresh += insert.raw_execute()?;
        }
    }
    Ok(fresh)
}

/// Keeps the last point of a model, metric and dataset.
fn model(db: &Transaction<'_>, id: &RunId, metric: &ModelMetric) -> rusqlite::Result<()> {
    let point = series::plain(metric.point);
    let (dataset, digest) = metric.dataset.clone().unwrap_or_default();
    db.prepare_cached(
        "INSERT INTO live_models VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT DO UPDATE SET step = ?6, time = ?7, value = ?8
         WHERE (step, time, value) < (?6, ?7, ?8)",
    )?
    .execute((
        id.as_str(),
        &metric.model,
        &metric.key,
        dataset,
        digest,
        point.step,
        point.time,
        to_row(point.value.0),
    ))
    .map(|_| ())
}

/// Returns the number of a metric and what is known of it; makes it where it is new.
fn metric(db: &Transaction<'_>, id: &RunId, key: &str) -> rusqlite::Result<(i64, Option<Summary>)> {
    let known = db
        .prepare_cached(
            "SELECT number, step, time, value, least, greatest, count FROM live_metrics WHERE run = ?1 AND key = ?2",
        )?
        .query_row((id.as_str(), key), |row| Ok((row.get(0)?, summary(row, 1)?)))
        .optional()?;
    if let Some((number, summary)) = known {
        return Ok((number, (summary.count > 0).then_some(summary)));
    }
    db.prepare_cached(
        "INSERT INTO live_metrics (run, key, step, time, value, least, greatest, count)
         VALUES (?1, ?2, 0, 0, 0, 0, 0, 0)",
    )?
    .execute((id.as_str(), key))?;
    Ok((db.last_insert_rowid(), None))
}

/// Writes a metric of which the points are elsewhere.
pub(super) fn put_metric(
    db: &Transaction<'_>,
    id: &RunId,
    key: &str,
    summary: &Summary,
) -> rusqlite::Result<()> {
    let (number, _) = metric(db, id, key)?;
    set_metric(db, number, summary)
}

fn set_metric(db: &Transaction<'_>, number: i64, summary: &Summary) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE live_metrics SET step = ?2, time = ?3, value = ?4, least = ?5, greatest = ?6, count = ?7
         WHERE number = ?1",
    )?
    .execute((
        number,
        summary.last.step,
        summary.last.time,
        to_row(summary.last.value.0),
        to_row(summary.min.0),
        to_row(summary.max.0),
        summary.count as i64,
    ))
    .map(|_| ())
}

/// Reads six columns from `first` on.
pub(super) fn summary(row: &rusqlite::Row<'_>, first: usize) -> rusqlite::Result<Summary> {
    let value = |column: usize| row.get(first + column).map(|row| Value(from_row(row)));
    Ok(Summary {
        last: Point { step: row.get(first)?, time: row.get(first + 1)?, value: value(2)? },
        min: value(3)?,
        max: value(4)?,
        count: row.get::<_, i64>(first + 5)? as u64,
    })
}

pub(super) fn record(
    store: &Store,
    db: &Transaction<'_>,
    id: &RunId,
) -> Result<Option<Run>, store::Error> {
    let record: Option<Vec<u8>> = db
        .prepare_cached("SELECT record FROM live_runs WHERE id = ?1")
        .and_then(|mut select| select.query_row([id.as_str()], |row| row.get(0)).optional())
        .map_err(store.database_error("read a live run"))?;
    record.map(|bytes| object::decode(&bytes)).transpose()
}

pub(super) fn replace(store: &Store, db: &Transaction<'_>, run: &Run) -> Result<(), store::Error> {
    let bytes = object::encode(run)?;
    db.execute("UPDATE live_runs SET record = ?2 WHERE id = ?1", (run.id.as_str(), bytes))
        .map(|_| ())
        .map_err(store.database_error("write a live run"))
}
