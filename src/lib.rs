//! `mls` keeps container image layers, experiment runs and model versions as immutable, content-addressed objects
//! in one local store, and exchanges them between stores as git does.
//!
//! # Rooms, lowest first
//!
//! A room may use the rooms above it in this list and never one below it; `tests/it/walls.rs` holds the exact table.
//!
//! - [`base`]: digests, clock, atomic files, progress. Knows nothing of `mls`.
//! - [`store`]: objects, packs, refs and operations on disk. Knows links between objects, not their meaning.
//! - [`remote`]: other stores, as links and refs; registries, as blobs and manifests. Moves what is missing, verifies what arrives.
//! - [`container`]: a process in a box. Knows a root folder, not an image.
//! - [`image`]: layers, manifests, Dockerfiles; what is built, pulled, pushed and unpacked.
//! - [`track`]: what objects mean as experiments, runs and metrics; search and comparison of runs.
//! - [`model`]: models by name, their numbered versions and aliases; where a version came from.
//! - [`server`]: HTTP faces over one store; each translates and none knows another.
//!
//! The command line is no part of this library: `cli` is a module of `main.rs`, and of `serve.rs`, which is `mls` with one command.

pub mod base;
pub mod container;
pub mod image;
pub mod model;
pub mod remote;
pub mod server;
pub mod store;
pub mod track;
