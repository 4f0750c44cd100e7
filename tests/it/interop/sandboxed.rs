//! `--sandbox`: a model that looks around sees nothing but its packages, and answers all the same.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::package::{python, script};
use crate::cli::ordinary;
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
    sees_nothing(&said);
    // Nothing of it is left behind.
    let cache = std::fs::read_dir(sandbox.store().join("cache")).unwrap();
    let left = cache.flatten().filter(|one| one.file_name().to_string_lossy().contains("serve-"));
    assert_eq!(left.count(), 0);
}

#[track_caller]
fn sees_nothing(said: &Said) {
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
}

/// Becomes USER, who keeps what it writes to itself; an interpreter in root's own folder is shown to it alone.
const AS_USER: &str = r#"
set -e
user=$1 base=$2; shift 2
case $base in /root/*)
    hold=$(mktemp -d)
    mount --bind /root $hold
    mount -t tmpfs -o mode=755 none /root
    mkdir -p $base
    mount --bind $hold/${base#/root/} $base
    umount $hold
    rmdir $hold
esac
umask 077
exec setpriv --reuid $user --regid $user --clear-groups "$@"
"#;

/// Returns `mls` with `args`, as `user` runs it, with a mask that hides all from everybody else.
fn hidden(sandbox: &Sandbox, python: &Path, user: u32, args: &[&str]) -> Command {
    let base = ["-c", "import sys; print(sys.base_prefix)"];
    let base = Command::new(python).args(base).output().unwrap().stdout;
    let base = String::from_utf8(base).unwrap();
    let mut command = sandbox.program("unshare");
    command.args(["-m", "--propagation", "private", "sh", "-c", AS_USER, "sh"]);
    command.args([&user.to_string(), base.trim(), env!("CARGO_BIN_EXE_mls")]);
    command.args(args).env("PATH", path(python));
    command
}

#[test]
fn a_sandbox_is_made_by_root_and_by_an_ordinary_user_whatever_the_mask_of_their_files() {
    let Some(python) = python() else { return };
    if !rustix::process::geteuid().is_root() {
        return tell("skipped: sandboxes of others: needs root to become an ordinary user");
    }
    for user in [0, ordinary::USER] {
        let (sandbox, _listener) = with_spy(python);
        std::fs::remove_dir_all(sandbox.store()).unwrap();
        ordinary::give(sandbox.path().parent().unwrap(), user);
        let mls = |args: &[&str]| sandbox.finish(hidden(&sandbox, python, user, args));
        let made = mls(&["init"]);
        if made.code() != 0 {
            return tell(&format!("skipped: that one cannot reach this program: {made}"));
        }
        assert_eq!(mls(&["model", "register", "spy", "spy.pkl"]).code(), 0);
        let given = ["--env", "local", "--allow-pickle", "--sandbox"];
        let said = mls(&[&["predict", "spy", "-i", "rows.csv"], &given[..]].concat());
        if is_refused(&said.stderr()) {
            return;
        }
        sees_nothing(&said);
        let serve = ["serve", "spy", "--port", "0", "--workers", "1"];
        let mut command = hidden(&sandbox, python, user, &[&serve[..], &given].concat());
        let mut server = Ended(command.stdout(Stdio::piped()).spawn().unwrap());
        let mut line = String::new();
        let mut out = std::io::BufReader::new(server.0.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut out, &mut line).unwrap();
        for body in [
            r#"{"dataframe_split": {"columns": ["a", "b"], "data": [[1, 2], [3, 4]]}}"#,
            r#"{"inputs": [[1, 2], [3, 4]]}"#,
        ] {
            let said = asked(&line, body);
            assert!(said.contains("sum: 10"), "{user}: {said}");
        }
    }
}

/// A process that ends with its test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill().and_then(|()| self.0.wait());
    }
}

/// Asks the server that has said `line`.
fn asked(line: &str, body: &str) -> String {
    let at = line.split_once("http://").expect(line).1;
    let address = at.split(|c: char| c == '/' || c.is_whitespace()).next().unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST /invocations HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    said
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
