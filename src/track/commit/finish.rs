//! The end of a run with a command: the last words, files, and the seal.

use std::path::Path;

use crate::base::fs;
use crate::store::{Link, Writer};
use crate::track::capture::python::Search;
use crate::track::commit::artifact::{self, Source};
use crate::track::commit::child::Ending;
use crate::track::commit::execute::Session;
use crate::track::commit::{Outcome, children, point, watch};
use crate::track::live::{self, End};
use crate::track::{Environment, Error, Status, experiment, limit};

/// Points of a file that are logged in one transaction.
const LOGGED_AT_ONCE: usize = 20_000;
/// How often it is tried again where others make the same experiment at the same moment.
const ATTEMPTS: usize = 8;

/// Records what the command has left and seals the run.
///
/// What cannot be recorded is a problem and no failure: the run is sealed without it. Only where the store cannot be
/// written the run stays live, and the next command seals it.
pub(super) fn finish(mut session: Session<'_>, ending: Ending) -> Result<Outcome, Error> {
    let ended = session.store.now();
    session.read_to_the_end()?;
    session.read_metrics_files();
    let files = session.home.files();
    if !session.watch.finish() {
        watch::remove_files(&files);
    }
    session.warnings.append(&mut session.watch.warnings);
    keep_output(session.home.folder(), &files);
    for left in artifact::remove_special(&files) {
        session.warnings.push(format!("`{left}` is no file and no artifact"));
    }
    session.environment.python = std::mem::replace(&mut session.python, Search::None).finish();
    let status = match ending {
        _ if session.killed || ending.was_killed() => Status::Killed,
        Ending { exit_code: Some(0), .. } => Status::Finished,
        _ => Status::Failed,
    };
    if let Err(error) = children::end(session.store, &session.id, status, ended) {
        session.warnings.push(format!("child runs were left running: {error}"));
    }
    let sources = session.sources(&files);
    for attempt in 1.. {
        let mut writer = session.store.writer()?;
        let mut end = End::new(status, ended);
        (end.exit_code, end.signal) = (ending.exit_code, ending.signal);
        end.artifacts = session.gather(&mut writer, &sources, &mut end.keep_folder);
        writer = artifact::settle(writer, &session.id, end.artifacts.as_ref())?;
        end.environment = environment(&mut writer, &session.environment)?;
        match live::seal(session.store, writer, &session.id, end) {
            Err(error) if attempt < ATTEMPTS && experiment::was_made_meanwhile(&error) => {}
            Err(error) => return Err(error),
            Ok((_, run)) => {
                let Session { warnings, problems, .. } = session;
                return Ok(Outcome { run, ending: Some(ending), warnings, problems });
            }
        }
    }
    unreachable!("the last attempt returns")
}

impl Session<'_> {
    fn read_to_the_end(&mut self) -> Result<(), Error> {
        loop {
            let more = self.watch.look(&mut self.waiting, self.store.now(), true);
            self.log()?;
            if !more {
                return Ok(());
            }
        }
    }

    fn read_metrics_files(&mut self) {
        let now = self.store.now();
        for path in &self.options.metrics_files {
            let path = self.options.folder.join(path);
            let read = point::file(&path, |sample| {
                limit::key("metric", &sample.name)?;
                self.waiting.metrics.push(self.steps.place(sample, now));
                match self.waiting.metrics.len() >= LOGGED_AT_ONCE {
                    true => self.log(),
                    false => Ok(()),
                }
            });
            // What came before a bad line is kept.
            if let Err(error) = read.and(self.log()) {
                self.problems.push(error);
            }
        }
    }

    /// The folder of the run, and what was named; each is added even where another cannot be.
    fn sources(&mut self, files: &Path) -> Vec<Source> {
        let mut sources = vec![];
        // The command may have removed its folder.
        if files.is_dir() {
            sources.push(Source { path: files.to_owned(), place: vec![] });
        }
        for source in &self.options.artifacts {
            match source.path.symlink_metadata() {
                Ok(_) => sources.push(source.clone()),
                Err(error) => self.problems.push(Error::io("add artifact", &source.path)(error)),
            }
        }
        sources
    }

    fn gather(
        &mut self,
        writer: &mut Writer<'_>,
        sources: &[Source],
        keep_folder: &mut bool,
    ) -> Option<Link> {
        let error = match artifact::gather(writer, sources, self.progress) {
            Ok(tree) => return tree,
            Err(error) => error,
        };
        self.problems.push(error);
        // Without what was named, the command's own files may still be good.
        let own: Vec<Source> =
            sources.iter().filter(|source| source.path == self.home.files()).cloned().collect();
        match artifact::gather(writer, &own, self.progress) {
            Ok(tree) => tree,
            Err(_) => {
                *keep_folder = true;
                let folder = self.home.files();
                self.warnings
                    .push(format!("the files of the run are left in `{}`", folder.display()));
                None
            }
        }
    }
}

/// Writes the environment again where Python was found in it.
fn environment(writer: &mut Writer<'_>, environment: &Environment) -> Result<Option<Link>, Error> {
    match environment.python {
        Some(_) => Ok(Some(writer.node(environment)?)),
        None => Ok(None),
    }
}

/// Puts the output of the command among its files, as `logs/stdout.txt` and `logs/stderr.txt`.
pub(super) fn keep_output(folder: &Path, files: &Path) {
    for name in ["stdout.txt", "stderr.txt"] {
        let from = folder.join(name);
        let to = files.join("logs").join(name);
        let wanted = from.metadata().is_ok_and(|meta| meta.len() > 0);
        // A file of that name is the command's own: it stays, and so does ours under another name.
        let to = match to.symlink_metadata() {
            Ok(_) => files.join("logs").join(format!("mls-{name}")),
            Err(_) => to,
        };
        if wanted && std::fs::create_dir_all(files.join("logs")).is_ok() {
            let _ = fs::rename(&from, &to);
        }
    }
}
