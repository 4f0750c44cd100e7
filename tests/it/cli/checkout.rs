use mls::track::Run;

use crate::support::Sandbox;
use crate::support::recorded::run;

fn with_artifacts() -> Sandbox {
    let sandbox = Sandbox::fixed_with_store();
    let tree = sandbox.tree(&[("model.bin", "weights"), ("plots/loss.txt", "0.5\n")]);
    sandbox.record(&Run { artifacts: Some(tree), ..run("bold-fox-12") });
    sandbox
}

#[test]
fn artifacts_come_out_as_they_went_in() {
    let sandbox = with_artifacts();
    insta::assert_snapshot!(sandbox.mls(["checkout", "@", "out"]), @"
    exit 0
    --- stderr
    Wrote 2 files (11 B) to `out`.
    ");
    assert_eq!(sandbox.read("out/model.bin"), b"weights");
    assert_eq!(sandbox.read("out/plots/loss.txt"), b"0.5\n");
}

#[test]
fn one_artifact_comes_out_under_its_own_name() {
    let sandbox = with_artifacts();
    sandbox.ok(["checkout", "@", "plots/loss.txt", "deep/er"]);
    assert_eq!(sandbox.read("deep/er/loss.txt"), b"0.5\n");
    sandbox.ok(["checkout", "@:plots", "plots"]);
    assert_eq!(sandbox.read("plots/loss.txt"), b"0.5\n");
}

#[test]
fn what_is_there_is_not_replaced_unless_that_is_said() {
    let sandbox = with_artifacts();
    sandbox.write("out/model.bin", "mine");
    insta::assert_snapshot!(sandbox.mls(["checkout", "@", "out"]), @"
    exit 3
    --- stderr
    error: `out` is there already
    hint: Name another folder, or replace what is there with `--force`.
    ");
    assert_eq!(sandbox.read("out/model.bin"), b"mine");
    sandbox.ok(["checkout", "--force", "@", "out"]);
    assert_eq!(sandbox.read("out/model.bin"), b"weights");
}

#[test]
fn a_dry_run_writes_nothing() {
    let sandbox = with_artifacts();
    insta::assert_snapshot!(sandbox.mls(["checkout", "@", "out", "--dry-run"]), @"
    exit 0
    --- stderr
    Would write 2 files (11 B) to `out`.
    ");
    assert!(!sandbox.path().join("out").exists());
}
