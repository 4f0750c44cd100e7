//! Variables in words: `$v`, `${v:-w}`, `${v#p}`, `${v/p/r}`, with the quotes and escapes around them.
//!
//! A word is read once, with a stack of our own instead of the program's: a word may nest as deep as it is long. All that is
//! said so far stands in one buffer, of which each open `${…}` or quote knows where its own part begins; so nothing is
//! copied outward level by level.

mod pattern;

use std::collections::BTreeSet;

use super::error::Fault;
use pattern::Pattern;

/// No word becomes longer, so that variables that hold each other twice cannot fill the memory.
const LONGEST: usize = 4 << 20;

/// A word with its variables replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expanded {
    pub text: String,
    /// The text split at the white space that no quote protects; that inside a variable's value splits too.
    pub words: Vec<String>,
    /// Variables that were found, and those that were not.
    pub matched: BTreeSet<String>,
    pub unmatched: BTreeSet<String>,
}

/// How a word is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// `\` or a backtick.
    pub escape: char,
    /// Quotes protect and go; otherwise they are text, as in a heredoc.
    pub quotes: bool,
}

impl Style {
    /// Returns how the words of an instruction are read.
    pub const fn word(escape: char) -> Self {
        Self { escape, quotes: true }
    }

    /// Returns how the content of a heredoc is read.
    pub const fn heredoc() -> Self {
        Self { escape: '\\', quotes: false }
    }
}

/// Replaces the variables of `word` by what `get` says of them.
pub fn expand<'v>(
    word: &str,
    style: Style,
    get: &dyn Fn(&str) -> Option<&'v str>,
) -> Result<Expanded, Fault> {
    let mut reader = Reader {
        text: word,
        at: 0,
        style,
        get,
        out: String::with_capacity(word.len()),
        open: vec![],
        words: Words::default(),
        matched: BTreeSet::new(),
        unmatched: BTreeSet::new(),
    };
    reader.run()?;
    Ok(Expanded {
        text: reader.out,
        words: reader.words.finish(),
        matched: reader.matched,
        unmatched: reader.unmatched,
    })
}

struct Reader<'a, 'v> {
    text: &'a str,
    at: usize,
    style: Style,
    get: &'a dyn Fn(&str) -> Option<&'v str>,
    out: String,
    open: Vec<Open>,
    words: Words,
    matched: BTreeSet<String>,
    unmatched: BTreeSet<String>,
}

/// What is open around the place.
struct Open {
    kind: OpenKind,
    /// Where its part of the output begins.
    start: usize,
    /// Where it begins in the word.
    begin: usize,
    /// Escapes stay, as a pattern needs them.
    raw: bool,
}

enum OpenKind {
    Quote,
    /// The `w` of `${name:-w}`.
    Operand {
        name: String,
        operator: char,
        colon: bool,
    },
    /// The `p` and the `r` of `${name/p/r}`.
    Searched {
        name: String,
        all: bool,
    },
    Replaced {
        name: String,
        all: bool,
        pattern: Pattern,
    },
}

impl OpenKind {
    const fn end(&self) -> char {
        match self {
            Self::Quote => '"',
            Self::Operand { .. } | Self::Replaced { .. } => '}',
            Self::Searched { .. } => '/',
        }
    }
}

impl<'v> Reader<'_, 'v> {
    fn run(&mut self) -> Result<(), Fault> {
        while let Some(c) = self.peek() {
            match self
                .open
                .last()
                .map(|open| (open.kind.end(), matches!(open.kind, OpenKind::Quote)))
            {
                Some((end, _)) if end == c => self.close()?,
                Some((_, true)) => self.quoted(c)?,
                _ => self.plain(c)?,
            }
            if self.out.len() > LONGEST {
                let reason = format!("this comes to more than {LONGEST} bytes");
                return Err(Fault::new(0, self.text.len(), reason));
            }
        }
        match self.open.last() {
            Some(open) => Err(unclosed(open, self.text.len())),
            None => Ok(()),
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn raw(&self) -> bool {
        self.open.last().is_some_and(|open| open.raw)
    }

    /// Says one character that no quote or escape protects.
    fn say(&mut self, c: char) {
        self.out.push(c);
        if self.open.is_empty() {
            self.words.add(c);
        }
    }

    /// Says one that is protected.
    fn say_protected(&mut self, c: char) {
        self.out.push(c);
        if self.open.is_empty() {
            self.words.add_protected(c);
        }
    }

    /// Reads one thing outside double quotes.
    fn plain(&mut self, c: char) -> Result<(), Fault> {
        match c {
            '$' => return self.dollar(),
            '\'' if self.style.quotes => return self.single_quote(),
            '"' if self.style.quotes => {
                self.push(OpenKind::Quote, self.at, self.raw());
                self.take();
            }
            _ if c == self.style.escape => {
                self.take();
                if self.raw() {
                    self.say_protected(c);
                }
                if let Some(next) = self.take() {
                    self.say_protected(next);
                }
            }
            _ => {
                self.take();
                self.say(c);
            }
        }
        Ok(())
    }

    /// Reads one thing inside double quotes, where only `"`, `$` and the escape itself can be escaped.
    fn quoted(&mut self, c: char) -> Result<(), Fault> {
        if c == '$' {
            return self.dollar();
        }
        self.take();
        let mut said = c;
        if c == self.style.escape {
            if self.raw() {
                self.out.push(c);
            }
            match self.peek() {
                None => return Ok(()),
                Some(next) if next == '"' || next == '$' || next == c => {
                    self.take();
                    said = next;
                }
                Some(_) => {}
            }
        }
        self.out.push(said);
        Ok(())
    }

    fn single_quote(&mut self) -> Result<(), Fault> {
        let begin = self.at;
        let rest = &self.text[begin + 1..];
        let Some(length) = rest.find('\'') else {
            return Err(Fault::new(begin, 1, "this single quote is not closed"));
        };
        self.at = begin + length + 2;
        self.out.push_str(&rest[..length]);
        if self.open.is_empty() {
            self.words.add_quoted(&rest[..length]);
        }
        Ok(())
    }

    fn push(&mut self, kind: OpenKind, begin: usize, raw: bool) {
        self.open.push(Open { kind, start: self.out.len(), begin, raw });
    }

    fn dollar(&mut self) -> Result<(), Fault> {
        let begin = self.at;
        self.take();
        if self.peek() == Some('{') {
            return self.braces(begin);
        }
        let name = self.name();
        let start = self.out.len();
        match name.as_str() {
            "" => self.out.push('$'),
            name => {
                let value = self.find(name).unwrap_or_default();
                self.out.push_str(value);
            }
        }
        self.said_since(start);
        Ok(())
    }

    /// Lets the words know what a variable came to.
    fn said_since(&mut self, start: usize) {
        if self.open.is_empty() {
            for c in self.out[start..].chars() {
                self.words.add(c);
            }
        }
    }

    fn find(&mut self, name: &str) -> Option<&'v str> {
        let value = (self.get)(name);
        let names = if value.is_some() { &mut self.matched } else { &mut self.unmatched };
        if !names.contains(name) {
            names.insert(name.to_owned());
        }
        value
    }

    /// Reads `${` and what decides what it is; an operand is left open.
    fn braces(&mut self, begin: usize) -> Result<(), Fault> {
        self.take();
        match self.peek() {
            None => return Err(missing_brace(begin)),
            Some('{' | '}' | ':') => {
                return Err(Fault::new(begin, 3, "there is no variable's name behind `${`"));
            }
            Some(_) => {}
        }
        let name = self.name();
        let start = self.out.len();
        match self.take() {
            None => return Err(missing_brace(begin)),
            Some('}') => {
                let value = self.find(&name).unwrap_or_default();
                self.out.push_str(value);
                self.said_since(start);
            }
            Some('/') => {
                let all = self.peek() == Some('/');
                if all {
                    self.take();
                }
                self.push(OpenKind::Searched { name, all }, begin, true);
            }
            Some(':') => match self.take() {
                None => return Err(missing_brace(begin)),
                Some(operator) => self.operand(begin, name, operator, true)?,
            },
            Some(operator) => self.operand(begin, name, operator, false)?,
        }
        Ok(())
    }

    fn operand(
        &mut self,
        begin: usize,
        name: String,
        operator: char,
        colon: bool,
    ) -> Result<(), Fault> {
        if !"-+?#%".contains(operator) {
            let shown = if colon { format!(":{operator}") } else { operator.to_string() };
            let reason = format!("`{shown}` says nothing in `${{{name}…}}`");
            return Err(Fault::new(begin, self.at - begin, reason));
        }
        self.push(OpenKind::Operand { name, operator, colon }, begin, "#%".contains(operator));
        Ok(())
    }

    /// Reads a name: letters, digits and `_`; only digits; or one of the shell's own signs.
    fn name(&mut self) -> String {
        let rest = &self.text[self.at..];
        let length = match rest.chars().next() {
            Some(c) if c.is_ascii_digit() => {
                rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())
            }
            Some(c) if "@*#?-$!".contains(c) => 1,
            _ => rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len()),
        };
        self.at += length;
        rest[..length].to_owned()
    }

    /// Ends what is open.
    fn close(&mut self) -> Result<(), Fault> {
        self.take();
        let open = self.open.pop().expect("the caller saw it");
        let Open { kind, start, begin, .. } = open;
        match kind {
            OpenKind::Quote => {
                if self.open.is_empty() {
                    self.words.add_quoted(&self.out[start..]);
                }
                return Ok(());
            }
            OpenKind::Operand { name, operator: operator @ ('#' | '%'), .. } => {
                self.strip(&name, operator, start, begin)?;
            }
            OpenKind::Operand { name, operator, colon } => {
                self.choose(&name, operator, colon, start, begin)?;
            }
            OpenKind::Searched { name, all } => {
                let pattern = self.pattern(start, begin)?;
                self.out.truncate(start);
                self.push(OpenKind::Replaced { name, all, pattern }, begin, true);
                return Ok(());
            }
            OpenKind::Replaced { name, all, pattern } => {
                let replacement = self.out.split_off(start);
                let value = self.find(&name).unwrap_or_default();
                pattern.replace(value, &replacement, all, LONGEST, &mut self.out);
            }
        }
        self.said_since(start);
        Ok(())
    }

    /// `-`, `+` and `?`: the operand stands in the output already.
    fn choose(
        &mut self,
        name: &str,
        operator: char,
        colon: bool,
        start: usize,
        begin: usize,
    ) -> Result<(), Fault> {
        let value = self.find(name);
        let filled = value.filter(|value| !colon || !value.is_empty());
        match (operator, filled) {
            ('-', None) | ('+', Some(_)) => return Ok(()),
            ('?', None) => {
                let told = &self.out[start..];
                let reason = match (told, value) {
                    ("", None) => format!("{name}: is not allowed to be unset"),
                    ("", Some(_)) => format!("{name}: is not allowed to be empty"),
                    (told, _) => format!("{name}: {told}"),
                };
                return Err(Fault::new(begin, self.at - begin, reason));
            }
            _ => self.out.truncate(start),
        }
        if let ('-' | '?', Some(value)) = (operator, filled) {
            self.out.push_str(value);
        }
        Ok(())
    }

    fn strip(
        &mut self,
        name: &str,
        operator: char,
        start: usize,
        begin: usize,
    ) -> Result<(), Fault> {
        let longest = self.out[start..].starts_with(operator);
        let pattern = self.pattern(start + usize::from(longest), begin)?;
        self.out.truncate(start);
        let value = self.find(name).unwrap_or_default();
        let left = match operator {
            '#' => pattern.without_prefix(value, longest),
            _ => pattern.without_suffix(value, longest),
        };
        self.out.push_str(left);
        Ok(())
    }

    fn pattern(&self, start: usize, begin: usize) -> Result<Pattern, Fault> {
        let text = &self.out[start..];
        Pattern::read(text).map_err(|reason| Fault::new(begin, self.at - begin, reason))
    }
}

fn missing_brace(begin: usize) -> Fault {
    Fault::new(begin, 2, "this `${` has no `}`")
}

fn unclosed(open: &Open, end: usize) -> Fault {
    match open.kind {
        OpenKind::Quote => Fault::new(open.begin, 1, "this double quote is not closed"),
        OpenKind::Searched { .. } => {
            Fault::new(open.begin, end - open.begin, "a `/` is missing: `${name/what/with}`")
        }
        _ => missing_brace(open.begin),
    }
}

/// Words as they come out.
#[derive(Default)]
struct Words {
    done: Vec<String>,
    word: String,
}

impl Words {
    fn add(&mut self, c: char) {
        match c.is_whitespace() {
            true if !self.word.is_empty() => self.done.push(std::mem::take(&mut self.word)),
            true => {}
            false => self.word.push(c),
        }
    }

    fn add_protected(&mut self, c: char) {
        self.word.push(c);
    }

    fn add_quoted(&mut self, text: &str) {
        self.word.push_str(text);
    }

    fn finish(mut self) -> Vec<String> {
        if !self.word.is_empty() {
            self.done.push(self.word);
        }
        self.done
    }
}
