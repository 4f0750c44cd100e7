//! Images as a registry holds them: in repositories, pushed blob by blob, and then the manifest that needs them.
//!
//! ```text
//! upload (a file in cache/uploads) ──finish──► a blob in the store, held, and a row for its repository
//!                                                └──manifest──► an image, refs images/<repository>:<tag> and @<digest>
//! ```
//!
//! A blob is in a repository if somebody uploaded it there or an image there needs it: what another repository has does not
//! count, so that nobody finds out about it or gets it by its digest alone.

mod error;
mod index;
mod manifests;
mod referrers;
mod repository;
mod shelf;
mod uploads;

pub use error::Error;
pub use manifests::{Put, Which, delete, find, put, repositories, tags};
pub use referrers::{Referrer, referrers};
pub use repository::Repository;
pub use shelf::{find as find_blob, mount, remove as remove_blob};
pub use uploads::{abort, append, begin, finish, size};
