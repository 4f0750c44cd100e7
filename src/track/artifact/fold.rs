//! What was sealed and what is staged become one tree.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension as _, Transaction};

use crate::store::tree::{self, Builder, Entry, Target};
use crate::store::{Link, Store, Writer, add, history};
use crate::track::Error;
use crate::track::artifact::{Holder, prepare};

/// A tree, and which state of the rows it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Folded {
    /// `None` where there is no artifact.
    pub tree: Option<Link>,
    version: Option<i64>,
}

struct Staged {
    path: String,
    size: u64,
    link: Link,
    content: Option<i64>,
}

/// Writes what is staged for `holder` over the tree `base`; [`forget`] follows in the transaction of `writer`.
///
/// Folders in which nothing is staged are taken as they are, without being read.
pub fn fold(writer: &mut Writer<'_>, holder: &Holder, base: Option<Link>) -> Result<Folded, Error> {
    let store = writer.store();
    prepare(store)?;
    let name = holder.to_string();
    let (version, files, gone) = store.meta(|db| {
        let version = db
            .prepare_cached("SELECT version FROM staged_holders WHERE holder = ?1")?
            .query_row([&name], |row| row.get(0))
            .optional()?;
        let files: Vec<Staged> = db
            .prepare_cached("SELECT path, size, link, content FROM staged_files WHERE holder = ?1")?
            .query_map([&name], |row| {
                let size = row.get::<_, i64>(1)? as u64;
                let (path, link, content) = (row.get(0)?, row.get(2)?, row.get(3)?);
                Ok(Staged { path, size, link, content })
            })?
            .collect::<Result<_, _>>()?;
        let gone: BTreeSet<String> = db
            .prepare_cached("SELECT path FROM staged_gone WHERE holder = ?1")?
            .query_map([&name], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        Ok((version, files, gone))
    })?;
    if version.is_none() || (files.is_empty() && gone.is_empty()) {
        return Ok(Folded { tree: base, version });
    }
    for content in files.iter().filter_map(|file| file.content) {
        write_bytes(writer, content)?;
    }
    let mut builder = Builder::default();
    if let Some(base) = base.filter(|_| !gone.contains("")) {
        keep(store, &mut builder, base, &files, &gone)?;
    }
    for Staged { path, size, link, .. } in files {
        let target = Target::Content(link);
        builder.insert(path.as_bytes(), Entry { name: vec![], mode: tree::FILE, size, target })?;
    }
    let tree = match builder.is_empty() {
        true => None,
        false => Some(builder.write(writer)?),
    };
    Ok(Folded { tree, version })
}

/// Tells whether anything is staged for `holder`: then [`fold`] reads its `base`, which must be in the store.
pub(in crate::track) fn is_staged(store: &Store, holder: &Holder) -> Result<bool, Error> {
    prepare(store)?;
    Ok(store.meta(|db| {
        db.prepare_cached("SELECT 1 FROM staged_holders WHERE holder = ?1")?
            .exists([holder.to_string()])
    })?)
}

/// Writes the bytes of a row into a pack; a row that is gone meanwhile is told by [`forget`].
pub(super) fn write_bytes(writer: &mut Writer<'_>, content: i64) -> Result<(), Error> {
    let bytes: Option<Vec<u8>> = writer.store().meta(|db| {
        db.prepare_cached("SELECT bytes FROM staged_bytes WHERE number = ?1")?
            .query_row([content], |row| row.get(0))
            .optional()
    })?;
    if let Some(bytes) = bytes {
        add::bytes(writer, &bytes)?;
    }
    Ok(())
}

/// Puts what `base` has into the tree, but for what is removed. What is replaced is replaced later.
fn keep(
    store: &Store,
    builder: &mut Builder,
    base: Link,
    files: &[Staged],
    gone: &BTreeSet<String>,
) -> Result<(), Error> {
    let changed: BTreeSet<&str> = files
        .iter()
        .map(|file| file.path.as_str())
        .chain(gone.iter().map(String::as_str))
        .collect();
    let changed_below = |path: &str| {
        let below = format!("{path}/");
        changed.range(below.as_str()..).next().is_some_and(|next| next.starts_with(&below))
    };
    let mut open = vec![(vec![], base)];
    while let Some((folder, link)) = open.pop() {
        for entry in tree::read(store, &link)?.entries {
            let slash: &[u8] = if folder.is_empty() { b"" } else { b"/" };
            let path = [&folder, slash, &entry.name].concat();
            let text = std::str::from_utf8(&path).ok();
            if text.is_some_and(|text| gone.contains(text)) {
                continue;
            }
            match entry.folder() {
                Some(inner) if text.is_some_and(changed_below) => open.push((path, inner)),
                _ => builder.insert(&path, entry)?,
            }
        }
    }
    Ok(())
}

/// Removes the rows that `folded` has taken in, within the transaction that gives its tree a place.
///
/// Fails, and with it that transaction, where something was staged or removed since; fold again then.
pub fn forget(
    store: &Store,
    db: &Transaction<'_>,
    holder: &Holder,
    folded: &Folded,
) -> Result<(), Error> {
    let failed = || store.database_error("remove staged artifacts");
    let name = holder.to_string();
    let version: Option<i64> = db
        .prepare_cached("SELECT version FROM staged_holders WHERE holder = ?1")
        .and_then(|mut version| version.query_row([&name], |row| row.get(0)).optional())
        .map_err(failed())?;
    if version != folded.version {
        return Err(Error::ArtifactsChanged(name));
    }
    match version {
        None => Ok(()),
        Some(_) => clear(db, holder).map_err(|error| failed()(error).into()),
    }
}

/// Removes all that is staged for a holder.
pub(in crate::track) fn clear(db: &Transaction<'_>, holder: &Holder) -> rusqlite::Result<()> {
    let name = holder.to_string();
    for sql in [
        "DELETE FROM staged_bytes WHERE number IN (SELECT content FROM staged_files WHERE holder = ?1)",
        "DELETE FROM staged_files WHERE holder = ?1",
        "DELETE FROM staged_gone WHERE holder = ?1",
        "DELETE FROM staged_holders WHERE holder = ?1",
    ] {
        db.prepare_cached(sql)?.execute([&name])?;
    }
    history::release(db, &holder.hold())
}
