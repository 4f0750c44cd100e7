//! What one command costs, from the kernel's own accounts of finished children.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use rustix::process::{Pid, Signal, WaitOptions, wait};

/// The bench starts itself with this word, so that each command has a parent of its own and its peak memory is its own.
pub(crate) const HELPER: &str = "--measure-one";

/// No command takes so long, unless it hangs.
const PATIENCE: Duration = Duration::from_secs(900);

/// Returns the program that is measured: `MLS_BENCH_PROGRAM`, such as an older one, or the one that was built.
pub(crate) fn program() -> String {
    std::env::var("MLS_BENCH_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_mls").to_owned())
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    pub(crate) cpu: f64,
    pub(crate) wall: f64,
    pub(crate) memory: f64,
}

/// Runs `script` in `folder` by `sh`, and fails with its output where it fails.
pub(crate) fn script(folder: &Path, environment: &[(&str, String)], script: &str) -> Cost {
    command(folder, environment, &["sh", "-c", script])
}

pub(crate) fn command(folder: &Path, environment: &[(&str, String)], command: &[&str]) -> Cost {
    // What earlier commands left unwritten is not this one's cost.
    rustix::fs::sync();
    let output = Command::new(std::env::current_exe().unwrap())
        .arg(HELPER)
        .args(command)
        .current_dir(folder)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{command:?}\n{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let line = text.lines().last().unwrap();
    let numbers: Vec<f64> = line.split(' ').map(|word| word.parse().unwrap()).collect();
    Cost { cpu: numbers[0], wall: numbers[1], memory: numbers[2] }
}

/// Runs one command and prints `cpu wall peak-bytes`; its own output goes nowhere unless it fails.
///
/// What it leaves behind is waited for: a supervisor that removes its container is part of the work.
pub(crate) fn helper(command: &[String]) {
    adopt();
    let start = Instant::now();
    let child = Command::new(&command[0])
        .args(&command[1..])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
        .wait_with_output()
        .unwrap();
    let wall = start.elapsed().as_secs_f64();
    while wait(WaitOptions::empty()).is_ok() {}
    assert!(child.status.success(), "{}: {}", child.status, String::from_utf8_lossy(&child.stderr));
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let cpu = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    // Linux counts in KiB, macOS in bytes.
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    println!("{} {wall} {}", cpu as f64 / 1e6, usage.max_rss() * unit);
}

/// Has the kernel give this process all that its children leave behind, and ends them where they take too long.
#[cfg(target_os = "linux")]
fn adopt() {
    rustix::process::set_child_subreaper(Some(Pid::INIT)).unwrap(); // any number turns it on
    std::thread::spawn(|| {
        std::thread::sleep(PATIENCE);
        eprintln!("ended after {PATIENCE:?}");
        loop {
            for task in std::fs::read_dir("/proc/self/task").unwrap().flatten() {
                let children = std::fs::read_to_string(task.path().join("children"));
                let children = children.unwrap_or_default();
                let numbers = children.split_whitespace().filter_map(|word| word.parse().ok());
                for pid in numbers.filter_map(Pid::from_raw) {
                    let _ = rustix::process::kill_process(pid, Signal::KILL);
                }
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    });
}

#[cfg(not(target_os = "linux"))]
fn adopt() {}

pub(crate) fn median(costs: &[Cost]) -> Cost {
    let middle = |pick: fn(&Cost) -> f64| {
        let mut values: Vec<f64> = costs.iter().map(pick).collect();
        values.sort_by(f64::total_cmp);
        match values.len() {
            0 => f64::NAN,
            count => (values[(count - 1) / 2] + values[count / 2]) / 2.0,
        }
    };
    Cost {
        cpu: middle(|cost| cost.cpu),
        wall: middle(|cost| cost.wall),
        memory: middle(|cost| cost.memory),
    }
}

/// Returns the bytes that the files under `path` take, as their lengths; hard links count once.
pub(crate) fn bytes(path: &Path) -> u64 {
    let mut seen = std::collections::BTreeSet::new();
    let mut open = vec![path.to_path_buf()];
    let mut sum = 0;
    while let Some(next) = open.pop() {
        let Ok(data) = std::fs::symlink_metadata(&next) else { continue };
        if data.is_dir() {
            open.extend(std::fs::read_dir(&next).unwrap().flatten().map(|entry| entry.path()));
        } else if seen.insert(std::os::unix::fs::MetadataExt::ino(&data)) {
            sum += data.len();
        }
    }
    sum
}
