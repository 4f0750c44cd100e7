//! The times of a HEALTHCHECK: durations as Go writes them, `1m30s`, `500ms`, `1.5h`.

use super::ast::Healthcheck;
use super::error::Fault;
use super::flags::{Flags, fault};

/// No time is shorter, but for none at all.
const LEAST: i64 = 1_000_000;

/// Reads the flags of a HEALTHCHECK that runs `test`.
pub(super) fn healthcheck(test: Vec<String>, flags: &Flags) -> Result<Healthcheck, Fault> {
    Ok(Healthcheck {
        test,
        interval: time(flags, "interval")?,
        timeout: time(flags, "timeout")?,
        start_period: time(flags, "start-period")?,
        start_interval: time(flags, "start-interval")?,
        retries: retries(flags)?,
    })
}

fn time(flags: &Flags, name: &str) -> Result<i64, Fault> {
    let Some(flag) = flags.find(name) else { return Ok(0) };
    let text = flag.value.as_deref().unwrap_or_default();
    let nanoseconds = match text {
        "" => Some(0),
        _ => duration(text),
    };
    match nanoseconds {
        Some(0) => Ok(0),
        Some(time) if time >= LEAST => Ok(time),
        Some(_) => Err(fault(flag, format!("`--{name}` is at least 1ms"))),
        None => Err(fault(flag, format!("`--{name}` is a time such as `30s` or `1m30s`"))),
    }
}

fn retries(flags: &Flags) -> Result<i64, Fault> {
    let Some(flag) = flags.find("retries") else { return Ok(0) };
    let text = flag.value.as_deref().unwrap_or_default();
    match text.parse::<i32>() {
        _ if text.is_empty() => Ok(0),
        Ok(count) if count >= 0 => Ok(i64::from(count)),
        _ => Err(fault(flag, "`--retries` is a whole number, not less than 0")),
    }
}

/// Returns nanoseconds.
fn duration(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    let mut sum = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let end = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        sum += number * unit(&rest[..end])?;
        rest = &rest[end..];
    }
    let sum = if negative { -sum } else { sum };
    (!text.is_empty() && text != "-" && text != "+" && sum.abs() < 9.0e18)
        .then_some(sum.round() as i64)
}

fn unit(name: &str) -> Option<f64> {
    Some(match name {
        "ns" => 1.0,
        "us" | "µs" | "μs" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        "m" => 60e9,
        "h" => 3600e9,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn times_are_read_as_go_reads_them() {
        for (text, nanoseconds) in [
            ("30s", Some(30_000_000_000)),
            ("1m30s", Some(90_000_000_000)),
            ("1.5h", Some(5_400_000_000_000)),
            ("500ms", Some(500_000_000)),
            ("10µs", Some(10_000)),
            ("0", Some(0)),
            ("-1s", Some(-1_000_000_000)),
            ("30", None),
            ("s", None),
            ("", None),
            ("1d", None),
            ("1.2.3s", None),
        ] {
            assert_eq!(duration(text), nanoseconds, "{text}");
        }
    }
}
