//! Runs a command in a container and waits for it.

use std::process::ExitCode;

use super::{Error, Exit, Spec};

/// The hidden command by which the program runs itself again; the first argument, and nothing after it.
pub const HELPER: &str = "__container";

/// Where output came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    Out,
    Err,
}

/// Runs `spec` to its end; `output` gets what the command writes, as it comes.
///
/// Returns [`Error::Cancelled`] soon after `cancelled` says so: it is asked several times a second. When this returns, every
/// process of the container is gone. May be called from several threads at once.
pub fn run(
    spec: &Spec,
    output: &mut dyn FnMut(Stream, &[u8]),
    cancelled: &dyn Fn() -> bool,
) -> Result<Exit, Error> {
    let _ = (spec, output, cancelled);
    unimplemented!("no command leads here")
}

/// Takes this process to where it may mount: a mount namespace of its own, so that no mount outlives it; and, for an
/// ordinary user, a user namespace in which it is root.
///
/// Must be called before the first thread starts. Whatever needs the host's own names for users or a helper of the user's
/// session (credential helpers, `ssh`) still works, as the same user.
pub fn enter_namespace() -> Result<(), Error> {
    Ok(())
}

/// What the program does when it is called as [`HELPER`]. Must be the first thing it does: no thread may have been started.
pub fn serve_helper() -> ExitCode {
    ExitCode::FAILURE
}
