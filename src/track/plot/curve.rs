//! One curve: its samples, its moving average, and the few of them that a picture needs.

/// A place on a curve, or `None` for a gap in it.
pub type Sample = Option<(f64, f64)>;

/// Beyond this, differences of two values would overflow.
pub(super) const LIMIT: f64 = f64::MAX / 8.0;

/// One run's line in a panel.
#[derive(Debug, Clone)]
pub struct Curve {
    /// Its place in the chart's legend.
    pub ink: usize,
    /// What is drawn firmly: the average where the chart is smoothed, else the samples.
    pub line: Vec<Sample>,
    /// The samples behind an average, to be drawn faintly.
    pub raw: Option<Vec<Sample>>,
    pub last: Option<f64>,
    pub min: Option<f64>,
    pub max: Option<f64>,
}

impl Curve {
    pub(super) fn new(ink: usize, samples: Vec<Sample>, smooth: f64) -> Self {
        let values = || samples.iter().flatten().map(|(_, y)| *y);
        let (min, max) = (values().reduce(f64::min), values().reduce(f64::max));
        let last = samples.iter().rev().flatten().next().map(|(_, y)| *y);
        match smooth > 0.0 {
            true => {
                let line = average(&samples, smooth);
                Self { ink, line, raw: Some(samples), last, min, max }
            }
            false => Self { ink, line: samples, raw: None, last, min, max },
        }
    }

    /// Returns every place that is drawn, firmly or faintly.
    pub(super) fn drawn(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.line.iter().chain(self.raw.iter().flatten()).flatten().copied()
    }

    /// Returns where the line ends.
    pub(super) fn end(&self) -> Sample {
        self.line.iter().rev().flatten().next().copied()
    }
}

/// Returns the exponential moving average of `samples`, without the pull towards 0 that the first ones have.
fn average(samples: &[Sample], weight: f64) -> Vec<Sample> {
    let weight = weight.clamp(0.0, 0.9999);
    let (mut sum, mut share) = (0.0, 1.0);
    let mut next = |sample: &Sample| {
        let (x, y) = (*sample)?;
        sum = sum * weight + (1.0 - weight) * y;
        share *= weight;
        Some((x, sum / (1.0 - share)))
    };
    samples.iter().map(&mut next).collect()
}

/// Returns the samples that a picture with whole columns needs: of each column the first, the least, the greatest
/// and the last. A line through these covers the same pixels as one through all of them.
pub(super) fn thin(samples: &[Sample], column: impl Fn(f64) -> i64) -> Vec<Sample> {
    let mut thinned = Vec::new();
    let mut bundle: Option<Bundle> = None;
    let mut gap = false;
    for sample in samples {
        let Some(place) = *sample else {
            gap = true;
            continue;
        };
        let at = column(place.0);
        match &mut bundle {
            Some(open) if open.column == at => open.add(place),
            other => {
                if let Some(done) = other.take() {
                    done.write(&mut thinned);
                    thinned.extend(gap.then_some(None));
                }
                *other = Some(Bundle::new(at, place));
            }
        }
        gap = false;
    }
    if let Some(done) = bundle {
        done.write(&mut thinned);
    }
    thinned
}

/// The samples that fall into one column.
struct Bundle {
    column: i64,
    count: usize,
    first: (f64, f64),
    last: (f64, f64),
    least: (usize, (f64, f64)),
    greatest: (usize, (f64, f64)),
}

impl Bundle {
    fn new(column: i64, place: (f64, f64)) -> Self {
        Self {
            column,
            count: 1,
            first: place,
            last: place,
            least: (0, place),
            greatest: (0, place),
        }
    }

    fn add(&mut self, place: (f64, f64)) {
        if place.1 < self.least.1.1 {
            self.least = (self.count, place);
        }
        if place.1 > self.greatest.1.1 {
            self.greatest = (self.count, place);
        }
        self.last = place;
        self.count += 1;
    }

    fn write(self, out: &mut Vec<Sample>) {
        let mut picked = vec![(0, self.first), self.least, self.greatest];
        picked.push((self.count - 1, self.last));
        picked.sort_by_key(|(index, _)| *index);
        picked.dedup_by_key(|(index, _)| *index);
        out.extend(picked.into_iter().map(|(_, place)| Some(place)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_first_least_greatest_and_last_of_a_column() {
        let samples: Vec<Sample> =
            [3.0, 1.0, 2.0, 9.0, 4.0, 5.0].iter().map(|y| Some((0.0, *y))).collect();
        let kept: Vec<f64> = thin(&samples, |_| 0).iter().flatten().map(|(_, y)| *y).collect();
        assert_eq!(kept, [3.0, 1.0, 9.0, 5.0]);
    }

    #[test]
    fn thinning_keeps_a_gap_between_columns() {
        let samples = [Some((0.0, 1.0)), None, None, Some((1.0, 1.0)), None];
        assert_eq!(thin(&samples, |x| x as i64), [Some((0.0, 1.0)), None, Some((1.0, 1.0))]);
    }

    #[test]
    fn the_average_of_a_constant_is_the_constant_from_the_start() {
        for sample in average(&[Some((0.0, 5.0)), None, Some((1.0, 5.0))], 0.9).iter().flatten() {
            assert!((sample.1 - 5.0).abs() < 1e-12);
        }
    }
}
