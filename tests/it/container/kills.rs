//! Whoever is killed, and whenever: nothing of a container is left.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use mls::container::Error;

use super::{Root, again, run};
use crate::proof::{count, tell};

/// How the caller, which is this program once more, knows what to run.
const ROOT: &str = "MLS_TEST_BOX";

/// Not a test: the caller that is killed.
#[test]
#[ignore = "started by the tests beside it"]
fn caller() {
    let Some(path) = std::env::var_os(ROOT) else { return };
    mls::container::enter_namespace().unwrap();
    let mut spec = Root::at(Path::new(&path)).sh("touch /begun; sleep 4330 & sleep 4330");
    spec.root = path.into();
    let _ = run(&spec);
}

fn start(root: &Root, folder: &Path) -> Child {
    let mut command: Command = again("container::kills::caller");
    command.env(ROOT, root.path()).current_dir(folder);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Returns the processes that work in `folder`, as helpers of a caller there do.
fn working_in(folder: &Path) -> Vec<i32> {
    let in_it = |pid: i32| fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == folder);
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| in_it(*pid)).collect()
}

#[track_caller]
pub(crate) fn soon(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(20), "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Returns the control groups whose maker is gone.
fn abandoned_groups() -> Vec<String> {
    let mut found = vec![];
    for controller in ["pids", "memory", "."] {
        let top = Path::new("/sys/fs/cgroup").join(controller);
        for entry in fs::read_dir(top).into_iter().flatten().flatten() {
            let name = entry.file_name().into_string().unwrap();
            let pid = name
                .strip_prefix("mls-")
                .and_then(|name| name.split('-').next().map(str::to_owned));
            if pid.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
                found.push(name);
            }
        }
    }
    found
}

/// Fails unless the control groups whose maker is gone by now are removed by what comes next; those of other tests come
/// and go meanwhile.
#[track_caller]
pub(crate) fn groups_go(mut next: impl FnMut()) {
    let mut left = abandoned_groups();
    soon("groups are removed", || {
        if !left.is_empty() {
            next();
            let there = abandoned_groups();
            left.retain(|group| there.contains(group));
        }
        left.is_empty()
    });
}

fn kill(pid: i32) {
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
}

#[test]
fn c12_proof_a_caller_killed_at_any_moment_leaves_nothing() {
    let Some(root) = Root::new("C12: kills") else { return };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap();
    let tries = count(400, 25);
    for number in 0..tries {
        let mut caller = start(&root, &folder);
        thread::sleep(Duration::from_micros(number as u64 * 120_000 / tries as u64));
        caller.kill().unwrap();
        caller.wait().unwrap();
        soon("the helper ends", || working_in(&folder).is_empty());
    }
    soon("its command is gone", || !super::on_this_machine("sleep 4330"));
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    assert!(!mounts.contains("mls-box-"), "{mounts}");
    groups_go(|| drop(run(&root.sh("true"))));
    tell(&format!("proof: kills of callers: {tries}, left: 0"));
}

#[test]
fn c12_a_killed_helper_takes_its_container_along_and_is_told_of() {
    let Some(root) = Root::new("C12: killed helper") else { return };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap();
    let mut caller = start(&root, &folder);
    soon("the command begins", || root.path().join("begun").exists());
    for pid in working_in(&folder).into_iter().filter(|pid| *pid != caller.id() as i32) {
        kill(pid);
    }
    soon("the caller ends", || caller.try_wait().unwrap().is_some());
    soon("its command is gone", || !super::on_this_machine("sleep 4330"));
    // What the helper could not remove is removed by the next.
    groups_go(|| drop(run(&root.sh("true"))));
}

#[test]
fn c02_the_helper_runs_from_where_nobody_may_write() {
    let Some(root) = Root::new("C02: the helper") else { return };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap();
    let mut caller = start(&root, &folder);
    soon("the command begins", || root.path().join("begun").exists());
    let helper = working_in(&folder).into_iter().find(|pid| *pid != caller.id() as i32).unwrap();
    let how = rustix::fs::OFlags::PATH | rustix::fs::OFlags::CLOEXEC;
    let held =
        rustix::fs::open(format!("/proc/{helper}/exe"), how, rustix::fs::Mode::empty()).unwrap();
    caller.kill().unwrap();
    caller.wait().unwrap();
    soon("the helper ends", || working_in(&folder).is_empty());
    // As the attack does it: by a descriptor that is kept until the program no longer runs.
    let flags = rustix::fs::fstatvfs(&held).unwrap().f_flag;
    assert!(flags.contains(rustix::fs::StatVfsMountFlags::RDONLY), "{flags:?}");
    let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&held));
    assert!(fs::OpenOptions::new().write(true).open(path).is_err());
}

#[test]
fn a_helper_that_is_no_helper_is_told_of() {
    let Some(root) = Root::new("a wrong helper") else { return };
    let ran = super::run_with(Path::new("/bin/true"), &root.sh("true"), &|| false);
    assert!(matches!(ran.exit, Err(Error::Lost)), "{ran:?}");
}
