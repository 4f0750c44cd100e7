//! The trait that all engines have in common, and what a caller hands to them.

use std::fmt::Debug;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::Error;
use super::table::Table;
use super::tensor::{Element, Tensor};
use super::worker::{Bounds, Health};

/// A model that is loaded and answers. Calls may come from many threads at once.
pub trait Engine: Debug + Send + Sync {
    /// Returns `native`, `rten`, `ort` or `python`.
    fn name(&self) -> &'static str;

    /// Returns what must be given, in the order of the model.
    fn inputs(&self) -> &[Port];

    /// Returns what comes out, in the order of the model.
    fn outputs(&self) -> &[Port];

    /// Returns the names of the columns of a table where that is the only input: none where the columns only have an order.
    fn columns(&self) -> Option<&[String]> {
        None
    }

    /// Whether a row's answer is the same whatever rows stand beside it: then requests may be answered in one batch,
    /// stacked and split along the first dimension.
    fn rows_are_independent(&self) -> bool;

    /// Returns roughly how many nanoseconds one row takes: tells whether a batch is worth waiting for.
    fn cost(&self) -> u64;

    /// Returns how the processes are that it runs in, where that is not this one: then whoever asks waits for them.
    fn workers(&self) -> Option<Health> {
        None
    }

    /// Answers; looks at `stop` between parts of the work.
    fn predict(&self, input: &Input, stop: &Stop) -> Result<Output, Error>;
}

/// One input or output of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    pub name: String,
    pub kind: PortKind,
}

/// What goes through a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortKind {
    /// `None` is a dimension that may be anything; no shape at all where even the rank is open.
    Tensor { element: Element, shape: Option<Vec<Option<usize>>> },
    /// A map a row, from class to probability.
    Maps,
    /// A map a row that goes in, from names to values of this type.
    Map(Element),
    /// Whatever a Python function takes or returns.
    Any,
}

impl Port {
    /// Returns a port for tensors.
    pub fn tensor(name: &str, element: Element, shape: &[Option<usize>]) -> Self {
        let kind = PortKind::Tensor { element, shape: Some(shape.to_vec()) };
        Self { name: name.to_owned(), kind }
    }

    /// Whether the first dimension is open: then it counts rows.
    pub fn has_rows(&self) -> bool {
        match &self.kind {
            PortKind::Tensor { shape: Some(shape), .. } => matches!(shape.first(), Some(None)),
            PortKind::Tensor { shape: None, .. } => false,
            PortKind::Maps | PortKind::Map(_) | PortKind::Any => true,
        }
    }
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    Table(Table),
    /// By name; one tensor with an empty name goes to a model's only input.
    Tensors(Vec<(String, Tensor)>),
}

/// What is answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// In the order of [`Engine::outputs`].
    Values(Vec<(String, Value)>),
    Table(Table),
    Json(serde_json::Value),
}

/// One named answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Tensor(Tensor),
    /// One key a column, one map a row.
    Maps {
        keys: Tensor,
        rows: Tensor,
    },
}

/// Tells an engine that nobody waits for the answer any more.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    told: Arc<AtomicBool>,
    deadline: Option<Instant>,
}

impl Stop {
    /// Returns one that also tells when `deadline` has passed.
    pub fn at(deadline: Instant) -> Self {
        Self { deadline: Some(deadline), ..Self::default() }
    }

    /// Tells it, from any thread.
    pub fn tell(&self) {
        self.told.store(true, Ordering::Relaxed);
    }

    /// Fails once it has been told or the deadline has passed.
    pub fn check(&self) -> Result<(), Error> {
        let passed = |deadline| Instant::now() >= deadline;
        if self.told.load(Ordering::Relaxed) || self.deadline.is_some_and(passed) {
            return Err(Error::Stopped);
        }
        Ok(())
    }
}

/// Which engine is to run a model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Choice {
    /// The first that knows all operators: native, rten, ort.
    #[default]
    Auto,
    Native,
    Rten,
    Ort,
}

impl Choice {
    pub const ALL: [Self; 4] = [Self::Auto, Self::Native, Self::Rten, Self::Ort];

    /// Returns the word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Native => "native",
            Self::Rten => "rten",
            Self::Ort => "ort",
        }
    }
}

impl FromStr for Choice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|choice| choice.as_str() == text);
        found.ok_or_else(|| format!("`{}` is no engine", text.escape_debug()))
    }
}

/// What a file of a model is, as recognised by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Onnx,
    XgboostJson,
    XgboostUbj,
    XgboostBinary,
    LightgbmText,
    CatboostBinary,
    CatboostJson,
}

/// A model to load: bytes that the caller has verified already.
#[derive(Debug, Clone)]
pub struct Source {
    pub format: Format,
    pub bytes: Arc<[u8]>,
    /// Where weights in other files lie; a model that names such files and has no folder is refused.
    pub folder: Option<PathBuf>,
}

/// What a model of boosted trees answers with: the libraries have several ways to ask the same file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Manner {
    /// Predictions; probabilities of classes.
    #[default]
    Scores,
    /// As the library's estimator for scikit-learn does: labels of classes, and only the trees up to the best.
    Estimator,
    /// Sums of leaves.
    Margins,
}

/// How to load a model.
#[derive(Debug, Clone)]
pub struct Options {
    pub choice: Choice,
    /// Threads that one answer may use.
    pub threads: usize,
    /// Places of a libonnxruntime, the first that exists counts: `ORT_DYLIB_PATH`, the model's environment.
    pub libraries: Vec<PathBuf>,
    pub manner: Manner,
    /// Where networks run; in this process where nothing is said.
    pub apart: Option<Apart>,
}

/// Processes of their own for networks.
#[derive(Debug, Clone)]
pub struct Apart {
    /// The program that serves [`super::network::WORKER`].
    pub program: PathBuf,
    /// How many processes each network has.
    pub workers: usize,
    /// What each may take; where no memory is told, three quarters of what there is.
    pub bounds: Bounds,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            choice: Choice::Auto,
            threads: 1,
            libraries: vec![],
            manner: Manner::Scores,
            apart: None,
        }
    }
}
