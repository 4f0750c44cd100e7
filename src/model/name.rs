//! Names of models and aliases, how they stand in refs, and how a user writes a version: `iris@v3`, `iris@champion`.

use std::fmt;

use crate::model::Error;

/// Bytes of a name as it stands in a ref; file systems hold no longer ones.
const LONGEST_PART: usize = 255;
/// Characters of an alias, as in MLflow.
const LONGEST_ALIAS: usize = 255;
/// The key and the value of a tag, in characters, as in MLflow.
const LONGEST_KEY: usize = 250;
const LONGEST_VALUE: usize = 100_000;
/// What MLflow understands as the highest number; it is no alias.
pub const LATEST: &str = "latest";

/// Which version of which model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub name: String,
    pub which: Which,
}

/// Which version of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    Latest,
    Number(u64),
    Alias(String),
}

impl Reference {
    /// Reads `iris`, `iris@v3`, `iris@latest` or `iris@champion`. What stands before the last `@` is the name.
    pub fn parse(text: &str) -> Self {
        let (name, which) = match text.rsplit_once('@') {
            None => (text, Which::Latest),
            Some((name, version)) => (name, Which::parse(version)),
        };
        Self { name: name.to_owned(), which }
    }
}

impl Which {
    fn parse(text: &str) -> Self {
        match number(text) {
            Some(number) => Self::Number(number),
            None if text.eq_ignore_ascii_case(LATEST) => Self::Latest,
            None => Self::Alias(text.to_owned()),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.which {
            Which::Latest => f.write_str(&self.name),
            Which::Number(number) => write!(f, "{}@v{number}", self.name),
            Which::Alias(alias) => write!(f, "{}@{alias}", self.name),
        }
    }
}

/// Returns the number in `v3`; nothing in any other text.
pub fn number(text: &str) -> Option<u64> {
    let digits = text.strip_prefix(['v', 'V'])?;
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

/// Checks that a model may be called `name`: MLflow's rules, and room for it in a ref.
pub fn check(name: &str) -> Result<(), Error> {
    let reason = match name {
        _ if name.trim().is_empty() => "it is empty",
        _ if name.contains(['/', ':']) => "it has `/` or `:` in it",
        _ if name == "." || name.starts_with("..") => "it means a folder",
        _ if encode(name).len() > LONGEST_PART => "it is too long",
        _ => return Ok(()),
    };
    Err(bad("model", name, reason))
}

/// Checks that an alias may be called `alias`: MLflow's rules.
pub fn check_alias(alias: &str) -> Result<(), Error> {
    let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let reason = match alias {
        "" => "it is empty",
        _ if alias.eq_ignore_ascii_case(LATEST) => "it always means the highest number",
        _ if number(alias).is_some() => "it means a number",
        _ if !alias.chars().all(plain) => "it has more than letters, digits, `_` and `-` in it",
        _ if alias.chars().count() > LONGEST_ALIAS || part_of_alias(alias).len() > LONGEST_PART => {
            "it is too long"
        }
        _ => return Ok(()),
    };
    Err(bad("alias", alias, reason))
}

/// Checks the key and the value of a tag: MLflow's rules.
pub fn check_tag(key: &str, value: &str) -> Result<(), Error> {
    check_key(key)?;
    fits("value of tag", key, value, LONGEST_VALUE)
}

/// Checks the key of a tag.
pub fn check_key(key: &str) -> Result<(), Error> {
    let known = |c: char| c.is_alphanumeric() || "/_.- :".contains(c);
    let reason = match key {
        "" => "it is empty",
        _ if !key.chars().all(known) => {
            "only letters, digits, `_`, `-`, `.`, `/`, `:` and spaces are allowed"
        }
        _ if key.starts_with("..") => "it begins with `..`",
        _ if key.split('/').any(|part| matches!(part, "" | "." | "..")) => {
            "a part between `/` is empty, `.` or `..`"
        }
        _ => return fits("key of tag", key, key, LONGEST_KEY),
    };
    Err(bad("tag", key, reason))
}

/// Returns `name` as it stands in a ref: letters and digits of any script and a few signs as they are, all else as `%`
/// and two hex digits for each byte. Nothing that a ref or a file system would refuse or take for another comes out.
pub fn encode(name: &str) -> String {
    let mut part = String::with_capacity(name.len());
    let folded = name.to_lowercase();
    let lock = folded.ends_with(".lock").then(|| name.len().saturating_sub(".lock".len()));
    for (at, c) in name.char_indices() {
        let first = at == 0 && (matches!(c, '.' | '-') || folded == "head");
        let last = at + c.len_utf8() == name.len() && c == '.';
        let twice = c == '.' && name[..at].ends_with('.');
        let plain = c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '+' | '=' | ',');
        match plain && !first && !last && !twice && lock != Some(at) {
            true => part.push(c),
            false => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    part.push_str(&format!("%{byte:02X}"));
                }
            }
        }
    }
    part
}

/// Returns the name that [`encode`] has written; nothing where it has not written this.
pub fn decode(part: &str) -> Option<String> {
    let bytes = percent_encoding::percent_decode_str(part);
    let name = bytes.decode_utf8().ok()?.into_owned();
    (encode(&name) == part && check(&name).is_ok()).then_some(name)
}

/// Returns the folder of refs of a model, with `/` behind it.
pub fn folder(name: &str) -> String {
    format!("models/{}/", encode(name))
}

/// Returns what an alias is called in its model's folder.
pub(super) fn part_of_alias(alias: &str) -> String {
    format!("@{}", encode(alias))
}

fn bad(what: &'static str, name: &str, reason: &'static str) -> Error {
    Error::BadName { what, name: name.chars().take(120).collect(), reason }
}

fn fits(what: &'static str, name: &str, value: &str, limit: usize) -> Result<(), Error> {
    let size = value.chars().count();
    match size > limit {
        true => Err(Error::TooLong { what, name: name.chars().take(60).collect(), size, limit }),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::refs;

    #[test]
    fn every_name_that_mlflow_allows_finds_a_ref_of_its_own_and_comes_back() {
        for name in [
            "iris",
            "my model",
            "größe 漢字",
            "a@b",
            "100%",
            "%41",
            "a..b",
            ".hidden",
            "-x",
            "x.",
            "x.lock",
            "X.LOCK",
            "HEAD",
            "head",
            "a\u{202e}b",
            "a\tb",
            "~^?*[\\",
            "a{b}",
            "…",
            "é",
            "e\u{301}",
        ] {
            check(name).unwrap();
            let reference = format!("{}registered", folder(name));
            refs::check_name(&reference).unwrap_or_else(|error| panic!("{name:?}: {error}"));
            assert_eq!(decode(&encode(name)).as_deref(), Some(name), "{reference}");
        }
        assert_eq!(encode("iris-2_v1.0"), "iris-2_v1.0");
        for part in ["%69ris", "a%2", "%2f", "%zz", "", "a%2Fb", "a b"] {
            assert_eq!(decode(part), None, "{part}");
        }
    }

    #[test]
    fn names_that_mlflow_refuses_are_refused() {
        let long = "x".repeat(256);
        for name in ["", "  ", "a/b", "a:b", ".", "..", "..a", &long] {
            assert!(check(name).is_err(), "{name}");
        }
        for alias in ["", "latest", "Latest", "v1", "V22", "a b", "a.b", "a/b", &long] {
            assert!(check_alias(alias).is_err(), "{alias}");
        }
        for alias in ["champion", "v", "v1x", "A-b_9", "größe", &long[1..254]] {
            check_alias(alias).unwrap();
        }
        for key in ["", ".", "..a", "a//b", "/a", "a/", "a=b", "a/../b", &long] {
            assert!(check_key(key).is_err(), "{key}");
        }
        assert!(check_tag("mlflow.prompt.text", &"é".repeat(100_000)).is_ok());
        assert!(check_tag("k", &"é".repeat(100_001)).is_err());
    }

    #[test]
    fn a_version_is_written_as_the_user_means_it() {
        for (text, name, which) in [
            ("iris", "iris", Which::Latest),
            ("iris@v3", "iris", Which::Number(3)),
            ("iris@latest", "iris", Which::Latest),
            ("iris@champion", "iris", Which::Alias("champion".to_owned())),
            ("a@b@v12", "a@b", Which::Number(12)),
            ("iris@v", "iris", Which::Alias("v".to_owned())),
        ] {
            assert_eq!(
                Reference::parse(text),
                Reference { name: name.to_owned(), which },
                "{text}"
            );
        }
    }
}
