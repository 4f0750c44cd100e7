//! Kills and failing calls during push and pull: both stores stay whole.

use super::faults::meet;
use super::kills::{Killer, payload};
use super::witness::Witness;
use super::{count, have, mls, succeed, tell};
use std::path::Path;

#[test]
fn x04_kills_during_push_leave_both_stores_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut witness = Witness::init(folder.path().join("store"));
    let remote = init_beside(&witness, folder.path());
    let mut killer = Killer::new("kills of push");
    let target = count(120, 9);
    while killer.kills < target {
        let bytes = payload(&mut killer.dice);
        witness.commit(&bytes);
        let before = killer.kills;
        killer.strike(&mut mls(&witness.store, &["push", "origin"]));
        if killer.kills > before {
            // The other side may be one run behind, but never broken.
            Witness::new(remote.clone()).check();
            succeed(&mut mls(&witness.store, &["push", "origin"]));
        }
        witness.check();
        witness.check_in(&remote);
    }
    witness.check_bytes(&remote, usize::MAX);
    tell(&format!(
        "proof: push kills={} pushed={} lost=0 corrupt=0",
        killer.kills,
        witness.acknowledged()
    ));
}

#[test]
fn x04_kills_during_pull_leave_both_stores_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut witness = Witness::init(folder.path().join("store"));
    let copy = folder.path().join("copy");
    witness.commit(b"one");
    let (from, to) = (witness.store.to_str().unwrap(), copy.to_str().unwrap());
    succeed(&mut mls(folder.path(), &["clone", from, to]));
    let mut killer = Killer::new("kills of pull");
    let target = count(80, 8);
    while killer.kills < target {
        let bytes = payload(&mut killer.dice);
        witness.commit(&bytes);
        let before = killer.kills;
        killer.strike(&mut mls(&copy, &["pull", "origin"]));
        if killer.kills > before {
            Witness::new(copy.clone()).check();
            succeed(&mut mls(&copy, &["pull", "origin"]));
        }
        witness.check_in(&copy);
    }
    witness.check();
    witness.check_bytes(&copy, usize::MAX);
    tell(&format!(
        "proof: pull kills={} pulled={} lost=0 corrupt=0",
        killer.kills,
        witness.acknowledged()
    ));
}

#[test]
fn x05_x06_every_write_call_of_push_may_fail() {
    if !have("strace", "faults in push") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut witness = Witness::init(folder.path().join("store"));
    let remote = init_beside(&witness, folder.path());
    let store = witness.store.clone();
    meet(
        "push",
        &store,
        &["push", "origin"],
        |dice| witness.commit(&dice.bytes(5_000)),
        || _ = Witness::new(remote.clone()).check(),
    );
    witness.check_in(&remote);
    witness.check();
}

#[test]
fn x05_x06_every_write_call_of_pull_may_fail() {
    if !have("strace", "faults in pull") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut witness = Witness::init(folder.path().join("store"));
    witness.commit(b"first");
    let copy = folder.path().join("copy");
    let (from, to) = (witness.store.to_str().unwrap(), copy.to_str().unwrap());
    succeed(&mut mls(folder.path(), &["clone", from, to]));
    meet(
        "pull",
        &copy,
        &["pull", "origin"],
        |dice| witness.commit(&dice.bytes(5_000)),
        || _ = Witness::new(copy.clone()).check(),
    );
    witness.check_in(&copy);
    witness.check();
}

pub(super) fn init_beside(witness: &Witness, folder: &Path) -> std::path::PathBuf {
    let remote = folder.join("remote");
    std::fs::create_dir_all(&remote).unwrap();
    succeed(&mut mls(&remote, &["init"]));
    succeed(&mut mls(&witness.store, &["remote", "add", "origin", remote.to_str().unwrap()]));
    remote
}
