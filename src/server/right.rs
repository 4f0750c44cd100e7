//! What a route asks for and a token gives.

use std::fmt;
use std::str::FromStr;

/// A right; each holds those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Anybody's, without a token.
    None,
    Read,
    Write,
    Admin,
}

impl Right {
    /// Returns the word that people read and write.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Right {
    type Err = ();

    /// Reads a right that a token can give.
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Read, Self::Write, Self::Admin]
            .into_iter()
            .find(|one| one.as_str() == text)
            .ok_or(())
    }
}
