//! Where the tables of the index are: in `meta.db`, or beside a store that may only be read.

use rusqlite::Connection;

use crate::store::{self, Durability, Store};
use crate::track::index::{BY_VALUE, SCHEMA, VERSION};
use crate::track::{Error, live};

/// The tables that a [`Store`]'s statements find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tables {
    /// In `meta.db`, for all who come after.
    Stored,
    /// In this connection alone, where SQLite looks first. They are made anew by each program.
    Temporary,
}

impl Tables {
    /// Returns the tables that this program uses for `store` already, else those to try first.
    pub(super) fn of(store: &Store) -> Result<Self, Error> {
        let made = "SELECT 1 FROM sqlite_temp_schema WHERE name = 'run_index'";
        match store.meta(|db| db.prepare_cached(made)?.exists([]))? {
            true => Ok(Self::Temporary),
            false => Ok(Self::Stored),
        }
    }

    /// Makes the tables if they are not there.
    pub(super) fn prepare(self, store: &Store) -> Result<(), Error> {
        match self {
            Self::Stored if store.meta(is_other_version)? => self.make_anew(store)?,
            Self::Stored => {
                store.add_schema("run index", SCHEMA)?;
                store.add_schema("run index by value", BY_VALUE)?;
            }
            Self::Temporary => {
                store.keep_to_one_connection();
                Self::make_temporary(store)?;
            }
        }
        Ok(())
    }

    fn make_temporary(store: &Store) -> Result<(), store::Error> {
        store.meta(|db| {
            // Small ones stay in memory all the same.
            db.pragma_update(None, "temp_store", "file")?;
            // A copy of the database is guarded against writes to itself, and these tables with it.
            db.pragma_update(None, "query_only", false)?;
            db.execute_batch(&SCHEMA.replace("CREATE TABLE", "CREATE TEMP TABLE"))?;
            db.execute_batch(BY_VALUE)
        })
    }

    /// Drops the tables, and makes them empty.
    pub(super) fn make_anew(self, store: &Store) -> Result<(), Error> {
        live::prepare(store)?;
        self.write(store, |db| {
            let names: Vec<String> = db
                .prepare(
                    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('runs', 'run_index',
                     'run_experiments', 'run_keys', 'run_metrics', 'run_params', 'run_tags', 'run_datasets',
                     'run_unreadable', 'run_inputs', 'run_models')",
                )?
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            names.iter().try_for_each(|name| db.execute_batch(&format!("DROP TABLE {name}")))?;
            db.execute_batch(SCHEMA)?;
            db.execute_batch(BY_VALUE)?;
            live::mark_all(db)
        })
    }

    /// Writes to the tables, all of it or nothing.
    pub(super) fn write<T>(
        self,
        store: &Store,
        change: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        match self {
            Self::Stored => store.transact(Durability::Normal, |db| {
                change(db).map_err(store.database_error("index runs")).map_err(Error::from)
            }),
            Self::Temporary => Ok(store.meta(|db| {
                let all = db.unchecked_transaction()?;
                let value = change(&all)?;
                all.commit().map(|()| value)
            })?),
        }
    }
}

/// Tells whether there is an index, and another program has made it.
pub(super) fn is_other_version(db: &Connection) -> rusqlite::Result<bool> {
    let made = "SELECT 1 FROM main.sqlite_schema WHERE name = 'run_index'";
    if !db.prepare_cached(made)?.exists([])? {
        return Ok(false);
    }
    let same = "SELECT 1 FROM main.run_index WHERE key = 'version' AND value = ?1";
    db.prepare_cached(same)?.exists([VERSION]).map(|same| !same)
}

/// Tells whether an error says that the store may only be read, or that its disk is full.
pub(super) fn is_read_only(error: &Error) -> bool {
    use rusqlite::ErrorCode::{DiskFull, ReadOnly};
    let Error::Store(store::Error::Database { source, .. }) = error else { return false };
    matches!(source.sqlite_error_code(), Some(ReadOnly | DiskFull))
}
