//! What one command costs with all that it starts, from the kernel's own accounts of finished children.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use rustix::process::{Pid, WaitOptions, set_child_subreaper, wait};

/// The bench starts itself with this word, so that each command has a parent of its own.
pub(crate) const HELPER: &str = "--measure-one";

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    pub(crate) cpu: f64,
    pub(crate) wall: f64,
    pub(crate) memory: f64,
}

/// Runs `script` in `folder` by `sh`, and fails with its output where it fails.
pub(crate) fn script(folder: &Path, script: &str) -> Cost {
    rustix::fs::sync();
    let mut command = Command::new(std::env::current_exe().unwrap());
    let command = command.args([HELPER, script]).current_dir(folder).stdin(Stdio::null());
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\n{text}{why}");
    let numbers: Vec<f64> =
        text.lines().last().unwrap().split(' ').map(|word| word.parse().unwrap()).collect();
    Cost { cpu: numbers[0], wall: numbers[1], memory: numbers[2] }
}

/// Runs one script and prints `cpu wall peak-bytes`. What it leaves behind is waited for: a supervisor that removes its
/// container is part of the work.
pub(crate) fn helper(command: &[String]) {
    set_child_subreaper(Some(Pid::INIT)).unwrap(); // any number turns it on
    let start = Instant::now();
    let done = Command::new("sh")
        .args(["-c", &command[0]])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let wall = start.elapsed().as_secs_f64();
    assert!(done.status.success(), "{}: {}", done.status, String::from_utf8_lossy(&done.stderr));
    while wait(WaitOptions::empty()).is_ok() {}
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let cpu = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    println!("{} {wall} {}", cpu as f64 / 1e6, usage.max_rss() * 1024);
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
