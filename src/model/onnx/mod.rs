//! ONNX files: what a model takes and gives, its operators and its weights. Nothing is run here.
//!
//! A file is one `ModelProto` in the wire format of protocol buffers. It is borrowed, not copied: a list of tensors of a
//! file of 1 GB costs what its names cost. Lengths, shapes and depths are bounded by what the file holds before
//! anything is allocated by them.

pub mod apart;
pub mod element;
mod error;
pub mod external;
mod filled;
mod proto;
mod tensor;
mod wire;

pub use error::Error;
pub use filled::filled;
pub use proto::{Attribute, Dim, Graph, Kind, Model, Node, ValueInfo, read};
pub use tensor::{External, Payload, Tensor};
