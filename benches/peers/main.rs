//! The table of what `mls` must reach, beside the tools a user would otherwise take, in one run:
//!
//! ```text
//! cargo bench --bench peers                 everything, about a quarter of an hour
//! cargo bench --bench peers -- add edit     only the works whose names begin so
//! ```
//!
//! Five rounds; within a round every tool does the same work, so that a change in the machine's speed meets them all.
//! Medians of CPU seconds (user and system, children included), wall seconds and peak memory of the largest process.
//! `MLS_BENCH_ROUNDS`, `MLS_BENCH_MIB` and `MLS_BENCH_TOOLS` (as in `cp,mls,git`) change the rounds, the size of
//! the weights, and who takes part.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the table is the purpose")]
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]
#![expect(clippy::disallowed_methods, reason = "a bench arranges its own disk and environment")]

mod data;
mod measure;
mod queries;
mod report;
mod tools;
mod works;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if args.first().is_some_and(|arg| arg == measure::HELPER) {
        measure::helper(&args[1..]);
        return;
    }
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("peers");
    std::fs::create_dir_all(&folder).unwrap();
    let mut report = report::Report::new();
    works::all(&folder, &args, &mut report);
    std::process::exit(i32::from(!report.end()));
}
