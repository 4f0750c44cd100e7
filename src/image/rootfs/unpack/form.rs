//! Who unpacks: what owners, devices and attributes this process may give.

use std::fs;

use crate::base::Digest;

/// What a folder of a layer looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As the layer says.
    Root,
    /// As far as a user may; the number tells those of other users and namespaces apart.
    User(u64),
}

impl Form {
    /// Finds out who this process is.
    pub(super) fn here() -> Self {
        let map = |name: &str| fs::read_to_string(format!("/proc/self/{name}")).unwrap_or_default();
        let (uids, gids) = (map("uid_map"), map("gid_map"));
        let user = rustix::process::geteuid();
        let whole =
            |map: &str| map.is_empty() || map.split_whitespace().eq(["0", "0", "4294967295"]);
        if user.is_root() && whole(&uids) && whole(&gids) {
            return Self::Root;
        }
        let key = format!("{}\n{uids}\n{gids}", user.as_raw());
        let digest = Digest::of(key.as_bytes());
        let head = digest.as_bytes().first_chunk().expect("a digest has 32 bytes");
        Self::User(u64::from_be_bytes(*head))
    }

    /// Returns what the name of a folder ends with.
    pub(super) fn suffix(self) -> String {
        match self {
            Self::Root => String::new(),
            Self::User(number) => format!("-user-{number:016x}"),
        }
    }

    /// Returns the attributes that say "opaque"; the first that can be set is enough.
    pub(super) fn opaque(self) -> &'static [&'static [u8]] {
        match self {
            Self::Root => &[b"trusted.overlay.opaque", b"user.overlay.opaque"],
            Self::User(_) => &[b"user.overlay.opaque"],
        }
    }
}
