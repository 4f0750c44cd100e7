//! Mirrors `src/image/pull` and `src/image/push`: against a scripted registry, and against Debian's.

mod forms;
mod hostile;
pub(crate) mod real;
mod rehearsed;
mod roundtrip;

use mls::base::Silent;
use mls::image::{Error, pull, push};
use mls::remote::registry::Reference;
use mls::store::{Store, fsck, refs};

use crate::remote::registry::access;
use crate::store::store;
use crate::support::registry::FakeRegistry;

/// A tar with one file.
pub(crate) fn tar(name: &str, content: &[u8]) -> Vec<u8> {
    let mut tar = tar::Builder::new(vec![]);
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    tar.append_data(&mut header, name, content).unwrap();
    tar.into_inner().unwrap()
}

fn name(registry: &FakeRegistry, rest: &str) -> Reference {
    format!("{}/{rest}", registry.host()).parse().unwrap()
}

fn pull_from(store: &Store, registry: &FakeRegistry, rest: &str) -> Result<pull::Pulled, Error> {
    let options = pull::Options { platform: platform("linux/amd64"), all_platforms: false };
    pull::pull(store, &name(registry, rest), &access(None), &options, &Silent)
}

fn platform(text: &str) -> Option<mls::image::platform::Platform> {
    use mls::image::platform::Platform;
    Platform::parse(text, &Platform::host())
}

fn push_to(
    store: &Store,
    pulled: &pull::Pulled,
    to: &Reference,
    compression: Option<mls::image::layer::Compression>,
) -> Result<push::Pushed, Error> {
    let options = push::Options { compression, ..push::Options::default() };
    push::push(store, &pulled.link, to, &access(None), &options, &Silent)
}

pub(crate) fn is_sound(store: &Store) {
    let options = fsck::Options { read_data: true, partial: false };
    assert_eq!(fsck::check(store, &options, &Silent).unwrap().problems, vec![]);
}

/// Nothing of a refused pull can be seen.
fn is_untouched(store: &Store) {
    assert_eq!(refs::list(store, "").unwrap(), vec![]);
    is_sound(store);
}

pub(crate) fn tempdir_store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    (folder, store)
}
