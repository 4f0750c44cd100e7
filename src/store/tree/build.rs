//! Making trees.

use std::collections::BTreeMap;

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
pub fn write(writer: &mut Writer<'_>, entries: &[Entry]) -> Result<(Link, u64), Error> {
    debug_assert!(entries.is_sorted_by(|a, b| a.name < b.name), "a tree is sorted");
    let size = entries.iter().map(|entry| entry.size).sum();
    let link = match entries.len() > MAX_ENTRIES || bytes(entries) > MAX_BYTES {
        true => write_parts(writer, entries)?,
        false => writer.node(&NodeRef { parts: &[], entries: Some(entries) })?,
    };
    Ok((link, size))
}

/// Cuts a long list behind names that a hash picks, so that a name more or less changes one part and not all behind it.
fn write_parts(writer: &mut Writer<'_>, entries: &[Entry]) -> Result<Link, Error> {
    let (mut parts, mut start, mut size) = (vec![], 0, 0);
    for (at, entry) in entries.iter().enumerate() {
        size += weight(entry);
        let part = &entries[start..=at];
        let picked = part.len() > MIN_ENTRIES && chunk::picks(&entry.name);
        if picked || part.len() >= MAX_ENTRIES || size > MAX_BYTES || at + 1 == entries.len() {
            let first = ByteBuf::from(part[0].name.clone());
            parts.push((first, writer.node(&NodeRef { parts: &[], entries: Some(part) })?));
            (start, size) = (at + 1, 0);
        }
    }
    while parts.len() > MAX_ENTRIES {
        let groups = parts.chunks(MAX_ENTRIES);
        let node = |group: &[(ByteBuf, Link)]| {
            let link = writer.node(&NodeRef { parts: group, entries: None })?;
            Ok((group[0].0.clone(), link))
        };
        parts = groups.map(node).collect::<Result<_, Error>>()?;
    }
    writer.node(&NodeRef { parts: &parts, entries: None })
}

fn bytes(entries: &[Entry]) -> usize {
    entries.iter().map(weight).sum()
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
        Ok(write(writer, &entries)?.0)
    }
}

/// Writes the innermost open folder and puts it into the one around it.
fn close(writer: &mut Writer<'_>, open: &mut Vec<(Vec<u8>, Vec<Entry>)>) -> Result<(), Error> {
    let (name, entries) = open.pop().expect("checked by the caller");
    let (link, size) = write(writer, &entries)?;
    let folder = Entry { name, mode: FOLDER, size, target: Target::Content(link) };
    open.last_mut().expect("the outermost is never closed here").1.push(folder);
    Ok(())
}
