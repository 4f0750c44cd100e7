//! All integration tests, in one program: one link, one sandbox, one place to look.

mod licences;
mod penguins;
mod store;
mod track;
