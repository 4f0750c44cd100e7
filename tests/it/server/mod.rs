//! The hub, through the library and over the wire.

mod artifacts;
mod logged_models;
mod token;
