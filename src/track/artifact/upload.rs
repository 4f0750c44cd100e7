//! Uploads in parts: each part is durable once it is acknowledged, in any order; the last step makes one file of them.

use std::io::Read;

use rusqlite::{OptionalExtension as _, Transaction};

use crate::base::Progress;
use crate::store::{self, Durability, Link, Store, add, file, history};
use crate::track::Error;
use crate::track::artifact::stage::{self, Content};
use crate::track::artifact::{ArtifactPath, Holder, prepare};
use crate::track::logged::ModelId;

/// What S3 allows, too.
pub const MOST_PARTS: i64 = 10_000;

/// An upload that nobody has finished is let go after so many milliseconds: a week.
const LIFE: i64 = 7 * 24 * 3_600_000;

/// An upload that is not finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub id: String,
    pub holder: Holder,
    pub path: ArtifactPath,
}

/// A part that the client has seen acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub number: i64,
    /// The digest in hex that [`part`] answered; what is `None` is not compared.
    pub digest: Option<String>,
}

/// Begins an upload.
pub fn begin(store: &Store, holder: &Holder, path: &ArtifactPath) -> Result<Upload, Error> {
    stage::check_room(store, holder, path)?;
    let mut random = [0; 16];
    getrandom::fill(&mut random).expect("the system has randomness");
    let id = format!("{:032x}", u128::from_be_bytes(random));
    store.transact(Durability::Full, |db| {
        db.execute(
            "INSERT INTO staged_uploads VALUES (?1, ?2, ?3, ?4)",
            (&id, holder.to_string(), path.as_str(), store.now()),
        )
        .map_err(store.database_error("begin an upload"))
    })?;
    Ok(Upload { id, holder: holder.clone(), path: path.clone() })
}

/// Returns the upload with this id.
pub fn upload_of(store: &Store, id: &str) -> Result<Upload, Error> {
    prepare(store)?;
    let found: Option<(String, String)> = store.meta(|db| {
        db.prepare_cached("SELECT holder, path FROM staged_uploads WHERE id = ?1")?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
    })?;
    let missing = || Error::NoUpload(id.chars().take(80).collect());
    let (holder, path) = found.ok_or_else(missing)?;
    let holder = holder_of(&holder).ok_or_else(missing)?;
    Ok(Upload { id: id.to_owned(), holder, path: ArtifactPath::parse(&path)? })
}

fn holder_of(name: &str) -> Option<Holder> {
    match name.split_once(' ') {
        Some(("run", id)) => Some(Holder::Run(id.parse().ok()?)),
        _ => Some(Holder::Model(name.strip_prefix("logged model ")?.parse::<ModelId>().ok()?)),
    }
}

/// Stores a part; one that is there already is replaced. Returns the digest of its bytes.
pub fn part(
    store: &Store,
    id: &str,
    number: i64,
    input: impl Read + Send,
    progress: &dyn Progress,
) -> Result<Link, Error> {
    upload_of(store, id)?;
    if !(1..=MOST_PARTS).contains(&number) {
        let (name, reason) = (number.to_string(), "parts are counted from 1 to 10000");
        return Err(Error::BadName { what: "part of an upload", name, reason });
    }
    let mut writer = store.writer()?;
    let added = add::reader(&mut writer, input, progress)?;
    writer.commit_with(vec![], |db| {
        let failed = || store.database_error("write a part");
        let known = db
            .prepare_cached("SELECT 1 FROM staged_uploads WHERE id = ?1")
            .and_then(|mut known| known.exists([id]))
            .map_err(failed())?;
        if !known {
            return Err(Error::NoUpload(id.to_owned()));
        }
        let write = || -> rusqlite::Result<()> {
            history::hold_within(db, &held_by(id), &added.link)?;
            db.prepare_cached("INSERT OR REPLACE INTO staged_parts VALUES (?1, ?2, ?3, ?4)")?
                .execute((id, number, added.size as i64, added.link))
                .map(|_| ())
        };
        Ok(write().map_err(failed())?)
    })?;
    Ok(added.link)
}

/// Makes a file of the parts and stages it; the upload is over then.
///
/// The parts are cut anew as one file: it is the same object as if it had come at once.
pub fn complete(
    store: &Store,
    upload: &Upload,
    parts: &[Part],
    progress: &dyn Progress,
) -> Result<(), Error> {
    stage::check_room(store, &upload.holder, &upload.path)?;
    let stored: Vec<(i64, Link)> = store.meta(|db| {
        db.prepare_cached(
            "SELECT number, link FROM staged_parts WHERE upload = ?1 ORDER BY number",
        )?
        .query_map([&upload.id], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
    })?;
    let links = chosen(&upload.id, parts, &stored)?;
    let mut writer = store.writer()?;
    let added = add::reader(&mut writer, Joined { store, links, open: None }, progress)?;
    let content = Content::Stored { link: added.link, size: added.size };
    writer.commit_with(vec![], |db| {
        stage::put(store, db, &upload.holder, &upload.path, &content)?;
        drop_upload(store, db, &upload.id)
    })?;
    Ok(())
}

/// Returns the links of the parts that the client names, in their order: all of them, and as it has seen them.
fn chosen(id: &str, parts: &[Part], stored: &[(i64, Link)]) -> Result<Vec<Link>, Error> {
    let wrong = |number| Error::NoPart { upload: id.to_owned(), number };
    let mut links = Vec::with_capacity(parts.len());
    for (at, part) in parts.iter().enumerate() {
        let found = stored.iter().find(|(number, _)| *number == part.number);
        let (_, link) = found.ok_or_else(|| wrong(part.number))?;
        let digest = link.digest.to_string();
        let differs = part.digest.as_ref().is_some_and(|told| *told != digest);
        if differs || (at > 0 && parts[at - 1].number >= part.number) {
            return Err(wrong(part.number));
        }
        links.push(*link);
    }
    match stored.iter().find(|(number, _)| parts.iter().all(|part| part.number != *number)) {
        Some((number, _)) => Err(wrong(*number)),
        None => Ok(links),
    }
}

/// Lets an upload go with all of its parts; one that is not there is no error.
pub fn abort(store: &Store, id: &str) -> Result<(), Error> {
    prepare(store)?;
    store.transact(Durability::Full, |db| drop_upload(store, db, id))
}

/// Lets go of uploads that nobody has finished in a week; returns how many those were.
pub fn expire(store: &Store) -> Result<usize, Error> {
    prepare(store)?;
    let old: Vec<String> = store.meta(|db| {
        db.prepare_cached("SELECT id FROM staged_uploads WHERE time < ?1")?
            .query_map([store.now() - LIFE], |row| row.get(0))?
            .collect()
    })?;
    old.iter().try_for_each(|id| abort(store, id))?;
    Ok(old.len())
}

fn drop_upload(store: &Store, db: &Transaction<'_>, id: &str) -> Result<(), Error> {
    let drop_all = || -> rusqlite::Result<()> {
        db.execute("DELETE FROM staged_parts WHERE upload = ?1", [id])?;
        db.execute("DELETE FROM staged_uploads WHERE id = ?1", [id])?;
        history::release(db, &held_by(id))
    };
    Ok(drop_all().map_err(store.database_error("end an upload"))?)
}

fn held_by(id: &str) -> String {
    format!("upload {id}")
}

/// Reads files one after the other.
struct Joined<'a> {
    store: &'a Store,
    /// What is left, the next one first.
    links: Vec<Link>,
    open: Option<file::File<'a>>,
}

impl Read for Joined<'_> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        loop {
            if let Some(open) = &mut self.open {
                let length = open.read(to)?;
                if length > 0 || to.is_empty() {
                    return Ok(length);
                }
                self.open = None;
            }
            if self.links.is_empty() {
                return Ok(0);
            }
            let link = self.links.remove(0);
            self.open = Some(open(self.store, &link).map_err(std::io::Error::other)?);
        }
    }
}

fn open<'a>(store: &'a Store, link: &Link) -> Result<file::File<'a>, store::Error> {
    file::open(store, link)
}
