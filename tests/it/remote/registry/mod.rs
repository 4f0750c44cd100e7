//! Mirrors `src/remote/registry`.

mod reference;
