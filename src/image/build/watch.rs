//! How a build tells its caller what it does.

use crate::container::Stream;

/// Receives news of a build; the caller decides how they are shown. Called from several threads.
pub trait Watch: Sync {
    /// Step `number` begins; its name says the stage and the instruction.
    fn begin(&self, number: usize, name: &str);
    /// The command of a step has written something.
    fn output(&self, number: usize, stream: Stream, bytes: &[u8]);
    /// Step `number` is over.
    fn end(&self, number: usize, end: &End);
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It was done before.
    Cached,
    Done,
    /// It was given up because another failed.
    Cancelled,
    Failed(String),
}

/// Drops all news.
#[derive(Debug, Clone, Copy)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn begin(&self, _number: usize, _name: &str) {}
    fn output(&self, _number: usize, _stream: Stream, _bytes: &[u8]) {}
    fn end(&self, _number: usize, _end: &End) {}
}
