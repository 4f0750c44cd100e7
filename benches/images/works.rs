//! The works that are measured, and what each has to reach.

use std::path::Path;

use crate::builder::{Builder, Tool, has};
use crate::contexts;
use crate::measure::Cost;
use crate::registry::Registry;
use crate::report::Report;

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
        ("build", build),
        ("files", files),
        ("copy", copy),
        ("versions", versions),
        ("registry", registry),
    ];
    let mut tools = vec![Tool::Mls];
    if has("buildah") {
        tools.push(Tool::Buildah);
    }
    for (name, work) in works {
        if only.is_empty() || only.iter().any(|start| name.starts_with(start)) {
            work(folder, &tools, report);
        }
    }
}

/// Builds a context with every tool, cold and again; `limits` are what is to be reached.
fn twice(
    (folder, tools, report): (&Path, &[Tool], &mut Report),
    what: &str,
    context: &Path,
    limits: [f64; 2],
) {
    let names = [format!("{what}, cold"), format!("{what}, nothing changed")];
    for _ in 0..rounds() {
        for tool in tools {
            let builder = Builder::new(folder, *tool);
            for name in &names {
                report.cost(name, tool.name(), builder.build(context));
            }
            report.bytes(&names[0], tool.name(), builder.stored());
        }
    }
    for (name, limit) in names.iter().zip(limits) {
        let cpu = report.median(name, "mls").cpu;
        report.at_most(&format!("{name} ≤ {limit} CPU s"), cpu, limit, "");
    }
}

fn build(folder: &Path, tools: &[Tool], report: &mut Report) {
    match contexts::twelve(folder) {
        Some(context) => {
            twice((folder, tools, report), "12 instructions, 5 RUN", &context, [0.5, 0.02]);
        }
        None => println!("skipped: 12 instructions: no static busybox"),
    }
}

fn files(folder: &Path, tools: &[Tool], report: &mut Report) {
    let count = number("MLS_BENCH_FILES", 50_000);
    let context = contexts::files(folder, count);
    twice((folder, tools, report), &format!("COPY of {count} files"), &context, [4.0, 0.3]);
}

fn copy(folder: &Path, tools: &[Tool], report: &mut Report) {
    let mib = number("MLS_BENCH_MIB", 1024);
    let context = contexts::large(folder, mib, 0);
    twice((folder, tools, report), &format!("COPY of {mib} MiB"), &context, [4.0, 0.02]);
}

/// Five versions of an image, in which a little of a large file changes each time.
fn versions(folder: &Path, tools: &[Tool], report: &mut Report) {
    let mib = number("MLS_BENCH_MIB", 1024) / 4;
    let name = format!("five versions, 1.2 % of {mib} MiB changed");
    for tool in tools {
        let builder = Builder::new(folder, *tool);
        for version in 0..5 {
            let context = contexts::large(folder, mib, version);
            report.cost(&name, tool.name(), builder.build(&context));
        }
        report.bytes(&name, tool.name(), builder.stored());
    }
    let stored = report.stored(&name, "mls").unwrap_or(0) as f64;
    let size = (mib << 20) as f64;
    report.at_most("five versions stored ≤ 1.10 × the first", stored / size, 1.10, " ×");
}

/// A large plain layer to docker-registry and back, beside skopeo.
fn registry(folder: &Path, _: &[Tool], report: &mut Report) {
    if !has("docker-registry") {
        return;
    }
    let skopeo = has("skopeo");
    let mib = number("MLS_BENCH_MIB", 1024);
    let context = contexts::large(folder, mib, 0);
    let names = [
        format!("push of {mib} MiB"),
        "push of what is there".into(),
        format!("pull of {mib} MiB"),
    ];
    for _ in 0..rounds() {
        let (registry, builder) = (Registry::start(folder), Builder::new(folder, Tool::Mls));
        let mut measured = |name: &str, tool: &str, script: &str| {
            let before = registry.cpu();
            report.cost(name, tool, builder.run(script));
            let there = Cost { cpu: registry.cpu() - before, ..Cost::default() };
            report.cost(name, &format!("(the registry, for {tool})"), there);
        };
        let image = format!("{}/big:1", registry.host);
        builder.build(&context);
        builder.run(&format!("$MLS tag x:1 {image} && $MLS save --format oci-layout x:1 -o lay"));
        for name in &names[..2] {
            measured(name, "mls", &format!("exec $MLS -q push --compression none {image}"));
        }
        builder.run("rm -rf .mlstore && $MLS init -q .");
        measured(&names[2], "mls", &format!("exec $MLS -q pull {image}"));
        if skopeo {
            let other = format!("docker://{}/other:1", registry.host);
            let copy = "exec skopeo copy -q --preserve-digests --insecure-policy --src-tls-verify=false --dest-tls-verify=false";
            for name in &names[..2] {
                measured(name, "skopeo", &format!("{copy} oci:lay {other}"));
            }
            measured(&names[2], "skopeo", &format!("{copy} {other} dir:back"));
        }
        report.bytes(&names[2], "mls", builder.stored());
    }
    for (name, limit) in names.iter().zip([3.0, 0.02, 4.0]) {
        let cpu = report.median(name, "mls").cpu;
        report.at_most(&format!("{name} ≤ {limit} CPU s"), cpu, limit, "");
    }
}
