use mls::track::Run;

use crate::support::Sandbox;
use crate::support::recorded::{run, texts};

/// Two runs with artifacts that differ; the second is the last one.
fn two_runs() -> Sandbox {
    let sandbox = Sandbox::fixed_with_store();
    let old = sandbox.tree(&[("gone.txt", "x"), ("report.txt", "a\nb\nc\n"), ("same", "same")]);
    let new = sandbox.tree(&[("new.txt", "y"), ("report.txt", "a\nB\nc\n"), ("same", "same")]);
    let first = run("bold-fox-12");
    sandbox.record(&Run {
        artifacts: Some(old),
        started: first.started - 1000,
        params: texts(&[("lr", "0.1")]),
        ..first
    });
    sandbox.record(&Run {
        artifacts: Some(new),
        params: texts(&[("lr", "0.2")]),
        ..run("calm-owl-7")
    });
    sandbox
}

#[test]
fn folders_are_compared_file_by_file() {
    let sandbox = two_runs();
    insta::assert_snapshot!(sandbox.mls(["diff", "@~1:", "@:"]), @"
    exit 0
    --- stdout
    CHANGE   OLD SIZE  NEW SIZE  PATH
    removed       1 B            gone.txt
    added                   1 B  new.txt
    changed       6 B       6 B  report.txt
    ");
    assert_eq!(sandbox.mls(["diff", "@~1:", "@:", "--exit-code"]).code(), 1);
    assert_eq!(sandbox.mls(["diff", "@:", "@:", "--exit-code"]).code(), 0);
}

#[test]
fn files_are_compared_line_by_line() {
    insta::assert_snapshot!(two_runs().mls(["diff", "@~1:report.txt", "@:report.txt"]), @"
    exit 0
    --- stdout
    --- @~1:report.txt
    +++ @:report.txt
    @@ -1,3 +1,3 @@
     a
    -b
    +B
     c
    ");
}

#[test]
fn runs_are_compared_as_diff_runs_does() {
    let sandbox = two_runs();
    assert_eq!(sandbox.ok(["diff", "@~1", "@"]), sandbox.ok(["diff-runs", "@~1", "@"]));
}

#[test]
fn things_of_two_kinds_are_refused() {
    insta::assert_snapshot!(two_runs().mls(["diff", "@~1", "@:report.txt"]), @"
    exit 2
    --- stderr
    error: `@~1` and `@:report.txt` are not of one kind
    hint: Compare a run with a run, a folder with a folder, a file with a file.
    ");
}

#[test]
fn the_same_thing_does_not_differ() {
    insta::assert_snapshot!(two_runs().mls(["diff", "@:same", "@~1:same"]), @"
    exit 0
    --- stderr
    There is no difference.
    ");
}
