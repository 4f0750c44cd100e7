//! A run without a command: all is given, and sealed at once. One writer, one pack, no rows.

use std::collections::BTreeMap;

use crate::base::Progress;
use crate::store::{Change, Expected, Store, Writer};
use crate::track::commit::point::{self, Steps};
use crate::track::commit::prepare::{check_parent, prepare};
use crate::track::commit::{Options, Outcome, artifact};
use crate::track::series::{self, Builder};
use crate::track::{Error, Point, Status, experiment, live};

/// How often it is tried again where others make the same experiment at the same moment.
const ATTEMPTS: usize = 8;

pub(super) fn record(
    store: &Store,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Outcome, Error> {
    check_parent(store, options.parent.as_ref())?;
    for _ in 1..ATTEMPTS {
        match attempt(store, options, progress) {
            Err(error) if experiment::was_made_meanwhile(&error) => {}
            other => return other,
        }
    }
    attempt(store, options, progress)
}

fn attempt(store: &Store, options: &Options, progress: &dyn Progress) -> Result<Outcome, Error> {
    let mut writer = store.writer()?;
    let prepared = prepare(&mut writer, options, progress)?;
    let mut run = prepared.run;
    let series = metrics(&mut writer, options, run.started)?;
    (run.metrics, run.series) = (series.metrics, series.segments);
    run.artifacts = artifact::gather(&mut writer, &options.artifacts, progress)?;
    run.status = Status::Finished;
    run.ended = Some(store.now().max(run.started));
    run.edited = store.now();
    let mut changes = live::experiment_of(store, &mut writer, &mut run)?;
    let link = writer.node(&run)?;
    changes.push(Change { name: run.id.ref_name(), expected: Expected::Absent, new: Some(link) });
    writer.commit(changes)?;
    Ok(Outcome { run, ending: None, warnings: prepared.warnings, problems: vec![] })
}

fn metrics(writer: &mut Writer<'_>, options: &Options, now: i64) -> Result<series::Series, Error> {
    let mut steps = Steps::default();
    let mut metrics: BTreeMap<String, Vec<Point>> = BTreeMap::new();
    let mut take = |sample| {
        let (name, point) = steps.place(sample, now);
        metrics.entry(name).or_default().push(point);
        Ok(())
    };
    for sample in &options.metrics {
        take(sample.clone())?;
    }
    for path in &options.metrics_files {
        point::file(&options.folder.join(path), &mut take)?;
    }
    let mut builder = Builder::new(writer);
    for (key, mut points) in metrics {
        points.sort_by(series::order);
        points.iter().try_for_each(|point| builder.add(&key, *point))?;
    }
    builder.finish()
}
