//! Times as people and programs write them. Everywhere in `mls` a time is milliseconds since 1970 (UTC).

use jiff::{Timestamp, Unit, Zoned};

/// Returns `millis` as RFC 3339 in UTC with milliseconds: `2026-11-22T14:47:28.123Z`.
///
/// A time outside of what the calendar can say is clamped to its first or last moment.
pub fn rfc3339(millis: i64) -> String {
    format!("{:.3}", timestamp(millis))
}

/// As [`rfc3339`] without zeros at the end of the fraction, which is how Go writes a time: a config that its tools read and write
/// again keeps its bytes.
pub fn rfc3339_short(millis: i64) -> String {
    timestamp(millis).to_string()
}

/// Returns how long ago `millis` was at `now`, as `3s ago`, `5m ago`, `2h ago`, `4d ago` or a date.
pub fn ago(millis: i64, now: i64) -> String {
    let seconds = now.saturating_sub(millis) / 1000;
    match seconds {
        i64::MIN..=-1 => date(millis),
        0..=59 => format!("{seconds}s ago"),
        60..=3599 => format!("{}m ago", seconds / 60),
        3600..=86_399 => format!("{}h ago", seconds / 3600),
        86_400..=2_591_999 => format!("{}d ago", seconds / 86_400),
        _ => date(millis),
    }
}

/// Returns the day of `millis` in UTC: `2026-11-22`.
pub fn date(millis: i64) -> String {
    timestamp(millis).strftime("%Y-%m-%d").to_string()
}

/// Returns `millis` as a length of time: `0.12s`, `3.4s`, `2m 05s`, `1h 02m`, `3d 04h`.
pub fn duration(millis: i64) -> String {
    let seconds = millis / 1000;
    match seconds {
        i64::MIN..=0 => format!("{:.2}s", millis as f64 / 1000.0),
        1..=59 => format!("{:.1}s", millis as f64 / 1000.0),
        60..=3599 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        3600..=86_399 => format!("{}h {:02}m", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{}d {:02}h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}

/// Reads a length of time such as `14d`, `1h 30m`, `90s` or `0`; returns milliseconds.
///
/// A bare number but `0` has no unit and is refused.
pub fn parse_duration(text: &str) -> Option<i64> {
    if text.trim() == "0" {
        return Some(0);
    }
    let span: jiff::Span = text.parse().ok()?;
    let millis = span
        .total((Unit::Millisecond, &Zoned::new(Timestamp::UNIX_EPOCH, jiff::tz::TimeZone::UTC)))
        .ok()?;
    (millis >= 0.0).then_some(millis as i64)
}

/// Reads an RFC 3339 time; returns milliseconds since 1970.
pub fn parse(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

fn timestamp(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(if millis < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_reads_back_what_it_prints() {
        for millis in [0, 1_795_351_006_429, -1] {
            assert_eq!(parse(&rfc3339(millis)), Some(millis), "{}", rfc3339(millis));
        }
        assert_eq!(rfc3339(1_795_351_006_429), "2026-11-22T12:36:46.429Z");
        assert_eq!(rfc3339_short(1_795_351_006_420), "2026-11-22T12:36:46.42Z");
        assert_eq!(rfc3339_short(1_795_351_006_000), "2026-11-22T12:36:46Z");
    }

    #[test]
    fn x08_a_time_beyond_the_calendar_is_clamped() {
        assert!(rfc3339(i64::MAX).starts_with("9999-"));
        assert!(rfc3339(i64::MIN).starts_with("-009999-"));
    }

    #[test]
    fn lengths_of_time_are_read_with_their_unit_only() {
        for (text, millis) in [
            ("14d", Some(14 * 86_400_000)),
            ("1h 30m", Some(5_400_000)),
            ("0", Some(0)),
            ("14", None),
            ("-1d", None),
            ("x", None),
        ] {
            assert_eq!(parse_duration(text), millis, "{text}");
        }
    }

    #[test]
    fn the_past_is_told_in_its_largest_unit() {
        for (past, text) in [
            (5_000, "5s ago"),
            (65_000, "1m ago"),
            (7_200_000, "2h ago"),
            (86_400_000 * 3, "3d ago"),
            (86_400_000 * 40, "1970-01-01"),
        ] {
            assert_eq!(ago(0, past), text);
        }
        assert_eq!(duration(125_000), "2m 05s");
    }
}
