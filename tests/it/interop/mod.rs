//! Against the real `mlflow` package from PyPI, unmodified: what it wrote is read, what we write it reads, and its client
//! works against the hub. Importing the package costs seconds, so one script checks many things.
//!
//! The package is in the Python that `MLS_TEST_PYTHON` names, or where `.ci/run` has put it; else these tests say
//! `skipped:` and why. `MLS_PROOF=full` makes the large ones as large as the issue asks.

mod boosted;
mod client;
mod formats;
mod inference;
mod moving;
mod package;
mod sandboxed;
mod scoring;
mod swapped;
