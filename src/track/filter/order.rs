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
    if text.len() > super::MAX_LENGTH {
        return Err(ParseError::new(text, super::MAX_LENGTH, "the order is too long"));
    }
    let tokens = lex::cut(text)?;
    let mut orders = Vec::new();
    let mut next = 0;
    while tokens[next].kind != Kind::End {
        let at = tokens[next].at;
        let name = match tokens[next].kind.clone() {
            Kind::Word { entity, key, .. } => Name { entity, key, at },
            Kind::Text { text: key, quote: '"' } => Name { entity: None, key, at },
            _ => return Err(ParseError::new(text, at, "expected a name such as metrics.acc")),
        };
        next += 1;
        let descending = direction(&tokens[next].kind);
        next += usize::from(descending.is_some());
        orders.push(order(text, name, descending.unwrap_or(false))?);
        match tokens[next].kind {
            Kind::Comma => next += 1,
            Kind::End => {}
            _ => return Err(ParseError::new(text, tokens[next].at, "expected ASC, DESC or `,`")),
        }
    }
    Ok(orders)
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

fn direction(kind: &Kind) -> Option<bool> {
    match kind {
        Kind::Word { entity: None, key, quoted: false } => {
            match key.to_ascii_lowercase().as_str() {
                "asc" => Some(false),
                "desc" => Some(true),
                _ => None,
            }
        }
        _ => None,
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, if self.descending { "DESC" } else { "ASC" })
    }
}
