//! MLflow's SQLite store, opened so that nothing in it can change.
//!
//! Columns are asked for by name and tables may be missing: the file may be of any version since 1.0.

mod models;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Params, Row};

use crate::base::Progress;
use crate::store::{Link, Writer};
use crate::track::import::place::Roots;
use crate::track::import::{
    ExperimentRecord, Gathered, LoggedRecord, Notes, RegisteredRecord, RunRecord, Source,
    TakePoints, label,
};
use crate::track::{Dataset, Error, Point, series};

/// The tables that are asked for; a view of such a name is not MLflow's.
const TABLES: [&str; 2] = ["experiments", "runs"];

/// A `mlflow.db`.
#[derive(Debug)]
pub struct Database {
    path: PathBuf,
    db: Connection,
    roots: Roots,
}

impl Database {
    /// Opens `path`. Artifacts are taken from below its folder, or from below `named`.
    pub fn open(path: &Path, named: Option<&Path>) -> Result<Self, Error> {
        let path = path.canonicalize().map_err(Error::io("open", path))?;
        let roots = Roots::new(path.parent().unwrap_or(Path::new("/")), named)?;
        let db = connect(&path).map_err(bad(&path))?;
        let database = Self { path, db, roots };
        for table in TABLES {
            if !database.has(table)? {
                let reason = format!("it is no tracking database of MLflow: no table `{table}`");
                return Err(Error::BadFile { path: database.path, reason });
            }
        }
        Ok(database)
    }

    fn has(&self, table: &str) -> Result<bool, Error> {
        self.db
            .prepare_cached("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1")
            .and_then(|mut statement| statement.exists([table]))
            .map_err(bad(&self.path))
    }

    /// Hands over the rows of a statement; none where the table is not there.
    pub(super) fn each(
        &self,
        table: &str,
        rest: &str,
        params: impl Params,
        visit: &mut dyn FnMut(&Fields<'_, '_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if !self.has(table)? {
            return Ok(());
        }
        let failed = || bad(&self.path);
        let sql = format!("SELECT * FROM {table} {rest}");
        let mut statement = self.db.prepare_cached(&sql).map_err(failed())?;
        let mut rows = statement.query(params).map_err(failed())?;
        while let Some(row) = rows.next().map_err(failed())? {
            visit(&Fields(row))?;
        }
        Ok(())
    }

    /// Reads the pairs of a table of keys and values.
    pub(super) fn pairs(
        &self,
        table: &str,
        [key, value, owner]: [&str; 3],
        id: &str,
    ) -> Result<BTreeMap<String, String>, Error> {
        let mut pairs = BTreeMap::new();
        self.each(table, &format!("WHERE {owner} = ?1"), [id], &mut |row| {
            if let Some(key) = row.text(key) {
                pairs.insert(key, row.text(value).unwrap_or_default());
            }
            Ok(())
        })?;
        Ok(pairs)
    }
}

/// One row, by the names of its columns.
pub(super) struct Fields<'a, 'b>(&'a Row<'b>);

impl Fields<'_, '_> {
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.0.get_ref(name).ok()? {
            ValueRef::Null => None,
            ValueRef::Integer(number) => Some(number.to_string()),
            ValueRef::Real(number) => Some(number.to_string()),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                Some(String::from_utf8_lossy(bytes).into_owned())
            }
        }
    }

    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        match self.0.get_ref(name).ok()? {
            ValueRef::Integer(number) => Some(number),
            ValueRef::Real(number) => Some(number as i64),
            ValueRef::Text(text) => std::str::from_utf8(text).ok()?.parse().ok(),
            _ => None,
        }
    }

    pub(super) fn real(&self, name: &str) -> Option<f64> {
        match self.0.get_ref(name).ok()? {
            ValueRef::Integer(number) => Some(number as f64),
            ValueRef::Real(number) => Some(number),
            _ => None,
        }
    }
}

/// A database that another process writes needs its WAL; one in a folder that may only be read cannot have it.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let begin = |db: &Connection| {
        db.pragma_update(None, "trusted_schema", false)?;
        // One moment for all that is read.
        db.execute_batch("BEGIN")?;
        db.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
    };
    let db = Connection::open_with_flags(path, flags)?;
    let Err(error) = begin(&db) else { return Ok(db) };
    let uri = percent_encoding::utf8_percent_encode(
        &path.to_string_lossy(),
        percent_encoding::NON_ALPHANUMERIC,
    )
    .to_string();
    let unchanging = format!("file:{uri}?immutable=1");
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::CannotOpen | rusqlite::ErrorCode::ReadOnly) => {
            let db = Connection::open_with_flags(unchanging, flags | OpenFlags::SQLITE_OPEN_URI)?;
            begin(&db).map(|()| db)
        }
        _ => Err(error),
    }
}

fn bad(path: &Path) -> impl FnOnce(rusqlite::Error) -> Error + use<> {
    let path = path.to_owned();
    move |error| Error::BadFile { path, reason: error.to_string() }
}

impl Source for Database {
    fn experiments(&self, notes: &Notes) -> Result<Vec<ExperimentRecord>, Error> {
        let mut found = vec![];
        self.each("experiments", "ORDER BY experiment_id", [], &mut |row| {
            let (Some(id), Some(name)) = (row.text("experiment_id"), row.text("name")) else {
                notes.skip("an experiment", "it has no id or no name");
                return Ok(());
            };
            let created = row.integer("creation_time").unwrap_or(0);
            let changed = row.integer("last_update_time").unwrap_or(created);
            let is_deleted = row.text("lifecycle_stage").is_some_and(|stage| stage == "deleted");
            let tags = self.pairs("experiment_tags", ["key", "value", "experiment_id"], &id)?;
            let location = row.text("artifact_location");
            let deleted = is_deleted.then_some(changed);
            found.push(ExperimentRecord { id, name, created, tags, location, deleted });
            Ok(())
        })?;
        Ok(found)
    }

    fn runs(
        &self,
        experiment: &ExperimentRecord,
        notes: &Notes,
        visit: &mut dyn FnMut(RunRecord) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let rest = "WHERE experiment_id = ?1 ORDER BY run_uuid";
        self.each("runs", rest, [&experiment.id], &mut |row| {
            let id = row.text("run_uuid").unwrap_or_default();
            let status = row.text("status").unwrap_or_default();
            match label::status(&status) {
                Ok(status) => visit(self.run(row, id, status)?),
                Err(why) => {
                    notes.skip(format!("run {}", id.escape_debug()), why);
                    Ok(())
                }
            }
        })
    }

    fn points(
        &self,
        run: &RunRecord,
        notes: &Notes,
        take: &mut TakePoints<'_>,
    ) -> Result<(), Error> {
        let mut key = String::new();
        let mut points: Vec<Point> = vec![];
        self.each("metrics", "WHERE run_uuid = ?1 ORDER BY key", [&run.id], &mut |row| {
            let name = row.text("key").unwrap_or_default();
            if name != key && !points.is_empty() {
                points.sort_by(series::order);
                take(&key, std::mem::take(&mut points))?;
            }
            key = name;
            let value = match row.integer("is_nan") {
                Some(1) => Some(f64::NAN),
                _ => row.real("value"),
            };
            match (row.integer("timestamp"), value) {
                (Some(time), Some(value)) => {
                    let step = row.integer("step").unwrap_or(0);
                    points.push(Point { step, time, value: value.into() });
                }
                _ => notes.skip(
                    format!("a point of metric `{}` of run {}", key.escape_debug(), run.id),
                    "it is no number",
                ),
            }
            Ok(())
        })?;
        if !points.is_empty() {
            points.sort_by(series::order);
            take(&key, points)?;
        }
        Ok(())
    }

    fn artifacts(
        &self,
        run: &RunRecord,
        _had: Option<&Link>,
        writer: &mut Writer<'_>,
        notes: &Notes,
        progress: &dyn Progress,
    ) -> Result<Gathered, Error> {
        let place = self.roots.find(&run.artifacts);
        label::gather(&place, &format!("run {}", run.id), writer, notes, progress)
    }

    fn logged_models(
        &self,
        experiment: &ExperimentRecord,
        notes: &Notes,
    ) -> Result<Vec<LoggedRecord>, Error> {
        models::logged(self, experiment, notes)
    }

    fn logged_artifacts(
        &self,
        model: &LoggedRecord,
        _had: Option<&Link>,
        writer: &mut Writer<'_>,
        notes: &Notes,
        progress: &dyn Progress,
    ) -> Result<Gathered, Error> {
        let place = self.roots.find(&model.artifacts);
        label::gather(&place, &format!("logged model {}", model.id), writer, notes, progress)
    }

    fn registered(&self, _notes: &Notes) -> Result<Vec<RegisteredRecord>, Error> {
        models::registered(self)
    }
}

impl Database {
    fn run(
        &self,
        row: &Fields<'_, '_>,
        id: String,
        status: crate::track::Status,
    ) -> Result<RunRecord, Error> {
        let started = row.integer("start_time").unwrap_or(0);
        let ended = row.integer("end_time");
        let is_deleted = row.text("lifecycle_stage").is_some_and(|stage| stage == "deleted");
        let deleted = row.integer("deleted_time").or(ended).unwrap_or(started);
        Ok(RunRecord {
            name: row.text("name").unwrap_or_default(),
            status,
            user: row.text("user_id").unwrap_or_default(),
            started,
            ended,
            deleted: is_deleted.then_some(deleted),
            params: self.pairs("params", ["key", "value", "run_uuid"], &id)?,
            tags: self.pairs("tags", ["key", "value", "run_uuid"], &id)?,
            datasets: self.datasets(&id)?,
            models: models::of_run(self, &id)?,
            latest: None,
            artifacts: row.text("artifact_uri").unwrap_or_default(),
            folder: None,
            id,
        })
    }

    fn datasets(&self, run: &str) -> Result<Vec<Dataset>, Error> {
        let mut found = vec![];
        let rest = "WHERE destination_id = ?1 AND source_type = 'DATASET'";
        self.each("inputs", rest, [run], &mut |input| {
            let tags = self.pairs(
                "input_tags",
                ["name", "value", "input_uuid"],
                &input.text("input_uuid").unwrap_or_default(),
            )?;
            let id = input.text("source_id").unwrap_or_default();
            self.each("datasets", "WHERE dataset_uuid = ?1", [id], &mut |row| {
                let details = ["source_type", "schema", "profile"].into_iter();
                let details = details.filter_map(|name| {
                    Some((name.to_owned(), row.text(&format!("dataset_{name}"))?))
                });
                found.push(label::dataset(
                    row.text("name").unwrap_or_default(),
                    row.text("digest").unwrap_or_default(),
                    row.text("dataset_source"),
                    details.collect(),
                    tags.clone(),
                ));
                Ok(())
            })
        })?;
        Ok(label::in_order(found))
    }
}
