//! What the files of a context were when they were last read, so that an unchanged one costs a `stat`.
//!
//! ```text
//! cache/context-<BLAKE3 of the path of the root>         all numbers little-endian
//!   "mls-ctx1"  length u32, path of the root
//!   folder: length u32, path below the root  length u32
//!   └ entry: length u16, name  mode u32 size u64 mtime i64 ctime i64 inode u64 device u64
//!            content: kind u8 (0 none, 1 blob, 2 node), digest [32]
//!            attributes u16: length u16, name  length u32, value
//!   …
//!   BLAKE3 of all before [32]
//! ```
//!
//! A link follows from the content alone, so what is remembered stays true when gc takes the content away. Derived: a file
//! that is damaged or of another version counts as empty.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::base::{Digest, fs as files};
use crate::store::stamp::Stamp;
use crate::store::{Kind, Link};

const MAGIC: &[u8; 8] = b"mls-ctx1";

/// All of them begin so.
pub(in crate::image) const PREFIX: &str = "context-";

/// A larger cache is neither kept nor read: what is beyond is read again.
const MAX_SIZE: usize = 256 << 20;

/// A time closer than this to now can belong to two different contents. Clocks of file systems tick every 4 to 10 ms.
const TICK: i64 = 20_000_000;

/// The same for file systems that keep whole seconds, or every second one.
const COARSE_TICK: i64 = 2_000_000_000;

/// Extended attributes by name.
pub type Attributes = Vec<(Vec<u8>, Vec<u8>)>;

/// One name in a folder, as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) stamp: Stamp,
    pub(super) content: Option<Link>,
    pub(super) attributes: Attributes,
}

/// The cache of one root, as it was read.
#[derive(Debug, Default)]
pub(super) struct Known {
    bytes: Vec<u8>,
    folders: HashMap<Vec<u8>, Range<usize>>,
}

/// Returns the file of the cache for `root`, an absolute path.
pub(super) fn path(store: &Path, root: &[u8]) -> PathBuf {
    store.join("cache").join(format!("{PREFIX}{}", Digest::of(root).short()))
}

/// Tells whether what `stamp` says can mean one content only: nothing has changed it since shortly before `now`.
pub(super) fn is_settled(stamp: &Stamp, now: i64) -> bool {
    let coarse = stamp.mtime % 1_000_000_000 == 0 && stamp.ctime % 1_000_000_000 == 0;
    let tick = if coarse { COARSE_TICK } else { TICK };
    stamp.mtime.max(stamp.ctime) < now.saturating_mul(1_000_000).saturating_sub(tick)
}

impl Known {
    /// Reads the cache of `root`; an unusable one is empty.
    pub(super) fn read(path: &Path, root: &[u8]) -> Self {
        files::note_use(path);
        let small = std::fs::metadata(path).is_ok_and(|file| file.len() <= MAX_SIZE as u64);
        let bytes = if small { std::fs::read(path).unwrap_or_default() } else { vec![] };
        let folders = parse(&bytes, root).unwrap_or_default();
        Self { bytes, folders }
    }

    /// Returns what was in the folder at `path` below the root, in the order of names.
    pub(super) fn folder(&self, path: &[u8]) -> Records<'_> {
        let bytes = self.folders.get(path).map_or(&[][..], |at| &self.bytes[at.clone()]);
        let mut rest = Input(bytes);
        let next = rest.record();
        Records { rest, next }
    }

    /// Returns the folders that are known, and what is kept of each.
    pub(super) fn folders(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.folders.iter().map(|(path, at)| (&path[..], &self.bytes[at.clone()]))
    }
}

/// The entries of one folder, asked for in the order of their names.
#[derive(Debug)]
pub(super) struct Records<'a> {
    rest: Input<'a>,
    next: Option<(&'a [u8], Record)>,
}

impl Records<'_> {
    /// Returns what `name` was. Names are asked for in their order.
    pub(super) fn find(&mut self, name: &[u8]) -> Option<Record> {
        while let Some((next, _)) = &self.next {
            match (*next).cmp(name) {
                std::cmp::Ordering::Greater => return None,
                std::cmp::Ordering::Less => self.next = self.rest.record(),
                std::cmp::Ordering::Equal => {
                    let found = self.next.take();
                    self.next = self.rest.record();
                    return found.map(|(_, record)| record);
                }
            }
        }
        None
    }
}

fn parse(bytes: &[u8], root: &[u8]) -> Option<HashMap<Vec<u8>, Range<usize>>> {
    let (body, digest) = bytes.split_last_chunk::<32>()?;
    let mut input = Input(body);
    let head = (input.take(8)?, input.sized()?);
    if head != (MAGIC, root) || Digest::of(body).as_bytes() != digest {
        return None;
    }
    let mut folders = HashMap::new();
    while !input.0.is_empty() {
        let path = input.sized()?.to_vec();
        let length = input.u32()? as usize;
        let start = body.len() - input.0.len();
        input.take(length)?;
        folders.insert(path, start..start + length);
    }
    Some(folders)
}

/// The cache that the next build will find.
#[derive(Debug)]
pub(super) struct Recorder(Vec<u8>);

impl Recorder {
    pub(super) fn new(root: &[u8]) -> Self {
        let mut bytes = MAGIC.to_vec();
        put_sized(&mut bytes, root);
        Self(bytes)
    }

    /// Keeps a folder as it was read.
    pub(super) fn keep(&mut self, path: &[u8], records: &[u8]) {
        if self.0.len() + path.len() + records.len() + 40 < MAX_SIZE {
            put_sized(&mut self.0, path);
            put_sized(&mut self.0, records);
        }
    }

    /// Puts the cache in its place. That it cannot be written (a full disk, a store that is only read) harms nothing.
    pub(super) fn finish(mut self, path: &Path) {
        let digest = Digest::of(&self.0);
        self.0.extend_from_slice(digest.as_bytes());
        let _ = files::write_derived(path, &self.0);
    }
}

/// Adds one entry of a folder, in the order of their names.
pub(super) fn put(to: &mut Vec<u8>, name: &[u8], record: &Record) {
    let Record { stamp, content, attributes } = record;
    to.extend_from_slice(&(name.len() as u16).to_le_bytes());
    to.extend_from_slice(name);
    to.extend_from_slice(&stamp.mode.to_le_bytes());
    to.extend_from_slice(&stamp.size.to_le_bytes());
    to.extend_from_slice(&stamp.mtime.to_le_bytes());
    to.extend_from_slice(&stamp.ctime.to_le_bytes());
    to.extend_from_slice(&stamp.inode.to_le_bytes());
    to.extend_from_slice(&stamp.device.to_le_bytes());
    to.push(content.map_or(0, |link| 1 + (link.kind == Kind::Node) as u8));
    to.extend_from_slice(&content.map_or([0; 32], |link| *link.digest.as_bytes()));
    to.extend_from_slice(&(attributes.len() as u16).to_le_bytes());
    for (name, value) in attributes {
        to.extend_from_slice(&(name.len() as u16).to_le_bytes());
        to.extend_from_slice(name);
        put_sized(to, value);
    }
}

fn put_sized(to: &mut Vec<u8>, bytes: &[u8]) {
    to.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    to.extend_from_slice(bytes);
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

    fn u16(&mut self) -> Option<usize> {
        self.array().map(|bytes| usize::from(u16::from_le_bytes(bytes)))
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

    fn sized(&mut self) -> Option<&'a [u8]> {
        let length = self.u32()? as usize;
        self.take(length)
    }

    fn record(&mut self) -> Option<(&'a [u8], Record)> {
        let length = self.u16()?;
        let name = self.take(length)?;
        let stamp = Stamp {
            mode: self.u32()?,
            size: self.u64()?,
            mtime: self.i64()?,
            ctime: self.i64()?,
            inode: self.u64()?,
            device: self.u64()?,
        };
        let kind = self.array::<1>()?[0];
        let digest = self.array().map(Digest::from_bytes)?;
        let content = match kind {
            0 => None,
            1 => Some(Link::blob(digest)),
            _ => Some(Link::node(digest)),
        };
        let mut attributes = vec![];
        for _ in 0..self.u16()? {
            let length = self.u16()?;
            attributes.push((self.take(length)?.to_vec(), self.sized()?.to_vec()));
        }
        Some((name, Record { stamp, content, attributes }))
    }
}
