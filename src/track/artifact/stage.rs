//! Writing and removing: rows, within a transaction that others may share.

use rusqlite::{OptionalExtension as _, Transaction};

use crate::base::Digest;
use crate::store::{Error as StoreError, Link, Store, history, tree};
use crate::track::Error;
use crate::track::artifact::{ArtifactPath, Holder, INLINE, prepare};

/// What a file holds.
#[derive(Debug, Clone)]
pub enum Content {
    /// Fewer than [`INLINE`] bytes, and the blob that they are.
    Bytes { bytes: Vec<u8>, link: Link },
    /// Content that is in the store, or will be when the transaction is committed.
    Stored { link: Link, size: u64 },
}

impl Content {
    /// Hashes a small file.
    pub fn of(bytes: Vec<u8>) -> Self {
        debug_assert!((bytes.len() as u64) < INLINE, "a large file is streamed");
        let link = Link::blob(Digest::of(&bytes));
        Self::Bytes { bytes, link }
    }

    /// Returns how many bytes it is.
    pub fn size(&self) -> u64 {
        match self {
            Self::Bytes { bytes, .. } => bytes.len() as u64,
            Self::Stored { size, .. } => *size,
        }
    }

    pub fn link(&self) -> Link {
        match self {
            Self::Bytes { link, .. } | Self::Stored { link, .. } => *link,
        }
    }
}

/// Checks, ahead of a transaction, that what was sealed before leaves room for a file at `path`, and that there is
/// such a holder.
pub fn check_room(store: &Store, holder: &Holder, path: &ArtifactPath) -> Result<(), Error> {
    prepare(store)?;
    let base = holder.base(store)?.ok_or_else(|| holder.missing())?;
    if path.is_top() {
        let (name, reason) = (String::new(), "a file needs a name");
        return Err(Error::BadName { what: "artifact path", name, reason });
    }
    let Some(tree) = base.tree else { return Ok(()) };
    let gone = |path: &str| store.meta(|db| is_gone(db, holder, path));
    for folder in path.folders() {
        match tree::get(store, &tree, folder.as_bytes()) {
            Ok(found) if found.mode != tree::FOLDER && !gone(folder)? => {
                return Err(in_the_way(folder, "file"));
            }
            Err(StoreError::NoEntry { .. }) => return Ok(()),
            other => drop(other?),
        }
    }
    match tree::get(store, &tree, path.as_str().as_bytes()) {
        Ok(found) if found.mode == tree::FOLDER && !gone(path.as_str())? => {
            Err(in_the_way(path.as_str(), "folder"))
        }
        Ok(_) | Err(StoreError::NoEntry { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Stages a file; one that is there already is replaced. [`check_room`] goes before, [`prepare`] before both.
pub fn put(
    store: &Store,
    db: &Transaction<'_>,
    holder: &Holder,
    path: &ArtifactPath,
    content: &Content,
) -> Result<(), Error> {
    let failed = || store.database_error("stage an artifact");
    holder.open(db, store)?;
    if let Some((path, found)) = in_way(db, holder, path).map_err(failed())? {
        return Err(in_the_way(&path, found));
    }
    insert(db, holder, path, content, store.now()).map_err(|error| failed()(error).into())
}

fn insert(
    db: &Transaction<'_>,
    holder: &Holder,
    path: &ArtifactPath,
    content: &Content,
    now: i64,
) -> rusqlite::Result<()> {
    let name = holder.to_string();
    let freed = drop_bytes(db, &name, path.as_str())?;
    let (number, size) = match content {
        Content::Stored { link, size } => {
            history::hold_within(db, &holder.hold(), link)?;
            (None, *size)
        }
        Content::Bytes { bytes, .. } => {
            db.prepare_cached("INSERT INTO staged_bytes (bytes) VALUES (?1)")?.execute([bytes])?;
            (Some(db.last_insert_rowid()), bytes.len() as u64)
        }
    };
    db.prepare_cached("INSERT OR REPLACE INTO staged_files VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute((&name, path.as_str(), size as i64, now, content.link(), number))?;
    let inline = if number.is_some() { size as i64 } else { 0 };
    touch(db, &name, inline - freed)
}

/// Keeps content from gc that a file of `holder` will need; within the transaction that writes it.
pub fn hold(db: &Transaction<'_>, holder: &Holder, link: &Link) -> rusqlite::Result<()> {
    history::hold_within(db, &holder.hold(), link)
}

/// Removes a file, or a folder with all that is in it; `false` where there is nothing.
pub fn remove(
    store: &Store,
    db: &Transaction<'_>,
    holder: &Holder,
    path: &ArtifactPath,
    in_base: bool,
) -> Result<bool, Error> {
    let failed = || store.database_error("remove an artifact");
    holder.open(db, store)?;
    delete(db, holder, path, in_base).map_err(|error| failed()(error).into())
}

fn delete(
    db: &Transaction<'_>,
    holder: &Holder,
    path: &ArtifactPath,
    in_base: bool,
) -> rusqlite::Result<bool> {
    let name = holder.to_string();
    let (low, high) = path.bounds();
    let below: Vec<String> = db
        .prepare_cached(
            "SELECT path FROM staged_files WHERE holder = ?1 AND (path = ?2 OR (path >= ?3 AND path < ?4))",
        )?
        .query_map((&name, path.as_str(), &low, &high), |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut freed = 0;
    for path in &below {
        freed += drop_bytes(db, &name, path)?;
        db.prepare_cached("DELETE FROM staged_files WHERE holder = ?1 AND path = ?2")?
            .execute((&name, path))?;
    }
    let mut hidden = 0;
    if in_base && !is_gone(db, holder, path.as_str())? {
        db.prepare_cached(
            "DELETE FROM staged_gone WHERE holder = ?1 AND path >= ?2 AND path < ?3",
        )?
        .execute((&name, &low, &high))?;
        hidden = db
            .prepare_cached("INSERT OR IGNORE INTO staged_gone VALUES (?1, ?2)")?
            .execute((&name, path.as_str()))?;
    }
    let any = !below.is_empty() || hidden > 0;
    if any {
        touch(db, &name, -freed)?;
    }
    Ok(any)
}

/// Removes the bytes of a file that is staged as a row; returns how many those were.
fn drop_bytes(db: &Transaction<'_>, holder: &str, path: &str) -> rusqlite::Result<i64> {
    let old: Option<(Option<i64>, i64)> = db
        .prepare_cached("SELECT content, size FROM staged_files WHERE holder = ?1 AND path = ?2")?
        .query_row((holder, path), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((Some(number), size)) = old else { return Ok(0) };
    db.prepare_cached("DELETE FROM staged_bytes WHERE number = ?1")?.execute([number])?;
    Ok(size)
}

/// Counts a change, so that whoever folds at this moment sees that there was one.
pub(super) fn touch(db: &Transaction<'_>, holder: &str, inline: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO staged_holders VALUES (?1, 1, ?2)
         ON CONFLICT DO UPDATE SET version = version + 1, inline = inline + ?2",
    )?
    .execute((holder, inline))
    .map(|_| ())
}

/// Returns what is staged where a folder of `path` would have to be, or in the place of the file itself.
fn in_way(
    db: &Transaction<'_>,
    holder: &Holder,
    path: &ArtifactPath,
) -> rusqlite::Result<Option<(String, &'static str)>> {
    let name = holder.to_string();
    let mut file =
        db.prepare_cached("SELECT 1 FROM staged_files WHERE holder = ?1 AND path = ?2")?;
    for folder in path.folders() {
        if file.exists((&name, folder))? {
            return Ok(Some((folder.to_owned(), "file")));
        }
    }
    let (low, high) = path.bounds();
    let folder = db
        .prepare_cached(
            "SELECT 1 FROM staged_files WHERE holder = ?1 AND path >= ?2 AND path < ?3 LIMIT 1",
        )?
        .exists((&name, low, high))?;
    Ok(folder.then(|| (path.to_string(), "folder")))
}

/// Returns whether what was sealed at `path` was removed since, itself or with a folder around it.
pub(super) fn is_gone(
    db: &rusqlite::Connection,
    holder: &Holder,
    path: &str,
) -> rusqlite::Result<bool> {
    let name = holder.to_string();
    let mut gone =
        db.prepare_cached("SELECT 1 FROM staged_gone WHERE holder = ?1 AND path = ?2")?;
    let above = path.match_indices('/').map(|(at, _)| &path[..at]);
    for path in above.chain(["", path]) {
        if gone.exists((&name, path))? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn in_the_way(path: &str, found: &'static str) -> Error {
    Error::ArtifactInTheWay { path: path.to_owned(), found }
}
