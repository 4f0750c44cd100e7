//! A filter's text cut into words, quoted texts, numbers and signs.

use crate::track::filter::{Comparator, ParseError};

/// A piece of the text, and the byte at which it begins.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) at: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// `status`, `AND`, and `entity.key`, whose key may be quoted.
    Word {
        entity: Option<String>,
        key: String,
        quoted: bool,
    },
    /// Between single or double quotes. What is between double quotes may be a name too.
    Text {
        text: String,
        quote: char,
    },
    Number(String),
    Compare(Comparator),
    Open,
    Close,
    Comma,
    End,
}

const KEYWORDS: [&str; 8] = ["AND", "OR", "NOT", "IN", "LIKE", "ILIKE", "IS", "NULL"];

/// Tells whether `text` means something when it stands alone.
pub(super) fn is_keyword(text: &str) -> bool {
    KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(text))
}

pub(super) fn begins_word(letter: char) -> bool {
    letter.is_alphabetic() || letter == '_'
}

/// MLflow allows `/`, `-` and `:` in keys, though only between quotes in a filter.
pub(super) fn in_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '.' | '-' | '/' | ':' | '@' | '$')
}

/// Cuts `text` into tokens; the last is `End`.
pub(super) fn cut(text: &str) -> Result<Vec<Token>, ParseError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        let token = lexer.next()?;
        let ended = token.kind == Kind::End;
        tokens.push(token);
        if ended {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn next(&mut self) -> Result<Token, ParseError> {
        self.take_while(char::is_whitespace);
        let at = self.at;
        let kind = match self.peek() {
            None => Kind::End,
            Some('(') => self.single(Kind::Open),
            Some(')') => self.single(Kind::Close),
            Some(',') => self.single(Kind::Comma),
            Some('=' | '!' | '<' | '>' | '~') => self.comparator()?,
            Some(quote @ ('\'' | '"')) => Kind::Text { text: self.quoted(quote)?, quote },
            Some('`') => self.quoted_word()?,
            Some(letter) if begins_word(letter) => self.word()?,
            Some('0'..='9' | '.' | '-' | '+') => self.number()?,
            Some(letter) => {
                return Err(self.error(at, format!("unexpected `{}`", letter.escape_debug())));
            }
        };
        Ok(Token { kind, at })
    }

    fn word(&mut self) -> Result<Kind, ParseError> {
        let word = self.take_while(in_word);
        match word.split_once('.') {
            None => Ok(Kind::Word { entity: None, key: word.to_owned(), quoted: false }),
            Some((entity, key)) => self.key(entity.to_owned(), key),
        }
    }

    /// A name between backticks: an attribute, or an entity if a dot follows.
    fn quoted_word(&mut self) -> Result<Kind, ParseError> {
        let word = self.quoted('`')?;
        if self.peek() != Some('.') {
            return Ok(Kind::Word { entity: None, key: word, quoted: true });
        }
        self.at += 1;
        let key = self.take_while(in_word);
        self.key(word, key)
    }

    /// The part behind the dot, of which `key` is what stands there without quotes.
    fn key(&mut self, entity: String, key: &'a str) -> Result<Kind, ParseError> {
        let (key, quoted) = match self.peek() {
            Some(quote @ ('`' | '"' | '\'')) if key.is_empty() => (self.quoted(quote)?, true),
            _ => (key.to_owned(), false),
        };
        match key.is_empty() {
            true => Err(self.error(self.at, format!("no key after `{}.`", entity.escape_debug()))),
            false => Ok(Kind::Word { entity: Some(entity), key, quoted }),
        }
    }

    /// A doubled quote inside stands for one, as in SQL. A backslash is a backslash.
    fn quoted(&mut self, quote: char) -> Result<String, ParseError> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            text.push_str(self.take_while(|letter| letter != quote));
            if self.peek().is_none() {
                return Err(self.error(start, format!("{quote} is not closed")));
            }
            self.at += 1;
            if self.peek() != Some(quote) {
                return Ok(text);
            }
            text.push(quote);
            self.at += 1;
        }
    }

    fn number(&mut self) -> Result<Kind, ParseError> {
        let start = self.at;
        if matches!(self.peek(), Some('-' | '+')) {
            self.at += 1;
        }
        loop {
            let digits = self.take_while(|letter| letter.is_alphanumeric() || letter == '.');
            let exponent = digits.ends_with(['e', 'E']) && !digits.starts_with(char::is_alphabetic);
            match self.peek() {
                Some('-' | '+') if exponent => self.at += 1,
                _ => break,
            }
        }
        let number = &self.text[start..self.at];
        match number.parse::<f64>() {
            Ok(_) => Ok(Kind::Number(number.to_owned())),
            Err(_) => Err(self.error(start, format!("`{}` is no number", brief(number)))),
        }
    }

    fn comparator(&mut self) -> Result<Kind, ParseError> {
        let start = self.at;
        let sign = self.take_while(|letter| matches!(letter, '=' | '!' | '<' | '>' | '~'));
        Ok(Kind::Compare(match sign {
            "=" => Comparator::Equal,
            "!=" => Comparator::NotEqual,
            "<" => Comparator::Less,
            "<=" => Comparator::LessOrEqual,
            ">" => Comparator::Greater,
            ">=" => Comparator::GreaterOrEqual,
            _ => {
                let known = "`=`, `!=`, `<`, `<=`, `>`, `>=`, LIKE, ILIKE, IN and NOT IN";
                let reason = format!("`{}` is no comparator; {known} are", brief(sign));
                return Err(self.error(start, reason));
            }
        }))
    }

    fn single(&mut self, kind: Kind) -> Kind {
        self.at += 1;
        kind
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn take_while(&mut self, mut keep: impl FnMut(char) -> bool) -> &'a str {
        let rest = &self.text[self.at..];
        let length = rest.find(|letter| !keep(letter)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn error(&self, at: usize, reason: String) -> ParseError {
        ParseError::new(self.text, at, reason)
    }
}

/// Returns enough of `text` to know it again in a message.
pub(super) fn brief(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut shown = String::new();
    for letter in text.chars().take(LONGEST) {
        match letter {
            '\'' | '"' | '\\' => shown.push(letter),
            _ => shown.extend(letter.escape_debug()),
        }
    }
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}
