//! What serving must reach, beside `mlflow models serve`, MLServer and onnxruntime in process, in the same run:
//!
//! ```text
//! cargo bench --bench serve                       everything, about five minutes
//! cargo bench --bench serve -- regression start   only the works whose names begin so
//! MLS_BENCH_PYTHON=…/bin/python                   which Python has mlflow, scikit-learn, skl2onnx, onnx and onnxruntime;
//!                                                 else the one that `.ci/run` installs
//! MLS_BENCH_MLSERVER=…/bin/mlserver               which MLServer; else the one on the PATH, else none
//! MLS_BENCH_MINILM=…/model.onnx                   which MiniLM; else a network of its shape with weights by chance
//! ```
//!
//! Servers are kept to the first core and the load comes from one thread on the last; their CPU is that of all their
//! processes, from the kernel's accounts. Engines are asked in turns, theirs and ours, on the first core alone.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the table is the purpose")]
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]
#![expect(clippy::disallowed_methods, reason = "a bench arranges its own disk and environment")]

mod engines;
mod flood;
#[expect(dead_code, reason = "shared with another bench")]
#[path = "../hub/load.rs"]
mod load;
#[expect(dead_code, reason = "shared with another bench")]
#[path = "../peers/measure.rs"]
mod measure;
mod models;
#[path = "../hub/report.rs"]
mod report;
#[expect(dead_code, reason = "shared with another bench")]
#[path = "../hub/server.rs"]
mod server;
mod works;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if args.first().is_some_and(|arg| arg == measure::HELPER) {
        measure::helper(&args[1..]);
        return;
    }
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("serve");
    let mut report = report::Report::default();
    works::all(&folder, &args, &mut report);
    std::process::exit(i32::from(!report.end()));
}
