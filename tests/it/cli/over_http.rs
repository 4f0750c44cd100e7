//! The commands that share, with a hub as the other store.

use mls::server::{self, Hub, Options};
use mls::store::Store;

use crate::store::context;
use crate::support::Sandbox;

fn hub(sandbox: &Sandbox) -> Hub {
    let store = Store::init(&sandbox.path().join("hub/.mlstore"), context()).unwrap();
    server::start(store, &Options::default()).unwrap()
}

#[test]
fn a_team_shares_runs_through_a_hub() {
    let sandbox = Sandbox::with_store();
    let hub = hub(&sandbox);
    let url = hub.url();
    sandbox.ok(["remote", "add", "origin", &url]);
    sandbox.write("model.bin", vec![7; 300_000]);
    sandbox.ok(["commit-run", "-q", "-n", "bold", "-m", "acc=0.9", "-a", "model.bin"]);
    let told = sandbox.json(["push", "--dry-run"]);
    assert_eq!(told["refs"].as_array().unwrap().len(), 2, "{told}");
    assert_eq!(sandbox.json(["ls-remote"]).as_array().unwrap().len(), 0);
    sandbox.ok(["push"]);
    assert_eq!(sandbox.json(["ls-remote"]).as_array().unwrap().len(), 2);
    assert_eq!(sandbox.json(["push"])["same"], 2);

    sandbox.ok(["clone", &url, "copy"]);
    let copy = |args: &[&str]| sandbox.json(["-C", "copy"].iter().chain(args));
    assert_eq!(copy(&["runs"])[0]["name"], "bold");
    assert_eq!(copy(&["fsck", "--read-data"])["ok"], true);
    // Both sides edit the run; the later push is refused, and a pull merges.
    sandbox.ok(["-C", "copy", "run-edit", "bold", "-t", "side=there"]);
    sandbox.ok(["-C", "copy", "push"]);
    sandbox.ok(["run-edit", "bold", "-t", "other=here"]);
    assert_eq!(sandbox.mls(["push"]).code(), 3);
    sandbox.ok(["pull"]);
    let tags = &sandbox.json(["runs"])[0]["tags"];
    assert_eq!((&tags["side"], &tags["other"]), (&"there".into(), &"here".into()));
    sandbox.ok(["push"]);
    hub.stop();
    let gone = sandbox.mls(["pull"]);
    assert_eq!(gone.code(), 9, "{gone}");
}

#[test]
fn a_clone_without_content_reads_through_the_hub_and_globs_choose_runs() {
    let sandbox = Sandbox::with_store();
    let hub = hub(&sandbox);
    sandbox.ok(["remote", "add", "origin", &hub.url()]);
    sandbox.write("notes.txt", "precious content\n".repeat(200));
    sandbox.ok(["commit-run", "-q", "-n", "bold-one", "-m", "acc=1", "-a", "notes.txt"]);
    sandbox.ok(["commit-run", "-q", "-n", "shy-two", "-m", "acc=2"]);
    sandbox.ok(["push"]);
    sandbox.ok(["clone", &hub.url(), "some", "--runs", "bold-*", "--filter", "blob:none"]);
    let runs = sandbox.json(["-C", "some", "runs"]);
    assert_eq!(runs.as_array().unwrap().len(), 1, "{runs}");
    sandbox.ok(["-C", "some", "checkout", "bold-one", "out"]);
    let content = sandbox.read("some/out/notes.txt");
    assert_eq!(content, "precious content\n".repeat(200).as_bytes());
}

#[test]
fn what_is_lost_comes_back_from_a_hub() {
    let sandbox = Sandbox::with_store();
    let hub = hub(&sandbox);
    sandbox.ok(["remote", "add", "origin", &hub.url()]);
    sandbox.write("model.bin", vec![3; 50_000]);
    sandbox.ok(["commit-run", "-q", "-m", "acc=1", "-a", "model.bin"]);
    sandbox.ok(["push"]);
    for entry in std::fs::read_dir(sandbox.store().join("packs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "pack") {
            std::fs::remove_file(path).unwrap();
        }
    }
    assert_eq!(sandbox.mls(["fsck"]).code(), 6);
    sandbox.ok(["fsck", "--repair", "--read-data"]);
    assert_eq!(sandbox.json(["fsck", "--read-data"])["ok"], true);
}

#[test]
fn an_address_where_no_hub_answers_has_its_own_exit_codes() {
    let sandbox = Sandbox::with_store();
    let nobody = sandbox.mls(["ls-remote", "http://127.0.0.1:1"]);
    assert_eq!(nobody.code(), 9, "{nobody}");
    let hub = hub(&sandbox);
    let elsewhere = sandbox.mls(["ls-remote", &format!("{}/nothing/here", hub.url())]);
    assert_eq!(elsewhere.code(), 10, "{elsewhere}");
}
