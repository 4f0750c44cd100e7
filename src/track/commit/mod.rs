//! Recording one run: what is given on the command line, or what a command does while it runs.

mod abandoned;
mod artifact;
mod child;
mod children;
mod execute;
mod finish;
mod param;
mod point;
mod prepare;
mod record;
mod watch;

use std::ffi::OsString;
use std::fmt;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

pub use abandoned::{Found, seal_abandoned};
pub use artifact::Source;
pub use child::Ending;
pub use point::{Sample, argument};

use crate::base::Progress;
use crate::store::Store;
use crate::track::capture::Variables;
use crate::track::{Error, RanIn, Run, RunId};

/// What to record.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Name or id; `Default` where there is none.
    pub experiment: Option<String>,
    /// Made up where there is none.
    pub name: Option<String>,
    /// These go before those of the files.
    pub params: Vec<(String, String)>,
    pub metrics: Vec<Sample>,
    pub tags: Vec<(String, String)>,
    pub artifacts: Vec<Source>,
    pub datasets: Vec<(String, PathBuf)>,
    pub params_files: Vec<PathBuf>,
    /// With a command they are read when it has ended: it may write them.
    pub metrics_files: Vec<PathBuf>,
    pub parent: Option<RunId>,
    /// How often the machine is looked at while the command runs.
    pub system_metrics: Option<Duration>,
    /// The command to run; none where what is given is all.
    pub command: Vec<OsString>,
    /// The image that the command runs in.
    pub image: Option<RanIn>,
    /// What stands before the command when it is started: the program that brings it into a container, and its arguments.
    pub launcher: Vec<OsString>,
    /// Where the command runs, and where git is asked.
    pub folder: PathBuf,
    pub user: String,
    pub variables: Variables,
}

/// Where the output of the command goes, and who is told that it begins.
pub struct Output<'a> {
    pub stdout: &'a mut (dyn Write + Send),
    pub stderr: &'a mut (dyn Write + Send),
    /// Called when signals are caught here: from then on the caller must not end the process because of one.
    pub begin: &'a dyn Fn(),
    /// Called when the run is live and its command is about to start: makes it reachable for the command.
    pub serve: &'a dyn Fn(&Run) -> Served,
}

/// A run that its command can reach, as long as this lives: all that came is in the store once it is dropped.
#[derive(Debug, Default)]
pub struct Served {
    /// What the command finds in its environment; nothing for a variable that must not be there.
    pub variables: Vec<(OsString, Option<OsString>)>,
    /// Why it cannot be reached in some way.
    pub warnings: Vec<String>,
    pub guard: Option<Guard>,
}

/// Ends something by being dropped.
pub struct Guard(pub Box<dyn std::any::Any + Send>);

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guard")
    }
}

impl fmt::Debug for Output<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Output")
    }
}

/// A run that was recorded.
#[derive(Debug)]
pub struct Outcome {
    pub run: Run,
    /// How the command ended, if there was one.
    pub ending: Option<Ending>,
    /// What is not in the run and why; the run is sealed all the same.
    pub warnings: Vec<String>,
    /// What was asked for and could not be recorded.
    pub problems: Vec<Error>,
}

/// Records a run.
///
/// Without a command: one writer, one pack. With one: the run is live while it runs, and is sealed however it ends.
pub fn run(
    store: &Store,
    options: &Options,
    output: Output<'_>,
    progress: &dyn Progress,
) -> Result<Outcome, Error> {
    match options.command.is_empty() {
        true => record::record(store, options, progress),
        false => execute::execute(store, options, output, progress),
    }
}

/// Returns the run that [`run`] would begin; nothing is recorded and no command is run.
pub fn plan(store: &Store, options: &Options, progress: &dyn Progress) -> Result<Run, Error> {
    prepare::check_parent(store, options.parent.as_ref())?;
    let mut writer = store.writer()?;
    let prepared = prepare::prepare(&mut writer, options, progress)?;
    if options.command.is_empty() {
        artifact::gather(&mut writer, &options.artifacts, progress)?;
    }
    Ok(prepared.run)
}
