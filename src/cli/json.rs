//! Strict JSON: numbers that JSON has no word for are texts, and nothing in it can move a terminal's cursor.

use serde::Serialize;
use serde_json::Value;

use crate::cli::text::is_hidden;

/// Returns `value` as one document over several lines.
pub(crate) fn document(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string_pretty(value).map(visible)
}

/// Returns `value` as one document on one line.
pub(crate) fn line(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string(value).map(visible)
}

/// Returns `number`, or the text `"NaN"`, `"Infinity"` or `"-Infinity"` as MLflow writes them.
pub(crate) fn number(number: f64) -> Value {
    match number {
        _ if number.is_nan() => "NaN".into(),
        f64::INFINITY => "Infinity".into(),
        f64::NEG_INFINITY => "-Infinity".into(),
        _ => number.into(),
    }
}

/// Such characters stand in texts only, where JSON lets them be escaped; the line ends are the document's own.
fn visible(json: String) -> String {
    if !json.contains(|c| is_hidden(c) && c != '\n') {
        return json;
    }
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        match is_hidden(c) && c != '\n' {
            false => safe.push(c),
            true => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    safe.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t13_a_text_keeps_its_meaning_and_loses_its_power() {
        let text = "a\u{202e}b\u{7f}\n\u{e0001}";
        let json = line(&text).unwrap();
        assert_eq!(json, r#""a\u202eb\u007f\n\udb40\udc01""#);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }

    #[test]
    fn x13_numbers_without_a_word_are_texts() {
        assert_eq!(number(f64::NAN), "NaN");
        assert_eq!(number(f64::NEG_INFINITY), "-Infinity");
        assert_eq!(number(0.5), 0.5);
    }
}
