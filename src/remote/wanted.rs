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
use crate::remote::transport::{Holder, SharedParcel};
use crate::store::pack::{Entry, Found, Pack};
use crate::store::{Kind, Link, Store, object};

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
    pub(crate) pack: SharedParcel,
    pub(crate) entries: Vec<Entry>,
}

/// Makes a pack of the store that is walked one that can travel.
pub(crate) type Wrap<'a> = dyn Fn(&Arc<Pack>) -> SharedParcel + 'a;

impl Wanted {
    /// Follows the links from `roots` in `from` to everything that `holder` lacks; blobs only where asked for.
    ///
    /// `place` is who lacks what is missing, in the words of an error. The holder is asked once, for all of it.
    pub(crate) fn walk(
        from: &Store,
        roots: &[Link],
        holder: &mut dyn Holder,
        blobs: bool,
        place: &'static str,
        wrap: &Wrap<'_>,
        progress: &dyn Progress,
    ) -> Result<Self, Error> {
        progress.start(Task::Walk, None);
        let mut met = Met::default();
        let mut level: Vec<Link> = roots.to_vec();
        while !level.is_empty() {
            let mut nodes = vec![];
            for link in level {
                if !met.seen.insert(link) {
                    continue;
                }
                match link.kind {
                    Kind::Blob if blobs => met.blobs.push(link),
                    Kind::Blob => {}
                    Kind::Node if holder.is_complete(&link)? => {}
                    Kind::Node => nodes.push(link),
                }
            }
            progress.advance(Task::Walk, nodes.len() as u64);
            let found = locate(from, &nodes, place)?;
            level = follow(from, &found)?;
            met.nodes.extend(found);
        }
        let wanted = met.lacking(from, holder, place, wrap);
        progress.finish(Task::Walk);
        wanted
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

    /// Adds an object that lies in a pack of the store that is walked.
    fn add(&mut self, found: &Found, wrap: &Wrap<'_>) {
        let place = *self.places.entry(found.pack.digest).or_insert_with(|| {
            self.packs.push(Holding { pack: wrap(&found.pack), entries: vec![] });
            self.packs.len() - 1
        });
        if self.links.insert(found.entry.link) {
            self.packs[place].entries.push(found.entry);
        }
    }

    /// Adds objects that lie in one pack; those that are wanted from elsewhere already are left out.
    pub(crate) fn add_pack(&mut self, pack: SharedParcel, mut entries: Vec<Entry>) {
        entries.retain(|entry| self.links.insert(entry.link));
        if !entries.is_empty() {
            self.packs.push(Holding { pack, entries });
        }
    }
}

/// What a walk has met.
#[derive(Default)]
struct Met {
    seen: HashSet<Link>,
    nodes: Vec<Found>,
    blobs: Vec<Link>,
}

impl Met {
    /// Leaves what the other side lacks.
    fn lacking(
        self,
        from: &Store,
        holder: &mut dyn Holder,
        place: &'static str,
        wrap: &Wrap<'_>,
    ) -> Result<Wanted, Error> {
        let Self { nodes, blobs, .. } = self;
        let mut links: Vec<Link> = nodes.iter().map(|found| found.entry.link).collect();
        links.extend(&blobs);
        let there = holder.have(&links)?;
        let (nodes_there, blobs_there) = there.split_at(nodes.len());
        let absent = |(link, there): (&Link, &bool)| (!there).then_some(*link);
        let blobs: Vec<Link> = blobs.iter().zip(blobs_there).filter_map(absent).collect();
        let mut wanted = Wanted::default();
        for (found, _) in nodes.iter().zip(nodes_there).filter(|(_, there)| !**there) {
            wanted.add(found, wrap);
        }
        locate(from, &blobs, place)?.iter().for_each(|found| wanted.add(found, wrap));
        Ok(wanted)
    }
}

/// Returns where some nodes lead.
pub(crate) fn follow(from: &Store, nodes: &[Found]) -> Result<Vec<Link>, Error> {
    let mut nodes = nodes.to_vec();
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
