//! What lies between this store and another one, wherever that is.
//!
//! A transport knows four things: the refs of the other store with their values, which objects it has, where the objects
//! lie that some refs lead to, and how to hand over objects together with a compare-and-swap of several refs. What is
//! missing is found by [`Wanted`], how it travels by the plan, and that it is sound by whoever takes it in: no transport
//! is trusted for any of this.

mod folder;
mod http;

use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;

use crate::base::{Digest, Progress};
use crate::remote::place::Placed;
use crate::remote::wanted::Wanted;
use crate::remote::{Error, Moved, Sent};
use crate::store::pack::Entry;
use crate::store::{Link, Ref, Store, Writer};

pub(crate) use folder::{Folder, LocalPack};
pub(crate) use http::Hub;
pub use http::{Credential, Web};

/// The way to another store.
pub(crate) trait Transport: Origin + Debug + Send + Sync {
    /// Returns a store in which the records of the other one can be read: itself, or a window that fetches them.
    fn store(&self) -> &Store;

    /// Refuses the very store that this is a way to.
    fn differs_from(&self, store: &Store) -> Result<(), Error>;

    /// Returns the refs in the order of their names, as they are; more than [`MAX_REFS`](super::MAX_REFS) are refused.
    fn refs(&self) -> Result<Vec<Ref>, Error>;

    /// Keeps what is there now where it can be read, as far as the other store lets us.
    fn hold(&self) -> Option<Writer<'_>>;

    /// Begins a push. What the other store has from here on, it keeps until the end of it, or tells that it has not.
    fn begin(&self) -> Result<Box<dyn Delivery + '_>, Error>;
}

/// Where objects come from.
pub(crate) trait Origin {
    /// Whether what it says is needed is known to be all of it, since this program has followed the links itself.
    fn is_trusted(&self) -> bool {
        true
    }

    /// Tells which of some objects are there.
    fn have(&self, links: &[Link]) -> Result<Vec<bool>, Error>;

    /// Finds everything that `roots` lead to and `holder` lacks; blobs only where asked for.
    fn wanted(
        &self,
        roots: &[Link],
        holder: &mut dyn Holder,
        blobs: bool,
        progress: &dyn Progress,
    ) -> Result<Wanted, Error>;
}

/// Who may have objects already.
pub(crate) trait Holder {
    /// Tells whether a node is there with all that it leads to.
    fn is_complete(&mut self, node: &Link) -> Result<bool, Error>;

    /// Tells which of some objects are there.
    fn have(&mut self, links: &[Link]) -> Result<Vec<bool>, Error>;

    /// Returns nodes that are there with all that they lead to, for one who walks elsewhere.
    fn complete(&self) -> Vec<Link>;
}

/// A pack of the other store, as far as a transfer knows it.
pub(crate) trait Parcel: Debug + Send + Sync {
    fn digest(&self) -> Digest;

    fn size(&self) -> u64;

    /// Returns how many objects it holds.
    fn objects(&self) -> u64;

    /// Returns all its entries frame by frame, if the frames fill it and it can be taken as it is; `known` are those
    /// that were found in it.
    fn tidy_frames(&self, known: &[Entry]) -> Result<Option<Vec<Vec<Entry>>>, Error>;

    /// Puts the whole pack at `to`, where nothing is; it is verified there. As durable as a pack has to be.
    fn place(&self, frames: &[Vec<Entry>], to: &Path) -> Result<Placed, Error>;

    /// Reads the stored bytes of some frames, each named by one entry, and hands them out in their order. Not verified.
    fn stored(&self, frames: &[Entry], give: &mut Give<'_>) -> Result<(), Error>;
}

/// Takes the stored bytes of the frame with this number.
pub(crate) type Give<'a> = dyn FnMut(usize, Vec<u8>) -> Result<(), Error> + 'a;

/// A push that has begun.
pub(crate) trait Delivery {
    /// Hands over what `moves` need and moves the refs, all or none. A dry run only tells what would travel.
    fn send(
        self: Box<Self>,
        from: &Store,
        moves: &[Moved],
        dry_run: bool,
        progress: &dyn Progress,
    ) -> Result<Sent, Error>;
}

/// A pack that can be shared between the threads of a transfer.
pub(crate) type SharedParcel = Arc<dyn Parcel>;
