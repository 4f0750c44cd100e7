use std::io;

/// What is wrong with an ONNX file.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("not an ONNX model: {0} at byte {1}")]
    Malformed(&'static str, usize),
    #[error("not an ONNX model: {0}")]
    Missing(&'static str),
    #[error("the ONNX model has too many {what}: at most {limit}")]
    TooMany { what: &'static str, limit: usize },
    #[error("graphs of the ONNX model lie in one another more than {0} deep")]
    TooDeep(usize),
    #[error("tensor `{}`: {reason}", name.escape_debug())]
    BadTensor { name: String, reason: String },
    #[error("tensor `{}` lies in `{}`, which leads out of the model", name.escape_debug(), location.escape_debug())]
    Outside { name: String, location: String },
    #[error("tensor `{}`: could not read `{}`", name.escape_debug(), location.escape_debug())]
    External { name: String, location: String, source: io::Error },
}
