//! What two and more runs have in common and in what they differ, as one plain value.
//!
//! The store is read by the caller: a [`Side`] holds what a comparison needs of one run, and the content of
//! artifacts and patches is asked for by link, only where two of them differ.

mod artifacts;
mod direction;
mod fields;
mod load;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

pub use artifacts::{Artifact, Artifacts};
pub use direction::{Direction, direction};
pub use fields::Field;
pub use load::between;
pub use text::{Diff, MOST_TEXT, Why};

use crate::store::Link;
use crate::track::{Environment, Run, Value};

/// One run and what it links to, as far as a comparison needs it.
#[derive(Debug, Clone)]
pub struct Side {
    pub run: Run,
    pub environment: Option<Environment>,
    pub artifacts: Vec<Artifact>,
}

/// What a comparison shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Also what is the same everywhere.
    pub all: bool,
}

/// By key, a value for each run in the order of `runs`; `None` where a run has none.
pub type Table<T> = BTreeMap<String, Vec<Option<T>>>;

/// The differences of some runs, or everything where [`Options::all`] asks for it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The ids of the runs, as they were given.
    pub runs: Vec<String>,
    pub names: Vec<String>,
    /// Status, experiment, duration: what a run is besides what it logged.
    pub attributes: Table<Field>,
    pub params: Table<String>,
    pub metrics: BTreeMap<String, Metric>,
    pub tags: Table<String>,
    pub environment: Table<Field>,
    pub code: Table<Field>,
    pub command: Table<Field>,
    pub datasets: Table<String>,
    pub artifacts: Artifacts,
    /// Line by line, where texts differ: artifacts, and the uncommitted changes of the code.
    pub diffs: Vec<Diff>,
    /// Whether anything differs but when and how long the runs ran.
    #[serde(skip)]
    pub differs: bool,
}

/// The last values of one metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Metric {
    pub values: Vec<Option<Value>>,
    /// The last run's value less the first one's.
    pub delta: Option<Value>,
    /// `delta` as a part of the first value's size.
    pub relative: Option<Value>,
    /// `higher` or `lower` is better; `None` where the name does not tell.
    pub direction: Option<Direction>,
    /// The place of the run with the best value, if one is better than all others.
    pub best: Option<usize>,
}

/// Compares `sides`, asking `read` for content where texts may differ.
///
/// `read` gets a link and the most bytes that are of use; it may return more bytes or fewer.
pub fn compare<E>(
    sides: &[Side],
    options: Options,
    mut read: impl FnMut(&Link, u64) -> Result<Vec<u8>, E>,
) -> Result<Comparison, E> {
    let table = |of: &dyn Fn(&Side) -> BTreeMap<String, Field>| {
        gather(sides.iter().map(of).collect(), options.all)
    };
    let strings = |of: &dyn Fn(&Side) -> BTreeMap<String, String>| {
        gather(sides.iter().map(of).collect(), options.all)
    };
    let artifacts = artifacts::compare(sides);
    let mut diffs = artifacts::diffs(sides, &artifacts, &mut read)?;
    diffs.extend(text::patches(sides, &mut read)?);
    let mut comparison = Comparison {
        runs: sides.iter().map(|side| side.run.id.to_string()).collect(),
        names: sides.iter().map(|side| side.run.name.clone()).collect(),
        attributes: table(&|side| fields::attributes(&side.run)),
        params: strings(&|side| side.run.params.clone()),
        metrics: metrics(sides, options.all),
        tags: strings(&|side| fields::tags(&side.run)),
        environment: table(&|side| fields::environment(side.environment.as_ref())),
        code: table(&|side| fields::code(side.run.code.as_ref())),
        command: table(&|side| fields::command(side.run.command.as_ref())),
        datasets: strings(&|side| fields::datasets(&side.run.datasets)),
        artifacts,
        diffs,
        differs: false,
    };
    comparison.differs = comparison.has_differences();
    if !options.all {
        comparison.artifacts.values.retain(|_, values| differ(values));
    }
    Ok(comparison)
}

impl Comparison {
    fn has_differences(&self) -> bool {
        let fields = [&self.environment, &self.code, &self.command];
        let texts = [&self.params, &self.tags, &self.datasets];
        let results = |key: &String| key == "status" || key == "experiment";
        self.attributes.iter().any(|(key, values)| results(key) && differ(values))
            || fields.iter().any(|table| table.values().any(|values| differ(values)))
            || texts.iter().any(|table| table.values().any(|values| differ(values)))
            || self.metrics.values().any(|metric| differ_in_bits(&metric.values))
            || self.artifacts.values.values().any(|values| differ(values))
    }
}

/// Turns one map for each run into one map with a value for each run.
fn gather<T: PartialEq>(maps: Vec<BTreeMap<String, T>>, all: bool) -> Table<T> {
    let count = maps.len();
    let mut table: Table<T> = BTreeMap::new();
    for (index, map) in maps.into_iter().enumerate() {
        for (key, value) in map {
            let row = table.entry(key).or_insert_with(|| (0..count).map(|_| None).collect());
            row[index] = Some(value);
        }
    }
    if !all {
        table.retain(|_, values| differ(values));
    }
    table
}

/// Tells whether the values of a row are not all the same.
pub fn differ<T: PartialEq>(values: &[Option<T>]) -> bool {
    values.windows(2).any(|pair| pair[0] != pair[1])
}

/// As [`differ`], but NaN is the same as NaN.
fn differ_in_bits(values: &[Option<Value>]) -> bool {
    let bits = |value: &Option<Value>| value.map(|Value(number)| (number + 0.0).to_bits());
    values.windows(2).any(|pair| match (pair[0], pair[1]) {
        (Some(Value(a)), Some(Value(b))) if a.is_nan() && b.is_nan() => false,
        _ => bits(&pair[0]) != bits(&pair[1]),
    })
}

fn metrics(sides: &[Side], all: bool) -> BTreeMap<String, Metric> {
    let keys: BTreeSet<&String> = sides.iter().flat_map(|side| side.run.metrics.keys()).collect();
    let metric = |key: &String| {
        let last = |side: &Side| side.run.metrics.get(key).map(|summary| summary.last.value);
        Metric::new(direction(key), sides.iter().map(last).collect())
    };
    keys.into_iter()
        .map(|key| (key.clone(), metric(key)))
        .filter(|(_, metric)| all || differ_in_bits(&metric.values))
        .collect()
}

impl Metric {
    fn new(direction: Option<Direction>, values: Vec<Option<Value>>) -> Self {
        let (first, last) = (values.first().copied().flatten(), values.last().copied().flatten());
        let delta = match (first, last) {
            (Some(Value(first)), Some(Value(last))) => Some(last - first),
            _ => None,
        };
        let relative = match (first, delta) {
            (Some(Value(first)), Some(delta)) if first != 0.0 => Some(delta / first.abs()),
            _ => None,
        };
        let finite = |delta: &f64| delta.is_finite();
        Self {
            best: direction.and_then(|direction| best(direction, &values)),
            delta: delta.map(Value),
            relative: relative.filter(finite).map(Value),
            direction,
            values,
        }
    }

    /// Tells whether the last run's value is better than the first one's; `None` where that is open.
    pub fn improved(&self) -> Option<bool> {
        let Value(delta) = self.delta.filter(|Value(delta)| *delta != 0.0 && !delta.is_nan())?;
        Some(match self.direction? {
            Direction::Higher => delta > 0.0,
            Direction::Lower => delta < 0.0,
        })
    }
}

fn best(direction: Direction, values: &[Option<Value>]) -> Option<usize> {
    let sign = if direction == Direction::Higher { 1.0 } else { -1.0 };
    let mut ranked: Vec<(usize, f64)> = values
        .iter()
        .enumerate()
        .filter_map(|(index, value)| Some((index, value.as_ref()?.0 * sign)))
        .filter(|(_, value)| !value.is_nan())
        .collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    match ranked.as_slice() {
        [(index, first), (_, second), ..] if first > second => Some(*index),
        _ => None,
    }
}
