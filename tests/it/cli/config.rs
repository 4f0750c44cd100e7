use crate::support::Sandbox;

#[test]
fn every_setting_is_listed_with_its_value_and_where_that_comes_from() {
    let sandbox = Sandbox::new();
    sandbox.ok(["config", "set", "--user", "user.name", "Ada Lovelace"]);
    insta::assert_snapshot!(sandbox.mls(["config", "list", "-c", "gc.grace=3d"]), @"
    exit 0
    --- stdout
    SETTING        VALUE         FROM          MEANS
    gc.builds      30d           default       How long gc keeps what only makes builds and starts faster
    gc.cache-size                default       How large gc leaves what only makes builds and starts faster (20GiB); empty for any size
    gc.grace       3d            command line  How long gc keeps what nothing leads to any more
    gc.history     90d           default       How long gc keeps what undo would need
    ui.pager       less -FRX     default       What long answers go through on a terminal; empty for nothing
    user.name      Ada Lovelace  user          Who you are in the history; empty for the name of your account
    ");
}

#[test]
fn a_listing_has_a_csv_form() {
    insta::assert_snapshot!(Sandbox::new().mls(["config", "list", "--format", "csv"]), @"
    exit 0
    --- stdout
    key,value,source,about
    gc.builds,30d,default,How long gc keeps what only makes builds and starts faster
    gc.cache-size,,default,How large gc leaves what only makes builds and starts faster (20GiB); empty for any size
    gc.grace,14d,default,How long gc keeps what nothing leads to any more
    gc.history,90d,default,How long gc keeps what undo would need
    ui.pager,less -FRX,default,What long answers go through on a terminal; empty for nothing
    user.name,,default,Who you are in the history; empty for the name of your account
    ");
}

#[test]
fn a_size_is_a_number_with_a_unit_or_nothing() {
    let sandbox = Sandbox::with_store();
    sandbox.ok(["config", "set", "gc.cache-size", "1.5GiB"]);
    sandbox.ok(["config", "set", "gc.cache-size", ""]);
    insta::assert_snapshot!(sandbox.mls(["config", "set", "gc.cache-size", "much"]), @"
    exit 2
    --- stderr
    error: `much` is no value for setting `gc.cache-size`; it takes a size such as `20GiB`, or nothing
    ");
}

#[test]
fn what_is_set_is_got_and_what_is_unset_has_its_default() {
    let sandbox = Sandbox::new();
    sandbox.ok(["config", "set", "--user", "gc.grace", "30d"]);
    assert_eq!(sandbox.ok(["config", "get", "gc.grace"]), "30d");
    sandbox.ok(["config", "unset", "--user", "gc.grace"]);
    assert_eq!(sandbox.ok(["config", "get", "gc.grace"]), "14d");
    insta::assert_snapshot!(sandbox.mls(["config", "unset", "--user", "gc.grace"]), @"
    exit 5
    --- stderr
    error: setting `gc.grace` is not set in `[TOP]/home/.config/mls/config.toml`
    hint: Run `mls config list` to see what is.
    ");
}

#[test]
fn an_edit_keeps_comments_and_order() {
    let sandbox = Sandbox::new();
    let path = "../home/.config/mls/config.toml";
    sandbox.write(path, "# mine\n[ui]\npager = \"more\" # short\n");
    sandbox.ok(["config", "set", "--user", "gc.grace", "30d"]);
    assert_eq!(
        String::from_utf8(sandbox.read(path)).unwrap(),
        "# mine\n[ui]\npager = \"more\" # short\n\n[gc]\ngrace = \"30d\"\n"
    );
}

#[test]
fn an_unknown_setting_is_wrong_usage() {
    insta::assert_snapshot!(Sandbox::new().mls(["config", "get", "gc.grase"]), @"
    exit 2
    --- stderr
    error: no setting `gc.grase`
    hint: Did you mean `gc.grace`?
    ");
}

#[test]
fn a_value_of_the_wrong_shape_is_wrong_usage() {
    insta::assert_snapshot!(Sandbox::new().mls(["-c", "gc.grace=soon", "config", "list"]), @"
    exit 2
    --- stderr
    error: `soon` is no value for setting `gc.grace`; it takes a length of time such as `14d` or `36h`
    ");
}

#[test]
fn x02_a_torn_settings_file_is_named_with_line_and_column() {
    let sandbox = Sandbox::new();
    sandbox.write("../home/.config/mls/config.toml", "[gc]\ngrace = \"1");
    insta::assert_snapshot!(sandbox.mls(["config", "list"]), @r#"
    exit 6
    --- stderr
    error: could not read settings `[TOP]/home/.config/mls/config.toml`: TOML parse error at line 2, column 11
        |
      2 | grace = "1
        |           ^
      invalid basic string, expected `"`
    hint: Correct the file with an editor, or move it away.
    "#);
}

#[test]
fn outside_a_store_its_settings_cannot_be_changed() {
    insta::assert_snapshot!(Sandbox::new().mls(["config", "set", "gc.grace", "1d"]), @"
    exit 10
    --- stderr
    error: no store in `[TOP]/work` or any folder above it
    hint: Run `mls init` to make a store here.
    ");
}

#[test]
fn a_dry_run_changes_nothing() {
    let sandbox = Sandbox::new();
    sandbox.ok(["config", "set", "--user", "gc.grace", "30d", "--dry-run"]);
    assert!(!sandbox.home().join(".config").exists());
}
