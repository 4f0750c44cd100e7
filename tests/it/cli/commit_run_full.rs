//! `commit-run` where there is no room for all of it.

use std::process::Command;

use mls::track::Status;

use crate::cli::commit_run::{artifact, edit_runs, noise, run};
use crate::support::Sandbox;

/// Returns `mls` with `args` where no file may grow beyond 128 KiB.
fn with_small_files(sandbox: &Sandbox, args: &[&str]) -> Command {
    let mut command = sandbox.program("bash");
    command.args(["-c", "ulimit -f 128; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_mls")]).args(args);
    command
}

#[test]
fn x05_a_run_that_does_not_fit_is_not_there_and_fits_later() {
    let sandbox = Sandbox::with_store();
    sandbox.write("large.bin", noise(1 << 20));
    let args = ["-q", "commit-run", "-n", "x", "-a", "large.bin"];
    let said = sandbox.finish(with_small_files(&sandbox, &args));
    assert_eq!(said.code(), 8, "{said}");
    assert!(said.stderr().contains("hint: Make room"), "{said}");
    assert!(edit_runs(&sandbox).is_empty());
    let id = sandbox.ok(args);
    assert!(artifact(&sandbox, &run(&sandbox, &id), "large.bin").is_some());
}

#[test]
fn x05_a_run_with_a_command_that_does_not_fit_is_sealed_by_the_next_command() {
    let sandbox = Sandbox::with_store();
    sandbox.write("large.bin", noise(1 << 20));
    // Many small files of their own fit; the pack with all of them does not.
    let script = "for i in 1 2 3 4; do head -c 100000 large.bin | tail -c $((i * 20000)) > $MLS_RUN_DIR/$i; done";
    let args = ["-q", "commit-run", "-n", "x", "--", "sh", "-c", script];
    let said = sandbox.finish(with_small_files(&sandbox, &args));
    assert_eq!(said.code(), 8, "{said}");
    let shown = said.stderr();
    assert!(shown.contains("has ended but is not sealed"), "{said}");
    assert!(edit_runs(&sandbox).is_empty());
    sandbox.ok(["experiments"]);
    let runs = edit_runs(&sandbox);
    assert_eq!((runs.len(), runs[0].status), (1, Status::Killed));
    assert_eq!(artifact(&sandbox, &runs[0], "4").unwrap().len(), 80_000);
}
