//! What images must reach, beside buildah, skopeo and docker-registry in the same run:
//!
//! ```text
//! cargo bench --bench images                    everything, about half an hour
//! cargo bench --bench images -- build copy      only the works whose names begin so: build files copy versions registry
//! ```
//!
//! Five rounds; within a round every tool does the same work. Medians of CPU seconds (user and system, children included:
//! also what runs in containers), wall seconds and peak memory of the largest process. A registry's own work is not counted.
//! `MLS_BENCH_ROUNDS`, `MLS_BENCH_MIB` (of the large file) and `MLS_BENCH_FILES` change how much is done. Needs root, as
//! buildah does; a tool that is missing is left out.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the table is the purpose")]
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]
#![expect(clippy::disallowed_methods, reason = "a bench arranges its own disk and environment")]

mod builder;
mod contexts;
#[path = "../peers/measure.rs"]
mod measure;
mod registry;
#[expect(dead_code, reason = "shared with the other bench")]
#[path = "../peers/report.rs"]
mod report;
mod works;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if args.first().is_some_and(|arg| arg == measure::HELPER) {
        measure::helper(&args[1..]);
        return;
    }
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("images");
    std::fs::create_dir_all(&folder).unwrap();
    let mut report = report::Report::new();
    works::all(&folder, &args, &mut report);
    std::process::exit(i32::from(!report.end()));
}
