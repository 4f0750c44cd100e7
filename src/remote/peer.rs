//! Another store, in a folder of this machine: its refs, and what it holds.

use std::path::Path;

use crate::remote::{Error, Url};
use crate::store::{self, Context, Kind, Ref, Store, Trust, refs};

/// So many refs of another store are looked at; a store with more is refused before they fill the memory.
pub const MAX_REFS: usize = 500_000;

/// Another store.
#[derive(Debug)]
pub struct Peer {
    pub(crate) store: Store,
    pub(crate) trust: Trust,
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
    /// Opens the store at `url`: the folder itself, or the `.mlstore` in it.
    pub fn open(url: &Url, context: Context, trust: Trust) -> Result<Self, Error> {
        let folder = store::locate(url.folder());
        let store = Store::open_with(&folder, context, trust)?;
        Ok(Self { store, trust })
    }

    /// Returns the other store, to read what its refs point at.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Refuses a store that is its own remote: both locks would be one.
    pub fn differs_from(&self, store: &Store) -> Result<(), Error> {
        match same_folder(self.store.folder(), store.folder()) {
            true => Err(Error::SameStore(store.folder().to_owned())),
            false => Ok(()),
        }
    }

    /// Returns the refs that another store may see: all but what it knows of others itself.
    ///
    /// A ref whose name is none, or that points at bytes, is left out and told.
    pub fn refs(&self) -> Result<Listing, Error> {
        let mut listing = Listing::default();
        for found in self.raw_refs()? {
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

    fn raw_refs(&self) -> Result<Vec<Ref>, Error> {
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

fn same_folder(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let (Ok(a), Ok(b)) = (a.metadata(), b.metadata()) else { return false };
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}
