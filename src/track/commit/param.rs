//! Params as files: toml, json and yaml, nested keys joined with dots.

use std::io::Read as _;
use std::path::Path;

use serde_json::{Map, Number, Value as Json};

use crate::track::commit::point::quote_bare_words;
use crate::track::{Error, limit};

/// A larger file is no file of params.
const LARGEST: u64 = 16 << 20;

/// Reads a file of params, told apart by the end of its name.
pub(super) fn file(path: &Path) -> Result<Vec<(String, String)>, Error> {
    let bad = |reason: String| Error::BadFile { path: path.to_owned(), reason };
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let parse = match extension.to_ascii_lowercase().as_str() {
        "json" => json,
        "toml" => toml,
        "yaml" | "yml" => yaml,
        _ => {
            return Err(bad("its name ends neither in `.toml` nor `.json` nor `.yaml`".to_owned()));
        }
    };
    let text = read(path)?;
    let params = flat(&parse(&text).map_err(bad)?).map_err(bad)?;
    params.iter().try_for_each(|(key, value)| limit::param(key, value))?;
    Ok(params)
}

fn read(path: &Path) -> Result<String, Error> {
    let bad = |reason: &str| Error::BadFile { path: path.to_owned(), reason: reason.to_owned() };
    let meta = path.metadata().map_err(Error::io("read", path))?;
    // A pipe that nobody writes to would hold everything up.
    if !meta.is_file() {
        return Err(bad("it is no file"));
    }
    let file = std::fs::File::open(path).map_err(Error::io("read", path))?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(Error::io("read", path))?;
    if bytes.len() as u64 > LARGEST {
        return Err(bad("it is larger than 16 MiB"));
    }
    String::from_utf8(bytes).map_err(|_| bad("it is not UTF-8"))
}

/// Reads JSON, with the bare NaN and Infinity that Python writes.
pub(super) fn json(text: &str) -> Result<Json, String> {
    serde_json::from_str(&quote_bare_words(text)).map_err(|error| error.to_string())
}

fn toml(text: &str) -> Result<Json, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| match error.span() {
        Some(span) => {
            let line = text[..span.start.min(text.len())].matches('\n').count() + 1;
            format!("{} at line {line}", error.message())
        }
        None => error.message().to_owned(),
    })?;
    Ok(from_toml(toml::Value::Table(table)))
}

fn from_toml(value: toml::Value) -> Json {
    match value {
        toml::Value::String(text) => Json::String(text),
        toml::Value::Integer(number) => Json::from(number),
        toml::Value::Float(number) => from_float(number),
        toml::Value::Boolean(value) => Json::Bool(value),
        toml::Value::Datetime(time) => Json::String(time.to_string()),
        toml::Value::Array(values) => values.into_iter().map(from_toml).collect(),
        toml::Value::Table(table) => {
            Json::Object(table.into_iter().map(|(key, value)| (key, from_toml(value))).collect())
        }
    }
}

fn yaml(text: &str) -> Result<Json, String> {
    let value: serde_norway::Value =
        serde_norway::from_str(text).map_err(|error| error.to_string())?;
    from_yaml(value)
}

fn from_yaml(value: serde_norway::Value) -> Result<Json, String> {
    use serde_norway::Value as Yaml;
    Ok(match value {
        Yaml::Null => Json::Null,
        Yaml::Bool(value) => Json::Bool(value),
        Yaml::String(text) => Json::String(text),
        Yaml::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(whole), _) => Json::from(whole),
            (None, Some(whole)) => Json::from(whole),
            _ => from_float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Yaml::Sequence(values) => values.into_iter().map(from_yaml).collect::<Result<_, _>>()?,
        Yaml::Mapping(map) => {
            let pair = |(key, value)| match from_yaml(key)? {
                Json::Array(_) | Json::Object(_) => Err("a key is a list or a map".to_owned()),
                key => Ok((text_of(&key), from_yaml(value)?)),
            };
            Json::Object(map.into_iter().map(pair).collect::<Result<Map<_, _>, String>>()?)
        }
        Yaml::Tagged(tagged) => from_yaml(tagged.value)?,
    })
}

/// JSON has no numbers for these three.
fn from_float(number: f64) -> Json {
    let word = match number {
        _ if number.is_nan() => "NaN",
        f64::INFINITY => "Infinity",
        _ => "-Infinity",
    };
    Number::from_f64(number).map_or_else(|| Json::String(word.to_owned()), Json::Number)
}

/// Joins nested keys with dots. A list is one value: its JSON.
pub(super) fn flat(json: &Json) -> Result<Vec<(String, String)>, String> {
    let Json::Object(map) = json else {
        return Err("it is no table of keys and values".to_owned());
    };
    let mut params = Vec::new();
    flatten(map, "", &mut params);
    Ok(params)
}

fn flatten(map: &Map<String, Json>, prefix: &str, params: &mut Vec<(String, String)>) {
    for (key, value) in map {
        let key = format!("{prefix}{key}");
        match value {
            Json::Object(map) if !map.is_empty() => flatten(map, &format!("{key}."), params),
            value => params.push((key, text_of(value))),
        }
    }
}

fn text_of(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(parse: fn(&str) -> Result<Json, String>, text: &str) -> String {
        let pairs = flat(&parse(text).unwrap()).unwrap();
        pairs.iter().map(|(key, value)| format!("{key}={value};")).collect()
    }

    #[test]
    fn three_formats_say_the_same() {
        let expected = "lr=0.1;model.layers=[64,32];model.name=net;on=true;";
        let text = r#"{"lr":0.1,"model":{"layers":[64,32],"name":"net"},"on":true}"#;
        assert_eq!(params(json, text), expected);
        let text = "lr = 0.1\nmodel.layers = [64, 32]\nmodel.name = 'net'\non = true\n";
        assert_eq!(params(toml, text), expected);
        let text = "lr: 0.1\nmodel:\n  layers: [64, 32]\n  name: net\non: true\n";
        assert_eq!(params(yaml, text), expected);
    }

    #[test]
    fn what_json_cannot_say_is_kept() {
        assert_eq!(
            params(toml, "a = nan\nb = -inf\nc = 1979-05-27"),
            "a=NaN;b=-Infinity;c=1979-05-27;"
        );
        assert_eq!(params(yaml, "a: .inf\n1: x\nnone:\n"), "a=Infinity;1=x;none=null;");
        assert_eq!(params(json, r#"{"a": NaN, "b": {}}"#), "a=NaN;b={};");
    }

    #[test]
    fn what_is_no_table_is_refused() {
        assert!(flat(&json("[1]").unwrap()).is_err());
        assert!(json("{").is_err() && yaml("a: [").is_err() && yaml("? [a]\n: 1").is_err());
        assert!(toml("a = 1\nb =\n").unwrap_err().contains("line 2"));
    }
}
