//! Where a file lies among the artifacts: what a client may say, and what it means.

use std::fmt;

use percent_encoding::percent_decode_str;

use crate::store::name;
use crate::track::Error;

/// The longest path, in bytes: none is longer on the systems that artifacts are checked out to.
pub const MAX_PATH: usize = 4096;

/// A text that is still changed by decoding after so many times is an attack.
const MOST_DECODED: usize = 10;

/// A path below the top: names with `/` between them, none of which means a folder above. Empty for the top itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ArtifactPath(String);

impl ArtifactPath {
    /// Reads what came over the network, as MLflow's server does: percent codes are decoded until none is left, so that
    /// no layer behind this one finds another meaning; control characters are written as such codes.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let bad = |reason| Err(bad(text, reason));
        let Some(decoded) = decode(text) else { return bad("it is encoded too often") };
        if decoded.len() > MAX_PATH {
            return bad("it is longer than 4096 bytes");
        }
        if decoded.contains(['\0', '\\', '#']) {
            return bad("it holds a zero byte, a backslash or a `#`");
        }
        let drive = decoded.as_bytes();
        let has_drive = drive.len() > 2 && drive[0].is_ascii_alphabetic() && &drive[1..3] == b":/";
        if decoded.starts_with('/') || has_drive || decoded.starts_with("file:") {
            return bad("it is absolute");
        }
        let mut names: Vec<&str> = vec![];
        for name in decoded.split('/') {
            match name {
                "" | "." => {}
                ".." => return bad("it leads out of the artifacts"),
                name => names.push(name),
            }
        }
        let path = escaped(&names.join("/"));
        for part in path.split('/').filter(|_| !path.is_empty()) {
            if name::check_foreign(part.as_bytes()).is_err() {
                return bad("a name in it is too long, or taken for a store");
            }
        }
        Ok(Self(path))
    }

    /// Returns the path of what lies below this one.
    pub fn below(&self, rest: &Self) -> Self {
        match (self.is_top(), rest.is_top()) {
            (true, _) => rest.clone(),
            (_, true) => self.clone(),
            _ => Self(format!("{}/{}", self.0, rest.0)),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_top(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the last name.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// Returns the folders that this path lies in, the outermost first, without the top.
    pub(super) fn folders(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').map(|(at, _)| &self.0[..at])
    }

    /// Returns the bounds between which the paths below this one lie.
    pub(super) fn bounds(&self) -> (String, String) {
        match self.is_top() {
            true => (String::new(), "\u{10ffff}".to_owned()),
            false => (format!("{}/", self.0), format!("{}0", self.0)), // `0` comes behind `/`
        }
    }
}

impl fmt::Display for ArtifactPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn decode(text: &str) -> Option<String> {
    let mut text = text.to_owned();
    for _ in 0..MOST_DECODED {
        let decoded = percent_decode_str(&text).decode_utf8_lossy().into_owned();
        if decoded == text {
            return Some(text);
        }
        text = decoded;
    }
    None
}

fn escaped(text: &str) -> String {
    if !text.contains(|c: char| c.is_ascii_control()) {
        return text.to_owned();
    }
    let escape = |c: char| match c.is_ascii_control() {
        true => format!("%{:02x}", u32::from(c)),
        false => c.to_string(),
    };
    text.chars().map(escape).collect()
}

fn bad(text: &str, reason: &'static str) -> Error {
    let name = text.chars().take(120).collect();
    Error::BadName { what: "artifact path", name, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h01_paths_that_lead_elsewhere_are_refused() {
        let (long, deep) = ("n".repeat(256), "n/".repeat(4096));
        let often = format!("%{}2e%2e/x", "25".repeat(12));
        for path in [
            "..",
            "a/../b",
            "a/..",
            "%2e%2e/x",
            "%252e%252e/x",
            "..%2fx",
            "..%252fx",
            "a\\..\\b",
            "%5c",
            "/etc/passwd",
            "//abs",
            "%2fetc",
            "C:/x",
            "file:///etc/passwd",
            "a\0b",
            "a%00b",
            "a#b",
            ".mlstore/meta.db",
            &long,
            &deep,
            &often,
        ] {
            assert!(ArtifactPath::parse(path).is_err(), "{path:.40}");
        }
    }

    #[test]
    fn a_path_means_the_same_however_it_is_spelled() {
        for (text, path) in [
            ("model/MLmodel", "model/MLmodel"),
            ("a//b/./c/", "a/b/c"),
            ("", ""),
            (".", ""),
            ("größe %25.txt", "größe %.txt"),
            ("100%.txt", "100%.txt"),
            ("a%20b", "a b"),
            ("a\nb", "a%0ab"),
            ("...", "..."),
            ("a..b", "a..b"),
        ] {
            assert_eq!(ArtifactPath::parse(text).unwrap().as_str(), path, "{text}");
        }
    }

    #[test]
    fn a_path_knows_its_folders_and_what_lies_below_it() {
        let path = ArtifactPath::parse("a/b/c").unwrap();
        assert_eq!(path.folders().collect::<Vec<_>>(), ["a", "a/b"]);
        let (low, high) = path.bounds();
        assert!(low.as_str() < "a/b/c/x" && "a/b/c/x" < high.as_str());
        assert!("a/b/c-x" < low.as_str() && "a/b/c1" > high.as_str());
    }
}
