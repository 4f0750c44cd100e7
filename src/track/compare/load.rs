//! From ids to a comparison: reads what the runs link to, and content only where it differs.

use std::io::Read as _;

use super::{Artifact, Comparison, Options, Side, compare};
use crate::base::Digest;
use crate::store::tree::{self, Target};
use crate::store::{Link, Store, file};
use crate::track::{Error, RunId, load};

/// Compares the runs `ids` of `store`, in that order.
pub fn between(store: &Store, ids: &[RunId], options: Options) -> Result<Comparison, Error> {
    let runs: Vec<_> = ids.iter().map(|id| load::run(store, id)).collect::<Result<_, _>>()?;
    let same = runs.windows(2).all(|pair| pair[0].artifacts == pair[1].artifacts);
    let mut sides = Vec::with_capacity(runs.len());
    for run in runs {
        let environment = run.environment.map(|link| store.read_node(&link)).transpose()?;
        // The same tree holds the same files, however many these are.
        let artifacts = match run.artifacts.filter(|_| options.all || !same) {
            Some(root) => artifacts(store, &root)?,
            None => Vec::new(),
        };
        sides.push(Side { run, environment, artifacts });
    }
    compare(&sides, options, |link, limit| content(store, link, limit))
}

fn artifacts(store: &Store, root: &Link) -> Result<Vec<Artifact>, Error> {
    let mut artifacts = Vec::new();
    tree::walk(store, root, |path, entry| {
        let (digest, content) = match &entry.target {
            Target::Content(_) if entry.folder().is_some() => return Ok::<_, Error>(()),
            Target::Content(link) => (link.digest, Some(*link)),
            Target::Symlink(to) => (Digest::of(to), None),
        };
        artifacts.push(Artifact { path: text(path), digest, content, size: entry.size });
        Ok(())
    })?;
    Ok(artifacts)
}

/// Returns a path as text; bytes that are no UTF-8 are shown as `\xff`, so that two names never look alike.
fn text(path: &[u8]) -> String {
    let mut text = String::with_capacity(path.len());
    for chunk in path.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&chunk.invalid().escape_ascii().to_string());
    }
    text
}

/// Reads one byte more than `limit` at most, which tells that there is more.
fn content(store: &Store, link: &Link, limit: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let file = file::open(store, link)?;
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|source| {
        let path = link.digest.to_string().into();
        Error::Io { action: "read", path, source }
    })?;
    Ok(bytes)
}
