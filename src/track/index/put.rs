//! Rows of one run or experiment: written, replaced, removed.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::base::Digest;
use crate::track::index::listed::{Listed, sum_of_experiment};
use crate::track::{Experiment, ExperimentId, Run, RunId, Summary};

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
    /// Writes through `db`, which is best within a transaction.
    pub fn new(db: &'a Connection) -> Self {
        Self { db, keys: HashMap::new(), experiments: HashMap::new() }
    }

    /// Puts a run, and all that the index held of it before is gone. `node` is the digest of its node.
    pub fn run(&mut self, run: &Run, node: &Digest, live: bool) -> rusqlite::Result<()> {
        let experiment = self.experiment_of(run)?;
        let number = match number_of(self.db, &run.id)? {
            Some(number) => {
                clear(self.db, number)?;
                number
            }
            None => self.next_number()?,
        };
        let mut insert = self.db.prepare_cached(
            "INSERT OR REPLACE INTO runs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?;
        insert.execute(params![
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
            Listed::of(run, node, live).sum(),
        ])?;
        self.metrics(number, &run.metrics)?;
        self.texts("INSERT INTO run_params VALUES (?1, ?2, ?3)", number, &run.params)?;
        self.texts("INSERT INTO run_tags VALUES (?1, ?2, ?3)", number, &run.tags)?;
        let mut insert =
            self.db.prepare_cached("INSERT INTO run_datasets VALUES (?1, ?2, ?3, ?4, ?5)")?;
        for (position, dataset) in run.datasets.iter().enumerate() {
            let position = position as i64;
            insert.execute((number, position, &dataset.name, &dataset.digest, &dataset.context))?;
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

    fn metrics(&mut self, run: i64, metrics: &BTreeMap<String, Summary>) -> rusqlite::Result<()> {
        let mut insert = self
            .db
            .prepare_cached("INSERT INTO run_metrics VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
        for (key, summary) in metrics {
            let value = summary.last.value.0;
            let unlike = |other: f64| (other != value && !other.is_nan()).then_some(other);
            insert.execute(params![
                run,
                self.key(key)?,
                (!value.is_nan()).then_some(value),
                summary.last.step,
                summary.last.time,
                unlike(summary.min.0),
                unlike(summary.max.0),
                summary.count as i64,
            ])?;
        }
        Ok(())
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
    db.prepare_cached("DELETE FROM runs WHERE number = ?1")?.execute([number]).map(|_| ())
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

fn clear(db: &Connection, number: i64) -> rusqlite::Result<()> {
    for sql in [
        "DELETE FROM run_metrics WHERE run = ?1",
        "DELETE FROM run_params WHERE run = ?1",
        "DELETE FROM run_tags WHERE run = ?1",
        "DELETE FROM run_datasets WHERE run = ?1",
    ] {
        db.prepare_cached(sql)?.execute([number])?;
    }
    Ok(())
}
