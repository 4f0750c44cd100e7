//! Whether what has come from one who is not trusted is all of it: the links of its records, followed here.

use std::collections::{HashMap, HashSet};

use crate::remote::Error;
use crate::store::pack::{Entry, Pack};
use crate::store::{Kind, Link, Writer, object};

/// Records that have arrived and were verified, and where they lead.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    nodes: HashMap<Link, Vec<Link>>,
}

impl Graph {
    /// Adds the records among some verified objects of one frame.
    pub(crate) fn add(&mut self, entries: &[Entry], raw: &[u8]) -> Result<(), Error> {
        for entry in entries.iter().filter(|entry| entry.link.kind == Kind::Node) {
            let (start, end) = (entry.start as usize, (entry.start + entry.len) as usize);
            let bytes = raw.get(start..end).unwrap_or_default();
            self.nodes.insert(entry.link, object::links(bytes)?);
        }
        Ok(())
    }

    /// Adds the records of a verified pack; frames without any are not read.
    pub(crate) fn add_pack(&mut self, pack: &Pack, frames: &[Vec<Entry>]) -> Result<(), Error> {
        let has_node = |frame: &&Vec<Entry>| frame.iter().any(|e| e.link.kind == Kind::Node);
        for frame in frames.iter().filter(has_node) {
            self.add(frame, &pack.frame(&frame[0])?)?;
        }
        Ok(())
    }

    /// Returns where a record leads; nowhere where it is none of these.
    pub(crate) fn links(&self, node: &Link) -> &[Link] {
        self.nodes.get(node).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.nodes.extend(other.nodes);
    }

    /// Follows the links from `roots`, without recursion; stops where everything is known to be there.
    ///
    /// Blobs may be missing only where they are not asked for.
    pub(crate) fn check(
        &self,
        roots: &[Link],
        writer: &mut Writer<'_>,
        complete: &HashSet<Link>,
        blobs: bool,
        place: &'static str,
    ) -> Result<(), Error> {
        let mut seen = HashSet::new();
        let mut open = roots.to_vec();
        while let Some(link) = open.pop() {
            if !seen.insert(link) || (link.kind == Kind::Blob && !blobs) {
                continue;
            }
            if !writer.has(&link)? {
                return Err(Error::Incomplete { place, link });
            }
            match self.nodes.get(&link) {
                Some(links) => open.extend(links),
                None if link.kind == Kind::Blob || complete.contains(&link) => {}
                None => open.extend(object::links(&writer.store().read(&link)?)?),
            }
        }
        Ok(())
    }
}
