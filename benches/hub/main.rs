//! What the hub must reach, beside `mlflow server` (SQLite, one worker) in the same run:
//!
//! ```text
//! cargo bench --bench hub                    everything, about ten minutes
//! cargo bench --bench hub -- log search      only the works whose names begin so
//! MLS_BENCH_MLFLOW=…/bin/mlflow              which MLflow; else the one on the PATH, else none
//! ```
//!
//! CPU is that of the server alone, all of its processes, from the kernel's accounts; the load comes from this program.
//! The server is kept to one core where `taskset` is there.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the table is the purpose")]
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]
#![expect(clippy::disallowed_methods, reason = "a bench arranges its own disk and environment")]

#[expect(dead_code, reason = "shared with the other bench")]
#[path = "../peers/data.rs"]
mod data;
mod fill;
mod load;
#[expect(dead_code, reason = "shared with the other bench")]
#[path = "../peers/measure.rs"]
mod measure;
mod report;
mod server;
mod transfer;
mod works;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if args.first().is_some_and(|arg| arg == measure::HELPER) {
        measure::helper(&args[1..]);
        return;
    }
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("hub");
    std::fs::create_dir_all(&folder).unwrap();
    let mut report = report::Report::default();
    works::all(&folder, &args, &mut report);
    std::process::exit(i32::from(!report.end()));
}
