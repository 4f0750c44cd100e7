//! The name of a repository, checked once.

use std::fmt;

use super::Error;
use crate::remote::registry::Reference;

/// A repository: `team/train`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository(String);

impl Repository {
    /// Reads a name in the grammar of the distribution specification, which has no capital letters and no colons.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let plain =
            text.bytes().all(|byte| byte.is_ascii_lowercase() || b"0123456789._-/".contains(&byte));
        let same = text.parse::<Reference>().is_ok_and(|name| name.name() == text);
        match plain && same {
            true => Ok(Self(text.to_owned())),
            false => Err(Error::BadName(text.chars().take(300).collect())),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks what is to be a tag.
    pub fn check_tag(tag: &str) -> Result<(), Error> {
        let known = "x".parse::<Reference>().is_ok_and(|name| name.with_tag(tag).is_ok());
        match known {
            true => Ok(()),
            false => Err(Error::BadTag(tag.chars().take(200).collect())),
        }
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
