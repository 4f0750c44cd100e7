//! A process that stands behind a container costs little memory while nothing happens, however many there are.

use std::time::Duration;

use super::sys;

/// So long nothing happens before memory is given back that only what happens needs.
const LULL: Duration = Duration::from_secs(1);

/// Of a process that waits again and again: whether it has given back what it does not need to wait.
#[derive(Debug, Default)]
pub(super) struct Lull {
    light: bool,
}

impl Lull {
    /// Returns how long to wait at most before [`Lull::waited`] is to be told; nothing where it has been.
    pub(super) fn most(&self) -> Option<Duration> {
        (!self.light).then_some(LULL)
    }

    /// Says that the wait is over, and whether nothing has happened.
    pub(super) fn waited(&mut self, nothing: bool) {
        if nothing && !self.light {
            sys::give_back_memory();
        }
        self.light = nothing;
    }
}
