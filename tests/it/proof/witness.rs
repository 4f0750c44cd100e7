//! What the driver remembers outside the store: every run whose command ended with 0, and the bytes it was given.

use super::{describe, mls, succeed};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One acknowledged run: its id as printed, and the artifact it was given.
struct Acknowledged {
    id: String,
    artifact: PathBuf,
}

/// Keeps the acknowledged log of one store; `store` may lie on a disk that is about to fail, `outside` does not.
pub(super) struct Witness {
    outside: tempfile::TempDir,
    pub(super) store: PathBuf,
    acknowledged: Vec<Acknowledged>,
    made: usize,
}

/// A run that is about to be recorded.
pub(super) struct Attempt {
    pub(super) command: Command,
    artifact: PathBuf,
}

impl Witness {
    pub(super) fn new(store: PathBuf) -> Self {
        let outside = tempfile::tempdir().unwrap();
        Self { outside, store, acknowledged: Vec::new(), made: 0 }
    }

    pub(super) fn init(store: PathBuf) -> Self {
        let witness = Self::new(store);
        std::fs::create_dir_all(&witness.store).unwrap();
        succeed(&mut mls(&witness.store, &["init"]));
        witness
    }

    pub(super) fn acknowledged(&self) -> usize {
        self.acknowledged.len()
    }

    /// Takes back what was acknowledged after the first `count`.
    pub(super) fn forget_from(&mut self, count: usize) {
        self.acknowledged.truncate(count);
    }

    /// Returns the command that records `bytes` as an artifact of a new run.
    pub(super) fn attempt(&mut self, bytes: &[u8]) -> Attempt {
        self.made += 1;
        let number = self.made.to_string();
        let artifact = self.outside.path().join(format!("a{number}.bin"));
        std::fs::write(&artifact, bytes).unwrap();
        let (metric, param) = (format!("loss=0.{number}@{number}"), format!("i={number}"));
        let name = format!("run-{number}");
        let mut command = mls(
            &self.store,
            &["-q", "commit-run", "-e", "proof", "-n", &name, "-p", &param, "-m", &metric, "-a"],
        );
        command.arg(&artifact);
        Attempt { command, artifact }
    }

    /// Records one run and notes it, or fails the test.
    #[track_caller]
    pub(super) fn commit(&mut self, bytes: &[u8]) {
        let mut attempt = self.attempt(bytes);
        let output = succeed(&mut attempt.command);
        self.acknowledge(&attempt, &output.stdout);
    }

    /// Notes that `attempt` ended with 0 and printed `stdout`.
    #[track_caller]
    pub(super) fn acknowledge(&mut self, attempt: &Attempt, stdout: &[u8]) {
        let id = String::from_utf8_lossy(stdout).trim().to_owned();
        assert!(id.len() >= 12, "no run id: {id:?}");
        self.acknowledged.push(Acknowledged { id, artifact: attempt.artifact.clone() });
    }

    /// Fails unless `folder` (a store that must hold everything acknowledged) is whole. Returns the number of runs in it.
    #[track_caller]
    pub(super) fn check_in(&self, folder: &Path) -> usize {
        let fsck = mls(folder, &["fsck", "--read-data"]).output().unwrap();
        assert!(fsck.status.success(), "fsck of {}: {}", folder.display(), describe(&fsck));
        let listed = succeed(&mut mls(folder, &["runs", "-n", "1000000", "--format", "json"]));
        let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
        let listed: BTreeSet<&str> =
            listed.as_array().unwrap().iter().filter_map(|run| run["id"].as_str()).collect();
        let lost: Vec<&str> = self
            .acknowledged
            .iter()
            .map(|run| run.id.as_str())
            .filter(|id| !listed.iter().any(|full| full.starts_with(id)))
            .collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?} of {}", listed.len());
        listed.len()
    }

    #[track_caller]
    pub(super) fn check(&self) -> usize {
        self.check_in(&self.store)
    }

    /// Fails unless the artifacts of the last `count` acknowledged runs come back byte by byte.
    #[track_caller]
    pub(super) fn check_bytes(&self, folder: &Path, count: usize) {
        for run in self.acknowledged.iter().rev().take(count) {
            let out = tempfile::tempdir_in(self.outside.path()).unwrap();
            let name = run.artifact.file_name().unwrap();
            let mut command = mls(folder, &["checkout", &run.id]);
            command.arg(name).arg(out.path());
            succeed(&mut command);
            let read = std::fs::read(find(out.path(), name)).unwrap();
            let written = std::fs::read(&run.artifact).unwrap();
            assert!(read == written, "wrong bytes for {}", run.id);
        }
    }
}

/// A file checked out by its path lies in the folder itself or under that path.
fn find(folder: &Path, name: &std::ffi::OsStr) -> PathBuf {
    let direct = folder.join(name);
    if direct.is_file() { direct } else { folder.to_path_buf() }
}
