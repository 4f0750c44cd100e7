//! Expressions as converters write them for words and for what is between: some letters in a row, each out of a set, the
//! last of them as often as it comes. A place is looked at once for each letter: no text makes one slow.

use std::ops::Range;

/// Sets in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    sets: Vec<Set>,
    /// Whether the last of them comes once or more often.
    again: bool,
}

/// Letters, or all others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Set {
    ranges: Vec<(char, char)>,
    others: bool,
}

/// More sets in a row are no separator.
const LONGEST: usize = 64;

impl Pattern {
    /// Reads an expression; nothing where it is more than this.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut rest = text.chars();
        let (mut sets, mut again) = (vec![], false);
        while let Some(letter) = rest.next() {
            // Only the last of them may come again.
            if again {
                return None;
            }
            match letter {
                '+' if !sets.is_empty() => again = true,
                '+' | '*' | '?' | '|' | '(' | ')' | '{' | '}' | '^' | '$' => return None,
                '.' => sets.push(Set { ranges: vec![('\n', '\n')], others: true }),
                '[' => sets.push(Set::parse(&mut rest)?),
                '\\' => sets.push(Set::escaped(rest.next()?)?),
                one => sets.push(Set::of(&[(one, one)])),
            }
        }
        (1..=LONGEST).contains(&sets.len()).then_some(Self { sets, again })
    }

    /// Returns the first place from `from` on, and there as much as possible.
    pub(super) fn find(&self, text: &str, from: usize) -> Option<Range<usize>> {
        let starts = text[from..].char_indices().map(|(at, _)| from + at);
        starts.filter_map(|start| Some(start..start + self.length(&text[start..])?)).next()
    }

    /// Returns how many bytes of it there are at the beginning of a text.
    fn length(&self, text: &str) -> Option<usize> {
        let mut letters = text.chars();
        for set in &self.sets {
            if !set.has(letters.next()?) {
                return None;
            }
        }
        let last = self.sets.last().filter(|_| self.again);
        if let Some(last) = last {
            letters = letters.as_str().trim_start_matches(|letter| last.has(letter)).chars();
        }
        Some(text.len() - letters.as_str().len())
    }
}

impl Set {
    fn of(ranges: &[(char, char)]) -> Self {
        Self { ranges: ranges.to_vec(), others: false }
    }

    fn has(&self, letter: char) -> bool {
        self.ranges.iter().any(|(from, to)| (*from..=*to).contains(&letter)) != self.others
    }

    /// Reads what stands behind a backslash.
    fn escaped(letter: char) -> Option<Self> {
        let known = |ranges, others| Some(Self { ranges, others });
        match letter {
            'd' | 'D' => known(vec![('0', '9')], letter == 'D'),
            'w' | 'W' => known(vec![('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')], letter == 'W'),
            's' | 'S' => known(vec![('\t', '\n'), ('\u{c}', '\r'), (' ', ' ')], letter == 'S'),
            _ => meant(letter).map(|one| Self::of(&[(one, one)])),
        }
    }

    /// Reads a set behind its opening bracket.
    fn parse(rest: &mut std::str::Chars<'_>) -> Option<Self> {
        let mut set = Self::default();
        if let Some(behind) = rest.as_str().strip_prefix('^') {
            set.others = true;
            *rest = behind.chars();
        }
        loop {
            let from = match rest.next()? {
                // An empty set, and what has a name.
                ']' if set.ranges.is_empty() => return None,
                ']' => return Some(set),
                '[' if rest.as_str().starts_with(':') => return None,
                '\\' => {
                    let letter = rest.next()?;
                    match meant(letter) {
                        Some(one) => one,
                        None => {
                            let some = Self::escaped(letter).filter(|some| !some.others)?;
                            set.ranges.extend(some.ranges);
                            continue;
                        }
                    }
                }
                one => one,
            };
            let to = match rest.as_str().strip_prefix('-').filter(|to| !to.starts_with(']')) {
                None => from,
                Some(behind) => {
                    *rest = behind.chars();
                    match rest.next()? {
                        '\\' => meant(rest.next()?)?,
                        one => one,
                    }
                }
            };
            if from > to {
                return None;
            }
            set.ranges.push((from, to));
        }
    }
}

/// Returns the one letter that is meant behind a backslash.
fn meant(letter: char) -> Option<char> {
    match letter {
        'n' => Some('\n'),
        't' => Some('\t'),
        'r' => Some('\r'),
        'f' => Some('\u{c}'),
        'v' => Some('\u{b}'),
        'a' => Some('\u{7}'),
        _ => letter.is_ascii_punctuation().then_some(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_place_is_found_and_as_much_as_there_is() {
        for (expression, text, wanted) in [
            ("a", "banana", Some(1..2)),
            ("an", "banana", Some(1..3)),
            ("[an]+", "banana", Some(1..6)),
            ("x[0-9]+", "xx12y", Some(1..4)),
            ("[^a-z]", "ab\ncd", Some(2..3)),
            (".+", "\nab\ncd", Some(1..3)),
            ("\\s+", "a \t\u{a0}b", Some(1..3)),
            ("[.]", "a.b", Some(1..2)),
            ("\\?", "a?", Some(1..2)),
            ("[\\w-]+", "!a-b_c!", Some(1..6)),
            ("[ü]", "über", Some(0..2)),
            ("--", "a-b", None),
            ("a", "", None),
        ] {
            let pattern = Pattern::parse(expression).expect(expression);
            assert_eq!(pattern.find(text, 0), wanted, "{expression} in {text}");
        }
        for more in [
            "",
            "a|b",
            "a*",
            "(a)",
            "a+b",
            "a++",
            "^a",
            "a$",
            "[",
            "[]",
            "[z-a]",
            "[[:alpha:]]",
            "\\b",
            "\\",
            "a{2}",
            "[\\D]",
        ] {
            assert_eq!(Pattern::parse(more), None, "{more}");
        }
    }
}
