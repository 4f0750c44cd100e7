use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use mls::base::Clock;
use mls::store::{Context, Store, tree};
use mls::track::{Run, Status, edit, live, series};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::Sandbox;

pub(super) fn store(sandbox: &Sandbox) -> Store {
    let context =
        Context { actor: "test".to_owned(), command: "test".to_owned(), clock: Clock::System };
    Store::open(&sandbox.store(), context).unwrap()
}

/// Returns the run with this id as the store holds it.
pub(super) fn run(sandbox: &Sandbox, id: &str) -> Run {
    edit::get(&store(sandbox), &id.parse().unwrap()).unwrap().unwrap().1
}

/// Records a run of a shell script, which must succeed.
fn sh(sandbox: &Sandbox, script: &str) -> Run {
    let id = sandbox.ok(["-q", "commit-run", "--", "sh", "-c", script]);
    run(sandbox, id.lines().last().unwrap())
}

pub(super) fn artifact(sandbox: &Sandbox, run: &Run, path: &str) -> Option<Vec<u8>> {
    let store = store(sandbox);
    let entry = tree::get(&store, &run.artifacts?, path.as_bytes()).ok()?;
    Some(mls::store::file::open(&store, &entry.content()?).unwrap().read_all(1 << 20).unwrap())
}

#[test]
fn a_run_without_a_command_is_what_is_given() {
    let sandbox = Sandbox::with_store();
    sandbox.write("params.toml", "lr = 0.2\nmodel.depth = 3\n");
    sandbox.write("log.jsonl", "{\"step\":1,\"loss\":0.5}\n\n{\"step\":2,\"loss\":NaN}\n");
    sandbox.write("log.csv", "step,auc,f1\n1,0.5,\n2,,inf\n");
    sandbox.write("out/model.bin", "weights");
    sandbox.write("data.csv", "1,2\n");
    let args = "-q commit-run -e churn -n first -p lr=0.1 -m acc=0.8 -m acc=0.9 -m acc=nan@7 -t team=blue \
                -a out:best -a data.csv -d train=data.csv --params-file params.toml --metrics-file log.jsonl \
                --metrics-file log.csv";
    let mut args: Vec<&str> = args.split_whitespace().collect();
    args.extend(["--note", "a note"]);
    let id = sandbox.ok(args);
    let run = run(&sandbox, &id);
    assert_eq!((run.name.as_str(), run.experiment_name.as_str()), ("first", "churn"));
    assert_eq!((run.status, run.user.as_str()), (Status::Finished, "ada"));
    assert_eq!((run.params["lr"].as_str(), run.params["model.depth"].as_str()), ("0.1", "3"));
    assert_eq!(run.tags["mlflow.note.content"], "a note");
    let points = |key| series::read(&store(&sandbox), &run, key).unwrap();
    let acc: Vec<i64> = points("acc").iter().map(|point| point.step).collect();
    assert_eq!(acc, [0, 1, 7]);
    assert!(points("loss")[1].value.0.is_nan());
    assert_eq!(points("f1")[0].value.0, f64::INFINITY);
    assert_eq!(points("auc").len(), 1);
    assert_eq!(artifact(&sandbox, &run, "best/model.bin").unwrap(), b"weights");
    assert_eq!(artifact(&sandbox, &run, "data.csv").unwrap(), b"1,2\n");
    assert_eq!(run.datasets[0].digest, blake3::hash(b"1,2\n").to_hex().as_str());
    assert!(run.command.is_none() && run.environment.is_some());
}

#[test]
fn the_words_after_a_run_are_few() {
    let sandbox = Sandbox::with_store();
    insta::assert_snapshot!(sandbox.mls(["commit-run", "-n", "first", "-p", "a=1"]), @"
    exit 0
    --- stdout
    [RUN]
    --- stderr
    Recorded run `first` in experiment `Default`: 1 param, 0 metrics.
    ");
    let args = ["commit-run", "--dry-run", "-n", "second", "--", "sh", "-c", "touch made"];
    insta::assert_snapshot!(sandbox.mls(args), @"
    exit 0
    --- stderr
    Would run `sh -c touch made` and record it in experiment `Default` with 0 params, 0 tags and 0 datasets.
    ");
    assert!(!sandbox.path().join("made").exists());
}

#[test]
fn output_is_passed_through_and_kept() {
    let sandbox = Sandbox::with_store();
    let script = "printf 'no line end'; echo bad >&2; printf '\\377\\000'";
    let said = sandbox.mls(["-q", "commit-run", "-n", "x", "--", "sh", "-c", script]);
    assert_eq!(said.code(), 0);
    assert!(said.bytes().starts_with(b"no line end\xff\0"));
    assert_eq!(said.stderr(), "bad\n");
    let id = String::from_utf8_lossy(&said.bytes()["no line end..".len()..]).trim().to_owned();
    let run = run(&sandbox, &id);
    assert_eq!(artifact(&sandbox, &run, "logs/stdout.txt").unwrap(), b"no line end\xff\0");
    assert_eq!(artifact(&sandbox, &run, "logs/stderr.txt").unwrap(), b"bad\n");
    let command = run.command.unwrap();
    assert_eq!(command.args[..2], ["sh", "-c"]);
    assert_eq!(
        (command.exit_code, command.cwd.as_str()),
        (Some(0), sandbox.path().to_str().unwrap())
    );
}

#[test]
fn what_the_command_leaves_in_its_folder_is_recorded() {
    let sandbox = Sandbox::with_store();
    let script = r#"
        cd "$MLS_RUN_DIR"
        echo '{"lr": 0.1, "model": {"depth": 3}}' > params.json
        echo '{"step":1,"loss":0.5,"acc":0.1}' > metrics.jsonl
        printf '{"name":"loss","value":0.25,"step":2}' >> metrics.jsonl
        mkdir out && echo weights > out/model.bin
        test -d "$MLS_STORE/packs" && test -n "$MLS_RUN_ID" && echo "$MLS_RUN_ID" > id"#;
    let run = sh(&sandbox, script);
    assert_eq!((run.params["lr"].as_str(), run.params["model.depth"].as_str()), ("0.1", "3"));
    assert_eq!((run.metrics["loss"].count, run.metrics["loss"].last.value.0), (2, 0.25));
    assert_eq!(artifact(&sandbox, &run, "out/model.bin").unwrap(), b"weights\n");
    assert_eq!(artifact(&sandbox, &run, "id").unwrap(), format!("{}\n", run.id).as_bytes());
    assert!(artifact(&sandbox, &run, "metrics.jsonl").is_none(), "the run holds all it says");
    assert!(!sandbox.store().join("live").join(run.id.as_str()).exists());
}

#[test]
fn a_bad_line_is_told_with_its_number_and_nothing_is_lost() {
    let sandbox = Sandbox::with_store();
    let script = r#"printf '{"a":1}\n{"a":\n{"a":3}\n' > "$MLS_RUN_DIR/metrics.jsonl""#;
    let said = sandbox.mls(["commit-run", "-n", "x", "--", "sh", "-c", script]);
    insta::assert_snapshot!(said, @r"
    exit 0
    --- stdout
    [RUN]
    --- stderr
    warning: could not read line 2 of `metrics.jsonl`: EOF while parsing a value (column 5)
    Recorded run `x` in experiment `Default`: 0 params, 1 metric.
    ");
    let run = run(&sandbox, said.stdout().trim());
    assert_eq!(run.metrics["a"].count, 2);
    assert!(artifact(&sandbox, &run, "metrics.jsonl").is_some(), "the bad line is kept");
}

#[test]
fn the_exit_code_is_that_of_the_command() {
    let sandbox = Sandbox::with_store();
    sandbox.write("plain.txt", "no program");
    let locked = sandbox.write("locked", "#!/nowhere/interpreter\n");
    fs::set_permissions(locked, fs::Permissions::from_mode(0o755)).unwrap();
    let code = |command: &[&str]| {
        let args: Vec<&str> = ["commit-run", "--"].iter().chain(command).copied().collect();
        sandbox.mls(args).code()
    };
    assert_eq!(code(&["sh", "-c", "exit 3"]), 3);
    assert_eq!(code(&["sh", "-c", "kill -9 $$"]), 137);
    assert_eq!(code(&["no-such-program"]), 127);
    assert_eq!(code(&["./plain.txt"]), 126);
    assert_eq!(code(&["./absent"]), 127);
    let runs = edit_runs(&sandbox);
    let ends: Vec<_> = runs.iter().map(|run| run.status).collect();
    assert_eq!(runs.len(), 2, "what never ran is no run: {ends:?}");
    let of =
        |code| runs.iter().find(|run| run.command.as_ref().unwrap().exit_code == code).unwrap();
    assert_eq!(of(Some(3)).status, Status::Failed);
    let killed = of(None);
    assert_eq!((killed.status, killed.command.as_ref().unwrap().signal), (Status::Killed, Some(9)));
    assert!(live::list(&store(&sandbox)).unwrap().is_empty());
}

pub(super) fn edit_runs(sandbox: &Sandbox) -> Vec<Run> {
    let store = store(sandbox);
    let refs = mls::store::refs::list(&store, "runs/").unwrap();
    refs.iter().map(|reference| store.read_node(&reference.target).unwrap()).collect()
}

/// Starts a run whose command says `ready` when it is there; returns when it has.
fn start(sandbox: &Sandbox, script: &str) -> Child {
    start_with(sandbox, &["-p", "a=1"], script)
}

fn start_with(sandbox: &Sandbox, args: &[&str], script: &str) -> Child {
    let mut child = sandbox
        .command(["commit-run", "-n", "x"])
        .args(args)
        .args(["--", "sh", "-c", script])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let stdout = child.stdout.as_mut().unwrap();
    let mut line = String::new();
    BufReader::with_capacity(1, stdout).read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    child
}

fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_raw(child.id() as i32).unwrap(), signal).unwrap();
}

const WAITS: &str = "echo '{\"a\":{\"b\":1}}' > $MLS_RUN_DIR/params.json; echo kept > $MLS_RUN_DIR/file; \
                     echo '{\"loss\":1}' > $MLS_RUN_DIR/metrics.jsonl; echo ready; exec sleep 60";

#[test]
fn x04_an_interrupt_reaches_the_command_and_seals_the_run_as_killed() {
    for (sent, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let sandbox = Sandbox::with_store();
        let mut child = start(&sandbox, WAITS);
        signal(&child, sent);
        assert_eq!(child.wait().unwrap().code(), Some(code));
        let runs = edit_runs(&sandbox);
        assert_eq!((runs.len(), runs[0].status), (1, Status::Killed));
        assert_eq!((runs[0].params["a.b"].as_str(), runs[0].metrics["loss"].count), ("1", 1));
        assert_eq!(artifact(&sandbox, &runs[0], "file").unwrap(), b"kept\n");
    }
}

#[test]
fn x04_a_command_that_takes_an_interrupt_in_good_order_is_killed_all_the_same() {
    let sandbox = Sandbox::with_store();
    let script = "trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done";
    let mut child = start(&sandbox, script);
    signal(&child, Signal::TERM);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let runs = edit_runs(&sandbox);
    assert_eq!(runs[0].status, Status::Killed);
    assert_eq!(artifact(&sandbox, &runs[0], "logs/stdout.txt").unwrap(), b"ready\nbye\n");
}

#[test]
fn x04_a_run_whose_mls_was_killed_is_sealed_by_the_next_command() {
    let sandbox = Sandbox::with_store();
    let mut child = start(&sandbox, &WAITS.replace("exec sleep 60", "exec cat /dev/zero"));
    let live = live::list(&store(&sandbox)).unwrap();
    assert_eq!((live.len(), live[0].status), (1, Status::Running));
    child.kill().unwrap();
    child.wait().unwrap();
    let said = sandbox.mls(["experiments"]);
    assert_eq!(said.code(), 0);
    assert_eq!(said.stderr(), "Sealed run `x` as killed: its `mls` is gone.\n");
    let runs = edit_runs(&sandbox);
    assert_eq!((runs.len(), runs[0].status), (1, Status::Killed));
    assert_eq!((runs[0].params["a"].as_str(), runs[0].params["a.b"].as_str()), ("1", "1"));
    assert_eq!(runs[0].metrics["loss"].count, 1, "nothing is counted twice");
    assert_eq!(artifact(&sandbox, &runs[0], "file").unwrap(), b"kept\n");
    assert!(artifact(&sandbox, &runs[0], "logs/stdout.txt").unwrap().starts_with(b"ready\n"));
    assert!(live::list(&store(&sandbox)).unwrap().is_empty());
    assert_eq!(sandbox.mls(["experiments"]).stderr(), "");
}

#[test]
fn metrics_can_be_seen_while_the_command_runs() {
    let sandbox = Sandbox::with_store();
    let script = "echo '{\"loss\":1}' >> $MLS_RUN_DIR/metrics.jsonl; printf '{\"loss\"' >> $MLS_RUN_DIR/metrics.jsonl; \
                  echo ready; read line < $MLS_RUN_DIR/../pipe; echo ':2}' >> $MLS_RUN_DIR/metrics.jsonl";
    let script = format!("mkfifo $MLS_RUN_DIR/../pipe; {script}");
    let mut child = start(&sandbox, &script);
    let store = store(&sandbox);
    // The run says what was logged before its command ends: it is asked until it does.
    let live = loop {
        let live = live::list(&store).unwrap().remove(0);
        if live.metrics.contains_key("loss") {
            break live;
        }
        std::thread::yield_now();
    };
    assert_eq!(live.metrics["loss"].count, 1, "half a line is no line");
    let pipe = sandbox.store().join("live").join(live.id.as_str()).join("pipe");
    fs::write(pipe, "go\n").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(run(&sandbox, live.id.as_str()).metrics["loss"].last.value.0, 2.0);
}

#[test]
fn bad_input_is_refused_with_its_own_code_and_nothing_is_recorded() {
    let sandbox = Sandbox::with_store();
    sandbox.write("bad.jsonl", "{\"a\":1}\n{\"a\":\n");
    sandbox.write("bad.csv", "step,a\n1,x\n");
    sandbox.write("bad.toml", "a =");
    sandbox.write("list.json", "[1]");
    let _socket = UnixListener::bind(sandbox.path().join("socket")).unwrap();
    let long = format!("p={}", "x".repeat(6001));
    for (args, code, words) in [
        (vec!["-m", "a=x"], 2, "`x` is no value for metric `a`"),
        (vec!["-p", "novalue"], 2, "there is no `=`"),
        (vec!["-p", "a/../b=1"], 2, "is no param name"),
        (vec!["-p", &long], 2, "param `p` is too long: 6001 characters, at most 6000"),
        (vec!["-p", "a=1", "-p", "a=2"], 3, "param `a` is `1` already"),
        (vec!["--metrics-file", "bad.jsonl"], 1, "could not read line 2 of"),
        (vec!["--metrics-file", "bad.csv"], 1, "could not read line 2 of"),
        (vec!["--metrics-file", "absent.jsonl"], 5, "could not read"),
        (vec!["--params-file", "bad.toml"], 1, "could not read"),
        (vec!["--params-file", "list.json"], 1, "it is no table of keys and values"),
        (vec!["-a", "absent"], 5, "absent"),
        (vec!["-a", "socket"], 12, "socket"),
        (vec!["-d", "x=socket"], 12, "socket"),
        (vec!["-a", "bad.csv:../out"], 2, "it leaves the artifacts of the run"),
        (vec!["--parent", "nobody"], 5, "no run `nobody`"),
        (vec!["-e", " "], 2, "is no experiment name"),
    ] {
        let args: Vec<&str> = ["commit-run"].into_iter().chain(args).collect();
        let said = sandbox.mls(&args);
        assert_eq!(said.code(), code, "{args:?}: {said}");
        assert!(said.stderr().contains(words), "{args:?}: {said}");
    }
    assert!(edit_runs(&sandbox).is_empty());
}

#[test]
fn what_cannot_be_recorded_of_a_command_costs_no_run() {
    let sandbox = Sandbox::with_store();
    sandbox.write("bad.csv", "step,a\n1,0.5\n2,x\n");
    let args = ["commit-run", "-n", "x", "-a", "absent", "--metrics-file", "bad.csv", "--"];
    let said = sandbox.mls(args.into_iter().chain(["sh", "-c", "echo done > $MLS_RUN_DIR/file"]));
    assert!(said.stderr().contains("could not read line 3"), "{said}");
    assert_eq!(said.code(), 5, "{said}");
    let run = run(&sandbox, said.stdout().trim());
    assert_eq!((run.status, run.metrics["a"].count), (Status::Finished, 1));
    assert_eq!(artifact(&sandbox, &run, "file").unwrap(), b"done\n");
}

#[test]
fn a_socket_in_the_folder_of_the_run_is_named_and_left_out() {
    let sandbox = Sandbox::with_store();
    let script = "mkfifo $MLS_RUN_DIR/pipe; echo x > $MLS_RUN_DIR/file";
    let said = sandbox.mls(["commit-run", "--", "sh", "-c", script]);
    assert_eq!(said.code(), 0);
    assert!(said.stderr().contains("pipe` is no file and no artifact"), "{said}");
    assert!(artifact(&sandbox, &run(&sandbox, said.stdout().trim()), "file").is_some());
}

#[test]
fn t13_an_argument_that_is_not_utf8_is_refused() {
    use std::os::unix::ffi::OsStrExt as _;
    let sandbox = Sandbox::with_store();
    let mut command = sandbox.command(["commit-run", "--", "echo"]);
    command.arg(std::ffi::OsStr::from_bytes(b"\xff"));
    let said = sandbox.finish(command);
    assert_eq!(said.code(), 2);
    assert!(said.stderr().contains("an argument of the command is not UTF-8"), "{said}");
}

#[test]
fn t13_a_name_that_moves_the_cursor_is_shown_escaped() {
    let sandbox = Sandbox::with_store();
    let said = sandbox.mls(["commit-run", "-n", "a\u{1b}[31mb\nc", "-e", "x\u{202e}y"]);
    assert_eq!(said.code(), 0);
    assert!(!said.stderr().contains('\u{1b}') && !said.stderr().contains('\u{202e}'), "{said}");
    let run = run(&sandbox, said.stdout().trim());
    assert_eq!(run.name, "a\u{1b}[31mb\nc");
}

#[test]
fn the_code_is_recorded_with_what_is_not_committed() {
    let sandbox = Sandbox::with_store();
    sandbox.git(["init", "-qb", "main"]);
    sandbox.write("train.sh", "echo 1\n");
    sandbox.git(["add", "."]);
    sandbox.git(["commit", "-qm", "first"]);
    sandbox.write("train.sh", "echo 2\n");
    let code = sh(&sandbox, "exit 0").code.unwrap();
    assert_eq!(code.commit.unwrap(), sandbox.git(["rev-parse", "HEAD"]).trim());
    assert_eq!((code.branch.as_deref(), code.dirty), (Some("main"), true));
    let patch = store(&sandbox).read(&code.patch.unwrap()).unwrap();
    assert!(String::from_utf8(patch).unwrap().contains("+echo 2"));
}

#[test]
fn the_machine_is_measured_under_the_names_of_mlflow() {
    let sandbox = Sandbox::with_store();
    let args = ["-q", "commit-run", "--system-metrics=100ms", "--", "sh", "-c", "sleep 0.6"];
    let id = sandbox.ok(args);
    let metrics = run(&sandbox, &id).metrics;
    for name in ["cpu_utilization_percentage", "system_memory_usage_megabytes"] {
        assert!(metrics[&format!("system/{name}")].count >= 2, "{name}: {metrics:?}");
    }
    assert!(metrics["system/process_memory_usage_megabytes"].max.0 > 0.0);
}

#[test]
fn json_is_one_document_and_a_summary_is_one_line() {
    let sandbox = Sandbox::with_store();
    let answer = sandbox.json(["commit-run", "-m", "a=nan", "--", "sh", "-c", "echo noise"]);
    assert_eq!(
        (answer["status"].as_str(), answer["metrics"]["a"].as_str()),
        (Some("FINISHED"), Some("NaN"))
    );
    let said = sandbox.ok(["-q", "commit-run", "--json-summary", "--", "echo", "noise"]);
    let (noise, summary) = said.split_once('\n').unwrap();
    let summary: serde_json::Value = serde_json::from_str(summary).unwrap();
    assert_eq!((noise, summary["exit_code"].as_i64()), ("noise", Some(0)));
}

#[test]
fn a_reader_that_goes_away_ends_the_command_as_it_would_without_us() {
    let sandbox = Sandbox::with_store();
    let mut child = sandbox
        .command(["commit-run", "-n", "x", "--", "yes"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.wait().unwrap();
    assert_eq!(edit_runs(&sandbox)[0].status, Status::Failed);
}

#[test]
fn a_process_that_outlives_the_command_holds_nothing_up() {
    let sandbox = Sandbox::with_store();
    let run = sh(&sandbox, "sleep 60 & echo $! > $MLS_RUN_DIR/pid; echo done");
    let pid = String::from_utf8(artifact(&sandbox, &run, "pid").unwrap()).unwrap();
    let pid = Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
    assert_eq!(artifact(&sandbox, &run, "logs/stdout.txt").unwrap(), b"done\n");
}

#[test]
fn an_interrupt_that_was_to_be_ignored_stays_ignored() {
    let sandbox = Sandbox::with_store();
    let mut command = Command::new("sh");
    let script =
        "trap '' HUP; exec \"$0\" -q commit-run -- sh -c 'kill -HUP $PPID; echo still here'";
    command.args(["-c", script, env!("CARGO_BIN_EXE_mls")]);
    command.current_dir(sandbox.path()).env("HOME", sandbox.home()).process_group(0);
    let said = sandbox.finish(command);
    assert_eq!(said.code(), 0);
    assert_eq!(run(&sandbox, said.stdout().lines().last().unwrap()).status, Status::Finished);
}

#[test]
fn a_child_names_its_parent_and_its_experiment_by_id() {
    let sandbox = Sandbox::with_store();
    let id = sandbox.ok(["experiments", "create", "churn"]);
    let parent = sandbox.ok(["-q", "commit-run", "-e", &id, "-n", "first"]);
    let child = sandbox.ok(["-q", "commit-run", "-e", "churn", "--parent", "first"]);
    let child = run(&sandbox, &child);
    assert_eq!(child.parent.unwrap().as_str(), parent);
    assert_eq!(child.experiment.as_str(), id);
}

pub(super) fn noise(bytes: usize) -> Vec<u8> {
    let mut noise = vec![0; bytes];
    blake3::Hasher::new().finalize_xof().fill(&mut noise);
    noise
}

#[test]
fn what_is_no_file_holds_nothing_up() {
    let sandbox = Sandbox::with_store();
    let mut command = sandbox.program("mkfifo");
    command.args(["pipe.json", "pipe.jsonl"]);
    assert_eq!(sandbox.finish(command).code(), 0);
    for args in [
        ["--params-file", "pipe.json"],
        ["--metrics-file", "pipe.jsonl"],
        ["-a", "pipe.json"],
        ["-a", "/dev/zero"],
        ["-d", "x=/dev/urandom"],
    ] {
        let said = sandbox.mls(["commit-run"].into_iter().chain(args));
        assert_ne!(said.code(), 0, "{args:?}");
    }
    let script = "mkfifo $MLS_RUN_DIR/params.json; ln -s /dev/zero $MLS_RUN_DIR/metrics.jsonl";
    let said = sandbox.mls(["commit-run", "--", "sh", "-c", script]);
    assert_eq!(said.code(), 0, "{said}");
    assert!(said.stderr().contains("params.json`: it is no file"), "{said}");
    assert!(said.stderr().contains("metrics.jsonl`: it is no file"), "{said}");
}

#[test]
fn a_folder_that_links_to_itself_is_kept_as_it_is() {
    let sandbox = Sandbox::with_store();
    sandbox.write("out/file", "x");
    std::os::unix::fs::symlink("..", sandbox.path().join("out/up")).unwrap();
    let id = sandbox.ok(["-q", "commit-run", "-a", "out"]);
    let run = run(&sandbox, &id);
    assert_eq!(artifact(&sandbox, &run, "out/file").unwrap(), b"x");
    assert!(
        tree::get(&store(&sandbox), &run.artifacts.unwrap(), b"out/up")
            .unwrap()
            .content()
            .is_none()
    );
}

#[test]
fn one_file_can_be_dataset_and_artifact_at_once() {
    let sandbox = Sandbox::with_store();
    let bytes = noise(2 << 20);
    let path = sandbox.write("large.bin", &bytes);
    let small = sandbox.write("small.bin", "small");
    // So old that it need not be read again to know that it has not changed.
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    for path in [path, small] {
        fs::File::options().write(true).open(path).unwrap().set_modified(old).unwrap();
    }
    let args = "-q commit-run -d a=large.bin -d b=large.bin -a large.bin -d c=small.bin -d d=small.bin -a small.bin";
    let id = sandbox.ok(args.split(' '));
    let run = run(&sandbox, &id);
    let digest = blake3::hash(&bytes).to_hex();
    assert_eq!(
        (run.datasets[0].digest.as_str(), run.datasets[1].digest.as_str()),
        (digest.as_str(), digest.as_str())
    );
    assert_eq!(run.datasets[2].digest, run.datasets[3].digest);
    assert_eq!(artifact(&sandbox, &run, "small.bin").unwrap(), b"small");
    let again = sandbox.ok(args.split(' '));
    assert_eq!(self::run(&sandbox, &again).datasets, run.datasets);
}

#[test]
fn x04_many_commands_at_once_seal_an_abandoned_run_once() {
    let sandbox = Sandbox::with_store();
    let many = WAITS.replace(
        "ready",
        "ready; for i in 1 2 3; do echo '{\"loss\":2}' >> $MLS_RUN_DIR/metrics.jsonl; done",
    );
    let mut child = start(&sandbox, &many.replace("exec sleep 60", "exec cat /dev/zero"));
    child.kill().unwrap();
    child.wait().unwrap();
    let commands: Vec<Child> = (0..8)
        .map(|_| {
            let mut command = sandbox.command(["experiments"]);
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let said = commands.into_iter().map(|child| child.wait_with_output().unwrap());
    let sealed = said.filter(|output| String::from_utf8_lossy(&output.stderr).contains("Sealed"));
    assert_eq!(sealed.count(), 1);
    let runs = edit_runs(&sandbox);
    assert_eq!((runs.len(), runs[0].status), (1, Status::Killed));
    assert!(runs[0].metrics["loss"].count <= 4, "nothing is counted twice");
}

#[test]
fn a_command_may_remove_its_folder() {
    let sandbox = Sandbox::with_store();
    let run = sh(&sandbox, "rm -r $MLS_RUN_DIR; echo done");
    assert_eq!(artifact(&sandbox, &run, "logs/stdout.txt").unwrap(), b"done\n");
    assert!(sh(&sandbox, "rm -r $MLS_RUN_DIR").artifacts.is_none());
}

#[test]
fn x09_gc_keeps_what_a_live_run_needs() {
    let sandbox = Sandbox::with_store();
    let data = noise(2 << 20);
    sandbox.write("data.bin", &data);
    let mut child = start_with(&sandbox, &["-d", "train=data.bin"], WAITS);
    sandbox.ok(["gc", "--grace", "0"]);
    signal(&child, Signal::TERM);
    child.wait().unwrap();
    sandbox.ok(["gc", "--grace", "0"]);
    let run = edit_runs(&sandbox).remove(0);
    let content = run.datasets[0].content.unwrap();
    let store = store(&sandbox);
    assert_eq!(mls::store::file::open(&store, &content).unwrap().read_all(4 << 20).unwrap(), data);
    assert_eq!(sandbox.mls(["fsck", "--read-data"]).code(), 0);
}

#[test]
fn x08_a_run_ends_no_earlier_than_it_began() {
    let mut sandbox = Sandbox::with_store();
    sandbox.set_clock(crate::support::NOON);
    let mut child = start(&sandbox, &WAITS.replace("exec sleep 60", "exec cat /dev/zero"));
    child.kill().unwrap();
    child.wait().unwrap();
    sandbox.set_clock(crate::support::NOON - 3_600_000);
    sandbox.ok(["experiments"]);
    let run = edit_runs(&sandbox).remove(0);
    assert_eq!((run.started, run.ended), (crate::support::NOON, Some(crate::support::NOON)));
}
