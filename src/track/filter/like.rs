//! LIKE: `%` stands for any text, `_` for one character. Matching takes time in proportion to the text.

use std::collections::HashMap;
use std::fmt;

/// A pattern made ready for many texts.
#[derive(Clone, PartialEq)]
pub struct Pattern {
    text: String,
    /// What stands between the `%`; without any `%` the only piece is the whole text.
    pieces: Vec<Piece>,
    any_case: bool,
    /// Whether the first piece must stand at the beginning, and the last at the end.
    fixed_start: bool,
    fixed_end: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Plain(String),
    Gaps(Gaps),
}

/// A piece with `_` in it. All its places are tried at once, a bit for each character of the piece (Shift-And),
/// as trying them one by one takes quadratic time.
#[derive(Debug, Clone, PartialEq)]
struct Gaps {
    letters: Vec<Option<char>>,
    /// For each letter the places it may stand at; for all other letters `others`.
    places: HashMap<char, Vec<u64>>,
    others: Vec<u64>,
}

/// A piece with `_` takes memory with the square of its length. No param or tag that MLflow knows is longer.
const LONGEST_WITH_GAPS: usize = 8192;

impl Pattern {
    /// Reads a pattern; the error is a fact about it.
    pub fn new(pattern: &str, any_case: bool) -> Result<Self, String> {
        let folded = if any_case { pattern.to_lowercase() } else { pattern.to_owned() };
        let pieces = folded.split('%').filter(|piece| !piece.is_empty());
        Ok(Self {
            text: pattern.to_owned(),
            pieces: pieces.map(Piece::new).collect::<Result<_, _>>()?,
            any_case,
            fixed_start: !folded.starts_with('%'),
            fixed_end: !folded.ends_with('%'),
        })
    }

    /// Tells whether all of `text` fits.
    pub fn matches(&self, text: &str) -> bool {
        match self.any_case {
            true => self.fits(&text.to_lowercase()),
            false => self.fits(text),
        }
    }

    fn fits(&self, text: &str) -> bool {
        let mut rest = text;
        let mut pieces = self.pieces.as_slice();
        if self.fixed_start {
            let Some((first, others)) = pieces.split_first() else { return text.is_empty() };
            let Some(behind) = first.strip_from(rest) else { return false };
            if others.is_empty() && self.fixed_end {
                // One piece that is fixed at both ends: a pattern without `%`.
                return behind.is_empty();
            }
            (rest, pieces) = (behind, others);
        }
        if self.fixed_end {
            let Some((last, others)) = pieces.split_last() else { return true };
            let Some(before) = last.strip_end(rest) else { return false };
            (rest, pieces) = (before, others);
        }
        pieces.iter().all(|piece| match piece.find(rest) {
            Some(behind) => {
                rest = &rest[behind..];
                true
            }
            None => false,
        })
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", if self.any_case { "ILIKE" } else { "LIKE" }, self.text)
    }
}

impl Piece {
    fn new(piece: &str) -> Result<Self, String> {
        if !piece.contains('_') {
            return Ok(Self::Plain(piece.to_owned()));
        }
        let letters: Vec<Option<char>> =
            piece.chars().map(|letter| (letter != '_').then_some(letter)).collect();
        match letters.len() > LONGEST_WITH_GAPS {
            true => Err(format!(
                "a part of a pattern with `_` has at most {LONGEST_WITH_GAPS} characters"
            )),
            false => Ok(Self::Gaps(Gaps::new(letters))),
        }
    }

    /// Returns what follows the piece if `text` begins with it.
    fn strip_from<'a>(&self, text: &'a str) -> Option<&'a str> {
        match self {
            Self::Plain(plain) => text.strip_prefix(plain.as_str()),
            Self::Gaps(gaps) => {
                let mut letters = text.chars();
                gaps.stand_at(&mut letters).then_some(letters.as_str())
            }
        }
    }

    /// Returns what precedes the piece if `text` ends with it.
    fn strip_end<'a>(&self, text: &'a str) -> Option<&'a str> {
        match self {
            Self::Plain(plain) => text.strip_suffix(plain.as_str()),
            Self::Gaps(gaps) => {
                let last = gaps.letters.len().checked_sub(1)?;
                let (start, _) = text.char_indices().rev().nth(last)?;
                gaps.stand_at(&mut text[start..].chars()).then(|| &text[..start])
            }
        }
    }

    /// Returns the byte behind the first place of the piece in `text`.
    fn find(&self, text: &str) -> Option<usize> {
        match self {
            Self::Plain(plain) => text.find(plain.as_str()).map(|at| at + plain.len()),
            Self::Gaps(gaps) => gaps.find(text),
        }
    }
}

impl Gaps {
    fn new(letters: Vec<Option<char>>) -> Self {
        let words = letters.len().div_ceil(64);
        let mut others = vec![0; words];
        for (place, letter) in letters.iter().enumerate() {
            if letter.is_none() {
                others[place / 64] |= 1 << (place % 64);
            }
        }
        let mut places: HashMap<char, Vec<u64>> = HashMap::new();
        for (place, letter) in letters.iter().enumerate() {
            if let Some(letter) = letter {
                let bits = places.entry(*letter).or_insert_with(|| others.clone());
                bits[place / 64] |= 1 << (place % 64);
            }
        }
        Self { letters, places, others }
    }

    fn stand_at(&self, text: &mut std::str::Chars<'_>) -> bool {
        self.letters.iter().all(|wanted| match text.next() {
            Some(letter) => wanted.is_none_or(|wanted| wanted == letter),
            None => false,
        })
    }

    fn find(&self, text: &str) -> Option<usize> {
        let last = self.letters.len() - 1;
        let mut begun = vec![0_u64; self.others.len()];
        for (at, letter) in text.char_indices() {
            let places = self.places.get(&letter).unwrap_or(&self.others);
            let mut carry = 1;
            for (word, place) in begun.iter_mut().zip(places) {
                let over = *word >> 63;
                *word = (*word << 1 | carry) & place;
                carry = over;
            }
            if begun[last / 64] >> (last % 64) & 1 == 1 {
                return Some(at + letter.len_utf8());
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_in_sql() {
        for (pattern, fits, fails) in [
            ("", &[""][..], &["a"][..]),
            ("%", &["", "a", "ä\n"], &[]),
            ("abc", &["abc"], &["ab", "abcd", "ABC"]),
            ("a%", &["a", "ab"], &["ba", ""]),
            ("%a", &["a", "ba"], &["ab"]),
            ("%a%", &["a", "bab"], &["b"]),
            ("a%a", &["aa", "aba"], &["a", "ab"]),
            ("a%b%c", &["abc", "axbxc"], &["acb", "ac"]),
            ("_", &["a", "ä"], &["", "ab"]),
            ("_%", &["a", "ab"], &[""]),
            ("%_", &["a", "ab"], &[""]),
            ("a_c", &["abc", "aäc"], &["ac", "abbc"]),
            ("%a_c%", &["xxabcxx", "aacc"], &["ac"]),
            ("%a_a_b", &["aaaab", "axaxb"], &["aab"]),
            ("__%__", &["abcd"], &["abc"]),
            ("%a_%_b%", &["axxb"], &["axb"]),
            ("100%", &["100", "100%"], &["10"]),
        ] {
            let ready = Pattern::new(pattern, false).unwrap();
            for text in fits {
                assert!(ready.matches(text), "{pattern:?} {text:?}");
            }
            for text in fails {
                assert!(!ready.matches(text), "{pattern:?} {text:?}");
            }
        }
    }

    #[test]
    fn ilike_knows_no_case() {
        let ready = Pattern::new("%ÄpfeL_", true).unwrap();
        assert!(ready.matches("rote äPFELN"));
        assert!(!ready.matches("rote äpfel"));
    }

    #[test]
    fn h13_a_pattern_made_to_be_slow_is_not() {
        let text = "a".repeat(8000);
        for pattern in ["%a".repeat(2000) + "b", "%a_".repeat(2000) + "b", "%".repeat(1 << 20)] {
            let ready = Pattern::new(&pattern, false).unwrap();
            assert_eq!(ready.matches(&text), pattern.ends_with('%'));
        }
        let long = format!("%{}b%", "a_".repeat(2000));
        assert!(!Pattern::new(&long, false).unwrap().matches(&text));
        assert!(Pattern::new(&"_".repeat(8193), false).is_err());
    }

    proptest::proptest! {
        #[test]
        fn patterns_fit_as_the_definition_says(pattern in "[ab%_]{0,8}", text in "[abc]{0,10}") {
            let pattern: Vec<char> = pattern.chars().collect();
            let letters: Vec<char> = text.chars().collect();
            let ready = Pattern::new(&pattern.iter().collect::<String>(), false).unwrap();
            assert_eq!(ready.matches(&text), slow(&pattern, &letters));
        }
    }

    fn slow(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('%', rest)) => (0..=text.len()).any(|skip| slow(rest, &text[skip..])),
            Some((letter, rest)) => text.split_first().is_some_and(|(first, others)| {
                (*letter == '_' || letter == first) && slow(rest, others)
            }),
        }
    }
}
