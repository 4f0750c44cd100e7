//! Values in lists in lists, and objects of them, as they are parsed: flat, with a shape.

use std::borrow::Cow;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::cells::{Cell, Cells};
use super::json::MOST_COLUMNS;

/// What stands for an infinity in text that was written anew.
const INFINITY: &str = "\0Infinity";
const MINUS_INFINITY: &str = "\0-Infinity";

/// Nested values, or objects of them.
#[derive(Debug)]
pub(in crate::server::score) enum Data {
    Nest(Nest),
    /// By column.
    Fields(Vec<(String, Nest)>),
    /// One object a row, turned into columns.
    Rows {
        columns: Vec<(String, Nest)>,
        rows: usize,
    },
    Null,
}

/// A list of lists of values, flat; a single value has no dimension.
#[derive(Debug, Default)]
pub(in crate::server::score) struct Nest {
    pub(in crate::server::score) cells: Cells,
    pub(in crate::server::score) shape: Vec<usize>,
    /// Whether lists beside each other differ in length, or something is in them that is no value.
    pub(in crate::server::score) ragged: bool,
    leaf: Option<usize>,
}

/// One value; a list or an object is read over.
pub(in crate::server::score) struct CellSeed;

impl<'de> DeserializeSeed<'de> for CellSeed {
    type Value = Cell;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Cell, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for CellSeed {
    type Value = Cell;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Cell, E> {
        Ok(Cell::Null)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Cell, E> {
        Ok(Cell::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Cell, E> {
        Ok(Cell::Int(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Cell, E> {
        Ok(i64::try_from(value).map_or(Cell::Float(value as f64), Cell::Int))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Cell, E> {
        Ok(Cell::Float(value))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Cell, E> {
        Ok(match value {
            INFINITY => Cell::Float(f64::INFINITY),
            MINUS_INFINITY => Cell::Float(f64::NEG_INFINITY),
            _ => Cell::Text(value.to_owned()),
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Cell, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Cell::Nested)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cell, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Cell::Nested)
    }
}

impl Nest {
    fn single(cell: Cell) -> Self {
        let mut nest = Self::default();
        nest.leaf(cell, 0);
        nest
    }

    fn leaf(&mut self, cell: Cell, depth: usize) {
        self.ragged |= *self.leaf.get_or_insert(depth) != depth || cell == Cell::Nested;
        self.cells.push(cell);
    }

    /// Notes that a list at `depth` has ended with `count` things in it.
    fn close(&mut self, depth: usize, count: usize) {
        while self.shape.len() <= depth {
            self.shape.push(usize::MAX);
        }
        match &mut self.shape[depth] {
            known if *known == usize::MAX => *known = count,
            known => self.ragged |= *known != count,
        }
    }
}

/// Values at some depth of lists.
struct NestSeed<'a>(&'a mut Nest, usize);

impl<'de> DeserializeSeed<'de> for NestSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

/// Hands single values to [`CellSeed`], and what it makes of them to a function.
macro_rules! values {
    ($value:ty, $($method:ident $kind:ty;)*) => {
        $(fn $method<E: serde::de::Error>(self, value: $kind) -> Result<$value, E> {
            CellSeed.$method(value).map(|cell| self.cell(cell))
        })*
        fn visit_unit<E: serde::de::Error>(self) -> Result<$value, E> {
            Ok(self.cell(Cell::Null))
        }
    };
}

impl<'de> serde::Deserialize<'de> for Nest {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut nest = Self::default();
        NestSeed(&mut nest, 0).deserialize(from)?;
        Ok(nest)
    }
}

impl NestSeed<'_> {
    fn cell(self, cell: Cell) {
        self.0.leaf(cell, self.1);
    }
}

impl<'de> Visitor<'de> for NestSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("values, or lists of them")
    }

    values! { (), visit_bool bool; visit_i64 i64; visit_u64 u64; visit_f64 f64; visit_str &str; }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut count = 0;
        while list.next_element_seed(NestSeed(self.0, self.1 + 1))?.is_some() {
            count += 1;
        }
        self.0.close(self.1, count);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.0.leaf(Cell::Nested, self.1);
        Ok(())
    }
}

/// What stands under `inputs`, `instances` or `dataframe_records`.
pub(super) struct DataSeed;

impl<'de> DeserializeSeed<'de> for DataSeed {
    type Value = Data;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Data, D::Error> {
        from.deserialize_any(self)
    }
}

impl DataSeed {
    fn cell(self, cell: Cell) -> Data {
        match cell {
            Cell::Null => Data::Null,
            cell => Data::Nest(Nest::single(cell)),
        }
    }
}

impl<'de> Visitor<'de> for DataSeed {
    type Value = Data;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("values, lists or objects of them")
    }

    values! { Data, visit_bool bool; visit_i64 i64; visit_u64 u64; visit_f64 f64; visit_str &str; }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Data, A::Error> {
        let mut columns: Vec<(String, Nest)> = vec![];
        while let Some(key) = map.next_key::<String>()? {
            let mut nest = Nest::default();
            map.next_value_seed(NestSeed(&mut nest, 0))?;
            if columns.len() == MOST_COLUMNS {
                return Err(A::Error::custom("too many columns"));
            }
            columns.push((key, nest));
        }
        Ok(Data::Fields(columns))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Data, A::Error> {
        let (mut nest, mut columns) = (Nest::default(), Vec::new());
        let (mut objects, mut count) = (0, 0);
        while let Some(object) = list.next_element_seed(ItemSeed {
            nest: &mut nest,
            columns: &mut columns,
            row: objects,
        })? {
            objects += usize::from(object);
            count += 1;
        }
        if objects > 0 && objects == count {
            for (_, column) in &mut columns {
                column.pad(objects);
            }
            return Ok(Data::Rows { columns, rows: objects });
        }
        nest.ragged |= objects > 0;
        nest.close(0, count);
        Ok(Data::Nest(nest))
    }
}

impl Nest {
    /// Adds missing values for rows that did not name this column.
    fn pad(&mut self, rows: usize) {
        if self.leaf.unwrap_or(1) == 1 {
            self.leaf = Some(1);
            self.cells.fill(rows);
            if self.shape.is_empty() {
                self.shape.push(rows);
            }
        }
        self.shape[0] = rows;
    }
}

/// One thing in a list: an object, whose fields go to columns, or anything else. Tells whether it was an object.
struct ItemSeed<'a> {
    nest: &'a mut Nest,
    columns: &'a mut Vec<(String, Nest)>,
    row: usize,
}

impl<'de> DeserializeSeed<'de> for ItemSeed<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<bool, D::Error> {
        from.deserialize_any(self)
    }
}

impl ItemSeed<'_> {
    fn cell(self, cell: Cell) -> bool {
        self.nest.leaf(cell, 1);
        false
    }
}

impl<'de> Visitor<'de> for ItemSeed<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, a list or an object")
    }

    values! { bool, visit_bool bool; visit_i64 i64; visit_u64 u64; visit_f64 f64; visit_str &str; }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<bool, A::Error> {
        NestSeed(self.nest, 1).visit_seq(list).map(|()| false)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let Self { columns, row, .. } = self;
        let mut next = 0;
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            // Rows usually name their columns in one order.
            let place = match columns.get(next) {
                Some((name, _)) if *name == key => next,
                _ => place_of(columns, &key, row).map_err(A::Error::custom)?,
            };
            next = place + 1;
            let nest = &mut columns[place].1;
            if nest.leaf.is_none_or(|leaf| leaf == 1) {
                nest.cells.fill(row);
            }
            map.next_value_seed(NestSeed(nest, 1))?;
        }
        Ok(true)
    }
}

fn place_of(
    columns: &mut Vec<(String, Nest)>,
    key: &str,
    row: usize,
) -> Result<usize, &'static str> {
    if let Some(place) = columns.iter().position(|(name, _)| name == key) {
        return Ok(place);
    }
    // Each row could name others: that many columns are looked through for each field.
    if columns.len() >= MOST_COLUMNS || (row > 100 && columns.len() > 10_000) {
        return Err("too many columns");
    }
    columns.push((key.to_owned(), Nest::default()));
    Ok(columns.len() - 1)
}
