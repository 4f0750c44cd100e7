//! A store in a folder of this machine: the program acts for both stores, under the other one's own locking.

use std::path::Path;
use std::sync::Arc;

use crate::base::{Digest, Progress};
use crate::remote::peer::MAX_REFS;
use crate::remote::place::{Placed, place};
use crate::remote::transfer::{Terms, bring, keep_on_failure};
use crate::remote::transport::{Delivery, Give, Holder, Origin, Parcel, Transport};
use crate::remote::wanted::Wanted;
use crate::remote::{Error, Moved, Sent};
use crate::store::pack::{Entry, Pack};
use crate::store::{Change, Expected, Link, Ref, Store, Trust, Writer};

/// A store in a folder.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(crate) store: Store,
    /// Whether its files may be shared.
    pub(crate) trust: Trust,
}

impl Transport for Folder {
    fn store(&self) -> &Store {
        &self.store
    }

    fn differs_from(&self, store: &Store) -> Result<(), Error> {
        match same_folder(self.store.folder(), store.folder()) {
            true => Err(Error::SameStore(store.folder().to_owned())),
            false => Ok(()),
        }
    }

    fn refs(&self) -> Result<Vec<Ref>, Error> {
        let refs: Vec<Ref> = self.store.meta(|db| {
            db.prepare("SELECT substr(name, 1, 2000), target FROM refs ORDER BY name LIMIT ?1")?
                .query_map([MAX_REFS as i64 + 1], |row| {
                    Ok(Ref { name: row.get(0)?, target: row.get(1)? })
                })?
                .collect()
        })?;
        match refs.len() > MAX_REFS {
            true => Err(Error::TooManyRefs { count: refs.len(), limit: MAX_REFS }),
            false => Ok(refs),
        }
    }

    fn hold(&self) -> Option<Writer<'_>> {
        // A store that may only be read has no gc either.
        self.store.writer().ok()
    }

    fn begin(&self) -> Result<Box<dyn Delivery + '_>, Error> {
        Ok(Box::new(Direct { writer: self.store.writer()? }))
    }
}

impl Origin for Folder {
    fn have(&self, links: &[Link]) -> Result<Vec<bool>, Error> {
        Local { store: &self.store, trust: self.trust, place: "the other store" }.have(links)
    }

    fn wanted(
        &self,
        roots: &[Link],
        holder: &mut dyn Holder,
        blobs: bool,
        progress: &dyn Progress,
    ) -> Result<Wanted, Error> {
        let local = Local { store: &self.store, trust: self.trust, place: "the other store" };
        local.wanted(roots, holder, blobs, progress)
    }
}

/// An open store that objects come from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Local<'a> {
    pub(crate) store: &'a Store,
    /// Whether its files may be shared.
    pub(crate) trust: Trust,
    /// Who lacks what is missing, in the words of an error.
    pub(crate) place: &'static str,
}

impl Origin for Local<'_> {
    fn have(&self, links: &[Link]) -> Result<Vec<bool>, Error> {
        links.iter().map(|link| Ok(self.store.has(link)?)).collect()
    }

    fn wanted(
        &self,
        roots: &[Link],
        holder: &mut dyn Holder,
        blobs: bool,
        progress: &dyn Progress,
    ) -> Result<Wanted, Error> {
        let trust = self.trust;
        let parcel = move |pack: &Arc<Pack>| -> Arc<dyn Parcel> {
            Arc::new(LocalPack { pack: Arc::clone(pack), trust })
        };
        Wanted::walk(self.store, roots, holder, blobs, self.place, &parcel, progress)
    }
}

/// The other store's writer, held from before its refs are read until they are moved.
struct Direct<'a> {
    writer: Writer<'a>,
}

impl Delivery for Direct<'_> {
    fn send(
        self: Box<Self>,
        from: &Store,
        moves: &[Moved],
        dry_run: bool,
        progress: &dyn Progress,
    ) -> Result<Sent, Error> {
        let origin = Local { store: from, trust: Trust::Own, place: "this store" };
        let roots: Vec<Link> = moves.iter().filter_map(|moved| moved.new).collect();
        let terms = Terms { blobs: true, dry_run };
        let (writer, sent) =
            keep_on_failure(self.writer, |writer| bring(&origin, &roots, writer, terms, progress))?;
        if !dry_run && !moves.is_empty() {
            writer.commit(moves.iter().map(change).collect())?;
        }
        Ok(sent)
    }
}

/// Returns the compare-and-swap that a move is.
pub(crate) fn change(moved: &Moved) -> Change {
    let expected = moved.old.map_or(Expected::Absent, Expected::Is);
    Change { name: moved.name.clone(), expected, new: moved.new }
}

/// A pack on this machine.
#[derive(Debug)]
pub(crate) struct LocalPack {
    pub(crate) pack: Arc<Pack>,
    pub(crate) trust: Trust,
}

impl Parcel for LocalPack {
    fn digest(&self) -> Digest {
        self.pack.digest
    }

    fn size(&self) -> u64 {
        self.pack.size
    }

    fn objects(&self) -> u64 {
        self.pack.objects()
    }

    fn tidy_frames(&self, _: &[Entry]) -> Result<Option<Vec<Vec<Entry>>>, Error> {
        Ok(self.pack.tidy_frames()?)
    }

    fn place(&self, _: &[Vec<Entry>], to: &Path) -> Result<Placed, Error> {
        place(&self.pack, to, self.trust)
    }

    fn stored(&self, frames: &[Entry], give: &mut Give<'_>) -> Result<(), Error> {
        for (number, frame) in frames.iter().enumerate() {
            give(number, self.pack.stored(frame)?)?;
        }
        Ok(())
    }
}

fn same_folder(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let (Ok(a), Ok(b)) = (a.metadata(), b.metadata()) else { return false };
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}
