//! What a container sees beside what `runc` shows in the same folder, with Docker's settings.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::{Command, Stdio};

use serde_json::json;

use super::{Root, run};
use crate::proof::tell;

const CAPABILITIES: [&str; 14] = [
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_FSETID",
    "CAP_FOWNER",
    "CAP_MKNOD",
    "CAP_NET_RAW",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETFCAP",
    "CAP_SETPCAP",
    "CAP_NET_BIND_SERVICE",
    "CAP_SYS_CHROOT",
    "CAP_KILL",
    "CAP_AUDIT_WRITE",
];

/// Returns what `runc` shows of `script`; nothing, having said why, where it does not run here.
fn runc(root: &Root, script: &str) -> Option<String> {
    let bundle = tempfile::tempdir().unwrap();
    let mount = |at: &str, kind: &str, options: &[&str]| json!({"destination": at, "type": kind, "source": kind, "options": options});
    let namespaces = ["pid", "ipc", "uts", "mount", "cgroup"].map(|kind| json!({"type": kind}));
    let config = json!({
        "ociVersion": "1.0.2",
        "process": {
            "user": {"uid": 0, "gid": 0}, "cwd": "/", "args": ["/bin/sh", "-c", script], "env": ["PATH=/bin"],
            "capabilities": {"bounding": CAPABILITIES, "effective": CAPABILITIES, "permitted": CAPABILITIES},
            "noNewPrivileges": false,
        },
        "root": {"path": root.path()},
        "hostname": "box",
        "mounts": [
            mount("/proc", "proc", &["nosuid", "noexec", "nodev"]),
            mount("/dev", "tmpfs", &["nosuid", "strictatime", "mode=755", "size=65536k"]),
            mount("/dev/pts", "devpts", &["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
            mount("/dev/shm", "tmpfs", &["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
            mount("/dev/mqueue", "mqueue", &["nosuid", "noexec", "nodev"]),
            mount("/sys", "sysfs", &["nosuid", "noexec", "nodev", "ro"]),
        ],
        "linux": {
            "namespaces": namespaces,
            "maskedPaths": ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
                "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/proc/asound"],
            "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
        },
    });
    fs::write(bundle.path().join("config.json"), config.to_string()).unwrap();
    let name = bundle.path().file_name().unwrap().to_str().unwrap().replace('.', "");
    let mut command = Command::new("runc");
    command.args(["run", &name]).current_dir(bundle.path()).stdin(Stdio::null());
    match command.output() {
        Ok(output) if output.status.success() => Some(String::from_utf8(output.stdout).unwrap()),
        Ok(output) => {
            tell(&format!("skipped: beside runc: {}", String::from_utf8_lossy(&output.stderr)));
            None
        }
        Err(error) => {
            tell(&format!("skipped: beside runc: {error}"));
            None
        }
    }
}

fn both(what: &str, script: &str) -> Option<(String, String)> {
    let root = Root::new(what)?;
    let theirs = runc(&root, script)?;
    Some((run(&root.sh(script)).ok(), theirs))
}

#[test]
fn c07_status_devices_variables_and_limits_are_those_of_runc() {
    let script = "grep -E '^(Uid|Gid|Groups|Cap|NoNew|NSpid)' /proc/self/status | sed 's/NSpid.*/NSpid/'; \
                  for d in /dev/*; do stat -c '%n %F %t %T %a %N' $d; done | grep -v mqueue; env | sort; hostname; pwd; umask; \
                  ls -1 /proc/self/fd | head -3; cat /proc/self/uid_map /proc/self/gid_map; sed 's/^.*: *//' /proc/1/comm; \
                  sed 's/.*://' /proc/self/cgroup | sort -u; grep -v 'processes' /proc/self/limits";
    let Some((ours, theirs)) = both("beside runc", script) else { return };
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let (ours, theirs) = (lines(&ours), lines(&theirs));
    let mut only: Vec<String> = ours.difference(&theirs).map(|line| format!("+ {line}")).collect();
    only.extend(theirs.difference(&ours).map(|line| format!("- {line}")));
    // Docker makes the link `core`, by a mount of its own; runc alone makes it where `/proc/kcore` is.
    only.retain(|line| !line.contains("/dev/core"));
    assert!(only.is_empty(), "{only:#?}");
}

#[test]
fn c06_mounts_are_those_of_runc_and_no_freer() {
    let script = "cut -d' ' -f5,6 /proc/self/mountinfo";
    let Some((ours, theirs)) = both("mounts beside runc", script) else { return };
    let table = |text: &str| -> BTreeMap<String, BTreeSet<String>> {
        let line = |line: &str| {
            let (place, options) = line.split_once(' ')?;
            let strict = options.split(',').filter(|word| word.starts_with("no") || *word == "ro");
            Some((place.to_owned(), strict.map(str::to_owned).collect()))
        };
        text.lines().filter_map(line).collect()
    };
    let (ours, theirs) = (table(&ours), table(&theirs));
    for (place, strict) in &theirs {
        let own = ours.get(place).unwrap_or_else(|| panic!("{place} is missing"));
        assert!(strict.is_subset(own), "{place}: {strict:?} {own:?}");
    }
    let only: Vec<&str> =
        ours.keys().filter(|place| !theirs.contains_key(*place)).map(String::as_str).collect();
    let expected = |place: &&str| {
        let device =
            ["null", "zero", "full", "random", "urandom", "tty"].map(|name| format!("/dev/{name}"));
        let file = ["/etc/hostname", "/etc/hosts", "/etc/resolv.conf", "/proc/interrupts"];
        device.iter().any(|name| name == place)
            || file.contains(place)
            || place.starts_with("/sys/")
    };
    assert!(only.iter().all(expected), "{only:?}");
}
