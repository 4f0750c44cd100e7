//! Scoring: what a loaded model takes, gives and can do, whatever runs it.
//!
//! ```text
//! request ── table::Table ──┐                    ┌── Value::Tensor
//!            (columns)      ├─ Engine::predict ──┤   Value::Maps (ZipMap)
//!            tensor::Tensor ┘  (native rten ort) └── Output::Json (Python)
//! ```
//!
//! Files of models are hostile until they are read: an engine of ours bounds what it allocates by what the file holds,
//! and what others have written runs in workers, where it can be ended.

mod boosted;
mod engine;
mod error;
mod fit;
pub mod half;
mod load;
mod maps;
mod native;
pub mod network;
mod ports;
pub mod python;
pub mod table;
pub mod tensor;
mod trees;
pub mod worker;

pub use engine::{
    Apart, Choice, Engine, Format, Input, Manner, Options, Output, Port, PortKind, Source, Stop,
    Value,
};
pub use error::Error;
use fit::fitted;
pub use fit::{table_of, tensors_for};
pub use load::load;
pub use table::{Column, Table, Values};
pub use tensor::{Data, Element, Tensor};
