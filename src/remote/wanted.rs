//! What must travel: everything that can be reached from some roots and is not complete on the other side.
//!
//! The walk stops where a ref of the other side points: such a graph is complete. A node that is merely there proves
//! nothing of what it leads to, since a process may have died between two packs, so the walk goes through it and does not
//! send it. To a store that was cloned without its content no blobs are sent.
//!
//! Every node is read, checked against its digest and its links followed, level by level and without recursion: this is
//! also what shows that nothing is missing.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::base::{Digest, Progress, Task};
use crate::remote::Error;
use crate::store::pack::{Entry, Found, Pack};
use crate::store::{self, Kind, Link, Store, object};

/// What must travel, by the packs that hold it.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) packs: Vec<Holding>,
    places: HashMap<Digest, usize>,
    links: HashSet<Link>,
}

/// A pack and the objects in it that must travel.
#[derive(Debug)]
pub(crate) struct Holding {
    pub(crate) pack: Arc<Pack>,
    pub(crate) entries: Vec<Entry>,
}

/// What is known before the walk.
pub(crate) struct Limits<'a> {
    /// Whether the other side has an object.
    pub(crate) has: &'a mut dyn FnMut(&Link) -> Result<bool, store::Error>,
    /// What the refs of the other side point at: it has all that these lead to.
    pub(crate) complete: &'a HashSet<Link>,
    /// Whether blobs travel too.
    pub(crate) blobs: bool,
    /// Who lacks what is missing, in the words of an error.
    pub(crate) place: &'static str,
}

impl Wanted {
    /// Follows the links from `roots` in `from`.
    pub(crate) fn walk(
        from: &Store,
        roots: &[Link],
        limits: &mut Limits<'_>,
        progress: &dyn Progress,
    ) -> Result<Self, Error> {
        let mut wanted = Self::default();
        let mut settled = HashSet::new();
        let mut level: Vec<Link> = roots.to_vec();
        progress.start(Task::Walk, None);
        while !level.is_empty() {
            let (mut fresh, mut passed) = (vec![], vec![]);
            for link in level {
                if wanted.links.contains(&link) || settled.contains(&link) {
                    continue;
                }
                if (limits.has)(&link)? {
                    settled.insert(link);
                    if link.kind == Kind::Node && !limits.complete.contains(&link) {
                        passed.push(link);
                    }
                } else if link.kind == Kind::Blob && !limits.blobs {
                    settled.insert(link);
                } else {
                    wanted.links.insert(link);
                    fresh.push(link);
                }
            }
            progress.advance(Task::Walk, (fresh.len() + passed.len()) as u64);
            let there = locate(from, &passed, limits.place)?;
            let fresh = locate(from, &fresh, limits.place)?;
            level = follow(from, there.iter().chain(&fresh))?;
            fresh.into_iter().for_each(|found| wanted.add(found));
        }
        progress.finish(Task::Walk);
        Ok(wanted)
    }

    /// Returns how many objects must travel.
    pub(crate) fn objects(&self) -> u64 {
        self.links.len() as u64
    }

    pub(crate) fn contains(&self, link: &Link) -> bool {
        self.links.contains(link)
    }

    pub(crate) fn links(&self) -> impl Iterator<Item = &Link> {
        self.links.iter()
    }

    fn add(&mut self, found: Found) {
        let place = *self.places.entry(found.pack.digest).or_insert_with(|| {
            self.packs.push(Holding { pack: Arc::clone(&found.pack), entries: vec![] });
            self.packs.len() - 1
        });
        self.packs[place].entries.push(found.entry);
    }
}

/// Returns where the nodes among some objects lead.
fn follow<'a>(from: &Store, level: impl Iterator<Item = &'a Found>) -> Result<Vec<Link>, Error> {
    let mut nodes: Vec<Found> =
        level.filter(|found| found.entry.link.kind == Kind::Node).cloned().collect();
    // Small nodes lie together: each frame is decoded once for all that are wanted of it.
    nodes.sort_by_key(|node| (node.pack.digest, node.entry.offset, node.entry.start));
    let frames =
        nodes.chunk_by(|a, b| (a.pack.digest, a.entry.offset) == (b.pack.digest, b.entry.offset));
    let mut next = vec![];
    for frame in frames {
        next.extend(links_in(from, frame)?);
    }
    Ok(next)
}

/// Finds objects; what a store cloned without its content lacks is fetched first, all of it at once.
fn locate(from: &Store, level: &[Link], place: &'static str) -> Result<Vec<Found>, Error> {
    let mut found = Vec::with_capacity(level.len());
    let mut absent = vec![];
    for link in level {
        match from.packs().find_anywhere(link)? {
            Some(there) => found.push(there),
            None => absent.push(*link),
        }
    }
    from.supply(&absent)?;
    for link in absent {
        let there = from.packs().find_anywhere(&link)?;
        found.push(there.ok_or(Error::Incomplete { place, link })?);
    }
    Ok(found)
}

/// Returns the links of nodes that lie in one frame.
fn links_in(from: &Store, frame: &[Found]) -> Result<Vec<Link>, Error> {
    let first = &frame[0];
    let decoded = first.pack.frame(&first.entry);
    let mut links = vec![];
    for node in frame {
        let (start, len) = (node.entry.start as usize, node.entry.len as usize);
        let bytes = decoded.as_ref().ok().and_then(|bytes| bytes.get(start..start + len));
        match bytes.filter(|bytes| Digest::of(bytes) == node.entry.link.digest) {
            Some(bytes) => links.extend(object::links(bytes)?),
            // Another pack may hold a sound copy; the damage is told where there is none.
            None => links.extend(object::links(&from.read(&node.entry.link)?)?),
        }
    }
    Ok(links)
}
