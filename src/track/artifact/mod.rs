//! Files that a run or a logged model keeps, while they come one by one.
//!
//! ```text
//! sealed node: its tree of artifacts          what was there before
//!   − staged_gone                             paths that were removed since
//!   + staged_files                            paths that were written since
//! ```
//!
//! What comes is *staged*: a row for each path. A small file's bytes are in `staged_bytes`, so that it costs one row of a
//! transaction that it shares with others; a larger one is streamed into packs and held from gc. [`fold`] makes
//! the tree of all of it when the holder is sealed.

mod fold;
mod path;
mod read;
mod settle;
mod stage;
mod upload;

pub use fold::{Folded, fold, forget};
pub(in crate::track) use fold::{clear, is_staged};
pub use path::{ArtifactPath, MAX_PATH};
pub use read::{Found, Listed, StoredFile, find, find_in, in_base, list, list_in};
pub use settle::{inline_bytes, settle};
pub use stage::{Content, check_room, hold, put, remove};
pub use upload::{MOST_PARTS, Part, Upload, abort, begin, complete, expire, part, upload_of};

use std::fmt;

use rusqlite::{OptionalExtension as _, Transaction};

use crate::store::{Error as StoreError, Link, Store, object};
use crate::track::logged::{LoggedModel, ModelId};
use crate::track::{Error, Run, RunId, live};

/// A file of fewer bytes is one blob, and staged as a row; a larger one is cut into chunks and streamed into packs.
pub const INLINE: u64 = crate::store::chunk::CUT_FROM;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS staged_holders (
        holder TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        inline INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS staged_files (
        holder TEXT NOT NULL,
        path TEXT NOT NULL,
        size INTEGER NOT NULL,
        time INTEGER NOT NULL,
        link BLOB NOT NULL,
        content INTEGER,
        PRIMARY KEY (holder, path)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS staged_bytes (number INTEGER PRIMARY KEY AUTOINCREMENT, bytes BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS staged_gone (
        holder TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY (holder, path)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS staged_uploads (
        id TEXT PRIMARY KEY, holder TEXT NOT NULL, path TEXT NOT NULL, time INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS staged_parts (
        upload TEXT NOT NULL, number INTEGER NOT NULL, size INTEGER NOT NULL, link BLOB NOT NULL,
        PRIMARY KEY (upload, number)
    ) WITHOUT ROWID;
";

/// Makes the tables.
pub fn prepare(store: &Store) -> Result<(), StoreError> {
    store.add_schema("staged artifacts", SCHEMA)
}

/// Whose files they are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    Run(RunId),
    Model(ModelId),
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(id) => write!(f, "run {id}"),
            Self::Model(id) => write!(f, "logged model {id}"),
        }
    }
}

impl Holder {
    /// Under this name its staged content is held from gc.
    fn hold(&self) -> String {
        format!("artifacts of {self}")
    }

    /// Returns the tree that what is staged changes, and when it was last changed; `None` where there is no such holder.
    pub(in crate::track) fn base(&self, store: &Store) -> Result<Option<Base>, Error> {
        match self {
            Self::Run(id) => run_base(store, id),
            Self::Model(id) => {
                let Some(link) = crate::store::refs::get(store, &id.ref_name())? else {
                    return Ok(None);
                };
                let model: LoggedModel = store.read_node(&link)?;
                Ok(Some(Base { tree: model.artifacts, time: model.edited }))
            }
        }
    }

    /// Makes sure that files can be staged for it: a run becomes live again, a logged model must be there.
    fn open(&self, db: &Transaction<'_>, store: &Store) -> Result<(), Error> {
        match self {
            Self::Run(id) => live::open_in(db, store, id).map(drop),
            Self::Model(id) => {
                let there = db
                    .prepare_cached("SELECT 1 FROM refs WHERE name = ?1")
                    .and_then(|mut there| there.exists([id.ref_name()]))
                    .map_err(store.database_error("stage an artifact"))?;
                if there { Ok(()) } else { Err(self.missing()) }
            }
        }
    }

    /// Returns the error that there is no such holder.
    pub(in crate::track) fn missing(&self) -> Error {
        match self {
            Self::Run(id) => Error::NoRun(id.to_string()),
            Self::Model(id) => Error::NoLoggedModel(id.to_string()),
        }
    }
}

/// What was sealed before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::track) struct Base {
    pub(in crate::track) tree: Option<Link>,
    pub(in crate::track) time: i64,
}

/// A live run may have been sealed before, and so have a tree too.
fn run_base(store: &Store, id: &RunId) -> Result<Option<Base>, Error> {
    live::prepare(store)?;
    let record: Option<Vec<u8>> = store.meta(|db| {
        db.prepare_cached("SELECT record FROM live_runs WHERE id = ?1")?
            .query_row([id.as_str()], |row| row.get(0))
            .optional()
    })?;
    let run: Run = match record {
        Some(record) => object::decode(&record)?,
        None => match crate::store::refs::get(store, &id.ref_name())? {
            Some(link) => store.read_node(&link)?,
            None => return Ok(None),
        },
    };
    Ok(Some(Base { tree: run.artifacts, time: run.edited }))
}
