//! Patterns over paths: Go's `filepath.Match` for the sources of COPY and ADD, and what `.dockerignore` adds to it.
//!
//! A pattern is tried in time of its length times that of the path, whatever it says.

/// A pattern that cannot be read, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the pattern `{pattern}` is malformed: {reason}")]
pub struct BadPattern {
    pub pattern: String,
    pub reason: &'static str,
}

/// One step of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Literal(u32),
    /// `?`: one character but `/`.
    One,
    /// `*`: any characters but `/`.
    Star,
    /// `[a-z]`
    Class {
        negated: bool,
        ranges: Vec<(u32, u32)>,
    },
    /// `**/`: nothing, or anything that ends with `/`.
    Folders,
    /// `**` at the end.
    Anything,
}

/// A pattern as `filepath.Match` reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob(Vec<Token>);

impl Glob {
    pub fn new(pattern: &str) -> Result<Self, BadPattern> {
        let characters: Vec<u32> = pattern.chars().map(u32::from).collect();
        let bad = |reason| BadPattern { pattern: pattern.chars().take(200).collect(), reason };
        let (mut tokens, mut rest) = (vec![], &characters[..]);
        while let Some((first, after)) = rest.split_first() {
            rest = after;
            tokens.push(match char::from_u32(*first) {
                Some('*') => Token::Star,
                Some('?') => Token::One,
                Some('[') => class(&mut rest).map_err(bad)?,
                Some('\\') => Token::Literal(take(&mut rest).ok_or_else(|| bad(ENDS))?),
                _ => Token::Literal(*first),
            });
        }
        tokens.dedup_by(|a, b| *a == Token::Star && *b == Token::Star);
        Ok(Self(tokens))
    }

    /// Returns whether the whole of `name` is what the pattern says.
    pub fn matches(&self, name: &[u8]) -> bool {
        matches(&self.0, name)
    }

    /// Returns whether `text` would be read as more than itself.
    pub fn is_pattern(text: &str) -> bool {
        text.contains(['*', '?', '[', '\\'])
    }
}

const ENDS: &str = "it ends in the middle";

fn take(rest: &mut &[u32]) -> Option<u32> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    Some(*first)
}

/// Reads what is behind a `[`.
pub(super) fn class(rest: &mut &[u32]) -> Result<Token, &'static str> {
    let is = |rest: &[u32], c: char| rest.first() == Some(&u32::from(c));
    let negated = is(rest, '^');
    if negated {
        take(rest);
    }
    let mut ranges = vec![];
    loop {
        if is(rest, ']') && !ranges.is_empty() {
            take(rest);
            return Ok(Token::Class { negated, ranges });
        }
        let low = bound(rest)?;
        let high = match is(rest, '-') {
            true => {
                take(rest);
                bound(rest)?
            }
            false => low,
        };
        ranges.push((low, high));
    }
}

fn bound(rest: &mut &[u32]) -> Result<u32, &'static str> {
    let first = take(rest).ok_or(ENDS)?;
    let bound = match char::from_u32(first) {
        Some('-' | ']') => return Err("a range has no beginning or no end"),
        Some('\\') => take(rest).ok_or(ENDS)?,
        _ => first,
    };
    // There is always a `]` to come.
    if rest.is_empty() { Err(ENDS) } else { Ok(bound) }
}

/// Follows all ways through the pattern at once.
pub(super) fn matches(tokens: &[Token], name: &[u8]) -> bool {
    let mut states = vec![false; tokens.len() + 1];
    enter(tokens, &mut states, 0);
    let mut next = vec![false; tokens.len() + 1];
    for character in characters(name) {
        next.fill(false);
        let mut alive = false;
        for at in 0..tokens.len() {
            if !states[at] {
                continue;
            }
            let slash = character == u32::from('/');
            let (stays, passes) = match &tokens[at] {
                Token::Literal(literal) => (false, *literal == character),
                Token::One => (false, !slash),
                Token::Class { negated, ranges } => {
                    let within = ranges.iter().any(|(a, b)| (*a..=*b).contains(&character));
                    (false, within != *negated)
                }
                Token::Star => (!slash, false),
                Token::Folders => (true, slash),
                Token::Anything => (true, false),
            };
            if stays {
                // Inside of `**/` nothing is let through before a slash.
                next[at] = true;
                if tokens[at] != Token::Folders {
                    enter(tokens, &mut next, at);
                }
            }
            if passes {
                enter(tokens, &mut next, at + 1);
            }
            alive |= stays || passes;
        }
        if !alive {
            return false;
        }
        std::mem::swap(&mut states, &mut next);
    }
    states[tokens.len()]
}

/// Marks a place in the pattern, and those behind it that need no character.
fn enter(tokens: &[Token], states: &mut [bool], mut at: usize) {
    loop {
        states[at] = true;
        match tokens.get(at) {
            Some(Token::Star | Token::Folders | Token::Anything) => at += 1,
            _ => return,
        }
    }
}

/// Returns the characters of a name; bytes that are no UTF-8 each stand for one that no pattern can name.
fn characters(name: &[u8]) -> impl Iterator<Item = u32> {
    name.utf8_chunks().flat_map(|chunk| {
        let odd = chunk.invalid().iter().map(|byte| 0x11_0000 + u32::from(*byte));
        chunk.valid().chars().map(u32::from).chain(odd)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of Go's own test of `filepath.Match`.
    #[test]
    fn it_matches_as_go_does() {
        for (pattern, name, expected) in [
            ("abc", "abc", true),
            ("*", "abc", true),
            ("*c", "abc", true),
            ("a*", "a", true),
            ("a*", "abc", true),
            ("a*", "ab/c", false),
            ("a*/b", "abc/b", true),
            ("a*/b", "a/c/b", false),
            ("a*b*c*d*e*/f", "axbxcxdxe/f", true),
            ("a*b*c*d*e*/f", "axbxcxdxexxx/f", true),
            ("a*b*c*d*e*/f", "axbxcxdxe/xxx/f", false),
            ("a*b*c*d*e*/f", "axbxcxdxexxx/fff", false),
            ("a*b?c*x", "abxbbxdbxebxczzx", true),
            ("a*b?c*x", "abxbbxdbxebxczzy", false),
            ("ab[c]", "abc", true),
            ("ab[b-d]", "abc", true),
            ("ab[e-g]", "abc", false),
            ("ab[^c]", "abc", false),
            ("ab[^b-d]", "abc", false),
            ("ab[^e-g]", "abc", true),
            ("a\\*b", "a*b", true),
            ("a\\*b", "ab", false),
            ("a?b", "a☺b", true),
            ("a[^a]b", "a☺b", true),
            ("a???b", "a☺b", false),
            ("a[^a][^a][^a]b", "a☺b", false),
            ("[a-ζ]*", "α", true),
            ("*[a-ζ]", "A", false),
            ("a?b", "a/b", false),
            ("a*b", "a/b", false),
            ("[\\]a]", "]", true),
            ("[\\-]", "-", true),
            ("[x\\-]", "x", true),
            ("[x\\-]", "z", false),
            ("[\\-x]", "a", false),
            ("*x", "xxx", true),
        ] {
            assert_eq!(
                Glob::new(pattern).unwrap().matches(name.as_bytes()),
                expected,
                "{pattern} {name}"
            );
        }
        for pattern in ["[]a]", "[-]", "[x-]", "[-x]", "[", "[^", "[^bc", "a[", "\\", "[a-b-c]"] {
            assert!(Glob::new(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn d09_a_pattern_that_could_be_tried_in_many_ways_is_tried_in_one() {
        let pattern = "a*".repeat(500) + "b";
        assert!(!Glob::new(&pattern).unwrap().matches("a".repeat(3000).as_bytes()));
    }
}
