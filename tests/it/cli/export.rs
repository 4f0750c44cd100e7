use crate::support::{Sandbox, Trained};

fn three() -> Sandbox {
    let sandbox = Sandbox::with_store();
    for (number, name, loss) in [(1, "bold-fox-12", 0.5), (2, "=1+1", f64::NAN), (3, "owl", 0.1)] {
        Trained {
            number,
            name,
            params: vec![("lr", "-0.1")],
            metrics: vec![("loss", vec![9.0, loss])],
            ..Trained::default()
        }
        .put(&sandbox);
    }
    sandbox
}

#[test]
fn runs_go_to_stdout_as_csv() {
    insta::assert_snapshot!(three().mls(["export", "runs"]), @"
    exit 0
    --- stdout
    id,name,experiment,status,started_at,ended_at,params.lr,metrics.loss
    [RUN],owl,Default,FINISHED,[TIME],[TIME],-0.1,0.1
    [RUN],'=1+1,Default,FINISHED,[TIME],[TIME],-0.1,NaN
    [RUN],bold-fox-12,Default,FINISHED,[TIME],[TIME],-0.1,0.5
    ");
}

#[test]
fn a_filter_and_the_extension_are_heeded() {
    let sandbox = three();
    let said = sandbox.mls(["export", "runs", "metrics.loss < 0.3", "-o", "best.jsonl"]);
    insta::assert_snapshot!(said, @"
    exit 0
    --- stderr
    Wrote 1 run to `best.jsonl`.
    ");
    let text = String::from_utf8(sandbox.read("best.jsonl")).unwrap();
    assert_eq!(text.lines().count(), 1);
    let run: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&run["name"], &run["metrics"]["loss"]), (&"owl".into(), &0.1.into()));
}

#[test]
fn the_global_format_is_the_form_on_stdout() {
    let runs = three().json(["export", "runs"]);
    assert_eq!(runs[1]["metrics"]["loss"], "NaN");
    assert_eq!(runs[1]["name"], "=1+1");
}

#[test]
fn a_parquet_file_is_as_readable_as_the_users_other_files() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = three();
    sandbox.ok(["export", "runs", "-o", "runs.parquet"]);
    assert!(sandbox.read("runs.parquet").starts_with(b"PAR1"));
    let mode = |name: &str| {
        std::fs::metadata(sandbox.path().join(name)).unwrap().permissions().mode() & 0o777
    };
    sandbox.write("other", "");
    assert_eq!(mode("runs.parquet"), mode("other"));
}

#[test]
fn a_file_that_does_not_say_its_form_is_wrong_usage() {
    let sandbox = three();
    insta::assert_snapshot!(sandbox.mls(["export", "runs", "-o", "runs.xlsx"]), @"
    exit 2
    --- stderr
    error: `runs.xlsx` does not say its form
    hint: Say it with `--as csv`, `json`, `jsonl` or `parquet`.
    ");
    insta::assert_snapshot!(sandbox.mls(["export", "runs", "--as", "parquet"]), @"
    exit 2
    --- stderr
    error: Parquet is no text for stdout
    hint: Name a file with `-o runs.parquet`.
    ");
}

#[test]
fn what_cannot_be_written_is_told_and_leaves_the_old_file() {
    let sandbox = three();
    let said = sandbox.mls(["export", "runs", "-o", "no/such/folder/runs.csv"]);
    insta::assert_snapshot!(said, @"
    exit 5
    --- stderr
    error: could not write `[TOP]/work/no/such/folder/runs.csv`
    cause: No such file or directory
    ");
    sandbox.write("runs.csv", "old");
    let said = sandbox.mls(["export", "runs", "metrics.loss <", "-o", "runs.csv"]);
    assert_eq!((said.code(), sandbox.read("runs.csv").as_slice()), (2, &b"old"[..]), "{said}");
}
