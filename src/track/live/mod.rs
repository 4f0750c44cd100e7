//! Live runs: rows in `meta.db` while a command runs, one node once it has ended.
//!
//! ```text
//! live_runs      a run's id, its record (a `Run` node as it was when it began), who owns it, last sign of life
//! live_params    written once
//! live_tags
//! live_metrics   one row for each metric, with what a table shows of it
//! live_points    the points; the key makes the same point twice one point
//! ```
//!
//! A value of a point is kept as a whole number that sorts as IEEE 754 `totalOrder` does: SQLite has no NaN.

mod log;
mod owner;
mod read;
mod seal;

pub use log::{Batch, edit, log};
pub use owner::{Home, Owner, folder};
pub use read::{get, is_live, list, points};
pub(in crate::track) use seal::experiment_of;
pub use seal::{Abandoned, End, abandoned, discard, seal};

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
";

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
    let mut record = run.clone();
    let batch = Batch {
        params: std::mem::take(&mut record.params).into_iter().collect(),
        tags: std::mem::take(&mut record.tags).into_iter().collect(),
        ..Batch::default()
    };
    let record = object::encode(&record)?;
    let owner = owner.map(Owner::to_line);
    writer.commit_with(vec![], |db| {
        let insert = || -> rusqlite::Result<()> {
            db.execute(
                "INSERT INTO live_runs VALUES (?1, ?2, ?3, ?4, NULL)",
                (run.id.as_str(), &record, owner, store.now()),
            )?;
            links.iter().try_for_each(|link| history::hold_within(db, &holder(&run.id), link))
        };
        insert().map_err(store.database_error("begin a live run"))?;
        log::write(store, db, &run.id, &batch)
    })?;
    Ok(())
}

/// What a live run is called where it holds objects.
fn holder(id: &RunId) -> String {
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
