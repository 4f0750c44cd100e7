//! How the database is opened: to write where that can be, else to read, else from a copy.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::base::fs::sync_folder;
use crate::store::meta::PATIENCE;
use crate::store::{Error, pack};

/// The kibibytes of pages that the first connection of a program keeps, and each other.
const CACHE: [i32; 2] = [16_384, 12_288];

/// A connection, and whether it can only read.
pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) read_only: bool,
}

/// Opens a database that is there; a lost one must be seen and repaired, never be made anew and empty.
pub(super) fn open(path: &Path, is_first: bool) -> Result<Opened, Error> {
    check_regular(path)?;
    let log_is_new = log_is_new(path);
    let shared = OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut read_only = false;
    let mut only_read = || {
        read_only = true;
        open_read_only(path)
    };
    let connection =
        match Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | shared) {
            Ok(connection) if probe(&connection).is_ok() => connection,
            Ok(connection) => match probe(&connection) {
                Err(error) if cannot_write(&error) => only_read()?,
                other => other.map(|()| connection).map_err(Error::database("open", path))?,
            },
            Err(error) if cannot_write(&error) => only_read()?,
            Err(error) => return Err(Error::database("open", path)(error)),
        };
    let set_up = || -> rusqlite::Result<()> {
        connection.busy_timeout(PATIENCE)?;
        // The last process to leave would otherwise fold the log into the database, with three syncs.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.pragma_update(None, "cache_size", -CACHE[usize::from(!is_first)])?;
        connection.pragma_update(None, "temp_store", "memory")?;
        connection.set_prepared_statement_cache_capacity(128);
        Ok(())
    };
    set_up().map_err(Error::database("open", path))?;
    if log_is_new && !read_only {
        let folder = path.parent().expect("it lies in the store");
        sync_folder(folder).map_err(Error::io("sync", folder))?;
    }
    Ok(Opened { connection, read_only })
}

/// Tells whether nobody has committed to the log so far: its name may not be durable then, and SQLite is built not to see
/// to that (`.cargo/config.toml`), since it would do so for each connection again.
fn log_is_new(path: &Path) -> bool {
    let log = PathBuf::from(format!("{}-wal", path.display()));
    !fs::metadata(log).is_ok_and(|log| log.len() > 0)
}

/// Looks without opening: to close a file is to lose the locks that this process has on it, through whatever connection.
fn check_regular(path: &Path) -> Result<(), Error> {
    let found = fs::symlink_metadata(path).map_err(Error::io("open", path))?;
    match found.is_file() {
        true => Ok(()),
        false => pack::open_regular(path).map(drop),
    }
}

fn probe(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))
        .map(|_| ())
}

fn cannot_write(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{CannotOpen, PermissionDenied, ReadOnly};
    error
        .sqlite_error_code()
        .is_some_and(|code| [CannotOpen, ReadOnly, PermissionDenied].contains(&code))
}

/// Opens a store that may only be read: in its folder SQLite cannot make the files that it shares with writers, but
/// then there is no writer either. A log that was left behind is read from a copy.
fn open_read_only(path: &Path) -> Result<Connection, Error> {
    let log = PathBuf::from(format!("{}-wal", path.display()));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        return open_copy(path, &log);
    }
    let plain = path.display().to_string();
    let escaped = plain.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags)
        .map_err(Error::database("open", path))
}

fn open_copy(path: &Path, log: &Path) -> Result<Connection, Error> {
    let folder = tempfile::tempdir().map_err(Error::io("make a folder for a copy of", path))?;
    let copy = folder.path().join("meta.db");
    fs::copy(path, &copy).map_err(Error::io("copy", path))?;
    fs::copy(log, folder.path().join("meta.db-wal")).map_err(Error::io("copy", log))?;
    let connection = Connection::open(&copy).map_err(Error::database("open", &copy))?;
    probe(&connection).map_err(Error::database("open", &copy))?;
    connection.pragma_update(None, "query_only", true).map_err(Error::database("open", &copy))?;
    Ok(connection) // open files outlive their names
}
