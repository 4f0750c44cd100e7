//! The same for an ordinary user: as root of a user namespace.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;

use super::{Root, again, run};
use crate::proof::tell;

const ROOT: &str = "MLS_TEST_BOX_OF_USER";
/// Nobody's number on any machine this is likely to run on.
const USER: u32 = 15_000;

/// Not a test: what the ordinary user runs.
#[test]
#[ignore = "started by the test beside it"]
fn user() {
    let Some(path) = std::env::var_os(ROOT) else { return };
    let said = match mls::container::enter_namespace() {
        Err(error) => error.to_string(),
        Ok(()) => {
            let mut spec = Root::at(Path::new(&path)).sh(
                "id -u; grep -E '^(CapEff|NoNew|Seccomp:)' /proc/self/status | tr '\\t' ' '; \
                 cat /proc/self/uid_map | tr -s ' '; touch /mine /etc/mine; echo x > /dev/null && echo null; \
                 chmod 600 /dev/null 2>/dev/null || echo kept; ls /sys/fs/cgroup | wc -l; echo /proc/[0-9]*",
            );
            spec.root = path.clone().into();
            let first = run(&spec);
            spec.limits.memory = Some(1 << 20);
            let limited =
                run(&spec).exit.map(|exit| exit.code()).map_err(|error| error.to_string());
            format!("{first:?}\nlimited {limited:?}")
        }
    };
    fs::write(Path::new(&path).join("said"), said).unwrap();
}

fn give(path: &Path) {
    chown(path, Some(USER), Some(USER)).unwrap();
    if path.is_dir() && !path.is_symlink() {
        fs::read_dir(path).unwrap().for_each(|entry| {
            if !entry.as_ref().unwrap().path().is_symlink() {
                give(&entry.unwrap().path());
            }
        });
    }
}

#[test]
fn an_ordinary_user_has_containers_with_fewer_rights() {
    let Some(root) = Root::new("containers of an ordinary user") else { return };
    fs::set_permissions(root.path().parent().unwrap(), fs::Permissions::from_mode(0o755)).unwrap();
    give(&root.path());
    // The test program has threads of its own, and so cannot make the namespace itself as `mls` does.
    let inner = again("container::rootless::user");
    let mut command = std::process::Command::new("unshare");
    command.args(["--user", "--map-root-user"]).arg(inner.get_program()).args(inner.get_args());
    command.env(ROOT, root.path()).current_dir("/").uid(USER).gid(USER);
    let Ok(output) = command.output() else {
        return tell("skipped: containers of an ordinary user: it cannot reach this program");
    };
    let Ok(said) = fs::read_to_string(root.path().join("said")) else {
        let why = String::from_utf8_lossy(&output.stderr);
        return tell(&format!("skipped: containers of an ordinary user: {}", why.trim()));
    };
    let expected = "0\\nCapEff: 00000000a80425fb\\nNoNewPrivs: 1\\nSeccomp: 2\\n 0 15000 1\\nnull\\nkept\\n0\\n/proc/1\\n";
    assert!(said.contains(expected), "{said}");
    let owner = fs::metadata(root.path().join("etc/mine")).unwrap();
    assert_eq!(std::os::unix::fs::MetadataExt::uid(&owner), USER);
    let limited = said.lines().last().unwrap();
    assert!(
        limited.contains("a limit for memory cannot be had here") || limited.contains("Ok("),
        "{said}"
    );
}

#[test]
fn doctor_tells_an_ordinary_user_what_it_can_have() {
    if !rustix::process::geteuid().is_root() {
        return tell("skipped: doctor for an ordinary user: needs root to become one");
    }
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_mls"));
    command.args(["doctor", "--format", "json"]).current_dir("/").env_clear().uid(USER).gid(USER);
    let Ok(output) = command.output() else {
        return tell("skipped: doctor for an ordinary user: it cannot reach this program");
    };
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let of = |name: &str| {
        found.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone()
    };
    let (containers, users) = (of("containers"), of("users"));
    if containers["ok"] == true {
        assert_eq!(containers["detail"], "as root of a user namespace");
        assert_eq!(users["detail"], "a container has one user");
    } else {
        assert!(containers["hint"].is_string(), "{containers}");
    }
    assert!(users["hint"].as_str().unwrap().contains("uidmap"), "{users}");
}
