//! What a container runs, has changed and holds: `top`, `diff`, `export`, `commit`.

use std::io::Read as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::contained::{sandbox, soon};
use crate::support::Sandbox;

const CHANGES: &str = "echo new > /data/new; echo other > /data/seed; rm /bin/ls; rm -r /root; mkdir /root; \
    ln /data/new /tmp/linked; ln -s /data /tmp/link; chmod 700 /tmp; sleep 4332";

/// Starts the container `one`, which changes its files and then waits.
fn changed(sandbox: &Sandbox, flags: &[&str]) {
    let head = ["run", "-d", "--name", "one", "--network", "none", "-e", "C=3"];
    sandbox.ok([&head, flags, &["box", "sh", "-c", CHANGES]].concat());
    soon("it waits", || sandbox.mls(["top", "one"]).stdout().contains("sleep 4332"));
}

#[test]
fn the_processes_of_a_container_are_listed_with_both_numbers() {
    let Some(sandbox) = sandbox("top") else { return };
    sandbox.ok(["run", "-d", "--name", "one", "-u", "ada", "box", "sh", "-c", "sleep 4333; true"]);
    soon("it sleeps", || sandbox.json(["top", "one"]).as_array().unwrap().len() == 2);
    let all = sandbox.json(["top", "one"]);
    let of = |at: usize, key: &str| all[at][key].clone();
    assert_eq!(
        (of(0, "pid"), of(0, "parent_pid"), of(0, "user")),
        (json!(1), json!(0), json!("ada"))
    );
    assert_eq!((of(1, "parent_pid"), of(1, "uid")), (json!(1), json!(7)));
    assert_eq!(of(1, "command"), json!(["sleep", "4333"]));
    let host = sandbox.json(["inspect", "one"])[0]["State"]["Pid"].clone();
    assert_eq!(of(0, "host_pid"), host);
    // One that joins it is of it as well.
    sandbox.ok(["exec", "-d", "one", "sleep", "4334"]);
    soon("it is listed", || sandbox.mls(["top", "one"]).stdout().contains("sleep 4334"));
    sandbox.ok(["kill", "one"]);
    sandbox.ok(["wait", "one"]);
    let ended = sandbox.mls(["top", "one"]);
    assert_eq!(ended.code(), 3, "{ended}");
    sandbox.ok(["rm", "one"]);
}

#[test]
fn what_a_container_has_changed_is_told_as_docker_does() {
    let Some(sandbox) = sandbox("diff of a container") else { return };
    changed(&sandbox, &["-v", "/volume"]);
    let expected =
        "C /bin\nD /bin/ls\nC /data\nA /data/new\nC /data/seed\nC /tmp\nA /tmp/link\nA /tmp/linked";
    let told = sandbox.ok(["diff", "one"]);
    let told: Vec<&str> = told.lines().filter(|line| !line.ends_with(" /root")).collect();
    assert_eq!(told.join("\n"), expected);
    let values = sandbox.json(["diff", "one"]);
    let first = &values.as_array().unwrap()[1];
    assert_eq!(*first, json!({"path": "/bin/ls", "change": "removed"}));
    assert_eq!(sandbox.mls(["diff", "--exit-code", "one"]).code(), 1);
    sandbox.ok(["create", "--name", "two", "box"]);
    assert_eq!(sandbox.ok(["diff", "--exit-code", "two"]), "");
    let none = sandbox.mls(["diff", "none"]);
    assert_eq!(none.code(), 5);
    assert!(none.stderr().contains("name both"), "{none}");
    sandbox.ok(["rm", "-fv", "one", "two"]);
}

/// Returns names and contents of a tar, as GNU tar reads it.
fn listed(tar: &[u8]) -> String {
    let mut child = Command::new("tar")
        .args(["-tvf", "-", "--numeric-owner"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let tar = tar.to_vec();
    let writer = std::thread::spawn(move || std::io::Write::write_all(&mut stdin, &tar));
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    writer.join().unwrap().unwrap();
    assert!(child.wait().unwrap().success(), "{text}");
    text
}

#[test]
fn all_files_of_a_container_become_one_tar() {
    let Some(sandbox) = sandbox("export of a container") else { return };
    changed(&sandbox, &[]);
    let tar = sandbox.command(["export", "container", "one"]).output().unwrap();
    assert!(tar.status.success());
    let text = listed(&tar.stdout);
    let has = |end: &str| text.lines().any(|line| line.ends_with(end));
    for end in [
        " data/new",
        " data/seed",
        " bin/busybox",
        " etc/passwd",
        " tmp/",
        " root/",
        "tmp/link -> /data",
    ] {
        assert!(has(end), "{end}: {text}");
    }
    assert!(has(" tmp/linked link to data/new"), "{text}");
    assert!(!has(" bin/ls") && !text.contains("bin/ls ->"), "{text}");
    let said = sandbox.mls(["export", "container", "one", "-o", "one.tar"]);
    assert_eq!((said.code(), said.stdout().as_str()), (0, ""), "{said}");
    assert_eq!(sandbox.read("one.tar"), tar.stdout);
    sandbox.ok(["import", "image", "one.tar", "flat:1"]);
    let run = [
        "run",
        "--rm",
        "--network",
        "none",
        "flat:1",
        "/bin/busybox",
        "cat",
        "/data/seed",
        "/tmp/linked",
    ];
    assert_eq!(sandbox.ok(run), "other\nnew");
    sandbox.ok(["rm", "-f", "one"]);
}

#[test]
fn a_container_becomes_an_image_that_runs_as_it_did() {
    let Some(sandbox) = sandbox("commit") else { return };
    changed(&sandbox, &["-w", "/data", "--label", "a=b"]);
    let id = sandbox.ok([
        "commit",
        "-a",
        "Ada",
        "-m",
        "why",
        "-c",
        "ENV D=4 B=two",
        "-c",
        "CMD [\"sh\", \"-c\", \"pwd; cat seed new; echo $A$B$C$D\"]",
        "one",
        "kept:2",
    ]);
    assert!(id.starts_with("sha256:") && id.len() == 71, "{id}");
    let top = sandbox.json(["top", "one"]);
    assert_eq!(top[0]["pid"], 1, "it goes on: {top}");
    assert_eq!(
        sandbox.ok(["run", "--rm", "--network", "none", "kept:2"]),
        "/data\nother\nnew\nimagetwo34"
    );
    let gone = sandbox.mls(["run", "--rm", "--network", "none", "kept:2", "ls"]);
    assert_eq!(gone.code(), 127, "{gone}");
    let shown: Value = sandbox.json(["inspect", "image:kept:2"]);
    assert_eq!(shown[0]["Author"], "Ada", "{shown}");
    assert_eq!(shown[0]["Config"]["Labels"]["a"], "b");
    let env = shown[0]["Config"]["Env"].as_array().unwrap();
    assert!(!env.iter().any(|line| line.as_str().unwrap().starts_with("HOSTNAME")), "{env:?}");
    assert_eq!(sandbox.mls(["commit", "-c", "RUN x", "one"]).code(), 2);
    // One that does not run, without a name; the image below may be gone.
    sandbox.ok(["kill", "one"]);
    sandbox.ok(["wait", "one"]);
    sandbox.ok(["rmi", "box"]);
    let again = sandbox.json(["commit", "one"]);
    assert!(again["ref"].is_null() && again["layer_size"].as_u64().unwrap() > 0, "{again}");
    let said = sandbox.mls([
        "run",
        "--rm",
        "--network",
        "none",
        again["id"].as_str().unwrap(),
        "cat",
        "/data/seed",
    ]);
    assert_eq!((said.code(), said.stdout().as_str()), (0, "other\n"), "{said}");
    sandbox.ok(["rm", "one"]);
    sandbox.ok(["fsck"]);
}
