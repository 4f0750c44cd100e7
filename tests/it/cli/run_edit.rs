use crate::support::Sandbox;

#[test]
fn a_run_is_edited_removed_and_restored() {
    let sandbox = Sandbox::with_store();
    let id = sandbox.ok(["-q", "commit-run", "-n", "first"]);
    let edit = ["run-edit", "@", "--name", "second", "-t", "a=1", "--note", "hello"];
    insta::assert_snapshot!(sandbox.mls(edit), @"
    exit 0
    --- stderr
    Changed run [SHORT].
    ");
    insta::assert_snapshot!(sandbox.mls(["run-rm", "second"]), @"
    exit 0
    --- stderr
    Removed run [SHORT].
    ");
    assert_eq!(sandbox.mls(["run-edit", "@", "-t", "a=1"]).code(), 5);
    sandbox.ok(["run-restore", &id]);
    let said = sandbox.mls(["run-restore", &id]);
    assert!(said.stderr().ends_with("is there.\n"), "{said}");
    sandbox.ok(["run-edit", "@", "--untag", "a", "--note", ""]);
}

#[test]
fn an_edit_of_nothing_is_wrong_usage() {
    let sandbox = Sandbox::with_store();
    sandbox.ok(["commit-run"]);
    insta::assert_snapshot!(sandbox.mls(["run-edit", "@"]), @"
    exit 2
    --- stderr
    error: nothing is to be changed
    hint: Give `--name`, `--tag`, `--untag` or `--note`.
    ");
    assert_eq!(sandbox.mls(["run-edit", "nobody", "--name", "x"]).code(), 5);
}

#[test]
fn a_dry_run_removes_nothing() {
    let sandbox = Sandbox::with_store();
    sandbox.ok(["commit-run", "-n", "first"]);
    sandbox.ok(["run-rm", "--dry-run", "@"]);
    sandbox.ok(["run-edit", "--dry-run", "@", "-n", "other"]);
    sandbox.ok(["run-edit", "first", "-n", "other"]);
}
