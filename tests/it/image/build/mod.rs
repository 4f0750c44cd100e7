//! Builds of real Dockerfiles.

mod abuse;
mod beside_buildah;
mod debian;
mod gc;
mod kills;
mod lab;
mod links;
mod peer;
mod roundtrip;
