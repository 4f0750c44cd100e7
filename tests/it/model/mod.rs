//! Mirrors `src/model`: calls the library.

mod formats;
mod mlmodel;
mod registry;
mod score;
mod search;

use mls::model::registry::NewVersion;
use mls::model::registry::{Version, create, register};
use mls::store::Store;

use crate::support::Sandbox;

/// A store whose clock can be read: it stands at noon.
fn sandbox() -> (Sandbox, Store) {
    let sandbox = Sandbox::fixed_with_store();
    let store = sandbox.open();
    (sandbox, store)
}

/// Registers a version of a model, which is made where it is not there.
fn registered(store: &Store, name: &str, source: &str) -> Version {
    if mls::model::registry::find(store, name).unwrap().is_none() {
        create(store, name, &Default::default()).unwrap();
    }
    register(store, name, &NewVersion { source: source.to_owned(), ..NewVersion::default() })
        .unwrap()
}
