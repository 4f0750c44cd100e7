//! One axis: which values it spans, where a value lies on it, and where its ticks stand.

use super::number;
use super::time;

/// What the horizontal axis counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Across {
    #[default]
    Step,
    /// Time since the run began.
    Relative,
    /// Time of day and date, UTC.
    Wall,
}

/// What the numbers of an axis are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Number,
    /// Numbers without anything between two neighbours.
    Whole,
    /// Seconds of a length of time.
    Elapsed,
    /// Seconds since 1970.
    Wall,
}

/// The span of one axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    pub low: f64,
    pub high: f64,
    pub log: bool,
    pub unit: Unit,
}

/// A mark on an axis; one without a label is a minor one.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    pub at: f64,
    pub label: Option<String>,
}

impl Across {
    pub(super) fn unit(self) -> Unit {
        match self {
            Self::Step => Unit::Whole,
            Self::Relative => Unit::Elapsed,
            Self::Wall => Unit::Wall,
        }
    }
}

impl Scale {
    /// Returns the scale that spans `values`, widened where they are all one; `None` where there are none.
    pub(super) fn around(values: impl Iterator<Item = f64>, log: bool, unit: Unit) -> Option<Self> {
        let widen = |span: Option<(f64, f64)>, value: f64| match span {
            None => Some((value, value)),
            Some((low, high)) => Some((low.min(value), high.max(value))),
        };
        let (low, high) = values.fold(None, widen)?;
        let (low, high) = match low < high {
            true => (low, high),
            false if log => (low / 2.0, high * 2.0),
            false if unit == Unit::Number => {
                let room = if low == 0.0 { 1.0 } else { (low.abs() * 0.1).max(f64::MIN_POSITIVE) };
                (low - room, high + room)
            }
            false => (low - 0.5, high + 0.5),
        };
        Some(Self { low, high, log, unit })
    }

    /// Returns the scale with its ends moved out to the next tick, so that curves stay off the frame.
    pub(super) fn rounded(self, wanted: usize) -> Self {
        let (low, high) = match self.log {
            true => {
                let room = (self.high.ln() - self.low.ln()) * 0.04;
                ((self.low.ln() - room).exp(), (self.high.ln() + room).exp())
            }
            false => {
                let span = self.high - self.low;
                let step = step(span, wanted, self.unit);
                // A tick so far out that a quarter of the picture would stay empty is not worth it.
                let reach = |to: f64, end: f64| match (to - end).abs() > span * 0.25 {
                    true => end + (to - end).signum() * span * 0.05,
                    false => to,
                };
                let low = reach((self.low / step).floor() * step, self.low);
                let high = reach((self.high / step).ceil() * step, self.high);
                // Nothing below 0 was there, so the axis begins with it.
                (if self.low >= 0.0 { low.max(0.0) } else { low }, high)
            }
        };
        match low.is_finite() && high.is_finite() && low < high && (!self.log || low > 0.0) {
            true => Self { low, high, ..self },
            false => self,
        }
    }

    /// Returns where `value` lies: 0 at the low end, 1 at the high one.
    pub fn place(&self, value: f64) -> f64 {
        match self.log {
            true => (value.ln() - self.low.ln()) / (self.high.ln() - self.low.ln()),
            false => (value - self.low) / (self.high - self.low),
        }
    }

    /// Returns about `wanted` ticks, low to high.
    pub fn ticks(&self, wanted: usize) -> Vec<Tick> {
        let wanted = wanted.max(2);
        if self.log {
            return self.log_ticks(wanted);
        }
        let step = step(self.high - self.low, wanted, self.unit);
        let places = multiples(self.low, self.high, step);
        let labels = match self.unit {
            Unit::Number | Unit::Whole => number::axis(&places, step),
            Unit::Elapsed => places.iter().map(|at| time::elapsed(*at, step)).collect(),
            Unit::Wall => places.iter().map(|at| time::wall(*at, step)).collect(),
        };
        labelled(places, labels)
    }

    fn log_ticks(&self, wanted: usize) -> Vec<Tick> {
        let (low, high) = (self.low.log10(), self.high.log10());
        let decades = high - low;
        if decades < 0.7 {
            let step = step(self.high - self.low, wanted, Unit::Number);
            let places = multiples(self.low, self.high, step);
            let labels = number::axis(&places, step);
            return labelled(places, labels);
        }
        let every = (decades / wanted as f64).ceil().max(1.0) as i32;
        let named: &[u8] = match decades {
            _ if decades < wanted as f64 / 3.0 => &[1, 2, 5],
            _ if decades < wanted as f64 / 2.0 => &[1, 3],
            _ => &[1],
        };
        let mut ticks = Vec::new();
        for exponent in (low.floor() as i32)..=(high.ceil() as i32) {
            for digit in 1..=9_u8 {
                let at = f64::from(digit) * 10_f64.powi(exponent);
                let major = named.contains(&digit) && exponent.rem_euclid(every) == 0;
                let minor = every == 1 && decades <= 6.0;
                let inside = at >= self.low * (1.0 - 1e-9) && at <= self.high * (1.0 + 1e-9);
                if inside && (major || minor) {
                    let label = major.then(|| match self.unit {
                        Unit::Elapsed => format!("{}s", number::decade(at)),
                        _ => number::decade(at),
                    });
                    ticks.push(Tick { at, label });
                }
            }
        }
        ticks
    }
}

fn labelled(places: Vec<f64>, labels: Vec<String>) -> Vec<Tick> {
    places.into_iter().zip(labels).map(|(at, label)| Tick { at, label: Some(label) }).collect()
}

/// Returns the distance between ticks: 1, 2 or 5 times a power of ten, or what clocks count in.
fn step(span: f64, wanted: usize, unit: Unit) -> f64 {
    let rough = (span / wanted as f64).max(f64::MIN_POSITIVE);
    match unit {
        Unit::Elapsed | Unit::Wall => time::step(rough).unwrap_or_else(|| decimal_step(rough)),
        Unit::Whole => decimal_step(rough).max(1.0),
        Unit::Number => decimal_step(rough),
    }
}

pub(super) fn decimal_step(rough: f64) -> f64 {
    let power = 10_f64.powf(rough.log10().floor());
    let power = if power > 0.0 { power } else { f64::MIN_POSITIVE };
    match rough / power {
        // The bounds lie between the steps as their square roots do: the nearest number of ticks wins.
        part if part < 2_f64.sqrt() => power,
        part if part < 10_f64.sqrt() => 2.0 * power,
        part if part < 50_f64.sqrt() => 5.0 * power,
        _ => 10.0 * power,
    }
}

/// Returns the multiples of `step` from `low` to `high`; few, whatever the numbers are.
fn multiples(low: f64, high: f64, step: f64) -> Vec<f64> {
    let slack = step * 1e-6;
    let first = ((low - slack) / step).ceil();
    let mut places: Vec<f64> = (0..100)
        .map(|count| (first + f64::from(count)) * step)
        .take_while(|at| *at <= high + slack)
        .map(|at| round_off(at, step))
        .collect();
    places.dedup();
    places
}

/// Takes away what binary fractions add: 0.30000000000000004 is 0.3.
fn round_off(at: f64, step: f64) -> f64 {
    let digits = (-(step.log10()).floor()).clamp(0.0, 300.0) as usize;
    match digits {
        0 => at + 0.0,
        1..=17 => format!("{at:.digits$}").parse().unwrap_or(at) + 0.0,
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, log: bool, unit: Unit, wanted: usize) -> String {
        let scale = Scale { low, high, log, unit };
        let labels: Vec<String> =
            scale.ticks(wanted).into_iter().filter_map(|tick| tick.label).collect();
        labels.join(" ")
    }

    #[test]
    fn ticks_stand_at_round_numbers() {
        for (low, high, unit, text) in [
            (0.0, 1.0, Unit::Number, "0 0.2 0.4 0.6 0.8 1.0"),
            (-0.13, 0.31, Unit::Number, "-0.1 0 0.1 0.2 0.3"),
            (0.0, 3.0, Unit::Whole, "0 1 2 3"),
            (0.0, 1e6, Unit::Whole, "0 0.2M 0.4M 0.6M 0.8M 1.0M"),
            (0.0, 95.0, Unit::Elapsed, "0s 20s 40s 1m 1m20s"),
            (0.0, 14_400.0, Unit::Elapsed, "0m 1h 2h 3h 4h"),
        ] {
            assert_eq!(labels(low, high, false, unit, 5), text);
        }
    }

    #[test]
    fn log_ticks_stand_at_decades() {
        assert_eq!(labels(1e-4, 10.0, true, Unit::Number, 6), "1e-4 0.001 0.01 0.1 1 10");
        assert_eq!(labels(1e-30, 1e30, true, Unit::Number, 5), "1e-24 1e-12 1 1e12 1e24");
        assert_eq!(labels(1.0, 30.0, true, Unit::Number, 6), "1 2 5 10 20");
        assert_eq!(labels(2.0, 3.0, true, Unit::Number, 5), "2.0 2.2 2.4 2.6 2.8 3.0");
    }

    #[test]
    fn any_span_has_few_ticks_and_places_within_it() {
        let limit = f64::MAX / 8.0;
        for (low, high) in
            [(-limit, limit), (0.0, 5e-324), (1e15, 1e15 + 0.5), (1.0, 1.0 + f64::EPSILON)]
        {
            for unit in [Unit::Number, Unit::Whole, Unit::Elapsed, Unit::Wall] {
                let scale = Scale { low, high, log: false, unit }.rounded(5);
                assert!(scale.ticks(5).len() <= 100, "{low} {high} {unit:?}");
                assert!((0.0..=1.0).contains(&scale.place(low)), "{low} {high} {unit:?}");
            }
        }
    }

    #[test]
    fn equal_values_stand_in_the_middle() {
        for value in [0.0, 3.0, -2.5e-300] {
            let scale = Scale::around([value; 3].into_iter(), false, Unit::Number).unwrap();
            assert!((scale.place(value) - 0.5).abs() < 1e-9, "{value}");
        }
        assert_eq!(Scale::around([].into_iter(), false, Unit::Number), None);
    }
}
