//! Containers from their first command to the last, of an image with a static busybox.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::Sandbox;

pub(super) const DOCKERFILE: &str = r#"FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
RUN mkdir -p /tmp /etc /root /data && echo seed > /data/seed && \
    printf 'root:x:0:0:root:/root:/bin/sh\nada:x:7:8:ada:/tmp:/bin/sh\n' > /etc/passwd && \
    printf 'root:x:0:\nada:x:8:\nextra:x:99:\n' > /etc/group
ENV A=image B=image
CMD ["echo", "from the image"]
"#;

/// Returns a store with the image `box`, or says why there is none.
pub(super) fn sandbox(test: &str) -> Option<Sandbox> {
    let skipped = |why: &str| {
        let _ = writeln!(std::io::stdout(), "skipped: {test}: {why}");
        None
    };
    let Some(busybox) = crate::container::busybox() else { return skipped("no static busybox") };
    let sandbox = Sandbox::with_store();
    fs::create_dir(sandbox.path().join("context")).unwrap();
    fs::copy(busybox, sandbox.path().join("context/busybox")).unwrap();
    fs::write(sandbox.path().join("context/Dockerfile"), DOCKERFILE).unwrap();
    let built = sandbox.mls(["build", "-q", "-t", "box", "context"]);
    match built.code() {
        0 => Some(sandbox),
        _ => skipped(&built.stderr()),
    }
}

#[track_caller]
pub(super) fn soon(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn listed(sandbox: &Sandbox) -> Vec<Value> {
    sandbox.json(["ps", "-a"]).as_array().unwrap().clone()
}

fn state_of(sandbox: &Sandbox, name: &str) -> String {
    let all = listed(sandbox);
    let one = all.iter().find(|one| one["name"] == name);
    one.map_or("none".to_owned(), |one| one["status"].as_str().unwrap().to_owned())
}

/// Runs `mls`, which must succeed; returns its stdout as it is.
#[track_caller]
fn ok<S: AsRef<std::ffi::OsStr>>(sandbox: &Sandbox, args: impl IntoIterator<Item = S>) -> String {
    let said = sandbox.mls(args);
    assert_eq!(said.code(), 0, "{said}");
    said.stdout()
}

/// Returns what is left on disk of containers.
fn left(sandbox: &Sandbox) -> Vec<String> {
    let entries = fs::read_dir(sandbox.store().join("containers")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| !["lock", "names", "events"].contains(&&**name)).collect()
}

#[test]
fn run_ends_as_its_command_does_and_leaves_nothing_with_rm() {
    let Some(sandbox) = sandbox("run") else { return };
    assert_eq!(ok(&sandbox, ["run", "--rm", "box"]), "from the image\n");
    let said = sandbox.mls(["run", "--rm", "box", "sh", "-c", "echo out; echo err >&2; exit 7"]);
    assert_eq!(
        (said.code(), said.stdout().as_str(), said.stderr().as_str()),
        (7, "out\n", "err\n")
    );
    for (command, code) in [
        (&["nosuch"][..], 127),
        (&["/etc/passwd"], 126),
        (&["sh", "-c", "sh -c 'kill -KILL $$'; exit $?"], 137),
        (&["sh", "-c", "exec sh -c 'exit 255'"], 255),
    ] {
        let all = ["run", "--rm", "box"].iter().chain(command);
        assert_eq!(sandbox.mls(all).code(), code, "{command:?}");
    }
    assert_eq!(sandbox.mls(["run", "--rm", "--pull", "never", "none:1"]).code(), 125);
    assert_eq!(sandbox.mls(["run", "--nonsense", "box"]).code(), 2);
    assert_eq!(left(&sandbox), [""; 0]);
}

#[test]
fn flags_reach_the_command() {
    let Some(sandbox) = sandbox("flags of run") else { return };
    let run = |flags: &[&str], script: &str| {
        let all = [&["run", "--rm"], flags, &["box", "sh", "-c", script]].concat();
        ok(&sandbox, all)
    };
    assert_eq!(run(&["-e", "A=mine", "-e", "C=new", "-e", "B"], "echo $A,$B,$C"), "mine,,new\n");
    assert_eq!(
        run(&["-w", "/a/b", "-u", "ada"], "pwd; id"),
        "/a/b\nuid=7(ada) gid=8(ada) groups=8(ada)\n"
    );
    assert_eq!(run(&["-u", "7:99", "--group-add", "8"], "id -G"), "99 8\n");
    assert_eq!(
        run(&["--hostname", "ship", "--network", "none"], "hostname; echo $HOSTNAME"),
        "ship\nship\n"
    );
    assert_eq!(run(&["--entrypoint", "/bin/echo"], "x"), "sh -c x\n");
    assert_eq!(run(&["--read-only"], "touch /x 2>/dev/null || echo refused"), "refused\n");
    assert_eq!(run(&["--tmpfs", "/t:size=1m", "--read-only"], "touch /t/x && echo made"), "made\n");
    assert_eq!(run(&["--ulimit", "nofile=64:128"], "ulimit -Sn; ulimit -Hn"), "64\n128\n");
    assert_eq!(run(&["--init"], "cat /proc/1/comm; exit 0"), "init\n");
    assert_eq!(
        run(&["--cap-drop", "ALL"], "grep CapEff /proc/self/status"),
        "CapEff:\t0000000000000000\n"
    );
    assert_eq!(run(&["--oom-score-adj", "500"], "cat /proc/self/oom_score_adj"), "500\n");
    fs::write(sandbox.path().join("vars"), "# none\nX=1\n\nY=a b\n").unwrap();
    assert_eq!(run(&["--env-file", "vars"], "echo $X,$Y"), "1,a b\n");
    assert_eq!(sandbox.mls(["run", "--rm", "--init", "box", "sh", "-c", "exit 9"]).code(), 9);
}

#[test]
fn folders_and_volumes_are_seen_inside_and_outlive_containers() {
    let Some(sandbox) = sandbox("volumes") else { return };
    fs::create_dir(sandbox.path().join("here")).unwrap();
    let script = "echo x > /there/file && cat /there/file";
    assert_eq!(
        ok(&sandbox, ["run", "--rm", "-v", "./here:/there", "box", "sh", "-c", script]),
        "x\n"
    );
    assert_eq!(sandbox.read("here/file"), b"x\n");
    let script = "echo y > /there/file || echo refused";
    let said = sandbox.mls(["run", "--rm", "-v", "./here:/there:ro", "box", "sh", "-c", script]);
    assert_eq!(said.stdout(), "refused\n");
    // What the image has there comes along into a new volume.
    ok(&sandbox, ["run", "--rm", "-v", "kept:/data", "box", "sh", "-c", "echo more > /data/more"]);
    assert_eq!(ok(&sandbox, ["run", "--rm", "-v", "kept:/x", "box", "ls", "/x"]), "more\nseed\n");
    ok(&sandbox, ["run", "--rm", "-v", "/anonymous", "box", "touch", "/anonymous/x"]);
    let volumes = fs::read_dir(sandbox.store().join("volumes")).unwrap().count();
    assert_eq!(volumes, 1, "one without a name goes with its container");
}

#[test]
fn bytes_go_through_unchanged() {
    let Some(sandbox) = sandbox("bytes") else { return };
    let bytes: Vec<u8> =
        (0..3_000_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for command in [&["run", "--rm", "-i", "box", "cat"][..], &["exec", "-i", "idle", "cat"]] {
        if command[0] == "exec" {
            ok(&sandbox, ["run", "-d", "--name", "idle", "box", "sleep", "1000"]);
        }
        let mut child = sandbox.command(command);
        let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let given = bytes.clone();
        let writer = std::thread::spawn(move || stdin.write_all(&given));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        assert!(output.status.success() && output.stdout == bytes, "{command:?}");
    }
    ok(&sandbox, ["rm", "-f", "idle"]);
}

#[test]
fn a_container_in_the_background_is_listed_spoken_with_and_stopped() {
    let Some(sandbox) = sandbox("background") else { return };
    let script =
        "trap 'echo bye; exit 3' TERM; echo out; echo err >&2; while true; do sleep 0.1; done";
    let id =
        ok(&sandbox, ["run", "-d", "--name", "web", "--label", "a=b", "box", "sh", "-c", script]);
    let id = id.trim();
    assert_eq!(id.len(), 64);
    let one = listed(&sandbox).remove(0);
    assert_eq!((one["id"].as_str(), one["status"].as_str()), (Some(id), Some("running")));
    assert_eq!(ok(&sandbox, ["ps", "-q", "--filter", "label=a=b"]), format!("{}\n", &id[..12]));
    soon("it has written", || sandbox.mls(["logs", "web"]).stdout() == "out\n");
    soon("its errors are apart", || sandbox.mls(["logs", "web"]).stderr() == "err\n");
    assert_eq!(
        ok(&sandbox, ["exec", "-e", "X=1", "-w", "/tmp", "web", "sh", "-c", "echo $X$A; pwd"]),
        "1image\n/tmp\n"
    );
    assert_eq!(ok(&sandbox, ["exec", "-u", "ada", "web", "id", "-u"]), "7\n");
    for (command, code) in [("exit 3", 3), ("kill -9 $$", 137)] {
        assert_eq!(sandbox.mls(["exec", &id[..6], "sh", "-c", command]).code(), code);
    }
    assert_eq!(sandbox.mls(["exec", "web", "nosuch"]).code(), 127);
    assert_eq!(sandbox.mls(["exec", "web", "/etc/passwd"]).code(), 126);
    let shown = sandbox.json(["inspect", "web"]);
    assert_eq!(
        (shown[0]["Id"].as_str(), &shown[0]["State"]["Running"]),
        (Some(id), &Value::Bool(true))
    );
    assert!(shown[0]["State"]["Pid"].as_u64().unwrap() > 1, "{shown}");
    let taken = sandbox.mls(["run", "--name", "web", "box"]);
    assert_eq!(taken.code(), 125, "{}", taken.stderr());
    assert_eq!(sandbox.mls(["rm", "web"]).code(), 3, "it runs");
    ok(&sandbox, ["rename", "web", "site"]);
    assert_eq!(ok(&sandbox, ["stop", "site"]), "site\n");
    assert_eq!(
        (state_of(&sandbox, "site").as_str(), ok(&sandbox, ["wait", "site"]).as_str()),
        ("exited", "3\n")
    );
    assert!(sandbox.mls(["logs", "site"]).stdout().ends_with("bye\n"));
    assert_eq!(sandbox.mls(["exec", "site", "true"]).code(), 1);
    ok(&sandbox, ["start", "site"]);
    assert_eq!(state_of(&sandbox, "site"), "running");
    ok(&sandbox, ["kill", "site"]);
    assert_eq!(ok(&sandbox, ["wait", "site"]), "137\n");
    assert_eq!(ok(&sandbox, ["container", "prune"]), format!("{id}\n"));
    assert_eq!(left(&sandbox), [""; 0]);
}

#[test]
fn what_was_changed_is_there_at_the_next_start_though_the_image_is_gone() {
    let Some(sandbox) = sandbox("the image is removed") else { return };
    let script = "cat /kept 2>/dev/null; echo more >> /kept";
    ok(&sandbox, ["create", "--name", "one", "box", "sh", "-c", script]);
    assert_eq!(ok(&sandbox, ["start", "-a", "one"]), "");
    ok(&sandbox, ["rmi", "box"]);
    ok(&sandbox, ["gc", "--grace", "0"]);
    fs::remove_dir_all(sandbox.store().join("cache")).unwrap();
    assert_eq!(ok(&sandbox, ["start", "-a", "one"]), "more\n");
    ok(&sandbox, ["rm", "one"]);
}

#[test]
fn a_container_is_started_anew_as_often_as_it_was_asked_for() {
    let Some(sandbox) = sandbox("restarts") else { return };
    let script = "echo x >> /times; exit 4";
    ok(
        &sandbox,
        ["run", "-d", "--name", "fails", "--restart", "on-failure:2", "box", "sh", "-c", script],
    );
    soon("it gives up", || state_of(&sandbox, "fails") == "exited");
    assert_eq!(ok(&sandbox, ["wait", "fails"]), "4\n");
    ok(
        &sandbox,
        [
            "run",
            "-d",
            "--name",
            "always",
            "--restart",
            "always",
            "box",
            "sh",
            "-c",
            "echo x; sleep 0.2",
        ],
    );
    soon("it ran more than once", || sandbox.mls(["logs", "always"]).stdout().lines().count() > 2);
    ok(&sandbox, ["stop", "-t", "0", "always"]);
    assert_eq!(state_of(&sandbox, "always"), "exited");
    ok(&sandbox, ["start", "--all"]);
    assert_eq!(state_of(&sandbox, "always"), "running");
    ok(&sandbox, ["rm", "-f", "always", "fails"]);
}

#[test]
fn c12_proof_a_killed_supervisor_or_caller_leaves_a_true_state_and_nothing_else() {
    let Some(sandbox) = sandbox("C12: kills") else { return };
    let supervisor = |id: &str| {
        let path = sandbox.store().join("containers").join(id).join("state.json");
        let state: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        state["supervisor"].as_i64().unwrap() as i32
    };
    let id = ok(
        &sandbox,
        ["run", "-d", "--name", "killed", "--restart", "always", "box", "sleep", "4331"],
    );
    let pid = rustix::process::Pid::from_raw(supervisor(id.trim())).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    soon("it counts as ended", || state_of(&sandbox, "killed") == "exited");
    assert_eq!(ok(&sandbox, ["wait", "killed"]), "137\n");
    soon("its processes are gone", || !crate::container::on_this_machine("sleep 4331"));
    assert_eq!(sandbox.mls(["exec", "killed", "true"]).code(), 1);
    ok(&sandbox, ["start", "killed"]);
    assert_eq!(ok(&sandbox, ["exec", "killed", "echo", "again"]), "again\n");
    ok(&sandbox, ["rm", "-f", "killed"]);
    // The caller, at any moment: the container is there and runs, or it is not.
    for number in 0..crate::proof::count(100, 12) {
        let mut command = sandbox.command(["run", "--rm", "box", "sleep", "0.3"]);
        let mut caller = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(number as u64 * 25 % 300));
        caller.kill().unwrap();
        caller.wait().unwrap();
    }
    soon("none runs", || ok(&sandbox, ["ps", "-q"]).is_empty());
    ok(&sandbox, ["container", "prune"]);
    // What was being made or removed at that moment is swept by the next.
    let is_left = |name: &String| !name.starts_with("gone-") && !name.starts_with("new-");
    soon("all is gone", || !left(&sandbox).iter().any(is_left));
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    assert!(!mounts.contains(sandbox.path().to_str().unwrap()), "{mounts}");
}

#[test]
fn c12_of_many_who_want_one_name_one_gets_it() {
    let Some(sandbox) = sandbox("C12: names") else { return };
    let callers: Vec<_> = (0..16)
        .map(|_| {
            sandbox
                .command(["create", "--name", "one", "box"])
                .stderr(Stdio::null())
                .stdout(Stdio::null())
                .spawn()
        })
        .collect();
    let codes = callers.into_iter().map(|caller| caller.unwrap().wait().unwrap().code());
    let codes: Vec<i32> = codes.map(Option::unwrap).collect();
    assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{codes:?}");
    assert!(codes.iter().all(|code| [0, 3].contains(code)), "{codes:?}");
    ok(&sandbox, ["rm", "one"]);
    assert_eq!(left(&sandbox), [""; 0]);
}

#[test]
fn c09_text_that_steers_a_terminal_is_escaped_in_listings() {
    let Some(sandbox) = sandbox("C09: listings") else { return };
    ok(
        &sandbox,
        ["create", "--name", "odd", "--label", "a=\u{1b}[31m", "box", "echo", "\u{1b}[2Jgone"],
    );
    let listing = ok(&sandbox, ["ps", "-a"]);
    assert!(!listing.contains('\u{1b}'), "{listing:?}");
    assert_eq!(sandbox.mls(["create", "--name", "\u{1b}x", "box"]).code(), 2);
    ok(&sandbox, ["rm", "odd"]);
}
