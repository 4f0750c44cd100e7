//! Text from outside, made safe to show: a name must not move the cursor, colour the screen or turn its order.

use std::borrow::Cow;
use std::fmt::Write as _;

pub(crate) use mls::base::text::is_hidden;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Returns `text` with everything that a terminal would obey instead of show written as an escape.
pub(crate) fn escaped(text: &str) -> Cow<'_, str> {
    match text.chars().any(is_hidden) {
        false => Cow::Borrowed(text),
        true => Cow::Owned(escape_if(text, is_hidden)),
    }
}

/// As [`escaped`], but lines stay lines.
pub(crate) fn escaped_lines(text: &str) -> String {
    escape_if(text, |c| is_hidden(c) && c != '\n')
}

/// Returns a name of a file, which may be any bytes: those that are no UTF-8 as `\xff`.
pub(crate) fn name(bytes: &[u8]) -> String {
    let mut shown = String::new();
    for part in bytes.utf8_chunks() {
        shown.push_str(&escaped(part.valid()));
        for byte in part.invalid() {
            write!(shown, "\\x{byte:02x}").expect("a String takes all");
        }
    }
    shown
}

/// Returns a measured number with the few digits that a person compares.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        _ if value.is_nan() => "NaN".to_owned(),
        size if size.is_infinite() => if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
        size if value.fract() == 0.0 && size < 1e15 => format!("{value}"),
        size if (1e-3..1e6).contains(&size) => format!("{value:.4}"),
        _ => format!("{value:.3e}"),
    }
}

/// Returns a word as a shell would take it again.
pub(crate) fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:@,+%~^".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// Returns how many columns of a terminal `text` fills; it has been escaped.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// Cuts `text` so that it fills at most `columns`, with `…` where something is left out.
pub(crate) fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let mut left = columns.saturating_sub(1);
    let mut kept = String::new();
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if wide > left {
            break;
        }
        left -= wide;
        kept.push(c);
    }
    kept.push('…');
    Cow::Owned(kept)
}

/// Returns `1 pack`, `2 packs`, `12,345 packs`; `one` takes an `s` for many.
pub(crate) fn count(number: u64, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{} {one}s", grouped(number)),
    }
}

/// Returns a number with its thousands apart: `12,345`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn escape_if(text: &str, escapes: impl Fn(char) -> bool) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if !escapes(c) => safe.push(c),
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            '\t' => safe.push_str("\\t"),
            c => write!(safe, "\\u{{{:x}}}", u32::from(c)).expect("a String takes all"),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t13_what_a_terminal_would_obey_is_shown_instead() {
        for (text, shown) in [
            ("plain é 漢", "plain é 漢"),
            ("a\nb\tc", "a\\nb\\tc"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("gpj\u{202e}exe", "gpj\\u{202e}exe"),
            ("\u{9b}2J\0", "\\u{9b}2J\\u{0}"),
        ] {
            assert_eq!(escaped(text), shown);
        }
    }

    #[test]
    fn t13_bytes_that_are_no_text_are_shown_as_bytes() {
        assert_eq!(name(b"a\xffb\n"), "a\\xffb\\n");
    }

    #[test]
    fn measured_numbers_have_few_digits() {
        for (value, text) in [
            (0.0, "0"),
            (12.0, "12"),
            (0.123_456, "0.1235"),
            (1.5e-7, "1.500e-7"),
            (1.234_5e9 + 0.5, "1.235e9"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn large_numbers_can_be_read() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!((count(1, "run"), count(2, "run")), ("1 run".to_owned(), "2 runs".to_owned()));
    }

    #[test]
    fn a_cut_text_never_fills_more_than_its_columns() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("漢字漢字", 4), "漢…");
        assert_eq!(cut("abc", 0), "…");
    }
}
