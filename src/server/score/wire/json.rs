//! A request in JSON, read into columns as it is parsed: no tree of values is made on the way.
//!
//! Python's JSON knows `NaN`, `Infinity` and `-Infinity`. The parser here does not; where it stumbles over one, the text is
//! written anew with `null` and with text that begins with a zero byte in their place, and read again.

use std::borrow::Cow;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;

use super::cells::{Cell, Cells};
use super::nest::{CellSeed, Data, DataSeed};

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
}

/// Reads a request; the error is in words.
pub(in crate::server::score) fn read(bytes: &[u8]) -> Result<Body, String> {
    lenient(bytes, parse)
}

/// Parses JSON, and what Python takes for JSON.
pub(in crate::server::score) fn lenient<T>(
    bytes: &[u8],
    parse: impl Fn(&[u8]) -> Result<T, serde_json::Error>,
) -> Result<T, String> {
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
    let (mut out, mut quoted, mut at, mut changed) =
        (Vec::with_capacity(bytes.len()), false, 0, false);
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
                "dataframe_split" => {
                    body.data = Some(Given::Split(map.next_value_seed(SplitSeed)?));
                }
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
