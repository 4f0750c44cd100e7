//! What every command for containers owes: `--dry-run` changes nothing, and a program can read each answer and each error.

use serde_json::{Value, json};

use super::contained::{sandbox, soon};

#[test]
fn a_dry_run_of_a_command_for_containers_changes_nothing_and_foresees_refusals() {
    let Some(sandbox) = sandbox("dry runs") else { return };
    let none = ["--network", "none"];
    sandbox.ok([
        &["run", "-d", "--name", "one", "-v", "used:/data"],
        &none[..],
        &["box", "sleep", "4340"],
    ]
    .concat());
    sandbox.ok(["create", "--name", "two", "box"]);
    sandbox.ok(["volume", "create", "free"]);
    let seen = || {
        let all = ["ps -a", "images", "volume ls", "top one", "diff one"];
        all.map(|words| sandbox.json(words.split(' ').map(str::to_owned)))
    };
    let cpu = |mut all: [Value; 5]| {
        all[3][0]["cpu_seconds"].take();
        all[0].as_array_mut().unwrap().sort_by_key(|one| one["name"].to_string());
        all
    };
    let before = cpu(seen());
    for (words, code) in [
        ("create --name three box", 0),
        ("create --name two box", 3),
        ("run --rm box touch /made", 0),
        ("run --rm none:9", 0),
        ("run --rm --pull never none:9", 125),
        ("start two", 0),
        ("start none", 5),
        ("stop one two", 0),
        ("kill one", 0),
        ("kill two", 3),
        ("restart one", 0),
        ("pause one", 0),
        ("unpause one", 0),
        ("rename one other", 0),
        ("rename one two", 3),
        ("rm two", 0),
        ("rm one", 3),
        ("rm -f one", 0),
        ("exec one touch /made", 0),
        ("exec two touch /made", 1),
        ("cp one:/etc/passwd passwd", 0),
        ("cp context/Dockerfile one:/made", 0),
        ("cp one:/none .", 5),
        ("commit one kept:1", 0),
        ("commit none kept:1", 5),
        ("export container one -o one.tar", 0),
        ("container prune", 0),
        ("volume create fourth", 0),
        ("volume rm free", 0),
        ("volume rm used", 3),
        ("volume prune -a", 0),
        ("rmi box", 0),
    ] {
        let mut words: Vec<&str> = words.split(' ').collect();
        let verbs = if ["container", "volume", "export"].contains(&words[0]) { 2 } else { 1 };
        words.insert(verbs, "--dry-run");
        let said = sandbox.mls(&words);
        assert_eq!(said.code(), code, "{words:?}: {said}");
    }
    assert_eq!(cpu(seen()), before);
    for made in ["passwd", "one.tar"] {
        assert!(!sandbox.path().join(made).exists(), "{made}");
    }
    let said = sandbox.mls(["rm", "--dry-run", "two"]);
    assert_eq!(
        (said.stdout().as_str(), said.stderr().as_str()),
        ("two\n", "Would remove container `two`.\n")
    );
    let said = sandbox.mls(["create", "--dry-run", "-e", "X=1", "box", "sh", "-c", "a b"]);
    assert_eq!(
        (said.stdout().as_str(), said.stderr().as_str()),
        ("", "Would make a container for `sh -c 'a b'`, of the image `box`.\n")
    );
    sandbox.ok(["rm", "-f", "one", "two"]);
}

#[test]
fn a_program_reads_each_answer_of_commands_for_containers_and_each_error() {
    let Some(sandbox) = sandbox("answers for programs") else { return };
    let script = "echo out; echo err >&2; sleep 4342";
    let begun = sandbox.json([
        "run",
        "-d",
        "--name",
        "one",
        "--network",
        "none",
        "box",
        "sh",
        "-c",
        script,
    ]);
    let id = begun["id"].clone();
    assert_eq!((id.as_str().unwrap().len(), &begun["name"]), (64, &json!("one")));
    let one = json!([{"id": id, "name": "one"}]);
    soon("it has written", || sandbox.mls(["logs", "one"]).stderr() == "err\n");
    let mut lines = sandbox.json(["logs", "one"]).as_array().unwrap().clone();
    lines.sort_by_key(|line| line["stream"].to_string());
    let streams: Vec<_> = lines.iter().map(|line| (&line["stream"], &line["text"])).collect();
    assert_eq!(streams, [(&json!("stderr"), &json!("err")), (&json!("stdout"), &json!("out"))]);
    let last = sandbox.ok(["logs", "--format", "jsonl", "--tail", "1", "one"]);
    assert!(serde_json::from_str::<Value>(&last).unwrap()["time"].is_string(), "{last}");
    for verb in ["pause", "unpause", "kill"] {
        assert_eq!(sandbox.json([verb, "one"]), one, "{verb}");
    }
    let ended = sandbox.json(["wait", "one"]);
    assert_eq!(ended, json!([{"id": id, "name": "one", "exit_code": 137}]));
    for words in
        [&["start", "one"][..], &["restart", "-t", "0", "one"], &["stop", "-t", "0", "one"]]
    {
        assert_eq!(sandbox.json(words.iter().copied()), one, "{words:?}");
    }
    assert_eq!(sandbox.json(["rename", "one", "uno"]), json!({"id": id, "name": "uno"}));
    assert_eq!(sandbox.json(["container", "prune"]), json!([{"id": id, "name": "uno"}]));
    let made = sandbox.json(["create", "--name", "two", "box"]);
    assert_eq!(made["name"], "two");
    assert_eq!(sandbox.json(["rm", "two"])[0]["id"], made["id"]);
    sandbox.ok(["volume", "create", "data"]);
    assert_eq!(sandbox.json(["volume", "rm", "data"]), json!([{"name": "data"}]));
    for words in [
        "stop none",
        "top none",
        "cp none:/x .",
        "commit none",
        "volume rm none",
        "logs none",
        "events -f x=y",
    ] {
        let said = sandbox.mls(words.split(' ').chain(["--format", "json"]));
        let error: Value = serde_json::from_str(&said.stderr()).unwrap();
        assert_eq!(
            (&error["error"]["code"], said.stdout().as_str()),
            (&json!(said.code()), ""),
            "{said}"
        );
        assert!(error["error"]["hint"].is_string(), "{words}: {said}");
    }
}
