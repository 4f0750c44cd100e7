//! What a server says to the process of a network, and hears from it: little heads, and tensors in the body.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::base::cause;
use crate::model::score::worker::{self, Part};
use crate::model::score::{Choice, Error, Tensor};

/// An answer has no more elements.
const LARGEST: usize = 1 << 26;

/// What is to be loaded; the model itself comes another way.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order {
    engine: String,
    pub(super) threads: usize,
    library: Option<Vec<u8>>,
    folder: Option<Vec<u8>>,
    /// How long the model is, and where its weights begin, where they lie behind it.
    behind: Option<(usize, usize)>,
}

impl Order {
    pub(super) fn new(
        engine: Choice,
        threads: usize,
        library: Option<PathBuf>,
        folder: Option<&Path>,
    ) -> Self {
        let bytes = |path: &Path| path.as_os_str().as_bytes().to_vec();
        Self {
            engine: engine.as_str().to_owned(),
            threads,
            library: library.as_deref().map(bytes),
            folder: folder.map(bytes),
            behind: None,
        }
    }

    /// Tells that weights lie behind a model of this length, from a place on.
    pub(super) fn with_behind(self, length: usize, from: usize) -> Self {
        Self { behind: Some((length, from)), ..self }
    }

    /// Returns the model, and the weights that lie behind it.
    pub(super) fn parts(
        &self,
        bytes: &'static [u8],
    ) -> Result<(&'static [u8], Option<&'static [u8]>), Error> {
        let Some((length, from)) = self.behind else { return Ok((bytes, None)) };
        let cut = || Error::BadModel("its weights are not behind it".to_owned());
        let model = bytes.get(..length).ok_or_else(cut)?;
        Ok((model, Some(bytes.get(from..).ok_or_else(cut)?)))
    }

    pub(super) fn engine(&self) -> Choice {
        self.engine.parse().unwrap_or_default()
    }

    /// Returns the library of onnxruntime.
    pub(super) fn library(&self) -> Option<PathBuf> {
        self.library.clone().map(|bytes| OsString::from_vec(bytes).into())
    }

    /// Returns where weights in other files lie.
    pub(super) fn folder(&self) -> Option<PathBuf> {
        self.folder.clone().map(|bytes| OsString::from_vec(bytes).into())
    }
}

/// The tensors that a network is asked, in the order of its inputs.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Call {
    pub(super) tensors: Vec<Part>,
}

/// What the process of a network says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "lowercase")]
pub(super) enum Said {
    Ready,
    /// The tensors that it answers, in the order of its outputs.
    Answer {
        tensors: Vec<Part>,
    },
    Failed {
        kind: String,
        name: String,
        reason: String,
    },
}

/// Whose fault it is; these words go over the wire.
const ENGINE: &str = "engine";
const INPUT: &str = "input";
const LARGE: &str = "large";
const MODEL: &str = "model";

impl Said {
    /// Puts an answer into a body, or tells why there is none.
    pub(super) fn of(answer: Result<Vec<Tensor>, Error>, body: &mut Vec<u8>) -> Self {
        let bounded = answer.and_then(|tensors| {
            let count: usize = tensors.iter().map(Tensor::len).sum();
            if count > LARGEST { Err(Error::TooLarge(LARGEST)) } else { Ok(tensors) }
        });
        match bounded {
            Ok(tensors) => {
                Self::Answer { tensors: tensors.iter().map(|one| Part::of(one, body)).collect() }
            }
            Err(error) => Self::failed(error),
        }
    }

    /// Tells an error in words.
    pub(super) fn failed(error: Error) -> Self {
        let (kind, name, reason) = match error {
            Error::Engine { reason, .. } => (ENGINE, String::new(), reason),
            Error::BadInput { name, reason } => (INPUT, name, reason),
            error @ Error::TooLarge(_) => (LARGE, String::new(), error.to_string()),
            error => (MODEL, String::new(), cause::line(&error)),
        };
        Self::Failed { kind: kind.to_owned(), name, reason }
    }
}

/// Reads what was said; a failure is an error.
pub(super) fn said(head: &[u8]) -> Result<Said, worker::Error> {
    match serde_json::from_slice(head) {
        Ok(Said::Failed { kind, name, reason }) => {
            Err(worker::Error::Raised { code: Some(kind), message: reason, trace: name })
        }
        Ok(said) => Ok(said),
        Err(_) => Err(worker::Error::Garbled("its head")),
    }
}

/// Reads an answer of so many tensors; they share no bytes of the body.
pub(super) fn answer(head: &[u8], body: &[u8], count: usize) -> Result<Vec<Tensor>, worker::Error> {
    let Said::Answer { tensors } = said(head)? else {
        return Err(worker::Error::Garbled("its form"));
    };
    let size = tensors.iter().try_fold(0_usize, |sum, part| sum.checked_add(part.bytes));
    if tensors.len() != count || size.is_none_or(|size| size > body.len()) {
        return Err(worker::Error::Garbled("its tensors"));
    }
    tensors.iter().map(|part| part.tensor(body)).collect()
}

/// Returns what went wrong, as if it had in this process where a process of its own has no part in it.
pub(super) fn error(engine: Choice, error: worker::Error) -> Error {
    let worker::Error::Raised { code, message, trace } = error else { return error.into() };
    match code.as_deref() {
        Some(INPUT) => Error::BadInput { name: trace, reason: message },
        Some(LARGE) => Error::TooLarge(LARGEST),
        Some(MODEL) => Error::BadModel(message),
        _ => Error::Engine { engine: engine.as_str(), reason: message },
    }
}
