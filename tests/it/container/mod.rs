//! The room `container`: commands in boxes, compared with what `runc` makes of the same folder.

mod beside_runc;
mod devices;
mod escapes;
pub(crate) mod kills;
mod network;
mod rootless;
mod runs;

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use mls::container::{self, Error, Exit, Spec, Stream};

use crate::proof::tell;

/// A root folder with busybox, as small as one can be.
pub(crate) struct Root {
    /// Removed in the end, where it is ours.
    _top: Option<tempfile::TempDir>,
    path: PathBuf,
}

impl Root {
    /// Nothing, having said why, where this machine cannot run containers in these tests.
    pub(crate) fn new(what: &str) -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            tell(&format!("skipped: {what}: needs root"));
            return None;
        }
        let Some(busybox) = busybox() else {
            tell(&format!("skipped: {what}: no static `busybox`"));
            return None;
        };
        let top = tempfile::Builder::new().prefix("mls-box-").tempdir().unwrap();
        let root = Self { path: top.path().join("root"), _top: Some(top) };
        for folder in ["bin", "etc", "tmp", "root", "proc", "sys", "dev"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        fs::copy(busybox, root.path().join("bin/busybox")).unwrap();
        for name in APPLETS {
            symlink("busybox", root.path().join("bin").join(name)).unwrap();
        }
        fs::write(root.path().join("etc/passwd"), "root:x:0:0::/root:/bin/sh\nada:x:7:8::/tmp:\n")
            .unwrap();
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(root.path().join("tmp"), fs::Permissions::from_mode(0o1777)).unwrap();
        Some(root)
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.path.clone()
    }

    /// Returns one that another process made.
    pub(crate) fn at(path: &Path) -> Self {
        Self { _top: None, path: path.to_owned() }
    }

    /// Returns what runs `script` in it, as a builder would.
    pub(crate) fn sh(&self, script: &str) -> Spec {
        Spec {
            root: self.path(),
            args: ["/bin/sh", "-c", script].map(str::to_owned).to_vec(),
            env: vec!["PATH=/bin".to_owned()],
            cwd: "/".to_owned(),
            hostname: "box".to_owned(),
            ..Spec::default()
        }
    }
}

pub(crate) const APPLETS: &[&str] = &[
    "sh", "cat", "ls", "id", "env", "grep", "mount", "umount", "sleep", "mkdir", "chmod", "mknod",
    "dd", "true", "kill", "ps", "wc", "head", "yes", "stat", "rm", "touch", "ln", "unshare",
    "hostname", "pwd", "readlink", "find", "sort", "tr", "sed", "ip", "nproc", "chown", "echo",
    "su", "seq", "tail", "setsid", "mv", "ping", "df", "nc", "httpd", "route", "cut",
];

pub(crate) fn busybox() -> Option<&'static Path> {
    ["/bin/busybox", "/usr/bin/busybox"].map(Path::new).into_iter().find(|path| path.exists())
}

/// What came of a command.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) exit: Result<Exit, Error>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// Returns what the command said, which must have ended well.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert!(self.exit.as_ref().is_ok_and(|exit| exit.code() == 0), "{self:#?}");
        self.out
    }

    /// Returns the exit code as a shell shows it.
    #[track_caller]
    pub(crate) fn code(&self) -> i32 {
        self.exit.as_ref().unwrap_or_else(|error| panic!("{error:?}\n{self:?}")).code()
    }

    #[track_caller]
    pub(crate) fn error(&self) -> String {
        self.exit.as_ref().expect_err(&self.out).to_string()
    }
}

pub(crate) fn executable(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Tells whether a process with this command line runs anywhere on this machine.
pub(crate) fn on_this_machine(command: &str) -> bool {
    let wanted = command.replace(' ', "\0");
    fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        fs::read(entry.path().join("cmdline")).is_ok_and(|line| {
            String::from_utf8_lossy(&line).trim_end_matches('\0').ends_with(&wanted)
        })
    })
}

pub(crate) fn run(spec: &Spec) -> Ran {
    run_until(spec, &|| false)
}

pub(crate) fn run_until(spec: &Spec, cancelled: &dyn Fn() -> bool) -> Ran {
    run_with(Path::new(env!("CARGO_BIN_EXE_mls")), spec, cancelled)
}

/// Returns this program once more, to run one test that is ignored otherwise, on its first thread.
pub(crate) fn again(test: &str) -> std::process::Command {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--test-threads=1", "--nocapture"]);
    command
}

pub(crate) fn run_with(program: &Path, spec: &Spec, cancelled: &dyn Fn() -> bool) -> Ran {
    let (mut out, mut err) = (vec![], vec![]);
    let mut keep = |stream, bytes: &[u8]| match stream {
        Stream::Out => out.extend_from_slice(bytes),
        Stream::Err => err.extend_from_slice(bytes),
    };
    let exit = container::run_by(program, spec, &mut keep, cancelled);
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    Ran { exit, out: text(&out), err: text(&err) }
}
