//! Where heredocs begin on a line: `<<NAME`, `<<-NAME`, `<<"NAME"`, `3<<NAME`.

use super::ast::Heredoc;
use super::error::Fault;

/// The beginning of a heredoc, and which bytes of the line it takes.
#[derive(Debug)]
pub(super) struct Opening {
    pub(super) begin: usize,
    pub(super) end: usize,
    pub(super) heredoc: Heredoc,
}

/// Returns the heredocs that begin on a line. Where a quote is left open there are none, as the shell is to complain.
pub(super) fn find(text: &str) -> Result<Vec<Opening>, Fault> {
    let mut found = vec![];
    if !text.contains("<<") {
        return Ok(found);
    }
    let mut scan = Scan { text, at: 0 };
    while let Some(begin) = scan.next_word() {
        match scan.opening(begin)? {
            Some(opening) => found.push(opening),
            None if !scan.skip_word() => return Ok(vec![]),
            None => {}
        }
    }
    Ok(found)
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next_word(&mut self) -> Option<usize> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        (self.at < self.text.len()).then_some(self.at)
    }

    /// Reads a heredoc that begins at `begin`; leaves the place as it is where there is none.
    fn opening(&mut self, begin: usize) -> Result<Option<Opening>, Fault> {
        let rest = &self.text[begin..];
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let Some(after) = rest[digits..].strip_prefix("<<") else { return Ok(None) };
        let dashed = after.strip_prefix('-');
        let after = dashed.unwrap_or(after).trim_start();
        let Some(word) = delimiter(after, self.text.len() - after.len())? else { return Ok(None) };
        self.at = self.text.len() - after.len() + word.length;
        let heredoc = Heredoc {
            name: word.name,
            expand: !word.quoted,
            chomp: dashed.is_some(),
            descriptor: rest[..digits].parse().unwrap_or(0),
            content: String::new(),
        };
        Ok(Some(Opening { begin, end: self.at, heredoc }))
    }

    /// Goes behind the word; false where a quote in it is not closed.
    fn skip_word(&mut self) -> bool {
        let mut quote = None;
        while let Some(c) = self.peek() {
            if quote.is_none() && c.is_whitespace() {
                return true;
            }
            self.at += c.len_utf8();
            match (quote, c) {
                (Some(open), _) if c == open => quote = None,
                (None, '"' | '\'') => quote = Some(c),
                (None | Some('"'), '\\') => self.at += self.peek().map_or(0, char::len_utf8),
                _ => {}
            }
        }
        quote.is_none()
    }
}

struct Word {
    name: String,
    quoted: bool,
    length: usize,
}

/// Reads the word behind `<<`, which begins at `at` of the line.
fn delimiter(text: &str, at: usize) -> Result<Option<Word>, Fault> {
    let mut word = Word { name: String::new(), quoted: false, length: text.len() };
    let mut quote = None;
    let mut chars = text.char_indices();
    while let Some((index, c)) = chars.next() {
        match (quote, c) {
            (None, _) if c.is_whitespace() => {
                word.length = index;
                break;
            }
            // `<<<` is something else.
            (None, '<') => return Ok(None),
            (None, '"' | '\'') => {
                word.quoted = true;
                quote = Some((c, index));
            }
            (Some((open, _)), _) if c == open => quote = None,
            (None, '\\') => word.name.extend(chars.next().map(|(_, c)| c)),
            _ => word.name.push(c),
        }
    }
    match quote {
        Some((_, index)) => Err(Fault::new(at + index, 1, "this quote is not closed")),
        None => Ok((!word.name.is_empty()).then_some(word)),
    }
}

impl Heredoc {
    /// Returns the content as it is used: without leading tabs where `<<-` asks for that.
    pub fn text(&self) -> String {
        if !self.chomp {
            return self.content.clone();
        }
        let lines = self.content.split_inclusive('\n');
        lines.map(|line| line.trim_start_matches('\t')).collect()
    }
}
