use crate::support::Sandbox;

#[test]
fn a_remote_is_added_listed_renamed_moved_and_forgotten() {
    let sandbox = Sandbox::with_store();
    insta::assert_snapshot!(sandbox.mls(["remote", "add", "origin", "../hub"]), @"
    exit 0
    --- stderr
    Added remote `origin` at `[TOP]/hub`.
    ");
    sandbox.ok(["remote", "rename", "origin", "team"]);
    sandbox.ok(["remote", "set-url", "team", "file:///srv/team%20hub"]);
    insta::assert_snapshot!(sandbox.mls(["remote"]), @"
    exit 0
    --- stdout
    NAME  URL
    team  file:///srv/team%20hub
    ");
    insta::assert_snapshot!(sandbox.mls(["remote", "list", "--format", "json"]), @r#"
    exit 0
    --- stdout
    [
      {
        "name": "team",
        "url": "file:///srv/team%20hub",
        "filter": null
      }
    ]
    "#);
    sandbox.ok(["remote", "rm", "team"]);
    insta::assert_snapshot!(sandbox.mls(["remote"]), @"
    exit 0
    --- stderr
    There is no remote; `mls remote add origin PATH` adds one.
    ");
}

#[test]
fn a_remote_that_is_there_or_is_not_is_told() {
    let sandbox = Sandbox::with_store();
    sandbox.ok(["remote", "add", "origin", "../hub"]);
    insta::assert_snapshot!(sandbox.mls(["remote", "add", "origin", "../hub"]), @"
    exit 3
    --- stderr
    error: a remote `origin` is there already
    hint: Run `mls remote set-url origin` to give it another address.
    ");
    insta::assert_snapshot!(sandbox.mls(["remote", "rm", "orign"]), @"
    exit 5
    --- stderr
    error: no remote is called `orign`
    hint: Did you mean `origin`?
    ");
    insta::assert_snapshot!(sandbox.mls(["push"]), @"
    exit 10
    --- stderr
    error: no store at `[TOP]/hub`
    hint: Check the address, or make a store there with `mls init [TOP]/hub`.
    ");
}

#[test]
fn s08_addresses_that_could_run_something_are_refused() {
    let sandbox = Sandbox::with_store();
    for address in ["ext::sh -c x", "ssh://-oProxyCommand=x/y", "file://host/x", "x\ny", "a:b"] {
        let said = sandbox.mls(["remote", "add", "origin", "--", address]);
        assert_eq!(said.code(), 2, "{said}");
    }
    insta::assert_snapshot!(sandbox.mls(["remote", "add", "origin", "s3://hub"]), @"
    exit 2
    --- stderr
    error: this version of mls exchanges with stores in folders and hubs, and not over `s3`
    hint: Give a path, `file:///path` or `http(s)://host`.
    ");
    assert_eq!(sandbox.ok(["remote", "list", "--format", "csv"]), "name,url");
}

#[test]
fn a_dry_run_changes_no_remote() {
    let sandbox = Sandbox::with_store();
    sandbox.ok(["remote", "add", "origin", "../hub"]);
    let before = sandbox.read(".mlstore/config.toml");
    for args in [
        &["remote", "add", "other", "../x", "--dry-run"][..],
        &["remote", "rm", "origin", "--dry-run"],
        &["remote", "rename", "origin", "x", "--dry-run"],
        &["remote", "set-url", "origin", "../x", "--dry-run"],
    ] {
        sandbox.ok(args);
    }
    assert_eq!(sandbox.read(".mlstore/config.toml"), before);
}
