//! The same stores as in the folder above, and one of them reached through a hub: what holds there holds here.

mod balancer;
#[path = "../exchange.rs"]
mod exchange;
#[path = "../forged.rs"]
mod forged;
mod link;
mod many;
#[path = "../partial.rs"]
mod partial;
#[path = "../pull.rs"]
mod pull;
#[path = "../race.rs"]
mod race;
#[path = "../rogue.rs"]
mod rogue;

use std::ops::Deref;

use mls::server::{self, Hub};

use super::*;

/// Two stores, `here` and `hub`, of which `here` reaches the other one over HTTP.
struct Pair(super::Pair);

impl Pair {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let served = serve(make(folder.path(), "hub"));
        Self(super::Pair::in_folder(folder, Some(served)))
    }
}

impl Deref for Pair {
    type Target = super::Pair;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

fn serve(store: Store) -> Hub {
    server::start(store, &server::Options::default()).unwrap()
}
