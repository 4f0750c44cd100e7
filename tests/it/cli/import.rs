use crate::support::Sandbox;

const RUN: &str = "11e8ad5437f84e228682a3fcf57477c8";

fn with_runs() -> Sandbox {
    let sandbox = Sandbox::with_store();
    sandbox.write("mlruns/1/meta.yaml", "experiment_id: '1'\nname: one\nlifecycle_stage: active\n");
    let meta = format!("run_id: {RUN}\nrun_name: bold\nstatus: 3\nstart_time: 5\nend_time: 6\n");
    sandbox.write(format!("mlruns/1/{RUN}/meta.yaml"), meta);
    sandbox.write(format!("mlruns/1/{RUN}/artifacts/a.txt"), "alpha");
    sandbox
}

#[test]
fn the_report_says_what_came() {
    let sandbox = with_runs();
    insta::assert_snapshot!(sandbox.mls(["import", "mlflow", "mlruns", "--dry-run"]), @"
    exit 0
    --- stdout
    1 experiment: 1 new, 0 changed, 0 as before
    1 run: 1 new, 0 changed, 0 as before
    ");
    insta::assert_snapshot!(sandbox.mls(["import", "mlflow", "mlruns/"]), @"
    exit 0
    --- stdout
    1 experiment: 1 new, 0 changed, 0 as before
    1 run: 1 new, 0 changed, 0 as before
    1 file of artifacts: 5 B
    ");
    let again = sandbox.json(["import", "mlflow", "mlruns"]);
    assert_eq!(again["runs"]["unchanged"], 1);
    assert!(sandbox.ok(["runs"]).contains("bold"));
}

#[test]
fn what_is_left_out_is_named_and_is_no_success() {
    let sandbox = with_runs();
    sandbox.write("mlruns/2/meta.yaml", "experiment_id: '2'\nna");
    insta::assert_snapshot!(sandbox.mls(["import", "mlflow", "mlruns"]), @"
    exit 1
    --- stdout
    1 experiment: 1 new, 0 changed, 0 as before
    1 run: 1 new, 0 changed, 0 as before
    1 file of artifacts: 5 B
    --- stderr
    warning: left out experiment folder `2`: it is no YAML of MLflow: could not find expected ':' at line 3 column 1, while scanning a simple key at line 2 column 1
    error: 1 entry was left out
    hint: All else is imported; repair what was named and import again.
    ");
}

#[test]
fn what_is_no_store_of_mlflow_is_refused() {
    let sandbox = Sandbox::with_store();
    sandbox.write("empty/x", "");
    insta::assert_snapshot!(sandbox.mls(["import", "mlflow", "empty"]), @"
    exit 1
    --- stderr
    error: could not read `[TOP]/work/empty`: no experiment of MLflow is in it
    ");
    insta::assert_snapshot!(sandbox.mls(["import", "mlflow", "missing"]), @"
    exit 5
    --- stderr
    error: could not open `[TOP]/work/missing`
    cause: No such file or directory
    ");
    insta::assert_snapshot!(sandbox.mls(["import", "mlflow", "empty/x"]), @"
    exit 1
    --- stderr
    error: could not read `[TOP]/work/empty/x`: it is no tracking database of MLflow: no table `experiments`
    ");
}
