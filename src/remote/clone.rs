//! Cloning: a new store that has what another one has, and knows it as `origin`.

use std::path::Path;

use crate::base::Progress;
use crate::base::fs::remove;
use crate::remote::{Error, Fetch, Peer, Report, Select, Settle, Url, add, find, list, pull};
use crate::store::config::Remote;
use crate::store::{Context, Store, refs};

/// The remote that a clone came from.
const ORIGIN: &str = "origin";

/// What is cloned.
#[derive(Clone, Copy)]
pub struct Clone<'a> {
    pub select: &'a Select<'a>,
    /// Whether a ref points at what its name says.
    pub accept: &'a Select<'a>,
    /// Settings of the remote that later fetches go by: `filter` and globs over names.
    pub fields: &'a [(&'static str, String)],
}

impl std::fmt::Debug for Clone<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clone {{ fields: {:?} }}", self.fields)
    }
}

/// Makes a store in `folder` (the `.mlstore` itself) with what `peer` has.
///
/// A clone that was cut off goes on where it was. One that fails leaves nothing where nothing was.
pub fn clone(
    peer: &Peer,
    url: &Url,
    folder: &Path,
    context: Context,
    options: &Clone<'_>,
    progress: &dyn Progress,
) -> Result<(Store, Report), Error> {
    let fresh = !folder.exists();
    if !fresh && !is_unfinished(folder, url, &context)? {
        return Err(Error::NotEmpty(folder.to_owned()));
    }
    let made = fill(peer, url, folder, context, options, progress);
    if made.is_err() && fresh {
        let _ = remove(folder); // the failure that led here says more
    }
    made
}

fn fill(
    peer: &Peer,
    url: &Url,
    folder: &Path,
    context: Context,
    options: &Clone<'_>,
    progress: &dyn Progress,
) -> Result<(Store, Report), Error> {
    let store = Store::init(folder, context)?;
    if list(&store)?.is_empty() {
        add(&store, ORIGIN, url)?;
    }
    for (field, value) in options.fields {
        super::list::set_field(&store, ORIGIN, field, value)?;
    }
    let Clone { select, accept, .. } = *options;
    let wish = Fetch { select, accept, prune: false, force: true, dry_run: false };
    let remote = find(&store, ORIGIN)?;
    // A store without refs has nothing to settle.
    let settle = Settle { merge: &|_, _, _, _| Ok(None), rename: &|_, _, _| Ok(vec![]) };
    let report = pull(&store, peer, &remote, &wish, settle, progress)?;
    Ok((store, report))
}

/// A clone that was cut off before its end has no refs yet, and knows no other store than this one.
fn is_unfinished(folder: &Path, url: &Url, context: &Context) -> Result<bool, Error> {
    if !folder.join("format").exists() {
        // It was cut off while the store was made, which can be done again; what holds packs is a damaged store.
        return Ok(is_empty(&folder.join("packs")));
    }
    let store = Store::open(folder, context.clone())?;
    let ours = |remote: &Remote| remote.name == ORIGIN && remote.url == url.as_str();
    let no_refs = refs::list(&store, "")?.iter().all(|found| found.name.starts_with("remotes/"));
    Ok(no_refs && list(&store)?.iter().all(ours))
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none())
}
