//! Rows of one run or experiment: written, replaced, removed.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::base::Digest;
use crate::track::index::listed::{Listed, sum_of_experiment, sum_of_metric, sum_of_metrics};
use crate::track::{Experiment, ExperimentId, ModelMetric, Point, Run, RunId, Summary, Value};

/// Puts runs into the index; keeps what many of them have in common at hand.
#[derive(Debug)]
pub struct Putter<'a> {
    db: &'a Connection,
    keys: HashMap<String, i64>,
    experiments: HashMap<ExperimentId, i64>,
}

/// Keys at hand are forgotten beyond this, so that runs with ever new keys take no memory.
const MOST_KEYS: usize = 10_000;

impl<'a> Putter<'a> {
    /// What stands for the node of a run that has none.
    pub(super) const NO_NODE: Digest = Digest::from_bytes([0; 32]);

    /// Writes through `db`, which is best within a transaction.
    pub fn new(db: &'a Connection) -> Self {
        Self { db, keys: HashMap::new(), experiments: HashMap::new() }
    }

    /// Puts a run, and all that the index held of it before is gone. `node` is the digest of its node.
    pub fn run(&mut self, run: &Run, node: &Digest, live: bool) -> rusqlite::Result<()> {
        if let Some(number) = number_of(self.db, &run.id)? {
            clear(self.db, number)?;
        }
        let number = self.head(run, node, live, sum_of_metrics(&run.metrics))?;
        run.metrics.iter().try_for_each(|(key, summary)| self.metric(number, key, summary))
    }

    /// Puts everything of a live run but its metrics, of which the index keeps what it has.
    pub(super) fn live(&mut self, run: &Run) -> rusqlite::Result<()> {
        let metrics = match number_of(self.db, &run.id)? {
            Some(number) => {
                clear_texts(self.db, number)?;
                metrics_sum(self.db, number)?
            }
            None => 0,
        };
        self.head(run, &Self::NO_NODE, true, metrics).map(|_| ())
    }

    /// Puts those metrics of a live run that have changed; the run itself must be there.
    pub(super) fn changed(
        &mut self,
        id: &str,
        metrics: &[(String, Summary)],
    ) -> rusqlite::Result<()> {
        let number: i64 = self
            .db
            .prepare_cached("SELECT number FROM runs WHERE id = ?1")?
            .query_row([id], |row| row.get(0))?;
        let mut sum = metrics_sum(self.db, number)?;
        for (key, summary) in metrics {
            let known = self.key(key)?;
            if let Some(old) = old_metric(self.db, number, known)? {
                sum = sum.wrapping_sub(sum_of_metric(key, &old));
            }
            sum = sum.wrapping_add(sum_of_metric(key, summary));
            self.metric(number, key, summary)?;
        }
        self.db
            .prepare_cached("UPDATE runs SET metrics_sum = ?2 WHERE number = ?1")?
            .execute((number, sum))
            .map(|_| ())
    }

    fn head(
        &mut self,
        run: &Run,
        node: &Digest,
        live: bool,
        metrics_sum: i64,
    ) -> rusqlite::Result<i64> {
        let experiment = self.experiment_of(run)?;
        let number = match number_of(self.db, &run.id)? {
            Some(number) => number,
            None => self.next_number()?,
        };
        let listed = Listed::of(run, node, live);
        let same = self.is_placed(number, experiment, run)?;
        self.db
            .prepare_cached(
                "INSERT INTO runs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
                 ON CONFLICT (number) DO UPDATE SET name = ?3, experiment = ?4, status = ?5, user = ?6,
                     started = ?7, ended = ?8, deleted = ?9, live = ?10, parent = ?11, node = ?12,
                     artifacts = ?13, sum = ?14, metrics_sum = ?15",
            )?
            .execute(params![
                number,
                run.id.as_str(),
                run.name,
                experiment,
                run.status.as_str(),
                run.user,
                run.started,
                run.ended,
                run.deleted,
                live,
                run.parent.as_ref().map(RunId::as_str),
                node.as_bytes(),
                run.artifacts.map(|link| *link.digest.as_bytes()),
                listed.sum(),
                metrics_sum,
            ])?;
        if !same {
            order_changes(self.db)?;
        }
        self.texts("INSERT INTO run_params VALUES (?1, ?2, ?3)", number, &run.params)?;
        self.texts("INSERT INTO run_tags VALUES (?1, ?2, ?3)", number, &run.tags)?;
        self.inputs(number, run, &listed)?;
        Ok(number)
    }

    /// Tells whether a run is where it would be in the default order, and said to be deleted or not as it is.
    fn is_placed(&self, number: i64, experiment: i64, run: &Run) -> rusqlite::Result<bool> {
        self.db
            .prepare_cached(
                "SELECT 1 FROM runs WHERE number = ?1 AND experiment = ?2 AND started = ?3
                 AND (deleted IS NULL) = ?4",
            )?
            .exists((number, experiment, run.started, run.deleted.is_none()))
    }

    fn inputs(&self, number: i64, run: &Run, listed: &Listed) -> rusqlite::Result<()> {
        let mut insert =
            self.db.prepare_cached("INSERT INTO run_datasets VALUES (?1, ?2, ?3, ?4, ?5)")?;
        for (position, dataset) in run.datasets.iter().enumerate() {
            let position = position as i64;
            insert.execute((number, position, &dataset.name, &dataset.digest, &dataset.context))?;
        }
        // What cannot be encoded was never in a node either.
        if let Ok(Some(record)) = listed.inputs.record() {
            self.db
                .prepare_cached("INSERT INTO run_inputs VALUES (?1, ?2)")?
                .execute((number, record))?;
        }
        for ModelMetric { model, key, point, dataset } in &run.models.metrics {
            let (name, digest) = dataset.clone().unwrap_or_default();
            let value = (!point.value.0.is_nan()).then_some(point.value.0);
            self.db
                .prepare_cached(
                    "INSERT OR REPLACE INTO run_models VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .execute((number, model, key, name, digest, point.step, point.time, value))?;
        }
        Ok(())
    }

    /// Puts an experiment, which its runs may have told of before.
    pub fn experiment(&mut self, experiment: &Experiment) -> rusqlite::Result<()> {
        let Experiment { id, name, deleted, .. } = experiment;
        let id = id.as_str();
        self.db
            .prepare_cached(
                "INSERT INTO run_experiments (id, name, deleted, sealed, sum) VALUES (?1, ?2, ?3, 1, ?4)
                 ON CONFLICT (id) DO UPDATE SET name = ?2, deleted = ?3, sealed = 1, sum = ?4",
            )?
            .execute((id, name, deleted, sum_of_experiment(id, name, *deleted)))
            .map(|_| ())
    }

    fn next_number(&self) -> rusqlite::Result<i64> {
        self.db
            .prepare_cached("SELECT coalesce(max(number), 0) + 1 FROM runs")?
            .query_row([], |row| row.get(0))
    }

    fn experiment_of(&mut self, run: &Run) -> rusqlite::Result<i64> {
        if let Some(number) = self.experiments.get(&run.experiment) {
            return Ok(*number);
        }
        let id = run.experiment.as_str();
        self.db
            .prepare_cached(
                "INSERT INTO run_experiments (id, name, sealed, sum) VALUES (?1, ?2, 0, ?3)
                 ON CONFLICT (id) DO NOTHING",
            )?
            .execute((
                id,
                &run.experiment_name,
                sum_of_experiment(id, &run.experiment_name, None),
            ))?;
        let number = self
            .db
            .prepare_cached("SELECT number FROM run_experiments WHERE id = ?1")?
            .query_row([id], |row| row.get(0))?;
        self.experiments.insert(run.experiment.clone(), number);
        Ok(number)
    }

    fn metric(&mut self, run: i64, key: &str, summary: &Summary) -> rusqlite::Result<()> {
        let value = summary.last.value.0;
        let unlike = |other: f64| (other != value && !other.is_nan()).then_some(other);
        let key = self.key(key)?;
        self.db
            .prepare_cached(
                "INSERT OR REPLACE INTO run_metrics VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                run,
                key,
                (!value.is_nan()).then_some(value),
                summary.last.step,
                summary.last.time,
                unlike(summary.min.0),
                unlike(summary.max.0),
                summary.count as i64,
            ])
            .map(|_| ())
    }

    fn texts(
        &mut self,
        sql: &str,
        run: i64,
        texts: &BTreeMap<String, String>,
    ) -> rusqlite::Result<()> {
        let mut insert = self.db.prepare_cached(sql)?;
        for (key, value) in texts {
            insert.execute((run, self.key(key)?, value))?;
        }
        Ok(())
    }

    fn key(&mut self, text: &str) -> rusqlite::Result<i64> {
        if let Some(number) = self.keys.get(text) {
            return Ok(*number);
        }
        let number = match key(self.db, text)? {
            Some(number) => number,
            None => {
                self.db
                    .prepare_cached("INSERT INTO run_keys (text) VALUES (?1)")?
                    .execute([text])?;
                self.db.last_insert_rowid()
            }
        };
        if self.keys.len() >= MOST_KEYS {
            self.keys.clear();
        }
        self.keys.insert(text.to_owned(), number);
        Ok(number)
    }
}

/// Removes a run from the index.
pub fn remove(db: &Connection, id: &str) -> rusqlite::Result<()> {
    let number = db
        .prepare_cached("SELECT number FROM runs WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    let Some(number) = number else { return Ok(()) };
    clear(db, number)?;
    db.prepare_cached("DELETE FROM runs WHERE number = ?1")?.execute([number])?;
    order_changes(db)
}

/// Says that the runs are others, or in another order, than those that anybody has read.
fn order_changes(db: &Connection) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO run_index VALUES ('order', random())")?
        .execute([])
        .map(|_| ())
}

/// Returns the number that the index has for a key of metrics, params and tags.
pub(crate) fn key(db: &Connection, text: &str) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT number FROM run_keys WHERE text = ?1")?
        .query_row([text], |row| row.get(0))
        .optional()
}

fn number_of(db: &Connection, id: &RunId) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT number FROM runs WHERE id = ?1")?
        .query_row([id.as_str()], |row| row.get(0))
        .optional()
}

fn metrics_sum(db: &Connection, number: i64) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT metrics_sum FROM runs WHERE number = ?1")?
        .query_row([number], |row| row.get(0))
}

fn old_metric(db: &Connection, run: i64, key: i64) -> rusqlite::Result<Option<Summary>> {
    db.prepare_cached(
        "SELECT key, value, step, time, least, greatest, count FROM run_metrics WHERE run = ?1 AND key = ?2",
    )?
    .query_row((run, key), summary)
    .optional()
}

/// Reads a row of `run_metrics`, from its second column on.
pub(crate) fn summary(row: &Row<'_>) -> rusqlite::Result<Summary> {
    let value = row.get::<_, Option<f64>>(1)?.unwrap_or(f64::NAN);
    let other = |column| -> rusqlite::Result<Value> {
        Ok(Value(row.get::<_, Option<f64>>(column)?.unwrap_or(value)))
    };
    Ok(Summary {
        last: Point { step: row.get(2)?, time: row.get(3)?, value: Value(value) },
        min: other(4)?,
        max: other(5)?,
        count: row.get::<_, i64>(6)? as u64,
    })
}

fn clear(db: &Connection, number: i64) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM run_metrics WHERE run = ?1")?.execute([number])?;
    clear_texts(db, number)
}

fn clear_texts(db: &Connection, number: i64) -> rusqlite::Result<()> {
    for sql in [
        "DELETE FROM run_params WHERE run = ?1",
        "DELETE FROM run_tags WHERE run = ?1",
        "DELETE FROM run_datasets WHERE run = ?1",
        "DELETE FROM run_inputs WHERE run = ?1",
        "DELETE FROM run_models WHERE run = ?1",
    ] {
        db.prepare_cached(sql)?.execute([number])?;
    }
    Ok(())
}
