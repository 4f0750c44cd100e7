//! What a folder held when it was last added, so that an unchanged file costs a `stat` and an unchanged folder no more.
//!
//! ```text
//! cache/stat-<BLAKE3 of the path of the root>        all numbers little-endian
//!   "mls-stat"  version u32  generation of the store u64  length u32, path of the root
//!   folder: length u32, path below the root  digest of its tree [32]  size u64  files u64  entries u32  length u32
//!   └ entry: length u8, name  kind u8 (0 blob, 1 node, 2 folder, 3 symlink)
//!            and unless a folder: mode u32  size u64  mtime i64  ctime i64  inode u64  device u64  digest [32]
//!   …
//!   BLAKE3 of all before [32]
//! ```
//!
//! Derived: a file that is damaged, of another version, or older than the last gc counts as empty.

use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::base::{Digest, fs as files};
use crate::store::stamp::Stamp;
use crate::store::{Kind, Link};

const MAGIC: &[u8; 8] = b"mls-stat";
/// Grows also when files are cut in another way: `add/guess.rs` relies on the chunks of what is recorded here.
const VERSION: u32 = 1;

/// A larger cache is neither kept nor read: what is beyond is read again.
const MAX_SIZE: usize = 64 << 20;

/// A time closer than this to now can belong to two different contents. Clocks of file systems tick every 4 to 10 ms.
const TICK: i64 = 20_000_000;

/// The same for file systems that keep whole seconds, or every second one.
const COARSE_TICK: i64 = 2_000_000_000;

/// The cache of one root, as it was read.
#[derive(Debug, Default)]
pub(crate) struct StatCache {
    bytes: Vec<u8>,
    folders: HashMap<Vec<u8>, Head>,
}

#[derive(Debug, Clone)]
struct Head {
    known: Known,
    entries: u32,
    at: Range<usize>,
}

/// What a folder was, all in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) tree: Link,
    pub(crate) size: u64,
    pub(crate) files: u64,
}

/// One name in a folder, as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Record {
    Folder,
    Symlink(Stamp),
    File(Stamp, Link),
}

/// The entries of one folder, asked for in the order of their names.
#[derive(Debug)]
pub(crate) struct Cursor<'a> {
    rest: Input<'a>,
    next: Option<(&'a [u8], Record)>,
    pub(crate) known: Option<Known>,
    entries: u32,
    found: u32,
}

/// Returns the file of the cache for `root`, an absolute path.
pub(crate) fn path(store: &Path, root: &[u8]) -> PathBuf {
    store.join("cache").join(format!("stat-{}", Digest::of(root).short()))
}

impl StatCache {
    /// Reads the cache of `root`; an unusable one is empty.
    pub(crate) fn read(path: &Path, root: &[u8], generation: u64) -> Self {
        let small = fs::metadata(path).is_ok_and(|file| file.len() <= MAX_SIZE as u64);
        let bytes = if small { fs::read(path).unwrap_or_default() } else { vec![] };
        let folders = parse(&bytes, root, generation).unwrap_or_default();
        Self { bytes, folders }
    }

    /// Returns what was in the folder at `path` below the root.
    pub(crate) fn folder(&self, path: &[u8]) -> Cursor<'_> {
        let head = self.folders.get(path);
        let bytes = head.map_or(&[][..], |head| &self.bytes[head.at.clone()]);
        let mut rest = Input(bytes);
        let next = rest.record();
        let (known, entries) = head.map_or((None, 0), |head| (Some(head.known), head.entries));
        Cursor { rest, next, known, entries, found: 0 }
    }
}

fn parse(bytes: &[u8], root: &[u8], generation: u64) -> Option<HashMap<Vec<u8>, Head>> {
    let (body, digest) = bytes.split_last_chunk::<32>()?;
    let mut input = Input(body);
    let head = (input.take(8)?, input.u32()?, input.u64()?, input.sized()?);
    if head != (MAGIC, VERSION, generation, root) || Digest::of(body).as_bytes() != digest {
        return None;
    }
    let mut folders = HashMap::new();
    while !input.0.is_empty() {
        let path = input.sized()?.to_vec();
        let tree = Link::node(input.digest()?);
        let known = Known { tree, size: input.u64()?, files: input.u64()? };
        let entries = input.u32()?;
        let length = input.u32()? as usize;
        let start = body.len() - input.0.len();
        input.take(length)?;
        folders.insert(path, Head { known, entries, at: start..start + length });
    }
    Some(folders)
}

impl Cursor<'_> {
    /// Returns what `name` was. Names are asked for in their order.
    pub(crate) fn find(&mut self, name: &[u8]) -> Option<Record> {
        while let Some((next, record)) = self.next {
            match next.cmp(name) {
                std::cmp::Ordering::Greater => return None,
                std::cmp::Ordering::Equal => {
                    self.found += 1;
                    self.next = self.rest.record();
                    return Some(record);
                }
                std::cmp::Ordering::Less => self.next = self.rest.record(),
            }
        }
        None
    }

    /// Returns whether every name that was there has been asked for.
    pub(crate) fn all_found(&self) -> bool {
        self.known.is_some() && self.found == self.entries
    }
}

/// Bytes that are read from the front.
#[derive(Debug, Clone, Copy)]
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        self.0.split_off(..length)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_le_bytes)
    }

    fn digest(&mut self) -> Option<Digest> {
        self.array().map(Digest::from_bytes)
    }

    fn sized(&mut self) -> Option<&'a [u8]> {
        let length = self.u32()? as usize;
        self.take(length)
    }

    fn record(&mut self) -> Option<(&'a [u8], Record)> {
        let length = usize::from(self.array::<1>()?[0]);
        let name = self.take(length)?;
        let kind = self.array::<1>()?[0];
        if kind == 2 {
            return Some((name, Record::Folder));
        }
        let mode = self.u32()?;
        let stamp = Stamp {
            mode,
            size: self.u64()?,
            mtime: self.i64()?,
            ctime: self.i64()?,
            inode: self.u64()?,
            device: self.u64()?,
        };
        let digest = self.digest()?;
        let record = match kind {
            0 => Record::File(stamp, Link::blob(digest)),
            1 => Record::File(stamp, Link::node(digest)),
            _ => Record::Symlink(stamp),
        };
        Some((name, record))
    }
}

/// The cache that the next reading of a root will find.
#[derive(Debug)]
pub(crate) struct Recorder {
    bytes: Vec<u8>,
    /// Times from here on may still be shared by two contents.
    settled: i64,
}

impl Recorder {
    /// Begins at time `now`, in milliseconds, before anything of the root is looked at.
    pub(crate) fn new(root: &[u8], generation: u64, now: i64) -> Self {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&generation.to_le_bytes());
        put_sized(&mut bytes, root);
        Self { bytes, settled: now.saturating_mul(1_000_000) }
    }

    /// Records the next entries of a folder, in the order of their names.
    pub(crate) fn entries<'a>(
        &self,
        records: &mut Records,
        entries: impl Iterator<Item = (&'a [u8], Record)>,
    ) {
        for (name, record) in entries {
            if self.is_settled(&record) && !records.is_full {
                records.put(name, &record);
                if records.bytes.len() > MAX_SIZE {
                    *records = Records { is_full: true, ..Records::default() };
                }
            } else {
                records.is_partial = true;
            }
            records.count += 1;
        }
    }

    /// Records a folder whose content is in the store.
    pub(crate) fn folder(&mut self, path: &[u8], known: Known, records: &Records) {
        let length = records.bytes.len();
        let whole = self.bytes.len() + FOLDER_HEAD + path.len() + length;
        if records.is_full || whole > MAX_SIZE - 32 {
            return;
        }
        put_sized(&mut self.bytes, path);
        self.bytes.extend_from_slice(known.tree.digest.as_bytes());
        self.bytes.extend_from_slice(&known.size.to_le_bytes());
        self.bytes.extend_from_slice(&known.files.to_le_bytes());
        // A count that cannot be reached: the folder does not pass for unchanged.
        let count = if records.is_partial { u32::MAX } else { records.count };
        self.bytes.extend_from_slice(&count.to_le_bytes());
        self.bytes.extend_from_slice(&(length as u32).to_le_bytes());
        self.bytes.extend_from_slice(&records.bytes);
    }

    fn is_settled(&self, record: &Record) -> bool {
        let (Record::Symlink(stamp) | Record::File(stamp, _)) = record else { return true };
        let coarse = stamp.mtime % 1_000_000_000 == 0 && stamp.ctime % 1_000_000_000 == 0;
        let tick = if coarse { COARSE_TICK } else { TICK };
        stamp.mtime.max(stamp.ctime) < self.settled.saturating_sub(tick)
    }

    /// Puts the cache in its place. That it cannot be written (a full disk, a store that is only read) harms nothing.
    pub(crate) fn finish(mut self, path: &Path) {
        let digest = Digest::of(&self.bytes);
        self.bytes.extend_from_slice(digest.as_bytes());
        let _ = files::write_derived(path, &self.bytes);
    }
}

/// What is recorded of the entries of a folder.
#[derive(Debug, Default)]
pub(crate) struct Records {
    bytes: Vec<u8>,
    count: u32,
    /// Some could not be relied on.
    is_partial: bool,
    /// They are more than a cache holds, and were let go.
    is_full: bool,
}

impl Records {
    fn put(&mut self, name: &[u8], record: &Record) {
        let (kind, content) = match record {
            Record::Folder => (2, None),
            Record::Symlink(stamp) => (3, Some((stamp, [0; 32]))),
            Record::File(stamp, link) => {
                ((link.kind == Kind::Node) as u8, Some((stamp, *link.digest.as_bytes())))
            }
        };
        self.bytes.push(name.len() as u8);
        self.bytes.extend_from_slice(name);
        self.bytes.push(kind);
        let Some((stamp, digest)) = content else { return };
        self.bytes.extend_from_slice(&stamp.mode.to_le_bytes());
        self.bytes.extend_from_slice(&stamp.size.to_le_bytes());
        self.bytes.extend_from_slice(&stamp.mtime.to_le_bytes());
        self.bytes.extend_from_slice(&stamp.ctime.to_le_bytes());
        self.bytes.extend_from_slice(&stamp.inode.to_le_bytes());
        self.bytes.extend_from_slice(&stamp.device.to_le_bytes());
        self.bytes.extend_from_slice(&digest);
    }
}

/// What a folder takes beside its path and its entries.
const FOLDER_HEAD: usize = 4 + 32 + 8 + 8 + 4 + 4;

fn put_sized(to: &mut Vec<u8>, bytes: &[u8]) {
    to.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    to.extend_from_slice(bytes);
}
