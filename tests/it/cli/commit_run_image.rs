//! `commit-run --image`: a run whose command ran in a container.

use super::contained::sandbox;

#[test]
fn a_command_is_recorded_in_a_container_of_an_image() {
    let Some(sandbox) = sandbox("commit-run --image") else { return };
    sandbox.write("data.txt", "7\n");
    let script = "cat data.txt; echo made > made.txt; echo kept > $MLS_RUN_DIR/kept.txt; \
        echo '{\"step\":1,\"loss\":0.5}' > $MLS_RUN_DIR/metrics.jsonl; \
        echo '{\"lr\":\"0.1\"}' > $MLS_RUN_DIR/params.json; \
        wget -q -O - $MLFLOW_TRACKING_URI/healthz > /dev/null && echo reached; \
        wget -q -O - http://127.0.0.1:1/ 2>/dev/null || echo nothing else; \
        ls .mlstore 2>/dev/null; echo home $HOME; exit 3";
    let said = sandbox.mls(["commit-run", "--image", "box", "--", "sh", "-c", script]);
    assert_eq!(said.code(), 3, "{said}");
    let out = said.stdout();
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[..3], ["7", "reached", "nothing else"], "{said}");
    assert!(lines.contains(&"home /root") && !out.contains("format"), "{said}");
    assert_eq!(sandbox.read("made.txt"), b"made\n");
    let runs = sandbox.json(["runs"]);
    assert_eq!(
        (&runs[0]["status"], &runs[0]["params"]["lr"]),
        (&"FAILED".into(), &"0.1".into()),
        "{runs}"
    );
    assert_eq!(runs[0]["metrics"]["loss"], 0.5);
    let listed = sandbox.ok(["ls", "@:"]);
    assert!(listed.contains("kept.txt"), "{listed}");
    let digest = sandbox.json(["images"])[0]["digest"].as_str().unwrap().to_owned();
    let lineage = sandbox.json(["lineage", "@"]);
    let nodes = lineage["nodes"].as_array().unwrap();
    let image = nodes.iter().find(|node| node["kind"] == "image");
    assert_eq!(image.unwrap()["label"], "box:latest", "{lineage} {digest}");
    assert!(lineage["edges"].as_array().unwrap().iter().any(|edge| edge["label"] == "ran in"));
    // What it ran in stays as long as the run, whatever becomes of its name.
    sandbox.ok(["rmi", "box"]);
    sandbox.ok(["gc", "--grace", "0"]);
    sandbox.ok(["fsck"]);
    assert_eq!(sandbox.ok(["ps", "-aq"]), "");
    let missing = sandbox.mls(["commit-run", "--image", "127.0.0.1:1/none:1", "--", "true"]);
    assert_ne!(missing.code(), 0);
    assert_eq!(sandbox.json(["runs"]).as_array().unwrap().len(), 1, "nothing is recorded of it");
    assert_eq!(sandbox.mls(["commit-run", "--image", "box"]).code(), 2, "it needs a command");
}
