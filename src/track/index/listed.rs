//! What the index knows of a run, and the checksum that guards it: SQLite finds no bit that has turned.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::Digest;
use crate::store::{self, Link, object};
use crate::track::{Dataset, ExperimentId, Models, Run, RunId, Status, Summary, Value};

/// A run as a list has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    pub id: RunId,
    pub name: String,
    pub experiment: ExperimentId,
    pub experiment_name: String,
    pub status: Status,
    pub user: String,
    pub started: i64,
    pub ended: Option<i64>,
    pub deleted: Option<i64>,
    /// Whether it still runs, as far as is known; then it has no node.
    pub live: bool,
    pub parent: Option<RunId>,
    pub node: Option<Link>,
    pub artifacts: Option<Link>,
    pub params: BTreeMap<String, String>,
    pub metrics: BTreeMap<String, Summary>,
    pub tags: BTreeMap<String, String>,
    /// Its datasets and logged models; what it measured of those is not among them.
    pub inputs: Inputs,
}

/// What a run was given, and the models it made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Inputs {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub datasets: Vec<Dataset>,
    #[serde(default, skip_serializing_if = "Models::is_empty")]
    pub models: Models,
}

impl Inputs {
    /// Takes them from a run.
    pub fn of(run: &Run) -> Self {
        let models = Models { metrics: vec![], ..run.models.clone() };
        Self { datasets: run.datasets.clone(), models }
    }

    /// Returns them as bytes, if there are any.
    pub(super) fn record(&self) -> Result<Option<Vec<u8>>, store::Error> {
        match self.datasets.is_empty() && self.models.is_empty() {
            true => Ok(None),
            false => object::encode(self).map(Some),
        }
    }
}

impl Listed {
    /// Takes from a run what a list shows of it.
    pub(super) fn of(run: &Run, node: &Digest, live: bool) -> Self {
        let metrics = run.metrics.iter().map(|(key, summary)| (key.clone(), plain(summary)));
        Self {
            id: run.id.clone(),
            name: run.name.clone(),
            experiment: run.experiment.clone(),
            experiment_name: run.experiment_name.clone(),
            status: run.status,
            user: run.user.clone(),
            started: run.started,
            ended: run.ended,
            deleted: run.deleted,
            live,
            parent: run.parent.clone(),
            node: (!live).then(|| Link::node(*node)),
            artifacts: run.artifacts,
            params: run.params.clone(),
            metrics: metrics.collect(),
            tags: run.tags.clone(),
            inputs: Inputs::of(run),
        }
    }

    /// Returns the checksum of all metrics.
    pub(crate) fn metrics_sum(&self) -> i64 {
        sum_of_metrics(&self.metrics)
    }

    /// Returns the checksum of everything but the metrics, and the experiment's name, which may change without the run.
    pub(crate) fn sum(&self) -> i64 {
        let mut sum = Sum::default();
        sum.text(self.id.as_str());
        sum.text(&self.name);
        sum.text(self.experiment.as_str());
        sum.text(self.status.as_str());
        sum.text(&self.user);
        sum.number(self.started);
        sum.maybe(self.ended);
        sum.maybe(self.deleted);
        sum.number(self.live.into());
        sum.text(self.parent.as_ref().map_or("", RunId::as_str));
        for link in [&self.node, &self.artifacts] {
            sum.bytes(link.as_ref().map_or(&[][..], |link| link.digest.as_bytes()));
        }
        for texts in [&self.params, &self.tags] {
            sum.number(texts.len() as i64);
            for (key, value) in texts {
                sum.text(key);
                sum.text(value);
            }
        }
        let inputs = self.inputs.record().ok().flatten();
        sum.bytes(inputs.as_deref().unwrap_or_default());
        sum.end()
    }
}

pub(super) fn sum_of_metrics(metrics: &BTreeMap<String, Summary>) -> i64 {
    let sums = metrics.iter().map(|(key, summary)| sum_of_metric(key, summary));
    sums.fold(0, i64::wrapping_add)
}

/// Returns the checksum of one metric; those of all metrics of a run are added up.
pub(crate) fn sum_of_metric(key: &str, summary: &Summary) -> i64 {
    let summary = plain(summary);
    let mut sum = Sum::default();
    sum.text(key);
    sum.number(summary.last.step);
    sum.number(summary.last.time);
    sum.number(summary.count as i64);
    for value in [summary.last.value, summary.min, summary.max] {
        sum.real(value.0);
    }
    sum.end()
}

/// Returns the checksum of an experiment's row.
pub(crate) fn sum_of_experiment(id: &str, name: &str, deleted: Option<i64>) -> i64 {
    let mut sum = Sum::default();
    sum.text(id);
    sum.text(name);
    sum.maybe(deleted);
    sum.end()
}

/// The summary as the tables give it back: of numbers alone, one least and greatest for each.
fn plain(summary: &Summary) -> Summary {
    let or_last = |value: Value| if value.0.is_nan() { summary.last.value } else { value };
    Summary { min: or_last(summary.min), max: or_last(summary.max), ..summary.clone() }
}

#[derive(Debug, Default)]
struct Sum(blake3::Hasher);

impl Sum {
    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as i64);
        self.0.update(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn number(&mut self, number: i64) {
        self.0.update(&number.to_le_bytes());
    }

    fn maybe(&mut self, number: Option<i64>) {
        self.number(number.is_some().into());
        self.number(number.unwrap_or(0));
    }

    /// SQLite keeps neither the sign of zero nor the bits of NaN.
    fn real(&mut self, value: f64) {
        let value = if value.is_nan() { f64::NAN } else { value + 0.0 };
        self.0.update(&value.to_bits().to_le_bytes());
    }

    fn end(&self) -> i64 {
        let hash = self.0.finalize();
        i64::from_le_bytes(hash.as_bytes()[..8].try_into().expect("8 of 32 bytes"))
    }
}
