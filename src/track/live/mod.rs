//! Live runs: rows in `meta.db` while a command runs, one node once it has ended.
//!
//! ```text
//! live_runs      a run's id, its record (a `Run` node as it was when it began), who owns it, last sign of life
//! live_params    written once
//! live_tags
//! live_metrics   one row for each metric, with what a table shows of it
//! live_points    the points; the key makes the same point twice one point
//! live_models    what was measured of logged models: the last point of each
//! live_states    what every request asks first: is it removed, has it ended, which node was it before
//! live_changed   marks for the index: `-1` all of a run, `0` all but its metrics, else the number of a metric
//! ```
//!
//! A value of a point is kept as a whole number that sorts as IEEE 754 `totalOrder` does: SQLite has no NaN.
//!
//! A run belongs to the process that its row names (`owner`), which seals it, or to nobody: then clients write to it
//! through a server until they end it, and whoever comes by seals it ([`seal_ended`]). A client may write to a run that
//! was sealed: [`open_in`] makes it rows again, and the next node names the one before.
//!
//! What ends in `_in` works within a transaction of the caller.

mod change;
mod ended;
mod log;
mod open;
mod owner;
mod read;
mod seal;

pub use change::{Update, add_inputs_in, edit, edit_in, remove_in, restore_in, update_in};
pub use ended::seal_ended;
pub use log::{Batch, log, log_in};
pub use open::{Opened, open_in};
pub use owner::{Home, Owner, folder};
pub use read::{
    experiment, get, get_in, is_live, is_live_in, list, metric_in, of_clients, points, tag_in,
};
pub(in crate::track) use seal::experiment_of;
pub use seal::{Abandoned, End, abandoned, discard, seal};

use rusqlite::{Connection, Transaction};

use crate::store::{Error as StoreError, Link, Store, Writer, history, object};
use crate::track::{Error, Run, RunId};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS live_runs (
        id TEXT PRIMARY KEY,
        record BLOB NOT NULL,
        owner TEXT,
        alive INTEGER NOT NULL,
        mark TEXT
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS live_params (
        run TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (run, key)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS live_tags (
        run TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (run, key)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS live_metrics (
        number INTEGER PRIMARY KEY,
        run TEXT NOT NULL,
        key TEXT NOT NULL,
        step INTEGER NOT NULL, time INTEGER NOT NULL, value INTEGER NOT NULL,
        least INTEGER NOT NULL, greatest INTEGER NOT NULL, count INTEGER NOT NULL,
        UNIQUE (run, key)
    );
    CREATE TABLE IF NOT EXISTS live_points (
        metric INTEGER NOT NULL, step INTEGER NOT NULL, time INTEGER NOT NULL, value INTEGER NOT NULL,
        PRIMARY KEY (metric, step, time, value)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS live_models (
        run TEXT NOT NULL, model TEXT NOT NULL, key TEXT NOT NULL,
        dataset TEXT NOT NULL, digest TEXT NOT NULL,
        step INTEGER NOT NULL, time INTEGER NOT NULL, value INTEGER NOT NULL,
        PRIMARY KEY (run, model, key, dataset, digest)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS live_states (
        run TEXT PRIMARY KEY,
        experiment TEXT NOT NULL,
        deleted INTEGER,
        ended INTEGER,
        base BLOB,
        touched INTEGER NOT NULL,
        version INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS live_ended ON live_states (touched) WHERE ended IS NOT NULL;
    CREATE TABLE IF NOT EXISTS live_changed (
        run TEXT NOT NULL, metric INTEGER NOT NULL, PRIMARY KEY (run, metric)
    ) WITHOUT ROWID;
";

/// Marks a run whose rows are all to be put into the index.
pub(in crate::track) const ALL: i64 = -1;
/// Marks a run of which all but the metrics is to be put.
pub(in crate::track) const HEAD: i64 = 0;

/// Makes the tables; others that read them by SQL call this first.
pub fn prepare(store: &Store) -> Result<(), StoreError> {
    store.add_schema("live", SCHEMA)
}

/// Begins a live run; it needs nothing but what the store has.
pub fn create(
    store: &Store,
    run: &Run,
    owner: Option<&Owner>,
    links: &[Link],
) -> Result<(), Error> {
    begin(store.writer()?, run, owner, links)
}

/// Begins a live run with what `writer` has written, in one transaction. gc keeps `links` until it is sealed.
pub fn begin(
    writer: Writer<'_>,
    run: &Run,
    owner: Option<&Owner>,
    links: &[Link],
) -> Result<(), Error> {
    let store = writer.store();
    prepare(store)?;
    writer.commit_with(vec![], |db| begin_in(db, store, run, owner, links))?;
    Ok(())
}

/// As [`begin`], of a run that needs nothing that is not in the store.
pub fn begin_in(
    db: &Transaction<'_>,
    store: &Store,
    run: &Run,
    owner: Option<&Owner>,
    links: &[Link],
) -> Result<(), Error> {
    put_rows(db, store, run, owner, None)?;
    let hold =
        || links.iter().try_for_each(|link| history::hold_within(db, &holder(&run.id), link));
    Ok(hold().map_err(store.database_error("begin a live run"))?)
}

/// Writes the rows of a run but for its points; `base` is the node that it was, if it was sealed.
fn put_rows(
    db: &Transaction<'_>,
    store: &Store,
    run: &Run,
    owner: Option<&Owner>,
    base: Option<&Link>,
) -> Result<(), Error> {
    let mut record = run.clone();
    let batch = Batch {
        params: std::mem::take(&mut record.params).into_iter().collect(),
        tags: std::mem::take(&mut record.tags).into_iter().collect(),
        models: std::mem::take(&mut record.models.metrics),
        ..Batch::default()
    };
    record.series.clear();
    record.metrics.clear();
    let record = object::encode(&record)?;
    let owner = owner.map(Owner::to_line);
    let insert = || -> rusqlite::Result<()> {
        db.prepare_cached("INSERT INTO live_runs VALUES (?1, ?2, ?3, ?4, NULL)")?.execute((
            run.id.as_str(),
            &record,
            owner,
            store.now(),
        ))?;
        let ended = base.and(run.ended);
        db.prepare_cached("INSERT INTO live_states VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)")?.execute(
            (run.id.as_str(), run.experiment.as_str(), run.deleted, ended, base, store.now()),
        )?;
        mark(db, &run.id, ALL)
    };
    insert().map_err(store.database_error("begin a live run"))?;
    log::write(store, db, &run.id, &batch)
}

/// Has the index look at a run again, see [`ALL`] and [`HEAD`].
fn mark(db: &Transaction<'_>, id: &RunId, what: i64) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT OR IGNORE INTO live_changed VALUES (?1, ?2)")?
        .execute((id.as_str(), what))
        .map(|_| ())
}

/// Has the index look at all live runs again.
pub(in crate::track) fn mark_all(db: &Connection) -> rusqlite::Result<()> {
    db.execute("INSERT OR IGNORE INTO live_changed SELECT id, ?1 FROM live_runs", [ALL]).map(|_| ())
}

/// What a live run is called where it holds objects.
pub(in crate::track) fn holder(id: &RunId) -> String {
    format!("live run {id}")
}

/// Turns a value into a whole number that sorts alike.
fn to_row(value: f64) -> i64 {
    let bits = value.to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

/// Turns it back.
fn from_row(row: i64) -> f64 {
    f64::from_bits((row ^ (((row >> 63) as u64) >> 1) as i64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_order_and_every_bit_as_rows() {
        let values = [f64::NEG_INFINITY, -1.5, -0.0, 0.0, 1e-300, 2.0, f64::INFINITY, f64::NAN];
        assert!(values.map(to_row).is_sorted());
        for value in values {
            assert_eq!(from_row(to_row(value)).to_bits(), value.to_bits());
        }
    }
}
