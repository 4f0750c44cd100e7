//! A folder of its own for each test, and the built `mls` in it.

pub(crate) mod protobuf;
pub(crate) mod proxy;
pub(crate) mod recorded;
pub(crate) mod registry;
mod said;
mod served;
mod trained;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub(crate) use said::Said;
pub(crate) use served::{Reply, Served};
pub(crate) use trained::Trained;

/// When the clock of [`Sandbox::fixed`] stands still: 2026-11-22T12:00:00Z.
pub(crate) const NOON: i64 = 1_795_348_800_000;

/// Returns how long this thread has had a processor: what it takes does not depend on what else the machine does. Where the
/// system does not say, nothing.
pub(crate) fn busy() -> std::time::Duration {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = stat.split(' ').next().and_then(|nanos| nanos.parse().ok());
    std::time::Duration::from_nanos(nanos.unwrap_or(0))
}

/// A throw-away folder to run `mls` in, with a home of its own and no settings of the person who runs the tests.
#[derive(Debug)]
pub(crate) struct Sandbox {
    top: tempfile::TempDir,
    clock: Option<i64>,
}

impl Sandbox {
    /// Makes an empty folder; there is no store in it.
    pub(crate) fn new() -> Self {
        let top = tempfile::Builder::new().prefix("mls-it-").tempdir().unwrap();
        fs::create_dir(top.path().join("work")).unwrap();
        fs::create_dir(top.path().join("home")).unwrap();
        Self { top, clock: None }
    }

    /// As [`Self::new`], and the clock of every `mls` in it stands at [`NOON`].
    pub(crate) fn fixed() -> Self {
        Self { clock: Some(NOON), ..Self::new() }
    }

    /// Makes a folder with a store in it.
    pub(crate) fn with_store() -> Self {
        let sandbox = Self::new();
        sandbox.ok(["init"]);
        sandbox
    }

    /// As [`Self::fixed`], with a store in it.
    pub(crate) fn fixed_with_store() -> Self {
        let sandbox = Self::fixed();
        sandbox.ok(["init"]);
        sandbox
    }

    /// Moves the fixed clock.
    pub(crate) fn set_clock(&mut self, millis: i64) {
        self.clock = Some(millis);
    }

    /// Returns the folder that `mls` starts in.
    pub(crate) fn path(&self) -> PathBuf {
        self.top.path().join("work")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.top.path().join("home")
    }

    /// Returns the store's folder.
    pub(crate) fn store(&self) -> PathBuf {
        self.path().join(".mlstore")
    }

    /// Writes the file `name`, folders above it included, whatever was there before.
    pub(crate) fn write(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn read(&self, name: impl AsRef<Path>) -> Vec<u8> {
        fs::read(self.path().join(name)).unwrap()
    }

    /// Returns `mls` with `args`, ready to be started in this folder.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = self.program(env!("CARGO_BIN_EXE_mls"));
        command.args(args);
        if let Some(clock) = self.clock {
            command.env("MLS_TEST_CLOCK", clock.to_string());
        }
        command
    }

    /// Returns any program, ready to be started in this folder with this sandbox's environment.
    pub(crate) fn program(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.home())
            .env("USER", "ada")
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("TZ", "UTC")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "Ada")
            .env("GIT_AUTHOR_EMAIL", "ada@example.com")
            .env("GIT_AUTHOR_DATE", "2026-11-22T12:00:00Z")
            .env("GIT_COMMITTER_NAME", "Ada")
            .env("GIT_COMMITTER_EMAIL", "ada@example.com")
            .env("GIT_COMMITTER_DATE", "2026-11-22T12:00:00Z")
            .stdin(Stdio::null());
        command
    }

    /// Runs `mls` with `args`.
    pub(crate) fn mls<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Said {
        self.finish(self.command(args))
    }

    /// Runs a prepared command to its end.
    pub(crate) fn finish(&self, mut command: Command) -> Said {
        Said::new(command.output().unwrap(), self.top.path())
    }

    /// Runs `mls` with `args`, which must succeed; returns its stdout without the last line end.
    pub(crate) fn ok<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> String {
        let said = self.mls(args);
        assert_eq!(said.code(), 0, "{said}");
        said.stdout().trim_end_matches('\n').to_owned()
    }

    /// Runs `mls --format json` with `args`, which must succeed; returns its answer.
    pub(crate) fn json<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
    ) -> serde_json::Value {
        let mut command = self.command(["--format", "json"]);
        command.args(args);
        let said = self.finish(command);
        assert_eq!(said.code(), 0, "{said}");
        serde_json::from_str(&said.stdout()).unwrap()
    }

    /// Runs git with `args`, which must succeed.
    pub(crate) fn git<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> String {
        let mut command = self.program("git");
        command.args(args);
        let said = self.finish(command);
        assert_eq!(said.code(), 0, "{said}");
        said.stdout()
    }
}
