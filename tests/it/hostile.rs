//! What a store may meet on a machine: folders that may only be read, locks of the dead, odd files, clocks that are wrong.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::Sandbox;

/// A sandbox with one run in its store.
fn with_run() -> Sandbox {
    let sandbox = Sandbox::with_store();
    sandbox.write("model.bin", b"weights");
    sandbox.ok(["-q", "commit-run", "-n", "first", "-m", "loss=0.5", "-a", "model.bin"]);
    sandbox
}

fn names(sandbox: &Sandbox) -> Vec<String> {
    let runs = sandbox.json(["runs"]);
    let runs = runs.as_array().unwrap().clone();
    runs.iter().map(|run| run["name"].as_str().unwrap().to_owned()).collect()
}

/// A mount that goes with its guard; none, with the reason told, where it cannot be made.
struct Mount(PathBuf);

impl Mount {
    fn read_only(path: &Path) -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            return None;
        }
        let mount = |options: &[&str]| {
            Command::new("mount").args(options).arg(path).arg(path).output().unwrap()
        };
        let bound = mount(&["--bind"]);
        if !bound.status.success() {
            crate::proof::tell(&format!(
                "skipped: read-only mount: {}",
                String::from_utf8_lossy(&bound.stderr).trim()
            ));
            return None;
        }
        let guard = Self(path.to_owned());
        let again = Command::new("mount").args(["-o", "remount,ro,bind"]).arg(path).output();
        again.unwrap().status.success().then_some(guard)
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn x07_a_store_that_may_only_be_read_answers_and_refuses_to_write() {
    let sandbox = with_run();
    sandbox.write("other.bin", b"more");
    let mount = Mount::read_only(&sandbox.store());
    if mount.is_none() {
        if rustix::process::geteuid().is_root() {
            return;
        }
        // Without root, permissions do what a mount does for root.
        chmod(&sandbox.store(), 0o555, 0o444);
    }
    assert_eq!(names(&sandbox), ["first"]);
    sandbox.ok(["checkout", "first", "model.bin", "out"]);
    assert_eq!(fs::read(out_file(&sandbox, "out", "model.bin")).unwrap(), b"weights");
    assert_eq!(sandbox.mls(["fsck", "--read-data"]).code(), 0);
    for write in [&["commit-run", "-a", "other.bin"][..], &["run-rm", "first"], &["gc"]] {
        let said = sandbox.mls(write);
        assert_eq!(said.code(), 4, "{write:?}: {said}");
        assert!(said.stderr().contains(".mlstore"), "the path is named: {said}");
    }
    match mount {
        Some(mount) => drop(mount),
        None => chmod(&sandbox.store(), 0o755, 0o644),
    }
    sandbox.ok(["commit-run", "-n", "second", "-a", "other.bin"]);
    assert_eq!(names(&sandbox), ["second", "first"]);
}

fn chmod(path: &Path, folder: u32, file: u32) {
    let is_folder = path.is_dir();
    if is_folder && folder & 0o200 != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(folder)).unwrap();
    }
    if is_folder {
        for entry in fs::read_dir(path).unwrap() {
            chmod(&entry.unwrap().path(), folder, file);
        }
    }
    let mode = if is_folder { folder } else { file };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A file checked out by its path lies in the folder, or is what was named.
fn out_file(sandbox: &Sandbox, folder: &str, name: &str) -> PathBuf {
    let folder = sandbox.path().join(folder);
    if folder.is_dir() { folder.join(name) } else { folder }
}

#[test]
fn x07_no_file_of_the_store_is_open_wider_than_the_umask_lets() {
    for (umask, forbidden) in [("077", 0o077), ("022", 0o022)] {
        let sandbox = Sandbox::new();
        sandbox.write("model.bin", vec![7; 2 << 20]);
        let script = format!("umask {umask}; \"$MLS\" init && \"$MLS\" commit-run -a model.bin");
        let mut shell = sandbox.program("sh");
        shell.args(["-c", &script]).env("MLS", env!("CARGO_BIN_EXE_mls"));
        assert_eq!(sandbox.finish(shell).code(), 0);
        let mut open = vec![sandbox.store()];
        while let Some(next) = open.pop() {
            let meta = fs::symlink_metadata(&next).unwrap();
            let mode = meta.permissions().mode();
            assert_eq!(mode & forbidden, 0, "{} is {mode:o} under {umask}", next.display());
            if meta.is_dir() {
                open.extend(fs::read_dir(&next).unwrap().map(|entry| entry.unwrap().path()));
            }
        }
    }
}

#[test]
fn x08_runs_of_a_wrong_clock_are_kept_and_nothing_young_is_collected() {
    let mut sandbox = with_run();
    const YEAR: i64 = 365 * 86_400_000;
    for (name, years) in [("past", -10), ("future", 10)] {
        sandbox.set_clock(crate::support::NOON + years * YEAR);
        sandbox.write("model.bin", name.as_bytes());
        sandbox.ok(["commit-run", "-n", name, "-a", "model.bin"]);
        sandbox.ok(["-y", "gc"]);
        assert_eq!(sandbox.mls(["fsck", "--read-data"]).code(), 0);
    }
    let mut found = names(&sandbox);
    found.sort();
    assert_eq!(found, ["first", "future", "past"]);
    for name in ["first", "future", "past"] {
        sandbox.ok(["checkout", name, &format!("out-{name}")]);
    }
}

#[test]
fn x10_locks_and_leases_of_the_dead_stop_nobody() {
    let sandbox = with_run();
    let incoming = sandbox.store().join("incoming");
    for (name, lease) in [
        ("1-0000000000000001", Some("1\n1\nmls commit-run\n")),
        ("99999999-0000000000000002", Some("")),
        ("2-0000000000000003", Some("half a li")),
        ("garbage", Some("\u{0}\u{0}\u{0}")),
        ("4-0000000000000004", None),
    ] {
        let folder = incoming.join(name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("left.pack"), vec![0; 5_000]).unwrap();
        if let Some(lease) = lease {
            fs::write(folder.join("lease"), lease).unwrap();
        }
    }
    sandbox.ok(["commit-run", "-n", "second", "-a", "model.bin"]);
    sandbox.ok(["-y", "gc", "--grace", "0s"]);
    assert_eq!(sandbox.mls(["fsck", "--read-data"]).code(), 0);
    assert_eq!(names(&sandbox), ["second", "first"]);
    assert!(!incoming.join("1-0000000000000001").exists(), "gc sweeps what the dead left");
}

#[test]
fn x10_a_stopped_writer_keeps_its_lease_and_stops_no_other() {
    let sandbox = with_run();
    // The command stops the mls that runs it, and goes on when it is told to.
    let script = "echo $PPID > pid; kill -STOP $PPID; until [ -e go ]; do sleep 0.05; done; kill -CONT $PPID";
    let mut command = sandbox.command(["commit-run", "-n", "slow", "-a", "model.bin"]);
    command.args(["--", "sh", "-c", script]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut slow = command.spawn().unwrap();
    while !sandbox.path().join("pid").exists() {
        std::thread::yield_now();
    }
    sandbox.ok(["commit-run", "-n", "second", "-a", "model.bin"]);
    sandbox.ok(["-y", "gc", "--grace", "0s"]);
    assert_eq!(sandbox.mls(["fsck", "--read-data"]).code(), 0);
    sandbox.write("go", b"");
    assert!(slow.wait().unwrap().success());
    assert_eq!(sandbox.mls(["fsck", "--read-data"]).code(), 0);
    sandbox.ok(["checkout", "slow", "out"]);
    assert_eq!(sandbox.read("out/model.bin"), b"weights");
}

#[test]
fn x11_what_is_no_plain_file_in_the_store_is_refused_and_left_alone() {
    let outside = tempfile::tempdir().unwrap();
    let precious = outside.path().join("precious");
    fs::write(&precious, b"precious").unwrap();
    for name in ["format", "meta.db", "config.toml", "packs", "incoming"] {
        for odd in ["link", "dangling", "fifo"] {
            let sandbox = with_run();
            let path = sandbox.store().join(name);
            let _ = fs::rename(&path, outside.path().join(format!("moved-{name}-{odd}")));
            match odd {
                "link" => std::os::unix::fs::symlink(&precious, &path).unwrap(),
                "dangling" => std::os::unix::fs::symlink(outside.path().join("no"), &path).unwrap(),
                _ => assert!(Command::new("mkfifo").arg(&path).status().unwrap().success()),
            }
            for args in [&["runs"][..], &["commit-run", "-a", "model.bin"], &["fsck"]] {
                let mut command = Command::new("timeout");
                command.args(["20", env!("CARGO_BIN_EXE_mls")]).args(args);
                command.current_dir(sandbox.path()).env("HOME", sandbox.home());
                let output = command.stdin(Stdio::null()).output().unwrap();
                let code = output.status.code();
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(
                    code.is_some_and(|code| code != 101 && code != 124),
                    "{name} {odd} {args:?}: {code:?} {said}"
                );
                // A listing need not touch what it does not read; a write must.
                if args[0] != "runs" && name != "config.toml" {
                    assert_ne!(code, Some(0), "{name} as {odd}: {args:?} went on");
                }
            }
            assert_eq!(fs::read(&precious).unwrap(), b"precious");
            assert!(!outside.path().join("no").exists(), "{name} as {odd} was written through");
        }
    }
}

#[test]
fn x13_proof_a_long_history_and_many_refs_are_read_without_recursion() {
    let sandbox = with_run();
    let count = crate::proof::count(2_000, 150);
    let script = "i=0; while [ $i -lt $0 ]; do \"$MLS\" -q run-edit first -t n=$i >/dev/null || exit 1; i=$((i+1)); done";
    let mut shell = sandbox.program("sh");
    shell.args(["-c", script, &count.to_string()]).env("MLS", env!("CARGO_BIN_EXE_mls"));
    assert_eq!(sandbox.finish(shell).code(), 0);
    assert_eq!(sandbox.mls(["fsck", "--read-data"]).code(), 0);
    let log = sandbox.json(["log", "-n", "1000000"]);
    assert!(log.as_array().unwrap().len() > count);
    let packs = fs::read_dir(sandbox.store().join("packs")).unwrap().count();
    assert!(packs < 60, "{packs} files in packs/");
}
