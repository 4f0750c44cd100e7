//! Records into nodes: compared with what is here, written in batches, one commit each.

use std::collections::BTreeMap;

use crate::base::{Progress, Task};
use crate::store::{Change, Link, Store, Writer};
use crate::track::import::experiments::{self, Place};
use crate::track::import::logged::{self, Measured};
use crate::track::import::report::Change as Became;
use crate::track::import::versions::{self, Version, Versions};
use crate::track::import::{ExperimentRecord, LoggedRecord, Notes, Report, RunRecord, Source};
use crate::track::logged::LoggedModel;
use crate::track::series::{self, Builder};
use crate::track::{
    Error, Experiment, Models, Point, Run, RunId, Status, Summary, limit, live, merge,
};

/// Runs in one commit, and bytes of artifacts: an interruption loses no more than these.
const MOST_RUNS: usize = 500;
const MOST_BYTES: u64 = 256 << 20;
/// A longer text makes a node too large to keep.
const MOST_TEXT: usize = 256 << 10;
/// Bytes of all params and tags of a run.
const MOST_TEXTS: usize = 2 << 20;

/// How to import.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Looks at everything but points and artifacts, and changes nothing.
    pub dry_run: bool,
}

/// Brings everything that `source` has into the store.
///
/// Logged models come before the runs: a model tells what runs measured of it, in whichever experiment those are.
pub fn import(
    store: &Store,
    source: &dyn Source,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Report, Error> {
    let notes = Notes::default();
    let mut report = Report::default();
    progress.start(Task::Import, None);
    let mut batch = Batch::new(store, source, *options, &notes, progress)?;
    let done = batch.all(&mut report);
    progress.finish(Task::Import);
    if done.is_err() {
        // What came before the failure is kept; the failure itself says more than one of this.
        let _ = batch.commit();
    }
    done?;
    notes.end(&mut report);
    Ok(report)
}

/// What goes into the next commit.
struct Batch<'a> {
    store: &'a Store,
    source: &'a dyn Source,
    options: Options,
    notes: &'a Notes,
    progress: &'a dyn Progress,
    writer: Writer<'a>,
    changes: Vec<Change>,
    bytes: u64,
}

impl<'a> Batch<'a> {
    fn new(
        store: &'a Store,
        source: &'a dyn Source,
        options: Options,
        notes: &'a Notes,
        progress: &'a dyn Progress,
    ) -> Result<Self, Error> {
        let (writer, changes, bytes) = (store.writer()?, vec![], 0);
        Ok(Self { store, source, options, notes, progress, writer, changes, bytes })
    }

    fn all(&mut self, report: &mut Report) -> Result<(), Error> {
        let (source, notes) = (self.source, self.notes);
        let (mut places, mut measured) = (vec![], Measured::default());
        for record in source.experiments(notes)? {
            let Some(experiment) = self.experiment(&record, report)? else { continue };
            for mut model in source.logged_models(&record, notes)? {
                measured.take(&mut model, notes);
                self.logged(&experiment, &model, report)?;
            }
            places.push((record, experiment));
        }
        for (record, experiment) in &places {
            source.runs(record, notes, &mut |run| {
                self.progress.advance(Task::Import, 1);
                let models = measured.of(&run, notes);
                self.run(experiment, run, models, report)
            })?;
        }
        self.commit()
    }

    /// Finds the experiment's place, and commits it: the next one may be compared with it.
    fn experiment(
        &mut self,
        record: &ExperimentRecord,
        report: &mut Report,
    ) -> Result<Option<Experiment>, Error> {
        let (wanted, is_own) = match experiments::place(self.store, record, self.notes)? {
            Some(Place::Own(experiment)) => (experiment, true),
            Some(Place::Joined(experiment)) => (experiment, false),
            None => return Ok(None),
        };
        let name = wanted.id.ref_name();
        let versions = Versions::of(self.store, &name)?;
        let became = versions.compare(&wanted, |_| ());
        report.experiments.add(became);
        if became == Became::Nothing || self.options.dry_run {
            return Ok(Some(if is_own { wanted } else { self.newest(&versions, wanted) }));
        }
        self.commit()?;
        let merge = |writer: &mut Writer<'a>, ours: &Link, theirs: &Link| {
            versions::merged(writer, &name, ours, theirs)
        };
        let store = self.store;
        let placed =
            versions.put(wanted.clone(), &mut self.writer, |writer| settle(store, writer), merge);
        let (expected, new) = placed?;
        self.changes.push(Change { name, expected, new: Some(new) });
        self.commit()?;
        Ok(Some(wanted))
    }

    fn newest(&self, versions: &Versions<Experiment>, wanted: Experiment) -> Experiment {
        versions.newest().cloned().unwrap_or(wanted)
    }

    fn run(
        &mut self,
        experiment: &Experiment,
        record: RunRecord,
        models: Models,
        report: &mut Report,
    ) -> Result<(), Error> {
        let Ok(id) = record.id.parse::<RunId>() else {
            let what = format!("run `{}`", record.id.escape_debug());
            self.notes.skip(what, "its id is not 32 hex digits");
            return Ok(());
        };
        let name = id.ref_name();
        let versions = Versions::<Run>::of(self.store, &name)?;
        if versions.newest().is_none() && live::is_live(self.store, &id)? {
            self.notes.skip(format!("run {id}"), "it is live in this store");
            return Ok(());
        }
        let mut run = Run { models, ..plain(id, experiment, &record, self.notes) };
        versions.first().into_iter().for_each(|first| keep(&mut run, first));
        if self.options.dry_run {
            report.runs.add(versions.compare(&run, without_content));
            return Ok(());
        }
        self.series(&mut run, &record, versions.newest())?;
        let had = versions.newest().and_then(|run| run.artifacts);
        let writer = &mut self.writer;
        let found =
            self.source.artifacts(&record, had.as_ref(), writer, self.notes, self.progress)?;
        run.artifacts = found.tree;
        let became = versions.compare(&run, |_| ());
        report.runs.add(became);
        if became == Became::Nothing {
            return Ok(());
        }
        report.artifacts += found.files;
        report.artifact_bytes += found.bytes;
        self.bytes += found.bytes;
        self.put(&versions, run, name, merge::runs)
    }

    fn logged(
        &mut self,
        experiment: &Experiment,
        record: &LoggedRecord,
        report: &mut Report,
    ) -> Result<(), Error> {
        let Some(mut model) = logged::plain(experiment, record, self.notes) else { return Ok(()) };
        let name = model.id.ref_name();
        let versions = Versions::<LoggedModel>::of(self.store, &name)?;
        if self.options.dry_run {
            report.logged_models.add(versions.compare(&model, |model| model.artifacts = None));
            return Ok(());
        }
        let had = versions.newest().and_then(|model| model.artifacts);
        let writer = &mut self.writer;
        let found = self.source.logged_artifacts(
            record,
            had.as_ref(),
            writer,
            self.notes,
            self.progress,
        )?;
        model.artifacts = found.tree;
        let became = versions.compare(&model, |_| ());
        report.logged_models.add(became);
        if became == Became::Nothing {
            return Ok(());
        }
        report.artifacts += found.files;
        report.artifact_bytes += found.bytes;
        self.bytes += found.bytes;
        let merge = |writer: &mut Writer<'a>, ours: &Link, theirs: &Link| {
            versions::merged(writer, &name, ours, theirs)
        };
        self.put(&versions, model, name.clone(), merge)
    }

    /// Writes a version, and commits where enough has come together.
    fn put<T: Version>(
        &mut self,
        versions: &Versions<T>,
        wanted: T,
        name: String,
        merge: impl FnOnce(&mut Writer<'a>, &Link, &Link) -> Result<Link, Error>,
    ) -> Result<(), Error> {
        if !versions.is_plain() {
            self.commit()?;
        }
        let store = self.store;
        let settle = |writer: &mut Writer<'a>| settle(store, writer);
        let (expected, new) = versions.put(wanted, &mut self.writer, settle, merge)?;
        self.changes.push(Change { name, expected, new: Some(new) });
        match self.changes.len() >= MOST_RUNS || self.bytes >= MOST_BYTES {
            true => self.commit(),
            false => Ok(()),
        }
    }

    /// Writes the points, or takes those of `known` where they need not be asked for again.
    fn series(
        &mut self,
        run: &mut Run,
        record: &RunRecord,
        known: Option<&Run>,
    ) -> Result<(), Error> {
        if let (Some(known), Some(latest)) = (known, &record.latest)
            && run.ended.is_some()
            && known.ended == run.ended
            && is_last(known, latest)
        {
            (run.metrics, run.series) = (known.metrics.clone(), known.series.clone());
            return Ok(());
        }
        let notes = self.notes;
        let mut builder = Builder::new(&mut self.writer);
        let mut before = None;
        self.source.points(record, notes, &mut |key, points| {
            if let Err(error) = limit::key("metric", key) {
                let what = format!("metric `{}` of run {}", key.escape_debug(), record.id);
                notes.skip(what, error.to_string());
                return Ok(());
            }
            if before.as_deref().is_some_and(|before| before >= key) {
                return Err(Error::BadSeries("keys are out of order"));
            }
            before = Some(key.to_owned());
            points.iter().try_for_each(|point| builder.add(key, *point))
        })?;
        let series = builder.finish()?;
        (run.metrics, run.series) = (series.metrics, series.segments);
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Error> {
        if self.options.dry_run || self.changes.is_empty() {
            return Ok(());
        }
        self.bytes = 0;
        let changes = std::mem::take(&mut self.changes);
        let writer = std::mem::replace(&mut self.writer, self.store.writer()?);
        writer.commit(changes)?;
        Ok(())
    }
}

/// Puts what was written into the store, so that it can be read; no ref moves.
fn settle<'a>(store: &'a Store, writer: &mut Writer<'a>) -> Result<(), Error> {
    std::mem::replace(writer, store.writer()?).commit(vec![])?;
    Ok(())
}

/// Tells whether the last points of a run are these.
fn is_last(run: &Run, latest: &BTreeMap<String, Point>) -> bool {
    let same = |(key, summary): (&String, &Summary)| {
        latest.get(key).is_some_and(|point| series::order(point, &summary.last).is_eq())
    };
    run.metrics.len() == latest.len() && run.metrics.iter().all(same)
}

/// Takes over what a source cannot know of a run that was first recorded here.
fn keep(run: &mut Run, first: &Run) {
    run.command.clone_from(&first.command);
    run.code.clone_from(&first.code);
    run.environment = first.environment;
    run.parent = run.parent.take().or_else(|| first.parent.clone());
    for dataset in &mut run.datasets {
        let same = first.datasets.iter().find(|other| other.digest == dataset.digest);
        (dataset.size, dataset.content) =
            same.map_or((None, None), |same| (same.size, same.content));
    }
}

/// Leaves out what a dry run does not look at.
fn without_content(run: &mut Run) {
    (run.metrics, run.series, run.artifacts) = (BTreeMap::new(), vec![], None);
}

/// Makes a run of what the record says by itself. Nothing but the record goes in.
fn plain(id: RunId, experiment: &Experiment, record: &RunRecord, notes: &Notes) -> Run {
    let owner = format!("run {id}");
    let params = texts("param", &record.params, &owner, notes);
    let mut tags = texts("tag", &record.tags, &owner, notes);
    let said = tags.remove("mlflow.runName").unwrap_or_default();
    let names = [&record.name, &said].into_iter().find(|name| limit::name("run", name).is_ok());
    let name = names.map_or_else(|| id.as_str()[..8].to_owned(), Clone::clone);
    let ended = match record.status {
        Status::Running | Status::Scheduled => record.ended,
        _ => Some(record.ended.unwrap_or(record.started)),
    };
    Run {
        name,
        experiment: experiment.id.clone(),
        experiment_name: experiment.name.clone(),
        status: record.status,
        user: record.user.clone(),
        started: record.started,
        ended,
        parent: tags.get("mlflow.parentRunId").and_then(|id| id.parse().ok()),
        params,
        metrics: BTreeMap::new(),
        tags,
        series: vec![],
        artifacts: None,
        datasets: record.datasets.clone(),
        models: Models::default(),
        command: None,
        code: None,
        environment: None,
        deleted: record.deleted,
        edited: record.deleted.or(ended).unwrap_or(record.started),
        previous: vec![],
        id,
    }
}

/// Takes the texts that can be kept; others are told.
pub(super) fn texts(
    what: &str,
    texts: &BTreeMap<String, String>,
    owner: &str,
    notes: &Notes,
) -> BTreeMap<String, String> {
    let mut left = MOST_TEXTS;
    let mut kept = BTreeMap::new();
    for (key, value) in texts {
        let size = key.len() + value.len();
        let why = match limit::key("key", key) {
            Err(error) => error.to_string(),
            Ok(()) if value.len() > MOST_TEXT => format!("it is longer than {MOST_TEXT} bytes"),
            Ok(()) if size > left => format!("there are more than {MOST_TEXTS} bytes of them"),
            Ok(()) => {
                left -= size;
                kept.insert(key.clone(), value.clone());
                continue;
            }
        };
        let shown: String = key.chars().take(80).collect();
        notes.skip(format!("{what} `{}` of {owner}", shown.escape_debug()), why);
    }
    kept
}
