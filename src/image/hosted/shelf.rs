//! Blobs that wait for a manifest: held from gc, each for one repository, for a day.

use rusqlite::{OptionalExtension as _, Transaction};

use super::index::{self, How};
use super::{Error, Repository};
use crate::image::{Blob, Error as ImageError, Image};
use crate::remote::registry::Digest;
use crate::store::{Durability, Store, Writer, history, object};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS registry_blobs (
        repository TEXT NOT NULL, digest TEXT NOT NULL, time INTEGER NOT NULL, blob BLOB NOT NULL,
        PRIMARY KEY (repository, digest)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS registry_uploads (
        id TEXT PRIMARY KEY, repository TEXT NOT NULL, time INTEGER NOT NULL
    ) WITHOUT ROWID;
";

/// What nobody has gone on with for so many milliseconds is let go.
pub(super) const LIFE: i64 = 24 * 3_600_000;

pub(super) fn prepare(store: &Store) -> Result<(), ImageError> {
    Ok(store.add_schema("registry", SCHEMA)?)
}

/// Returns a blob of a repository, whether it waits or is part of an image.
pub fn find(
    store: &Store,
    repository: &Repository,
    digest: &Digest,
) -> Result<Option<Blob>, Error> {
    if let Some(blob) = waiting(store, repository, digest)? {
        return Ok(Some(blob));
    }
    Ok(of_images(store, repository, digest)?)
}

fn waiting(
    store: &Store,
    repository: &Repository,
    digest: &Digest,
) -> Result<Option<Blob>, ImageError> {
    prepare(store)?;
    let row: Option<Vec<u8>> = store.meta(|db| {
        db.prepare_cached("SELECT blob FROM registry_blobs WHERE repository = ?1 AND digest = ?2")?
            .query_row((repository.as_str(), digest.to_string()), |row| row.get(0))
            .optional()
    })?;
    Ok(row.map(|row| object::decode(&row)).transpose()?)
}

fn of_images(
    store: &Store,
    repository: &Repository,
    digest: &Digest,
) -> Result<Option<Blob>, ImageError> {
    for link in index::find(store, repository, digest, How::Blob)? {
        let image: Image = store.read_node(&link)?;
        if let Some(blob) = image.blobs.into_iter().find(|blob| blob.digest == *digest) {
            return Ok(Some(blob));
        }
    }
    Ok(None)
}

/// Puts a blob that `writer` wrote on the shelf of a repository, with more in the same transaction.
pub(super) fn put(
    writer: Writer<'_>,
    repository: &Repository,
    blob: &Blob,
    also: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
) -> Result<(), ImageError> {
    let store = writer.store();
    prepare(store)?;
    let (row, now) = (object::encode(blob)?, store.now());
    writer.commit_with(vec![], |db| {
        let write = || -> rusqlite::Result<()> {
            for link in blob.content.links() {
                history::hold_within(db, &holder(repository, &blob.digest), &link)?;
            }
            db.prepare_cached("INSERT OR REPLACE INTO registry_blobs VALUES (?1, ?2, ?3, ?4)")?
                .execute((repository.as_str(), blob.digest.to_string(), now, row))?;
            also(db)
        };
        write().map_err(store.database_error("keep a blob"))
    })?;
    Ok(())
}

/// Makes a blob of one repository one of another, too; `false` where it is not there.
pub fn mount(
    store: &Store,
    from: &Repository,
    to: &Repository,
    digest: &Digest,
) -> Result<bool, Error> {
    let mut writer = store.writer()?;
    let Some(blob) = find(store, from, digest)? else { return Ok(false) };
    for link in blob.content.links() {
        if !writer.has(&link)? {
            return Ok(false);
        }
    }
    put(writer, to, &blob, |_| Ok(()))?;
    Ok(true)
}

/// Lets go of a blob that waits; `false` where there is none.
pub fn remove(store: &Store, repository: &Repository, digest: &Digest) -> Result<bool, Error> {
    let there = waiting(store, repository, digest)?.is_some();
    if of_images(store, repository, digest)?.is_some() {
        return Err(Error::InUse);
    }
    store.transact(Durability::Full, |db| {
        drop_in(db, repository, digest).map_err(store.database_error("remove a blob"))
    })?;
    Ok(there)
}

/// Takes a blob off the shelf, within the transaction that gives it another place.
pub(super) fn drop_in(
    db: &Transaction<'_>,
    repository: &Repository,
    digest: &Digest,
) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM registry_blobs WHERE repository = ?1 AND digest = ?2")?
        .execute((repository.as_str(), digest.to_string()))?;
    history::release(db, &holder(repository, digest))
}

/// Lets go of what nobody has asked for in a day.
pub(super) fn expire(store: &Store) -> Result<(), ImageError> {
    prepare(store)?;
    let old: Vec<(String, String)> = store.meta(|db| {
        db.prepare_cached("SELECT repository, digest FROM registry_blobs WHERE time < ?1")?
            .query_map([store.now() - LIFE], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    })?;
    for (repository, digest) in old {
        let (Ok(repository), Ok(digest)) = (Repository::parse(&repository), digest.parse()) else {
            continue;
        };
        store.transact(Durability::Normal, |db| {
            drop_in(db, &repository, &digest).map_err(store.database_error("let a blob go"))
        })?;
    }
    Ok(())
}

/// Returns whether anything waits in a repository.
pub(super) fn is_known(store: &Store, repository: &Repository) -> Result<bool, ImageError> {
    prepare(store)?;
    Ok(store.meta(|db| {
        db.prepare_cached("SELECT 1 FROM registry_blobs WHERE repository = ?1 LIMIT 1")?
            .exists([repository.as_str()])
    })?)
}

fn holder(repository: &Repository, digest: &Digest) -> String {
    format!("registry {repository}@{digest}")
}
