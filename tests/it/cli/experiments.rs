use crate::support::Sandbox;

#[test]
fn experiments_are_listed_with_their_runs() {
    let sandbox = Sandbox::with_store();
    sandbox.ok(["commit-run", "-e", "churn"]);
    sandbox.ok(["commit-run", "-e", "churn"]);
    insta::assert_snapshot!(sandbox.mls(["experiments"]), @"
    exit 0
    --- stdout
    ID                  NAME     RUNS  CREATED
    0                   Default     0
    854407830950488564  churn       2  [AGO]
    ");
    let listed = sandbox.json(["experiments", "list"]);
    assert_eq!((listed[1]["name"].as_str(), listed[1]["runs"].as_i64()), (Some("churn"), Some(2)));
}

#[test]
fn an_experiment_is_renamed_removed_and_restored() {
    let sandbox = Sandbox::with_store();
    sandbox.ok(["experiments", "create", "churn"]);
    sandbox.ok(["experiments", "rename", "churn", "churn 2026"]);
    sandbox.ok(["experiments", "rm", "churn 2026"]);
    insta::assert_snapshot!(sandbox.mls(["commit-run", "-e", "churn 2026"]), @"
    exit 3
    --- stderr
    error: experiment `churn 2026` was removed
    hint: Run `mls experiments restore` with its name to have it back.
    ");
    sandbox.ok(["experiments", "restore", "churn 2026"]);
    sandbox.ok(["commit-run", "-e", "churn 2026"]);
    assert_eq!(sandbox.mls(["experiments", "rm", "Default"]).code(), 3);
    assert_eq!(sandbox.mls(["experiments", "rm", "nope"]).code(), 5);
}

#[test]
fn a_dry_run_of_experiments_changes_nothing() {
    let sandbox = Sandbox::with_store();
    insta::assert_snapshot!(sandbox.mls(["experiments", "create", "churn", "--dry-run"]), @"
    exit 0
    --- stderr
    Would make experiment `churn`.
    ");
    assert_eq!(sandbox.json(["experiments"]).as_array().unwrap().len(), 1);
}
