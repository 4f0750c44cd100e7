//! Numbers as people read them on an axis and beside a curve.

/// Returns `value` with four significant digits: `0.2314`, `12.5`, `1.2e-5`, `NaN`.
pub fn short(value: f64) -> String {
    let size = value.abs();
    match value {
        _ if value.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "Infinity".to_owned(),
        f64::NEG_INFINITY => "-Infinity".to_owned(),
        0.0 => "0".to_owned(),
        _ if !(1e-4..1e6).contains(&size) => scientific(value, 3),
        _ => {
            let digits = (3 - size.log10().floor() as i32).max(0) as usize;
            trim(format!("{value:.digits$}"))
        }
    }
}

/// Returns `value` with all its digits and no more, as JSON writes it; `NaN`, `Infinity` and `-Infinity` by name.
pub fn exact(value: f64) -> String {
    match value {
        _ if value.is_finite() => format!("{value:?}"),
        _ => short(value),
    }
}

/// Returns the labels of an axis with these ticks, `step` apart: all with the same suffix and the same decimals.
pub(super) fn axis(ticks: &[f64], step: f64) -> Vec<String> {
    let largest = ticks.iter().fold(0.0_f64, |most, tick| most.max(tick.abs()));
    let label = |tick: &f64| match () {
        () if *tick == 0.0 || largest == 0.0 => "0".to_owned(),
        () if !(1e-3..1e15).contains(&largest) => scientific(*tick, 3),
        () => with_suffix(*tick, largest, step),
    };
    ticks.iter().map(label).collect()
}

/// Returns the label of a tick on a log axis, where each has its own size.
pub(super) fn decade(tick: f64) -> String {
    match tick.abs() {
        size if !(0.9e-3..1e9).contains(&size) => scientific(tick, 3),
        size if size < 1e3 => trim(format!("{tick:.3}")),
        size => with_suffix(tick, size, 10_f64.powf(size.log10().floor())),
    }
}

fn with_suffix(tick: f64, largest: f64, step: f64) -> String {
    let (scale, suffix) = match largest {
        _ if largest < 1e4 && largest != 1e3 => (1.0, ""),
        _ if largest < 1e6 => (1e3, "k"),
        _ if largest < 1e9 => (1e6, "M"),
        _ if largest < 1e12 => (1e9, "G"),
        _ => (1e12, "T"),
    };
    // Where ticks differ only in the far digits, a suffix would hide what they are about.
    match decimals(step / scale) {
        far if far > 3 && scale > 1.0 => format!("{tick:.*}", decimals(step)),
        decimals => format!("{:.decimals$}{suffix}", tick / scale),
    }
}

/// Returns how many decimals a multiple of `step` (1, 2 or 5 times a power of ten) needs.
fn decimals(step: f64) -> usize {
    (-(step.log10() + 1e-9).floor()).clamp(0.0, 17.0) as usize
}

fn scientific(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    format!("{}e{exponent}", trim(mantissa.to_owned()))
}

fn trim(text: String) -> String {
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_keeps_four_digits() {
        for (value, text) in [
            (0.231_449, "0.2314"),
            (12.5, "12.5"),
            (-0.000_012, "-1.2e-5"),
            (1234.5, "1234"),
            (2.5e9, "2.5e9"),
            (100.0, "100"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(short(value), text);
        }
    }

    #[test]
    fn labels_of_one_axis_agree() {
        for (ticks, step, labels) in [
            (vec![0.0, 0.5, 1.0], 0.5, "0 0.5 1.0"),
            (vec![0.0, 5e4, 1e5], 5e4, "0 50k 100k"),
            (vec![0.0, 5e5, 1e6], 5e5, "0 0.5M 1.0M"),
            (vec![1e-5, 1.5e-5], 5e-6, "1e-5 1.5e-5"),
            (vec![1_000_000.1, 1_000_000.2], 0.1, "1000000.1 1000000.2"),
            (vec![1e18, 2e18], 1e18, "1e18 2e18"),
        ] {
            assert_eq!(axis(&ticks, step).join(" "), labels);
        }
        assert_eq!([1e-4, 0.001, 1.0, 1e3, 1e6].map(decade).join(" "), "1e-4 0.001 1 1k 1M");
    }
}
