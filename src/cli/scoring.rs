//! What `serve` and `predict` share: how models are loaded.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use mls::model::score::Choice;
use mls::model::score::python::environment;
use mls::server::score::Loading;

use crate::cli::session::Session;

/// Flags that say what runs a model.
#[derive(Debug, Clone, Args)]
pub(crate) struct Engines {
    /// What runs models that need no Python
    #[arg(long, value_enum, value_name = "ENGINE", default_value = "auto")]
    engine: Engine,
    /// Which interpreter runs models in Python: one with what the model requires, made by uv or venv and kept, or the
    /// present `python3`
    #[arg(long, value_enum, value_name = "WHICH", default_value = "auto")]
    env: Env,
    /// Load models that hold pickles, which run whatever code is in them
    #[arg(long)]
    allow_pickle: bool,
    /// Run models in Python in containers that see their packages and the model alone, and have no network; no package is
    /// built from source
    #[arg(long)]
    sandbox: bool,
    /// Threads that serve, and processes of each model in Python and of each neural network [default: 2, and 1 where there is one processor]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) workers: Option<u16>,
    /// How long one answer may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86400))]
    timeout: u64,
    /// How much memory each process of a model may have, in MiB [default: three quarters of all for a neural network]
    #[arg(long, value_name = "MIB")]
    worker_memory: Option<u64>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Engine {
    /// The first that knows all of the model
    Auto,
    /// Our own, for trees, linear models and what stands before them
    Native,
    /// Neural networks, by an engine that is in this program
    Rten,
    /// ONNX Runtime, where its library is found
    Ort,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Env {
    /// One for the model where it says what it requires
    Auto,
    /// The present one
    Local,
    Uv,
    Venv,
}

/// This program, whatever has come to lie at its path since it was started.
pub(crate) const PROGRAM: &str = "/proc/self/exe";

/// Returns how models are loaded.
pub(crate) fn loading(session: &Session, engines: &Engines) -> Loading {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let paths = &session.settings.environment.programs;
    let find =
        |name: &str| paths.iter().map(|folder| folder.join(name)).find(|path| path.is_file());
    let python = find("python3").unwrap_or_else(|| PathBuf::from("python3"));
    Loading {
        engine: match engines.engine {
            Engine::Auto => Choice::Auto,
            Engine::Native => Choice::Native,
            Engine::Rten => Choice::Rten,
            Engine::Ort => Choice::Ort,
        },
        environment: match engines.env {
            Env::Auto => environment::Choice::Auto,
            Env::Local => environment::Choice::Local,
            Env::Uv => environment::Choice::Uv,
            Env::Venv => environment::Choice::Venv,
        },
        libraries: runtimes(session, &python),
        python,
        uv: find("uv"),
        allow_pickle: engines.allow_pickle,
        workers: engines.workers.map_or(processors.min(2), usize::from),
        limit: Duration::from_secs(engines.timeout),
        memory: engines.worker_memory.map(|mib| mib << 20),
        program: PathBuf::from(PROGRAM),
        sandbox: engines.sandbox,
    }
}

/// Returns where an ONNX Runtime may be: where its own variable says, among the system's libraries, with the packages of
/// the present interpreter.
fn runtimes(session: &Session, python: &Path) -> Vec<PathBuf> {
    let named = session.settings.environment.onnxruntime.clone();
    let folders = LIBRARIES.iter().map(PathBuf::from).chain(packages(python));
    named.into_iter().chain(folders.filter_map(|folder| newest(&folder))).collect()
}

/// Where the system's libraries are.
const LIBRARIES: [&str; 6] = [
    "/usr/local/lib",
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
    "/opt/onnxruntime/lib",
];

/// Returns the folder in which an interpreter's package `onnxruntime` has its library.
fn packages(python: &Path) -> Option<PathBuf> {
    let lib = python.parent()?.parent()?.join("lib");
    let versions = std::fs::read_dir(lib).ok()?.flatten().map(|entry| entry.path());
    let capi = |version: PathBuf| version.join("site-packages/onnxruntime/capi");
    versions.map(capi).find(|folder| folder.is_dir())
}

/// Returns the library with the highest version in a folder.
fn newest(folder: &Path) -> Option<PathBuf> {
    let names = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    let is_runtime = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name == "libonnxruntime.so" || name.starts_with("libonnxruntime.so.")
    };
    names.filter(is_runtime).max()
}
