use std::path::PathBuf;

use super::worker;
use crate::model::onnx;

/// Why a model does not load, or does not answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Onnx(#[from] onnx::Error),
    /// The engine is sound and the model too, but they do not fit: another engine may do it.
    #[error("{engine}: operator `{operator}`{} is not supported{}", at(node), because(reason))]
    Unsupported { engine: &'static str, operator: String, node: String, reason: String },
    /// No engine takes the model; what each said.
    #[error("no engine runs this model: {}", .0.join("; "))]
    NoEngine(Vec<String>),
    #[error("the model is damaged: {0}")]
    BadModel(String),
    #[error("{engine}: {reason}")]
    Engine { engine: &'static str, reason: String },
    #[error("no onnxruntime library: looked at {}", listed(.0))]
    NoLibrary(Vec<PathBuf>),
    #[error("`{}` is not used as onnxruntime: {reason}", path.display())]
    UntrustedLibrary { path: PathBuf, reason: &'static str },
    #[error("input `{}` is missing", .0.escape_debug())]
    MissingInput(String),
    #[error("the model has no input `{}`", .0.escape_debug())]
    UnknownInput(String),
    #[error("input `{}`: {reason}", name.escape_debug())]
    BadInput { name: String, reason: String },
    /// What the request holds makes an operator fail: not the model's fault.
    #[error("operator `{operator}`{}: {reason}", at(node))]
    Failed { operator: String, node: String, reason: String },
    #[error("the answer would take more than {0} numbers on its way")]
    TooLarge(usize),
    #[error("stopped")]
    Stopped,
    #[error(transparent)]
    Worker(#[from] worker::Error),
}

fn at(node: &str) -> String {
    if node.is_empty() { String::new() } else { format!(" (node `{}`)", node.escape_debug()) }
}

fn because(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(": {reason}") }
}

fn listed(paths: &[PathBuf]) -> String {
    let shown: Vec<_> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
    if shown.is_empty() { "no place".to_owned() } else { shown.join(", ") }
}

impl Error {
    /// Whether the request is at fault, not the model or the engine.
    pub fn is_input(&self) -> bool {
        matches!(
            self,
            Self::MissingInput(_)
                | Self::UnknownInput(_)
                | Self::BadInput { .. }
                | Self::Failed { .. }
                | Self::TooLarge(_)
        )
    }
}
