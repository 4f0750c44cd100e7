//! Processes that run what may hang, die or take too much memory: Python, and networks of others.
//!
//! ```text
//! Launch ─► Pool ─┬─ Worker ── Channel ── a process; a socket for its standard input
//!                 └─ Worker ── Channel ── …
//! ```
//!
//! A worker that dies, hangs or takes too much memory is ended and started again, a little later each time; the call
//! that it was at fails, and no other. One that dies while nobody asks is noticed, too. What is said over the channel is
//! the business of whoever starts it.

mod channel;
mod door;
mod error;
mod part;
mod pool;
mod process;
mod starts;

use std::fmt::Debug;
use std::os::unix::net::UnixStream;
use std::process::Child;
use std::time::{Duration, Instant};

pub(super) use channel::Channel;
pub(super) use door::Door;
pub use error::Error;
pub(super) use error::quoted;
pub(super) use part::Part;
pub(super) use pool::Pool;

/// How the workers of one model are started.
pub(super) trait Launch: Debug + Send + Sync + 'static {
    /// What a worker says of itself once it has loaded the model.
    type Ready: Debug + Send + 'static;

    fn bounds(&self) -> &Bounds;

    /// Starts a process, which loads the model.
    fn begin(&self) -> Result<Begun, Error>;

    /// Reads what a worker says first.
    fn ready(&self, head: &[u8]) -> Result<Self::Ready, Error>;
}

/// What a worker may take.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// How long it may take until it is ready.
    pub patience: Duration,
    /// How long one call may take.
    pub limit: Duration,
    /// How much memory of its own it may have, in bytes.
    pub memory: Option<u64>,
}

/// A process that has been started.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) child: Child,
    pub(super) link: Link,
}

/// How to talk to a process.
#[derive(Debug)]
pub(super) enum Link {
    /// By a socket that it has; it hears this first, once its bounds are set.
    Socket(UnixStream, Option<Vec<u8>>),
    /// By one that it opens itself, from within a container that has bounds of its own.
    Door(Door),
}

/// How the workers of a model are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    /// How many there are to be.
    pub count: usize,
    /// How many are ready or at work.
    pub alive: usize,
    /// How often one was started again.
    pub restarts: usize,
}

/// Returns how long it is until then.
fn left(deadline: Instant) -> Option<Duration> {
    Some(deadline.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
}
