//! `mls serve` beside Triton's own clients, over HTTP, gRPC and TLS.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::package::{python, script};
use crate::proof::tell;
use crate::support::Sandbox;

struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    fn start(sandbox: &Sandbox, args: &[&str]) -> Self {
        let mut command = sandbox.command(["serve", "penguins@v1", "penguins@v2", "--port", "0"]);
        let mut child = command.args(args).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit('/').next().unwrap().to_owned();
        assert!(address.contains(':'), "it said: {line}");
        Self { child, address }
    }

    fn port(&self) -> &str {
        self.address.rsplit(':').next().unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let id = rustix::process::Pid::from_child(&self.child);
        let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        let _ = self.child.wait();
    }
}

/// Returns a Python with Triton's clients, or says why there is none.
fn with_triton() -> Option<&'static Path> {
    let python = python()?;
    let look = "import importlib.metadata as m; m.version('tritonclient'); m.version('grpcio')";
    let found = Command::new(python).args(["-c", look]).stderr(Stdio::null()).status();
    let found = found.is_ok_and(|status| status.success());
    if !found {
        tell("skipped: no `tritonclient` in the Python that has `mlflow`");
    }
    found.then_some(python)
}

#[test]
fn m08_tritons_clients_are_answered_over_http_and_grpc() {
    let Some(python) = with_triton() else { return };
    let sandbox = Sandbox::with_store();
    for file in ["penguins.onnx", "penguins-forest.onnx"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/models").join(file);
        sandbox.ok(["model", "register", "penguins", path.to_str().unwrap()]);
    }
    let serving = Serving::start(&sandbox, &["--max-body", "4"]);
    script(&sandbox, python, "inference.py", ["clients", &serving.address]);
    drop(serving);

    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    sandbox.write("cert.pem", made.cert.pem());
    sandbox.write("key.pem", made.signing_key.serialize_pem());
    sandbox.write("tokens", "correct-horse-battery\n");
    let args = ["--tls-cert", "cert.pem", "--tls-key", "key.pem", "--token-file", "tokens"];
    let serving = Serving::start(&sandbox, &args);
    let address = format!("localhost:{}", serving.port());
    let args = ["secure", &address, "cert.pem", "correct-horse-battery"];
    script(&sandbox, python, "inference.py", args);
}
