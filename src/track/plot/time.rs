//! Ticks of clocks and calendars.

use crate::base::time;

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3600.0;
const DAY: f64 = 86_400.0;

/// Lengths of time, in seconds, that people count in.
const STEPS: [f64; 26] = [
    1.0,
    2.0,
    5.0,
    10.0,
    20.0,
    30.0,
    MINUTE,
    2.0 * MINUTE,
    5.0 * MINUTE,
    10.0 * MINUTE,
    20.0 * MINUTE,
    30.0 * MINUTE,
    HOUR,
    2.0 * HOUR,
    3.0 * HOUR,
    6.0 * HOUR,
    12.0 * HOUR,
    DAY,
    2.0 * DAY,
    5.0 * DAY,
    10.0 * DAY,
    20.0 * DAY,
    50.0 * DAY,
    100.0 * DAY,
    200.0 * DAY,
    500.0 * DAY,
];

/// Returns the next length of time that people count in; `None` below a second and beyond years.
pub(super) fn step(rough: f64) -> Option<f64> {
    match rough > 0.5 {
        true => STEPS.into_iter().find(|step| *step >= rough),
        false => None,
    }
}

/// Returns `seconds` as a length of time: `0.5s`, `1m20s`, `3h`, `2d 12h`.
pub(super) fn elapsed(seconds: f64, step: f64) -> String {
    let sign = if seconds < 0.0 { "-" } else { "" };
    let size = seconds.abs();
    if step < 1.0 {
        return format!("{}s", super::number::axis(&[seconds], step).concat());
    }
    if size >= 1e12 {
        return format!("{}s", super::number::short(seconds));
    }
    let whole = size.round() as i64;
    let (days, hours) = (whole / 86_400, whole % 86_400 / 3600);
    let (minutes, rest) = (whole % 3600 / 60, whole % 60);
    let mut text = String::new();
    for (count, unit) in [(days, "d"), (hours, "h"), (minutes, "m"), (rest, "s")] {
        if count > 0 {
            text += &format!("{count}{unit}");
        }
    }
    if text.is_empty() {
        text = if step < MINUTE { "0s" } else { "0m" }.to_owned();
    }
    format!("{sign}{text}")
}

/// Returns the moment `seconds` after 1970 as its hour, or as its day where that begins.
pub(super) fn wall(seconds: f64, step: f64) -> String {
    let full = time::rfc3339((seconds * 1000.0) as i64);
    let (day, clock) = full.split_once('T').unwrap_or((&full, ""));
    let short_day = day.get(5..).unwrap_or(day);
    match step {
        _ if step >= 50.0 * DAY => day.to_owned(),
        _ if step >= DAY || clock.starts_with("00:00:00.000") => short_day.to_owned(),
        _ if step >= MINUTE => clock.get(..5).unwrap_or(clock).to_owned(),
        _ if step >= 1.0 => clock.get(..8).unwrap_or(clock).to_owned(),
        _ => clock.get(..12).unwrap_or(clock).to_owned(),
    }
}
