//! Ways out of a container, and ways in: C01 to C07 against `mls run` and `mls exec`.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::{Boxed, probe};
use crate::proof::{count, tell};

#[test]
fn c01_proof_no_folder_that_some_process_has_open_can_be_worked_in() {
    let Some(boxed) = Boxed::new("C01") else { return };
    boxed.begin(
        "idle",
        &[],
        "ln -s /proc/self/fd/8 /link; ln -s /proc/1/root /top; ln -s /proc/self/cwd /here",
    );
    // One that whoever calls forgot to close for its children.
    let outside = fs::File::open("/").unwrap();
    rustix::io::fcntl_setfd(&outside, rustix::io::FdFlags::empty()).unwrap();
    let numbers = (3..3 + count(28, 7)).map(|number| format!("/proc/self/fd/{number}"));
    let links = ["/link", "/top", "/here", "/proc/1/cwd", "/proc/1/root", "/proc/self/root"];
    for folder in numbers.chain(links.map(str::to_owned)) {
        let said = boxed.mls(&["exec", "-w", &folder, "idle", "ls"]);
        assert_eq!((said.code(), said.stdout().as_str()), (125, ""), "exec in {folder}: {said}");
        if folder.starts_with("/proc") {
            let said = boxed.run(&["-w", &folder], "ls");
            assert_eq!((said.code(), said.stdout().as_str()), (125, ""), "run in {folder}: {said}");
        }
    }
    boxed.image("within", &json!({"WorkingDir": "/proc/self/fd/8"}), |_| {});
    let said = boxed.mls(&["run", "--rm", "--network", "none", "within", "ls"]);
    assert_eq!((said.code(), said.stdout().as_str()), (125, ""), "{said}");
    // What there is of descriptors: three, and that of the listing itself.
    let list = "for f in /proc/self/fd/*; do echo ${f##*/}; done | sort -n | tr '\\n' ' '; ls /proc/1/fd | tr '\\n' ' '";
    assert_eq!(boxed.mls(&["exec", "idle", "sh", "-c", list]).stdout(), "0 1 2 3 0 1 2 ");
    assert!(boxed.run(&[], list).stdout().starts_with("0 1 2 3 "));
}

#[test]
fn c01_a_link_that_the_user_put_at_dev_null_is_not_followed_by_exec() {
    let Some(boxed) = Boxed::new("C01: a folder at /dev") else { return };
    let folder = boxed.sandbox.path().join("dev");
    fs::create_dir(&folder).unwrap();
    symlink("/proc/self/fd/3", folder.join("null")).unwrap();
    let mount = format!("{}:/dev", folder.display());
    let said = boxed.run(&["-v", &mount], "ls -l /proc/self/fd");
    assert_eq!((said.code(), said.stdout().as_str()), (125, ""), "{said}");
}

#[test]
fn c02_proof_the_program_of_the_host_is_not_overwritten_while_it_enters() {
    let Some(boxed) = Boxed::new("C02") else { return };
    let program = Path::new(env!("CARGO_BIN_EXE_mls"));
    let before = fs::metadata(program).unwrap();
    let again = |layer: &mut super::Layer| layer.file("bin/again", 0o755, b"#!/proc/self/exe\n");
    boxed.image("again", &json!({"Entrypoint": ["/bin/again"]}), again);
    assert_ne!(boxed.mls(&["run", "--rm", "--network", "none", "again"]).code(), 0);
    // Whoever comes in is written to, and held by a descriptor to be written to later.
    let attack = "(while true; do for p in /proc/[0-9]*; do (: >> $p/exe) 2>&- && echo written; done; done) & \
                  (while true; do for p in /proc/[0-9]*; do exec 9<$p/exe; (: >> /proc/self/fd/9) 2>&- && echo written; done 2>&-; done) & \
                  printf '#!/proc/self/exe\\n' > /again; chmod 755 /again";
    boxed.begin("attacker", &[], attack);
    for _ in 0..count(3_400, 10) {
        boxed.mls(&["exec", "attacker", "true"]);
        assert_ne!(boxed.mls(&["exec", "attacker", "/again"]).code(), 0);
        assert_ne!(boxed.mls(&["exec", "attacker", "/proc/self/exe", "--version"]).code(), 0);
    }
    // Its own programs are all it can write to.
    let after = fs::metadata(program).unwrap();
    let of = |meta: &fs::Metadata| (meta.ino(), meta.len(), meta.mtime(), meta.mtime_nsec());
    assert_eq!(of(&before), of(&after));
}

/// Returns a folder outside with something in it, and what there is of it.
fn outside(boxed: &Boxed) -> (std::path::PathBuf, Vec<(String, u64, u32, i64)>) {
    let folder = boxed.sandbox.home().join("outside");
    fs::create_dir_all(folder.join("sub")).unwrap();
    for name in ["file", "null", "sub/core_pattern"] {
        fs::write(folder.join(name), "kept").unwrap();
    }
    let found = seen(&folder);
    (folder, found)
}

fn seen(folder: &Path) -> Vec<(String, u64, u32, i64)> {
    let mut all = vec![];
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let meta = entry.metadata().unwrap();
        all.push((entry.path().display().to_string(), meta.len(), meta.mode(), meta.ctime_nsec()));
        if meta.is_dir() {
            all.extend(seen(&entry.path()));
        }
    }
    all.sort();
    all
}

#[test]
fn c03_c04_c11_links_of_an_image_in_place_of_devices_and_files_lead_nowhere() {
    let Some(boxed) = Boxed::new("C03, C04, C11: links") else { return };
    let (folder, before) = outside(&boxed);
    let path = folder.to_str().unwrap();
    for name in ["dev", "proc", "sys"] {
        boxed.image(name, &json!({}), |layer| layer.link(name, path));
        let said = boxed.mls(&["run", "--rm", "--network", "none", name, "true"]);
        assert_eq!(said.code(), 125, "{name}: {said}");
    }
    boxed.image("links", &json!({}), |layer| {
        layer.folder("dev", 0o755);
        for name in ["null", "zero", "console", "ptmx", "tty", "core", "stdin"] {
            layer.link(&format!("dev/{name}"), &format!("{path}/null"));
        }
        for name in ["pts", "shm", "mqueue", "fd"] {
            layer.link(&format!("dev/{name}"), path);
        }
        layer.link("etc/hosts", &format!("{path}/file"));
        layer.link("etc/resolv.conf", "../../../../../../../../etc/shells");
        layer.link("etc/hostname", "/proc/self/fd/3");
    });
    let script = "echo x > /dev/null; chmod 600 /dev/null /dev/zero; chown 5 /dev/tty; ls /dev/pts /dev/shm; \
                  stat -c %t:%T /dev/null; echo x > /dev/console 2>&-; grep -c localhost /etc/hosts";
    let run = |flags: &[&str]| {
        let all = [&["run", "--rm", "--network", "none"], flags, &["links", "sh", "-c", script]];
        boxed.mls(&all.concat())
    };
    // `/etc/hostname` is a link to what a process has open.
    assert_eq!(run(&[]).code(), 125);
    boxed.image("links", &json!({}), |layer| {
        layer.folder("dev", 0o755);
        layer.link("dev/null", &format!("{path}/null"));
        layer.link("dev/console", &format!("{path}/null"));
        layer.link("dev/pts", path);
        layer.link("etc/hosts", &format!("{path}/file"));
        layer.link("etc/resolv.conf", "../../../../../../../../etc/shells");
    });
    assert_eq!(run(&[]).stdout(), "/dev/pts:\nptmx\n\n/dev/shm:\n1:3\n2\n");
    // With a terminal `/dev/console` is one, too.
    let all =
        ["run", "-d", "-t", "--name", "tty", "--network", "none", "links", "sh", "-c", script];
    assert_eq!(boxed.mls(&all).code(), 0);
    assert_eq!(boxed.mls(&["wait", "tty"]).code(), 0);
    let said = boxed.mls(&["logs", "tty"]).stdout();
    assert!(said.contains("1:3") && said.contains("x\r\n"), "{said:?}");
    assert_eq!(seen(&folder), before);
}

#[test]
fn c04_nothing_is_mounted_into_the_kernel_s_own_folders() {
    let Some(boxed) = Boxed::new("C04: mounts onto /proc") else { return };
    fs::write(boxed.sandbox.path().join("mine"), "mine\n").unwrap();
    fs::create_dir(boxed.sandbox.path().join("folder")).unwrap();
    let script = "cat /proc/cpuinfo";
    for target in
        ["/proc", "/proc/self", "/proc/self/attr", "/proc/1/fd", "/proc/sys", "/x/../proc/sys/net"]
    {
        let said = boxed.run(&["-v", &format!("./folder:{target}")], script);
        assert_eq!(said.code(), 125, "{target}: {said}");
        assert!(said.stderr().contains("is the kernel's own, in `/proc`"), "{said}");
    }
    assert_eq!(boxed.run(&["-v", "./mine:/proc/cpuinfo:ro"], script).stdout(), "mine\n");
    // What an image wants as a volume is no better (CVE-2019-16884), by whatever name.
    for (name, volume) in [("one", "/proc"), ("two", "/proc/self/attr"), ("three", "/link/self")] {
        let config = json!({"Volumes": {volume: {}}});
        boxed.image(name, &config, |layer| layer.link("link", "/proc"));
        let said = boxed.mls(&["run", "--rm", "--network", "none", name, "true"]);
        assert_eq!(said.code(), 125, "{volume}: {said}");
    }
}

/// Swaps two names as fast as it can while `work` is done.
pub(super) fn swapping(folder: &Path, a: &str, b: &str, work: impl FnOnce()) {
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

#[test]
fn c05_proof_a_volume_that_another_container_changes_meanwhile_is_mounted_within_or_not_at_all() {
    let Some(boxed) = Boxed::new("C05: races") else { return };
    let (folder, before) = outside(&boxed);
    fs::create_dir(boxed.sandbox.path().join("given")).unwrap();
    // In the image, the place is a link to the root.
    boxed.image("upward", &json!({}), |layer| {
        layer.link("data", "/");
        layer.link("up", "../../../../../../..");
    });
    for target in ["/data", "/up", "/up/data"] {
        let mount = format!("vol:{target}");
        let said = boxed.mls(&["run", "--rm", "--network", "none", "-v", &mount, "upward", "ls"]);
        assert_eq!(said.code(), 125, "{target}: {said}");
    }
    // A second mount goes below the first, where others write.
    boxed.run(&["-v", "vol:/data"], "mkdir /data/sub");
    let volume = boxed.sandbox.store().join("volumes/vol/data");
    symlink(&folder, volume.join("other")).unwrap();
    let mut started = 0;
    let tries = count(10_000, 25);
    swapping(&volume, "sub", "other", || {
        for _ in 0..tries {
            let flags = ["-v", "vol:/data", "-v", "./given:/data/sub"];
            let said = boxed.run(&flags, "echo x > /data/sub/x; echo x > /data/sub/file");
            started += usize::from(said.code() == 0);
        }
    });
    assert_eq!(seen(&folder), before);
    // A source that leads elsewhere by then is what its path leads to, on the host, as with Docker; never more than it.
    tell(&format!("proof: races of mounts: tries={tries} started={started} outside=0"));
}

/// All of it with EPERM.
const REFUSED: [&str; 35] = [
    "take a right",
    "inherit a right",
    "mount",
    "umount2",
    "fsopen",
    "open_tree",
    "mount_setattr",
    "pivot_root",
    "setns",
    "bpf",
    "perf_event_open",
    "kexec_load",
    "kexec_file_load",
    "init_module",
    "finit_module",
    "open_by_handle_at",
    "userfaultfd",
    "swapon",
    "reboot",
    "settimeofday",
    "acct",
    "quotactl",
    "syslog",
    "kcmp",
    "fanotify_init",
    "move_pages",
    "sethostname",
    "keyctl",
    "io_uring_setup",
    "pidfd_getfd",
    "personality",
    "a socket to the machine's host",
    "unshare user",
    "unshare mount",
    "unshare net",
];

#[test]
fn c06_what_leads_out_is_refused_to_root_and_to_those_who_would_be() {
    let Some(boxed) = Boxed::new("C06") else { return };
    let Some(program) = probe("C06", &boxed.sandbox.home()) else { return };
    boxed.image("probe", &json!({}), |layer| {
        layer.file("bin/probe", 0o755, &program);
        layer.file("bin/become", 0o4755, &program);
    });
    let run = |flags: &[&str], command: &[&str]| {
        let all = [&["run", "--rm", "--network", "none"], flags, &["probe"], command].concat();
        boxed.mls(&all).stdout()
    };
    let said = run(&[], &["probe"]);
    for line in said.lines() {
        let (name, found) = line.split_once(": ").unwrap();
        if name.starts_with('/') {
            assert_ne!(found, "done", "{line}");
        }
    }
    for name in REFUSED {
        let line = format!("{name}: EPERM");
        assert!(said.lines().any(|said| said == line), "{line}\n{said}");
    }
    assert!(said.contains("clone3: ENOSYS"), "so that a libc asks in the old way");
    // The same to those who come in later; a user holds no right that it could pass on.
    boxed.begin("idle", &[], "true");
    let later = boxed.mls(&["exec", "idle", "grep", "-E", "^(Cap|Sec|NoNew)", "/proc/self/status"]);
    let first = boxed.run(&[], "grep -E '^(Cap|Sec|NoNew)' /proc/self/status");
    assert_eq!(later.stdout(), first.stdout());
    let user = boxed.run(
        &["-u", "ada"],
        "grep -E '^Cap(Inh|Prm|Eff|Amb)' /proc/self/status | cut -f2 | sort -u",
    );
    assert_eq!(user.stdout(), "0000000000000000\n");
    if rustix::process::geteuid().is_root() {
        assert_eq!(run(&["-u", "ada"], &["become", "user"]), "7 0\n", "as on any machine");
        let none = ["-u", "ada", "--security-opt", "no-new-privileges"];
        assert_eq!(run(&none, &["become", "user"]), "7 7\n");
    }
    // A terminal of the caller's is never the container's own.
    assert_eq!(
        boxed.run(&[], "tty; (: < /dev/tty) 2>&- || echo none").stdout(),
        "not a tty\nnone\n"
    );
}

#[test]
fn c06_a_program_that_root_made_inside_runs_as_root_for_nobody_outside() {
    let Some(boxed) = Boxed::of_root("C06: programs outside") else { return };
    boxed.begin(
        "maker",
        &["-v", "vol:/vol"],
        "cp /bin/busybox /su; cp /su /vol/su; chmod 4755 /su /vol/su",
    );
    let mut open = boxed.sandbox.path();
    while open.parent().is_some_and(|parent| parent != Path::new("/")) {
        fs::set_permissions(&open, fs::Permissions::from_mode(0o755)).unwrap();
        open = open.parent().unwrap().to_owned();
    }
    let mut found = vec![];
    let mut stack = vec![boxed.sandbox.store()];
    while let Some(folder) = stack.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let meta = entry.metadata().unwrap();
            if meta.is_dir() {
                stack.push(entry.path());
            } else if meta.mode() & 0o4000 != 0 {
                found.push(entry.path());
            }
        }
    }
    assert_eq!(found.len(), 2, "{found:?}");
    for program in found.iter().chain([&boxed.sandbox.store().join("cache/layers/.lock")]) {
        let reached =
            Command::new("cat").arg(program).current_dir("/").uid(15_000).gid(15_000).output();
        assert!(!reached.unwrap().status.success(), "{}", program.display());
    }
}

#[test]
fn c07_nothing_of_whoever_calls_is_seen_inside_or_kept_by_who_watches() {
    let Some(boxed) = Boxed::new("C07") else { return };
    let secret = "5up3r-s3cr3t";
    let call = |args: &[&str]| {
        let mut command = boxed.sandbox.command(args);
        for name in
            ["SSH_AUTH_SOCK", "AWS_SECRET_ACCESS_KEY", "MLS_TOKEN", "DISPLAY", "LD_PRELOAD_"]
        {
            command.env(name, secret);
        }
        boxed.sandbox.finish(command)
    };
    let all = ["run", "-d", "--name", "idle", "--network", "none", "box", "sleep", "1000"];
    assert_eq!(call(&all).code(), 0);
    let look = "cat /proc/self/environ /proc/1/environ /proc/self/cmdline /proc/1/cmdline | tr '\\0' '\\n'; \
                ls -a / /run /tmp /root /mnt 2>&1; ps; cat /proc/self/mountinfo /proc/net/unix /proc/self/cgroup; pwd";
    let said = call(&["exec", "idle", "sh", "-c", look]).stdout();
    let own = boxed.sandbox.home().display().to_string();
    for leak in
        [secret, "SSH_AUTH_SOCK", "__supervisor", "mls run", "mls exec", own.as_str(), "/dev/vda"]
    {
        assert!(!said.contains(leak), "{leak}: {said}");
    }
    assert!(said.lines().filter(|line| line.contains("sleep 1000")).count() >= 1, "{said}");
    let id = boxed.sandbox.json(["ps"])[0]["id"].as_str().unwrap().to_owned();
    let state = boxed.sandbox.store().join("containers").join(id).join("state.json");
    let state: serde_json::Value = serde_json::from_slice(&fs::read(state).unwrap()).unwrap();
    let watching = format!("/proc/{}", state["supervisor"]);
    assert_eq!(fs::read(format!("{watching}/environ")).unwrap_or_default(), b"");
    let command = fs::read_to_string(format!("{watching}/cmdline")).unwrap();
    assert_eq!(command, "mls\0__supervisor\0");
}
