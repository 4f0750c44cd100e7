//! Registries, as the OCI distribution specification has them: references, digests, blobs and manifests.
//!
//! Knows bytes and their digests; what a manifest means is the business of room `image`.

mod digest;

pub use digest::{Algorithm, Digest, Hasher, ParseDigestError};
