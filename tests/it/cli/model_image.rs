//! `mls model image`: an image with nothing in it but `mls` and a model, and containers of it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use super::contained::soon;
use crate::support::Sandbox;

const SERVE: &str = env!("CARGO_BIN_EXE_mls-serve");
const ASK: &str = r#"{"inputs": [[39.1, 18.7, 181.0, 3750.0]]}"#;

/// Returns a store with `penguins@v1` and the image `penguins:1` of it.
fn with_image() -> Sandbox {
    let sandbox = Sandbox::with_store();
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/models/penguins.onnx");
    sandbox.ok(["model", "register", "penguins", model.to_str().unwrap()]);
    let made = sandbox.mls(["model", "image", "penguins@v1", "-t", "penguins:1"]);
    assert_eq!(made.code(), 0, "{made}");
    assert!(made.stdout().starts_with("sha256:"), "{made}");
    sandbox
}

fn said(text: &str) {
    let mut stdout = std::io::stdout();
    writeln!(stdout, "skipped: {text}").unwrap();
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Asks the model; nothing where nobody answers yet.
fn ask(port: u16) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    let head = format!(
        "POST /invocations HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{ASK}",
        ASK.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    let mut said = String::new();
    stream.read_to_string(&mut said).ok()?;
    Some(said).filter(|said| !said.is_empty())
}

#[test]
fn an_image_of_a_model_serves_it_in_containers_and_is_well() {
    let sandbox = with_image();
    settings_are_told(&sandbox);
    a_container_answers(&sandbox);
    podman_runs_it(&sandbox);
}

#[test]
fn a_dry_run_makes_no_image_and_foresees_how_large_it_is_and_refusals() {
    let sandbox = with_image();
    let before = sandbox.json(["images"]);
    let args = ["model", "image", "penguins@v1", "-t", "other:1"];
    let would = sandbox.json([&args[..], &["--dry-run"]].concat());
    let said = sandbox.mls([&args[..], &["--dry-run"]].concat());
    assert!(said.stderr().starts_with("Would make `other:1`, "), "{said}");
    assert_eq!(sandbox.json(["images"]), before);
    let made = sandbox.json(args);
    for field in ["ref", "model", "bytes"] {
        assert_eq!(would[field], made[field], "{field}");
    }
    let none = ["model", "image", "penguins@v7", "-t", "other:1", "--dry-run"];
    assert_eq!(sandbox.mls(none).code(), 5);
}

fn settings_are_told(sandbox: &Sandbox) {
    let text = sandbox.json(["inspect", "penguins:1"]).to_string();
    for part in [
        "65532:65532",
        "5001/tcp",
        r#"["/mls","serve","penguins@v1","--host","0.0.0.0"]"#,
        r#"["--insecure"]"#,
        r#"["CMD","/mls","serve","--probe"]"#,
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

/// The size of `penguins:1` as containers see it.
fn size(sandbox: &Sandbox) -> f64 {
    let images = sandbox.json(["images"]);
    images[0]["size"].as_f64().unwrap()
}

#[test]
fn the_program_in_an_image_has_one_command() {
    let small = |args: &[&str]| Command::new(SERVE).args(args).output().unwrap();
    let version = Command::new(env!("CARGO_BIN_EXE_mls")).arg("--version").output().unwrap();
    assert_eq!(small(&["--version"]).stdout, version.stdout);
    let help = String::from_utf8(small(&["--help"]).stdout).unwrap();
    assert!(help.contains("\n  serve ") && !help.contains("commit-run"), "{help}");
    let other = small(&["init"]);
    assert_eq!(other.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&other.stderr).contains("no command `init`"), "{other:?}");
}

#[test]
fn a_program_that_was_copied_alone_puts_itself_into_the_image_and_says_so() {
    let sandbox = with_image();
    let small = size(&sandbox);
    let alone = sandbox.path().join("mls");
    std::fs::copy(env!("CARGO_BIN_EXE_mls"), &alone).unwrap();
    let mut command = Command::new(&alone);
    command.current_dir(sandbox.path()).args(["model", "image", "penguins@v1", "-t", "penguins:1"]);
    let made = command.output().unwrap();
    let told = String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success() && told.contains("holds all of `mls`"), "{told}");
    assert!(size(&sandbox) > 1.3 * small, "{} and {small}", size(&sandbox));
}

#[test]
fn what_only_python_runs_gets_no_image() {
    let sandbox = Sandbox::with_store();
    sandbox.write("evil.pkl", "cos\nsystem\n(S'touch canary'\ntR.");
    sandbox.ok(["model", "register", "evil", "evil.pkl"]);
    let refused = sandbox.mls(["model", "image", "evil", "-t", "evil:1"]);
    assert_ne!(refused.code(), 0);
    assert!(refused.stderr().contains("only Python runs it"), "{refused}");
    assert!(!sandbox.path().join("canary").exists());
    assert!(!sandbox.ok(["images"]).contains("evil"));
}

fn a_container_answers(sandbox: &Sandbox) {
    if crate::container::busybox().is_none() {
        said("model image: containers are not tried here");
        return;
    }
    let port = free_port().to_string();
    let args = ["run", "-d", "--name", "served", "--network", "host", "penguins:1", "--insecure"];
    let started = sandbox.mls(args.into_iter().chain(["--port", &port]));
    if started.code() != 0 {
        said(&format!("model image: {}", started.stderr()));
        return;
    }
    let port = port.parse().unwrap();
    soon("it answers", || ask(port).is_some_and(|said| said.starts_with("HTTP/1.1 200")));
    let answer = ask(port).unwrap();
    assert!(answer.contains("mls-model: penguins@v1"), "{answer}");
    let probe = ["exec", "served", "/mls", "serve", "--probe", "--port"];
    let text = port.to_string();
    assert_eq!(sandbox.mls(probe.into_iter().chain([text.as_str()])).code(), 0);
    assert_ne!(sandbox.mls(["serve", "--probe", "--port", "1"]).code(), 0);
    sandbox.ok(["rm", "-f", "served"]);
}

fn podman_runs_it(sandbox: &Sandbox) {
    let top = sandbox.path();
    let (root, runroot) = (top.join("podman"), top.join("podman-run"));
    let podman = |args: &[&str]| {
        let mut command = Command::new("podman");
        command.arg("--root").arg(&root).arg("--runroot").arg(&runroot);
        command.args([
            "--storage-driver",
            "vfs",
            "--cgroup-manager",
            "cgroupfs",
            "--runtime",
            "runc",
            "--events-backend",
            "file",
        ]);
        command.args(args).output()
    };
    sandbox.ok(["save", "penguins:1", "-o", "image.tar"]);
    let tar = top.join("image.tar");
    match podman(&["load", "-q", "-i", tar.to_str().unwrap()]) {
        Ok(loaded) if loaded.status.success() => {}
        other => {
            said(&format!("podman does not load: {other:?}"));
            return;
        }
    }
    let (name, port) = (format!("mls-model-image-{}", std::process::id()), free_port());
    let text = port.to_string();
    let run = ["run", "-d", "--name", &name, "--network", "host"];
    // What podman gives by default may be more than this machine allows.
    let limits = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"];
    let image = ["localhost/penguins:1", "--insecure", "--port", &text];
    let started = podman(&[&run[..], &limits, &image].concat()).unwrap();
    if started.status.success() {
        soon("it answers", || ask(port).is_some_and(|said| said.starts_with("HTTP/1.1 200")));
        assert!(ask(port).unwrap().contains("mls-model: penguins@v1"));
        let probed = podman(&["exec", &name, "/mls", "serve", "--probe", "--port", &text]).unwrap();
        assert!(probed.status.success(), "{}", String::from_utf8_lossy(&probed.stderr));
    } else {
        said(&format!("podman does not run: {}", String::from_utf8_lossy(&started.stderr)));
    }
    let _ = podman(&["rm", "-f", "-t", "0", &name]);
}
