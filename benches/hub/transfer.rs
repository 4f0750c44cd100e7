//! Push and clone over loopback HTTP, beside `cp` of the same file.

use std::path::Path;

use crate::data;
use crate::measure;
use crate::report::Report;
use crate::server::Server;
use crate::works::fresh;

/// The size of the weights in MiB.
pub(crate) fn mib() -> usize {
    std::env::var("MLS_BENCH_MIB").ok().and_then(|text| text.parse().ok()).unwrap_or(1024)
}

pub(crate) fn transfer(folder: &Path, report: &mut Report) {
    let mls = measure::program();
    let (first, second) = data::float32(folder, mib());
    let copy = format!("cp {} copy && sync copy", first.display());
    let cp = measure::script(&fresh(folder, "transfer-cp"), &[], &copy).cpu;
    report.row(&format!("cp of {} MiB", mib()), "cp", "CPU s", cp);
    let remote = fresh(folder, "transfer-remote");
    let server = Server::mls(&remote);
    let here = fresh(folder, "transfer-here");
    let url = format!("http://{}", server.address);
    let begin = format!(
        "{mls} init && {mls} remote add origin {url} && {mls} commit-run -q -a {}:weights.bin",
        first.display()
    );
    measure::script(&here, &[], &begin);
    let mut cost = |name: &str, script: String, at: &Path| {
        let (cpu, client) = server.cpu_of(|| measure::script(at, &[], &script));
        report.row(name, "mls client", "CPU s", client.cpu);
        report.row(name, "mls server", "CPU s", cpu);
        report.at_most(&format!("{name} ≤ 2 × cp"), (client.cpu + cpu) / cp, 2.0);
    };
    cost("push", format!("{mls} push origin"), &here);
    cost("clone", format!("{mls} clone {url} there"), &fresh(folder, "transfer-clone"));
    let before = measure::bytes(&remote.join(".mlstore/packs"));
    let edit =
        format!("{mls} commit-run -q -a {}:weights.bin && {mls} push origin", second.display());
    measure::script(&here, &[], &edit);
    let grown = measure::bytes(&remote.join(".mlstore/packs")) as f64 - before as f64;
    let share = 100.0 * grown / first.metadata().unwrap().len() as f64;
    report.row("1 % changed and pushed", "mls server", "% new bytes", share);
    report.at_most("a 1 % change moves ≤ 1.5 % of the bytes", share, 1.5);
}
