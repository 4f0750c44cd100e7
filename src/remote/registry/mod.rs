//! Registries, as the OCI distribution specification has them: references, digests, blobs and manifests.
//!
//! Knows bytes and their digests; what a manifest means is the business of room `image`.

mod access;
mod blob;
pub(in crate::remote) mod challenge;
mod client;
mod descriptor;
mod digest;
mod endpoint;
mod error;
mod fault;
mod list;
mod reference;
mod request;
mod token;
mod upload;

pub use access::{Access, Host, Login, Logins};
pub use blob::{Blob, Failure};
pub use client::{Client, MAX_MANIFEST, Manifest, Target};
pub use descriptor::Descriptor;
pub use digest::{Algorithm, Digest, Hasher, ParseDigestError};
pub use error::Error;
pub use reference::{DOCKER_HUB, LATEST, ParseReferenceError, Reference};
pub use upload::{How, Sent, Source, Upload};
