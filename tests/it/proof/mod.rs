//! Proofs by violence: the program is killed, starved, cut off and lied to, and what it acknowledged must still be there.
//!
//! Reduced counts run with all other tests. In full, printing the counts:
//!
//! ```text
//! MLS_PROOF=full cargo test --release --locked --test it proof -- --nocapture --test-threads=1
//! ```

mod crowd;
pub(crate) mod disk;
mod exchange;
mod faults;
mod hooks;
mod interleave;
mod kills;
mod power;
mod rot;
mod slow;
mod uploads;
mod witness;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

/// Returns `full` under `MLS_PROOF=full` and `reduced` otherwise.
pub(crate) fn count(full: usize, reduced: usize) -> usize {
    match std::env::var_os("MLS_PROOF") {
        Some(value) if value == "full" => full,
        _ => reduced,
    }
}

/// Writes past the capture of the test harness, so that a log shows it whether or not the test passed.
pub(crate) fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "\n{line}");
}

/// Returns whether `tool` can be started here, having said so where it cannot.
fn have(tool: &str, what: &str) -> bool {
    let found = Command::new("sh")
        .args(["-c", "PATH=$PATH:/usr/sbin:/sbin; command -v \"$0\"", tool])
        .output()
        .is_ok_and(|output| output.status.success());
    if !found {
        tell(&format!("skipped: {what}: `{tool}` is not installed"));
    }
    found
}

fn root(what: &str) -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        tell(&format!("skipped: {what}: needs root"));
    }
    root
}

/// A command of `mls` that sees nothing of the machine's settings.
fn mls(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mls"));
    command.args(args);
    isolate(&mut command, folder);
    command
}

fn isolate(command: &mut Command, folder: &Path) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    command
        .current_dir(folder)
        .env_clear()
        .env("PATH", path)
        .env("HOME", "/nonexistent")
        .env("RUST_BACKTRACE", "0")
        .stdin(std::process::Stdio::null());
}

#[track_caller]
fn succeed(command: &mut Command) -> Output {
    let output = command.output().expect("the program starts");
    assert!(output.status.success(), "{command:?}\n{}", describe(&output));
    output
}

fn describe(output: &Output) -> String {
    format!(
        "{}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Numbers that repeat: a failure names its seed, `MLS_PROOF_SEED` brings it back.
struct Dice(u64);

impl Dice {
    fn new(what: &str) -> Self {
        let seed = std::env::var("MLS_PROOF_SEED").ok().and_then(|text| text.parse().ok());
        let seed = seed.unwrap_or_else(|| {
            what.bytes()
                .fold(17u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte)))
        });
        tell(&format!("{what}: MLS_PROOF_SEED={seed}"));
        Self(seed)
    }

    /// Returns the next number of splitmix64.
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit.max(1)
    }

    /// Returns bytes of which half repeat, so that chunks, compression and sharing all take part.
    fn bytes(&mut self, size: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(size + 8);
        while bytes.len() < size {
            if self.below(4) == 0 {
                bytes.extend_from_slice(b"step,loss,accuracy\n");
            } else {
                bytes.extend_from_slice(&self.roll().to_le_bytes());
            }
        }
        bytes.truncate(size);
        bytes
    }
}
