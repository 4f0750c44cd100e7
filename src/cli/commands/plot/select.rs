//! Which metrics of which runs are meant.

use std::collections::{BTreeMap, BTreeSet};

use globset::Glob;
use mls::base::near;
use mls::store::Store;
use mls::track::plot::Series;
use mls::track::{Error, Run, RunId, load};

use crate::cli::error::CommandError;
use crate::cli::session::Session;
use crate::cli::thing;

/// More panels than these are drawn only where they are named.
const MOST_PANELS: usize = 8;

/// The curves to draw, and what is to be said about others.
pub(super) struct Selected {
    pub(super) series: Vec<Named>,
    pub(super) notes: Vec<String>,
}

pub(super) struct Named {
    pub(super) id: RunId,
    /// The run's own name; the series has one that no other run here has.
    pub(super) name: String,
    pub(super) series: Series,
}

pub(super) fn select(
    session: &Session,
    runs: &[String],
    wanted: &[String],
) -> Result<Selected, CommandError> {
    let store = session.store()?;
    let runs = load_runs(&store, runs)?;
    let known: BTreeSet<&str> =
        runs.iter().flat_map(|run| run.metrics.keys().map(String::as_str)).collect();
    let mut notes = Vec::new();
    let metrics = match wanted.is_empty() {
        true => curves(&runs, &known, &mut notes),
        false => named(wanted, &known, runs.len())?,
    };
    let labels = labels(&runs);
    let mut series = Vec::new();
    for metric in &metrics {
        for (run, label) in runs.iter().zip(&labels) {
            if run.metrics.contains_key(*metric) {
                series.push(read(&store, run, label, metric)?);
            } else if !wanted.is_empty() {
                notes.push(format!("No metric `{metric}` in `{}`.", run.name));
            }
        }
    }
    Ok(Selected { series, notes })
}

fn read(store: &Store, run: &Run, label: &str, metric: &str) -> Result<Named, CommandError> {
    let series = Series {
        run: label.to_owned(),
        started: run.started,
        metric: metric.to_owned(),
        points: load::points(store, run, metric)?,
    };
    Ok(Named { id: run.id.clone(), name: run.name.clone(), series })
}

/// Loads the runs that `texts` name, each once.
fn load_runs(store: &Store, texts: &[String]) -> Result<Vec<Run>, CommandError> {
    let mut runs: Vec<Run> = Vec::new();
    for text in texts {
        let id = thing::run_id(store, text)?;
        if runs.iter().all(|run| run.id != id) {
            runs.push(load::run(store, &id)?);
        }
    }
    Ok(runs)
}

/// Returns the names of the runs, with their ids where two are called the same.
fn labels(runs: &[Run]) -> Vec<String> {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for run in runs {
        *count.entry(&run.name).or_default() += 1;
    }
    let label = |run: &Run| match count[run.name.as_str()] {
        1 => run.name.clone(),
        _ => format!("{} ({})", run.name, &run.id.as_str()[..8]),
    };
    runs.iter().map(label).collect()
}

/// Returns the metrics that `wanted` names, in that order.
fn named<'a>(
    wanted: &[String],
    known: &BTreeSet<&'a str>,
    runs: usize,
) -> Result<Vec<&'a str>, CommandError> {
    let mut metrics: Vec<&str> = Vec::new();
    for text in wanted {
        let glob = Glob::new(text).ok().map(|glob| glob.compile_matcher());
        let meant = |name: &&&str| {
            **name == text || glob.as_ref().is_some_and(|glob| glob.is_match(**name))
        };
        let found: Vec<&str> = match known.get(text.as_str()) {
            Some(exact) => vec![*exact],
            None => known.iter().filter(meant).copied().collect(),
        };
        if found.is_empty() {
            let near = near::matches(text, known.iter().copied());
            return Err(Error::NoMetric { name: text.clone(), runs, near }.into());
        }
        metrics.extend(found);
    }
    let mut seen = BTreeSet::new();
    metrics.retain(|metric| seen.insert(*metric));
    Ok(metrics)
}

/// Returns the metrics worth a curve where none was named: what the program logged before what the machine did, and
/// what has several points before what has one.
fn curves<'a>(runs: &'a [Run], known: &BTreeSet<&'a str>, notes: &mut Vec<String>) -> Vec<&'a str> {
    let several = |metric: &str| {
        let count = |run: &Run| run.metrics.get(metric).is_some_and(|summary| summary.count > 1);
        runs.iter().any(count)
    };
    let own: Vec<&str> =
        known.iter().copied().filter(|metric| !metric.starts_with("system/")).collect();
    let own = if own.is_empty() { known.iter().copied().collect() } else { own };
    let (mut curves, dots): (Vec<&str>, Vec<&str>) =
        own.into_iter().partition(|metric| several(metric));
    if curves.is_empty() {
        curves = dots;
    } else if !dots.is_empty() {
        let dots: Vec<String> = dots.iter().map(|metric| format!("`{metric}`")).collect();
        notes.push(format!("Not drawn, because they have one point: {}.", dots.join(", ")));
    }
    if curves.len() > MOST_PANELS {
        let rest = curves.split_off(MOST_PANELS);
        notes.push(format!("Not drawn: {} more metrics; name them with `-m`.", rest.len()));
    }
    curves
}
