//! The time of day, as a value that is handed down, so that a test can stop it.

use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the time, in milliseconds since 1970 (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    /// The clock of the machine.
    #[default]
    System,
    /// A clock that stands still.
    Fixed(i64),
    /// The clock of the machine, off by so many milliseconds.
    Shifted(i64),
}

impl Clock {
    /// Returns the time in milliseconds since 1970 (UTC); negative before.
    pub fn now(&self) -> i64 {
        match self {
            Self::System => system(),
            Self::Fixed(time) => *time,
            Self::Shifted(by) => system().saturating_add(*by),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
fn system() -> i64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
    }
}
