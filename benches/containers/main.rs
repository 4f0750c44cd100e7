//! What containers must reach, beside podman and bare runtimes, in one run, as root:
//!
//! ```text
//! cargo bench --bench containers                 everything, some minutes
//! cargo bench --bench containers -- run exec     only the works whose names begin so
//! ```
//!
//! Nine rounds; within a round every tool does the same work. Medians of CPU seconds (of all processes that the work left to
//! be waited for, supervisors and monitors included) and wall seconds. `MLS_BENCH_ROUNDS` changes the rounds and
//! `MLS_BENCH_MIB` the size of the large image. Containers that were started are removed, whatever happens, and a work that
//! hangs is ended.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the table is the purpose")]
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]
#![expect(clippy::disallowed_methods, reason = "a bench arranges its own disk and environment")]

#[path = "../peers/measure.rs"]
mod measure;
mod port;
mod processes;
#[path = "../peers/report.rs"]
#[expect(dead_code, reason = "what the other bench asks of it")]
mod report;
mod tools;
mod works;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if args.first().is_some_and(|arg| arg == measure::HELPER) {
        measure::helper(&args[1..]);
        return;
    }
    let top = tempfile::Builder::new().prefix("mls-bench-").tempdir().unwrap();
    let mut report = report::Report::new();
    works::all(top.path(), &args, &mut report);
    std::process::exit(i32::from(!report.end()));
}
