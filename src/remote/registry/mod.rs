//! Registries, as the OCI distribution specification has them: references, digests, blobs and manifests.
//!
//! Knows bytes and their digests; what a manifest means is the business of room `image`.

mod access;
mod descriptor;
mod digest;
mod error;
mod reference;

pub use access::{Access, Host, Login, Logins};
pub use descriptor::Descriptor;
pub use digest::{Algorithm, Digest, Hasher, ParseDigestError};
pub use error::Error;
pub use reference::{DOCKER_HUB, LATEST, ParseReferenceError, Reference};
