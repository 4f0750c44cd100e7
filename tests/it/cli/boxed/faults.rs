//! Whatever is killed, full, gone or started anew: listings are true, nothing runs on, and nobody has to clean up.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::Boxed;
use crate::cli::contained::soon;
use crate::container::kills::groups_go;
use crate::container::on_this_machine;
use crate::proof::{count, tell};

/// Returns the supervisors of containers in this store, and those that `caller` has just started.
fn supervisors(boxed: &Boxed, caller: u32) -> Vec<i32> {
    let store = boxed.sandbox.store();
    let is_one = |pid: &i32| {
        let proc = Path::new("/proc").join(pid.to_string());
        let command = fs::read(proc.join("cmdline")).unwrap_or_default();
        if command != b"mls\0__supervisor\0" {
            return false;
        }
        let stat = fs::read_to_string(proc.join("stat")).unwrap_or_default();
        let parent =
            stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1)?.parse().ok());
        let open = fs::read_dir(proc.join("fd")).into_iter().flatten().flatten();
        let mut open = open.filter_map(|entry| fs::read_link(entry.path()).ok());
        parent == Some(caller) || open.any(|path| path.starts_with(&store))
    };
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(is_one).collect()
}

fn kill(pid: i32) {
    if let Some(pid) = rustix::process::Pid::from_raw(pid) {
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
    }
}

/// Fails unless nothing of this store's containers is left in the kernel.
#[track_caller]
fn nothing_left(boxed: &Boxed, command: &str) {
    soon("its processes are gone", || !on_this_machine(command));
    let top = boxed.sandbox.path();
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    assert!(!mounts.contains(top.to_str().unwrap()), "{mounts}");
    // What a killed one could not remove is removed by the next.
    groups_go(|| assert_eq!(boxed.run(&[], "true").code(), 0));
}

#[test]
fn c12_proof_whoever_is_killed_at_whatever_stage_listings_are_true_and_the_name_is_free_again() {
    let Some(boxed) = Boxed::of_root("C12: kills at every stage") else { return };
    let tries = count(300, 12);
    let (mut began, mut was_there) = (0, 0);
    for number in 0..tries {
        // The one who asks, the one who watches, or both, from the first moment to well after the command runs.
        let private = if number % 4 == 0 { "private" } else { "none" };
        let mut command =
            boxed.sandbox.command(["run", "-d", "--name", "one", "--network", private]);
        command.args(["--restart", "always", "box", "sleep", "4341"]);
        let mut caller = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_micros(number as u64 * 200_000 / tries as u64));
        if number % 3 != 0 {
            supervisors(&boxed, caller.id()).into_iter().for_each(kill);
        }
        if number % 3 != 1 {
            let _ = caller.kill();
        }
        caller.wait().unwrap();
        for pid in supervisors(&boxed, caller.id()) {
            kill(pid);
        }
        soon("none watches", || supervisors(&boxed, caller.id()).is_empty());
        soon("nothing runs on", || !on_this_machine("sleep 4341"));
        let all = boxed.sandbox.json(["ps", "-a"]);
        for one in all.as_array().unwrap() {
            let status = one["status"].as_str().unwrap();
            assert!(["created", "exited"].contains(&status), "{one}");
            was_there += 1;
            began += usize::from(status == "exited");
        }
        if number % 2 == 0 && all[0]["name"] == "one" {
            // It can be started as any other.
            assert_eq!(boxed.mls(&["start", "one"]).code(), 0);
            assert_eq!(boxed.mls(&["exec", "one", "echo", "here"]).stdout(), "here\n");
        }
        let removed = boxed.mls(&["rm", "-f", "one"]);
        assert!([0, 5].contains(&removed.code()), "{removed}");
        assert_eq!(boxed.mls(&["create", "--name", "one", "box"]).code(), 0, "the name is free");
        assert_eq!(boxed.mls(&["rm", "one"]).code(), 0);
    }
    nothing_left(&boxed, "sleep 4341");
    let folder = boxed.sandbox.store().join("containers");
    let names = fs::read_dir(folder.join("names")).unwrap().count();
    assert_eq!(names, 0, "names are links that lead somewhere");
    tell(&format!(
        "proof: kills of callers and supervisors: {tries}, containers there after: {was_there}, begun: {began}, left: 0"
    ));
}

#[test]
fn c12_proof_those_who_stop_remove_and_enter_at_once_all_come_to_an_end() {
    let Some(boxed) = Boxed::new("C12: together") else { return };
    for _ in 0..count(50, 3) {
        boxed.begin("one", &[], "true");
        let all: Vec<_> = [
            &["rm", "-f", "one"][..],
            &["stop", "-t", "1", "one"],
            &["exec", "one", "sleep", "0.1"],
            &["kill", "one"],
            &["restart", "-t", "0", "one"],
            &["ps", "-a"],
            &["logs", "one"],
            &["rm", "-f", "one"],
            &["inspect", "one"],
        ]
        .into_iter()
        .map(|args| {
            let mut command = boxed.sandbox.command(args);
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
        })
        .collect();
        for mut one in all {
            let code = one.wait().unwrap().code();
            assert!(code.is_some_and(|code| code != 101), "{code:?}");
        }
        let last = boxed.mls(&["rm", "-f", "one"]);
        assert!([0, 5].contains(&last.code()), "{last}");
    }
    assert_eq!(boxed.sandbox.json(["ps", "-a"]), json!([]));
}

#[test]
fn c12_proof_sixteen_at_once_run_list_and_remove_without_seeing_each_other_s_halves() {
    let Some(boxed) = Boxed::new("C12: sixteen at once") else { return };
    thread::scope(|scope| {
        for number in 0..16 {
            let boxed = &boxed;
            scope.spawn(move || {
                for round in 0..count(25, 2) {
                    let text = format!("{number} of {round}");
                    let said = boxed.run(&[], &format!("echo {text}; exit 3"));
                    assert_eq!((said.code(), said.stdout()), (3, format!("{text}\n")), "{said}");
                    let name = format!("n{number}");
                    let said = boxed.mls(&[
                        "run",
                        "-d",
                        "--name",
                        &name,
                        "--network",
                        "none",
                        "box",
                        "sleep",
                        "1000",
                    ]);
                    assert_eq!(said.code(), 0, "{said}");
                    let all = boxed.sandbox.json(["ps", "-a"]);
                    let own =
                        all.as_array().unwrap().iter().find(|one| one["name"] == name.as_str());
                    assert_eq!(own.unwrap()["status"], "running", "{all}");
                    let said = boxed.mls(&["exec", &name, "echo", "in"]);
                    assert_eq!((said.code(), said.stdout().as_str()), (0, "in\n"), "{said}");
                    let said = boxed.mls(&["rm", "-f", &name]);
                    assert_eq!(said.code(), 0, "{said}");
                }
            });
        }
    });
    assert_eq!(boxed.sandbox.json(["ps", "-a"]), json!([]));
}

/// A file system in memory with a store in it, gone at the end.
struct Small(std::path::PathBuf);

impl Small {
    fn new(boxed: &Boxed, size: &str) -> Option<Self> {
        let folder = boxed.sandbox.path().join("small");
        fs::create_dir(&folder).unwrap();
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "none"])
            .arg(&folder)
            .status();
        done.is_ok_and(|status| status.success()).then_some(Self(folder))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn c08_a_full_disk_costs_lines_of_the_log_and_not_the_container_or_how_it_ended() {
    let Some(boxed) = Boxed::of_root("C08: a full disk") else { return };
    let Some(small) = Small::new(&boxed, "24m") else {
        return tell("skipped: C08: a full disk: nothing can be mounted");
    };
    let layout = boxed.layout("box", &json!({"Cmd": ["sh"]}), |_| {});
    let mls = |args: &[&str]| {
        let mut command = boxed.sandbox.command(args);
        command.current_dir(&small.0);
        boxed.sandbox.finish(command)
    };
    assert_eq!(mls(&["init"]).code(), 0);
    assert_eq!(mls(&["load", "-i", layout.to_str().unwrap()]).code(), 0);
    let script = "yes 0123456789012345678901234567890123456789 | head -c 40000000; echo end > /dev/shm/end; sleep 1; cat /dev/shm/end; exit 7";
    let all = [
        "run",
        "-d",
        "--name",
        "talker",
        "--network",
        "none",
        "--log-opt",
        "max-size=100m",
        "box",
        "sh",
        "-c",
        script,
    ];
    let said = mls(&all);
    assert_eq!(said.code(), 0, "{said}");
    assert_eq!(mls(&["wait", "talker"]).stdout(), "7\n");
    let left = rustix::fs::statvfs(&small.0).unwrap();
    assert!(left.f_bavail * left.f_bsize < 1 << 20, "the disk is full");
    let shown = |what: &str| -> Value {
        let mut command = boxed.sandbox.command(["--format", "json", "inspect", what]);
        command.current_dir(&small.0);
        let said = boxed.sandbox.finish(command);
        serde_json::from_str::<Value>(&said.stdout()).unwrap()[0]["State"].clone()
    };
    let state = shown("talker");
    assert_eq!((&state["Status"], &state["ExitCode"]), (&json!("exited"), &json!(7)), "{state}");
    assert_eq!(mls(&["logs", "--tail", "1", "talker"]).code(), 0);
    // Room is made by removing it, which needs none.
    assert_eq!(mls(&["rm", "talker"]).code(), 0);
    assert_eq!(
        mls(&["run", "--rm", "--network", "none", "box", "echo", "again"]).stdout(),
        "again\n"
    );
}

#[test]
fn an_image_that_is_removed_while_its_container_runs_stays_until_that_is_gone() {
    let Some(boxed) = Boxed::new("an image is removed") else { return };
    let bytes: Vec<u8> =
        (0..300_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    boxed.image("large", &json!({"Cmd": ["sh"]}), |layer| layer.file("data", 0o644, &bytes));
    let start = ["run", "-d", "--name", "reader", "--network", "none", "large", "sleep", "1000"];
    assert_eq!(boxed.mls(&start).code(), 0);
    let refused = boxed.mls(&["rmi", "large"]);
    if refused.code() != 0 {
        assert_eq!(boxed.mls(&["rmi", "-f", "large"]).code(), 0, "{refused}");
    }
    for command in [&["gc", "--grace", "0"][..], &["gc", "--grace", "0"]] {
        let said = boxed.mls(command);
        assert_eq!(said.code(), 0, "{said}");
    }
    assert_eq!(boxed.mls(&["run", "--rm", "--pull", "never", "large", "true"]).code(), 125);
    assert_eq!(boxed.mls(&["exec", "reader", "wc", "-c", "/data"]).stdout(), "300000 /data\n");
    assert_eq!(boxed.mls(&["restart", "-t", "0", "reader"]).code(), 0);
    assert_eq!(boxed.mls(&["exec", "reader", "wc", "-c", "/data"]).stdout(), "300000 /data\n");
    assert_eq!(boxed.mls(&["fsck"]).code(), 0);
    assert_eq!(boxed.mls(&["rm", "-f", "reader"]).code(), 0);
}

#[test]
fn c12_after_the_machine_was_started_anew_what_is_to_run_runs_and_the_rest_has_ended() {
    let Some(boxed) = Boxed::new("C12: a new boot") else { return };
    let kinds = [
        ("always", "always"),
        ("unless", "unless-stopped"),
        ("halted", "unless-stopped"),
        ("plain", "no"),
    ];
    for (name, restart) in kinds {
        boxed.begin(name, &["--restart", restart], "true");
    }
    assert_eq!(boxed.mls(&["stop", "-t", "0", "halted"]).code(), 0);
    // The power is cut: nobody writes a last word.
    soon("three watch", || supervisors(&boxed, 0).len() == 3);
    supervisors(&boxed, 0).into_iter().for_each(kill);
    let folder = boxed.sandbox.store().join("containers");
    for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
        let path = entry.path().join("state.json");
        let Ok(bytes) = fs::read(&path) else { continue };
        let mut state: Value = serde_json::from_slice(&bytes).unwrap();
        state["boot"] = json!("00000000-0000-0000-0000-000000000000");
        fs::write(&path, state.to_string()).unwrap();
    }
    soon("all have ended", || boxed.sandbox.json(["ps"]) == json!([]));
    let all = boxed.sandbox.json(["ps", "-a"]);
    assert!(all.as_array().unwrap().iter().all(|one| one["status"] == "exited"), "{all}");
    assert_eq!(boxed.mls(&["start", "--all"]).code(), 0);
    let running = boxed.sandbox.json(["ps"]);
    let mut names: Vec<&str> =
        running.as_array().unwrap().iter().filter_map(|one| one["name"].as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["always", "unless"]);
}
