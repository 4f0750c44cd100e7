//! The works that are measured, and what each has to reach.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::measure::{self, Cost};
use crate::port::port;
use crate::processes;
use crate::report::Report;
use crate::tools::{self, Guard, Tool, sh};

pub(crate) fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

pub(crate) fn rounds() -> usize {
    number("MLS_BENCH_ROUNDS", 9)
}

type Work = fn(&Path, &[Tool], &mut Report);

/// Does all works, or those whose names begin with one of `only`.
pub(crate) fn all(folder: &Path, only: &[String], report: &mut Report) {
    let works: [(&str, Work); 6] = [
        ("run", run),
        ("exec", exec),
        ("ps", ps),
        ("many", many),
        ("port", port),
        ("large", large),
    ];
    let tools = tools::prepare(folder);
    for (name, work) in works {
        if only.is_empty() || only.iter().any(|start| name.starts_with(start)) {
            work(folder, &tools, report);
        }
    }
}

fn measured(folder: &Path, script: &str) -> Cost {
    measure::script(folder, &[], script)
}

fn run(folder: &Path, tools: &[Tool], report: &mut Report) {
    for _ in 0..rounds() {
        for Tool { name, call, run } in tools {
            let script = match run {
                Some(run) => format!("exec {call} {run} --rm box:1 true"),
                None => format!("exec {call} run --bundle {name} bench-{}", std::process::id()),
            };
            report.cost("run --rm true", name, measured(folder, &script));
        }
        let private = format!("exec {} run --rm --network private box:1 true", tools[0].call);
        report.cost("run --rm true, private network", "mls", measured(folder, &private));
    }
    let (ours, runc) =
        (report.median("run --rm true", "mls"), report.median("run --rm true", "runc"));
    report.at_most("run --rm true ≤ 0.03 CPU s", ours.cpu, 0.03, " CPU s");
    report.at_most("run --rm true, wall ≤ 1.5 × runc", ours.wall / runc.wall, 1.5, " ×");
}

fn exec(folder: &Path, tools: &[Tool], report: &mut Report) {
    let tools = || tools.iter().filter(|tool| tool.run.is_some());
    let start = |Tool { call, run, .. }: &Tool| {
        let run = run.as_deref().unwrap_or_default();
        sh(folder, &format!("{call} {run} -d --name bench box:1 sleep 3600"));
        Guard::new(folder, format!("{call} rm -f bench"))
    };
    let _running: Vec<Guard> = tools().map(start).collect();
    let mls = &tools().next().expect("mls is one").call;
    let supervisor = processes::supervisor(folder, mls, "bench");
    let before = processes::cpu(supervisor);
    for _ in 0..rounds() {
        for Tool { name, call, .. } in tools() {
            let cost = measured(folder, &format!("exec {call} exec bench true"));
            report.cost("exec true", name, cost);
        }
    }
    // What the supervisor does for it, and the command itself, are no children of the caller.
    let there = (processes::cpu(supervisor) - before) / rounds() as f64;
    let cost = Cost { cpu: there, ..Cost::default() };
    report.cost("exec true, what the supervisor adds", "mls", cost);
    let ours = report.median("exec true", "mls").cpu + there;
    report.at_most("exec true ≤ 0.015 CPU s, supervisor included", ours, 0.015, " CPU s");
}

fn ps(folder: &Path, tools: &[Tool], report: &mut Report) {
    let mls = &tools[0].call;
    let _made = Guard::new(folder, format!("for n in $(seq 200); do {mls} rm ps-$n; done"));
    sh(folder, &format!("for n in $(seq 200); do {mls} create --name ps-$n box:1 true; done"));
    for _ in 0..rounds() {
        report.cost("ps -a with 200", "mls", measured(folder, &format!("exec {mls} ps -a")));
    }
    let wall = report.median("ps -a with 200", "mls").wall * 1000.0;
    report.at_most("ps with 200 containers ≤ 20 ms", wall, 20.0, " ms");
}

/// Fifty at once: all start, and each supervisor holds little memory.
fn many(folder: &Path, tools: &[Tool], report: &mut Report) {
    let mls = &tools[0].call;
    let _running =
        Guard::new(folder, format!("for n in $(seq 50); do {mls} rm -f many-$n & done; wait"));
    let start = Instant::now();
    sh(
        folder,
        &format!(
            "for n in $(seq 50); do {mls} run -d --name many-$n -p 80 --network private box:1 sleep 3600 & done; wait"
        ),
    );
    let wall = start.elapsed().as_secs_f64();
    let running = sh(folder, &format!("{mls} ps -q")).lines().count();
    report.check("50 at once: all run", format!("{running} in {wall:.2} s"), running == 50);
    // Once it has nothing to do, a supervisor gives back what it needed for the start.
    std::thread::sleep(Duration::from_secs(5));
    let supervisors: Vec<u32> =
        (1..=50).map(|n| processes::supervisor(folder, mls, &format!("many-{n}"))).collect();
    let relays = supervisors.iter().flat_map(|pid| processes::relays(*pid)).collect::<Vec<_>>();
    for (what, processes) in [("supervisor", supervisors), ("relay", relays)] {
        let most = processes::largest(&processes);
        let measured = format!(
            "{} processes, at most {:.2} MB, {:.2} MB of it their own, {:.2} MB with their part of what is shared",
            processes.len(),
            most.resident,
            most.own,
            most.part
        );
        report.check(&format!("≤ 4 MB resident per {what}"), measured, most.resident <= 4.0);
    }
}

/// Makes and mounts a disk that nothing was ever removed from, for so many MiB; it is there until the guard is dropped.
fn disk(folder: &Path, mib: usize) -> Guard {
    let script = format!(
        "mkdir disk && truncate -s {mib}M disk.img && mkfs.ext4 -q disk.img && mount -o loop disk.img disk"
    );
    sh(folder, &script);
    Guard::new(folder, "umount -l disk; rm disk.img".to_owned())
}

/// The first start of a large image, from its archive.
///
/// ext4 searches long for new numbers of files where many were removed within minutes, and whoever comes next pays for
/// that: all of it is done on a disk of its own, and nothing is removed there.
fn large(folder: &Path, _: &[Tool], report: &mut Report) {
    let mib = number("MLS_BENCH_MIB", 1024);
    let _mounted = disk(folder, mib * 24);
    let folder = &folder.join("disk");
    let script = format!(
        "mkdir -p big && cp -r ../rootfs/. big/ && n=0; while [ $n -lt {mib} ]; do mkdir -p big/d$n; \
         for f in 1 2 3 4 5 6 7 8; do head -c 131072 /dev/urandom > big/d$n/$f; done; n=$((n+1)); done; \
         tar -C big -cf big.tar ."
    );
    sh(folder, &script);
    let name = format!("load and first start of {mib} MiB");
    let archive = folder.join("big.tar").display().to_string();
    for round in 0..number("MLS_BENCH_LARGE_ROUNDS", 3) {
        // Each has a storage of its own each time: what was there once is known again.
        let top = folder.join(format!("round-{round}"));
        std::fs::create_dir(&top).unwrap();
        for Tool { name: tool, call, run } in &tools::prepare(&top) {
            let Some(run) = run else { continue };
            let import = if *tool == "mls" { "import image" } else { "import" };
            let script = format!("{call} {import} {archive} big:1 && {call} {run} --rm big:1 true");
            report.cost(&name, tool, measured(&top, &script));
        }
        report.bytes(&name, "mls", measure::bytes(&top.join("store/.mlstore/packs")));
    }
    let ratio = report.median(&name, "mls").cpu / report.median(&name, "podman").cpu;
    report.at_most("first start of a large image ≤ 0.5 × podman in CPU", ratio, 0.5, " ×");
}
