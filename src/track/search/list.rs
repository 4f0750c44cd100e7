//! What a list shows of runs, from the index alone.

use std::collections::{BTreeMap, HashMap};

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, Statement};

use crate::base::Digest;
use crate::store::{Link, object};
use crate::track::index::{Inputs, Listed, sum_of_experiment, summary};
use crate::track::{Status, Summary};

/// Runs as the index has them.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) runs: Vec<Listed>,
    /// What does not fit its checksum.
    pub(crate) damaged: Vec<String>,
}

/// Loads runs by their numbers, in that order. One that is gone meanwhile is left out.
pub(crate) fn load(db: &Connection, numbers: &[u32]) -> rusqlite::Result<Loaded> {
    let mut keys = Keys { db, known: HashMap::new() };
    let mut statement = db.prepare_cached(
        "SELECT runs.id, runs.name, e.id, e.name, status, user, started, ended, runs.deleted, live, parent, node,
             artifacts, runs.sum, e.sum, e.deleted, metrics_sum
         FROM runs LEFT JOIN run_experiments e ON e.number = runs.experiment WHERE runs.number = ?1",
    )?;
    let mut loaded = Loaded::default();
    for number in numbers {
        match sound(&mut statement, &mut keys, *number) {
            Ok(Some(run)) => loaded.runs.push(run),
            Ok(None) => {}
            Err(Fault::Turned(what)) => loaded.damaged.push(what),
            Err(Fault::Sql(error)) => return Err(error),
        }
    }
    Ok(loaded)
}

/// Why a run cannot be loaded.
enum Fault {
    Turned(String),
    Sql(rusqlite::Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        match error {
            E::FromSqlConversionFailure(..) | E::InvalidColumnType(..) | E::Utf8Error(..) => {
                Self::Turned(error.to_string())
            }
            E::IntegralValueOutOfRange(..) | E::QueryReturnedNoRows => {
                Self::Turned(error.to_string())
            }
            error => Self::Sql(error),
        }
    }
}

/// Loads a run that fits its checksum.
fn sound(
    statement: &mut Statement<'_>,
    keys: &mut Keys<'_>,
    number: u32,
) -> Result<Option<Listed>, Fault> {
    let mut rows = statement.query([number])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let mut run = listed(row)?;
    run.params = keys.texts("SELECT key, value FROM run_params WHERE run = ?1", number)?;
    run.tags = keys.texts("SELECT key, value FROM run_tags WHERE run = ?1", number)?;
    run.metrics = keys.metrics(number)?;
    let of_experiment =
        sum_of_experiment(run.experiment.as_str(), &run.experiment_name, row.get(15)?);
    if row.get::<_, i64>(14)? != of_experiment {
        return Err(Fault::Turned(format!(
            "experiment {} does not fit its checksum",
            run.experiment
        )));
    }
    run.inputs = keys.inputs(number)?;
    let sound = row.get::<_, i64>(13)? == run.sum();
    match sound && row.get::<_, i64>(16)? == run.metrics_sum() {
        true => Ok(Some(run)),
        false => Err(Fault::Turned(format!("run {} does not fit its checksum", run.id))),
    }
}

fn listed(row: &Row<'_>) -> rusqlite::Result<Listed> {
    let link = |column: usize| -> rusqlite::Result<Option<Link>> {
        let digest: Option<[u8; 32]> = row.get(column)?;
        Ok(digest.map(|digest| Link::node(Digest::from_bytes(digest))))
    };
    let live = row.get(9)?;
    Ok(Listed {
        id: id(row, 0)?,
        name: row.get(1)?,
        experiment: id(row, 2)?,
        experiment_name: row.get(3)?,
        status: status(&row.get::<_, String>(4)?),
        user: row.get(5)?,
        started: row.get(6)?,
        ended: row.get(7)?,
        deleted: row.get(8)?,
        live,
        parent: row.get::<_, Option<String>>(10)?.and_then(|id| id.parse().ok()),
        node: link(11)?.filter(|_| !live),
        artifacts: link(12)?,
        params: BTreeMap::new(),
        metrics: BTreeMap::new(),
        tags: BTreeMap::new(),
        inputs: Inputs::default(),
    })
}

fn id<T: TryFrom<String>>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T::Error: std::error::Error + Send + Sync + 'static,
{
    T::try_from(row.get(column)?).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
    })
}

fn status(word: &str) -> Status {
    let all = [Status::Running, Status::Scheduled, Status::Finished, Status::Failed];
    all.into_iter().find(|status| status.as_str() == word).unwrap_or(Status::Killed)
}

/// The texts of keys, each read once.
struct Keys<'a> {
    db: &'a Connection,
    known: HashMap<i64, String>,
}

impl Keys<'_> {
    fn text(&mut self, number: i64) -> rusqlite::Result<String> {
        if let Some(text) = self.known.get(&number) {
            return Ok(text.clone());
        }
        let mut statement =
            self.db.prepare_cached("SELECT text FROM run_keys WHERE number = ?1")?;
        let text: String = statement.query_row([number], |row| row.get(0))?;
        self.known.insert(number, text.clone());
        Ok(text)
    }

    fn texts(&mut self, sql: &str, run: u32) -> rusqlite::Result<BTreeMap<String, String>> {
        let mut statement = self.db.prepare_cached(sql)?;
        let mut rows = statement.query([run])?;
        let mut texts = BTreeMap::new();
        while let Some(row) = rows.next()? {
            texts.insert(self.text(row.get(0)?)?, row.get(1)?);
        }
        Ok(texts)
    }

    fn inputs(&self, run: u32) -> Result<Inputs, Fault> {
        let mut statement =
            self.db.prepare_cached("SELECT record FROM run_inputs WHERE run = ?1")?;
        let record: Option<Vec<u8>> = statement.query_row([run], |row| row.get(0)).optional()?;
        let Some(record) = record else { return Ok(Inputs::default()) };
        object::decode(&record).map_err(|error| Fault::Turned(error.to_string()))
    }

    fn metrics(&mut self, run: u32) -> rusqlite::Result<BTreeMap<String, Summary>> {
        let mut statement = self.db.prepare_cached(
            "SELECT key, value, step, time, least, greatest, count FROM run_metrics WHERE run = ?1",
        )?;
        let mut rows = statement.query([run])?;
        let mut metrics = BTreeMap::new();
        while let Some(row) = rows.next()? {
            metrics.insert(self.text(row.get(0)?)?, summary(row)?);
        }
        Ok(metrics)
    }
}
