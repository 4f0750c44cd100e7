//! What repositories hold, by digest: so that a question about one blob reads one row, however many tags there are.
//!
//! ```text
//! registry_images   repository, image (link), ref     each image of each repository, those of indexes included, and why
//! registry_holds    digest, how, image (link)         what each image holds; the same for all repositories
//! ```
//!
//! Made of the refs alone and followed operation by operation, whoever moves them; what is lost is made again.

use rusqlite::{Connection, OptionalExtension as _};

use super::Repository;
use crate::image::name::{FOLDER, Named};
use crate::image::{Error, catalog};
use crate::remote::registry::Digest;
use crate::store::{Durability, Link, Store, refs};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS registry_images (
        repository TEXT NOT NULL, image BLOB NOT NULL, ref TEXT NOT NULL,
        PRIMARY KEY (repository, image, ref)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS registry_images_by_ref ON registry_images (ref);
    CREATE TABLE IF NOT EXISTS registry_holds (
        digest TEXT NOT NULL, how INTEGER NOT NULL, image BLOB NOT NULL,
        PRIMARY KEY (digest, how, image)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS registry_seen (one INTEGER PRIMARY KEY, operation INTEGER NOT NULL);
";

/// What an image has to do with a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// A config or a layer of it.
    Blob = 0,
    /// It is the manifest.
    Itself = 1,
    /// The manifest that it belongs to.
    Subject = 2,
}

/// Returns the images of a repository that have to do with `digest` in this way.
pub(super) fn find(
    store: &Store,
    repository: &Repository,
    digest: &Digest,
    how: How,
) -> Result<Vec<Link>, Error> {
    follow(store)?;
    Ok(store.meta(|db| {
        db.prepare_cached(
            "SELECT DISTINCT held.image FROM registry_holds held
             JOIN registry_images own ON own.repository = ?1 AND own.image = held.image
             WHERE held.digest = ?2 AND held.how = ?3",
        )?
        .query_map((repository.as_str(), digest.to_string(), how as i64), |row| row.get(0))?
        .collect()
    })?)
}

/// Brings the index in step with the refs. Where nothing has changed, two rows are read.
fn follow(store: &Store) -> Result<(), Error> {
    store.add_schema("registry-index", SCHEMA)?;
    let (seen, head) = store.meta(|db| Ok((seen(db)?, head(db)?)))?;
    if seen == Some(head) {
        return Ok(());
    }
    let moved = match seen {
        Some(seen) => store.meta(|db| moved(db, seen, head))?,
        None => None,
    };
    let (anew, moved) = match moved {
        Some(moved) => (false, moved),
        None => {
            let all = refs::list(store, FOLDER)?;
            (true, all.into_iter().map(|found| (found.name, Some(found.target))).collect())
        }
    };
    let mut changes = vec![];
    for (name, target) in moved {
        let named = Named::parse(&name).filter(|named| Repository::parse(&named.name).is_ok());
        let images = match target.filter(|_| named.is_some()) {
            Some(target) => tree(store, target)?,
            None => vec![],
        };
        changes.push((name, named.map(|named| named.name).unwrap_or_default(), images));
    }
    store.transact(Durability::Normal, |db| {
        let write = || -> rusqlite::Result<()> {
            if anew {
                db.execute_batch("DELETE FROM registry_images; DELETE FROM registry_holds;")?;
            }
            changes.iter().try_for_each(|change| put(db, change))?;
            db.execute("INSERT OR REPLACE INTO registry_seen VALUES (1, ?1)", [head]).map(drop)
        };
        write().map_err(store.database_error("bring the index of images up to date"))
    })?;
    Ok(())
}

/// An image, and what it has to do with which digests.
type Holding = (Link, Vec<(Digest, How)>);

/// A ref, the repository that it is in, and the images that it leads to.
type Change = (String, String, Vec<Holding>);

/// A ref, and where it leads now.
type Moved = (String, Option<Link>);

fn put(db: &Connection, (name, repository, images): &Change) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM registry_images WHERE ref = ?1")?.execute([name])?;
    for (image, held) in images {
        db.prepare_cached("INSERT OR IGNORE INTO registry_images VALUES (?1, ?2, ?3)")?
            .execute((repository, image, name))?;
        for (digest, how) in held {
            db.prepare_cached("INSERT OR IGNORE INTO registry_holds VALUES (?1, ?2, ?3)")?
                .execute((digest.to_string(), *how as i64, image))?;
        }
    }
    Ok(())
}

/// Returns the image at `root` and those below it, with what they hold.
fn tree(store: &Store, root: Link) -> Result<Vec<Holding>, Error> {
    let mut found = vec![];
    for (link, image) in catalog::tree(store, &root)? {
        let mut held: Vec<(Digest, How)> =
            image.blobs.iter().map(|blob| (blob.digest, How::Blob)).collect();
        held.push((image.digest, How::Itself));
        held.extend(catalog::subject(store, &image)?.map(|subject| (subject, How::Subject)));
        found.push((link, held));
    }
    Ok(found)
}

fn seen(db: &Connection) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT operation FROM registry_seen")?
        .query_row([], |row| row.get(0))
        .optional()
}

fn head(db: &Connection) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT coalesce(max(number), 0) FROM operations")?
        .query_row([], |row| row.get(0))
}

/// Returns the refs of images that have moved since the operation `seen`; nothing where the log does not reach back so far.
fn moved(db: &Connection, seen: i64, head: i64) -> rusqlite::Result<Option<Vec<Moved>>> {
    let logged: i64 = db
        .prepare_cached("SELECT count(*) FROM operations WHERE number > ?1")?
        .query_row([seen], |row| row.get(0))?;
    if logged != head - seen {
        return Ok(None);
    }
    let moved = db
        .prepare_cached(
            "SELECT DISTINCT moves.name, refs.target FROM moves
             LEFT JOIN refs ON refs.name = moves.name
             WHERE moves.operation > ?1 AND moves.name >= 'images/' AND moves.name < 'images0'",
        )?
        .query_map([seen], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(moved))
}
