//! What the commands for containers share: finding them, flags, being attached to one.

pub(crate) mod asked;
pub(crate) mod attached;
mod connected;
pub(crate) mod exec;
mod keys;
mod mounts;
mod recorded;
mod terminal;
pub(crate) mod values;

pub(crate) use keys::Keys;
pub(crate) use terminal::size;

use mls::container::{self, Container, Containers, Volumes};

use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;

/// The codes that Docker has for a container that does not start, and a command that cannot.
pub(crate) const NOT_STARTED: u8 = 125;

/// Returns the containers of this store, without opening the store itself: nothing of theirs is in its database.
pub(crate) fn containers(session: &Session) -> Result<Containers, CommandError> {
    let folder = session.store_folder()?;
    mls::store::check(folder, mls::store::Trust::Own)?;
    Ok(Containers::new(folder.join("containers")))
}

pub(crate) fn volumes(session: &Session) -> Result<Volumes, CommandError> {
    let folder = session.store_folder()?;
    mls::store::check(folder, mls::store::Trust::Own)?;
    Ok(Volumes::new(folder.join("volumes")))
}

/// Takes this process to where it may mount, and remove what users of containers own. Before the first thread.
pub(crate) fn enter() -> Result<(), CommandError> {
    Ok(container::enter_namespace()?)
}

/// Does something with each of the containers that the user names; what fails is told, and the rest is done.
///
/// Each name is printed once it is done, as Docker does.
pub(crate) fn each(
    session: &Session,
    names: &[String],
    mut work: impl FnMut(&Container) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let containers = containers(session)?;
    let mut worst = None;
    for name in names {
        let done = containers.find(name).map_err(CommandError::from).and_then(|one| work(&one));
        match done {
            Ok(()) => session.ui.data(format!("{name}\n").as_bytes())?,
            Err(error) if names.len() == 1 => return Err(error),
            Err(error) => {
                let _ = session.ui.report(&error);
                worst = Some(error.code.max(worst.unwrap_or(0)));
            }
        }
    }
    worst.map_or(Ok(()), |code| Err(CommandError::ended(code)))
}

/// Turns a failure into one that says that a container did not start; wrong usage stays that.
pub(crate) fn not_started(error: CommandError) -> CommandError {
    match error.code {
        code if code == Exit::Usage as u8 || code == 126 || code == 127 => error,
        _ => CommandError { code: NOT_STARTED, ..error },
    }
}

/// As [`not_started`], with the codes for commands that cannot be run.
pub(crate) fn not_run(error: mls::image::Error) -> CommandError {
    let code = match &error {
        mls::image::Error::Container(error) => u8::try_from(error.code()).unwrap_or(NOT_STARTED),
        _ => NOT_STARTED,
    };
    CommandError { code, ..CommandError::from(error) }
}
