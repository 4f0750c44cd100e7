//! The order of answers: `name`, `last_updated_timestamp DESC`.

use std::cmp::Ordering;

use crate::model::Error;
use crate::model::filter::Subject;

/// Sorts by one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) field: Field,
    pub(super) descending: bool,
}

/// What models and versions are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Name,
    Number,
    Created,
    Updated,
}

/// What is compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keys<'a> {
    pub(super) name: &'a str,
    pub(super) number: u64,
    pub(super) created: i64,
    pub(super) updated: i64,
}

/// Reads what to sort by, and adds what MLflow adds so that the order is always the same.
pub(super) fn parse(clauses: &[impl AsRef<str>], subject: Subject) -> Result<Vec<Order>, Error> {
    let mut orders: Vec<Order> = vec![];
    for clause in clauses {
        let order = clause_of(clause.as_ref(), subject)?;
        if orders.iter().any(|known| known.field == order.field) {
            return Err(bad(clause.as_ref(), "`order_by` contains duplicate fields"));
        }
        orders.push(order);
    }
    if orders.is_empty() && subject == Subject::Versions {
        orders.push(Order { field: Field::Updated, descending: true });
    }
    for (field, descending) in [(Field::Name, false), (Field::Number, true)] {
        let counts = field == Field::Name || subject == Subject::Versions;
        if counts && !orders.iter().any(|known| known.field == field) {
            orders.push(Order { field, descending });
        }
    }
    Ok(orders)
}

/// Compares two things by all of `orders`.
pub(super) fn compare(orders: &[Order], a: Keys<'_>, b: Keys<'_>) -> Ordering {
    let by = |order: &Order| {
        let found = match order.field {
            Field::Name => a.name.cmp(b.name),
            Field::Number => a.number.cmp(&b.number),
            Field::Created => a.created.cmp(&b.created),
            Field::Updated => a.updated.cmp(&b.updated),
        };
        if order.descending { found.reverse() } else { found }
    };
    orders.iter().map(by).find(|found| found.is_ne()).unwrap_or(Ordering::Equal)
}

fn clause_of(clause: &str, subject: Subject) -> Result<Order, Error> {
    let words: Vec<&str> = clause.split_whitespace().collect();
    let (key, descending) = match words[..] {
        [key] => (key, false),
        [key, word] if word.eq_ignore_ascii_case("asc") => (key, false),
        [key, word] if word.eq_ignore_ascii_case("desc") => (key, true),
        [_, _] => return Err(bad(clause, "only ASC and DESC may follow a key")),
        _ => return Err(bad(clause, "it is not one key with ASC, DESC or nothing behind it")),
    };
    let key = key.trim_matches(['`', '"']);
    let key =
        key.strip_prefix("attribute.").or_else(|| key.strip_prefix("attributes.")).unwrap_or(key);
    let field = match (key, subject) {
        ("name", _) => Field::Name,
        ("version_number", Subject::Versions) => Field::Number,
        ("creation_timestamp", _) => Field::Created,
        ("last_updated_timestamp", _) | ("timestamp", Subject::Models) => Field::Updated,
        (_, Subject::Models) => {
            return Err(bad(clause, "the keys are name, timestamp, last_updated_timestamp"));
        }
        (_, Subject::Versions) => {
            return Err(bad(
                clause,
                "the keys are name, version_number, creation_timestamp, last_updated_timestamp",
            ));
        }
    };
    Ok(Order { field, descending })
}

fn bad(clause: &str, reason: &'static str) -> Error {
    Error::BadOrder { clause: clause.chars().take(200).collect(), reason }
}
