//! Logged models into nodes, as runs are; and what runs have to do with them.

use std::collections::{BTreeMap, BTreeSet};

use serde_bytes::ByteBuf;

use crate::track::import::runs::texts;
use crate::track::import::versions::Version;
use crate::track::import::{LoggedRecord, Notes, RunRecord};
use crate::track::logged::{LoggedModel, ModelId};
use crate::track::{
    Experiment, ExperimentId, ModelMetric, ModelOutput, Models, Point, limit, series,
};

/// Logged models of one run, and points that it measured of such: more make a node too large to keep.
const MOST_MODELS: usize = 10_000;
const MOST_MEASURED: usize = 20_000;

/// Makes a logged model of what the record says by itself; `None` where it cannot be kept.
pub(super) fn plain(
    experiment: &Experiment,
    record: &LoggedRecord,
    notes: &Notes,
) -> Option<LoggedModel> {
    let owner = format!("logged model {}", record.id.escape_debug());
    let Ok(id) = record.id.parse::<ModelId>() else {
        notes.skip(owner, "its id is not `m-` and 32 hex digits");
        return None;
    };
    let experiment: ExperimentId = experiment.id.clone();
    let name = match limit::name("logged model", &record.name) {
        Ok(()) => record.name.clone(),
        Err(_) => id.as_str()[..10].to_owned(),
    };
    Some(LoggedModel {
        name,
        experiment,
        status: record.status,
        status_message: record.status_message.clone(),
        model_type: record.model_type.clone(),
        source_run: record.source_run.clone(),
        params: texts("param", &record.params, &owner, notes),
        tags: texts("tag", &record.tags, &owner, notes),
        artifacts: None,
        created: record.created,
        updated: record.updated,
        deleted: record.deleted,
        edited: record.updated.max(record.created),
        previous: vec![],
        id,
    })
}

/// What runs measured of logged models, run by run: of each model, metric and dataset the last point.
#[derive(Debug, Default)]
pub(super) struct Measured {
    runs: BTreeMap<String, BTreeMap<Key, Point>>,
}

/// Model, metric, and name and digest of the dataset.
type Key = (String, String, Option<(String, String)>);

impl Measured {
    /// Takes what `model` tells of runs.
    pub(super) fn take(&mut self, model: &mut LoggedRecord, notes: &Notes) {
        if model.id.parse::<ModelId>().is_err() {
            return;
        }
        for (run, ModelMetric { model, key, point, dataset }) in model.measured.drain(..) {
            if let Err(error) = limit::key("metric", &key) {
                let what = format!("metric `{}` of logged model {model}", key.escape_debug());
                notes.skip(what, error.to_string());
                continue;
            }
            let dataset = dataset.filter(|(name, _)| limit::name("dataset", name).is_ok());
            let last = self.runs.entry(run).or_default().entry((model, key, dataset));
            let last = last.or_insert(point);
            if series::order(&point, last).is_gt() {
                *last = point;
            }
        }
    }

    /// Returns what a run has to do with models; the same in whichever order a source lists it.
    pub(super) fn of(&mut self, run: &RunRecord, notes: &Notes) -> Models {
        let owner = format!("run {}", run.id);
        let known = |id: &&String| {
            let is_id = id.parse::<ModelId>().is_ok();
            if !is_id {
                let what = format!("model `{}` of {owner}", id.escape_debug());
                notes.skip(what, "its id is not `m-` and 32 hex digits");
            }
            is_id
        };
        let inputs: BTreeSet<&String> = run.models.inputs.iter().filter(known).collect();
        let outputs = run.models.outputs.iter().filter(|output| known(&&output.model));
        let outputs: BTreeSet<(i64, &String)> =
            outputs.map(|output| (output.step, &output.model)).collect();
        let points = self.runs.remove(&run.id).unwrap_or_default();
        for (what, count, most) in [
            ("inputs", inputs.len(), MOST_MODELS),
            ("outputs", outputs.len(), MOST_MODELS),
            ("metrics of models", points.len(), MOST_MEASURED),
        ] {
            if count > most {
                notes.skip(format!("{what} of {owner}"), format!("there are more than {most}"));
            }
        }
        let metric = |((model, key, dataset), point)| ModelMetric { model, key, point, dataset };
        let output = |(step, model): (i64, &String)| ModelOutput { model: model.clone(), step };
        Models {
            inputs: inputs.into_iter().take(MOST_MODELS).cloned().collect(),
            outputs: outputs.into_iter().take(MOST_MODELS).map(output).collect(),
            metrics: points.into_iter().take(MOST_MEASURED).map(metric).collect(),
        }
    }
}

impl Version for LoggedModel {
    fn set(&mut self, edited: i64, previous: Vec<ByteBuf>) {
        (self.edited, self.previous) = (edited, previous);
    }

    fn edited(&self) -> i64 {
        self.edited
    }

    fn previous(&self) -> &[ByteBuf] {
        &self.previous
    }

    fn bare(&mut self) {
        self.set(0, vec![]);
    }
}
