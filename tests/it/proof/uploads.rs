//! A hub that is killed, or whose disk is full, in the middle of an upload.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::disk::tmpfs;
use super::{Dice, count, describe, isolate, mls, root, succeed, tell};
use crate::support::proxy::{Harm, Proxy};

/// A hub in a process of its own.
pub(super) struct Hub {
    child: Child,
    pub(super) address: SocketAddr,
}

impl Hub {
    pub(super) fn start(folder: &Path, more: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mls"));
        command.args(["hub", "--port", "0"]).args(more);
        isolate(&mut command, folder);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("a hub says where it listens").unwrap();
            if let Some((_, address)) = line.split_once("http://") {
                break address.trim().parse().unwrap();
            }
        };
        Self { child, address }
    }

    pub(super) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn make(folder: &Path, name: &str) -> std::path::PathBuf {
    let store = folder.join(name);
    std::fs::create_dir_all(&store).unwrap();
    succeed(&mut mls(&store, &["init"]));
    store
}

fn set_remote(store: &Path, url: &str) {
    let _ = mls(store, &["remote", "rm", "origin"]).output().unwrap();
    succeed(&mut mls(store, &["remote", "add", "origin", url]));
}

fn record(store: &Path, dice: &mut Dice, size: usize) {
    std::fs::write(store.join("data.bin"), dice.bytes(size)).unwrap();
    succeed(&mut mls(store, &["commit-run", "-q", "-m", "acc=1", "-a", "data.bin"]));
}

#[test]
fn s09_a_hub_killed_in_the_middle_of_an_upload_takes_over_what_it_had() {
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice::new("killed uploads");
    let mut resumed = 0;
    for round in 0..count(10, 2) {
        let here = make(folder.path(), &format!("here{round}"));
        let there = make(folder.path(), &format!("there{round}"));
        record(&here, &mut dice, 6_000_000);
        let hub = Hub::start(&there, &[]);
        let at = 800_000 + dice.below(1_500_000);
        let stuck = Proxy::new(hub.address, Harm::Dead(at));
        set_remote(&here, &stuck.url());
        let failed = mls(&here, &["push"]).output().unwrap();
        assert_eq!(failed.status.code(), Some(9), "{}", describe(&failed));
        hub.kill();
        let hub = Hub::start(&there, &[]);
        let rest = Proxy::new(hub.address, Harm::None);
        set_remote(&here, &rest.url());
        succeed(&mut mls(&here, &["push"]));
        resumed += u64::from(rest.passed() < 3_000_000);
        hub.kill();
        succeed(&mut mls(&there, &["fsck", "--read-data"]));
        let runs = succeed(&mut mls(&there, &["runs", "--format", "json"]));
        assert!(String::from_utf8_lossy(&runs.stdout).contains("\"acc\""));
    }
    tell(&format!("proof: http uploads killed={} resumed={resumed} lost=0", count(10, 2)));
    assert!(resumed > 0, "no upload was taken over");
}

#[test]
fn x05_a_full_disk_under_a_hub_is_told_and_moves_nothing() {
    if !root("small tmpfs under a hub") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice::new("full hub");
    let Some(disk) = tmpfs(folder.path().join("disk"), "size=4m") else { return };
    let (here, there) = (make(folder.path(), "here"), make(&disk.0, "there"));
    record(&here, &mut dice, 8_000_000);
    let hub = Hub::start(&there, &[]);
    set_remote(&here, &format!("http://{}", hub.address));
    let failed = mls(&here, &["push"]).output().unwrap();
    assert_eq!(failed.status.code(), Some(8), "{}", describe(&failed));
    let grow = Command::new("mount").args(["-o", "remount,size=40m"]).arg(&disk.0).status();
    assert!(grow.unwrap().success());
    succeed(&mut mls(&here, &["push"]));
    hub.kill();
    succeed(&mut mls(&there, &["fsck", "--read-data"]));
}
