//! Uploads: a file that grows, and what becomes of it. A hub that starts again finds them.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write as _};
use std::path::PathBuf;

use super::shelf::{self, LIFE, prepare};
use super::{Error, Repository};
use crate::base::Silent;
use crate::image::intake::{self, Sort};
use crate::image::{Blob, Error as ImageError, layer};
use crate::remote::registry::Digest;
use crate::store::{self, Durability, Store};

/// More uploads are not kept waiting at once.
const MOST: u64 = 1000;

/// No blob is larger.
const LARGEST: u64 = 1 << 40;

/// So much is read and written at once.
const BLOCK: usize = 256 << 10;

/// Begins an upload; returns its name, which nobody can guess.
pub fn begin(store: &Store, repository: &Repository) -> Result<String, Error> {
    prepare(store)?;
    expire(store)?;
    let open: i64 = store.meta(|db| {
        db.prepare_cached("SELECT count(*) FROM registry_uploads")?.query_row([], |row| row.get(0))
    })?;
    if open as u64 >= MOST {
        return Err(Error::TooManyUploads(MOST));
    }
    let mut random = [0; 16];
    getrandom::fill(&mut random).expect("the system has randomness");
    let id = format!("{:032x}", u128::from_be_bytes(random));
    let path = path(store, &id);
    let folder = path.parent().expect("it is in a folder");
    fs::create_dir_all(folder).map_err(failed("make", folder))?;
    OpenOptions::new().write(true).create_new(true).open(&path).map_err(failed("make", &path))?;
    store.transact(Durability::Full, |db| {
        db.execute(
            "INSERT INTO registry_uploads VALUES (?1, ?2, ?3)",
            (&id, repository.as_str(), store.now()),
        )
        .map_err(store.database_error("begin an upload"))
    })?;
    Ok(id)
}

/// Returns how many bytes of an upload are there.
pub fn size(store: &Store, repository: &Repository, id: &str) -> Result<u64, Error> {
    let missing = || Error::NoUpload(id.chars().take(80).collect());
    if id.len() != 32 || !id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(missing());
    }
    prepare(store)?;
    let known = store.meta(|db| {
        db.prepare_cached(
            "SELECT 1 FROM registry_uploads WHERE id = ?1 AND repository = ?2 AND time >= ?3",
        )?
        .exists((id, repository.as_str(), store.now() - LIFE))
    })?;
    match fs::symlink_metadata(path(store, id)) {
        Ok(found) if known && found.is_file() => Ok(found.len()),
        _ => Err(missing()),
    }
}

/// Adds what `input` gives to an upload; with `at`, only if it has so many bytes. Returns how many it has then.
///
/// What came before `input` broke off is kept: the client may go on from there. One at a time: the caller sees to it.
pub fn append(
    store: &Store,
    repository: &Repository,
    id: &str,
    at: Option<u64>,
    mut input: impl Read,
) -> Result<u64, Error> {
    let mut size = size(store, repository, id)?;
    if at.is_some_and(|at| at != size) {
        return Err(Error::OutOfOrder { at: size });
    }
    let path = path(store, id);
    let mut file = OpenOptions::new().append(true).open(&path).map_err(failed("open", &path))?;
    let mut block = vec![0; BLOCK];
    loop {
        let length = match input.read(&mut block) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(failed("read", "the upload".as_ref())(error)),
        };
        size += length as u64;
        if size > LARGEST {
            return Err(Error::TooLarge(LARGEST));
        }
        file.write_all(&block[..length]).map_err(failed("write", &path))?;
    }
    store.transact(Durability::Normal, |db| {
        db.execute("UPDATE registry_uploads SET time = ?2 WHERE id = ?1", (id, store.now()))
            .map_err(store.database_error("go on with an upload"))
    })?;
    Ok(size)
}

/// Makes a blob of an upload, which is over then. Bytes of another digest are refused, and thrown away.
pub fn finish(
    store: &Store,
    repository: &Repository,
    id: &str,
    digest: &Digest,
) -> Result<Blob, Error> {
    size(store, repository, id)?;
    let path = path(store, id);
    let mut writer = store.writer()?;
    let file = File::open(&path).map_err(failed("open", &path))?;
    let blob = match intake::blob(&mut writer, file, digest, Sort::Unknown, &Silent) {
        Ok(blob) => blob,
        Err(error) => {
            if let ImageError::Layer(layer::Error::Mismatch { .. }) = error {
                abort(store, repository, id)?;
            }
            return Err(error.into());
        }
    };
    shelf::put(writer, repository, &blob, |db| {
        db.execute("DELETE FROM registry_uploads WHERE id = ?1", [id]).map(drop)
    })?;
    let _ = fs::remove_file(&path);
    Ok(blob)
}

/// Lets an upload go.
pub fn abort(store: &Store, repository: &Repository, id: &str) -> Result<(), Error> {
    size(store, repository, id)?;
    forget(store, id)
}

fn forget(store: &Store, id: &str) -> Result<(), Error> {
    store.transact(Durability::Full, |db| {
        db.execute("DELETE FROM registry_uploads WHERE id = ?1", [id])
            .map_err(store.database_error("end an upload"))
    })?;
    let _ = fs::remove_file(path(store, id));
    Ok(())
}

/// Lets go of uploads and blobs that nobody has gone on with for a day.
fn expire(store: &Store) -> Result<(), Error> {
    let old: Vec<String> = store.meta(|db| {
        db.prepare_cached("SELECT id FROM registry_uploads WHERE time < ?1")?
            .query_map([store.now() - LIFE], |row| row.get(0))?
            .collect()
    })?;
    old.iter().try_for_each(|id| forget(store, id))?;
    Ok(shelf::expire(store)?)
}

fn path(store: &Store, id: &str) -> PathBuf {
    store.folder().join("cache/uploads").join(id)
}

fn failed(
    action: &'static str,
    path: &std::path::Path,
) -> impl FnOnce(std::io::Error) -> Error + use<> {
    let path = path.to_owned();
    move |source| store::Error::Io { action, path, source }.into()
}
