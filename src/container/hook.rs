//! Programs of the host that finish a container's root folder: run when everything is mounted and not yet entered.

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::Spec;
use super::cdi::Hook;
use super::devices::Workshop;
use super::failure::{Failure, Outcome};

/// Runs the hooks one after the other. They find the root folder as runtimes tell it: in `config.json` of a bundle.
pub(super) fn run(spec: &Spec, workshop: &mut Workshop) -> Outcome<()> {
    if spec.hooks.is_empty() {
        return Ok(());
    }
    let root = spec.root.to_str().ok_or_else(|| {
        Failure::Invalid("the root folder has a name that hooks cannot be told".to_owned())
    })?;
    let config = serde_json::json!({"ociVersion": "1.0.2", "root": {"path": root}});
    let bundle = workshop.bundle(config.to_string().as_bytes())?;
    let state = serde_json::json!({
        "ociVersion": "1.0.2",
        "id": spec.hostname,
        "status": "creating",
        "pid": std::process::id(),
        "bundle": bundle,
    });
    spec.hooks.iter().try_for_each(|hook| run_one(hook, &state.to_string(), &bundle))
}

fn run_one(hook: &Hook, state: &str, folder: &Path) -> Outcome<()> {
    let failed = |why: String| Failure::Unsupported {
        what: "a device of this container".to_owned(),
        why: format!("its hook `{}`: {why}", hook.path),
    };
    let mut command = Command::new(&hook.path);
    command.args(hook.args.iter().skip(1)).env_clear().current_dir(folder);
    command.envs(hook.env.iter().filter_map(|line| line.split_once('=')));
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| failed(error.to_string()))?;
    if let Some(mut to) = child.stdin.take() {
        // One that does not read says so in how it ends.
        let _ = to.write_all(state.as_bytes());
    }
    match wait(&mut child, Duration::from_secs(hook.timeout)) {
        Some(status) if status.success() => Ok(()),
        Some(status) => Err(failed(status.to_string())),
        None => Err(failed(format!("not done after {} seconds", hook.timeout))),
    }
}

fn wait(child: &mut Child, patience: Duration) -> Option<ExitStatus> {
    let since = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if since.elapsed() < patience => thread::sleep(Duration::from_millis(2)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    }
}
