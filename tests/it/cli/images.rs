use serde_json::json;

use crate::server::oci::tools::image;
use crate::support::Sandbox;

#[test]
fn an_image_is_found_by_every_name_that_people_have_for_it() {
    let sandbox = Sandbox::with_store();
    image(&sandbox);
    sandbox.ok(["tag", "train:1", "docker.io/library/python:3.11"]);
    let all = sandbox.json(["images"]);
    let id = all[0]["id"].as_str().unwrap().to_owned();
    let digest = all[0]["digest"].as_str().unwrap().to_owned();
    for name in [
        "train:1",
        "docker.io/library/train:1",
        "docker.io/train:1",
        "localhost/train:1",
        "image:train:1",
        "python:3.11",
        "library/python:3.11",
        "docker.io/python:3.11",
        &id,
        &id[7..],
        &id[7..15],
        &digest,
        &format!("train@{digest}"),
    ] {
        let found = sandbox.json(["inspect", name]);
        assert_eq!(found[0]["Id"], id, "{name}");
    }
    for (name, code) in [("train", 5), ("trian:1", 5), ("A b", 2), ("ffffffffff", 5)] {
        assert_eq!(sandbox.mls(["inspect", name]).code(), code, "{name}");
    }
    let found = sandbox.json(["inspect", "train:1"]);
    assert_eq!(found[0]["RepoTags"], json!(["docker.io/library/python:3.11", "train:1"]));
    assert_eq!(found[0]["Config"]["Cmd"], json!(["/bin/true"]));
    assert_eq!(found[0]["RootFS"]["Layers"].as_array().unwrap().len(), 1);
}

#[test]
fn what_is_removed_is_gone_and_comes_back_by_undo() {
    let sandbox = Sandbox::with_store();
    image(&sandbox);
    sandbox.ok(["tag", "train:1", "train:2"]);
    let id = sandbox.json(["images"])[0]["id"].as_str().unwrap().to_owned();
    let said = sandbox.mls(["rmi", &id[7..19]]);
    assert_eq!(said.code(), 3, "it has two names: {said}");
    assert_eq!(sandbox.ok(["rmi", "train:1"]), "Untagged: train:1");
    assert_eq!(sandbox.ok(["rmi", "train:2"]), format!("Untagged: train:2\nDeleted: {id}"));
    assert_eq!(sandbox.json(["images"]), json!([]));
    assert_eq!(sandbox.mls(["rmi", "train:2"]).code(), 5);
    assert_eq!(sandbox.mls(["rmi", "-f", "train:2"]).code(), 0);
    sandbox.ok(["undo"]);
    assert_eq!(sandbox.json(["images"])[0]["ref"], "train:2");
    let log = sandbox.ok(["log", "images/train:2"]);
    assert!(log.contains("rmi") && log.contains("undo"), "{log}");
}

#[test]
fn the_size_of_an_image_alone_is_what_no_other_has() {
    let sandbox = Sandbox::with_store();
    image(&sandbox);
    let alone = sandbox.json(["images"])[0]["unique_size"].as_u64().unwrap();
    assert!(alone > 3_000_000, "{alone}");
    sandbox.write("root/etc/more", "more\n");
    let mut tar = sandbox.program("tar");
    tar.args(["-C", "root", "-cf", "root.tar", "."]);
    assert_eq!(sandbox.finish(tar).code(), 0);
    sandbox.ok(["import", "image", "root.tar", "train:2"]);
    for one in sandbox.json(["images"]).as_array().unwrap() {
        let (size, unique) = (one["size"].as_u64().unwrap(), one["unique_size"].as_u64().unwrap());
        assert!(size > 3_000_000 && unique < 100_000, "the large file is of both: {one}");
    }
    let listed = |args: &[&str]| {
        let mut all = vec!["images"];
        all.extend(args);
        sandbox.json(all).as_array().unwrap().len()
    };
    assert_eq!(listed(&["train"]), 2);
    assert_eq!(listed(&["train:2"]), 1);
    assert_eq!(listed(&["--filter", "reference=tr*"]), 2);
    assert_eq!(listed(&["--filter", "reference=*:1"]), 1);
    assert_eq!(listed(&["--filter", "dangling=true"]), 0);
    assert_eq!(sandbox.mls(["images", "--filter", "x=y"]).code(), 2);
}

#[test]
fn an_image_is_shown_with_its_history_and_what_it_came_from() {
    let sandbox = Sandbox::with_store();
    image(&sandbox);
    let history = sandbox.json(["history", "train:1"]);
    assert_eq!(history.as_array().unwrap().len(), 1);
    assert_eq!(history[0]["comment"], "Imported from root.tar");
    assert!(history[0]["size"].as_u64().unwrap() > 3_000_000);
    assert!(sandbox.ok(["show", "train:1"]).contains("/bin/true"));
    assert!(sandbox.ok(["lineage", "train:1"]).contains("layer"));
    assert!(sandbox.ok(["status"]).contains("1 image"));
    assert!(
        sandbox.json(["du"])["by_kind"]["images"]["unique_bytes"].as_u64().unwrap() > 3_000_000
    );
    assert_eq!(sandbox.json(["du"])["kept_bytes"], 0);
}
