//! What one command costs, from the kernel's own accounts of finished children.

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// The bench starts itself with this word, so that each command has a parent of its own and its peak memory is its own.
pub(crate) const HELPER: &str = "--measure-one";

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
pub(crate) fn helper(command: &[String]) {
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
    assert!(child.status.success(), "{}: {}", child.status, String::from_utf8_lossy(&child.stderr));
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let cpu = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    // Linux counts in KiB, macOS in bytes.
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    println!("{} {wall} {}", cpu as f64 / 1e6, usage.max_rss() * unit);
}

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
