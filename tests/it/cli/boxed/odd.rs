//! Odd images, names, ports and appetites: C08 to C11 against the command line.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Boxed;
use crate::cli::contained::soon;
use crate::proof::{count, tell};

#[test]
fn c08_proof_what_a_container_eats_is_limited_and_the_machine_goes_on() {
    let Some(boxed) = Boxed::of_root("C08") else { return };
    let tried = boxed.run(&["--memory", "64m", "--pids-limit", "50"], "true");
    if tried.code() != 0 {
        return tell(&format!("skipped: C08: {}", tried.stderr()));
    }
    // What comes after the bomb starts no process: it would be one too many as long as the bomb burns.
    let bomb = "b() { b | b & }; b 2>/dev/null; i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; echo here";
    assert_eq!(boxed.run(&["--pids-limit", "30"], bomb).stdout(), "here\n");
    // The dead that nobody buries count, too.
    let dead = format!(
        "(for i in $(seq {}); do (exit 0) & done; exec sleep 0.2) 2>/dev/null; echo here",
        count(100_000, 500)
    );
    assert!(boxed.run(&["--pids-limit", "40"], &dead).stdout().ends_with("here\n"));
    // Process 1 itself, ten times too large: the kernel ends it, and that is said.
    let eats = ["--memory", "32m", "--memory-swap", "32m"];
    let all = [
        &["run", "-d", "--name", "eater", "--network", "none"],
        &eats[..],
        &["box", "sh", "-c", "exec tail -c 320m /dev/zero"],
    ];
    assert_eq!(boxed.mls(&all.concat()).code(), 0);
    assert_eq!(boxed.mls(&["wait", "eater"]).stdout(), "137\n");
    let state = boxed.sandbox.json(["inspect", "eater"])[0]["State"].clone();
    assert_eq!((&state["OOMKilled"], &state["ExitCode"]), (&json!(true), &json!(137)), "{state}");
    // Folders in memory have a size in bytes, and as many files as fit beside it.
    let fill = "head -c 3000000 /dev/zero > /t/x 2>/dev/null; stat -c %s /t/x; head -c 99000000 /dev/zero > /dev/shm/x 2>/dev/null; \
                stat -c %s /dev/shm/x";
    let filled = boxed.run(&["--tmpfs", "/t:size=1m", "--shm-size", "2m"], fill);
    assert_eq!(filled.stdout(), "1048576\n2097152\n", "{filled}");
    let none =
        boxed.run(&["--shm-size", "0"], "df -k /dev/shm | tail -n 1 | tr -s ' ' | cut -d' ' -f2");
    assert_eq!(none.stdout(), "65536\n", "nothing is no limit to the kernel");
}

#[test]
fn c08_proof_a_gigabyte_of_output_costs_the_disk_no_more_than_the_log_may_have() {
    let Some(boxed) = Boxed::new("C08: a log") else { return };
    let megabytes = count(1024, 48);
    let script = format!(
        "yes 0123456789012345678901234567890123456789 | head -c {megabytes}000000; echo; echo end; sleep 1000"
    );
    let all = [
        "run",
        "-d",
        "--name",
        "talker",
        "--network",
        "none",
        "--log-opt",
        "max-size=4m",
        "box",
        "sh",
        "-c",
        &script,
    ];
    assert_eq!(boxed.mls(&all).code(), 0);
    let begun = Instant::now();
    while !boxed.mls(&["logs", "--tail", "1", "talker"]).stdout().ends_with("end\n") {
        assert!(begun.elapsed() < Duration::from_secs(600));
        std::thread::sleep(Duration::from_millis(100));
    }
    let id = boxed.sandbox.json(["ps"])[0]["id"].as_str().unwrap().to_owned();
    let folder = boxed.sandbox.store().join("containers").join(id);
    let logs = fs::read_dir(&folder).unwrap().map(Result::unwrap);
    let logs = logs.filter(|entry| entry.file_name().to_str().unwrap().starts_with("log"));
    let size: u64 = logs.map(|entry| entry.metadata().unwrap().len()).sum();
    assert!((4 << 20..=8 << 20).contains(&size), "{size}");
    let state: Value =
        serde_json::from_slice(&fs::read(folder.join("state.json")).unwrap()).unwrap();
    let status = fs::read_to_string(format!("/proc/{}/status", state["supervisor"])).unwrap();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().trim();
    let most: u64 = most.trim_end_matches(" kB").parse().unwrap();
    assert!(most < 64 << 10, "{most} KiB");
    tell(&format!(
        "proof: a log of {megabytes} MB: {size} bytes kept, supervisor {most} KiB at most"
    ));
}

#[test]
fn c08_without_control_groups_a_limit_is_refused_and_what_needs_none_runs() {
    let Some(boxed) = Boxed::of_root("C08: no control groups") else { return };
    let run = |flags: &[&str]| {
        let mut command = boxed.sandbox.program("unshare");
        command.args(["-m", "sh", "-c", "mount -t tmpfs none /sys/fs/cgroup && exec \"$@\"", "sh"]);
        command
            .arg(env!("CARGO_BIN_EXE_mls"))
            .args(["run", "--rm", "--network", "none"])
            .args(flags);
        command.args(["box", "echo", "ran"]);
        boxed.sandbox.finish(command)
    };
    for flags in
        [["--memory", "64m"], ["--cpus", "1"], ["--pids-limit", "9"], ["--cpuset-cpus", "0"]]
    {
        let said = run(&flags);
        assert_eq!((said.code(), said.stdout().as_str()), (125, ""), "{flags:?}: {said}");
        assert!(said.stderr().contains("cannot be had here"), "{flags:?}: {said}");
    }
    assert_eq!(run(&[]).stdout(), "ran\n");
}

#[test]
fn c09_a_number_that_another_process_has_by_now_is_not_taken_for_the_container() {
    let Some(boxed) = Boxed::new("C09: numbers used again") else { return };
    boxed.begin("gone", &[], "true");
    let id = boxed.sandbox.json(["ps"])[0]["id"].as_str().unwrap().to_owned();
    let path = boxed.sandbox.store().join("containers").join(&id).join("state.json");
    let alive = fs::read(&path).unwrap();
    assert_eq!(boxed.mls(&["kill", "gone"]).code(), 0);
    assert_eq!(boxed.mls(&["wait", "gone"]).stdout(), "137\n");
    // One that has said its last is a supervisor until it is gone.
    let watching = serde_json::from_slice::<Value>(&alive).unwrap()["supervisor"].clone();
    let command = format!("/proc/{watching}/cmdline");
    soon("it is gone", || fs::read(&command).unwrap_or_default().is_empty());
    // As a machine without power leaves it: it says `running`, and both numbers are somebody's.
    let mut state: Value = serde_json::from_slice(&alive).unwrap();
    let mut other = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
    (state["supervisor"], state["facts"]["pid"]) = (json!(other.id()), json!(other.id()));
    fs::write(&path, state.to_string()).unwrap();
    for command in
        [&["exec", "gone", "true"][..], &["kill", "gone"], &["pause", "gone"], &["attach", "gone"]]
    {
        assert_ne!(boxed.mls(command).code(), 0, "{command:?}");
    }
    assert_eq!(boxed.sandbox.json(["ps", "-a"])[0]["status"], "exited");
    assert_eq!(boxed.mls(&["wait", "gone"]).stdout(), "137\n");
    assert_eq!(boxed.mls(&["stop", "gone"]).code(), 0);
    assert_eq!(boxed.mls(&["start", "gone"]).code(), 0);
    assert_eq!(boxed.mls(&["exec", "gone", "echo", "back"]).stdout(), "back\n");
    assert!(other.try_wait().unwrap().is_none(), "nobody touched the other process");
    // The same from before the machine was started anew.
    assert_eq!(boxed.mls(&["kill", "gone"]).code(), 0);
    boxed.mls(&["wait", "gone"]);
    state["boot"] = json!("00000000-0000-0000-0000-000000000000");
    fs::write(&path, state.to_string()).unwrap();
    let shown = boxed.sandbox.json(["inspect", "gone"])[0]["State"].clone();
    assert_eq!((&shown["Status"], &shown["ExitCode"]), (&json!("exited"), &json!(255)), "{shown}");
    assert!(shown["Error"].as_str().unwrap().contains("started anew"), "{shown}");
    assert_eq!(boxed.mls(&["rm", "gone"]).code(), 0);
    other.kill().unwrap();
    other.wait().unwrap();
}

#[test]
fn c09_what_steers_a_terminal_is_escaped_wherever_mls_itself_speaks() {
    let Some(boxed) = Boxed::new("C09: escapes") else { return };
    let evil = "\u{1b}]0;owned\u{7}\u{1b}[2J";
    boxed.image(
        "evil",
        &json!({"Cmd": ["sh", "-c", evil], "Labels": {evil: evil}, "User": evil}),
        |_| {},
    );
    let name = format!("x{evil}");
    for command in [
        &["create", "--name", "one", "evil"][..],
        &["run", "--rm", "--network", "none", "evil"],
        &["run", "--rm", "--network", "none", "-u", evil, "box", "true"],
        &["run", "--rm", "--network", "none", "-w", evil, "box", "true"],
        &["run", "--rm", "--network", "none", "--hostname", evil, "box", "true"],
        &["run", "--rm", "--network", "none", "--cap-add", evil, "box", "true"],
        &["run", "--rm", "--network", "none", "box", evil],
        &["ps", "-a"],
        &["ps", "-a", "--no-trunc", "--filter", evil],
        &["inspect", "one"],
        &["history", "evil"],
        &["images"],
        &["exec", &name, "true"],
        &["logs", &name],
        &["rm", &name],
        &["rename", "one", &name],
        &["container", "prune"],
    ] {
        let said = boxed.mls(command);
        let all = said.stdout() + &said.stderr();
        assert!(!all.contains('\u{1b}') && !all.contains('\u{7}'), "{command:?}: {all:?}");
    }
}

#[test]
fn c10_users_of_an_image_are_numbers_in_range_or_names_that_it_knows() {
    let Some(boxed) = Boxed::new("C10: users") else { return };
    let run = |user: &str| {
        boxed.image("odd", &json!({"User": user, "Cmd": ["id", "-u"]}), |_| {});
        boxed.mls(&["run", "--rm", "--network", "none", "odd"])
    };
    for user in [
        "4294967296",
        "-1",
        "4294967295",
        "root:4294967295",
        "root:-1",
        "18446744073709551616",
        "nobody-here",
        "root:none",
        "a\nb",
        "0:0:0",
        "٣",
        "99999999999999999999999999999999",
    ] {
        let said = run(user);
        assert_eq!((said.code(), said.stdout().as_str()), (125, ""), "{user:?}: {said}");
    }
    assert_eq!(run("ada").stdout(), "7\n");
    assert_eq!(run("").stdout(), "0\n");
    // Files of strangers: too large, no file at all, lines without end.
    let large = vec![b'x'; 5 << 20];
    boxed.image("large", &json!({"User": "ada", "Cmd": ["id", "-u"]}), |layer| {
        layer.file("etc/group", 0o644, &large);
    });
    let said = boxed.mls(&["run", "--rm", "--network", "none", "large"]);
    assert!(said.code() == 125 && said.stderr().contains("is larger than"), "{said}");
    boxed.image("linked", &json!({"User": "ada", "Cmd": ["id", "-u"]}), |layer| {
        layer.link("etc/passwd", "/dev/zero");
    });
    let said = boxed.mls(&["run", "--rm", "--network", "none", "linked"]);
    assert_eq!((said.code(), said.stdout().as_str()), (125, ""), "{said}");
}

#[test]
fn c10_proof_configs_are_data_whatever_they_say() {
    let Some(boxed) = Boxed::new("C10: configs") else { return };
    let run = |config: &Value, command: &[&str]| {
        let loaded = boxed.load("odd", config, |_| {});
        match loaded.code() {
            0 => boxed.mls(&[&["run", "--rm", "--network", "none", "odd"], command].concat()),
            _ => loaded,
        }
    };
    let said =
        run(&json!({"Env": ["A=x\ny", "PATH=/bin", "no value", "=x", "B=$A `id`"]}), &["env"]);
    assert!(said.stdout().contains("A=x\ny\n") && said.stdout().contains("B=$A `id`\n"), "{said}");
    for config in [
        json!({"Env": ["A=x\0y"]}),
        json!({"Cmd": ["ec\0ho"]}),
        json!({"WorkingDir": "a\0b"}),
        json!({"WorkingDir": "relative"}),
        json!({"StopSignal": "JUNK"}),
        json!({"StopSignal": "99"}),
        json!({"Entrypoint": [""]}),
        json!({"Volumes": {"/a/../../..": {}}}),
        json!({"Env": "A=B"}),
        json!({"Cmd": {"a": 1}}),
    ] {
        let command = if config.get("Cmd").is_some() { &[][..] } else { &["true"] };
        let said = run(&config, command);
        assert!([125, 6].contains(&said.code()), "{config}: {said}");
    }
    let labels = json!({"Labels": {"--privileged": "true", "-v": "/:/host", "a\nb": "c"}});
    assert_eq!(
        run(&labels, &["sh", "-c", "ls /host 2>/dev/null; grep CapEff /proc/self/status"]).stdout(),
        "CapEff:\t00000000a80425fb\n"
    );
    let many: Vec<String> =
        (0..count(100_000, 20_000)).map(|number| format!("V{number}=x")).collect();
    let said = run(&json!({"Env": many}), &["env"]);
    assert_eq!(said.stdout().lines().filter(|line| line.starts_with('V')).count(), many.len());
    let volumes: serde_json::Map<String, Value> =
        (0..count(100_000, 20_000)).map(|number| (format!("/v{number}"), json!({}))).collect();
    let said = run(&json!({"Volumes": volumes}), &["true"]);
    assert_eq!(said.code(), 125, "{said}");
    assert!(boxed.sandbox.json(["ps", "-a"]).as_array().unwrap().is_empty());
}

#[test]
fn c11_ports_are_bound_as_they_were_asked_for_or_refused() {
    let Some(boxed) = Boxed::new("C11") else { return };
    for port in [
        "0",
        "0:80",
        "70000:80",
        "80:70000",
        "x",
        "-1:80",
        "1:2:3:4",
        "127.0.0.256::80",
        "80/sctp",
        "5-1:80",
        "1-65535:1-65534",
    ] {
        let said = boxed.mls(&["run", "--rm", "-p", port, "box", "true"]);
        assert!([2, 125].contains(&said.code()), "{port}: {said}");
    }
    let too_many = boxed.mls(&["run", "--rm", "-p", "20000-40000:20000-40000", "box", "true"]);
    assert!([2, 125].contains(&too_many.code()), "{too_many}");
    // One that is in use, and then all that were bound before it are free again.
    let used = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = used.local_addr().unwrap().port();
    let said = boxed.mls(&["run", "--rm", "-p", &format!("127.0.0.1:{port}:80"), "box", "true"]);
    assert!(said.code() == 125 && said.stderr().contains("something else listens there"), "{said}");
    // Both kinds of address, each alone.
    let server = "echo page > /tmp/index.html; httpd -f -p 80 -h /tmp";
    for (ask, other) in [("127.0.0.1", "::1"), ("::1", "127.0.0.1")] {
        if TcpListener::bind((ask, 0)).is_err() || TcpListener::bind((other, 0)).is_err() {
            tell(&format!("skipped: C11: no address {ask} or {other} here"));
            continue;
        }
        let flag = if ask.contains(':') { format!("[{ask}]::80") } else { format!("{ask}::80") };
        let all = ["run", "-d", "--name", "web", "-p", &flag, "box", "sh", "-c", server];
        assert_eq!(boxed.mls(&all).code(), 0);
        let ports = boxed.sandbox.json(["port", "web"]);
        let port = u16::try_from(ports[0]["host_port"].as_u64().unwrap()).unwrap();
        soon("it is reached", || TcpStream::connect((ask, port)).is_ok());
        assert!(TcpStream::connect((other, port)).is_err(), "{other}");
        assert_eq!(boxed.mls(&["rm", "-f", "web"]).code(), 0);
        assert!(TcpListener::bind((ask, port)).is_ok(), "the port is free again");
    }
}

#[test]
fn what_an_image_is_not_for_and_what_nothing_starts_in_is_refused() {
    let Some(boxed) = Boxed::new("flags of run") else { return };
    let on = |platform: &str| {
        boxed.mls(&["run", "--rm", "--pull", "never", "--platform", platform, "box", "true"])
    };
    let other = on("linux/s390x");
    assert!(other.code() == 125 && other.stderr().contains("linux/amd64"), "{other}");
    if cfg!(target_arch = "x86_64") {
        assert_eq!(on("linux/amd64").code(), 0);
    }
    let small = boxed.mls(&["run", "--rm", "--memory", "5m", "box", "true"]);
    assert!(small.code() == 2 && small.stderr().contains("6m"), "{small}");
    assert_eq!(boxed.run(&["--memory", "0"], "echo here").stdout(), "here\n");
}

#[test]
fn shared_memory_is_the_hosts_only_where_that_is_asked_for() {
    let Some(boxed) = Boxed::new("--ipc") else { return };
    let Ok(file) = tempfile::Builder::new().prefix("mls-").tempfile_in("/dev/shm") else {
        return tell("skipped: --ipc: nothing can be written to /dev/shm here");
    };
    std::fs::write(file.path(), "shared").unwrap();
    let own = std::fs::read_link("/proc/self/ns/ipc").unwrap().display().to_string();
    let look = format!("cat {} 2>/dev/null; readlink /proc/self/ns/ipc", file.path().display());
    let with = boxed.run(&["--ipc", "host"], &look);
    assert_eq!(with.stdout(), format!("shared{own}\n"), "{with}");
    let without = boxed.run(&["--ipc", "private"], &look).stdout();
    assert!(without.starts_with("ipc:") && without.trim() != own, "{without}");
    let other = boxed.mls(&["run", "--rm", "--ipc", "container:x", "box", "true"]);
    assert!(other.code() == 2 && other.stderr().contains("`host`"), "{other}");
}
