//! Mirrors `src/remote`: two stores in one folder, through the library.

mod exchange;
mod files;
mod forged;
mod mlflow;
mod over_http;
mod partial;
mod pull;
mod race;
pub(crate) mod registry;
mod resume;
mod rogue;

use std::path::{Path, PathBuf};

use mls::base::Silent;
use mls::remote::{self, Error, Fetch, Peer, Push, Report, Url};
use mls::store::{Change, Context, Expected, Link, Ref, Store, Trust, Writer, fsck, refs};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::store::context;

/// Something with content and a history, as a run has.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Note {
    text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parts: Vec<Link>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    previous: Vec<ByteBuf>,
}

/// Two stores, `here` and `hub`, of which `here` knows the other as `origin`.
struct Pair {
    folder: tempfile::TempDir,
    here: Store,
    hub: Store,
    /// Where the other store is served, if it is not reached as a folder.
    served: Option<mls::server::Hub>,
}

impl Pair {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::in_folder(folder, None)
    }

    fn in_folder(folder: tempfile::TempDir, served: Option<mls::server::Hub>) -> Self {
        let (here, hub) = (make(folder.path(), "here"), make(folder.path(), "hub"));
        let pair = Self { folder, here, hub, served };
        remote::add(&pair.here, "origin", &pair.url()).unwrap();
        pair
    }

    fn url(&self) -> Url {
        let address = self.served.as_ref().map_or_else(|| "hub".to_owned(), |hub| hub.url());
        Url::parse(&address, self.folder.path()).unwrap()
    }

    fn peer(&self) -> Peer {
        Peer::open(&self.url(), context(), Trust::Own).unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn push(&self) -> Result<Report, Error> {
        push_from(&self.here, &self.peer())
    }

    fn fetch(&self) -> Result<Report, Error> {
        fetch_into(&self.here, &self.peer(), false)
    }

    fn clone_to(&self, name: &str) -> (Store, Report) {
        let folder = self.path(name).join(".mlstore");
        let options = remote::Clone { select: &everything, accept: &anything, fields: &[] };
        remote::clone(&self.peer(), &self.url(), &folder, context(), &options, &Silent).unwrap()
    }
}

type Chosen = Result<bool, Box<dyn std::error::Error + Send + Sync>>;

/// All that travels by itself, and `notes/`, which mean nothing to a hub, so that it takes what they point at as it is.
fn everything(_: &Store, found: &Ref) -> Chosen {
    Ok(remote::default_refs(&found.name) || found.name.starts_with("notes/"))
}

fn anything(_: &Store, _: &Ref) -> Chosen {
    Ok(true)
}

fn push_from(store: &Store, peer: &Peer) -> Result<Report, Error> {
    let options =
        Push { select: &everything, prune: false, force_with_lease: false, dry_run: false };
    remote::push(store, peer, Some("origin"), &options, &Silent)
}

fn fetch_into(store: &Store, peer: &Peer, force: bool) -> Result<Report, Error> {
    let options =
        Fetch { select: &everything, accept: &anything, prune: false, force, dry_run: false };
    remote::fetch(store, peer, &remote::find(store, "origin").unwrap(), &options, &Silent)
}

fn make(folder: &Path, name: &str) -> Store {
    Store::init(&folder.join(name).join(".mlstore"), at(name)).unwrap()
}

fn at(name: &str) -> Context {
    Context { actor: format!("{name}@lab"), ..context() }
}

/// Writes a node with `count` blobs that do not compress.
fn note(writer: &mut Writer<'_>, text: &str, count: usize) -> Link {
    let parts = (0..count).map(|i| writer.blob(&noise(&format!("{text} {i}"), 60_000)).unwrap());
    let parts = parts.collect();
    writer.node(&Note { text: text.to_owned(), parts, previous: vec![] }).unwrap()
}

/// Bytes that no codec makes smaller, the same for one `seed`.
fn noise(seed: &str, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    blake3::Hasher::new().update(seed.as_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

/// Commits a note as `name`.
fn commit(store: &Store, name: &str, text: &str, count: usize) -> Link {
    let mut writer = store.writer().unwrap();
    let link = note(&mut writer, text, count);
    writer.commit(vec![set(name, link)]).unwrap();
    link
}

/// Commits a version that follows the one at `name`.
fn edit(store: &Store, name: &str, text: &str) -> Link {
    let old = refs::get(store, name).unwrap().unwrap();
    let before: Note = store.read_node(&old).unwrap();
    let mut writer = store.writer().unwrap();
    let previous = vec![ByteBuf::from(old.digest.as_bytes())];
    let link = writer.node(&Note { text: text.to_owned(), previous, ..before }).unwrap();
    writer.commit(vec![set(name, link)]).unwrap();
    link
}

fn set(name: &str, link: Link) -> Change {
    Change { name: name.to_owned(), expected: Expected::Any, new: Some(link) }
}

fn get(store: &Store, name: &str) -> Option<Link> {
    refs::get(store, name).unwrap()
}

/// Every byte of `store` is sound and nothing that a ref needs is missing.
fn is_sound(store: &Store) {
    let report =
        fsck::check(store, &fsck::Options { read_data: true, partial: false }, &Silent).unwrap();
    assert_eq!(report.problems, vec![]);
}

/// Nothing of a refused transfer can be seen: no ref, no pack.
fn is_untouched(store: &Store) {
    assert_eq!(refs::list(store, "").unwrap(), vec![]);
    let packs = std::fs::read_dir(store.folder().join("packs")).unwrap();
    let packs = packs.filter(|entry| {
        entry.as_ref().unwrap().path().extension().is_some_and(|extension| extension == "pack")
    });
    assert_eq!(packs.count(), 0);
    is_sound(store);
}
