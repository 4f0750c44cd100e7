//! What a command gets and what is heard of it.

use std::cell::Cell;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::time::{Duration, Instant};

use mls::container::{Error, Mount, Network, Source, User};

use super::{Root, run, run_until};

#[test]
fn a_command_ends_with_its_own_code_and_both_streams_come_apart() {
    let Some(root) = Root::new("a command in a container") else { return };
    let ran = run(&root.sh("echo out; echo err >&2; exit 42"));
    assert_eq!((ran.code(), ran.out.as_str(), ran.err.as_str()), (42, "out\n", "err\n"));
    let killed = run(&root.sh("sh -c 'kill -9 $$'; exit $?"));
    assert_eq!(killed.code(), 137);
}

#[test]
fn a_program_that_is_not_there_is_told_from_one_that_cannot_run() {
    let Some(root) = Root::new("programs in a container") else { return };
    let with = |program: &str| {
        let mut spec = root.sh("");
        spec.args = vec![program.to_owned()];
        run(&spec).exit.unwrap_err()
    };
    assert!(matches!(with("nothing-here"), Error::NoProgram(name) if name == "nothing-here"));
    assert!(matches!(with("/etc/passwd"), Error::NotRunnable { .. }));
    assert!(matches!(with("/etc"), Error::NotRunnable { .. }));
    assert!(matches!(with(""), Error::Invalid(_)));
    fs::write(root.path().join("bin/text"), "no program").unwrap();
    super::executable(&root.path().join("bin/text"));
    assert!(matches!(with("text"), Error::NotRunnable { .. }));
}

#[test]
fn much_output_and_a_given_input_arrive_whole() {
    let Some(root) = Root::new("output of a container") else { return };
    let mut spec = root.sh("cat; head -c 5000000 /dev/zero; echo end >&2");
    spec.stdin = b"given\n".to_vec();
    let ran = run(&spec);
    assert_eq!((ran.out.len(), ran.err.as_str()), (5_000_006, "end\n"));
    assert_eq!(run(&root.sh("cat")).ok(), "", "without one, the input is empty");
}

#[test]
fn a_user_that_is_not_root_has_no_rights_and_its_own_home() {
    let Some(root) = Root::new("users of a container") else { return };
    let mut spec = root
        .sh("id -u; id -G; echo $HOME; echo written > /dev/stdout; grep CapEff /proc/self/status");
    spec.user = User { uid: 7, gid: 8, groups: vec![9, 10] };
    let said = run(&spec).ok();
    assert_eq!(said, "7\n8 9 10\n/tmp\nwritten\nCapEff:\t0000000000000000\n");
}

#[test]
fn mounts_are_seen_inside_and_leave_nothing_behind() {
    let Some(root) = Root::new("mounts of a container") else { return };
    let host = tempfile::tempdir().unwrap();
    fs::write(host.path().join("file"), "of the host\n").unwrap();
    let before = fs::metadata(root.path().join("etc")).unwrap();
    let mut spec = root.sh(
        "cat /a/b/file; touch /a/b/new || echo ro; cat /run/secrets/key; stat -c %a:%u /run/secrets/key; \
         touch /scratch/x && df /scratch | tail -1 | tr -s ' ' | sed 's/ .*//'; mkdir -p /kept/deep; cat /etc/hostname",
    );
    let mount =
        |target: &str, source, read_only| Mount { target: target.to_owned(), source, read_only };
    spec.mounts = vec![
        mount("/a/b", Source::Bind(host.path().to_owned()), true),
        mount(
            "/run/secrets/key",
            Source::File { bytes: b"hidden\n".to_vec(), mode: 0o400, uid: 3, gid: 0 },
            true,
        ),
        mount(
            "/scratch",
            Source::Memory { size: Some(1 << 20), mode: 0o755, no_programs: false },
            false,
        ),
    ];
    let said = run(&spec).ok();
    assert_eq!(said, "of the host\nro\nhidden\n400:3\ntmpfs\nbox\n");
    let left: Vec<_> =
        fs::read_dir(root.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    for gone in ["a", "run", "scratch"] {
        assert!(!left.iter().any(|name| name == gone), "{left:?}");
    }
    assert!(root.path().join("kept/deep").exists());
    let names = |folder: &str| fs::read_dir(root.path().join(folder)).unwrap().count();
    assert_eq!((names("etc"), names("dev"), names("proc")), (1, 0, 0));
    let after = fs::metadata(root.path().join("etc")).unwrap();
    assert_eq!(before.mtime_nsec(), after.mtime_nsec(), "a folder of mounts keeps its time");
}

#[test]
fn a_network_of_its_own_has_a_loopback_and_nothing_else() {
    let Some(root) = Root::new("no network in a container") else { return };
    let mut spec = root.sh("ip -o link | wc -l; ping -c1 -W1 127.0.0.1 > /dev/null && echo up; cat /etc/hosts | grep here");
    spec.network = Network::None;
    spec.hosts = vec![("here".to_owned(), "10.1.2.3".parse().unwrap())];
    assert_eq!(run(&spec).ok(), "1\nup\n10.1.2.3\there\n");
}

#[test]
fn what_is_no_longer_wanted_ends_at_once_with_all_it_started() {
    let Some(root) = Root::new("a cancelled container") else { return };
    let asked = Cell::new(0);
    let cancelled = || {
        asked.set(asked.get() + 1);
        asked.get() > 4
    };
    let start = Instant::now();
    let ran = run_until(&root.sh("sleep 4321 & sleep 4321"), &cancelled);
    assert!(matches!(ran.exit, Err(Error::Cancelled)), "{ran:?}");
    assert!(start.elapsed() < Duration::from_secs(9));
    assert!(!super::on_this_machine("sleep 4321"));
}

#[test]
fn d10_what_a_command_leaves_running_is_gone_with_it() {
    let Some(root) = Root::new("daemons in a container") else { return };
    let ran = run(&root.sh("setsid sleep 4322 & (sleep 4322 &) ; kill -9 1; echo alive"));
    assert_eq!(ran.ok(), "alive\n", "the first process cannot be killed from inside");
    assert!(!super::on_this_machine("sleep 4322"));
}

#[test]
fn a_read_only_root_can_be_written_nowhere_but_in_mounts() {
    let Some(root) = Root::new("a read-only container") else { return };
    let mut spec = root.sh("touch /x 2>/dev/null || echo no; touch /tmp/x && echo yes; echo 1 > /dev/shm/y && echo yes");
    spec.read_only = true;
    spec.mounts = vec![Mount {
        target: "/tmp".to_owned(),
        source: Source::Memory { size: None, mode: 0o1777, no_programs: true },
        read_only: false,
    }];
    assert_eq!(run(&spec).ok(), "no\nyes\nyes\n");
}
