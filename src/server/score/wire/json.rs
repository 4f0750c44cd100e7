//! A request in JSON, read into columns as it is parsed: no tree of values is made on the way.
//!
//! Python's JSON knows `NaN`, `Infinity` and `-Infinity`. The parser here does not; where it stumbles over one, the text is
//! written anew with `null` and with text that begins with a zero byte in their place, and read again.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::cells::{Cell, Cells};

/// What stands for an infinity in text that was written anew.
const INFINITY: &str = "\0Infinity";
const MINUS_INFINITY: &str = "\0-Infinity";

/// So many columns are read and no more.
pub(in crate::server::score) const MOST_COLUMNS: usize = 100_000;

/// What a request holds at its top.
#[derive(Debug, Default)]
pub(in crate::server::score) struct Body {
    /// The fields of the request in their order.
    pub(in crate::server::score) fields: Vec<String>,
    pub(in crate::server::score) data: Option<Given>,
    pub(in crate::server::score) params: Option<Value>,
}

/// What is to be scored, under one of the four names.
#[derive(Debug)]
pub(in crate::server::score) enum Given {
    Split(Split),
    Records(Data),
    Instances(Data),
    Inputs(Data),
}

/// `dataframe_split`.
#[derive(Debug, Default)]
pub(in crate::server::score) struct Split {
    pub(in crate::server::score) columns: Option<Vec<String>>,
    pub(in crate::server::score) cells: Vec<Cells>,
    pub(in crate::server::score) rows: usize,
    pub(in crate::server::score) has_data: bool,
    pub(in crate::server::score) extra: Vec<String>,
    /// What else it is, where it is no object.
    pub(in crate::server::score) wrong: Option<&'static str>,
    /// Why its data is no table.
    pub(in crate::server::score) ragged: Option<String>,
}

/// Nested values, or objects of them.
#[derive(Debug)]
pub(in crate::server::score) enum Data {
    Nest(Nest),
    /// By column.
    Fields(Vec<(String, Nest)>),
    /// One object a row, turned into columns.
    Rows { columns: Vec<(String, Nest)>, rows: usize },
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

/// Reads a request; the error is in words.
pub(in crate::server::score) fn read(bytes: &[u8]) -> Result<Body, String> {
    match parse(bytes) {
        Ok(body) => Ok(body),
        Err(error) => match plain(bytes) {
            Some(text) => parse(&text).map_err(|error| error.to_string()),
            None => Err(error.to_string()),
        },
    }
}

fn parse(bytes: &[u8]) -> Result<Body, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let body = TopSeed.deserialize(&mut json)?;
    json.end()?;
    Ok(body)
}

/// Returns the text without what only Python takes for JSON; nothing where there is none of it.
fn plain(bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut quoted, mut at, mut changed) = (Vec::with_capacity(bytes.len()), false, 0, false);
    while at < bytes.len() {
        let (word, with): (&[u8], Cow<'_, str>) = match bytes[at] {
            b'"' => {
                quoted = !quoted;
                (b"\"", "".into())
            }
            b'\\' if quoted => {
                out.extend_from_slice(&bytes[at..(at + 2).min(bytes.len())]);
                at += 2;
                continue;
            }
            b'N' if !quoted => (b"NaN", "null".into()),
            b'I' if !quoted => (b"Infinity", "\"\\u0000Infinity\"".into()),
            b'-' if !quoted => (b"-Infinity", "\"\\u0000-Infinity\"".into()),
            _ => (b"", "".into()),
        };
        if !with.is_empty() && bytes[at..].starts_with(word) {
            out.extend_from_slice(with.as_bytes());
            at += word.len();
            changed = true;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    changed.then_some(out)
}

struct TopSeed;

impl<'de> DeserializeSeed<'de> for TopSeed {
    type Value = Body;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Body, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for TopSeed {
    type Value = Body;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Body, A::Error> {
        let mut body = Body::default();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match key.as_ref() {
                "dataframe_split" => body.data = Some(Given::Split(map.next_value_seed(SplitSeed)?)),
                "dataframe_records" => {
                    body.data = Some(Given::Records(map.next_value_seed(DataSeed)?));
                }
                "instances" => body.data = Some(Given::Instances(map.next_value_seed(DataSeed)?)),
                "inputs" => body.data = Some(Given::Inputs(map.next_value_seed(DataSeed)?)),
                "params" => body.params = Some(map.next_value()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            // A request of a million fields is none that anybody can mean.
            if body.fields.len() == 1000 {
                return Err(A::Error::custom("too many fields"));
            }
            body.fields.push(key.into_owned());
        }
        Ok(body)
    }
}

struct SplitSeed;

impl<'de> DeserializeSeed<'de> for SplitSeed {
    type Value = Split;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Split, D::Error> {
        from.deserialize_any(self)
    }
}

/// Reads anything else than what was expected, and says what it was.
macro_rules! otherwise {
    ($($method:ident $kind:ty, $word:literal;)*) => {
        $(fn $method<E: serde::de::Error>(self, _: $kind) -> Result<Split, E> {
            Ok(Split { wrong: Some($word), ..Split::default() })
        })*
    };
}

impl<'de> Visitor<'de> for SplitSeed {
    type Value = Split;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("columns and data")
    }

    otherwise! {
        visit_bool bool, "type <class 'bool'>";
        visit_i64 i64, "type <class 'int'>";
        visit_u64 u64, "type <class 'int'>";
        visit_f64 f64, "type <class 'float'>";
        visit_str &str, "type <class 'str'>";
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Split, E> {
        Ok(Split { wrong: Some("type <class 'NoneType'>"), ..Split::default() })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Split, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Split { wrong: Some("list"), ..Split::default() })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Split, A::Error> {
        let mut split = Split::default();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match key.as_ref() {
                "columns" => {
                    let labels: Vec<Label> = map.next_value()?;
                    split.columns = Some(labels.into_iter().map(|label| label.0).collect());
                }
                "data" => {
                    split.has_data = true;
                    map.next_value_seed(TableSeed(&mut split))?;
                }
                "index" => {
                    map.next_value::<IgnoredAny>()?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    split.extra.push(key.into_owned());
                }
            }
        }
        Ok(split)
    }
}

/// The name of a column; one that is a number goes by its text.
struct Label(String);

impl<'de> serde::Deserialize<'de> for Label {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match Value::deserialize(from)? {
            Value::String(text) => Ok(Self(text)),
            other => Ok(Self(other.to_string())),
        }
    }
}

/// Rows of lists, each value to the column in whose place it stands.
struct TableSeed<'a>(&'a mut Split);

impl<'de> DeserializeSeed<'de> for TableSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for TableSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        let split = self.0;
        while let Some(width) = rows.next_element_seed(RowSeed(&mut split.cells, split.rows))? {
            split.rows += 1;
            for cells in split.cells.iter_mut().skip(width) {
                cells.push(Cell::Null);
            }
        }
        Ok(())
    }
}

struct RowSeed<'a>(&'a mut Vec<Cells>, usize);

impl<'de> DeserializeSeed<'de> for RowSeed<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<usize, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for RowSeed<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row as a list of values")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut row: A) -> Result<usize, A::Error> {
        let (columns, before) = (self.0, self.1);
        let mut width = 0;
        while let Some(cell) = row.next_element_seed(CellSeed)? {
            if width == columns.len() {
                if width == MOST_COLUMNS {
                    return Err(A::Error::custom("too many columns"));
                }
                columns.push(Cells::Nulls(before));
            }
            columns[width].push(cell);
            width += 1;
        }
        Ok(width)
    }
}

/// One value; a list or an object is read over.
struct CellSeed;

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
struct DataSeed;

impl<'de> DeserializeSeed<'de> for DataSeed {
    type Value = Data;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Data, D::Error> {
        from.deserialize_any(self)
    }
}

impl DataSeed {
    #[expect(clippy::unused_self, reason = "the macro's other user has something to give")]
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
        while let Some(object) =
            list.next_element_seed(ItemSeed { nest: &mut nest, columns: &mut columns, row: objects })?
        {
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

fn place_of(columns: &mut Vec<(String, Nest)>, key: &str, row: usize) -> Result<usize, &'static str> {
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
