//! What a hub answers from its store to those who fetch and push: nothing here changes anything.
//!
//! Whoever may read all sees every ref but those that tell of third stores, and any object whose id it knows: packs are
//! handed out as they are. Whoever is kept to some refs gets packs that are made for it.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use crate::base::{Digest, Silent};
use crate::remote::transport::{Holder, LocalPack};
use crate::remote::wanted::Wanted;
use crate::remote::wire::{self, ID};
use crate::remote::{Error, MAX_REFS};
use crate::store::pack::{Builder, Entry, Pack, fills};
use crate::store::walk::Seen;
use crate::store::{self, Link, Ref, Store, Trust, operation, walk};

/// So many versions before each record are sent along.
pub(crate) const HISTORY: usize = 100;

/// Returns a page of refs.
pub(crate) fn refs(store: &Store, from: usize) -> Result<wire::Refs, Error> {
    let (head, refs): (_, Vec<Ref>) = store.meta(|db| {
        let head = operation::head(db)?.map_or(0, |(number, _)| number);
        let sql = "SELECT substr(name, 1, 2000), target FROM refs
            WHERE name NOT LIKE 'remotes/%' ORDER BY name LIMIT ?1 OFFSET ?2";
        let mut select = db.prepare_cached(sql)?;
        let page = (wire::PAGE as i64 + 1, from.min(MAX_REFS + 1) as i64);
        let refs = select
            .query_map(page, |row| Ok(Ref { name: row.get(0)?, target: row.get(1)? }))?
            .collect::<rusqlite::Result<_>>()?;
        Ok((head, refs))
    })?;
    Ok(page(head, &refs, 0))
}

/// Returns the last operation and all refs but those that tell of third stores, of one moment.
pub(crate) fn all(store: &Store) -> Result<(u64, Vec<Ref>), Error> {
    Ok(store.meta(|db| {
        let moment = db.unchecked_transaction()?;
        let head = operation::head(&moment)?.map_or(0, |(number, _)| number);
        let sql = "SELECT name, target FROM refs WHERE name NOT LIKE 'remotes/%' ORDER BY name";
        let refs = moment
            .prepare_cached(sql)?
            .query_map([], |row| Ok(Ref { name: row.get(0)?, target: row.get(1)? }))?
            .collect::<rusqlite::Result<_>>()?;
        Ok((head, refs))
    })?)
}

/// Returns the page of some refs that begins with the one at `from`.
pub(crate) fn page(head: u64, refs: &[Ref], from: usize) -> wire::Refs {
    let rest = &refs[from.min(refs.len())..];
    let page = &rest[..rest.len().min(wire::PAGE)];
    wire::Refs {
        version: wire::VERSION,
        head,
        names: page.iter().map(|found| found.name.clone()).collect(),
        targets: wire::ids(page.iter().map(|found| &found.target)),
        more: rest.len() > page.len(),
    }
}

/// Returns one bit for each of some objects: whether it is there and will stay, and is among those that `reach` holds.
pub(crate) fn have(store: &Store, links: &[Link], reach: Option<&Seen>) -> Result<Vec<u8>, Error> {
    let mut bits = vec![0; links.len().div_ceil(8)];
    store.packs().refresh()?;
    for (place, link) in links.iter().enumerate() {
        let may = reach.is_none_or(|reach| reach.contains(link));
        if may && store.packs().find(link)?.is_some() {
            bits[place / 8] |= 1 << (place % 8);
        }
    }
    Ok(bits)
}

/// Returns some records as a list, and the versions before them; what is not there is left out, and so is what `reach` does
/// not hold.
pub(crate) fn records(
    store: &Store,
    links: &[Link],
    history: bool,
    reach: Option<&Seen>,
) -> Result<Vec<u8>, Error> {
    let mut list = vec![];
    let mut seen: HashSet<Link> = links.iter().copied().collect();
    let may = |link: &Link| reach.is_none_or(|reach| reach.contains(link));
    for link in links.iter().filter(|link| may(link)) {
        let mut open = vec![*link];
        let mut left = if history { HISTORY } else { 0 };
        while let Some(link) = open.pop() {
            let bytes = match store.read(&link) {
                Ok(bytes) => bytes,
                Err(store::Error::Missing(_) | store::Error::Damaged { .. }) => continue,
                Err(error) => return Err(error.into()),
            };
            if list.len() + bytes.len() > wire::MAX_RECORDS && !list.is_empty() {
                list.extend(wire::MORE);
                return Ok(list);
            }
            list.extend(wire::id(&link));
            list.extend((bytes.len() as u32).to_le_bytes());
            list.extend(&bytes);
            for before in walk::previous(&bytes) {
                if left > 0 && may(&before) && seen.insert(before) {
                    left -= 1;
                    open.push(before);
                }
            }
        }
    }
    list.extend(wire::END);
    Ok(list)
}

/// Where everything lies that somebody needs.
#[derive(Debug)]
pub(crate) struct Plan {
    packs: Vec<(Arc<Pack>, Vec<Entry>)>,
}

/// Finds what `roots` lead to and `complete` does not.
pub(crate) fn plan(
    store: &Store,
    roots: &[Link],
    complete: HashSet<Link>,
    blobs: bool,
) -> Result<Plan, Error> {
    let seen: RefCell<HashMap<Digest, Arc<Pack>>> = RefCell::default();
    let wrap = |pack: &Arc<Pack>| -> Arc<dyn crate::remote::transport::Parcel> {
        seen.borrow_mut().insert(pack.digest, Arc::clone(pack));
        Arc::new(LocalPack { pack: Arc::clone(pack), trust: Trust::Own })
    };
    let mut holder = Somebody { complete };
    let place = "the other store";
    let wanted = Wanted::walk(store, roots, &mut holder, blobs, place, &wrap, &Silent)?;
    let mut seen = seen.take();
    let packs = wanted
        .packs
        .into_iter()
        .filter_map(|holding| Some((seen.remove(&holding.pack.digest())?, holding.entries)));
    Ok(Plan { packs: packs.collect() })
}

impl Plan {
    /// Returns the packs, to be kept open until they have been read.
    pub(crate) fn packs(&self) -> impl Iterator<Item = &Arc<Pack>> {
        self.packs.iter().map(|(pack, _)| pack)
    }

    /// Copies what is needed into packs of its own, in `folder`: a pack as it lies in the store holds what is others', too. They
    /// stay open when the folder is gone.
    pub(crate) fn apart(self, folder: &Path) -> Result<Self, Error> {
        let (mut packs, mut builder) = (vec![], Builder::new(folder));
        for (pack, mut entries) in self.packs {
            let is_all = entries.len() as u64 == pack.objects();
            if is_all && pack.tidy_frames()?.is_some() {
                packs.push((pack, entries));
                continue;
            }
            entries.sort_by_key(|entry| (entry.offset, entry.start));
            for frame in entries.chunk_by(|a, b| a.offset == b.offset) {
                copy(&pack, frame, &mut builder)?;
            }
        }
        builder.finish()?;
        for sealed in builder.take_sealed() {
            let pack = Pack::open(sealed.path, sealed.digest)?;
            let entries = pack.entries()?;
            packs.push((Arc::new(pack), entries));
        }
        Ok(Self { packs })
    }

    /// Returns the list, a piece for each pack.
    pub(crate) fn pieces(self) -> impl Iterator<Item = Vec<u8>> {
        let pieces = self.packs.into_iter().map(|(pack, entries)| {
            let mut piece = pack.digest.as_bytes().to_vec();
            piece.extend(pack.size.to_le_bytes());
            piece.extend(pack.objects().to_le_bytes());
            piece.extend((entries.len() as u32).to_le_bytes());
            piece.extend(entries.iter().flat_map(Entry::encode));
            piece
        });
        pieces.chain(std::iter::once(wire::END[..ID - 1].to_vec()))
    }
}

/// Copies a frame of which all is needed, or what is needed of it.
fn copy(pack: &Pack, frame: &[Entry], builder: &mut Builder) -> Result<(), Error> {
    if fills(frame) {
        return Ok(builder.frame(&pack.raw_frame(frame)?)?);
    }
    let raw = pack.frame(&frame[0])?;
    for entry in frame {
        builder.object(entry.link, pack.part(&raw, entry)?)?;
    }
    Ok(())
}

/// One who fetches: what it has besides, it leaves out itself.
struct Somebody {
    complete: HashSet<Link>,
}

impl Holder for Somebody {
    fn is_complete(&mut self, node: &Link) -> Result<bool, Error> {
        Ok(self.complete.contains(node))
    }

    fn have(&mut self, links: &[Link]) -> Result<Vec<bool>, Error> {
        Ok(vec![false; links.len()])
    }

    fn complete(&self) -> Vec<Link> {
        vec![]
    }
}
