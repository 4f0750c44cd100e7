//! What a container sees, beside what podman with runc shows for the same image and flags: every difference stands in a
//! table with its reason, and every row of the table is met.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use regex::Regex;
use serde_json::json;

use super::{Boxed, probe};
use crate::proof::tell;

const SEEN: &str = r#"
s() { sed "s/^/$1 /"; }
grep -E '^(Uid|Gid|Groups|Cap|NoNew|Seccomp:|Cpus_allowed_list)' /proc/self/status | tr '\t' ' ' | s status
grep -E '^NS(pid|sid|pgid)' /proc/1/status | tr '\t' ' ' | s first
sed 's/^[^ ]* [^ ]* [^ ]* [^ ]* //; s/ - / /' /proc/self/mountinfo | cut -d' ' -f1-3 | s mount
for d in /dev/*; do stat -c '%n %F %t:%T %a %u:%g' $d; [ -L $d ] && echo $d to $(readlink $d); done | s dev
ulimit -a | tr -s ' ' | s limit
env | s env
s hosts < /etc/hosts
cat /proc/self/uid_map /proc/self/gid_map | tr -s ' ' | s map
s cgroup < /proc/self/cgroup
ls /sys/fs/cgroup | s cgroups
for f in net/ipv4/ip_unprivileged_port_start net/ipv4/ping_group_range kernel/hostname kernel/domainname \
    fs/mqueue/msg_max kernel/shmmax kernel/sem; do echo $f $(cat /proc/sys/$f); done | s sysctl
(hostname; pwd; tty; umask; cat /proc/self/oom_score_adj /proc/1/comm; ls /proc/self/fd | tr '\n' ' ') | s state
ls -la / | awk '{print $1, $3, $4, $NF}' | s root
for f in kcore keys timer_list interrupts acpi scsi; do echo $f $(head -c 1 /proc/$f 2>/dev/null | wc -c); done | s masked
cut -d: -f2 /proc/net/dev | tail -n +3 | wc -l | s interfaces
probe 2>/dev/null | s may
"#;

/// A dozen sets of flags that both know.
const FLAGS: [&str; 15] = [
    "",
    "-u 7:8",
    "-u ada --group-add 99",
    "-u root",
    "--read-only --tmpfs /run --tmpfs /tmp --tmpfs /var/tmp",
    "--cap-drop ALL --cap-add NET_ADMIN",
    "--cap-drop MKNOD --hostname ship --add-host a:1.2.3.4",
    "--privileged",
    "--tmpfs /t:size=1m --shm-size 1m",
    "--ipc host",
    "-v ./here:/there:ro -v ./here:/here",
    "-w /tmp -e A=1 -e PATH=/bin --label a=b",
    "--security-opt no-new-privileges",
    "--security-opt seccomp=unconfined",
    "--ulimit nofile=64:128 --ulimit nproc=500:500 --oom-score-adj 200 --device /dev/zero:/dev/mine",
];

/// Those of them that an ordinary user's containers can have: in a namespace of a single user nobody else is, and which
/// devices all rights bring along is compared elsewhere; podman shares no memory where the host has no `/dev/mqueue`.
fn for_user() -> impl Iterator<Item = &'static str> {
    let not = |flags: &&str| {
        !flags.starts_with("-u")
            && !["--privileged", "--ipc host"].contains(flags)
            && !flags.contains("--device")
    };
    FLAGS.into_iter().filter(not)
}

/// Flags where a difference is seen (all, where empty), the difference as a pattern (`+` is ours, `-` theirs), and why.
type Row = (&'static str, &'static str, &'static str);

const EXPECTED: &[Row] = &[
    (
        "",
        r". (status Groups:.*|root .* (here|there|t|\.|\.\.)$)",
        "podman gives root no further group and Docker root's; folders made to mount onto",
    ),
    (
        "--ipc host",
        r"[+] mount /dev/shm .*",
        "the host's is bound as it is, as with Docker; podman forbids programs in it",
    ),
    ("", r"[+-] env (TERM|container)=.*", "podman alone; Docker sets TERM with a terminal"),
    (
        "",
        r". hosts .*",
        "podman copies the host's file, with the host's own names; Docker writes ours",
    ),
    (
        "",
        r". cgroups? .*",
        "podman shows the host's groups on version 1; we have a namespace and show the container's alone",
    ),
    (
        "",
        r"- mount /sys/fs/cgroup/(cpu|cpuset|devices|systemd) .*",
        "groups that hold no limit are not made",
    ),
    (
        "",
        r". mount /sys/fs/cgroup r[ow],nosuid,nodev,noexec,relatime tmpfs",
        "ours is read-only, too",
    ),
    ("", r". mount / .*", "`nodev` stands for podman's group of devices"),
    (
        "",
        r"[+-] mount /dev r.*",
        "Docker's `/dev` has programs, podman's has not; `nodev` as above",
    ),
    (
        "",
        r"\+ mount /dev/(null|zero|full|random|urandom|tty|mine) rw,nosuid,relatime tmpfs",
        "each of them is a mount: no other node can be opened",
    ),
    (
        "",
        r"\+ mount /etc/(hosts|hostname|resolv.conf) r[ow],nosuid,nodev,relatime tmpfs",
        "files in memory, without programs of root's",
    ),
    ("", r"- mount /etc/(hosts|hostname) .*", "the same as files of the host's disk"),
    (
        "",
        r"[+-] mount /proc/(acpi|keys|timer_list) .*",
        "the same lids, made stricter (`nosuid,nodev,noexec`)",
    ),
    ("", r"\+ mount /proc/interrupts .*", "Docker hides it since version 27"),
    ("", r". masked interrupts .*", "the same"),
    ("", r"[+-] mount /sys/firmware .*", "the same lid, stricter"),
    ("", r"- mount /sys/dev/block .*", "podman alone; Docker shows it"),
    ("", r"- mount /run/.containerenv .*", "podman's mark"),
    ("", r"- root .* (run|var)$", "where that mark is, and podman's folders in memory"),
    (
        "",
        r". dev /dev/core .*",
        "Docker's link, which runc alone makes where there is `/proc/kcore`",
    ),
    (
        "",
        r". sysctl net/ipv4/(ip_unprivileged_port_start|ping_group_range) .*",
        "Docker's, so that a user of the container may listen on port 80 and ping",
    ),
    (
        "",
        r"\+ may (keyctl|io_uring_setup|pidfd_getfd|personality|a socket to the machine's host|setns|unshare .*|clone3): E(PERM|NOSYS)",
        "Docker's list of calls is shorter than podman's",
    ),
    (
        "",
        r"- may (keyctl|io_uring_setup|pidfd_getfd|personality|a socket to the machine's host|setns|unshare .*|clone3): .*",
        "the same",
    ),
    (
        "-v ./here:/there:ro -v ./here:/here",
        r". mount /t?here r[ow],(nodev,)?relatime .*",
        "`nodev` as above",
    ),
    (
        "--read-only --tmpfs /run --tmpfs /tmp --tmpfs /var/tmp",
        r". (mount|root) .*",
        "how podman lays its folders in memory",
    ),
    (
        "--cap-drop ALL --cap-add NET_ADMIN",
        r"[+-] may a socket for audits: (done|EINVAL)",
        "podman's list of calls refuses it without AUDIT_WRITE; Docker's has no such rule",
    ),
];

/// Beside [`EXPECTED`], where an ordinary user asks.
const OF_USER: &[Row] = &[
    ("", r". status NoNewPrivs: .", "ours are forbidden new privileges, as the issue wants it"),
    (
        "",
        r"- mount /sys/fs/cgroup/(blkio|cpuacct|freezer|memory|pids) .*",
        "podman shows the host's groups of version 1, which a user can do nothing with",
    ),
    ("", r". may /sys/fs/cgroup/memory/cgroup.procs: E[A-Z]+", "so there is nothing to refuse"),
];

/// podman with runc, and nothing of this machine's settings.
struct Podman {
    top: PathBuf,
    user: Option<u32>,
}

impl Podman {
    fn new(what: &str, user: Option<u32>) -> Option<Self> {
        let skipped = |why: &str| {
            tell(&format!("skipped: {what}: {why}"));
            None
        };
        if let Err(error) = Command::new("runc").arg("--version").output() {
            return skipped(&format!("`runc`: {error}"));
        }
        // It makes the name of an image of its path, which then has no capital letters.
        let name = format!("mls-podman-{}-{}", std::process::id(), user.unwrap_or(0));
        let podman = Self { top: std::env::temp_dir().join(name), user };
        fs::create_dir_all(&podman.top).unwrap();
        let rights = "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE";
        let rights: Vec<String> = rights.split(' ').map(|name| format!("\"CAP_{name}\"")).collect();
        fs::write(
            podman.top.join("containers.conf"),
            format!(
                "[containers]\ndefault_capabilities = [{}]\ndefault_ulimits = [\"nofile=1024:2048\", \"nproc=1000:1000\"]\n\
                 [engine]\ncgroup_manager = \"cgroupfs\"\nevents_logger = \"file\"\nruntime = \"runc\"\n",
                rights.join(", ")
            ),
        )
        .unwrap();
        if let Some(user) = user {
            chown(&podman.top, Some(user), Some(user)).unwrap();
        }
        match podman.command(&["info"]).output() {
            Ok(output) if output.status.success() => Some(podman),
            Ok(output) => {
                skipped(&format!("`podman`: {}", String::from_utf8_lossy(&output.stderr)))
            }
            Err(error) => skipped(&format!("`podman`: {error}")),
        }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("timeout");
        command.args(["60", "podman", "--root"]).arg(self.top.join("root"));
        command
            .arg("--runroot")
            .arg(self.top.join("run"))
            .arg("--tmpdir")
            .arg(self.top.join("tmp"));
        command.args(args).env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        command.env("HOME", &self.top).env("XDG_RUNTIME_DIR", self.top.join("run"));
        command.env("CONTAINERS_CONF", self.top.join("containers.conf"));
        command.current_dir(self.top.parent().unwrap());
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Takes the image of a layout in; returns its id.
    fn take(&self, layout: &Path) -> Result<String, String> {
        let own = self.top.join("layout");
        let copied = Command::new("cp").arg("-r").args([layout, &own]).status().unwrap();
        assert!(copied.success());
        let pulled = self.run(&["pull", "-q", &format!("oci:{}", own.display())]);
        match pulled.status.success() {
            true => Ok(String::from_utf8(pulled.stdout).unwrap().trim().to_owned()),
            false => Err(String::from_utf8_lossy(&pulled.stderr).into_owned()),
        }
    }
}

impl Drop for Podman {
    fn drop(&mut self) {
        let _ = self.command(&["system", "reset", "--force"]).output();
        let _ = fs::remove_dir_all(&self.top);
    }
}

/// Returns what was seen, with what differs from run to run taken out.
fn lines(text: &str) -> BTreeSet<String> {
    let filters = [(r"\b[0-9a-f]{12,64}\b", "ID"), (r"libpod\S*", "ID")]
        .map(|(pattern, shown)| (Regex::new(pattern).unwrap(), shown));
    let plain = |line: &str| {
        // Sets of rights are hex digits, too.
        let is_plain = line.starts_with("status") || line.starts_with("sysctl kernel/s");
        let filter = |text: String, (pattern, shown): &(Regex, &str)| {
            pattern.replace_all(&text, *shown).into_owned()
        };
        if is_plain { line.to_owned() } else { filters.iter().fold(line.to_owned(), filter) }
    };
    text.lines().map(plain).collect()
}

fn compare(
    name: &str,
    (ours, theirs): (&str, &str),
    expected: &[Row],
    met: &mut BTreeSet<usize>,
) -> Vec<String> {
    let (ours, theirs) = (lines(ours), lines(theirs));
    assert!(ours.len() > 60 && theirs.len() > 60, "{name}: {ours:?} {theirs:?}");
    let more = ours.difference(&theirs).map(|line| format!("+ {line}"));
    let less = theirs.difference(&ours).map(|line| format!("- {line}"));
    let mut unexplained = vec![];
    for line in more.chain(less) {
        let fits = |(at, pattern, _): &&(&str, &str, &str)| {
            (at.is_empty() || *at == name)
                && Regex::new(&format!("^{pattern}$")).unwrap().is_match(&line)
        };
        match expected.iter().position(|row| fits(&row)) {
            Some(row) => drop(met.insert(row)),
            None => unexplained.push(format!("[{name}] {line}")),
        }
    }
    unexplained
}

/// What the image that is compared has.
fn fill(layer: &mut super::Layer, program: &[u8]) {
    layer.file("bin/probe", 0o755, program);
    for name in ["dev", "proc", "run", "sys", "var", "var/tmp"] {
        layer.folder(name, 0o755);
    }
}

/// Returns the words of flags, with limits that both give, and the folder that is to be seen.
fn words(flags: &str, here: &str) -> (Vec<&'static str>, Vec<String>) {
    let given = flags.replace("./here", here);
    let given = given.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let limits = ["--ulimit", "nofile=1024:2048", "--ulimit", "nproc=1000:1000"];
    (if flags.contains("--ulimit") { limits[2..].to_vec() } else { limits.to_vec() }, given)
}

const START: [&str; 4] = ["run", "--rm", "--network", "none"];

#[test]
fn c07_a_container_sees_what_podman_with_runc_shows_and_each_difference_has_its_reason() {
    let Some(boxed) = Boxed::of_root("beside podman") else { return };
    let Some(program) = probe("beside podman", &boxed.sandbox.home()) else { return };
    let Some(podman) = Podman::new("beside podman", None) else { return };
    boxed.image("probe", &json!({"Cmd": ["sh"]}), |layer| fill(layer, &program));
    let layout = boxed.layout("probe", &json!({"Cmd": ["sh"]}), |layer| fill(layer, &program));
    let id = podman.take(&layout).unwrap();
    let here = boxed.sandbox.home().join("here");
    fs::create_dir(&here).unwrap();
    let (mut met, mut unexplained) = (BTreeSet::new(), vec![]);
    for flags in FLAGS {
        let (limits, given) = words(flags, here.to_str().unwrap());
        let given: Vec<&str> = given.iter().map(String::as_str).collect();
        let ours = boxed.mls(&[&START[..], &limits, &given, &["probe", "sh", "-c", SEEN]].concat());
        assert_eq!(ours.code(), 0, "{flags}: {ours}");
        let plain = ["--read-only-tmpfs=false"];
        let theirs = podman.run(&[&START[..], &plain, &given, &[&id, "sh", "-c", SEEN]].concat());
        assert!(theirs.status.success(), "{flags}: {}", String::from_utf8_lossy(&theirs.stderr));
        unexplained.extend(compare(
            flags,
            (&ours.stdout(), &String::from_utf8_lossy(&theirs.stdout)),
            EXPECTED,
            &mut met,
        ));
    }
    assert!(unexplained.is_empty(), "{unexplained:#?}");
    let unmet = EXPECTED.iter().enumerate().filter(|(row, _)| !met.contains(row));
    let unmet: Vec<_> = unmet.map(|(_, row)| row).collect();
    assert!(unmet.is_empty(), "rows that nothing needs: {unmet:#?}");
    tell(&format!(
        "beside podman with runc: {} sets of flags, {} kinds of difference",
        FLAGS.len(),
        EXPECTED.len()
    ));
}

const USER: u32 = 15_000;

/// Makes the folders above one that everybody may enter.
fn open_up(top: &Path) {
    let folders = top.ancestors();
    for folder in folders.take_while(|path| *path != Path::new("/tmp") && *path != Path::new("/")) {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(folder, mode).unwrap();
    }
}

#[test]
fn c07_an_ordinary_user_s_container_sees_what_podman_with_runc_shows_such_a_user() {
    let Some(boxed) = Boxed::of_root("beside podman, as a user") else { return };
    let top = boxed.sandbox.home();
    let Some(program) = probe("beside podman, as a user", &top) else { return };
    open_up(&top);
    let Some(podman) = Podman::new("beside podman, as a user", Some(USER)) else { return };
    let layout = boxed.layout("probe", &json!({"Cmd": ["sh"]}), |layer| fill(layer, &program));
    let id = match podman.take(&layout) {
        Ok(id) => id,
        Err(why) => return tell(&format!("skipped: beside podman, as a user: {why}")),
    };
    let own = top.join("user");
    for folder in [&own, &own.join("here")] {
        fs::create_dir(folder).unwrap();
        chown(folder, Some(USER), Some(USER)).unwrap();
    }
    let mls = |args: &[&str]| {
        let mut command = boxed.sandbox.command(args);
        command.env("HOME", &own).current_dir(&own).uid(USER).gid(USER);
        boxed.sandbox.finish(command)
    };
    assert_eq!(mls(&["init"]).code(), 0);
    assert_eq!(mls(&["load", "-i", layout.to_str().unwrap()]).code(), 0);
    let expected = [EXPECTED, OF_USER].concat();
    let (mut met, mut unexplained, mut count) = (BTreeSet::new(), vec![], 0);
    let here = own.join("here");
    for flags in for_user() {
        let (limits, given) = words(flags, here.to_str().unwrap());
        let given: Vec<&str> = given.iter().map(String::as_str).collect();
        let plain = ["--read-only-tmpfs=false"];
        let theirs = podman.run(&[&START[..], &plain, &given, &[&id, "sh", "-c", SEEN]].concat());
        if !theirs.status.success() && count == 0 {
            let why = String::from_utf8_lossy(&theirs.stderr);
            return tell(&format!("skipped: beside podman, as a user: {why}"));
        }
        assert!(theirs.status.success(), "{flags}: {}", String::from_utf8_lossy(&theirs.stderr));
        let ours = mls(&[&START[..], &limits, &given, &["probe", "sh", "-c", SEEN]].concat());
        assert_eq!(ours.code(), 0, "{flags}: {ours}");
        let theirs = String::from_utf8_lossy(&theirs.stdout).into_owned();
        unexplained.extend(compare(flags, (&ours.stdout(), &theirs), &expected, &mut met));
        count += 1;
    }
    assert!(unexplained.is_empty(), "{unexplained:#?}");
    let unmet = (EXPECTED.len()..expected.len()).filter(|row| !met.contains(row));
    let unmet: Vec<_> = unmet.map(|row| expected[row]).collect();
    assert!(unmet.is_empty(), "rows that nothing needs: {unmet:#?}");
    tell(&format!("beside podman with runc, as a user: {count} sets of flags"));
}
