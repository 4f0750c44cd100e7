//! The works that are measured, and what each has to reach.

use crate::data;
use crate::measure;
use crate::report::Report;
use crate::tools::{self, Bench, Tool};
use std::path::Path;

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn rounds() -> usize {
    number("MLS_BENCH_ROUNDS", 5)
}

type Work = fn(&Path, &[Tool], &mut Report);

/// Does all works, or those whose names begin with one of `only`.
pub(crate) fn all(folder: &Path, only: &[String], report: &mut Report) {
    let works: [(&str, Work); 5] = [
        ("weights", weights),
        ("texts", texts),
        ("transfer", transfer),
        ("start", start),
        ("queries", crate::queries::queries),
    ];
    let tools = tools::installed();
    for (name, work) in works {
        if only.is_empty() || only.iter().any(|start| name.starts_with(start)) {
            work(folder, &tools, report);
        }
    }
}

/// Weights added cold, given back, and added again with an edit.
fn weights(folder: &Path, tools: &[Tool], report: &mut Report) {
    let mib = number("MLS_BENCH_MIB", 256);
    let (first, second) = data::float32(folder, mib);
    let half = data::bfloat16(folder, mib);
    let names =
        [format!("add {mib} MiB float32"), "checkout".to_owned(), "add it edited".to_owned()];
    let [add, checkout, edit] = [&*names[0], &names[1], &names[2]];
    for round in 0..rounds() {
        for tool in tools {
            let mut bench = Bench::new(folder, tool, &[]);
            bench.put(&first, "weights.bin");
            let cost = bench.add();
            report.cost(add, tool.name, cost);
            let last = round + 1 == rounds();
            let before = if last { bench.stored() } else { 0 };
            let cost = bench.restore();
            report.cost(checkout, tool.name, cost);
            bench.put(&second, "weights.bin");
            let cost = bench.add();
            report.cost(edit, tool.name, cost);
            if last {
                report.bytes(add, tool.name, before);
                report.bytes(edit, tool.name, bench.stored().saturating_sub(before));
            }
        }
    }
    let mut bench = Bench::new(folder, &tools::MLS, &[&half]);
    let cost = bench.add();
    let add_half = format!("add {mib} MiB bfloat16");
    report.cost(&add_half, "mls", cost);
    report.bytes(&add_half, "mls", bench.stored());

    let size = (mib << 20) as f64;
    let stored =
        |report: &Report, work: &str| report.stored(work, "mls").unwrap_or(0) as f64 / size;
    less_than_peers(report, add, &report.peers(add));
    ratio_to_cp(report, add, "add float32 ≤ 8 × cp", 8.0);
    report.at_most("float32 stored ≤ 0.86", stored(report, add), 0.86, "");
    report.at_most("bfloat16 stored ≤ 0.71", stored(report, &add_half), 0.71, "");
    ratio_to_cp(report, edit, "add edited ≤ 2.5 × cp", 2.5);
    report.at_most("edited: new bytes ≤ 1.5 %", stored(report, edit) * 100.0, 1.5, " %");
    ratio_to_cp(report, checkout, "checkout ≤ 4 × cp", 4.0);
}

/// Ten thousand small files, and the same again unchanged.
fn texts(folder: &Path, tools: &[Tool], report: &mut Report) {
    let input = data::texts(folder);
    let (add, again) = ("add 10,000 texts", "nothing changed");
    for round in 0..rounds() {
        for tool in tools {
            let mut bench = Bench::new(folder, tool, &[&input]);
            let cost = bench.add();
            report.cost(add, tool.name, cost);
            if round + 1 == rounds() {
                report.bytes(add, tool.name, bench.stored());
            }
            bench.add();
            let cost = bench.add();
            report.cost(again, tool.name, cost);
        }
    }
    less_than_peers(report, add, &["git".to_owned()]);
    ratio_to_cp(report, add, "add 10,000 texts ≤ 3.5 × cp -r", 3.5);
    let stored = report.stored(add, "mls").unwrap_or(0) as f64 / 1e6;
    let all = measure::bytes(&input) as f64 / 1e6;
    report.at_most(&format!("texts stored ≤ 21 MB of {all:.1}"), stored, 21.0 * all / 55.0, " MB");
    let cost = report.median(again, "mls");
    report.at_most("nothing changed ≤ 0.03 CPU s", cost.cpu, 0.03, " s");
    syncs(folder, &input, report);
}

fn syncs(folder: &Path, input: &Path, report: &mut Report) {
    let bench = Bench::new(folder, &tools::MLS, &[input]);
    let traced =
        "strace -f -qq -e trace=fsync,fdatasync,syncfs,sync -o ../trace $MLS -q commit-run -a .";
    let installed = std::process::Command::new("strace").arg("-V").output().is_ok();
    if !installed {
        println!("skipped: counting fsync: strace is not installed");
        return;
    }
    bench.run(traced);
    let log = std::fs::read_to_string(bench.folder.join("trace")).unwrap();
    let count = log.lines().filter(|line| line.contains("sync")).count();
    report.at_most("add 10,000 texts: fsyncs ≤ 3", count as f64, 3.0, "");
}

/// Push to and clone from a path on the same file system.
fn transfer(folder: &Path, _: &[Tool], report: &mut Report) {
    let (first, _) = data::float32(folder, number("MLS_BENCH_MIB", 256));
    for _ in 0..rounds() {
        let mut cp = Bench::new(folder, &tools::CP, &[&first]);
        let cost = cp.add();
        report.cost("push", "cp", cost);
        report.cost("clone", "cp", cost);
        let mut bench = Bench::new(folder, &tools::MLS, &[&first]);
        bench.add();
        bench.run(
            "mkdir ../remote && $MLS -q init ../remote && $MLS -q remote add origin ../remote",
        );
        let cost = bench.run("$MLS -q push origin");
        report.cost("push", "mls", cost);
        let cost = bench.run("$MLS -q clone ../remote ../clone");
        report.cost("clone", "mls", cost);
    }
    ratio_to_cp(report, "push", "push ≤ 1 × cp", 1.0);
    ratio_to_cp(report, "clone", "clone ≤ 1 × cp", 1.0);
}

/// The program's own start.
fn start(folder: &Path, _: &[Tool], report: &mut Report) {
    let bench = Bench::new(folder, &tools::MLS, &[]);
    bench.run(
        "echo hello > a.txt; for i in 1 2 3; do $MLS -q commit-run -m loss=0.$i -a a.txt; done",
    );
    let program = measure::program();
    for _ in 0..rounds().max(5) * 4 {
        for args in [&["--version"][..], &["runs"]] {
            let command: Vec<&str> = [&*program].into_iter().chain(args.iter().copied()).collect();
            let cost =
                measure::command(&bench.folder, &tools::environment(&bench.folder, 0), &command);
            report.cost(&format!("mls {}", args[0]), "mls", cost);
        }
    }
    for work in ["mls --version", "mls runs"] {
        let wall = report.median(work, "mls").wall * 1000.0;
        report.at_most(&format!("{work} ≤ 10 ms"), wall, 10.0, " ms");
    }
}

fn ratio_to_cp(report: &mut Report, work: &str, target: &str, limit: f64) {
    let ratio = report.median(work, "mls").cpu / report.median(work, "cp").cpu;
    report.at_most(target, ratio, limit, " × cp");
}

fn less_than_peers(report: &mut Report, work: &str, peers: &[String]) {
    let ours = report.median(work, "mls").cpu;
    for peer in peers {
        let theirs = report.median(work, peer).cpu;
        if theirs.is_finite() {
            let measured = format!("{ours:.2} s against {theirs:.2} s");
            report.check(&format!("{work}: less CPU than {peer}"), measured, ours < theirs);
        }
    }
}
