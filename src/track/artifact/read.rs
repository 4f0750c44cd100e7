//! Reading: what is staged goes before what was sealed.

use std::collections::BTreeMap;

use rusqlite::OptionalExtension as _;

use crate::store::{Error as StoreError, Link, Store, tree};
use crate::track::Error;
use crate::track::artifact::stage::is_gone;
use crate::track::artifact::{ArtifactPath, Base, Holder, prepare};

/// What lies at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    File(StoredFile),
    Folder,
    Nothing,
}

/// A file, and where its bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    pub size: u64,
    /// When it was written, or when its holder was sealed.
    pub time: i64,
    /// Names the content; it is in the store where `bytes` is `None`.
    pub link: Link,
    pub bytes: Option<Vec<u8>>,
}

/// A name in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub name: String,
    /// `None` for a folder.
    pub size: Option<u64>,
}

/// How often a holder may be sealed while it is read.
const ATTEMPTS: usize = 100;

/// Reads with the base of `holder`; again where it was sealed meanwhile, since what was staged is in its tree then.
fn steadily<T>(
    store: &Store,
    holder: &Holder,
    read: impl Fn(&Base) -> Result<T, Error>,
) -> Result<T, Error> {
    prepare(store)?;
    let mut base = holder.base(store)?.ok_or_else(|| holder.missing())?;
    for _ in 0..ATTEMPTS {
        let found = read(&base);
        let now = holder.base(store)?.ok_or_else(|| holder.missing())?;
        if now == base {
            return found;
        }
        base = now;
    }
    read(&base)
}

/// Returns what lies at `path`.
pub fn find(store: &Store, holder: &Holder, path: &ArtifactPath) -> Result<Found, Error> {
    steadily(store, holder, |base| find_on(base, store, holder, path))
}

fn find_on(
    base: &Base,
    store: &Store,
    holder: &Holder,
    path: &ArtifactPath,
) -> Result<Found, Error> {
    let name = holder.to_string();
    let (low, high) = path.bounds();
    let (file, folder, gone) = store.meta(|db| {
        let row = db
            .prepare_cached(
                "SELECT size, time, link, bytes FROM staged_files
                 LEFT JOIN staged_bytes ON number = content WHERE holder = ?1 AND path = ?2",
            )?
            .query_row((&name, path.as_str()), |row| {
                let size = row.get::<_, i64>(0)? as u64;
                let (time, link, bytes) = (row.get(1)?, row.get(2)?, row.get(3)?);
                Ok(StoredFile { size, time, link, bytes })
            })
            .optional()?;
        let folder = db
            .prepare_cached(
                "SELECT 1 FROM staged_files WHERE holder = ?1 AND path >= ?2 AND path < ?3 LIMIT 1",
            )?
            .exists((&name, &low, &high))?;
        Ok((row, folder, is_gone(db, holder, path.as_str())?))
    })?;
    match (file, base.tree) {
        (Some(file), _) => Ok(Found::File(file)),
        (None, _) if folder || path.is_top() => Ok(Found::Folder),
        (None, Some(tree)) if !gone => sealed(store, &tree, path, base.time),
        (None, _) => Ok(Found::Nothing),
    }
}

/// Returns what a tree that was sealed at `time` holds at `path`.
pub fn find_in(store: &Store, tree: &Link, path: &ArtifactPath, time: i64) -> Result<Found, Error> {
    sealed(store, tree, path, time)
}

/// Returns what a tree has in the folder `path`, in order of the names.
pub fn list_in(store: &Store, tree: &Link, path: &ArtifactPath) -> Result<Vec<Listed>, Error> {
    let mut found = BTreeMap::new();
    if let Some(folder) = folder_in(store, tree, path)? {
        for entry in tree::read(store, &folder)?.entries {
            if let Some((name, size)) = shown(&entry) {
                found.insert(name, size);
            }
        }
    }
    Ok(found.into_iter().map(|(name, size)| Listed { name, size }).collect())
}

fn folder_in(store: &Store, tree: &Link, path: &ArtifactPath) -> Result<Option<Link>, Error> {
    match tree::get(store, tree, path.as_str().as_bytes()) {
        Ok(entry) => Ok(entry.folder()),
        Err(StoreError::NoEntry { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A name that is no text cannot be asked for, and a link leads nowhere: neither is shown.
fn shown(entry: &tree::Entry) -> Option<(String, Option<u64>)> {
    entry.content()?;
    let name = String::from_utf8(entry.name.clone()).ok()?;
    Some((name, (entry.mode != tree::FOLDER).then_some(entry.size)))
}

/// Returns what a tree holds at `path`.
fn sealed(store: &Store, tree: &Link, path: &ArtifactPath, time: i64) -> Result<Found, Error> {
    match tree::get(store, tree, path.as_str().as_bytes()) {
        Ok(entry) if entry.mode == tree::FOLDER => Ok(Found::Folder),
        Ok(entry) => Ok(match entry.content() {
            Some(link) => Found::File(StoredFile { size: entry.size, time, link, bytes: None }),
            // A link of a file system leads nowhere over HTTP.
            None => Found::Nothing,
        }),
        Err(StoreError::NoEntry { .. }) => Ok(Found::Nothing),
        Err(error) => Err(error.into()),
    }
}

/// Returns whether what was sealed has something at `path` that is not removed yet.
pub fn in_base(store: &Store, holder: &Holder, path: &ArtifactPath) -> Result<bool, Error> {
    steadily(store, holder, |base| in_tree(base, store, holder, path))
}

fn in_tree(
    base: &Base,
    store: &Store,
    holder: &Holder,
    path: &ArtifactPath,
) -> Result<bool, Error> {
    let Some(tree) = base.tree else { return Ok(false) };
    match tree::get(store, &tree, path.as_str().as_bytes()) {
        Ok(_) => Ok(!store.meta(|db| is_gone(db, holder, path.as_str()))?),
        Err(StoreError::NoEntry { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Returns what is in the folder `path`, in order of the names; nothing for a file and for what is not there.
pub fn list(store: &Store, holder: &Holder, path: &ArtifactPath) -> Result<Vec<Listed>, Error> {
    steadily(store, holder, |base| list_on(base, store, holder, path))
}

fn list_on(
    base: &Base,
    store: &Store,
    holder: &Holder,
    path: &ArtifactPath,
) -> Result<Vec<Listed>, Error> {
    let mut found = BTreeMap::new();
    if let Some(tree) = base.tree
        && !store.meta(|db| is_gone(db, holder, path.as_str()))?
    {
        sealed_names(store, holder, &tree, path, &mut found)?;
    }
    let (low, high) = path.bounds();
    let skip = if path.is_top() { 0 } else { low.len() };
    store.meta(|db| {
        let mut rows = db.prepare_cached(
            "SELECT path, size FROM staged_files WHERE holder = ?1 AND path >= ?2 AND path < ?3",
        )?;
        let mut rows = rows.query((holder.to_string(), &low, &high))?;
        while let Some(row) = rows.next()? {
            let path: String = row.get(0)?;
            match path[skip..].split_once('/') {
                Some((folder, _)) => drop(found.insert(folder.to_owned(), None)),
                None => {
                    found.insert(path[skip..].to_owned(), Some(row.get::<_, i64>(1)? as u64));
                }
            }
        }
        Ok(())
    })?;
    Ok(found.into_iter().map(|(name, size)| Listed { name, size }).collect())
}

fn sealed_names(
    store: &Store,
    holder: &Holder,
    tree: &Link,
    path: &ArtifactPath,
    found: &mut BTreeMap<String, Option<u64>>,
) -> Result<(), Error> {
    let Some(folder) = folder_in(store, tree, path)? else { return Ok(()) };
    let (low, high) = path.bounds();
    let gone: Vec<String> = store.meta(|db| {
        db.prepare_cached(
            "SELECT path FROM staged_gone WHERE holder = ?1 AND path >= ?2 AND path < ?3",
        )?
        .query_map((holder.to_string(), &low, &high), |row| row.get(0))?
        .collect()
    })?;
    let prefix = if path.is_top() { "" } else { low.as_str() };
    for entry in tree::read(store, &folder)?.entries {
        let Some((name, size)) = shown(&entry) else { continue };
        if !gone.iter().any(|gone| gone.strip_prefix(prefix) == Some(&name)) {
            found.insert(name, size);
        }
    }
    Ok(())
}
