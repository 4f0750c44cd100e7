//! Models: names that people agree on, versions under them, and aliases that say which version counts.
//!
//! ```text
//! refs
//! models/iris/registered    registered-model    description, tags, and the last number that was given
//! models/iris/v3            model               version 3: source, run, content; never changes, knows no number
//! models/iris/v3.about      about-model         what was said of version 3 since: description, tags, stage
//! models/iris/@champion     alias               a number, and the model that had it
//! ```
//!
//! A name stands in refs as [`name::encode`] writes it. Everything of a model lies below one folder of refs: one look
//! reads it, one prefix grants it. What a version *is* can be pushed and never moved; what is *said* of it is merged key
//! by key as runs are. Numbers are never given twice: the record of a model outlives the model.

pub mod compare;
mod error;
pub mod export;
pub mod filter;
mod fit;
pub mod format;
pub mod import;
pub mod inspect;
pub mod lineage;
pub mod merge;
pub mod mlmodel;
pub mod name;
mod node;
pub mod onnx;
mod order;
pub mod record;
pub mod register;
pub mod registry;
pub mod score;
pub mod search;
pub mod signature;
pub mod source;
pub mod yaml;

pub use error::Error;
pub use fit::fits;
pub use name::{Reference, Which};
pub use node::{About, Alias, Model, PROMPT_TAG, Registered, Stage, is_prompt};
pub use registry::{Entry, Version};
pub use signature::Signature;
