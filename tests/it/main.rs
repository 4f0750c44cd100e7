//! All integration tests, in one program: one link, one sandbox, one place to look.

#![expect(clippy::disallowed_methods, reason = "a test arranges the disk and its own environment")]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test that called them")]
#![expect(clippy::duplicate_mod, reason = "what holds of stores in folders is tested of hubs too")]

mod support;

mod cli;
mod container;
mod fixtures;
mod hostile;
mod image;
mod interop;
mod licences;
mod model;
mod penguins;
mod proof;
mod remote;
mod server;
mod store;
mod track;
mod walls;
