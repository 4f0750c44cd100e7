//! YAML that may be hostile, read as plain data; and plain data written as YAML that every reader takes for the same.
//!
//! Bounds hold while it is read: an alias counts as often as it stands for something, so that ten lines cannot become
//! gigabytes. A name that stands twice in a mapping and a tag that would make an object are refused.

use std::cell::Cell;
use std::fmt::{self, Write as _};

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Map, Number, Value};

/// Bytes of a document; MLflow's largest, a signature of 10,000 columns, has one megabyte.
pub const LONGEST: usize = 8 << 20;
/// Mappings in mappings.
const DEEPEST: usize = 64;
/// Values in a document, those behind aliases counted each time.
const MOST: usize = 500_000;
/// Bytes of all texts together, counted likewise.
const MOST_TEXT: usize = 2 * LONGEST;

/// Reads one document; the error is a reason in words.
pub fn read(bytes: &[u8]) -> Result<Value, String> {
    if bytes.len() > LONGEST {
        return Err(format!("it is larger than {LONGEST} bytes"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    if text.contains("!!python/") {
        return Err("it asks for a Python object to be made".to_owned());
    }
    let left = Left { values: Cell::new(MOST), text: Cell::new(MOST_TEXT) };
    let document = serde_norway::Deserializer::from_str(text);
    let seed = Seed { left: &left, depth: DEEPEST };
    seed.deserialize(document).map_err(|error| error.to_string())
}

/// What may still come.
struct Left {
    values: Cell<usize>,
    text: Cell<usize>,
}

impl Left {
    fn take(from: &Cell<usize>, count: usize) -> Result<(), &'static str> {
        from.set(from.get().checked_sub(count).ok_or("it says too much, perhaps by aliases")?);
        Ok(())
    }
}

#[derive(Clone, Copy)]
struct Seed<'a> {
    left: &'a Left,
    depth: usize,
}

impl Seed<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| E::custom("it is nested too deep"))?;
        Ok(Self { depth, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Left::take(&self.left.values, 1).map_err(D::Error::custom)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("plain data")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        let word = if value.is_nan() { "NaN" } else { "Infinity" };
        let sign = if value == f64::NEG_INFINITY { "-" } else { "" };
        Ok(Number::from_f64(value).map_or_else(|| format!("{sign}{word}").into(), Value::Number))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        Left::take(&self.left.text, value.len()).map_err(E::custom)?;
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let seed = self.deeper()?;
        let mut list = vec![];
        while let Some(item) = items.next_element_seed(seed)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Value, A::Error> {
        let seed = self.deeper()?;
        let mut map = Map::new();
        while let Some(key) = pairs.next_key_seed(seed)? {
            let key = match key {
                Value::String(key) => key,
                key @ (Value::Number(_) | Value::Bool(_)) => key.to_string(),
                _ => return Err(A::Error::custom("a name in a mapping is no text")),
            };
            let value = pairs.next_value_seed(seed)?;
            if map.contains_key(&key) {
                let key: String = key.chars().take(60).collect();
                return Err(A::Error::custom(format!("`{}` stands twice", key.escape_debug())));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, _: A) -> Result<Value, A::Error> {
        Err(A::Error::custom("it has a tag of its own"))
    }
}

/// Writes a document in block style. Every text is quoted, so that none is taken for a number or a date.
pub fn write(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Object(fields) if !fields.is_empty() => mapping(&mut out, fields, 0),
        other => {
            scalar(&mut out, other);
            out.push('\n');
        }
    }
    out
}

fn mapping(out: &mut String, fields: &Map<String, Value>, indent: usize) {
    for (key, value) in fields {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let word = key.starts_with(|c: char| c.is_ascii_alphabetic()) && key.chars().all(plain);
        let reserved = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
        let plain = word && !reserved.contains(&key.to_ascii_lowercase().as_str());
        let key = if plain { key.clone() } else { quoted(key) };
        write!(out, "{:indent$}{key}:", "").expect("a String takes all");
        nested(out, value, indent);
    }
}

fn nested(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            out.push('\n');
            mapping(out, fields, indent + 2);
        }
        Value::Array(items) if !items.is_empty() => {
            out.push('\n');
            for item in items {
                write!(out, "{:indent$}- ", "").expect("a String takes all");
                scalar(out, item);
                out.push('\n');
            }
        }
        value => {
            out.push(' ');
            scalar(out, value);
            out.push('\n');
        }
    }
}

/// JSON is YAML, but for what `quoted` sees to.
fn scalar(out: &mut String, value: &Value) {
    match value {
        Value::String(text) => out.push_str(&quoted(text)),
        Value::Array(items) => list(out, '[', items.iter().map(|item| (None, item)), ']'),
        Value::Object(fields) => {
            list(out, '{', fields.iter().map(|(key, item)| (Some(key), item)), '}');
        }
        other => out.push_str(&other.to_string()),
    }
}

fn list<'a>(
    out: &mut String,
    open: char,
    items: impl Iterator<Item = (Option<&'a String>, &'a Value)>,
    close: char,
) {
    out.push(open);
    for (at, (key, item)) in items.enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        if let Some(key) = key {
            out.push_str(&quoted(key));
            out.push_str(": ");
        }
        scalar(out, item);
    }
    out.push(close);
}

/// Double quotes, with everything escaped that YAML 1.1 does not print.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            ' '..='~' | '\u{a1}'..='\u{d7ff}' if !matches!(c, '\u{2028}' | '\u{2029}') => {
                out.push(c);
            }
            c => write!(out, "\\U{:08X}", u32::from(c)).expect("a String takes all"),
        }
    }
    out.push('"');
    out
}
