//! Values as MLflow's file store spells them.

use std::fmt::Write as _;

use crate::track::{Point, Status};

/// One small YAML file.
#[derive(Debug, Default)]
pub(super) struct Meta {
    pub(super) yaml: String,
}

impl Meta {
    pub(super) fn text(&mut self, name: &str, value: &str) {
        writeln!(self.yaml, "{name}: {}", quoted(value)).expect("a String takes all");
    }

    pub(super) fn maybe_text(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.text(name, value),
            None => self.null(name),
        }
    }

    pub(super) fn number(&mut self, name: &str, value: i64) {
        writeln!(self.yaml, "{name}: {value}").expect("a String takes all");
    }

    pub(super) fn maybe_number(&mut self, name: &str, value: Option<i64>) {
        match value {
            Some(value) => self.number(name, value),
            None => self.null(name),
        }
    }

    fn null(&mut self, name: &str) {
        writeln!(self.yaml, "{name}: null").expect("a String takes all");
    }
}

/// Returns a text in double quotes, in ASCII: readers differ in which other characters they take.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            c if c <= '\u{ffff}' => {
                write!(out, "\\u{:04X}", u32::from(c)).expect("a String takes all");
            }
            c => write!(out, "\\U{:08X}", u32::from(c)).expect("a String takes all"),
        }
    }
    out + "\""
}

/// Returns a point as a line of a metric begins.
pub(super) fn line(point: &Point) -> String {
    let Point { step, time, value } = point;
    format!("{time} {} {step}", python(value.0))
}

/// Returns a number as Python writes it.
fn python(value: f64) -> String {
    match value {
        _ if value.is_nan() => "nan".to_owned(),
        f64::INFINITY => "inf".to_owned(),
        f64::NEG_INFINITY => "-inf".to_owned(),
        value => format!("{value:?}"),
    }
}

/// The number that the file store has for a state.
pub(super) fn status(status: Status) -> i64 {
    match status {
        Status::Running => 1,
        Status::Scheduled => 2,
        Status::Finished => 3,
        Status::Failed => 4,
        Status::Killed => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_text_stays_a_text_for_every_reader() {
        for (text, yaml) in [
            ("yes", "\"yes\""),
            ("2020-01-01", "\"2020-01-01\""),
            ("a\"b\\", "\"a\\\"b\\\\\""),
            ("ü\n\u{7f}", "\"\\u00FC\\u000A\\u007F\""),
            ("🦀", "\"\\U0001F980\""),
        ] {
            assert_eq!(quoted(text), yaml);
            assert_eq!(serde_norway::from_str::<String>(yaml).unwrap(), text);
        }
    }
}
