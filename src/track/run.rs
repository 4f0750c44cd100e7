//! What a run is once it is sealed: one node that names everything it used and made.
//!
//! Edits after the end make another node that names the one before in `previous`, so the history stays.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::store::Link;

/// 32 lower-case hex digits, as MLflow names its runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunId(String);

/// Names an experiment for ever, also when it is renamed: `0` for `Default`, else up to 64 of `[a-zA-Z0-9_-]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ExperimentId(String);

/// Tells why a text names no run or experiment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no {wanted}", .text.escape_debug())]
pub struct ParseIdError {
    text: String,
    wanted: &'static str,
}

impl ParseIdError {
    pub(in crate::track) fn new(text: &str, wanted: &'static str) -> Self {
        Self { text: text.chars().take(80).collect(), wanted }
    }
}

/// A sealed run. Sorted maps make one run one encoding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "run")]
pub struct Run {
    pub id: RunId,
    pub name: String,
    pub experiment: ExperimentId,
    /// The experiment's name when the run was sealed; for a reader that has the run but not the experiment.
    pub experiment_name: String,
    pub status: Status,
    pub user: String,
    /// Milliseconds since 1970 (UTC), as every time here.
    pub started: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<i64>,
    /// By id and not by link: an edit of the parent makes another node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<RunId>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metrics: BTreeMap<String, Summary>,
    /// The note is the tag `mlflow.note.content`, so that MLflow's pages show it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// The points of all metrics, in order of their keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<Segment>,
    /// A tree node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifacts: Option<Link>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub datasets: Vec<Dataset>,
    #[serde(default, skip_serializing_if = "Models::is_empty")]
    pub models: Models,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<Command>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// An [`Environment`] node; runs of one machine share it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<Link>,
    /// When it was removed; it can be restored until `gc` takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<i64>,
    /// When this version of the node was made.
    pub edited: i64,
    /// The versions before this one, by name: two after a merge of two edits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub previous: Vec<ByteBuf>,
}

/// MLflow's states of a run, spelled as MLflow spells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    Running,
    Scheduled,
    Finished,
    Failed,
    Killed,
}

/// A number that may be NaN or infinite. DAG-CBOR has no such floats, so they are the texts `NaN`, `Infinity`,
/// `-Infinity`, as MLflow writes them in JSON.
#[derive(Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(from = "wire::Value", into = "wire::Value")]
pub struct Value(pub f64);

/// One measured point of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    pub step: i64,
    pub time: i64,
    pub value: Value,
}

/// What a table shows of a metric without reading its points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The greatest by step, then time, then value, as MLflow picks it.
    pub last: Point,
    /// The least and greatest value that is a number; NaN where there is none.
    pub min: Value,
    pub max: Value,
    pub count: u64,
}

/// A blob with the points of the metrics from `first` to `last`, see [`super::series`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    pub first: String,
    pub last: String,
    pub points: Link,
}

/// Data that the run used, named by its content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dataset {
    pub name: String,
    /// BLAKE3 of a file, or the id of a folder's tree.
    pub digest: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// MLflow's `mlflow.data.context`: train, eval …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Link>,
    /// What MLflow says besides: `source_type`, `schema`, `profile`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, String>,
    /// What MLflow says of its use in this run, but for the context.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

/// What a run has to do with MLflow's logged models (`m-…`), which are named and not linked: they have their own refs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Models {
    /// Those that it used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<String>,
    /// Those that it made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<ModelOutput>,
    /// What it measured of models; of each model, metric and dataset the last point.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<ModelMetric>,
}

/// A logged model that a run made, and at which step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelOutput {
    pub model: String,
    pub step: i64,
}

/// A point that tells of a logged model, perhaps on a dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelMetric {
    pub model: String,
    pub key: String,
    pub point: Point,
    /// Name and digest of the dataset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<(String, String)>,
}

impl Models {
    pub fn is_empty(&self) -> bool {
        self.inputs.is_empty() && self.outputs.is_empty() && self.metrics.is_empty()
    }
}

/// The command that was run, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    pub args: Vec<String>,
    pub cwd: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// The image of the container that it ran in; nothing for one that ran on the machine itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<RanIn>,
}

/// An image that a command ran in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RanIn {
    /// As it was called then.
    pub name: String,
    pub image: Link,
}

/// The state of the code in git when the run began.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Code {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<String>,
    pub dirty: bool,
    /// A blob: the uncommitted changes as `git apply` takes them, untracked files within reason included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<Link>,
}

/// The machine and the software that a run ran on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "type", rename = "environment")]
pub struct Environment {
    pub host: String,
    pub os: String,
    pub arch: String,
    pub cpu: String,
    pub cores: u64,
    /// Bytes.
    pub memory: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gpus: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub python: Option<Python>,
}

/// The Python that the command ran in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Python {
    pub version: String,
    pub executable: String,
    /// Installed distributions and their versions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub packages: BTreeMap<String, String>,
}

/// A sealed experiment: a label that runs are gathered under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "experiment")]
pub struct Experiment {
    pub id: ExperimentId,
    pub name: String,
    pub created: i64,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_location: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<i64>,
    pub edited: i64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub previous: Vec<ByteBuf>,
}

impl RunId {
    /// Takes 16 random bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(format!("{:032x}", u128::from_be_bytes(bytes)))
    }

    /// Returns the name of the ref that points at the run.
    pub fn ref_name(&self) -> String {
        format!("runs/{}", self.0)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ExperimentId {
    /// Returns the id that an experiment called `name` gets where that is free.
    ///
    /// The same name gives the same id in every store, so that `churn` on two laptops is one experiment after a
    /// push. Decimal, as MLflow's own file store names them.
    pub fn for_name(name: &str) -> Self {
        if name == "Default" {
            return Self("0".to_owned());
        }
        let hash = blake3::derive_key("mls 2026 experiment id", name.as_bytes());
        let number = u64::from_be_bytes(hash[..8].try_into().expect("8 of 32 bytes"));
        Self(format!("{}", 100_000_000_000_000_000 + number % 900_000_000_000_000_000))
    }

    /// Returns the name of the ref that points at the experiment.
    pub fn ref_name(&self) -> String {
        format!("experiments/{}", self.0)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RunId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        match text.len() == 32 && text.bytes().all(hex) {
            true => Ok(Self(text.to_owned())),
            false => Err(ParseIdError { text: text.chars().take(80).collect(), wanted: "run id" }),
        }
    }
}

impl FromStr for ExperimentId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
        let rest =
            text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
        match first && rest && text.len() <= 64 {
            true => Ok(Self(text.to_owned())),
            false => {
                Err(ParseIdError { text: text.chars().take(80).collect(), wanted: "experiment id" })
            }
        }
    }
}

impl TryFrom<String> for RunId {
    type Error = ParseIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl TryFrom<String> for ExperimentId {
    type Error = ParseIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<RunId> for String {
    fn from(id: RunId) -> Self {
        id.0
    }
}

impl From<ExperimentId> for String {
    fn from(id: ExperimentId) -> Self {
        id.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ExperimentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Status {
    /// Returns the word that MLflow uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Scheduled => "SCHEDULED",
            Self::Finished => "FINISHED",
            Self::Failed => "FAILED",
            Self::Killed => "KILLED",
        }
    }

    /// Tells whether the run has ended.
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Running | Self::Scheduled)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self(value)
    }
}

mod wire {
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    pub(super) enum Value {
        Number(f64),
        Integer(i64),
        Text(String),
    }

    impl From<Value> for super::Value {
        fn from(value: Value) -> Self {
            Self(match value {
                Value::Number(number) => number,
                Value::Integer(number) => number as f64,
                Value::Text(text) if text == "Infinity" => f64::INFINITY,
                Value::Text(text) if text == "-Infinity" => f64::NEG_INFINITY,
                Value::Text(_) => f64::NAN,
            })
        }
    }

    impl From<super::Value> for Value {
        fn from(super::Value(number): super::Value) -> Self {
            match number {
                _ if number.is_nan() => Self::Text("NaN".to_owned()),
                f64::INFINITY => Self::Text("Infinity".to_owned()),
                f64::NEG_INFINITY => Self::Text("-Infinity".to_owned()),
                _ => Self::Number(number),
            }
        }
    }
}
