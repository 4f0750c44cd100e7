//! `kill -9` at random moments of commit-run and gc; `exchange.rs` has push and pull.

use super::witness::Witness;
use super::{Dice, count, describe, mls, succeed, tell};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Kills `command` and everything it started after `delay`, unless it ended before.
fn run_and_kill(command: &mut Command, delay: Duration) -> Output {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let child = command.spawn().unwrap();
    let group = rustix::process::Pid::from_child(&child);
    let killer = std::thread::spawn(move || {
        // The moment itself is what is drawn at random here.
        std::thread::sleep(delay);
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    });
    let output = child.wait_with_output().unwrap();
    killer.join().unwrap();
    output
}

/// Kills at moments up to a little more than the usual duration, which follows what is observed.
pub(super) struct Killer {
    pub(super) dice: Dice,
    usual: Duration,
    pub(super) kills: usize,
}

impl Killer {
    pub(super) fn new(what: &str) -> Self {
        Self { dice: Dice::new(what), usual: Duration::from_millis(60), kills: 0 }
    }

    /// Returns the output where the command ended with 0 before it was killed.
    #[track_caller]
    pub(super) fn strike(&mut self, command: &mut Command) -> Option<Output> {
        let limit = self.usual.as_micros() as u64 * 12 / 10;
        let delay = Duration::from_micros(self.dice.below(limit));
        let start = Instant::now();
        let output = run_and_kill(command, delay);
        match output.status.code() {
            Some(0) => {
                self.usual = (self.usual * 3 + start.elapsed().min(self.usual * 2)) / 4;
                Some(output)
            }
            None => {
                assert_eq!(output.status.signal(), Some(9), "{}", describe(&output));
                self.kills += 1;
                // Kills that all come early would prove only that nothing had begun.
                self.usual += self.usual / 50;
                None
            }
            // The command of a run was killed before mls was.
            Some(137) => None,
            Some(_) => panic!("{}", describe(&output)),
        }
    }
}

pub(super) fn payload(dice: &mut Dice) -> Vec<u8> {
    let size = if dice.below(4) == 0 { 1 << 20 } else { 4 << 10 };
    let size = size + dice.below(size);
    dice.bytes(size as usize)
}

#[test]
fn x04_kills_during_commit_run_lose_nothing_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let mut witness = Witness::init(folder.path().join("store"));
    let mut killer = Killer::new("kills of commit-run");
    let target = count(200, 14);
    while killer.kills < target {
        let bytes = payload(&mut killer.dice);
        let mut attempt = witness.attempt(&bytes);
        if killer.dice.below(3) == 0 {
            attempt.command.args([
                "--",
                "sh",
                "-c",
                "echo one; echo '{\"a\": 1}' >> $MLS_RUN_DIR/metrics.jsonl",
            ]);
        }
        match killer.strike(&mut attempt.command) {
            Some(output) => witness.acknowledge(&attempt, last_line(&output.stdout)),
            None => {
                witness.check();
                witness.commit(&bytes[..bytes.len().min(4096)]);
            }
        }
    }
    witness.check();
    witness.check_bytes(&witness.store, usize::MAX);
    tell(&format!(
        "proof: commit-run kills={} acknowledged={} lost=0 corrupt=0",
        killer.kills,
        witness.acknowledged()
    ));
}

/// A command's own output comes first; the id is printed last.
fn last_line(stdout: &[u8]) -> &[u8] {
    stdout.trim_ascii().rsplit(|byte| *byte == b'\n').next().unwrap_or_default()
}

#[test]
fn x04_kills_during_gc_keep_what_is_reachable() {
    let folder = tempfile::tempdir().unwrap();
    let mut witness = Witness::init(folder.path().join("store"));
    let mut killer = Killer::new("kills of gc");
    let target = count(100, 9);
    for _ in 0..4 {
        let bytes = payload(&mut killer.dice);
        witness.commit(&bytes);
    }
    while killer.kills < target {
        litter(&mut witness, &mut killer.dice);
        let before = killer.kills;
        killer.strike(&mut mls(&witness.store, &["-y", "gc", "--grace", "0s"]));
        if killer.kills > before {
            witness.check();
            succeed(&mut mls(&witness.store, &["-y", "gc", "--grace", "0s"]));
        }
        witness.check();
    }
    witness.check_bytes(&witness.store, usize::MAX);
    tell(&format!(
        "proof: gc kills={} acknowledged={} lost=0 corrupt=0",
        killer.kills,
        witness.acknowledged()
    ));
}

/// Leaves garbage for gc: a commit that was killed, and an acknowledged run beside it.
fn litter(witness: &mut Witness, dice: &mut Dice) {
    let bytes = payload(dice);
    let mut attempt = witness.attempt(&bytes);
    let delay = Duration::from_micros(dice.below(60_000));
    let output = run_and_kill(&mut attempt.command, delay);
    if output.status.success() {
        witness.acknowledge(&attempt, &output.stdout);
    }
    if dice.below(3) == 0 {
        witness.commit(&bytes);
    }
}
