use super::ast::Lines;

/// What is wrong with a Dockerfile, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct Error {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    pub reason: String,
    /// Known words that were probably meant.
    pub near: Vec<String>,
    /// The line itself, or what is around the place where it is long.
    pub quoted: String,
    /// Characters of `quoted` before the place.
    pub caret: usize,
    /// Characters that are meant, at least one.
    pub length: usize,
}

/// What is wrong with one instruction, by its place in the instruction's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// In bytes.
    pub at: usize,
    pub length: usize,
    pub reason: String,
    pub near: Vec<String>,
}

impl Fault {
    pub(crate) fn new(at: usize, length: usize, reason: impl Into<String>) -> Self {
        Self { at, length, reason: reason.into(), near: vec![] }
    }

    pub(crate) fn near(mut self, near: Vec<String>) -> Self {
        self.near = near;
        self
    }
}

/// As much of a line is quoted.
const WIDTH: usize = 100;

impl Error {
    /// Says that `fault` is in `text`, which begins the line `line`, or is it.
    pub(crate) fn of(fault: Fault, text: &str, line: usize) -> Self {
        let at = floor(text, fault.at);
        let end = floor(text, fault.at.saturating_add(fault.length)).max(at);
        let before = text[..at].chars().count();
        let length = text[at..end].chars().count();
        let skipped = if before > WIDTH * 3 / 4 { before - WIDTH / 4 } else { 0 };
        let mut quoted: String = text.chars().skip(skipped).take(WIDTH).collect();
        let cut = text.chars().nth(skipped + WIDTH).is_some();
        let mut caret = before - skipped;
        if cut {
            quoted.push('…');
        }
        if skipped > 0 {
            quoted.insert(0, '…');
            caret += 1;
        }
        let room = quoted.chars().count().saturating_sub(caret);
        let length = length.clamp(1, room.max(1));
        Self {
            line,
            column: before + 1,
            reason: fault.reason,
            near: fault.near,
            quoted,
            caret,
            length,
        }
    }
}

impl Error {
    /// Says that `fault` is in `word` of the instruction `text`: where variables are replaced, places are those of the
    /// word.
    pub(crate) fn in_word(fault: Fault, word: &str, text: &str, at: Lines) -> Self {
        let text = text.lines().next().unwrap_or_default();
        let begin = Some(word).filter(|word| !word.is_empty()).and_then(|word| text.find(word));
        let fault = match begin {
            Some(begin) => Fault { at: begin + fault.at, ..fault },
            None => Fault { at: 0, length: text.len(), ..fault },
        };
        Self::of(fault, text, at.first)
    }
}

/// Returns the nearest place at or before `at` where a character begins.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
