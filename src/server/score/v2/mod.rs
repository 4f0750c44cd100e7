//! The Open Inference Protocol, version 2, as Triton and KServe speak it: over HTTP with tensors in JSON or in bytes behind
//! it, and over gRPC.
//!
//! ```text
//! JSON, bytes ──► json ─┐                                       ┌─► json
//!                       ├─► Asks ──► fit ──► engine ──► tensors ─┤
//! gRPC ────► message ───┘                                       └─► message
//! ```

mod about;
mod contents;
mod fit;
mod json;
mod kind;
pub(in crate::server::score) mod message;
mod path;
mod tensors;

use bytes::Bytes;
use prost::Message as _;

use super::call::Answer;
use super::failure::Failure;
use super::load::Loaded;
use super::wire::Asked;
use super::wire::cells::Cell;
use crate::model::score::{Tensor, python};

pub(in crate::server::score) use about::{
    EXTENSIONS, NAME, described, index, indexed, live, model, ready, ready_model, server,
};
pub(in crate::server::score) use path::{Place, What};

/// Tells how much of a body is JSON, where tensors follow it.
pub(in crate::server::score) const HEADER: &str = "inference-header-content-length";

/// A request as it came in.
#[derive(Debug)]
pub(in crate::server::score) enum Infer {
    Json {
        body: Bytes,
        /// How much of it is JSON; all where nothing is said.
        header: Option<usize>,
    },
    Message(Box<message::ModelInferRequest>),
}

/// What a request asks, read.
#[derive(Debug, Default)]
struct Asks {
    id: String,
    inputs: Vec<(String, Tensor)>,
    params: Vec<(String, Cell)>,
    wanted: Wanted,
    form: Form,
}

/// What an answer is written as.
#[derive(Debug, Clone, Copy, Default)]
enum Form {
    #[default]
    Json,
    /// With the elements of tensors in bytes, or in fields of their types.
    Message { raw: bool },
}

/// Which outputs a client wants, and how.
#[derive(Debug, Default, PartialEq)]
struct Wanted {
    /// By name, each in bytes or not; all where there are none.
    outputs: Vec<(String, bool)>,
    /// Whether those that are not named come in bytes.
    binary: bool,
}

/// How an answer is written.
#[derive(Debug)]
pub(in crate::server::score) struct Reply {
    id: String,
    wanted: Wanted,
    form: Form,
}

impl Infer {
    pub(in crate::server::score) fn len(&self) -> usize {
        match self {
            Self::Json { body, .. } => body.len(),
            Self::Message(message) => message.encoded_len(),
        }
    }

    pub(in crate::server::score) fn read(
        &self,
        loaded: &Loaded,
    ) -> Result<(Asked, Reply), Failure> {
        let asks = match self {
            Self::Json { body, header } => json::read(body, *header),
            Self::Message(message) => contents::read(message),
        };
        let asks = asks.map_err(Failure::bad)?;
        tensors::known(&asks.wanted, loaded)?;
        let asked = fit::asked(asks.inputs, &asks.params, loaded)?;
        Ok((asked, Reply { id: asks.id, wanted: asks.wanted, form: asks.form }))
    }
}

impl Reply {
    /// Writes what a model said.
    pub(in crate::server::score) fn write(
        &self,
        answer: python::Answer,
        loaded: &Loaded,
    ) -> Result<Answer, Failure> {
        let outputs = tensors::chosen(tensors::of(answer, loaded)?, &self.wanted)?;
        Ok(match self.form {
            Form::Json => json::write(&outputs, &self.id, loaded),
            Form::Message { raw } => contents::write(outputs, &self.id, raw, loaded),
        })
    }
}
