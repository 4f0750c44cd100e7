//! The name of content in a registry: an algorithm and lower-case hex digits, as in `sha256:2cf2…`.
//!
//! Parsed before any path or request is made of it: what is no digest gets no further (image-spec, descriptor.md).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::Digest as _;

/// The algorithms that the image specification registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    Sha256,
    Sha512,
}

impl Algorithm {
    /// Returns the word before the colon.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    /// Returns how many bytes a digest has.
    pub const fn length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    /// Begins a digest.
    pub fn hasher(self) -> Hasher {
        match self {
            Self::Sha256 => Hasher::Sha256(sha2::Sha256::new()),
            Self::Sha512 => Hasher::Sha512(sha2::Sha512::new()),
        }
    }
}

impl FromStr for Algorithm {
    type Err = ParseDigestError;

    fn from_str(text: &str) -> Result<Self, ParseDigestError> {
        let found = [Self::Sha256, Self::Sha512].into_iter().find(|known| known.as_str() == text);
        found.ok_or_else(|| ParseDigestError::of(text))
    }
}

/// A digest of 32 or 64 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest {
    algorithm: Algorithm,
    /// Those behind the algorithm's length are zero.
    bytes: [u8; 64],
}

/// Tells why a text is no digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a digest; expected `sha256:` and 64, or `sha512:` and 128, lower-case hex digits", .0.escape_debug())]
pub struct ParseDigestError(String);

impl ParseDigestError {
    fn of(text: &str) -> Self {
        Self(text.chars().take(200).collect())
    }
}

impl Digest {
    /// Returns the sha256 of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self::with(Algorithm::Sha256, bytes)
    }

    /// Returns the digest of `bytes`.
    pub fn with(algorithm: Algorithm, bytes: &[u8]) -> Self {
        let mut hasher = algorithm.hasher();
        hasher.update(bytes);
        hasher.finish()
    }

    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Returns the hex digits alone.
    pub fn hex(&self) -> String {
        self.to_string()[self.algorithm.as_str().len() + 1..].to_owned()
    }

    /// Returns the first 12 hex digits: what people are shown.
    pub fn short(&self) -> String {
        self.hex()[..12].to_owned()
    }

    fn from_slice(algorithm: Algorithm, slice: &[u8]) -> Self {
        let mut bytes = [0; 64];
        bytes[..slice.len()].copy_from_slice(slice);
        Self { algorithm, bytes }
    }
}

/// Takes bytes piece by piece.
#[derive(Debug, Clone)]
pub enum Hasher {
    Sha256(sha2::Sha256),
    Sha512(sha2::Sha512),
}

impl Hasher {
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    pub fn finish(self) -> Digest {
        match self {
            Self::Sha256(hasher) => Digest::from_slice(Algorithm::Sha256, &hasher.finalize()),
            Self::Sha512(hasher) => Digest::from_slice(Algorithm::Sha512, &hasher.finalize()),
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.algorithm.as_str())?;
        self.bytes[..self.algorithm.length()].iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = ParseDigestError;

    fn from_str(text: &str) -> Result<Self, ParseDigestError> {
        let wrong = || ParseDigestError::of(text);
        let (algorithm, hex) = text.split_once(':').ok_or_else(wrong)?;
        let algorithm: Algorithm = algorithm.parse().map_err(|_| wrong())?;
        if hex.len() != 2 * algorithm.length() {
            return Err(wrong());
        }
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let mut bytes = [0; 64];
        for (to, pair) in bytes.iter_mut().zip(hex.as_bytes().chunks(2)) {
            let (high, low) =
                (digit(pair[0]).ok_or_else(wrong)?, digit(pair[1]).ok_or_else(wrong)?);
            *to = high << 4 | low;
        }
        Ok(Self { algorithm, bytes })
    }
}

impl TryFrom<String> for Digest {
    type Error = ParseDigestError;

    fn try_from(text: String) -> Result<Self, ParseDigestError> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r01_what_is_no_digest_is_refused() {
        let sound = Digest::of(b"x").to_string();
        assert_eq!(sound.parse::<Digest>().map(|digest| digest.to_string()), Ok(sound.clone()));
        let long = Digest::with(Algorithm::Sha512, b"x").to_string();
        assert_eq!(long.parse::<Digest>().map(|digest| digest.to_string()), Ok(long));
        let hex = &sound[7..];
        for text in [
            "",
            "sha256",
            "sha256:",
            "sha256:../../etc/x",
            &sound[..70],
            &format!("{sound}0"),
            &format!("sha256:{}", hex.to_uppercase().replace(|c: char| c.is_ascii_digit(), "A")),
            &format!("md5:{hex}"),
            &format!("sha512:{hex}"),
            &format!("sha256+b64:{hex}"),
            &format!("sha256:{}\0", &hex[..63]),
            &format!(" {sound}"),
        ] {
            assert!(text.parse::<Digest>().is_err(), "{text:?}");
        }
    }
}
