//! Builds that are ended from outside, and several at once.

use std::fs;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::lab::Lab;
use crate::container::{kills, on_this_machine};
use crate::proof::{count, tell};

const STEPS: &str = "FROM base AS a\nRUN echo 1 > /one && sleep 0.02\nRUN (sleep MARK &); echo 2 > /two\n\
    COPY file /file\nFROM base AS b\nRUN echo 3 > /three; sleep 0.05\n\
    FROM a\nCOPY --from=b /three /three\nRUN cat /one /two /three > /all\n";

/// Returns the steps, with a number by which their processes can be told from those of other tests.
fn steps(mark: &str) -> String {
    STEPS.replace("MARK", mark)
}

fn start(lab: &Lab, args: &[&str]) -> Child {
    let mut command = lab.sandbox.command(["build", "-t", "c"].iter().chain(args));
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Fails where anything of a build is left.
#[track_caller]
fn nothing_is_left(lab: &Lab, mark: &str) {
    let store = lab.sandbox.store();
    for folder in ["incoming", "cache/mounts", "cache/layers"] {
        let left = fs::read_dir(store.join(folder)).into_iter().flatten().flatten();
        let mut names = left.map(|entry| entry.file_name().into_string().unwrap());
        let odd = names.find(|name| name.starts_with("root-") || name.starts_with(".new-"));
        assert_eq!(odd, None, "{folder}");
    }
    assert!(!on_this_machine(&format!("sleep {mark}")));
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    assert!(!mounts.contains(store.to_str().unwrap()), "{mounts}");
    kills::groups_go(|| {});
}

#[test]
fn proof_a_build_killed_at_any_moment_leaves_finished_steps_and_nothing_else() {
    let Some(lab) = Lab::new("builds killed") else { return };
    let context = lab.context("c", &steps("4413"));
    let tries = count(150, 8);
    let whole = Instant::now();
    fs::write(context.join("file"), "whole").unwrap();
    assert_eq!(lab.build("c", &[]).code(), 0);
    let whole = whole.elapsed();
    let wanted = lab.read("c").tree.len();
    lab.sandbox.ok(["rmi", "c"]);
    for number in 0..tries {
        fs::write(context.join("file"), number.to_string()).unwrap();
        let mut child = start(&lab, &["--no-cache", "c"]);
        thread::sleep(whole.mul_f64(number as f64 / tries as f64));
        child.kill().unwrap();
        let done = child.wait().unwrap().success();
        // Half an image has no name; one that has it is whole, though the program was killed before it could say so.
        let named = lab.sandbox.mls(["inspect", "c"]).code() == 0;
        assert!(named || !done);
        assert!(!named || lab.read("c").tree.len() == wanted);
        let said = lab.build("c", &[]);
        assert_eq!(said.code(), 0, "{said}");
        assert_eq!(lab.read("c").tree.len(), wanted);
        nothing_is_left(&lab, "4413");
        lab.sandbox.ok(["rmi", "c"]);
    }
    // What writers left that were killed is in nobody's way; gc takes it, but for what may be a writer that begins just now.
    lab.sandbox.ok(["gc"]);
    let said = lab.sandbox.mls(["fsck"]);
    assert_eq!(said.code(), 0, "{said}");
    tell(&format!("proof: builds killed={tries} left=0 wrong=0"));
}

#[test]
fn a_build_that_is_interrupted_ends_its_command_and_says_so() {
    let Some(lab) = Lab::new("builds interrupted") else { return };
    lab.context("c", "FROM base\nRUN echo first > /one\nRUN echo begun; sleep 4414\n");
    for signal in [Signal::INT, Signal::TERM] {
        let child = start(&lab, &["c"]);
        kills::soon("the command runs", || on_this_machine("sleep 4414"));
        let begun = Instant::now();
        kill_process(Pid::from_child(&child), signal).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(begun.elapsed() < Duration::from_secs(15));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{said}");
        assert!(said.contains("CANCELED"), "{said}");
        nothing_is_left(&lab, "4414");
        assert_eq!(lab.sandbox.mls(["inspect", "c"]).code(), 5);
    }
    // The step before it was finished.
    lab.context("c", "FROM base\nRUN echo first > /one\n");
    assert!(lab.build("c", &[]).stderr().contains("CACHED"));
}

#[test]
fn several_builds_of_one_file_at_once_all_succeed_and_are_one_image() {
    let Some(lab) = Lab::new("builds at once") else { return };
    let context = lab.context("c", &steps("4415"));
    for number in [2, 4] {
        fs::write(context.join("file"), number.to_string()).unwrap();
        let children: Vec<Child> = (0..number).map(|_| start(&lab, &["c"])).collect();
        let ids: Vec<String> = children
            .into_iter()
            .map(|child| {
                let output = child.wait_with_output().unwrap();
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                assert!(output.status.success(), "{said}");
                String::from_utf8(output.stdout).unwrap()
            })
            .collect();
        let again = lab.build("c", &[]);
        assert_eq!(again.stderr().matches("CACHED").count(), 6, "{again}");
        // Whoever came second to a step may have had the first one's; the last to end has named the image.
        assert!(ids.contains(&again.stdout()), "{ids:?} {again}");
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        nothing_is_left(&lab, "4415");
    }
}
