//! MLflow's small YAML files: one mapping of names to plain values.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde_norway::Value;

/// A larger file is none that MLflow wrote.
const MOST: u64 = 8 << 20;

/// One such file; the errors are words for a person.
#[derive(Debug)]
pub(super) struct Yaml {
    fields: BTreeMap<String, Value>,
}

impl Yaml {
    /// Reads a file, which must be no symlink.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let text = String::from_utf8(read(path, MOST)?);
        Self::parse(&text.map_err(|_| "it is not UTF-8".to_owned())?)
    }

    fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err("it is empty".to_owned());
        }
        let fields = serde_norway::from_str::<BTreeMap<String, Value>>(text);
        let fields = fields.map_err(|error| format!("it is no YAML of MLflow: {error}"))?;
        Ok(Self { fields })
    }

    /// Returns a text, or a number as text; nothing where it is absent or null.
    pub(super) fn maybe_text(&self, name: &str) -> Option<String> {
        self.fields.get(name).and_then(text)
    }

    pub(super) fn text(&self, name: &str) -> Result<String, String> {
        self.maybe_text(name).ok_or_else(|| format!("`{name}` is missing"))
    }

    pub(super) fn maybe_number(&self, name: &str) -> Option<i64> {
        match self.fields.get(name)? {
            Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|f| f as i64)),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Returns a mapping of texts; an empty one where it is absent.
    pub(super) fn texts(&self, name: &str) -> BTreeMap<String, String> {
        let Some(Value::Mapping(pairs)) = self.fields.get(name) else { return BTreeMap::new() };
        pairs.iter().filter_map(|(key, value)| Some((text(key)?, text(value)?))).collect()
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        _ => None,
    }
}

/// Reads a regular file of at most `most` bytes; a symlink is refused.
pub(super) fn read(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let meta = path.symlink_metadata().map_err(|error| words(&error))?;
    if !meta.is_file() {
        return Err("it is no regular file".to_owned());
    }
    let mut bytes = vec![];
    let file = File::open(path).map_err(|error| words(&error))?;
    file.take(most + 1).read_to_end(&mut bytes).map_err(|error| words(&error))?;
    match bytes.len() as u64 > most {
        true => Err(format!("it is larger than {most} bytes")),
        false => Ok(bytes),
    }
}

fn words(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "it is not there".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::Yaml;

    #[test]
    fn m03_a_bomb_of_aliases_is_refused_and_half_a_file_too() {
        let mut bomb = String::from("a: &a [x,x,x,x,x,x,x,x,x]\n");
        for (name, inner) in ["b", "c", "d", "e", "f", "g", "h", "i"].iter().zip("abcdefgh".chars())
        {
            let inner = format!("*{inner}");
            bomb += &format!("{name}: &{name} [{}]\n", [inner.as_str(); 9].join(","));
        }
        assert!(Yaml::parse(&bomb).is_err());
        for half in ["name: 'x", "- 1", "", "name: !!python/object:os.system [x"] {
            assert!(Yaml::parse(half).is_err(), "{half}");
        }
    }

    #[test]
    fn plain_values_are_read_as_mlflow_wrote_them() {
        let yaml = Yaml::parse("a: '12'\nb: 12\nc: null\nd: 'x: y'\ntags: {k: v, n: 1}\n").unwrap();
        assert_eq!(yaml.text("a").unwrap(), "12");
        assert_eq!((yaml.maybe_number("a"), yaml.maybe_number("b")), (Some(12), Some(12)));
        assert_eq!((yaml.maybe_text("c"), yaml.text("d").unwrap()), (None, "x: y".to_owned()));
        assert_eq!(yaml.texts("tags")["n"], "1");
    }
}
