//! The lines of a Dockerfile: comments and continuations gone, one instruction each, and where every part of it stood.

use super::ast::{Directives, Heredoc, Lines};
use super::error::{Error, Fault};

/// No Dockerfile is larger.
pub(super) const MAX_BYTES: usize = 16 << 20;

/// One instruction, its lines joined.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) at: Lines,
    pub(super) text: String,
    /// The comment lines right before it.
    pub(super) comments: Vec<String>,
    /// Where parts of `text` come from, in order.
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    /// In `text`.
    at: usize,
    /// Where the line begins in the file, its number, and how much of it is left out at its beginning.
    begin: usize,
    line: usize,
    skipped: usize,
}

/// Reads a file line by line.
#[derive(Debug)]
pub(super) struct Lexer<'a> {
    text: &'a [u8],
    /// Where the next line begins.
    next: usize,
    /// The number of the line before it.
    line: usize,
    pub(super) directives: Directives,
    pub(super) empty_continuations: Vec<Lines>,
}

/// A line as it stands in the file.
#[derive(Clone, Copy)]
struct Raw<'a> {
    begin: usize,
    number: usize,
    /// Without its end.
    bytes: &'a [u8],
}

impl<'a> Lexer<'a> {
    /// Begins with the directives.
    pub(super) fn new(text: &'a [u8]) -> Result<Self, Error> {
        let mut lexer = Self {
            text,
            next: 0,
            line: 0,
            directives: Directives::default(),
            empty_continuations: vec![],
        };
        if text.len() > MAX_BYTES {
            let reason =
                format!("a Dockerfile of {} bytes; at most {MAX_BYTES} are read", text.len());
            return Err(Error::of(Fault::new(0, 0, reason), "", 1));
        }
        if text.starts_with(b"\xef\xbb\xbf") {
            lexer.next = 3;
        }
        lexer.read_directives()?;
        Ok(lexer)
    }

    fn read_directives(&mut self) -> Result<(), Error> {
        let mut seen = vec![];
        loop {
            let before = (self.next, self.line);
            let Some(raw) = self.take() else { return Ok(()) };
            if raw.number == 1 && raw.bytes.starts_with(b"#!") {
                continue;
            }
            let line = String::from_utf8_lossy(raw.bytes);
            let line = line.trim_start();
            let taken = self.directives.take(line, raw.number, &mut seen);
            if !taken.map_err(|fault| Error::of(fault, line, raw.number))? {
                (self.next, self.line) = before;
                return Ok(());
            }
        }
    }

    fn take(&mut self) -> Option<Raw<'a>> {
        let rest = self.text.get(self.next..).filter(|rest| !rest.is_empty())?;
        let length = rest.iter().position(|byte| *byte == b'\n');
        let bytes = &rest[..length.unwrap_or(rest.len())];
        let begin = self.next;
        self.next += length.map_or(rest.len(), |length| length + 1);
        self.line += 1;
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        Some(Raw { begin, number: self.line, bytes })
    }

    /// Returns the next instruction.
    pub(super) fn next(&mut self) -> Result<Option<Line>, Error> {
        let mut comments = vec![];
        while let Some(raw) = self.take() {
            let trimmed = raw.bytes.trim_ascii_start();
            match trimmed.first() {
                None => comments.clear(),
                Some(b'#') => comment(trimmed, &mut comments),
                Some(_) => return self.instruction(raw, comments).map(Some),
            }
        }
        Ok(None)
    }

    fn instruction(&mut self, first: Raw<'a>, comments: Vec<String>) -> Result<Line, Error> {
        let at = Lines { first: first.number, last: first.number };
        let mut line = Line { at, text: String::new(), comments, parts: vec![] };
        let skipped = first.bytes.len() - first.bytes.trim_ascii_start().len();
        let mut open = self.append(&mut line, first, skipped)?;
        let mut empty = false;
        while open {
            let Some(raw) = self.take() else { break };
            let trimmed = raw.bytes.trim_ascii_start();
            line.at.last = raw.number;
            match trimmed.first() {
                None => empty = true,
                Some(b'#') => {}
                Some(_) => open = self.append(&mut line, raw, 0)?,
            }
        }
        if empty {
            self.empty_continuations.push(line.at);
        }
        Ok(line)
    }

    /// Appends a line and tells whether it goes on in the next.
    fn append(&self, line: &mut Line, raw: Raw<'_>, skipped: usize) -> Result<bool, Error> {
        let text = checked(raw)?;
        let (text, open) = match continued(text, self.directives.escape) {
            Some(before) => (before, true),
            None => (text, false),
        };
        line.parts.push(Part { at: line.text.len(), begin: raw.begin, line: raw.number, skipped });
        line.text.push_str(text.get(skipped..).unwrap_or_default());
        Ok(open)
    }

    /// Fills `doc` from the lines that follow, to the one that ends it.
    pub(super) fn heredoc(
        &mut self,
        doc: &mut Heredoc,
        line: &mut Line,
        at: usize,
    ) -> Result<(), Error> {
        while let Some(raw) = self.take() {
            let text = checked(raw)?;
            let end = if doc.chomp { text.trim_start_matches('\t') } else { text };
            line.at.last = raw.number;
            if end == doc.name {
                return Ok(());
            }
            // As it stands in the file, with its end.
            let whole = &self.text[raw.begin..self.next];
            doc.content.push_str(std::str::from_utf8(whole).expect("it is checked"));
        }
        let reason = format!("no line `{}` ends the heredoc that begins here", doc.name);
        Err(self.error(line, Fault::new(at, 2 + doc.name.len(), reason)))
    }

    /// Says where in the file `fault` is.
    pub(super) fn error(&self, line: &Line, fault: Fault) -> Error {
        let index = line.parts.partition_point(|part| part.at <= fault.at).saturating_sub(1);
        let Some(part) = line.parts.get(index) else {
            return Error::of(fault, &line.text, line.at.first);
        };
        let rest = &self.text[part.begin..];
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let text = String::from_utf8_lossy(&rest[..end]);
        let at = fault.at - part.at + part.skipped;
        Error::of(Fault { at, ..fault }, text.trim_end(), part.line)
    }

    /// Returns the number of lines read.
    pub(super) const fn lines(&self) -> usize {
        self.line
    }
}

fn comment(line: &[u8], comments: &mut Vec<String>) {
    let text = String::from_utf8_lossy(&line[1..]);
    match text.trim() {
        "" => comments.clear(),
        text => comments.push(text.to_owned()),
    }
}

/// Returns what stands before the mark that a line goes on: one escape character with nothing but blanks behind it.
fn continued(text: &str, escape: char) -> Option<&str> {
    let before = text.trim_end_matches([' ', '\t']).strip_suffix(escape)?;
    (!before.ends_with(escape)).then_some(before)
}

fn checked(raw: Raw<'_>) -> Result<&str, Error> {
    let fault = |at, reason: &str| {
        let text = String::from_utf8_lossy(raw.bytes);
        Error::of(Fault::new(at, 1, reason), &text, raw.number)
    };
    let text = std::str::from_utf8(raw.bytes)
        .map_err(|error| fault(error.valid_up_to(), "this is not UTF-8"))?;
    match text.find('\0') {
        Some(at) => Err(fault(at, "a NUL byte")),
        None => Ok(text),
    }
}
