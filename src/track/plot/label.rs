//! Names as they may be shown: without anything that moves a cursor, turns text around or breaks a document.

use crate::base::text::is_hidden;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Returns `text` with control characters and invisible marks as escapes such as `\u{1b}`.
pub fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\t' => clean.push(' '),
            _ if hidden(char) => clean.extend(char.escape_unicode()),
            _ => clean.push(char),
        }
    }
    clean
}

/// What a terminal would obey, and what XML does not take.
fn hidden(char: char) -> bool {
    is_hidden(char) || matches!(char, '\u{fffe}' | '\u{ffff}')
}

/// Returns `text` cut to `columns` of a terminal, with `…` (or `~`) where something is missing.
pub(super) fn fit(text: &str, columns: usize, ascii: bool) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut used = 1;
    for char in text.chars() {
        used += char.width().unwrap_or(0);
        if used > columns {
            break;
        }
        cut.push(char);
    }
    cut.push(if ascii { '~' } else { '…' });
    cut
}

/// Returns about how wide `text` is in Inter, in units of the font's size.
pub(super) fn ems(text: &str) -> f64 {
    text.chars().map(em).sum()
}

/// Returns `text` cut to about `limit` times the font's size.
pub(super) fn fit_ems(text: &str, limit: f64) -> String {
    if ems(text) <= limit {
        return text.to_owned();
    }
    let mut used = em('…');
    let fits = |char: &char| {
        used += em(*char);
        used <= limit
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

fn em(char: char) -> f64 {
    match char {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | 'I' => 0.28,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' | ' ' => 0.38,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.92,
        '0'..='9' | '_' => 0.64,
        'A'..='Z' => 0.70,
        _ if char.is_ascii() => 0.58,
        _ if char.width() == Some(2) => 1.0,
        _ => 0.66,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t13_what_moves_the_cursor_or_turns_text_is_escaped() {
        assert_eq!(clean("a\u{1b}[31m\u{202e}b\tc"), r"a\u{1b}[31m\u{202e}b c");
        assert_eq!(clean("naïve 学習"), "naïve 学習");
    }

    #[test]
    fn a_long_name_is_cut_to_its_columns() {
        assert_eq!(fit("bold-fox-12", 6, false), "bold-…");
        assert_eq!(fit("学習曲線", 5, true), "学習~");
        assert_eq!(fit("fox", 3, false), "fox");
    }
}
