//! The order of answers.

use std::cmp::Ordering;

use rusqlite::Connection;
use rusqlite::types::{Value, ValueRef};

use crate::track::filter::{Field, NumberField, Order};
use crate::track::search::set::Set;
use crate::track::search::source::source;

/// Places of what cannot be compared: NaN after all numbers, and what lacks the field after that, in both directions.
const NAN: u32 = u32::MAX - 1;
const ABSENT: u32 = u32::MAX;

/// Looking one run up costs about as much as passing this many rows of an index.
const LOOK_UP: usize = 8;

/// A walk in the order of the values gives up after so many times the rows that it should take.
const PATIENCE: usize = 4;

/// Sorts `runs`, which come in the default order, and drops all but the first `most`.
///
/// What no order tells apart keeps the order that it came in.
pub(super) fn sort(
    db: &Connection,
    mut runs: Vec<u32>,
    orders: &[Order],
    most: usize,
) -> rusqlite::Result<Vec<u32>> {
    let size = runs.iter().max().map_or(0, |number| *number as usize + 1);
    let all: u32 = db
        .prepare_cached("SELECT coalesce(max(number), 0) FROM runs")?
        .query_row([], |row| row.get(0))?;
    if let Some(first) = orders.first()
        && let Some(best) = walk(db, first, &runs, most, all as usize)?
    {
        runs.retain(|number| best.contains(*number));
    }
    let few = runs.len() < all as usize / LOOK_UP;
    let places: Vec<Vec<u32>> = orders
        .iter()
        .map(|order| match few {
            true => places_of(db, order, &runs, size),
            false => places(db, order, size),
        })
        .collect::<Result<_, _>>()?;
    let mut keyed: Vec<(u32, u32)> =
        runs.iter().enumerate().map(|(came, number)| (*number, came as u32)).collect();
    let compare = |left: &(u32, u32), right: &(u32, u32)| {
        let differ = places
            .iter()
            .map(|places| places[left.0 as usize].cmp(&places[right.0 as usize]))
            .find(|ordering| ordering.is_ne());
        differ.unwrap_or_else(|| left.1.cmp(&right.1))
    };
    if most < keyed.len() {
        keyed.select_nth_unstable_by(most, compare);
        keyed.truncate(most);
    }
    keyed.sort_unstable_by(compare);
    runs.clear();
    runs.extend(keyed.into_iter().map(|(number, _)| number));
    Ok(runs)
}

/// Returns those of `runs` that come first by one field, `most` of them and all that are equal to the last, where an index over
/// its values finds them sooner than all are passed.
fn walk(
    db: &Connection,
    order: &Order,
    runs: &[u32],
    most: usize,
    all: usize,
) -> rusqlite::Result<Option<Set>> {
    let passed = most.saturating_mul(all) / runs.len().max(1);
    if passed.saturating_mul(PATIENCE) >= all.min(runs.len().saturating_mul(LOOK_UP)) {
        return Ok(None);
    }
    let Some(source) = source(db, &order.field)? else { return Ok(None) };
    let Some(key) = source.key else { return Ok(None) };
    let among: Set = runs.iter().copied().collect();
    let mut statement = db.prepare_cached(&source.valued(order.descending))?;
    let mut rows = statement.query([key])?;
    let (mut found, mut count, mut last) = (Set::default(), 0, Value::Null);
    let mut left = passed.saturating_mul(PATIENCE) + 1;
    while let Some(row) = rows.next()? {
        let value = row.get_ref(1)?;
        if count >= most && ValueRef::from(&last) != value {
            return Ok(Some(found));
        }
        left -= 1;
        if left == 0 {
            return Ok(None);
        }
        let number = row.get(0)?;
        if among.contains(number) {
            found.insert(number);
            count += 1;
            last = row.get(1)?;
        }
    }
    // All that have a value are there, and others come after them.
    Ok((count >= most).then_some(found))
}

/// Returns the place of each run by one field: values as SQLite sorts them, equal values at one place.
fn places(db: &Connection, order: &Order, size: usize) -> rusqlite::Result<Vec<u32>> {
    let mut places = vec![ABSENT; size];
    let Some(source) = source(db, &order.field)? else { return Ok(places) };
    let metric = matches!(order.field, Field::Number(NumberField::Metric(_)));
    let mut statement = db.prepare_cached(&source.sorted())?;
    let mut rows = match source.key {
        Some(key) => statement.query([key])?,
        None => statement.query([])?,
    };
    let (mut last, mut place) = (Value::Null, 0);
    while let Some(row) = rows.next()? {
        let value = row.get_ref(1)?;
        let slot = places.get_mut(row.get::<_, u32>(0)? as usize);
        if value == ValueRef::Null {
            slot.into_iter().filter(|_| metric).for_each(|slot| *slot = NAN);
            continue;
        }
        if ValueRef::from(&last) != value {
            place += 1;
            last = row.get(1)?;
        }
        slot.into_iter().for_each(|slot| *slot = place);
    }
    if order.descending {
        let flipped = places.iter_mut().filter(|slot| **slot < NAN);
        flipped.for_each(|slot| *slot = place - *slot);
    }
    Ok(places)
}

/// As [`places`], of these runs alone: each is looked up.
fn places_of(
    db: &Connection,
    order: &Order,
    runs: &[u32],
    size: usize,
) -> rusqlite::Result<Vec<u32>> {
    let mut places = vec![ABSENT; size];
    let Some(source) = source(db, &order.field)? else { return Ok(places) };
    let metric = matches!(order.field, Field::Number(NumberField::Metric(_)));
    let mut statement = db.prepare_cached(&source.one())?;
    let mut values: Vec<(Value, u32)> = Vec::with_capacity(runs.len());
    for run in runs {
        let mut rows = match source.key {
            Some(key) => statement.query((run, key))?,
            None => statement.query([run])?,
        };
        // Of several datasets the last in order counts.
        let mut greatest = None;
        while let Some(row) = rows.next()? {
            let value: Value = row.get(0)?;
            if greatest.as_ref().is_none_or(|known| compare(known, &value).is_lt()) {
                greatest = Some(value);
            }
        }
        match greatest {
            Some(Value::Null) if metric => places[*run as usize] = NAN,
            Some(Value::Null) | None => {}
            Some(value) => values.push((value, *run)),
        }
    }
    values.sort_unstable_by(|a, b| compare(&a.0, &b.0));
    let mut place = 0;
    for (at, (value, run)) in values.iter().enumerate() {
        if at == 0 || compare(&values[at - 1].0, value).is_ne() {
            place += 1;
        }
        places[*run as usize] = place;
    }
    if order.descending {
        let flipped = places.iter_mut().filter(|slot| **slot < NAN);
        flipped.for_each(|slot| *slot = place - *slot);
    }
    Ok(places)
}

/// The order that SQLite has for values of one column.
fn compare(a: &Value, b: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Null => 0,
        Value::Integer(_) | Value::Real(_) => 1,
        Value::Text(_) => 2,
        Value::Blob(_) => 3,
    };
    match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
        (Value::Real(a), Value::Real(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
        (Value::Text(a), Value::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
        _ => rank(a).cmp(&rank(b)),
    }
}
