use crate::support::Sandbox;
use crate::support::recorded::run;

/// Writes content that no ref leads to.
fn litter(sandbox: &Sandbox) {
    let store = sandbox.open();
    let mut writer = store.writer().unwrap();
    writer.blob(b"nobody needs this").unwrap();
    writer.commit(vec![]).unwrap();
}

#[test]
fn what_nothing_leads_to_goes_and_the_rest_stays() {
    let sandbox = Sandbox::with_store();
    sandbox.record(&run("bold-fox-12"));
    litter(&sandbox);
    insta::assert_snapshot!(sandbox.mls(["gc"]), @"
    exit 0
    --- stdout
    Nothing to remove; 4 objects stay.
    ");
    insta::assert_snapshot!(sandbox.mls(["gc", "--grace", "0", "--dry-run"]), @"
    exit 0
    --- stdout
    Would remove 1 object (173 B); 3 objects stay.
    ");
    insta::assert_snapshot!(sandbox.mls(["gc", "--grace", "0"]), @"
    exit 0
    --- stdout
    Removed 1 object (173 B); 3 objects stay.
    ");
    insta::assert_snapshot!(sandbox.mls(["gc", "--grace", "0", "--format", "json"]), @r#"
    exit 0
    --- stdout
    {
      "reachable": 3,
      "removed": 0,
      "freed_bytes": 0,
      "waiting_bytes": 0,
      "forgotten_operations": 0,
      "forgotten_steps": 0,
      "unpacked_layers": 0,
      "unpacked_bytes": 0,
      "cache_mounts": 0,
      "cache_mount_bytes": 0
    }
    "#);
    assert_eq!(sandbox.mls(["fsck", "--read-data"]).code(), 0);
}

#[test]
fn a_grace_without_a_unit_is_wrong_usage() {
    insta::assert_snapshot!(Sandbox::with_store().mls(["gc", "--grace", "14"]), @"
    exit 2
    --- stderr
    error: `14` is no value for `--grace <TIME>`: write a length of time such as `14d`, `36h` or `0`
    hint: Run `mls gc --help` to see how it is used.
    ");
}

#[test]
fn the_grace_can_be_a_setting() {
    let sandbox = Sandbox::with_store();
    litter(&sandbox);
    sandbox.ok(["config", "set", "gc.grace", "0"]);
    assert_eq!(sandbox.json(["gc", "--dry-run"])["removed"], 1);
    sandbox.write(".mlstore/config.toml", "[gc]\ngrace = \"soon\"\n");
    insta::assert_snapshot!(sandbox.mls(["gc"]), @"
    exit 2
    --- stderr
    error: `soon` is no value for setting `gc.grace`; it takes a length of time such as `14d` or `36h`
    ");
}

#[test]
fn layers_of_a_container_that_runs_stay_and_those_of_others_are_unpacked_again() {
    let Some(sandbox) = super::contained::sandbox("gc beside containers") else { return };
    let gc = || sandbox.json(["-c", "gc.builds=0", "gc"])["unpacked_layers"].as_u64().unwrap();
    let started =
        sandbox.mls(["run", "-d", "--name", "lives", "--network", "none", "box", "sleep", "60"]);
    if started.code() != 0 {
        crate::proof::tell(&format!("skipped: gc beside containers: {started}"));
        return;
    }
    let see = || sandbox.ok(["exec", "lives", "cat", "/data/seed", "/etc/group"]);
    let before = see();
    assert_eq!(gc(), 0);
    assert_eq!(see(), before);
    sandbox.ok(["stop", "-t", "0", "lives"]);
    assert!(gc() > 0);
    sandbox.ok(["start", "lives"]);
    assert_eq!(see(), before);
    sandbox.ok(["rm", "-f", "lives"]);
}
