//! Entries, and their one encoding.

use std::fmt;

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::ser::SerializeTuple as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_bytes::{ByteBuf, Bytes};

use crate::store::{Link, name};

/// The modes an entry can have.
pub const FILE: u32 = 0o100_644;
pub const EXECUTABLE: u32 = 0o100_755;
pub const FOLDER: u32 = 0o40_000;
pub const SYMLINK: u32 = 0o120_000;

/// One name in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub name: Vec<u8>,
    /// One of [`FILE`], [`EXECUTABLE`], [`FOLDER`], [`SYMLINK`].
    pub mode: u32,
    /// Bytes of the file, or of all files in the folder.
    pub size: u64,
    pub target: Target,
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A blob, a file node, or the tree of a folder.
    Content(Link),
    Symlink(Vec<u8>),
}

impl Entry {
    /// Returns the tree behind a folder, and nothing for other entries.
    pub fn folder(&self) -> Option<Link> {
        match self.target {
            Target::Content(link) if self.mode == FOLDER => Some(link),
            _ => None,
        }
    }

    /// Returns the content of a file or folder.
    pub fn content(&self) -> Option<Link> {
        match self.target {
            Target::Content(link) => Some(link),
            Target::Symlink(_) => None,
        }
    }
}

/// A folder, its entries sorted by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    pub entries: Vec<Entry>,
}

impl Tree {
    /// Returns the entry with this name.
    pub fn find(&self, name: &[u8]) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|entry| entry.name.as_slice().cmp(name)).ok()?;
        Some(&self.entries[at])
    }
}

/// What is read of a tree: either of the two is there.
#[derive(Deserialize)]
#[serde(tag = "type", rename = "tree")]
pub(super) struct Node {
    #[serde(default)]
    pub(super) parts: Vec<(ByteBuf, Link)>,
    #[serde(default)]
    pub(super) entries: Option<Vec<Entry>>,
}

/// What is written.
#[derive(Serialize)]
#[serde(tag = "type", rename = "tree")]
pub(super) struct NodeRef<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) parts: &'a [(ByteBuf, Link)],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) entries: Option<&'a [Entry]>,
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_tuple(4)?;
        row.serialize_element(Bytes::new(&self.name))?;
        row.serialize_element(&self.mode)?;
        row.serialize_element(&self.size)?;
        match &self.target {
            Target::Content(link) => row.serialize_element(link)?,
            Target::Symlink(target) => row.serialize_element(Bytes::new(target))?,
        }
        row.end()
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_tuple(4, Row)
    }
}

struct Row;

impl<'de> Visitor<'de> for Row {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name, a mode, a size and a target")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut row: A) -> Result<Entry, A::Error> {
        let short = || A::Error::custom("an entry is too short");
        let name: ByteBuf = row.next_element()?.ok_or_else(short)?;
        name::check(&name).map_err(A::Error::custom)?;
        let mode = row.next_element()?.ok_or_else(short)?;
        let size = row.next_element()?.ok_or_else(short)?;
        let target = match mode {
            SYMLINK => {
                Target::Symlink(row.next_element::<ByteBuf>()?.ok_or_else(short)?.into_vec())
            }
            FILE | EXECUTABLE | FOLDER => Target::Content(row.next_element()?.ok_or_else(short)?),
            other => return Err(A::Error::custom(format!("mode {other:o} is none of four"))),
        };
        Ok(Entry { name: name.into_vec(), mode, size, target })
    }
}
