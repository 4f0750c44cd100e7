use std::fs;

use crate::support::Sandbox;

#[test]
fn a_store_is_made_and_making_it_again_is_harmless() {
    let sandbox = Sandbox::new();
    insta::assert_snapshot!(sandbox.mls(["init"]), @"
    exit 0
    --- stderr
    Made a store in `[TOP]/work/.mlstore`.
    ");
    insta::assert_snapshot!(sandbox.mls(["init"]), @"
    exit 0
    --- stderr
    There is a store already in `[TOP]/work/.mlstore`.
    ");
}

#[test]
fn for_json_the_answer_names_the_store() {
    insta::assert_snapshot!(Sandbox::new().mls(["init", "--format", "json"]), @r#"
    exit 0
    --- stdout
    {
      "store": "[TOP]/work/.mlstore",
      "created": true
    }
    "#);
}

#[test]
fn git_does_not_see_the_store_and_no_file_of_the_repository_changes() {
    let sandbox = Sandbox::new();
    sandbox.git(["init", "-q"]);
    sandbox.ok(["init"]);
    assert_eq!(sandbox.git(["status", "--porcelain", "--untracked-files=all"]), "");
    assert!(!sandbox.path().join(".gitignore").exists());
}

#[test]
fn a_store_can_be_made_elsewhere_and_by_name() {
    let sandbox = Sandbox::new();
    sandbox.ok(["init", "deep/er"]);
    assert!(sandbox.path().join("deep/er/.mlstore/format").exists());
    sandbox.ok(["init", "--store", "named"]);
    assert!(sandbox.path().join("named/.mlstore/format").exists());
    sandbox.ok(["init", "--store", "named/.mlstore"]);
    assert!(!sandbox.path().join("named/.mlstore/.mlstore").exists());
}

#[test]
fn a_dry_run_makes_nothing() {
    let sandbox = Sandbox::new();
    insta::assert_snapshot!(sandbox.mls(["init", "--dry-run"]), @"
    exit 0
    --- stderr
    Would make a store in `[TOP]/work/.mlstore`.
    ");
    assert!(!sandbox.store().exists());
}

#[test]
fn x14_a_store_of_a_later_format_is_refused_and_left_alone() {
    let sandbox = Sandbox::with_store();
    sandbox.write(".mlstore/format", "mls store format 2\n");
    insta::assert_snapshot!(sandbox.mls(["init"]), @"
    exit 11
    --- stderr
    error: `[TOP]/work/.mlstore` holds a store of format `2`; this program knows format 1
    hint: A later version of mls made it; use that one.
    ");
    assert_eq!(sandbox.read(".mlstore/format"), b"mls store format 2\n");
}

#[test]
fn x11_a_link_in_place_of_the_store_is_refused() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path().join("elsewhere")).unwrap();
    std::os::unix::fs::symlink("elsewhere", sandbox.store()).unwrap();
    insta::assert_snapshot!(sandbox.mls(["init"]), @"
    exit 12
    --- stderr
    error: `[TOP]/work/.mlstore` is a symbolic link, not a folder
    ");
}
