//! The lines of an image's history, in the words in which BuildKit (and so Go) writes them.

use crate::image::config::{Healthcheck, Step};

const COMMENT: &str = "buildkit.dockerfile.v0";

/// Returns a line of the history. What comes out of files or a command is marked as BuildKit does.
pub(super) fn line(text: String, layer: bool, marked: bool) -> Step {
    let mark = if marked { " # buildkit" } else { "" };
    Step {
        created_by: Some(format!("{text}{mark}")),
        comment: Some(COMMENT.to_owned()),
        empty_layer: !layer,
        ..Step::default()
    }
}

/// Writes texts as Go's `%q` does: `["/bin/sh" "-c"]`.
pub(super) fn quoted(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| quote(word)).collect();
    format!("[{}]", words.join(" "))
}

/// Writes texts as Go's `%v` does: `[/bin/sh -c]`.
pub(super) fn plain(words: &[String]) -> String {
    format!("[{}]", words.join(" "))
}

fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\u{b}' => quoted.push_str("\\v"),
            c if (c as u32) < 0x20 || c == '\u{7f}' => {
                quoted.push_str(&format!("\\x{:02x}", c as u32));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Writes a check of health as Go's `%+v` does.
pub(super) fn health(check: &Healthcheck) -> String {
    let time = |value: Option<i64>| duration(value.unwrap_or(0));
    format!(
        "{{Test:{} Interval:{} Timeout:{} StartPeriod:{} StartInterval:{} Retries:{}}}",
        plain(&check.test),
        time(check.interval),
        time(check.timeout),
        time(check.start_period),
        time(check.start_interval),
        check.retries.unwrap_or(0),
    )
}

/// Writes nanoseconds as Go does: `1m30s`, `500ms`, `0s`.
fn duration(nanoseconds: i64) -> String {
    let all = nanoseconds.unsigned_abs();
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let decimal = |whole: u64, unit: u64| {
        let digits = unit.ilog10() as usize;
        let part = format!("{:0digits$}", whole % unit);
        match part.trim_end_matches('0') {
            "" => (whole / unit).to_string(),
            part => format!("{}.{part}", whole / unit),
        }
    };
    match all {
        0 => "0s".to_owned(),
        1..1_000 => format!("{sign}{all}ns"),
        1_000..1_000_000 => format!("{sign}{}µs", decimal(all, 1_000)),
        1_000_000..1_000_000_000 => format!("{sign}{}ms", decimal(all, 1_000_000)),
        _ => {
            let (minutes, rest) = (all / 60_000_000_000, all % 60_000_000_000);
            let seconds = decimal(rest, 1_000_000_000);
            match (minutes / 60, minutes % 60) {
                (0, 0) => format!("{sign}{seconds}s"),
                (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
                (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_texts_are_written_as_go_does() {
        for (nanoseconds, text) in [
            (0, "0s"),
            (30_000_000_000, "30s"),
            (90_000_000_000, "1m30s"),
            (3_600_000_000_000, "1h0m0s"),
            (1_500_000_000, "1.5s"),
            (500_000_000, "500ms"),
            (1_500, "1.5µs"),
        ] {
            assert_eq!(duration(nanoseconds), text);
        }
        let words = ["a\"b".to_owned(), "c\n\u{1}".to_owned()];
        assert_eq!(quoted(&words), r#"["a\"b" "c\n\x01"]"#);
    }
}
