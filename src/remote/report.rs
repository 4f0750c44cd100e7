//! What an exchange did.

use crate::remote::Refusal;
use crate::store::Link;

/// What travelled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// Objects that were missing.
    pub objects: u64,
    /// Bytes that were written for them.
    pub copied: u64,
    /// Bytes that both stores share on disk from now on.
    pub shared: u64,
}

/// How a ref moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    New,
    /// The new value came from the old one.
    Forward,
    /// Two versions became one.
    Merged,
    /// The new value did not come from the old one, and the user insisted.
    Forced,
    Removed,
}

/// A ref that moved, or would move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The name in the store that it was moved in, without `remotes/…` where it is remembered there.
    pub name: String,
    pub old: Option<Link>,
    pub new: Option<Link>,
    pub how: How,
}

/// What an exchange did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub moved: Vec<Moved>,
    /// Refs that were chosen and are the same on both sides.
    pub same: u64,
    /// Refs that the other side has newer versions of, so that there is nothing to push.
    pub behind: u64,
    /// Refs that stayed although the others moved.
    pub refused: Vec<Refusal>,
    /// Names of the other store that may be no refs here.
    pub bad_names: Vec<String>,
    /// Refs here that have another name from now on, since the other store means something else by theirs.
    pub renamed: Vec<(String, String)>,
    pub sent: Sent,
}
