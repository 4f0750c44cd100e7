//! `--sandbox`: a model that looks around sees nothing but its packages, and answers all the same.

use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::package::{python, script};
use crate::proof::tell;
use crate::support::{Said, Sandbox};

/// A store with a model that looks for a file and a port of this machine.
fn with_spy(python: &Path) -> (Sandbox, TcpListener) {
    let sandbox = Sandbox::with_store();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    sandbox.write("secret", "nobody else's");
    sandbox.write("rows.csv", "a,b\n1,2\n3,4\n");
    let secret = sandbox.path().join("secret");
    script(&sandbox, python, "sandboxed.py", ["spy.pkl", secret.to_str().unwrap(), &port]);
    sandbox.ok(["model", "register", "spy", "spy.pkl"]);
    (sandbox, listener)
}

fn predict(sandbox: &Sandbox, python: &Path, more: &[&str]) -> Said {
    let args = ["predict", "spy", "-i", "rows.csv", "--env", "local", "--allow-pickle"];
    let mut command = sandbox.command(args);
    command.args(more).env("PATH", path(python));
    sandbox.finish(command)
}

fn path(python: &Path) -> String {
    format!("{}:/usr/bin:/bin", python.parent().unwrap().display())
}

/// Tells that this machine makes no containers, where it does not.
fn is_refused(said: &str) -> bool {
    let refused = said.contains("no container for a worker") && !said.contains("no program");
    if refused {
        tell(&format!("skipped: {said}"));
    }
    refused
}

#[test]
fn m01_a_model_in_a_sandbox_sees_no_network_no_files_and_has_no_rights() {
    let Some(python) = python() else { return };
    let (sandbox, _listener) = with_spy(python);
    // So that what follows proves something: without it, all of that is there.
    let open = predict(&sandbox, python, &[]).stdout();
    for seen in ["sum: 10", "secret: done", "users: done", "listener: done"] {
        assert!(open.contains(seen), "{seen}: {open}");
    }
    let said = predict(&sandbox, python, &["--sandbox", "--worker-memory", "4096"]);
    if is_refused(&said.stderr()) {
        return;
    }
    assert_eq!(said.code(), 0, "{said}");
    let closed = said.stdout();
    for seen in [
        "sum: 10",
        "secret: FileNotFoundError",
        "users: FileNotFoundError",
        "listener: ConnectionRefusedError",
        "network: OSError",
        "packages: OSError",
        "scratch: done",
        "programs: done",
        "rights: 0000000000000000 0000000000000000 1",
    ] {
        assert!(closed.contains(seen), "{seen}: {closed}");
    }
    // Nothing of it is left behind.
    let cache = std::fs::read_dir(sandbox.store().join("cache")).unwrap();
    let left = cache.flatten().filter(|one| one.file_name().to_string_lossy().contains("serve-"));
    assert_eq!(left.count(), 0);
}

#[test]
fn a_sandbox_ends_with_the_server_however_that_ends() {
    let Some(python) = python() else { return };
    let (sandbox, _listener) = with_spy(python);
    let args = ["serve", "spy", "--port", "0", "--env", "local", "--allow-pickle", "--sandbox"];
    let mut command = sandbox.command(args);
    command.args(["--workers", "1"]).env("PATH", path(python)).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut out, &mut line).unwrap();
    if line.is_empty() {
        let said = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&said.stderr).into_owned();
        assert!(is_refused(&said), "{said}");
        return;
    }
    assert!(!helpers(&sandbox).is_empty());
    child.kill().unwrap();
    child.wait().unwrap();
    let end = Instant::now() + Duration::from_secs(60);
    while !helpers(&sandbox).is_empty() {
        assert!(Instant::now() < end, "{:?}", helpers(&sandbox));
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Returns the processes that were told of a folder of this sandbox, and those within them.
fn helpers(sandbox: &Sandbox) -> Vec<String> {
    let own = sandbox.store().to_string_lossy().into_owned();
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    let told = all.filter_map(|one| std::fs::read_to_string(one.path().join("cmdline")).ok());
    told.filter(|told| told.contains("__sandbox") && told.contains(&own)).collect()
}
