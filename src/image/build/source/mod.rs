//! What a build takes from elsewhere: files on the web, repositories, archives. Each comes to content or layers of the store,
//! kept under what it was made from.

mod address;
pub mod archive;
pub mod git;
mod program;
pub mod web;

use std::collections::BTreeMap;
use std::ffi::OsString;

pub(in crate::image::build) use address::check_commit;
pub use address::{Origin, Repository};

use crate::base::Progress;
use crate::remote::Web;
use crate::store::Store;

/// What fetching goes by.
#[derive(Debug, Clone, Default)]
pub struct Access {
    pub web: Web,
    /// What `git` sees of the environment: where programs are, agents, proxies.
    pub environment: BTreeMap<OsString, OsString>,
}

/// Where what is fetched goes, and who watches.
#[derive(Clone, Copy)]
pub struct Fetching<'a> {
    pub store: &'a Store,
    pub access: &'a Access,
    pub progress: &'a dyn Progress,
    pub cancelled: &'a (dyn Fn() -> bool + Sync),
}

impl std::fmt::Debug for Fetching<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetching").finish_non_exhaustive()
    }
}
