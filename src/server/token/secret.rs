//! The secret of a token, and the only thing that is kept of it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What all secrets begin with, so that scanners and people know one when they see it.
const PREFIX: &str = "mls_";

/// How many letters follow: 256 bits, six a letter.
const RANDOM: usize = 43;

/// Longer texts are no secrets, and are not hashed to find that out.
const LONGEST: usize = 200;

/// The text that a client shows. It never shows itself: printing it takes [`Secret::reveal`].
#[derive(Clone)]
pub struct Secret(String);

/// What is kept of a secret. Compared in constant time.
pub(super) type Hash = blake3::Hash;

impl Secret {
    /// Makes a secret of 256 random bits.
    #[expect(clippy::new_without_default, reason = "each one is another")]
    pub fn new() -> Self {
        let mut bits = [0; 32];
        getrandom::fill(&mut bits).expect("the system has randomness");
        Self(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bits)))
    }

    /// Returns the text itself, for the one who asked for it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Tells whether something in `text` looks like a secret.
    pub fn is_within(text: &str) -> bool {
        let is_secret = |rest: &str| {
            let letters =
                rest.bytes().take_while(|c| c.is_ascii_alphanumeric() || b"-_".contains(c));
            letters.count() >= RANDOM
        };
        text.match_indices(PREFIX).any(|(at, _)| is_secret(&text[at + PREFIX.len()..]))
    }

    pub(super) fn hash(&self) -> [u8; 32] {
        *blake3::hash(self.0.as_bytes()).as_bytes()
    }
}

/// Returns the hash of what a client showed, whatever that is.
pub(super) fn hash_of(shown: &str) -> Option<Hash> {
    (shown.len() <= LONGEST).then(|| blake3::hash(shown.as_bytes()))
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h07_a_secret_has_256_bits_and_does_not_show_itself() {
        let (one, other) = (Secret::new(), Secret::new());
        assert_ne!(one.reveal(), other.reveal());
        assert_eq!(one.reveal().len(), PREFIX.len() + RANDOM);
        assert!(Secret::is_within(&format!("/x?a=b&token={}&c=d", one.reveal())));
        assert!(!Secret::is_within("/x?name=mls_hub&b=mls_tokens"));
        assert!(!format!("{one:?}").contains(&one.reveal()[4..]));
        assert!(hash_of(one.reveal()) == Some(Hash::from_bytes(one.hash())));
        assert!(hash_of(&"x".repeat(201)).is_none());
    }
}
