//! The program `git`, so that nothing in a repository, on the machine or in an address makes it do more than fetch.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{Read as _, Seek as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::image::Error;
use crate::image::build;
use crate::image::build::source::Fetching;

/// So long one command may take, and so much it may write.
const MAX_TIME: Duration = Duration::from_secs(3600);
const MAX_SIZE: u64 = 64 << 30;

/// How often is looked whether it is done, and how often how much it has written.
const PAUSE: Duration = Duration::from_millis(10);
const LOOK: Duration = Duration::from_secs(2);

/// Of what it says, so much is read.
const MAX_OUTPUT: u64 = 64 << 20;

/// Settings that go before all others, and that no repository changes.
const SETTINGS: [&str; 8] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.autocrlf=false",
    "core.attributesFile=/dev/null",
    "credential.helper=",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=30",
    "gc.auto=0",
];

/// How repositories behind `ssh:` are reached, where the user has no other way.
const SSH: &str = "ssh -o BatchMode=yes -o ConnectTimeout=30";

/// What is taken over from the environment.
const TAKEN: [&str; 14] = [
    "PATH",
    "SSH_AUTH_SOCK",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "USER",
    "LOGNAME",
];

/// Runs `git` in `folder`, which is also its home.
pub(super) struct Git<'a> {
    pub(super) fetching: &'a Fetching<'a>,
    pub(super) folder: &'a Path,
    /// As messages name it.
    pub(super) name: &'a str,
    /// A header that lets us in, for addresses that begin so.
    pub(super) header: Option<(String, String)>,
}

impl Git<'_> {
    /// Runs a command; returns what it says, or fails with what it complains of.
    pub(super) fn run(&self, arguments: &[&str]) -> Result<String, Error> {
        let io = |source| build::Error::io("run", "git")(source);
        let mut output = tempfile::tempfile_in(self.folder).map_err(io)?;
        let mut errors = tempfile::tempfile_in(self.folder).map_err(io)?;
        let mut command = self.command(arguments);
        command.stdout(output.try_clone().map_err(io)?);
        command.stderr(errors.try_clone().map_err(io)?);
        let child = command.spawn().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => build::Error::NoGit,
            _ => io(error),
        })?;
        let status = self.wait(Group(child))?;
        match status {
            true => text(&mut output),
            false => {
                let said = text(&mut errors)?;
                let reason = said.lines().rev().find(|line| !line.trim().is_empty());
                let fatal = said.lines().rev().find(|line| line.starts_with("fatal: "));
                let reason = fatal.or(reason).unwrap_or("it said nothing");
                let reason = reason.trim_start_matches("fatal: ").to_owned();
                Err(build::Error::Git { repository: self.name.to_owned(), reason }.into())
            }
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.env_clear().current_dir(self.folder).process_group(0).stdin(Stdio::null());
        let given = |name: &str| self.fetching.access.environment.get(OsStr::new(name));
        for name in TAKEN {
            if let Some(value) = given(name) {
                command.env(name, value);
            }
        }
        // Which key is meant only the user knows.
        let ssh = given("GIT_SSH_COMMAND").map_or(OsStr::new(SSH), OsString::as_os_str);
        command
            .env("HOME", self.folder)
            .env("LC_ALL", "C")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_ASKPASS", "true")
            .env("SSH_ASKPASS", "true")
            .env("GIT_ALLOW_PROTOCOL", "http:https:ssh:git")
            .env("GIT_SSH_COMMAND", ssh)
            .env("GIT_LFS_SKIP_SMUDGE", "1");
        if let Some((address, header)) = &self.header {
            // Not among the arguments, which everybody on the machine sees.
            command
                .env("GIT_CONFIG_COUNT", "1")
                .env("GIT_CONFIG_KEY_0", format!("http.{address}.extraHeader"))
                .env("GIT_CONFIG_VALUE_0", header);
        }
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command.args(arguments);
        command
    }

    fn wait(&self, mut child: Group) -> Result<bool, Error> {
        let io = |source| build::Error::io("run", "git")(source);
        let begun = Instant::now();
        let mut looked = begun;
        let fail = |reason: &str| -> Error {
            let (repository, reason) = (self.name.to_owned(), reason.to_owned());
            build::Error::Git { repository, reason }.into()
        };
        loop {
            if let Some(status) = child.0.try_wait().map_err(io)? {
                return Ok(status.success());
            }
            if (self.fetching.cancelled)() {
                return Err(build::Error::Cancelled.into());
            }
            if begun.elapsed() > MAX_TIME {
                return Err(fail("it took more than an hour"));
            }
            if looked.elapsed() > LOOK {
                if size(self.folder) > MAX_SIZE {
                    return Err(fail("it is larger than 64 GiB"));
                }
                looked = Instant::now();
            }
            thread::sleep(PAUSE);
        }
    }
}

/// A process and all that it has started; nothing of it stays.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        if let Ok(None) = self.0.try_wait() {
            let group = i32::try_from(self.0.id()).ok().and_then(rustix::process::Pid::from_raw);
            if let Some(group) = group {
                let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            }
            let _ = self.0.wait();
        }
    }
}

fn text(file: &mut File) -> Result<String, Error> {
    let io = |source| build::Error::io("read", "git")(source);
    let mut bytes = vec![];
    file.rewind().map_err(io)?;
    file.take(MAX_OUTPUT).read_to_end(&mut bytes).map_err(io)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Returns about how many bytes are below a folder; links are not followed.
fn size(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let sizes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(meta) if meta.is_dir() => size(&entry.path()),
        Ok(meta) => meta.len(),
        Err(_) => 0,
    });
    sizes.sum()
}
