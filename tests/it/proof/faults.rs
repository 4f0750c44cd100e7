//! Every call that writes fails once, with each of the errors that a disk can give.

use super::witness::Witness;
use super::{Dice, count, describe, have, isolate, mls, succeed, tell};
use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Output};

const CALLS: &str = "write,pwrite64,writev,pwritev,fsync,fdatasync,ftruncate,fallocate,rename,renameat,renameat2,\
                     link,linkat,unlink,unlinkat,mkdir,mkdirat,copy_file_range,sendfile";
const ERRORS: [&str; 4] = ["ENOSPC", "EIO", "EDQUOT", "EACCES"];

/// One planned fault: the `when`-th call of `call` in any one thread fails with `error`.
struct Fault {
    call: String,
    when: usize,
    error: &'static str,
}

/// Runs `mls` under strace, with `fault` if any. The log lists every writing call.
fn traced(folder: &Path, args: &[&str], fault: Option<&Fault>, log: &Path) -> Output {
    let mut command = Command::new("strace");
    command
        .args(["-f", "-qq", "-e", "signal=none", "-e", &format!("trace={CALLS}"), "-o"])
        .arg(log);
    if let Some(Fault { call, when, error }) = fault {
        command.args(["-e", &format!("inject={call}:error={error}:when={when}")]);
    }
    command.arg(env!("CARGO_BIN_EXE_mls")).args(args);
    isolate(&mut command, folder);
    command.output().unwrap()
}

/// Returns every fault that a command with this log can meet, or one in a few of them where counts are reduced.
fn plan(log: &Path) -> Vec<Fault> {
    let mut calls: BTreeMap<(String, String), usize> = BTreeMap::new();
    for line in std::fs::read_to_string(log).unwrap().lines() {
        // `1234  pwrite64(5, …) = 10`; the second half of a call that was interrupted begins with `<...`.
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let Some((call, _)) = rest.trim_start().split_once('(') else { continue };
        *calls.entry((call.to_owned(), thread.to_owned())).or_default() += 1;
    }
    let mut most: BTreeMap<String, usize> = BTreeMap::new();
    for ((call, _), times) in calls {
        let entry = most.entry(call).or_default();
        *entry = times.max(*entry);
    }
    let all = most.into_iter().flat_map(|(call, times)| {
        (1..=times).flat_map(move |when| {
            let call = call.clone();
            ERRORS.map(move |error| Fault { call: call.clone(), when, error })
        })
    });
    // A stride that shares no factor with the number of errors comes past all of them.
    all.step_by(count(1, 19)).collect()
}

#[derive(Default)]
struct Tally {
    faults: usize,
    /// The calls that a command got by without, and how often.
    survived: BTreeMap<String, usize>,
    codes: BTreeMap<i32, usize>,
}

impl Tally {
    /// Notes how a command ended that met a fault; it may get by without the call, or fail in words.
    #[track_caller]
    fn note(&mut self, output: &Output, fault: &Fault) {
        self.faults += 1;
        let Fault { call, when, error } = fault;
        let place = || format!("{error} at {call} {when}: {}", describe(output));
        assert_eq!(output.status.signal(), None, "{}", place());
        let code = output.status.code().unwrap();
        assert_ne!(code, 101, "{}", place());
        if code == 0 {
            *self.survived.entry(call.clone()).or_default() += 1;
        }
        *self.codes.entry(code).or_default() += 1;
    }

    fn tell(&self, what: &str) {
        tell(&format!(
            "proof: {what} faults={} survived={:?} lost=0 corrupt=0 exit-codes={:?}",
            self.faults, self.survived, self.codes
        ));
    }
}

#[test]
fn x05_x06_every_write_call_of_commit_run_may_fail() {
    if !have("strace", "faults in commit-run") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut witness = Witness::init(folder.path().join("store"));
    let mut dice = Dice::new("faults in commit-run");
    let mut tally = Tally::default();
    let log = folder.path().join("trace");
    let mut record = |witness: &mut Witness, fault: Option<&Fault>| {
        let bytes = dice.bytes(5_000);
        let attempt = witness.attempt(&bytes);
        let args: Vec<String> =
            attempt.command.get_args().map(|arg| arg.to_str().unwrap().to_owned()).collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let output = traced(&witness.store, &args, fault, &log);
        if output.status.success() {
            witness.acknowledge(&attempt, &output.stdout);
        }
        witness.check();
        if fault.is_some() {
            // The same command again.
            succeed(&mut mls(&witness.store, &args));
        }
        output
    };
    record(&mut witness, None);
    for fault in plan(&log) {
        let output = record(&mut witness, Some(&fault));
        tally.note(&output, &fault);
    }
    witness.check_bytes(&witness.store, usize::MAX);
    tally.tell("commit-run");
}

/// Meets every fault of `args` in `folder`; `before` makes work for it, `after` says what must hold then.
pub(super) fn meet(
    what: &str,
    folder: &Path,
    args: &[&str],
    mut before: impl FnMut(&mut Dice),
    mut after: impl FnMut(),
) {
    let outside = tempfile::tempdir().unwrap();
    let log = outside.path().join("trace");
    let mut dice = Dice::new(&format!("faults in {what}"));
    before(&mut dice);
    let output = traced(folder, args, None, &log);
    assert!(output.status.success(), "{}", describe(&output));
    let mut tally = Tally::default();
    for fault in plan(&log) {
        before(&mut dice);
        let output = traced(folder, args, Some(&fault), &log);
        tally.note(&output, &fault);
        after();
        succeed(&mut mls(folder, args));
        after();
    }
    tally.tell(what);
}

#[test]
fn x05_x06_every_write_call_of_gc_may_fail() {
    if !have("strace", "faults in gc") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut witness = Witness::init(folder.path().join("store"));
    let store = witness.store.clone();
    meet(
        "gc",
        &store,
        &["-y", "gc", "--grace", "0s"],
        |dice| witness.commit(&dice.bytes(5_000)),
        || _ = Witness::new(store.clone()).check(),
    );
    witness.check();
    witness.check_bytes(&store, usize::MAX);
}

#[test]
fn x03_x05_every_write_call_of_init_may_fail() {
    if !have("strace", "faults in init") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    std::fs::create_dir(&store).unwrap();
    meet("init", &store, &["init"], |_| _ = std::fs::remove_dir_all(store.join(".mlstore")), || ());
    Witness::new(store).check();
}
