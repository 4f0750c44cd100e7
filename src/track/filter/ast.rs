//! What a filter says, before it is known what it is about: clauses joined by AND, OR and NOT.

use std::fmt;

/// A boolean structure over leaves of any kind. An empty `And` holds for everything.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr<T> {
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Is(T),
}

/// One comparison as it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    pub name: Name,
    pub test: Test,
    /// The byte at which the comparator begins.
    pub test_at: usize,
    /// The byte at which the value begins.
    pub value_at: usize,
}

/// The left side of a comparison: `metrics.acc` has both parts, `status` a key alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub entity: Option<String>,
    pub key: String,
    /// The byte at which it begins.
    pub at: usize,
}

/// What is asked of the named value.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    Compare(Comparator, Literal),
    Like { pattern: String, any_case: bool },
    Among { values: Vec<String>, negated: bool },
    Null { negated: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    Text(String),
    /// As it is written; the subject decides what numbers it takes.
    Number(String),
}

impl<T> Expr<T> {
    /// Turns each leaf into another, and stops at the first that fails.
    pub fn try_map<U, E>(self, turn: &mut impl FnMut(T) -> Result<U, E>) -> Result<Expr<U>, E> {
        let all = |parts: Vec<Self>, turn: &mut _| -> Result<Vec<Expr<U>>, E> {
            parts.into_iter().map(|part| part.try_map(turn)).collect()
        };
        Ok(match self {
            Self::And(parts) => Expr::And(all(parts, turn)?),
            Self::Or(parts) => Expr::Or(all(parts, turn)?),
            Self::Not(part) => Expr::Not(Box::new(part.try_map(turn)?)),
            Self::Is(leaf) => Expr::Is(turn(leaf)?),
        })
    }

    /// Tells whether it holds for everything.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::And(parts) if parts.is_empty())
    }

    /// Returns the leaves in their order.
    pub fn leaves(&self) -> impl Iterator<Item = &T> {
        let mut left = vec![self];
        std::iter::from_fn(move || {
            loop {
                match left.pop()? {
                    Self::And(parts) | Self::Or(parts) => left.extend(parts.iter().rev()),
                    Self::Not(part) => left.push(part),
                    Self::Is(leaf) => return Some(leaf),
                }
            }
        })
    }

    fn write_within(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result
    where
        T: fmt::Display,
    {
        match self {
            Self::And(_) | Self::Or(_) => write!(f, "({self})"),
            Self::Not(_) | Self::Is(_) => write!(f, "{self}"),
        }
    }
}

/// Prints what parses to the same structure again.
impl<T: fmt::Display> fmt::Display for Expr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, between) = match self {
            Self::And(parts) => (parts, " AND "),
            Self::Or(parts) => (parts, " OR "),
            Self::Not(part) => {
                f.write_str("NOT ")?;
                return part.write_within(f);
            }
            Self::Is(leaf) => return leaf.fmt(f),
        };
        for (number, part) in parts.iter().enumerate() {
            if number > 0 {
                f.write_str(between)?;
            }
            part.write_within(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.test)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |text: &str| text.chars().all(super::lex::in_word) && !text.is_empty();
        let begins = |text: &str| text.starts_with(super::lex::begins_word);
        match &self.entity {
            Some(entity) => {
                match plain(entity) && begins(entity) && !entity.contains('.') {
                    true => f.write_str(entity)?,
                    false => quoted(f, entity, '`')?,
                }
                f.write_str(".")?;
            }
            None if self.key.contains('.') || super::lex::is_keyword(&self.key) => {
                return quoted(f, &self.key, '`');
            }
            None if !begins(&self.key) => return quoted(f, &self.key, '`'),
            None => {}
        }
        match plain(&self.key) {
            true => f.write_str(&self.key),
            false => quoted(f, &self.key, '`'),
        }
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not = |negated: &bool| if *negated { "NOT " } else { "" };
        match self {
            Self::Compare(comparator, Literal::Number(number)) => {
                write!(f, "{comparator} {number}")
            }
            Self::Compare(comparator, Literal::Text(text)) => {
                write!(f, "{comparator} ")?;
                quoted(f, text, '\'')
            }
            Self::Like { pattern, any_case } => {
                f.write_str(if *any_case { "ILIKE " } else { "LIKE " })?;
                quoted(f, pattern, '\'')
            }
            Self::Among { values, negated } => {
                write!(f, "{}IN (", not(negated))?;
                for (number, value) in values.iter().enumerate() {
                    f.write_str(if number > 0 { ", " } else { "" })?;
                    quoted(f, value, '\'')?;
                }
                f.write_str(")")
            }
            Self::Null { negated } => write!(f, "IS {}NULL", not(negated)),
        }
    }
}

impl Comparator {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// Compares two numbers; NaN is unequal to all.
    pub fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

impl fmt::Display for Comparator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Writes `text` between quotes; a quote inside is doubled, as in SQL.
fn quoted(f: &mut fmt::Formatter<'_>, text: &str, quote: char) -> fmt::Result {
    write!(f, "{quote}")?;
    for (number, part) in text.split(quote).enumerate() {
        if number > 0 {
            write!(f, "{quote}{quote}")?;
        }
        f.write_str(part)?;
    }
    write!(f, "{quote}")
}
