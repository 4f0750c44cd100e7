use std::fmt;

/// Tells what is wrong with a filter or a sort order, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// The byte of the text at which the mistake begins.
    pub position: usize,
    /// What is wrong, as a fact.
    pub reason: String,
    /// The part of the text around the mistake, in one line.
    pub excerpt: String,
    /// How many characters of `excerpt` stand before the mistake.
    pub column: usize,
}

/// Characters of the text shown on each side of a mistake.
const AROUND: usize = 40;

impl ParseError {
    /// Describes the mistake at byte `position` of `text`.
    pub fn new(text: &str, position: usize, reason: impl Into<String>) -> Self {
        let position = text.floor_char_boundary(position);
        let before: Vec<char> =
            text[..position].chars().rev().take(AROUND).map(printable).collect();
        let after = text[position..].chars().take(AROUND).map(printable);
        Self {
            position,
            reason: reason.into(),
            column: before.len(),
            excerpt: before.iter().rev().copied().chain(after).collect(),
        }
    }

    /// Returns two lines that show the place: the text, and a caret under the mistake.
    ///
    /// `width` tells how many columns a character takes on the terminal.
    pub fn caret(&self, width: impl Fn(char) -> usize) -> String {
        let indent: usize = self.excerpt.chars().take(self.column).map(width).sum();
        format!("{}\n{:indent$}^", self.excerpt, "")
    }
}

/// Keeps what can be seen: the excerpt goes to terminals, and a caret stands under it.
fn printable(letter: char) -> char {
    match letter {
        '\'' | '"' | '\\' => letter,
        _ if letter.is_whitespace() => ' ',
        _ if letter.escape_debug().len() > 1 => char::REPLACEMENT_CHARACTER,
        _ => letter,
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.reason, self.position)
    }
}

impl std::error::Error for ParseError {}
