//! The interpreter that has the package, scripts run with it, and a hub to run them against.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use crate::proof::tell;
use crate::support::Sandbox;

/// Returns a Python with the package, or says why there is none.
pub(super) fn python() -> Option<&'static Path> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/ci/mlflow/bin/python");
        let python = std::env::var_os("MLS_TEST_PYTHON").map_or(own, PathBuf::from);
        // The version alone is quick; the import costs seconds.
        let version =
            "import importlib.metadata as m; print(m.version('mlflow'), m.version('scikit-learn'))";
        let said = Command::new(&python).args(["-c", version]).stderr(Stdio::null()).output();
        let version = said.ok().filter(|said| said.status.success());
        version.map(|said| {
            let versions = String::from_utf8_lossy(&said.stdout).into_owned();
            tell(&format!("proof: against mlflow and scikit-learn {}", versions.trim()));
            python
        })
    });
    if found.is_none() {
        tell(
            "skipped: no Python with `mlflow` and `scikit-learn` (set MLS_TEST_PYTHON, or run .ci/run)",
        );
    }
    found.as_deref()
}

/// Returns whether the proofs are to be as large as they can be.
pub(super) fn full() -> bool {
    std::env::var_os("MLS_PROOF").is_some_and(|size| size == "full")
}

/// Runs a script of this folder to its end; it must succeed. Returns its stdout.
pub(super) fn script<'a>(
    sandbox: &Sandbox,
    python: &Path,
    name: &str,
    args: impl IntoIterator<Item = &'a str>,
) -> String {
    let output = prepared(sandbox, python, name).args(args).output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}:\n{stdout}\n{stderr}");
    stdout
}

/// Returns the script, ready to be started in the sandbox.
pub(super) fn prepared(sandbox: &Sandbox, python: &Path, name: &str) -> Command {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/interop").join(name);
    let mut command = sandbox.program(python);
    command
        .arg(script)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONUNBUFFERED", "1")
        .env("GIT_PYTHON_REFRESH", "quiet")
        .env("MLFLOW_ALLOW_FILE_STORE", "true")
        .env("MLFLOW_DISABLE_TELEMETRY", "true")
        .env("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
        .env("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
        .env("OMP_NUM_THREADS", "1")
        .env("PROOF", if full() { "full" } else { "" });
    command
}

/// A running `mls hub` over the sandbox's store.
#[derive(Debug)]
pub(super) struct Hub {
    child: Child,
    pub(super) url: String,
}

impl Hub {
    pub(super) fn start(sandbox: &Sandbox) -> Self {
        Self::with(sandbox, &[])
    }

    /// As [`Self::start`], with more options.
    pub(super) fn with(sandbox: &Sandbox, more: &[&str]) -> Self {
        let mut command = sandbox.command([&["hub", "--port", "0"], more].concat());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.split_whitespace().find(|word| word.starts_with("http://"));
        let url = url.unwrap_or_else(|| panic!("the hub said: {line}")).to_owned();
        Self { child, url }
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let id = rustix::process::Pid::from_child(&self.child);
        let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        let _ = self.child.wait();
    }
}
