//! Tools that any room may use. Nothing here knows what `mls` is for.

pub mod cause;
mod clock;
mod digest;
pub mod fs;
pub mod listing;
pub mod near;
pub mod parallel;
pub mod program;
mod progress;
pub mod size;
pub mod text;
pub mod time;
mod unified;

pub use clock::Clock;
pub use digest::{Digest, ParseDigestError};
pub use progress::{Progress, Silent, Task};
pub use unified::unified;
