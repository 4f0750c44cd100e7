//! What a client of the registry gets for a secret: good for an hour and for some repositories, and worth nothing once the
//! secret is revoked.
//!
//! ```text
//! grant.<base64 of what it holds>.<base64 of its keyed BLAKE3>      the key is made when the hub starts, and kept nowhere
//! ```

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::secret::{Hash, hash_of};

/// What it begins with: nobody takes it for a secret.
const PREFIX: &str = "grant.";

/// Longer texts are none.
const LONGEST: usize = 16 << 10;

/// How long one is good for, in seconds: a client asks for the next one when it is told to.
pub(in crate::server) const LIFE: i64 = 3600;

/// Which secret it is for, and what it lets its holder do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::server) struct Grant {
    secret: [u8; 32],
    /// `repository:team/train:pull`, one action each.
    pub(in crate::server) scopes: Vec<String>,
    until: i64,
}

/// Makes grants, and knows those that it has made.
pub(in crate::server) struct Mint {
    key: [u8; 32],
}

impl fmt::Debug for Mint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mint")
    }
}

impl Default for Mint {
    fn default() -> Self {
        let mut key = [0; 32];
        getrandom::fill(&mut key).expect("the system has randomness");
        Self { key }
    }
}

impl Grant {
    /// Returns the hash of the secret that it is for.
    pub(super) fn hash(&self) -> Hash {
        Hash::from_bytes(self.secret)
    }

    /// Tells whether a text calls itself one: what is wrong with it is its age, or that the hub has started again.
    pub(in crate::server) fn is_named_by(shown: &str) -> bool {
        shown.starts_with(PREFIX)
    }
}

impl Mint {
    /// Writes a grant of `scopes` for whoever knows `secret`; nothing where that is no secret.
    pub(in crate::server) fn issue(
        &self,
        secret: &str,
        scopes: Vec<String>,
        now: i64,
    ) -> Option<String> {
        let secret = *hash_of(secret)?.as_bytes();
        let grant = Grant { secret, scopes, until: now.saturating_add(LIFE * 1000) };
        let held = serde_json::to_vec(&grant).ok()?;
        let seal = blake3::keyed_hash(&self.key, &held);
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        Some(format!("{PREFIX}{}.{}", text(&held), text(seal.as_bytes())))
    }

    /// Reads a grant of this hub that has not ended.
    pub(in crate::server) fn read(&self, shown: &str, now: i64) -> Option<Grant> {
        let rest = shown.strip_prefix(PREFIX).filter(|_| shown.len() <= LONGEST)?;
        let (held, seal) = rest.split_once('.')?;
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
        let (held, seal) = (bytes(held)?, Hash::from_slice(&bytes(seal)?).ok()?);
        // Compared in constant time.
        if blake3::keyed_hash(&self.key, &held) != seal {
            return None;
        }
        let grant: Grant = serde_json::from_slice(&held).ok()?;
        (grant.until > now).then_some(grant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_read_by_the_hub_that_made_it_until_it_ends() {
        let (mint, other) = (Mint::default(), Mint::default());
        let text = mint.issue("mls_x", vec!["repository:a:pull".to_owned()], 1000).unwrap();
        let grant = mint.read(&text, 1000).unwrap();
        assert_eq!(grant.scopes, ["repository:a:pull"]);
        assert_eq!(Some(grant.hash()), hash_of("mls_x"));
        let end = 1000 + LIFE * 1000;
        assert!(mint.read(&text, end - 1).is_some() && mint.read(&text, end).is_none());
        assert!(other.read(&text, 1000).is_none());
        let (held, seal) = text.rsplit_once('.').unwrap();
        let longer = format!("{held}AA.{seal}");
        for wrong in ["", "grant.", "grant..", held, &longer, &text[..text.len() - 2]] {
            assert!(mint.read(wrong, 1000).is_none(), "{wrong}");
        }
        assert!(Grant::is_named_by(&text) && !Grant::is_named_by("mls_x"));
    }
}
