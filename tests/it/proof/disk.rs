//! Disks and limits that are really full: RLIMIT_FSIZE and a small tmpfs.

use super::witness::Witness;
use super::{Dice, count, describe, have, isolate, mls, root, tell};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Runs `mls` so that no file may grow over `limit` bytes.
fn limited(folder: &Path, limit: u64, args: &[String]) -> Output {
    let mut command = Command::new("prlimit");
    command.arg(format!("--fsize={limit}")).arg(env!("CARGO_BIN_EXE_mls")).args(args);
    isolate(&mut command, folder);
    command.output().unwrap()
}

fn arguments(command: &Command) -> Vec<String> {
    command.get_args().map(|arg| arg.to_str().unwrap().to_owned()).collect()
}

#[test]
fn x05_a_file_size_limit_is_no_space_and_the_store_stays_whole() {
    if !have("prlimit", "file size limits") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut witness = Witness::init(folder.path().join("store"));
    witness.commit(b"before");
    let mut dice = Dice::new("file size limits");
    let mut refused = 0;
    for _ in 0..count(60, 10) {
        let bytes = dice.bytes(700_000);
        let attempt = witness.attempt(&bytes);
        let limit = dice.below(1 << 20);
        let args = arguments(&attempt.command);
        let output = limited(&witness.store, limit, &args);
        match output.status.code() {
            Some(0) => witness.acknowledge(&attempt, &output.stdout),
            Some(8) => refused += 1,
            _ => panic!("limit {limit}: {}", describe(&output)),
        }
        witness.check();
        witness.commit(&bytes);
    }
    assert!(refused > 0, "no limit was ever met");
    witness.check_bytes(&witness.store, usize::MAX);
    tell(&format!("proof: file-size-limits refused={refused} lost=0 corrupt=0"));
}

/// A mounted tmpfs that goes with its guard.
pub(crate) struct Mounted(pub(crate) PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

pub(crate) fn tmpfs(at: PathBuf, options: &str) -> Option<Mounted> {
    std::fs::create_dir_all(&at).unwrap();
    let output = Command::new("mount")
        .args(["-t", "tmpfs", "-o", options, "tmpfs"])
        .arg(&at)
        .output()
        .unwrap();
    if !output.status.success() {
        tell(&format!("skipped: small tmpfs: {}", String::from_utf8_lossy(&output.stderr).trim()));
        return None;
    }
    Some(Mounted(at))
}

#[test]
fn x05_a_full_disk_refuses_keeps_everything_and_recovers() {
    if !root("small tmpfs") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice::new("full disk");
    let mut refused = 0;
    for round in 0..count(12, 2) {
        let Some(disk) = tmpfs(folder.path().join(format!("disk{round}")), "size=6m") else {
            return;
        };
        let mut witness = Witness::init(disk.0.join("store"));
        let bytes = dice.bytes(600_000);
        witness.commit(&bytes);
        loop {
            let bytes = dice.bytes(100_000 + 600_000 * (round % 2));
            let mut attempt = witness.attempt(&bytes);
            let output = attempt.command.output().unwrap();
            match output.status.code() {
                Some(0) => witness.acknowledge(&attempt, &output.stdout),
                Some(8) => break,
                _ => panic!("{}", describe(&output)),
            }
        }
        refused += 1;
        // The very last pages too, and still everything can be read and gc runs.
        let _ = std::fs::write(disk.0.join("filler"), vec![1; 8 << 20]);
        witness.check();
        let gc = mls(&witness.store, &["-y", "gc", "--grace", "0s"]).output().unwrap();
        assert!(matches!(gc.status.code(), Some(0 | 8)), "{}", describe(&gc));
        witness.check();
        std::fs::remove_file(disk.0.join("filler")).unwrap();
        let grow =
            Command::new("mount").args(["-o", "remount,size=12m"]).arg(&disk.0).status().unwrap();
        assert!(grow.success());
        witness.commit(&bytes);
        witness.check();
        witness.check_bytes(&witness.store, usize::MAX);
    }
    tell(&format!("proof: full-disks={refused} lost=0 corrupt=0"));
}

#[test]
fn x05_a_disk_without_inodes_refuses_and_recovers() {
    if !root("disk without inodes") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = tmpfs(folder.path().join("disk"), "size=32m,nr_inodes=60") else { return };
    let mut witness = Witness::init(disk.0.join("store"));
    witness.commit(b"before");
    let mut taken = 0;
    while std::fs::write(disk.0.join(format!("f{taken}")), b"").is_ok() {
        taken += 1;
    }
    let mut attempt = witness.attempt(b"during");
    let output = attempt.command.output().unwrap();
    match output.status.code() {
        Some(0) => witness.acknowledge(&attempt, &output.stdout),
        Some(8) => {}
        _ => panic!("{}", describe(&output)),
    }
    for number in 0..taken {
        std::fs::remove_file(disk.0.join(format!("f{number}"))).unwrap();
    }
    witness.commit(b"after");
    witness.check();
    witness.check_bytes(&witness.store, usize::MAX);
}
