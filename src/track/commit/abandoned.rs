//! Live runs whose `mls` died: the next command seals them with all that was logged.

use crate::base::Silent;
use crate::store::{self, Store};
use crate::track::commit::artifact::{self, Source};
use crate::track::commit::finish::keep_output;
use crate::track::commit::point::Steps;
use crate::track::commit::watch::{self, Watch};
use crate::track::live::{self, Abandoned, Batch, End};
use crate::track::{Error, Run, Status, experiment};

/// A run that was found abandoned and is sealed.
#[derive(Debug)]
pub struct Found {
    pub run: Run,
    pub warnings: Vec<String>,
}

/// Seals the runs whose process is gone as KILLED, and those that clients of a server have ended; another command may do
/// the same at the same time. Returns the first.
pub fn seal_abandoned(store: &Store) -> Result<Vec<Found>, Error> {
    live::seal_ended(store, 0)?;
    let mut found = Vec::new();
    for abandoned in live::abandoned(store)? {
        match seal(store, &abandoned) {
            Ok(run) => found.push(run),
            // Another command was faster.
            Err(Error::RunHasEnded(_)) => {}
            Err(Error::Store(store::Error::RefMoved { name, .. }))
                if name == abandoned.id.ref_name() => {}
            // The next command finds it again.
            Err(error) if experiment::was_made_meanwhile(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

fn seal(store: &Store, abandoned: &Abandoned) -> Result<Found, Error> {
    let id = &abandoned.id;
    let run = live::get(store, id)?.ok_or_else(|| Error::RunHasEnded(id.clone()))?;
    let folder = live::folder(store, id);
    let files = folder.join("files");
    let next = run.metrics.iter().map(|(key, summary)| (key.clone(), summary.count as i64));
    let steps = Steps::starting_at(next.collect());
    let mut watch = Watch::new(&files, run.params, steps, abandoned.mark.as_deref());
    loop {
        let mut batch = Batch::default();
        let more = watch.look(&mut batch, abandoned.alive, true);
        live::log(store, id, &batch)?;
        if !more {
            break;
        }
    }
    let incomplete = watch.finish();
    let mut warnings = std::mem::take(&mut watch.warnings);
    if !incomplete {
        watch::remove_files(&files);
    }
    keep_output(&folder, &files);
    artifact::remove_special(&files);
    let mut writer = store.writer()?;
    let mut end = End::new(Status::Killed, abandoned.alive);
    let source = Source { path: files.clone(), place: vec![] };
    match artifact::gather(&mut writer, &[source], &Silent) {
        Ok(artifacts) => end.artifacts = artifacts,
        Err(_) if !files.exists() => {}
        Err(error) => {
            warnings.push(format!("files in `{}` were not recorded: {error}", files.display()));
            end.keep_folder = true;
        }
    }
    let writer = artifact::settle(writer, id, end.artifacts.as_ref())?;
    let (_, run) = live::seal(store, writer, id, end)?;
    Ok(Found { run, warnings })
}
