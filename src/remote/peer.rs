//! Another store: its refs, and what it holds.

use crate::remote::transport::{Folder, Hub, Origin, Transport, Web};
use crate::remote::{Error, Url};
use crate::store::{self, Context, Kind, Ref, Store, Trust, refs};

/// So many refs of another store are looked at; a store with more is refused before they fill the memory.
pub const MAX_REFS: usize = 500_000;

/// Another store.
#[derive(Debug)]
pub struct Peer {
    pub(crate) transport: Box<dyn Transport>,
}

/// The refs of another store.
#[derive(Debug, Default)]
pub struct Listing {
    /// In the order of their names.
    pub refs: Vec<Ref>,
    /// Names that may be no ref here, as they are.
    pub bad: Vec<String>,
}

impl Peer {
    /// Opens the store at `url`: the folder itself, or the `.mlstore` in it; a hub as anybody may.
    pub fn open(url: &Url, context: Context, trust: Trust) -> Result<Self, Error> {
        if url.is_web() {
            return Self::connect(url, context, trust, &Web::default());
        }
        let folder = store::locate(url.folder());
        let store = Store::open_with(&folder, context, trust)?;
        Ok(Self { transport: Box::new(Folder { store, trust }) })
    }

    /// Opens the store at `url`, which may be a hub.
    pub fn connect(url: &Url, context: Context, trust: Trust, web: &Web) -> Result<Self, Error> {
        match url.is_web() {
            true => Ok(Self { transport: Box::new(Hub::open(url, context, web)?) }),
            false => Self::open(url, context, trust),
        }
    }

    /// Returns the other store, to read what its refs point at.
    pub fn store(&self) -> &Store {
        self.transport.store()
    }

    pub(crate) fn origin(&self) -> &dyn Origin {
        &*self.transport
    }

    /// Refuses a store that is its own remote: both locks would be one.
    pub fn differs_from(&self, store: &Store) -> Result<(), Error> {
        self.transport.differs_from(store)
    }

    /// Returns the refs that another store may see: all but what it knows of others itself.
    ///
    /// A ref whose name is none, or that points at bytes, is left out and told.
    pub fn refs(&self) -> Result<Listing, Error> {
        let mut listing = Listing::default();
        for found in self.transport.refs()? {
            if found.name.starts_with("remotes/") {
                continue;
            }
            match refs::check_name(&found.name).is_ok() && found.target.kind == Kind::Node {
                true => listing.refs.push(found),
                false => listing.bad.push(found.name.chars().take(120).collect()),
            }
        }
        fold(&mut listing);
        Ok(listing)
    }
}

/// Leaves out a name that a file system may take for one that came before it.
fn fold(listing: &mut Listing) {
    let mut seen = std::collections::HashSet::new();
    let refs = std::mem::take(&mut listing.refs);
    for found in refs {
        match seen.insert(found.name.to_lowercase()) {
            true => listing.refs.push(found),
            false => listing.bad.push(found.name),
        }
    }
}
