//! The hub, through the library and over the wire.

mod access;
mod artifacts;
mod ending;
mod limits;
mod logged_models;
pub(crate) mod oci;
mod registry;
pub(crate) mod score;
mod token;
mod tracking;
mod transport;
mod webhooks;
