//! Which runs a filter holds for.
//!
//! Each condition is one statement over an index, and gives a set of bits; AND, OR and NOT join sets. So any number of
//! conditions works, none is joined to another by SQLite, and the worst plan is one pass over one index. Once few runs
//! are left they are looked up one by one instead.

use std::collections::HashSet;

use rusqlite::types::{ToSql, ValueRef};
use rusqlite::{CachedStatement, Connection};

use crate::track::filter::{
    Attribute, Comparator, Condition, Expr, Filter, NumberField, TextField, TextTest,
};
use crate::track::search::set::Set;
use crate::track::search::source::{Source, source};

/// So few runs are looked up one by one, which takes a millisecond.
const FEW: usize = 256;

/// Looking one run up costs about as much as passing this many rows of an index.
const LOOK_UP: usize = 16;

/// Returns those of `within` that `filter` holds for.
pub(super) fn eval(db: &Connection, filter: &Filter, within: &Set) -> rusqlite::Result<Set> {
    match filter {
        Expr::And(parts) => {
            let mut left = within.clone();
            for part in distinct(parts) {
                if left.is_empty() {
                    break;
                }
                left = eval(db, part, &left)?;
            }
            Ok(left)
        }
        Expr::Or(parts) => {
            let (mut found, mut left) = (Set::default(), within.clone());
            for part in distinct(parts) {
                if left.is_empty() {
                    break;
                }
                let more = eval(db, part, &left)?;
                left.subtract(&more);
                found.add(&more);
            }
            Ok(found)
        }
        Expr::Not(part) => {
            let mut left = within.clone();
            left.subtract(&eval(db, part, within)?);
            Ok(left)
        }
        Expr::Is(condition) => hold(db, condition, within),
    }
}

/// The parts without repetition, those that find few runs in little time first.
fn distinct(parts: &[Filter]) -> Vec<&Filter> {
    let mut seen = HashSet::new();
    let mut first = |part: &&Filter| match part {
        Expr::Is(condition) => seen.insert(format!("{condition:?}")),
        _ => true,
    };
    let mut parts: Vec<&Filter> = parts.iter().filter(&mut first).collect();
    parts.sort_by_key(|part| cost(part));
    parts
}

fn cost(filter: &Filter) -> u8 {
    match filter {
        Expr::Is(Condition::Text { field, test }) => match (field, test) {
            (TextField::Attribute(Attribute::Id), TextTest::Equal(_)) => 0,
            (TextField::Param(_) | TextField::Tag(_), TextTest::Equal(_)) => 1,
            (TextField::Param(_) | TextField::Tag(_), _) => 3,
            _ => 4,
        },
        Expr::Is(Condition::Number { field: NumberField::Metric(_), .. }) => 2,
        Expr::Is(_) => 4,
        Expr::And(_) | Expr::Or(_) | Expr::Not(_) => 5,
    }
}

fn hold(db: &Connection, condition: &Condition, within: &Set) -> rusqlite::Result<Set> {
    if let Condition::Present { field, present: false } = condition {
        let has = Condition::Present { field: field.clone(), present: true };
        let mut left = within.clone();
        left.subtract(&hold(db, &has, within)?);
        return Ok(left);
    }
    let Some(source) = source(db, &condition.field())? else { return Ok(Set::default()) };
    let size: u32 = db
        .prepare_cached("SELECT coalesce(max(number), 0) FROM runs")?
        .query_row([], |row| row.get(0))?;
    let narrowed = narrow(condition, source.key.is_some());
    let few = if narrowed.is_some() { FEW } else { size as usize / LOOK_UP };
    match within.len() < few.min(size as usize / LOOK_UP) {
        true => look_up(db, &source, condition, within),
        false => scan(db, &source, condition, narrowed, within),
    }
}

fn look_up(
    db: &Connection,
    source: &Source,
    condition: &Condition,
    within: &Set,
) -> rusqlite::Result<Set> {
    let mut statement = db.prepare_cached(&source.one())?;
    let mut found = Set::default();
    for number in within.iter() {
        let mut rows = match source.key {
            Some(key) => statement.query((number, key))?,
            None => statement.query([number])?,
        };
        while let Some(row) = rows.next()? {
            if holds(condition, row.get_ref(0)?) {
                found.insert(number);
                break;
            }
        }
    }
    Ok(found)
}

fn scan(
    db: &Connection,
    source: &Source,
    condition: &Condition,
    narrowed: Option<Narrowed>,
    within: &Set,
) -> rusqlite::Result<Set> {
    let sql = source.all(narrowed.as_ref().map_or("", |(sql, _)| sql));
    let mut statement: CachedStatement<'_> = db.prepare_cached(&sql)?;
    let mut values: Vec<&dyn ToSql> = Vec::new();
    if let Some(key) = &source.key {
        values.push(key);
    }
    if let Some((_, value)) = &narrowed {
        values.push(value.as_ref());
    }
    let mut rows = statement.query(values.as_slice())?;
    let mut found = Set::default();
    // The same text stands many times in a row in an index.
    let mut last: Option<(Vec<u8>, bool)> = None;
    while let Some(row) = rows.next()? {
        let value = row.get_ref(1)?;
        let held = match (value, &last) {
            (ValueRef::Text(text), Some((same, held))) if text == same => *held,
            (ValueRef::Text(text), _) => {
                let held = holds(condition, value);
                last = Some((text.to_vec(), held));
                held
            }
            _ => holds(condition, value),
        };
        let number = row.get(0)?;
        if held && within.contains(number) {
            found.insert(number);
        }
    }
    Ok(found)
}

/// A condition on the values of an index, and the value that it compares with.
type Narrowed = (&'static str, Box<dyn ToSql>);

/// What SQLite can find in an index by itself; `holds` decides all the same.
fn narrow(condition: &Condition, keyed: bool) -> Option<Narrowed> {
    if !keyed {
        return None;
    }
    match condition {
        Condition::Number { comparator, value, .. } if !value.is_nan() => {
            let sql = match comparator {
                Comparator::Equal => "AND value = ?2",
                Comparator::Less => "AND value < ?2",
                Comparator::LessOrEqual => "AND value <= ?2",
                Comparator::Greater => "AND value > ?2",
                Comparator::GreaterOrEqual => "AND value >= ?2",
                Comparator::NotEqual => return None,
            };
            Some((sql, Box::new(*value)))
        }
        Condition::Text { test: TextTest::Equal(text), .. } => {
            Some(("AND value = ?2", Box::new(text.clone())))
        }
        _ => None,
    }
}

fn holds(condition: &Condition, value: ValueRef<'_>) -> bool {
    match condition {
        Condition::Present { .. } => true,
        Condition::Number { comparator, value: wanted, .. } => {
            let value = match value {
                ValueRef::Real(value) => value,
                ValueRef::Integer(value) => value as f64,
                _ => f64::NAN,
            };
            let both_nan = value.is_nan() && wanted.is_nan();
            match comparator {
                Comparator::Equal => both_nan || value == *wanted,
                Comparator::NotEqual => !both_nan && value != *wanted,
                _ => comparator.holds(value, *wanted),
            }
        }
        Condition::Text { test, .. } => match value {
            ValueRef::Text(text) => test.holds(&String::from_utf8_lossy(text)),
            _ => false,
        },
    }
}
