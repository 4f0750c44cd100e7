//! `meta.db`: the refs, the operation log, and whatever other rooms index.
//!
//! SQLite in WAL mode. All that is here but live runs can be made again from the packs.

mod open;
mod pool;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::base::Digest;
use crate::store::{Error, Kind, Link};
use pool::Pool;

/// How long a writer waits for its turn. Every transaction here is short.
const PATIENCE: Duration = Duration::from_secs(120);

const SCHEMA: &str = "
    CREATE TABLE state (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
    CREATE TABLE refs (
        name TEXT PRIMARY KEY,
        target BLOB NOT NULL,
        operation INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE operations (
        number INTEGER PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE,
        time INTEGER NOT NULL,
        actor TEXT NOT NULL,
        command TEXT NOT NULL,
        undoes BLOB
    );
    CREATE TABLE moves (
        operation INTEGER NOT NULL,
        name TEXT NOT NULL,
        old BLOB,
        new BLOB,
        PRIMARY KEY (operation, name)
    ) WITHOUT ROWID;
    CREATE INDEX moves_by_name ON moves (name, operation);
    CREATE TABLE held (holder TEXT NOT NULL, target BLOB NOT NULL, PRIMARY KEY (holder, target))
        WITHOUT ROWID;
    INSERT INTO state VALUES ('schema', 1), ('generation', 1);
";

/// What a transaction promises once it is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// It survives a power cut. For everything that is acknowledged.
    Full,
    /// It survives the death of the program; a power cut may take the last ones back, whole.
    Normal,
}

/// The database of a store, opened when it is first needed.
///
/// Readers have a connection each, so that none waits for the sync of a commit; the writers of this process take turns.
#[derive(Debug)]
pub(crate) struct Meta {
    path: PathBuf,
    pool: Pool,
    turn: Mutex<()>,
    schemas: Mutex<Vec<String>>,
}

impl Meta {
    pub(crate) fn new(path: PathBuf) -> Self {
        let pool = Pool::new(path.clone());
        Self { path, pool, turn: Mutex::default(), schemas: Mutex::default() }
    }

    /// Makes the database if it is not there, durably; the caller syncs the folder.
    pub(crate) fn create(path: &Path) -> Result<(), Error> {
        let connection = Connection::open(path).map_err(Error::database("create", path))?;
        let make = || -> rusqlite::Result<()> {
            connection.busy_timeout(PATIENCE)?;
            connection.pragma_update(None, "journal_mode", "wal")?;
            connection.pragma_update(None, "synchronous", "full")?;
            connection.execute_batch("BEGIN IMMEDIATE")?;
            let made = connection.query_row(
                "SELECT count(*) FROM sqlite_schema WHERE name = 'state'",
                [],
                |row| row.get::<_, i64>(0),
            )?;
            if made == 0 {
                connection.execute_batch(SCHEMA)?;
            }
            connection.execute_batch("COMMIT")?;
            // The log stays, synced: the first commit finds it where the caller's sync has made it durable.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map(|_| ())
        };
        make().map_err(Error::database("make tables", path))
    }

    /// Runs `read` on the database.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        let connection = self.pool.reader()?;
        read(&connection).map_err(Error::database("read", &self.path))
    }

    /// Keeps to one connection from here on, because what a reader needs is in that one alone.
    pub(crate) fn keep_to_one(&self) {
        self.pool.keep_to_one();
    }

    /// Runs `write` in one transaction that no other writer can come between.
    pub(crate) fn transact<T, E: From<Error>>(
        &self,
        durability: Durability,
        write: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut connection = self.pool.writer()?;
        let error = || Error::database("write", &self.path);
        connection.set_durability(durability).map_err(error())?;
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(error())?;
        let value = write(&transaction)?;
        transaction.commit().map_err(error())?;
        Ok(value)
    }

    /// Runs `sql`, which may say only `CREATE … IF NOT EXISTS`, once in the life of the program.
    pub(crate) fn add_schema(&self, name: &str, sql: &str) -> Result<(), Error> {
        let mut schemas = self.schemas.lock().expect("no holder panics");
        if schemas.iter().any(|known| known == name) {
            return Ok(());
        }
        let mark = format!("schema {name}");
        let digest = Digest::of(sql.as_bytes()).to_string();
        let known: Option<String> = self.read(|db| state(db, &mark))?;
        if known.as_deref() != Some(&digest) {
            self.transact(Durability::Normal, |db| {
                db.execute_batch(sql)
                    .and_then(|()| set_state(db, &mark, &digest))
                    .map_err(Error::database("make tables", &self.path))
            })?;
        }
        schemas.push(name.to_owned());
        Ok(())
    }
}

/// Returns a value of the table `state`.
pub(crate) fn state<T: FromSql>(db: &Connection, key: &str) -> rusqlite::Result<Option<T>> {
    use rusqlite::OptionalExtension as _;
    db.prepare_cached("SELECT value FROM state WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()
}

/// Sets a value of the table `state`.
pub(crate) fn set_state(db: &Connection, key: &str, value: impl ToSql) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO state VALUES (?1, ?2)")?
        .execute((key, value))
        .map(|_| ())
}

impl ToSql for Link {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let mut bytes = self.digest.as_bytes().to_vec();
        bytes.push(self.kind as u8);
        Ok(bytes.into())
    }
}

impl FromSql for Link {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let bytes = value.as_blob()?;
        let (digest, kind) = bytes.split_at_checked(32).ok_or(FromSqlError::InvalidType)?;
        let kind = match kind {
            [0] => Kind::Blob,
            [1] => Kind::Node,
            _ => return Err(FromSqlError::InvalidType),
        };
        let digest = Digest::from_bytes(digest.try_into().map_err(|_| FromSqlError::InvalidType)?);
        Ok(Self { digest, kind })
    }
}
