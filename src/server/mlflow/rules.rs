//! MLflow's rules for names and lengths, with its words. What it cuts silently is cut, what it refuses is refused.

use serde_json::Value;

use crate::server::mlflow::failure::Failure;

const KEY: usize = 250;
const PARAM: usize = 6000;
const TAG: usize = 8000;
const EXPERIMENT_TAG: usize = 20_000;

const CHARACTERS: &str = "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).";

/// Says that `value` is none for the parameter at `path`.
pub(super) fn invalid(path: &str, value: &Value, why: &str) -> Failure {
    let mut shown = value.to_string();
    if shown.len() > 400 {
        shown = shown.chars().take(400).chain("...".chars()).collect();
    }
    let why = if why.is_empty() { ".".to_owned() } else { format!(": {why}") };
    Failure::invalid(format!("Invalid value {shown} for parameter '{path}' supplied{why}"))
}

/// Tells of most names at a glance that they keep every rule.
pub(super) fn is_plain(name: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b' ' | b':');
    (1..=KEY).contains(&name.len()) && name.bytes().all(plain)
}

/// Checks the name of a metric, a param or a tag, which stands at `path` of the request.
pub(super) fn name(path: &str, name: &str) -> Result<(), Failure> {
    let known = |c: char| c.is_alphanumeric() || "/_.- :".contains(c);
    if !name.chars().all(known) {
        return Err(invalid(path, &Value::from(name), CHARACTERS));
    }
    let plain = normal(name);
    if plain != name || plain == "." || plain.starts_with("..") || plain.starts_with('/') {
        let why = format!(
            "Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '{plain}'"
        );
        return Err(invalid(path, &Value::from(name), &why));
    }
    Ok(())
}

/// The path as Python's `posixpath.normpath` gives it.
fn normal(path: &str) -> String {
    let root = match path {
        _ if path.starts_with("///") => "/",
        _ if path.starts_with("//") => "//",
        _ if path.starts_with('/') => "/",
        _ => "",
    };
    let mut parts: Vec<&str> = vec![];
    for part in path.split('/').filter(|part| !matches!(*part, "" | ".")) {
        match part {
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if !root.is_empty() => {}
            part => parts.push(part),
        }
    }
    match format!("{root}{}", parts.join("/")) {
        plain if plain.is_empty() => ".".to_owned(),
        plain => plain,
    }
}

fn fits(what: &str, text: &str, limit: usize) -> Result<(), Failure> {
    match text.len() <= limit || text.chars().count() <= limit {
        true => Ok(()),
        false => Err(Failure::invalid(format!(
            "'{what}' exceeds the maximum length of {limit} characters"
        ))),
    }
}

fn cut(text: &mut String, limit: usize) {
    if text.len() > limit
        && let Some((end, _)) = text.char_indices().nth(limit)
    {
        text.truncate(end);
    }
}

/// Checks the name of a metric.
pub(super) fn metric(path: &str, key: &str) -> Result<(), Failure> {
    name(&within(path, "name"), key)?;
    fits("Metric name", key, KEY)
}

/// Checks a param, and cuts its value.
pub(super) fn param(path: &str, key: &str, value: &mut String) -> Result<(), Failure> {
    name(&within(path, "key"), key)?;
    fits("Param key", key, KEY)?;
    cut(value, PARAM);
    Ok(())
}

/// Checks the tag of a run, and cuts its value.
pub(super) fn tag(path: &str, key: &str, value: &mut String) -> Result<(), Failure> {
    let at = within(path, "key");
    name(&at, key)?;
    fits(&at, key, KEY)?;
    cut(value, TAG);
    Ok(())
}

/// Checks the tag of an experiment, of which nothing is cut.
pub(super) fn experiment_tag(key: &str, value: &str) -> Result<(), Failure> {
    name("key", key)?;
    fits("key", key, KEY)?;
    fits("value", value, EXPERIMENT_TAG)
}

/// Checks that something is not longer than `limit` characters.
pub(super) fn length(what: &str, text: &str, limit: usize) -> Result<(), Failure> {
    fits(what, text, limit)
}

fn within(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normal_as_python_has_it() {
        for (path, plain) in [
            ("", "."),
            ("a/b", "a/b"),
            ("a//b/", "a/b"),
            ("./a/../b", "b"),
            ("../a", "../a"),
            ("/../a", "/a"),
            ("//a", "//a"),
            ("///a", "/a"),
        ] {
            assert_eq!(normal(path), plain, "{path}");
        }
    }

    #[test]
    fn a_value_is_cut_at_a_character() {
        let mut value = "ö".repeat(PARAM + 5);
        param("", "k", &mut value).unwrap();
        assert_eq!(value.chars().count(), PARAM);
        assert!(metric("", &"k".repeat(KEY + 1)).is_err());
        assert!(name("key", "..a").is_err() && name("key", "a=b").is_err());
    }
}
