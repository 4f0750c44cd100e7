//! Which names a file in a store may have. All others are refused: a name from elsewhere must not lead out of a folder.

use crate::store::Error;

/// No file system that we write to allows longer ones.
const MAX_NAME: usize = 255;

/// Characters that some file systems leave out when they compare names.
const IGNORED: [char; 18] = [
    '\u{200c}', '\u{200d}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}',
    '\u{202e}', '\u{206a}', '\u{206b}', '\u{206c}', '\u{206d}', '\u{206e}', '\u{206f}', '\u{2060}',
    '\u{ad}', '\u{feff}',
];

/// Refuses names that are none, or that mean something else than themselves.
pub fn check(name: &[u8]) -> Result<(), Error> {
    let reason = match name {
        b"" => "it is empty",
        b"." | b".." => "it means a folder",
        name if name.len() > MAX_NAME => "it is longer than 255 bytes",
        name if name.contains(&b'/') => "it holds a slash",
        name if name.contains(&0) => "it holds a zero byte",
        _ => return Ok(()),
    };
    Err(bad(name, reason))
}

/// Refuses what [`check`] refuses, and names that any file system could take for `.mlstore`.
pub fn check_foreign(name: &[u8]) -> Result<(), Error> {
    check(name)?;
    match is_store(name) {
        true => Err(bad(name, "some file systems take it for a store")),
        false => Ok(()),
    }
}

/// Returns whether some file system takes `name` for `.mlstore`: by case, by a tail of dots, as a short name, as a stream.
pub fn is_store(name: &[u8]) -> bool {
    // `.mlstore` and at most a few bytes of disguise for each letter.
    if name.len() > MAX_NAME || !name.iter().any(|byte| matches!(byte, b'm' | b'M')) {
        return false;
    }
    let text = String::from_utf8_lossy(name);
    let kept: String = text.chars().filter(|c| !IGNORED.contains(c)).collect();
    let folded = kept.to_lowercase().replace('ſ', "s");
    let stem = folded.split(':').next().unwrap_or_default().trim_end_matches(['.', ' ']);
    let short = stem.strip_prefix("mlstor~").or_else(|| stem.strip_prefix("mlsto~"));
    stem == ".mlstore" || short.is_some_and(|number| number.parse::<u32>().is_ok())
}

fn bad(name: &[u8], reason: &'static str) -> Error {
    Error::BadFileName { name: String::from_utf8_lossy(name).into(), reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s06_disguises_of_the_store_are_known() {
        for name in [
            ".mlstore",
            ".MLSTORE",
            ".mlstore.",
            ".mlstore . .",
            ".mlſtore",
            ".ml\u{200c}store",
            ".mlstore::$INDEX_ALLOCATION",
            "MLSTOR~1",
            "mlsto~12",
            "\u{feff}.mlstore",
        ] {
            assert!(is_store(name.as_bytes()), "{name:?}");
        }
        for name in ["mlstore", ".mlstores", ".ml", "mlstor~", "model", ".mlstore2", "mlstor~x"] {
            assert!(!is_store(name.as_bytes()), "{name:?}");
        }
    }

    #[test]
    fn t13_names_that_lead_elsewhere_are_refused_and_odd_ones_are_not() {
        for name in [b"".as_slice(), b".", b"..", b"a/b", b"/", b"a\0", &[b'a'; 256]] {
            assert!(check(name).is_err(), "{name:?}");
        }
        for name in [
            b"\xff\xfe".as_slice(),
            b"a\nb",
            b"\x1b[31m",
            "\u{202e}x".as_bytes(),
            b"...",
            &[b'a'; 255],
        ] {
            assert!(check(name).is_ok(), "{name:?}");
        }
    }
}
