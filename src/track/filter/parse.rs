//! A filter's text as a structure of clauses.

use crate::track::filter::lex::{self, Kind, Token};
use crate::track::filter::{Clause, Expr, Literal, Name, ParseError, Test};

/// Longer filters are refused before they are read.
pub const MAX_LENGTH: usize = 1 << 20;

/// How deep parentheses and NOT may be nested. Everything that walks an [`Expr`] recurses, so this bounds the
/// stack: at 100 a debug build needs well below 100 KiB.
pub const MAX_DEPTH: usize = 100;

/// Parses a filter about anything; white space alone holds for everything.
///
/// AND binds closer than OR, NOT closer than both.
pub fn parse(text: &str) -> Result<Expr<Clause>, ParseError> {
    if text.len() > MAX_LENGTH {
        let reason = format!("{} bytes are more than a filter may have: {MAX_LENGTH}", text.len());
        return Err(ParseError::new(text, MAX_LENGTH, reason));
    }
    let mut parser = Parser { text, tokens: lex::cut(text)?, next: 0, depth: 0 };
    if parser.peek() == &Kind::End {
        return Ok(Expr::And(Vec::new()));
    }
    let expr = parser.any_of()?;
    match parser.peek() {
        Kind::End => Ok(expr),
        _ => Err(parser.expected("AND, OR or the end")),
    }
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

impl Parser<'_> {
    fn any_of(&mut self) -> Result<Expr<Clause>, ParseError> {
        let mut parts = vec![self.all_of()?];
        while self.take_keyword("OR") {
            parts.push(self.all_of()?);
        }
        Ok(alone_or(parts, Expr::Or))
    }

    fn all_of(&mut self) -> Result<Expr<Clause>, ParseError> {
        let mut parts = vec![self.part()?];
        while self.take_keyword("AND") {
            parts.push(self.part()?);
        }
        Ok(alone_or(parts, Expr::And))
    }

    fn part(&mut self) -> Result<Expr<Clause>, ParseError> {
        if self.depth == MAX_DEPTH {
            let reason = format!("nested deeper than {MAX_DEPTH}");
            return Err(ParseError::new(self.text, self.at(), reason));
        }
        self.depth += 1;
        let part = if self.take_keyword("NOT") {
            Expr::Not(Box::new(self.part()?))
        } else if self.peek() == &Kind::Open {
            self.inside()?
        } else {
            Expr::Is(self.clause()?)
        };
        self.depth -= 1;
        Ok(part)
    }

    fn inside(&mut self) -> Result<Expr<Clause>, ParseError> {
        let opened = self.at();
        self.next += 1;
        let expr = self.any_of()?;
        match self.peek() {
            Kind::Close => self.next += 1,
            Kind::End => return Err(ParseError::new(self.text, opened, "`(` is not closed")),
            _ => return Err(self.expected("AND, OR or `)`")),
        }
        Ok(expr)
    }

    fn clause(&mut self) -> Result<Clause, ParseError> {
        let name = self.name()?;
        let test_at = self.at();
        let negated = self.take_keyword("NOT");
        let comparator = self.peek().clone();
        let test = match comparator {
            _ if self.take_keyword("IN") => return self.among(name, test_at, negated),
            _ if negated => return Err(self.expected("IN after NOT")),
            Kind::Compare(comparator) => {
                self.next += 1;
                let value_at = self.at();
                let test = Test::Compare(comparator, self.value()?);
                return Ok(Clause { name, test, test_at, value_at });
            }
            _ if self.take_keyword("LIKE") => {
                Test::Like { pattern: String::new(), any_case: false }
            }
            _ if self.take_keyword("ILIKE") => {
                Test::Like { pattern: String::new(), any_case: true }
            }
            _ if self.take_keyword("IS") => self.null()?,
            _ => return Err(self.expected("a comparator")),
        };
        let value_at = self.at();
        let test = match test {
            Test::Like { any_case, .. } => Test::Like { pattern: self.quoted()?, any_case },
            test => test,
        };
        Ok(Clause { name, test, test_at, value_at })
    }

    fn name(&mut self) -> Result<Name, ParseError> {
        let at = self.at();
        let (entity, key) = match self.peek().clone() {
            Kind::Word { entity: None, key, quoted: false } if lex::is_keyword(&key) => {
                return Err(self.expected("a name such as metrics.acc"));
            }
            Kind::Word { entity, key, .. } => (entity, key),
            Kind::Text { text, quote: '"' } => (None, text),
            _ => return Err(self.expected("a name such as metrics.acc")),
        };
        self.next += 1;
        // MLflow takes `run name = 'x'` without quotes.
        if entity.is_none() && key.eq_ignore_ascii_case("run") && self.take_keyword("name") {
            return Ok(Name { entity, key: "run_name".to_owned(), at });
        }
        Ok(Name { entity, key, at })
    }

    fn among(&mut self, name: Name, test_at: usize, negated: bool) -> Result<Clause, ParseError> {
        let value_at = self.at();
        if self.peek() != &Kind::Open {
            return Err(self.expected("a list such as ('a', 'b')"));
        }
        self.next += 1;
        let mut values = vec![self.quoted()?];
        loop {
            match self.peek() {
                Kind::Comma => self.next += 1,
                Kind::Close => break self.next += 1,
                _ => return Err(self.expected("`,` or `)`")),
            }
            // Python writes a list of one as `('a',)`.
            if self.peek() != &Kind::Close {
                values.push(self.quoted()?);
            }
        }
        Ok(Clause { name, test: Test::Among { values, negated }, test_at, value_at })
    }

    fn null(&mut self) -> Result<Test, ParseError> {
        let negated = self.take_keyword("NOT");
        match self.take_keyword("NULL") {
            true => Ok(Test::Null { negated }),
            false => Err(self.expected("NULL")),
        }
    }

    fn value(&mut self) -> Result<Literal, ParseError> {
        let literal = match self.peek() {
            Kind::Number(number) => Literal::Number(number.clone()),
            Kind::Text { text, .. } => Literal::Text(text.clone()),
            Kind::Word { entity: None, key, quoted: false } if key.parse::<f64>().is_ok() => {
                Literal::Number(key.clone())
            }
            Kind::Word { .. } => return Err(self.expected("a number or a quoted text")),
            _ => return Err(self.expected("a value")),
        };
        self.next += 1;
        Ok(literal)
    }

    fn quoted(&mut self) -> Result<String, ParseError> {
        let Kind::Text { text, .. } = self.peek() else {
            return Err(self.expected("a quoted text"));
        };
        let text = text.clone();
        self.next += 1;
        Ok(text)
    }

    fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = matches!(self.peek(), Kind::Word { entity: None, key, quoted: false }
            if key.eq_ignore_ascii_case(keyword));
        self.next += usize::from(found);
        found
    }

    fn peek(&self) -> &Kind {
        &self.tokens[self.next].kind
    }

    fn at(&self) -> usize {
        self.tokens[self.next].at
    }

    fn expected(&self, what: &str) -> ParseError {
        let at = self.at();
        let end = self.tokens.get(self.next + 1).map_or(self.text.len(), |token| token.at);
        let found = self.text[at..end].trim_end();
        let reason = match found.is_empty() {
            true => format!("expected {what}, found the end"),
            false => format!("expected {what}, found `{}`", lex::brief(found)),
        };
        ParseError::new(self.text, at, reason)
    }
}

fn alone_or<T>(mut parts: Vec<Expr<T>>, join: impl FnOnce(Vec<Expr<T>>) -> Expr<T>) -> Expr<T> {
    match parts.len() {
        1 => parts.remove(0),
        _ => join(parts),
    }
}
