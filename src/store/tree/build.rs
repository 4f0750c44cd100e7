//! Making trees.

use std::collections::BTreeMap;
use std::mem;

use serde_bytes::ByteBuf;

use super::entry::{Entry, FOLDER, NodeRef, Target};
use crate::store::{Error, Link, Writer, chunk, name};

/// A node never lists more entries.
const MAX_ENTRIES: usize = 4096;

/// A part never holds more bytes of names and targets, so that no node outgrows the largest object.
const MAX_BYTES: usize = 1 << 20;

/// A part is not closed by a name before it has so many entries.
const MIN_ENTRIES: usize = 256;

/// Writes one folder, whose entries must be sorted by name; returns its link and how many bytes it holds.
pub fn write(writer: &mut Writer<'_>, entries: Vec<Entry>) -> Result<(Link, u64), Error> {
    let mut parts = Parts::default();
    entries.into_iter().try_for_each(|entry| parts.push(writer, entry))?;
    parts.finish(writer)
}

/// One folder that is written entry by entry, and never held as a whole.
///
/// A long list is cut behind names that a hash picks, so that a name more or less changes one part and not all behind it.
#[derive(Debug, Default)]
pub struct Parts {
    /// What is in no part yet, and its weight.
    entries: Vec<Entry>,
    weight: usize,
    /// The first name of each part that is written.
    parts: Vec<(ByteBuf, Link)>,
    /// It does not fit into one node.
    is_long: bool,
    /// Bytes of all entries.
    size: u64,
}

impl Parts {
    /// Adds the entry that comes next by its name.
    pub fn push(&mut self, writer: &mut Writer<'_>, entry: Entry) -> Result<(), Error> {
        debug_assert!(self.entries.last().is_none_or(|last| last.name < entry.name), "sorted");
        self.size += entry.size;
        if self.is_long {
            return self.put(writer, entry);
        }
        self.weight += weight(&entry);
        self.entries.push(entry);
        if self.entries.len() > MAX_ENTRIES || self.weight > MAX_BYTES {
            self.is_long = true;
            self.weight = 0;
            let first = mem::take(&mut self.entries);
            return first.into_iter().try_for_each(|entry| self.put(writer, entry));
        }
        Ok(())
    }

    /// Puts an entry into the part that is open, and closes that where it ends here.
    fn put(&mut self, writer: &mut Writer<'_>, entry: Entry) -> Result<(), Error> {
        self.weight += weight(&entry);
        self.entries.push(entry);
        let length = self.entries.len();
        let last = &self.entries[length - 1];
        let picked = length > MIN_ENTRIES && chunk::picks(&last.name);
        match picked || length >= MAX_ENTRIES || self.weight > MAX_BYTES {
            true => self.close(writer),
            false => Ok(()),
        }
    }

    fn close(&mut self, writer: &mut Writer<'_>) -> Result<(), Error> {
        let first = ByteBuf::from(self.entries[0].name.clone());
        let node = NodeRef { parts: &[], entries: Some(&self.entries) };
        self.parts.push((first, writer.node(&node)?));
        self.entries.clear();
        self.weight = 0;
        Ok(())
    }

    /// Writes the rest; returns the link of the folder and how many bytes it holds.
    pub fn finish(mut self, writer: &mut Writer<'_>) -> Result<(Link, u64), Error> {
        if !self.is_long {
            let node = NodeRef { parts: &[], entries: Some(&self.entries) };
            return Ok((writer.node(&node)?, self.size));
        }
        if !self.entries.is_empty() {
            self.close(writer)?;
        }
        let mut parts = self.parts;
        while parts.len() > MAX_ENTRIES {
            let groups = parts.chunks(MAX_ENTRIES);
            let node = |group: &[(ByteBuf, Link)]| {
                let link = writer.node(&NodeRef { parts: group, entries: None })?;
                Ok((group[0].0.clone(), link))
            };
            parts = groups.map(node).collect::<Result<_, Error>>()?;
        }
        Ok((writer.node(&NodeRef { parts: &parts, entries: None })?, self.size))
    }
}

fn weight(entry: &Entry) -> usize {
    let target = match &entry.target {
        Target::Symlink(target) => target.len(),
        Target::Content(_) => 48,
    };
    entry.name.len() + target + 16
}

/// Collects entries by path, and writes the folders that hold them.
#[derive(Debug, Default)]
pub struct Builder {
    /// Paths with a zero byte between names: so they sort name by name, and a folder's content follows it.
    entries: BTreeMap<Vec<u8>, Entry>,
}

impl Builder {
    /// Puts `entry` at `path` (names with `/` between them); its own name is set from there. What was there, or in the
    /// way as a file, is replaced.
    pub fn insert(&mut self, path: &[u8], mut entry: Entry) -> Result<(), Error> {
        let names: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
        names.iter().try_for_each(|name| name::check(name))?;
        names[names.len() - 1].clone_into(&mut entry.name);
        let key = names.join(&0);
        for (at, _) in key.iter().enumerate().filter(|(_, byte)| **byte == 0) {
            self.entries.remove(&key[..at]);
        }
        self.remove_below(&key);
        self.entries.insert(key, entry);
        Ok(())
    }

    fn remove_below(&mut self, key: &[u8]) {
        let (low, high) = ([key, &[0]].concat(), [key, &[1]].concat());
        let below: Vec<Vec<u8>> =
            self.entries.range(low..high).map(|(key, _)| key.clone()).collect();
        for key in below {
            self.entries.remove(&key);
        }
    }

    /// Returns whether nothing was put in.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Writes the folders from the innermost out; returns the link of the outermost.
    pub fn write(self, writer: &mut Writer<'_>) -> Result<Link, Error> {
        let mut open: Vec<(Vec<u8>, Vec<Entry>)> = vec![(vec![], vec![])];
        for (key, entry) in self.entries {
            let names: Vec<&[u8]> = key.split(|byte| *byte == 0).collect();
            let folders = &names[..names.len() - 1];
            let shared = folders.iter().zip(&open[1..]).take_while(|(a, (b, _))| *a == b).count();
            while open.len() > shared + 1 {
                close(writer, &mut open)?;
            }
            open.extend(folders[shared..].iter().map(|name| (name.to_vec(), vec![])));
            open.last_mut().expect("the outermost is never closed here").1.push(entry);
        }
        while open.len() > 1 {
            close(writer, &mut open)?;
        }
        let (_, entries) = open.pop().expect("the outermost is open");
        Ok(write(writer, entries)?.0)
    }
}

/// Writes the innermost open folder and puts it into the one around it.
fn close(writer: &mut Writer<'_>, open: &mut Vec<(Vec<u8>, Vec<Entry>)>) -> Result<(), Error> {
    let (name, entries) = open.pop().expect("checked by the caller");
    let (link, size) = write(writer, entries)?;
    let folder = Entry { name, mode: FOLDER, size, target: Target::Content(link) };
    open.last_mut().expect("the outermost is never closed here").1.push(folder);
    Ok(())
}
