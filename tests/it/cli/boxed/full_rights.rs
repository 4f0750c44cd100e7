//! `--privileged`, and devices that may be read or written alone, also by control groups of version 2.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::Boxed;
use crate::proof::tell;

/// Returns the devices of the host, as `find` names them.
fn devices() -> Vec<String> {
    let own = ["/dev/console", "/dev/ptmx", "/dev/pts", "/dev/shm", "/dev/mqueue"];
    let output = Command::new("find").args(["/dev", "-type", "c", "-o", "-type", "b"]).output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    let other =
        |path: &&str| !own.iter().any(|own| path == own || path.starts_with(&format!("{own}/")));
    let mut all: Vec<String> = text.lines().filter(other).map(str::to_owned).collect();
    all.sort();
    all
}

#[test]
fn a_privileged_container_has_all_devices_all_rights_and_nothing_hidden() {
    let Some(boxed) = Boxed::new("--privileged") else { return };
    let script = "find /dev -type c -o -type b | sort | grep -v -e /pts/ -e '/ptmx$'; echo; \
        grep -E '^(CapBnd|CapEff|Seccomp:|NoNewPrivs)' /proc/self/status | cut -f2; \
        for path in /proc/sys/kernel/hostname /proc/sys/vm/overcommit_memory; do (: >> $path) 2>&- && echo open; done; \
        cut -d' ' -f5,6 /proc/self/mountinfo | grep -E '^/(proc|sys)' | grep -c -E ' ro|/proc/'; \
        mkdir /m; mount -t tmpfs none /m && echo mounted";
    let said = boxed.run(&["--privileged"], script);
    let out = said.stdout();
    let (found, rest) = out.split_once("\n\n").unwrap();
    let rest: Vec<&str> = rest.lines().collect();
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let bound = status.lines().find_map(|line| line.strip_prefix("CapBnd:\t")).unwrap();
    if rustix::process::geteuid().is_root() {
        assert_eq!(found.lines().collect::<Vec<_>>(), devices());
        assert_eq!(rest, [bound, bound, "0", "0", "open", "open", "1", "mounted"], "{said}");
        // Nodes keep their mode and owner, and those that are made work, too.
        let stat = |path: &str| {
            let output = Command::new("stat").args(["-c", "%a %u %g %t %T", path]).output();
            String::from_utf8(output.unwrap().stdout).unwrap()
        };
        let path = "/dev/urandom";
        assert_eq!(
            boxed.run(&["--privileged"], &format!("stat -c '%a %u %g %t %T' {path}")).stdout(),
            stat(path)
        );
        let made = "mknod /x c 1 5 && head -c 3 /x | wc -c; head -c 3 /host/zero | wc -c";
        let said = boxed.run(&["--privileged", "-v", "/dev:/host"], made);
        assert_eq!(said.stdout(), "3\n3\n", "{said}");
    } else {
        // Those that the user itself may open.
        assert!(found.contains("/dev/null") && !found.contains("/dev/kmsg"), "{found}");
        assert_eq!(rest.last(), Some(&"mounted"), "{said}");
    }
    let less = boxed.run(&["--privileged", "--cap-drop", "SYS_ADMIN"], "mount -t tmpfs none /tmp");
    assert_ne!(less.code(), 0, "what is taken away is taken away");
}

#[test]
fn a_whole_dev_of_the_host_is_shown_to_a_privileged_container() {
    let Some(boxed) = Boxed::of_root("-v /dev:/dev") else { return };
    let said = boxed.run(
        &["--privileged", "-v", "/dev:/dev"],
        "head -c 3 /dev/zero | wc -c; echo x > /dev/null",
    );
    assert_eq!((said.code(), said.stdout().as_str()), (0, "3\n"), "{said}");
}

#[test]
fn of_a_whole_dev_of_the_host_a_container_opens_what_it_may_open_anyway() {
    let Some(boxed) = Boxed::new("-v /dev:/dev without all rights") else { return };
    let script = "head -c 3 /dev/zero | wc -c; echo x > /dev/null; \
        (: < /dev/kmsg) 2>&- || echo shut; ls -1 /dev/pts";
    let said = boxed.run(&["-v", "/dev:/dev"], script);
    assert_eq!(said.stdout(), "3\nshut\nptmx\n", "{said}");
    // A terminal is one of its own.
    let said = boxed.run(&["-t", "-v", "/dev:/dev"], "ls -1 /dev/pts; test -t 1 && echo terminal");
    assert_eq!(said.stdout().replace("\r\n", "\n"), "0\nptmx\nterminal\n", "{said}");
}

#[test]
fn a_command_that_comes_in_with_all_rights_has_them() {
    let Some(boxed) = Boxed::new("exec --privileged") else { return };
    boxed.begin("idle", &[], "true");
    let script = "grep -E '^(CapEff|Seccomp:)' /proc/self/status | cut -f2 | tr '\\n' ' '";
    let plain = boxed.mls(&["exec", "idle", "sh", "-c", script]).stdout();
    let all = boxed.mls(&["exec", "--privileged", "idle", "sh", "-c", script]).stdout();
    assert_eq!(plain, "00000000a80425fb 2 ");
    assert!(all.ends_with(" 0 ") && all != plain, "{all}");
}

/// The same calls where control groups are of version 2, as on most machines: here its mount alone is shown to `mls`.
#[test]
fn of_a_device_only_reading_is_allowed_by_a_program_in_the_kernel() {
    let Some(boxed) = Boxed::of_root("devices by control groups of version 2") else { return };
    let unified = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"]
        .map(Path::new)
        .into_iter()
        .find(|path| path.join("cgroup.controllers").exists());
    let Some(unified) = unified else {
        return tell("skipped: devices by control groups of version 2: there are none");
    };
    let script = "head -c 3 /dev/mine | wc -c; (: > /dev/mine) 2>&- && echo written; (: > /dev/null) && echo null; \
                  head -c 3 /dev/full | wc -c";
    let mut command = boxed.sandbox.program("unshare");
    command.args(["-m", "sh", "-c", "mount --bind \"$0\" /sys/fs/cgroup && exec \"$@\""]);
    command.arg(unified).arg(env!("CARGO_BIN_EXE_mls"));
    command.args(["run", "--rm", "--network", "none", "--device", "/dev/zero:/dev/mine:r"]);
    command.args(["box", "sh", "-c", script]);
    let said = boxed.sandbox.finish(command);
    if said.stderr().contains("control groups for devices: Operation not permitted") {
        return tell(
            "skipped: devices by control groups of version 2: the kernel takes no programs",
        );
    }
    assert_eq!((said.code(), said.stdout().as_str()), (0, "3\nnull\n3\n"), "{said}");
}
