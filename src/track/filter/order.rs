//! The order of answers: `metrics.acc desc`, `params.lr`, `started_at`, several with commas between.

use std::fmt;

use crate::track::filter::lex::{self, Kind};
use crate::track::filter::{Field, Name, ParseError, TextField, runs};

/// Sorts by one field. What lacks it comes last in both directions, NaN before that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub field: Field,
    pub descending: bool,
}

/// Parses a list of fields to sort runs by, each ascending unless DESC follows.
pub fn parse_order(text: &str) -> Result<Vec<Order>, ParseError> {
    let named = list(text, &["asc", "desc"], "ASC, DESC or `,`")?;
    named.into_iter().map(|(name, word)| order(text, name, word == Some("desc"))).collect()
}

/// Parses a list of names with commas between.
pub fn parse_names(text: &str) -> Result<Vec<Name>, ParseError> {
    Ok(list(text, &[], "`,`")?.into_iter().map(|(name, _)| name).collect())
}

/// Names with commas between, each with one of `words` behind it or none.
fn list<'a>(
    text: &str,
    words: &[&'a str],
    between: &str,
) -> Result<Vec<(Name, Option<&'a str>)>, ParseError> {
    if text.len() > super::MAX_LENGTH {
        return Err(ParseError::new(text, super::MAX_LENGTH, "the list is too long"));
    }
    let tokens = lex::cut(text)?;
    let mut named = Vec::new();
    let mut next = 0;
    while tokens[next].kind != Kind::End {
        let at = tokens[next].at;
        let name = match tokens[next].kind.clone() {
            Kind::Word { entity, key, .. } => Name { entity, key, at },
            Kind::Text { text: key, quote: '"' } => Name { entity: None, key, at },
            _ => return Err(ParseError::new(text, at, "expected a name such as metrics.acc")),
        };
        next += 1;
        let word = words.iter().copied().find(|word| is_word(&tokens[next].kind, word));
        next += usize::from(word.is_some());
        named.push((name, word));
        match tokens[next].kind {
            Kind::Comma => next += 1,
            Kind::End => {}
            _ => return Err(ParseError::new(text, tokens[next].at, format!("expected {between}"))),
        }
    }
    Ok(named)
}

fn order(text: &str, name: Name, descending: bool) -> Result<Order, ParseError> {
    let field = runs::field(text, &name)?;
    match field {
        Field::Text(TextField::Dataset(_)) => {
            Err(ParseError::new(text, name.at, "a run may have many datasets, so none sorts it"))
        }
        field => Ok(Order { field, descending }),
    }
}

fn is_word(kind: &Kind, word: &str) -> bool {
    matches!(kind, Kind::Word { entity: None, key, quoted: false } if key.eq_ignore_ascii_case(word))
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, if self.descending { "DESC" } else { "ASC" })
    }
}
