use crate::support::Sandbox;

#[test]
fn the_main_job_is_done_from_start_to_end() {
    let sandbox = Sandbox::new();
    let said = sandbox.mls(["quickstart", "tour"]);
    assert_eq!(said.code(), 0, "{said}");
    let stdout = said.stdout();
    for line in [
        "$ mls init",
        "$ mls runs",
        "$ mls diff-runs @~1 @",
        "$ mls push origin",
        "$ mls clone ../shared ../colleague",
        "the same",
        r#"{"label": ["Adelie", "Adelie", "Adelie"]"#,
        "sound",
        "Listening on http://127.0.0.1:",
        "../over-http",
    ] {
        assert!(stdout.contains(line), "{line}: {said}");
    }
    if stdout.contains("Images are left out") {
        println!("skipped: no containers on this machine, so no image steps");
    } else {
        let ids: Vec<_> = stdout.lines().filter(|line| line.starts_with("sha256:")).collect();
        assert_eq!(ids.len(), 2, "{said}");
        assert_eq!(ids[0], ids[1], "the second build took all from the cache: {said}");
        assert_eq!(said.stderr().matches(" CACHED\n").count(), 3, "{said}");
        assert!(stdout.contains("/score\nGentoo\n"), "{said}");
        assert!(said.stderr().contains("341 of 342 birds known"), "{said}");
    }
    let runs = sandbox.json(["-C", "tour/colleague", "runs"]);
    let accuracy = |index: usize| runs[index]["metrics"]["test_accuracy"].as_f64().unwrap();
    assert_eq!((runs[0]["name"].as_str(), runs[1]["name"].as_str()), (Some("quick"), Some("slow")));
    assert!(accuracy(0) > accuracy(1) && accuracy(0) > 0.98, "{runs}");
}

#[test]
fn a_folder_with_something_in_it_is_refused_and_left_alone() {
    let sandbox = Sandbox::new();
    sandbox.write("mine/thesis.txt", "precious");
    insta::assert_snapshot!(sandbox.mls(["quickstart", "mine"]), @"
    exit 3
    --- stderr
    error: `[TOP]/work/mine` is not empty
    hint: Name a folder that is new or empty.
    ");
    assert_eq!(std::fs::read_dir(sandbox.path().join("mine")).unwrap().count(), 1);
}

#[test]
fn without_a_folder_a_name_that_is_free_is_taken() {
    let sandbox = Sandbox::new();
    sandbox.write("mls-quickstart/mine.txt", "precious");
    let said = sandbox.mls(["quickstart"]);
    assert_eq!(said.code(), 0, "{said}");
    assert!(sandbox.path().join("mls-quickstart-2/colleague/.mlstore").is_dir());
}
