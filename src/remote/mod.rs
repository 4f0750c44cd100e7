//! Other stores, as links and refs: what is missing travels, what arrives is verified.
//!
//! ```text
//! refs and their values ──► wanted: follow links, stop at what the other side has
//!                            └► plan: whole packs as files, whole frames as stored, the rest one by one
//!                                └► carry: into quarantine, every byte verified
//!                                    └► the writer's commit: packs published, all refs moved in one transaction
//! ```
//!
//! A push is the same in the other direction. What lies between the two stores is narrow, and a `Transport`: refs with
//! values, which ids the other side has, packs, and a compare-and-swap of several refs.

mod ancestry;
pub(crate) mod answer;
mod carry;
mod clone;
mod connect;
mod demand;
pub mod download;
mod error;
mod fetch;
mod graph;
mod list;
pub mod mlflow;
mod peer;
mod place;
mod plan;
mod pull;
mod push;
pub(crate) mod receive;
mod refname;
pub mod registry;
mod report;
mod transfer;
mod transport;
pub(crate) mod uploads;
mod url;
mod wanted;
pub(crate) mod wire;

pub use clone::{Clone, clone};
pub use demand::{heal, on_demand};
pub use error::{Error, Reason, Refusal};
pub use fetch::{Fetch, fetch};
pub use list::{add, check_new, find, list, remove, rename, set_url};
pub use peer::{Listing, MAX_REFS, Peer};
pub use pull::{Merge, Rename, Settle, pull};
pub use push::{Push, push};
pub use refname::{default_refs, is_immutable};
pub use report::{How, Moved, Report, Sent};
pub use transport::{Credential, Web};
pub use url::Url;

use crate::store::{Ref, Store};

/// Decides whether a ref travels; the store is the one that holds what the ref points at.
pub type Select<'a> =
    dyn Fn(&Store, &Ref) -> Result<bool, Box<dyn std::error::Error + Send + Sync>> + 'a;
