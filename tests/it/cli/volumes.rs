//! `mls volume`, and `mls events`, which tell the same to several who watch.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};

use super::contained::{sandbox, soon};

#[test]
fn volumes_are_made_listed_and_removed_when_no_container_has_them() {
    let Some(sandbox) = sandbox("volume") else { return };
    assert_eq!(sandbox.ok(["volume", "create", "--label", "a=b", "own"]), "own");
    assert_eq!(sandbox.ok(["volume", "create", "own"]), "own", "again is harmless");
    assert_eq!(sandbox.mls(["volume", "create", "../x"]).code(), 2);
    let anonymous = sandbox.ok(["volume", "create"]);
    sandbox.ok([
        "create",
        "--name",
        "one",
        "-v",
        "used:/data",
        "-v",
        "/other",
        "box",
        "cat",
        "/data/seed",
    ]);
    assert_eq!(sandbox.ok(["start", "-a", "one"]), "seed");
    let all = sandbox.json(["volume", "ls"]);
    let names: Vec<&str> =
        all.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert!(names.len() == 4 && names.contains(&"own") && names.contains(&"used"), "{all}");
    assert_eq!(sandbox.ok(["volume", "ls", "-q", "--filter", "label=a=b"]), "own");
    let unused = sandbox.ok(["volume", "ls", "-q", "--filter", "dangling=true"]);
    assert_eq!(unused.lines().count(), 2, "{unused}");
    let shown = sandbox.json(["volume", "inspect", "used"]);
    let folder = shown[0]["Mountpoint"].as_str().unwrap();
    assert_eq!(std::fs::read(format!("{folder}/seed")).unwrap(), b"seed\n");
    let used = sandbox.mls(["volume", "rm", "used"]);
    assert_eq!(used.code(), 3, "{used}");
    assert_eq!(sandbox.mls(["volume", "rm", "usde"]).code(), 5);
    assert_eq!(sandbox.mls(["volume", "rm", "-f", "nothing"]).code(), 0);
    assert_eq!(sandbox.ok(["volume", "prune"]), anonymous);
    // What has no name goes with the container, what has one stays.
    sandbox.ok(["rm", "-v", "one"]);
    assert_eq!(sandbox.ok(["volume", "ls", "-q"]), "own\nused");
    assert_eq!(sandbox.ok(["volume", "rm", "used"]), "used");
    assert_eq!(sandbox.ok(["volume", "prune", "-a"]), "own");
    assert_eq!(sandbox.json(["volume", "ls"]), json!([]));
}

#[test]
fn what_happens_to_containers_is_told_in_order_to_all_who_watch() {
    let Some(sandbox) = sandbox("events") else { return };
    let begun = mls::base::time::rfc3339(mls::base::Clock::System.now());
    let mut watchers: Vec<_> = (0..2)
        .map(|_| {
            let mut command = sandbox.command(["events", "--since", &begun, "--format", "jsonl"]);
            command.stdout(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    sandbox.ok([
        "run",
        "-d",
        "--name",
        "one",
        "--label",
        "a=b",
        "--network",
        "none",
        "box",
        "sleep",
        "4337",
    ]);
    sandbox.ok(["exec", "one", "true"]);
    sandbox.ok(["stop", "-t", "0", "one"]);
    sandbox.ok(["rename", "one", "other"]);
    sandbox.ok(["rm", "other"]);
    let code = sandbox
        .mls(["run", "--rm", "--name", "two", "--network", "none", "box", "sh", "-c", "exit 3"])
        .code();
    assert_eq!(code, 3);
    let one = [
        "create",
        "start",
        "exec_start",
        "exec_die",
        "kill",
        "kill",
        "die",
        "stop",
        "rename",
        "destroy",
    ];
    let two = ["create", "start", "die", "destroy"];
    let expected: Vec<&str> =
        one.iter().chain(&two).copied().filter(|action| *action != "kill").collect();
    for watcher in &mut watchers {
        let lines = BufReader::new(watcher.stdout.take().unwrap()).lines();
        let events = lines.map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
        let actions = events.map(|event| event["action"].as_str().unwrap().to_owned());
        let actions: Vec<String> =
            actions.filter(|action| action != "kill").take(expected.len()).collect();
        assert_eq!(actions, expected);
        watcher.kill().unwrap();
        watcher.wait().unwrap();
    }
    let past = |filters: &[&str]| {
        let all = [&["events", "--since", &begun, "--until", "0s"], filters].concat();
        sandbox.json(all).as_array().unwrap().clone()
    };
    let died = past(&["--filter", "event=die"]);
    assert_eq!(died.len(), 2);
    assert_eq!((&died[1]["name"], &died[1]["details"]["exitCode"]), (&json!("two"), &json!("3")));
    assert_eq!(past(&["--filter", "label=a=b", "--filter", "event=start"]).len(), 1);
    assert_eq!(past(&["--filter", "container=two"]).len(), 4);
    assert_eq!(sandbox.mls(["events", "--filter", "x=y"]).code(), 2);
    let line = sandbox.ok([
        "events",
        "--since",
        &begun,
        "--until",
        "0s",
        "--filter",
        "event=destroy",
        "--filter",
        "container=two",
    ]);
    assert!(
        line.contains(" container destroy ") && line.ends_with("(image=box, name=two)"),
        "{line}"
    );
}

#[test]
fn c12_the_end_of_a_container_whose_supervisor_was_killed_is_told_once() {
    let Some(sandbox) = sandbox("C12: events") else { return };
    let begun = mls::base::time::rfc3339(mls::base::Clock::System.now());
    let id =
        sandbox.ok(["run", "-d", "--name", "one", "--network", "none", "box", "sleep", "4338"]);
    let state =
        std::fs::read(sandbox.store().join("containers").join(&id).join("state.json")).unwrap();
    let state: Value = serde_json::from_slice(&state).unwrap();
    let pid = rustix::process::Pid::from_raw(state["supervisor"].as_i64().unwrap() as i32).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    soon("it counts as ended", || sandbox.ok(["ps", "-q"]).is_empty());
    let died =
        || sandbox.json(["events", "--since", &begun, "--until", "0s", "--filter", "event=die"]);
    soon("its end is told", || died().as_array().unwrap().len() == 1);
    assert_eq!(died()[0]["details"]["exitCode"], "137");
    sandbox.ok(["start", "one"]);
    sandbox.ok(["rm", "-f", "one"]);
    assert_eq!(died().as_array().unwrap().len(), 2);
}
