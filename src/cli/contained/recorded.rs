//! A command that `commit-run` records, in a container: what its variables name is there.

use std::path::Path;

use mls::container::{Mount, Source};
use mls::image::start::Options;

use crate::cli::environment::variables;

/// What a recorded command is told. The rest of the environment stays outside, as with any container.
const NAMES: [&str; 8] = [
    "MLFLOW_TRACKING_URI",
    "MLFLOW_TRACKING_TOKEN",
    "MLFLOW_RUN_ID",
    "MLFLOW_EXPERIMENT_ID",
    "MLS_RUN_DIR",
    "MLS_RUN_ID",
    "NO_PROXY",
    "no_proxy",
];

/// Lets the container see the working folder and that of the run, under their own names, and reach the run's MLflow address.
///
/// The store is not shown, though it may lie in the working folder: what a command makes comes into it as a run.
pub(super) fn join(folder: &Path, store: Option<&Path>, options: &mut Options) {
    let variables = variables();
    let value = |name: &str| variables.get(std::ffi::OsStr::new(name))?.to_str();
    let own = NAMES.iter().filter_map(|name| Some(format!("{name}={}", value(name)?)));
    // Into a pipe, Python would otherwise write nothing for minutes.
    options.env.splice(0..0, own.chain(["PYTHONUNBUFFERED=1".to_owned()]));
    let show = |path: &Path| Mount {
        target: path.to_string_lossy().into_owned(),
        source: Source::Bind(path.to_owned()),
        read_only: false,
    };
    options.spec.mounts.push(show(folder));
    if let Some(store) = store.filter(|store| store.starts_with(folder)) {
        let source = Source::Memory { size: Some(1 << 20), mode: 0o755, no_programs: true };
        let target = store.to_string_lossy().into_owned();
        options.spec.mounts.push(Mount { target, source, read_only: false });
    }
    if let Some(path) = value("MLS_RUN_DIR") {
        options.spec.mounts.push(show(Path::new(path)));
    }
    options.spec.reach = value("MLFLOW_TRACKING_URI").and_then(port).into_iter().collect();
    if options.cwd.is_none() {
        options.cwd = Some(folder.to_string_lossy().into_owned());
    }
}

/// Returns the port of an address such as `http://127.0.0.1:41234`.
fn port(address: &str) -> Option<u16> {
    let place = address.strip_prefix("http://127.0.0.1:")?;
    place.split('/').next()?.parse().ok()
}
