//! What runs have measured of logged models, and which data they used.

use rusqlite::Row;

use crate::store::Store;
use crate::track::index::refresh;
use crate::track::{Error, ModelMetric, Point, RunId, Value};

/// A point that tells of a logged model, and the run that measured it.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelPoint {
    pub run: RunId,
    pub metric: ModelMetric,
}

/// Returns what all runs, live and sealed, have measured of the logged model `model`, in order of metric and run.
///
/// Of each metric, run and dataset it is the last point: what MLflow calls the `data.metrics` of a logged model.
pub fn model_metrics(store: &Store, model: &str) -> Result<Vec<ModelPoint>, Error> {
    refresh(store)?;
    Ok(store.meta(|db| {
        db.prepare_cached(
            "SELECT runs.id, key, dataset, digest, step, time, value FROM run_models
             JOIN runs ON runs.number = run_models.run WHERE model = ?1 ORDER BY key, runs.id, dataset",
        )?
        .query_map([model], |row| point(row, model))?
        .collect::<Result<Vec<_>, _>>()
    })?)
    .map(|points| points.into_iter().flatten().collect())
}

fn point(row: &Row<'_>, model: &str) -> rusqlite::Result<Option<ModelPoint>> {
    let Ok(run) = row.get::<_, String>(0)?.parse() else { return Ok(None) };
    let (name, digest): (String, String) = (row.get(2)?, row.get(3)?);
    let value = row.get::<_, Option<f64>>(6)?.unwrap_or(f64::NAN);
    let metric = ModelMetric {
        model: model.to_owned(),
        key: row.get(1)?,
        point: Point { step: row.get(4)?, time: row.get(5)?, value: Value(value) },
        dataset: (!name.is_empty() || !digest.is_empty()).then_some((name, digest)),
    };
    Ok(Some(ModelPoint { run, metric }))
}

/// A dataset, and that runs of an experiment used it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetUse {
    pub experiment: String,
    pub name: String,
    pub digest: String,
    pub context: Option<String>,
}

/// Datasets that one question is told of.
const MOST: i64 = 1000;

/// Returns the datasets that runs of these experiments used, each once for each context.
pub fn datasets(store: &Store, experiments: &[String]) -> Result<Vec<DatasetUse>, Error> {
    refresh(store)?;
    let mut found = vec![];
    for experiment in experiments {
        found.extend(store.meta(|db| {
            db.prepare_cached(
                "SELECT DISTINCT e.id, d.name, d.digest, d.context FROM run_datasets d
                 JOIN runs ON runs.number = d.run
                 JOIN run_experiments e ON e.number = runs.experiment
                 WHERE e.id = ?1 ORDER BY d.name, d.digest, d.context LIMIT ?2",
            )?
            .query_map((experiment, MOST), |row| {
                let (experiment, name) = (row.get(0)?, row.get(1)?);
                Ok(DatasetUse { experiment, name, digest: row.get(2)?, context: row.get(3)? })
            })?
            .collect::<Result<Vec<_>, _>>()
        })?);
    }
    found.truncate(MOST as usize);
    Ok(found)
}
