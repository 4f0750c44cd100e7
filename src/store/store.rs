//! An open store.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction};
use serde::de::DeserializeOwned;

use super::meta::{self, Durability, Meta};
use super::pack::{Builder, Found, FrameCache, PackSet};
use super::source::{Source, Supply};
use super::{Error, Link, Trust, Writer, layout, object};
use crate::base::{Clock, Digest};

/// Who asks, for what and when: what the operation log keeps of a change.
#[derive(Debug, Clone)]
pub struct Context {
    /// `user@host`.
    pub actor: String,
    /// The command line.
    pub command: String,
    pub clock: Clock,
}

/// A store on disk. Several threads and processes may hold it open and write at once.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    context: Context,
    packs: PackSet,
    frames: FrameCache,
    meta: Meta,
    source: Source,
}

impl Store {
    /// Makes a store in `folder` (the `.mlstore` itself) and opens it; one that is there is completed and kept.
    pub fn init(folder: &Path, context: Context) -> Result<Self, Error> {
        layout::make(folder)?;
        Self::open(folder, context)
    }

    /// Opens the store in `folder`, which must belong to this user.
    pub fn open(folder: &Path, context: Context) -> Result<Self, Error> {
        Self::open_with(folder, context, Trust::Own)
    }

    /// Opens the store in `folder`.
    pub fn open_with(folder: &Path, context: Context, trust: Trust) -> Result<Self, Error> {
        layout::check(folder, trust)?;
        let packs = PackSet::open(folder.join("packs"))?;
        let meta = Meta::new(folder.join("meta.db"));
        let (folder, frames) = (folder.to_owned(), FrameCache::default());
        Ok(Self { folder, context, packs, frames, meta, source: Source::default() })
    }

    /// Opens a folder that is no store, to keep objects of another one in that are looked at: no refs, no database.
    pub(crate) fn window(folder: &Path, context: Context) -> Result<Self, Error> {
        let packs = folder.join("packs");
        std::fs::create_dir_all(&packs).map_err(Error::io("create", &packs))?;
        let (packs, meta) = (PackSet::open(packs)?, Meta::new(folder.join("meta.db")));
        let (folder, frames) = (folder.to_owned(), FrameCache::default());
        Ok(Self { folder, context, packs, frames, meta, source: Source::default() })
    }

    /// Keeps objects in a window; the caller has hashed them.
    pub(crate) fn keep(&self, objects: &[(Link, Vec<u8>)]) -> Result<(), Error> {
        let mut builder = Builder::new(&self.folder);
        objects.iter().try_for_each(|(link, bytes)| builder.object(*link, bytes))?;
        builder.publish(self.packs.folder())?;
        self.packs.refresh()
    }

    /// Returns the folder of the store.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Returns the time of the store's clock.
    pub fn now(&self) -> i64 {
        self.context.clock.now()
    }

    pub(crate) fn packs(&self) -> &PackSet {
        &self.packs
    }

    /// Returns whether the store holds an object, without reading it.
    pub fn has(&self, link: &Link) -> Result<bool, Error> {
        Ok(self.packs.find_anywhere(link)?.is_some())
    }

    /// Returns where an object lies: pack, frame, place within. What is read in this order is decoded once.
    pub fn place(&self, link: &Link) -> Result<(Digest, u32, u32), Error> {
        let found = self.locate(link)?;
        Ok((found.pack.digest, found.entry.offset, found.entry.start))
    }

    /// Returns how many bytes an object has, without reading it.
    pub fn size(&self, link: &Link) -> Result<u64, Error> {
        Ok(u64::from(self.locate(link)?.entry.len))
    }

    /// Reads an object; what is returned has the digest that was asked for.
    pub fn read(&self, link: &Link) -> Result<Vec<u8>, Error> {
        match self.read_found(&self.locate(link)?) {
            // Another pack may hold a sound copy.
            Err(Error::Damaged { what, reason }) => {
                self.read_elsewhere(link).ok_or(Error::Damaged { what, reason })
            }
            other => other,
        }
    }

    /// Reads a node.
    pub fn read_node<T: DeserializeOwned>(&self, link: &Link) -> Result<T, Error> {
        if link.kind != super::Kind::Node {
            let reason = "it is a blob".to_owned();
            return Err(Error::Malformed { link: *link, wanted: "node", reason });
        }
        object::decode(&self.read(link)?)
    }

    /// Returns the objects whose digest begins with `prefix`, lower-case hex digits.
    pub fn find(&self, prefix: &str) -> Result<Vec<Link>, Error> {
        let bound = |fill: &str| {
            format!("{prefix}{}", fill.repeat(64_usize.saturating_sub(prefix.len())))
                .parse::<Digest>()
        };
        let (Ok(low), Ok(high)) = (bound("0"), bound("f")) else { return Ok(vec![]) };
        let mut links = vec![];
        for pack in self.packs.all()? {
            links.extend(pack.find_range(&low, &high)?.iter().map(|entry| entry.link));
        }
        links.sort();
        links.dedup();
        Ok(links)
    }

    /// Runs `read` on the database.
    pub fn meta<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        self.meta.read(read)
    }

    /// Runs `write` in one transaction on the database; waits for other writers.
    pub fn transact<T, E: From<Error>>(
        &self,
        durability: Durability,
        write: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.meta.transact(durability, write)
    }

    /// Reads and writes through one connection from here on: what is temporary in it is there for all who come after.
    pub(crate) fn keep_to_one_connection(&self) {
        self.meta.keep_to_one();
    }

    /// Makes tables that a room above needs; `sql` says only `CREATE … IF NOT EXISTS`.
    pub fn add_schema(&self, name: &str, sql: &str) -> Result<(), Error> {
        self.meta.add_schema(name, sql)
    }

    /// Begins to write: see [`Writer`].
    pub fn writer(&self) -> Result<Writer<'_>, Error> {
        Writer::begin(self)
    }

    /// Returns a number that grows whenever gc has taken content away: what was remembered of an older one may be gone.
    pub fn generation(&self) -> Result<u64, Error> {
        let generation: Option<i64> = self.meta(|db| meta::state(db, "generation"))?;
        Ok(generation.unwrap_or(0) as u64)
    }

    /// Turns a failed statement into this room's error, for callers of [`Store::transact`].
    pub fn database_error(&self, action: &'static str) -> impl FnOnce(rusqlite::Error) -> Error {
        Error::database(action, self.folder.join("meta.db"))
    }

    fn read_found(&self, found: &Found) -> Result<Vec<u8>, Error> {
        match found.entry.len < found.entry.raw {
            true => {
                let frame = self.frames.frame(found)?;
                Ok(found.pack.part(&frame, &found.entry)?.to_vec())
            }
            false => found.pack.read(&found.entry),
        }
    }

    /// Says where objects come from that are read and not there: the store was cloned without its content.
    pub fn set_source(&self, fetch: Box<Supply>) {
        self.source.set(fetch);
    }

    /// Fetches objects that will be read, all at once, where the store was cloned without its content.
    pub fn supply(&self, links: &[Link]) -> Result<(), Error> {
        if !self.source.is_set() {
            return Ok(());
        }
        let mut absent = vec![];
        for link in links {
            if !self.has(link)? {
                absent.push(*link);
            }
        }
        match absent.is_empty() {
            true => Ok(()),
            false => self.source.fetch(self, &absent),
        }
    }

    pub(crate) fn locate(&self, link: &Link) -> Result<Found, Error> {
        if let Some(found) = self.packs.find_anywhere(link)? {
            return Ok(found);
        }
        self.supply(std::slice::from_ref(link))?;
        self.packs.find_anywhere(link)?.ok_or(Error::Missing(*link))
    }

    fn read_elsewhere(&self, link: &Link) -> Option<Vec<u8>> {
        let packs = self.packs.all().ok()?;
        packs.iter().find_map(|pack| {
            let entry = pack.find(link).ok()??;
            pack.read(&entry).ok()
        })
    }
}
