//! The order of answers.

use rusqlite::Connection;
use rusqlite::types::{Value, ValueRef};

use crate::track::filter::{Field, NumberField, Order};
use crate::track::search::source::source;

/// Places of what cannot be compared: NaN after all numbers, and what lacks the field after that, in both directions.
const NAN: u32 = u32::MAX - 1;
const ABSENT: u32 = u32::MAX;

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
    let places: Vec<Vec<u32>> =
        orders.iter().map(|order| places(db, order, size)).collect::<Result<_, _>>()?;
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
