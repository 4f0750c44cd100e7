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

use mls::container::{self, Config, Container, Containers, Error, Volumes};
use serde_json::{Value, json};

use crate::cli::args::{DryRun, Format};
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::table::{Column, Table};

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

/// What `--dry-run` does in place of the work: it looks whether that could be done, and says so.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rehearsal {
    verb: &'static str,
    check: fn(&Container) -> Result<(), Error>,
}

impl Rehearsal {
    /// Nothing where the work is to be done.
    pub(crate) fn new(
        dry_run: DryRun,
        verb: &'static str,
        check: fn(&Container) -> Result<(), Error>,
    ) -> Option<Self> {
        dry_run.dry_run.then_some(Self { verb, check })
    }

    fn tell(
        self,
        session: &Session,
        container: &Container,
        name: &str,
    ) -> Result<(), CommandError> {
        (self.check)(container)?;
        session.ui.note(&format!("Would {} container `{name}`.", self.verb));
        Ok(())
    }
}

/// For what can be done with any container.
pub(crate) fn any(_: &Container) -> Result<(), Error> {
    Ok(())
}

/// For what needs one that runs.
pub(crate) fn runs(container: &Container) -> Result<(), Error> {
    match container.state().life.is_alive() {
        true => Ok(()),
        false => Err(Error::NotRunning(container.id().to_owned())),
    }
}

/// For what needs one that does not run.
pub(crate) fn is_still(container: &Container) -> Result<(), Error> {
    match container.state().life.is_alive() {
        true => Err(Error::Running(container.id().to_owned())),
        false => Ok(()),
    }
}

/// Does something with each of the containers that the user names; what fails is told, and the rest is done.
///
/// Each name is printed once it is done, as Docker does; for a program, all of them in the end.
pub(crate) fn each(
    session: &Session,
    names: &[String],
    rehearsal: Option<Rehearsal>,
    mut work: impl FnMut(&Container) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let containers = containers(session)?;
    let (mut worst, mut done) = (None, Done::default());
    for name in names {
        let found = containers.find(name).map_err(CommandError::from);
        let result = found.and_then(|one| {
            let known = as_json(&one);
            match rehearsal {
                Some(rehearsal) => rehearsal.tell(session, &one, name)?,
                None => work(&one)?,
            }
            Ok(known)
        });
        match result {
            Ok(known) => done.add(session, name, known)?,
            Err(error) if names.len() == 1 => return Err(error),
            Err(error) => {
                let _ = session.ui.report(&error);
                worst = Some(error.code.max(worst.unwrap_or(0)));
            }
        }
    }
    done.tell(session)?;
    worst.map_or(Ok(()), |code| Err(CommandError::ended(code)))
}

/// What something was done with: each is named at once to a person, and all in the end to a program.
#[derive(Debug, Default)]
pub(crate) struct Done(Vec<Value>);

impl Done {
    pub(crate) fn add(
        &mut self,
        session: &Session,
        name: &str,
        value: Value,
    ) -> Result<(), CommandError> {
        self.0.push(value);
        match session.ui.format {
            Format::Table => session.ui.data(format!("{name}\n").as_bytes()),
            _ => Ok(()),
        }
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.len() as u64
    }

    pub(crate) fn tell(&self, session: &Session) -> Result<(), CommandError> {
        if session.ui.format == Format::Table {
            return Ok(());
        }
        let mut table = Table::new(["id", "name"].map(Column::new));
        for value in &self.0 {
            table.row(["id", "name"].map(|key| value[key].as_str().unwrap_or_default().into()));
        }
        session.ui.list(&table, &self.0, "")
    }
}

/// Returns how an answer names a container.
pub(crate) fn as_json(container: &Container) -> Value {
    let name = container.config().map(|Config { name, .. }| name).unwrap_or_default();
    json!({"id": container.id(), "name": name})
}

/// Answers with a container: its id alone for a person.
pub(crate) fn answer(session: &Session, container: &Container) -> Result<(), CommandError> {
    session.ui.answer(&as_json(container), || format!("{}\n", container.id()))
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
