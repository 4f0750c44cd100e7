use mls::track::Run;

use crate::support::Sandbox;
use crate::support::recorded::run;

fn with_artifacts() -> Sandbox {
    let sandbox = Sandbox::fixed_with_store();
    let tree = sandbox.tree(&[
        ("model.bin", "weights"),
        ("plots/loss.txt", "0.5\n"),
        ("plots/acc.txt", "0.9\n"),
    ]);
    sandbox.record(&Run { artifacts: Some(tree), ..run("bold-fox-12") });
    sandbox
}

#[test]
fn the_artifacts_of_a_run_are_listed() {
    insta::assert_snapshot!(with_artifacts().mls(["ls", "@"]), @"
    exit 0
    --- stdout
    MODE    SIZE  ID            NAME
    file     7 B  [SHORT]  model.bin
    folder   8 B  [SHORT]  plots/
    ");
}

#[test]
fn a_folder_in_them_is_listed_and_so_is_all_of_it() {
    let sandbox = with_artifacts();
    insta::assert_snapshot!(sandbox.mls(["ls", "bold-fox-12:plots"]), @"
    exit 0
    --- stdout
    MODE  SIZE  ID            NAME
    file   4 B  [SHORT]  acc.txt
    file   4 B  [SHORT]  loss.txt
    ");
    insta::assert_snapshot!(sandbox.mls(["ls", "-r", "@", "--format", "csv"]), @"
    exit 0
    --- stdout
    mode,size,id,name
    100644,7,[ID],model.bin
    040000,8,[ID],plots
    100644,4,[ID],plots/acc.txt
    100644,4,[ID],plots/loss.txt
    ");
}

#[test]
fn scripts_read_ids_and_bytes() {
    let sandbox = with_artifacts();
    let listed = sandbox.json(["ls", "@:plots/loss.txt"]);
    assert_eq!(listed[0]["size"], 4, "{listed}");
    assert_eq!(sandbox.ok(["cat-file", listed[0]["id"].as_str().unwrap()]), "0.5");
}

#[test]
fn a_path_that_is_not_there_is_not_found() {
    insta::assert_snapshot!(with_artifacts().mls(["ls", "@:plots/nothing"]), @"
    exit 5
    --- stderr
    error: no `plots/nothing` in tree [SHORT]
    hint: Run `mls ls` to see what the tree holds.
    ");
}

#[test]
fn a_run_without_artifacts_has_nothing_to_list() {
    let sandbox = Sandbox::fixed_with_store();
    sandbox.record(&run("bold-fox-12"));
    insta::assert_snapshot!(sandbox.mls(["ls", "@"]), @"
    exit 5
    --- stderr
    error: run `@` has no artifacts
    ");
}
