//! What a container tries in order to get out, and what it sees of the host: rows C of the list of abuse.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use mls::container::{Error, Limits, Mount, Source};

use super::{Root, run};
use crate::proof::count;

#[test]
fn c01_no_descriptor_comes_along_and_no_folder_outside_can_be_worked_in() {
    let Some(root) = Root::new("C01") else { return };
    // A descriptor that the caller forgot to close for its children.
    let outside = fs::File::open("/").unwrap();
    rustix::io::fcntl_setfd(&outside, rustix::io::FdFlags::empty()).unwrap();
    let said = run(&root.sh("for f in /proc/self/fd/*; do echo $f; done")).ok();
    let said: Vec<&str> = said.lines().filter(|line| *line != "/proc/self/fd/3").collect();
    assert_eq!(said, ["/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2"]);
    symlink("/proc/self/fd/7", root.path().join("link")).unwrap();
    for number in 0..30 {
        let mut spec = root.sh("pwd; ls");
        spec.cwd = format!("/proc/self/fd/{number}");
        assert!(matches!(run(&spec).exit, Err(Error::Start { .. })), "{number}");
    }
    let mut spec = root.sh("pwd");
    spec.cwd = "/link".to_owned();
    assert!(matches!(run(&spec).exit, Err(Error::Start { .. })));
    spec.cwd = "/new/../made/deep".to_owned();
    assert_eq!(run(&spec).ok(), "/made/deep\n");
    spec.cwd = "relative".to_owned();
    assert!(matches!(run(&spec).exit, Err(Error::Invalid(_))));
}

#[test]
fn c02_the_program_itself_cannot_be_overwritten_from_inside() {
    let Some(root) = Root::new("C02") else { return };
    let program = Path::new(env!("CARGO_BIN_EXE_mls"));
    let before = fs::metadata(program).unwrap();
    // The program is executed again, inside, and held on to by a descriptor until it can be written.
    let script = root.path().join("bin/again");
    fs::write(&script, "#!/proc/self/exe\n").unwrap();
    super::executable(&script);
    let mut spec = root.sh("");
    spec.args = vec!["/bin/again".to_owned()];
    let _ = run(&spec);
    spec.args = vec!["/proc/self/exe".to_owned(), "--version".to_owned()];
    let _ = run(&spec);
    let said = run(&root.sh(
        "/proc/1/exe sh -c 'exec 9</proc/self/exe; exec sleep 0' ; \
         for p in /proc/[0-9]*; do (echo broken > $p/exe) 2>/dev/null && echo written to $p; done; true",
    ));
    assert_eq!(said.ok(), "");
    let after = fs::metadata(program).unwrap();
    assert_eq!((before.ino(), before.mtime_nsec()), (after.ino(), after.mtime_nsec()));
}

#[test]
fn c03_links_in_place_of_devices_lead_nowhere() {
    let Some(root) = Root::new("C03") else { return };
    let host = tempfile::tempdir().unwrap();
    let target = host.path().join("target");
    fs::write(&target, "kept").unwrap();
    fs::remove_dir(root.path().join("dev")).unwrap();
    symlink(host.path(), root.path().join("dev")).unwrap();
    assert!(run(&root.sh("true")).exit.is_err(), "a link is refused");
    fs::remove_file(root.path().join("dev")).unwrap();
    fs::create_dir(root.path().join("dev")).unwrap();
    for name in ["null", "console", "ptmx", "tty"] {
        symlink(&target, root.path().join("dev").join(name)).unwrap();
    }
    symlink(host.path(), root.path().join("dev/pts")).unwrap();
    let null = fs::metadata("/dev/null").unwrap();
    let said = run(&root.sh("echo gone > /dev/null; chmod 600 /dev/null; chown 5 /dev/null; stat -c %t:%T /dev/null; ls -d /dev/pts/*"));
    assert_eq!(said.ok(), "1:3\n/dev/pts/ptmx\n");
    let after = fs::metadata("/dev/null").unwrap();
    assert_eq!((null.mode(), null.uid()), (after.mode(), after.uid()), "the host's own node");
    assert_eq!(fs::read_to_string(&target).unwrap(), "kept");
    assert_eq!(fs::read_dir(host.path()).unwrap().count(), 1);
}

#[test]
fn c03_a_device_that_is_made_inside_cannot_be_opened() {
    let Some(root) = Root::new("C03 devices") else { return };
    let ran = run(&root.sh(
        "for d in / /dev /tmp; do mknod $d/own c 1 5 && (head -c 1 $d/own | wc -c; rm $d/own) 2>/dev/null; done; \
         head -c 1 /dev/zero | wc -c; mknod /disk b 254 0 && cat /disk; rm /disk",
    ));
    assert_eq!(ran.ok(), "0\n0\n0\n1\n");
}

/// Swaps two names as fast as it can until it is told to stop.
fn swapping(folder: &Path, a: &str, b: &str, work: impl FnOnce()) {
    let stop = AtomicBool::new(false);
    let folder = fs::File::open(folder).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                let flags = rustix::fs::RenameFlags::EXCHANGE;
                let _ = rustix::fs::renameat_with(&folder, a, &folder, b, flags);
            }
        });
        work();
        stop.store(true, Ordering::Relaxed);
    });
}

/// Counts every file below `folder`, and the bytes in them.
fn contents(folder: &Path) -> (usize, u64) {
    let mut sum = (0, 0);
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let below =
            if entry.file_type().unwrap().is_dir() { contents(&entry.path()) } else { (0, 0) };
        let size = entry.metadata().unwrap().size();
        sum = (sum.0 + 1 + below.0, sum.1 + size + below.1);
    }
    sum
}

#[test]
fn c03_c04_c05_proof_places_that_change_while_they_are_mounted_lead_nowhere_outside() {
    let Some(root) = Root::new("C03, C04, C05 races") else { return };
    let host = tempfile::tempdir().unwrap();
    for folder in ["sys/kernel", "pts", "self/attr", "data"] {
        fs::create_dir_all(host.path().join(folder)).unwrap();
    }
    fs::write(host.path().join("null"), "kept").unwrap();
    fs::write(host.path().join("sys/kernel/core_pattern"), "kept").unwrap();
    let before = contents(host.path());
    let tries = count(10_000, 60) / 4;
    let mut started = 0;
    for name in ["dev", "proc", "sys", "data"] {
        fs::create_dir_all(root.path().join(name)).unwrap();
        symlink(host.path(), root.path().join("other")).unwrap();
        let mut spec = root.sh(
            "echo x > /dev/null; echo x > /proc/sys/kernel/core_pattern; echo x > /data/new; true",
        );
        spec.mounts = vec![Mount {
            target: "/data/sub".to_owned(),
            source: Source::Memory { size: None, mode: 0o755, no_programs: false },
            read_only: false,
        }];
        swapping(&root.path(), name, "other", || {
            for _ in 0..tries {
                started += usize::from(run(&spec).exit.is_ok());
            }
        });
        for side in [name, "other"] {
            let path = root.path().join(side);
            let _ = fs::remove_file(&path);
            let _ = fs::remove_dir_all(&path);
        }
        fs::create_dir_all(root.path().join(name)).unwrap();
    }
    assert_eq!(contents(host.path()), before);
    crate::proof::tell(&format!(
        "proof: races of places: tries={} started={started} outside=0",
        tries * 4
    ));
}

#[test]
fn c05_a_volume_whose_inside_changes_is_mounted_beneath_itself_or_not_at_all() {
    let Some(root) = Root::new("C05") else { return };
    let volume = tempfile::tempdir().unwrap();
    fs::create_dir(volume.path().join("sub")).unwrap();
    symlink("/etc", volume.path().join("out")).unwrap();
    symlink("../../../../etc", volume.path().join("up")).unwrap();
    let mut spec = root.sh("ls /data");
    for path in ["/out", "/up", "/../../etc"] {
        spec.mounts = vec![Mount {
            target: "/data".to_owned(),
            source: Source::Beneath { root: volume.path().to_owned(), path: path.to_owned() },
            read_only: true,
        }];
        assert!(matches!(run(&spec).exit, Err(Error::Start { .. })), "{path}");
    }
    symlink("/", root.path().join("top")).unwrap();
    for target in ["/", "/top", "/proc/1/root"] {
        spec.mounts = vec![Mount {
            target: target.to_owned(),
            source: Source::Bind(volume.path().to_owned()),
            read_only: false,
        }];
        assert!(run(&spec).exit.is_err(), "{target}");
    }
}

#[test]
fn c06_a_container_has_docker_s_rights_and_no_more() {
    let Some(root) = Root::new("C06") else { return };
    let said = run(&root.sh("grep -E '^(Cap|Sec|NoN)' /proc/self/status | tr '\\t' ' '")).ok();
    assert_eq!(
        said,
        "CapInh: 0000000000000000\nCapPrm: 00000000a80425fb\nCapEff: 00000000a80425fb\n\
         CapBnd: 00000000a80425fb\nCapAmb: 0000000000000000\nNoNewPrivs: 0\nSeccomp: 2\nSeccomp_filters: 1\n"
    );
    let said = run(&root.sh(
        "mount -t tmpfs none /tmp; umount /proc; unshare -U true; unshare -m true; hostname other; \
         echo x > /proc/sys/kernel/core_pattern; echo x > /proc/sysrq-trigger; echo 1 > /sys/kernel/mm/ksm/run; \
         echo 1 > /sys/fs/cgroup/pids/cgroup.procs; cat /proc/kcore | wc -c; cat /proc/keys | wc -c; ls /sys/firmware | wc -l; hostname",
    ));
    assert_eq!(said.ok(), "0\n0\n0\nbox\n");
    let mut spec = root.sh("grep NoN /proc/self/status | tr '\\t' ' '");
    spec.security.no_new_privileges = true;
    assert_eq!(run(&spec).ok(), "NoNewPrivs: 1\n");
    spec.security.add = vec!["ADMIN".to_owned()];
    assert_eq!(run(&spec).error(), "no capability `ADMIN`");
}

#[test]
fn c07_nothing_of_the_host_is_seen() {
    let Some(root) = Root::new("C07") else { return };
    let said = run(&root.sh("env | sort; pwd; hostname; ls /run 2>&1; cat /proc/self/cgroup | sed 's/.*://' | sort -u; echo /proc/[0-9]*; umask")).ok();
    assert_eq!(
        said,
        "HOME=/root\nPATH=/bin\nPWD=/\nSHLVL=1\n/\nbox\nls: /run: No such file or directory\n/\n/proc/1\n0022\n"
    );
    let said =
        run(&root
            .sh("sed 's/^[^ ]* [^ ]* [^ ]* //' /proc/self/mountinfo | sed 's/ .*//' | sort -u"))
        .ok();
    let outside = [env!("CARGO_MANIFEST_DIR"), "/home", "/work"];
    assert!(!outside.iter().any(|path| said.contains(path)), "{said}");
}

#[test]
fn c08_limits_hold_and_what_cannot_be_held_is_refused() {
    let Some(root) = Root::new("C08") else { return };
    let mut spec = root.sh("for i in $(seq 100); do sleep 5 & done 2>/dev/null; echo here");
    spec.limits.processes = Some(20);
    let start = std::time::Instant::now();
    let ran = run(&spec);
    match ran.exit {
        Err(Error::Unsupported { ref why, .. }) => {
            crate::proof::tell(&format!("skipped: C08: {why}"));
            return;
        }
        _ => assert!(start.elapsed().as_secs() < 9, "{ran:?}"),
    }
    let mut spec = root.sh("x=$(head -c 200000000 /dev/zero | tr '\\0' x); echo survived");
    spec.limits.memory = Some(32 << 20);
    let ran = run(&spec);
    assert!(ran.exit.as_ref().is_ok_and(|exit| exit.out_of_memory && exit.code() != 0), "{ran:?}");
    let spec =
        root.sh("cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null; true");
    assert_eq!(run(&spec).ok(), format!("{}\n", Limits::PROCESSES));
    let mut spec = root.sh("ulimit -n; ulimit -Hn");
    spec.limits.resources = vec![("nofile".to_owned(), 100, 1 << 40)];
    let said = run(&spec).ok();
    assert!(said.starts_with("100\n") && !said.contains("1099511627776"), "{said}");
    spec.limits.resources = vec![("nofiles".to_owned(), 1, 1)];
    assert_eq!(run(&spec).error(), "no limit `nofiles`");
}

#[test]
fn c10_odd_values_are_refused_or_only_text() {
    let Some(root) = Root::new("C10") else { return };
    // Not through a shell: busybox looks at each against all others.
    let mut spec = root.sh("");
    spec.args = vec!["/bin/env".to_owned()];
    spec.env.extend((0..100_000).map(|number| format!("V{number}=x")));
    assert_eq!(run(&spec).ok().lines().filter(|line| line.starts_with('V')).count(), 100_000);
    let mut spec = root.sh("echo \"$ODD\"");
    spec.env.push("ODD=a\nb=c".to_owned());
    assert_eq!(run(&spec).ok(), "a\nb=c\n");
    spec.env.push("NUL=a\0b".to_owned());
    assert_eq!(run(&spec).error(), "a variable holds a zero byte");
    let mut spec = root.sh("true");
    spec.hostname = "a\nb".to_owned();
    assert_eq!(run(&spec).error(), "`a\\nb` is no host name");
    spec.hostname = String::new();
    spec.user.uid = u32::MAX;
    assert_eq!(run(&spec).error(), "`4294967295` is no number of a user or group");
}
