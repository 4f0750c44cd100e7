//! What a chart shows: a panel for each metric, and in it a curve for each run.

use crate::track::Point;

use super::curve::{self, Curve, Sample};
use super::label;
use super::scale::{Across, Scale, Unit};

/// The points of one metric of one run.
#[derive(Debug, Clone)]
pub struct Series {
    pub run: String,
    /// When the run began; the zero of [`Across::Relative`].
    pub started: i64,
    pub metric: String,
    pub points: Vec<Point>,
}

/// How points become curves.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub across: Across,
    pub log_x: bool,
    pub log_y: bool,
    /// Weight of what was before in the moving average: 0 is none, 0.99 very smooth.
    pub smooth: f64,
    /// All metrics in one panel instead of one for each.
    pub overlay: bool,
    pub title: Option<String>,
}

/// A chart that any renderer can draw.
#[derive(Debug, Clone)]
pub struct Chart {
    pub title: String,
    /// What the curves are called; a curve's `ink` is its place in here.
    pub legend: Vec<String>,
    pub panels: Vec<Panel>,
    pub across: Across,
    pub smooth: f64,
}

/// One pair of axes.
#[derive(Debug, Clone)]
pub struct Panel {
    pub title: String,
    /// `None` where there is nothing to draw; `notes` say why.
    pub scales: Option<(Scale, Scale)>,
    pub curves: Vec<Curve>,
    /// What is not drawn, as short sentences.
    pub notes: Vec<String>,
}

impl Chart {
    /// Gathers `series` into panels, in the order in which metrics and runs first come.
    pub fn new(series: &[Series], options: &Options) -> Self {
        let runs = distinct(series.iter().map(|one| one.run.as_str()));
        let metrics = distinct(series.iter().map(|one| one.metric.as_str()));
        let name = |one: &Series| match (options.overlay, runs.len()) {
            (false, _) => one.run.clone(),
            (true, 0 | 1) => one.metric.clone(),
            (true, _) => format!("{} {}", one.run, one.metric),
        };
        let names: Vec<String> = series.iter().map(name).collect();
        let legend = distinct(names.iter().map(String::as_str));
        let ink = |index: usize| legend.iter().position(|one| *one == names[index]).unwrap_or(0);
        let panel = |title: &str, wanted: &dyn Fn(&Series) -> bool| {
            let inside: Vec<(usize, &Series)> = series
                .iter()
                .enumerate()
                .filter(|(_, one)| wanted(one))
                .map(|(index, one)| (ink(index), one))
                .collect();
            Panel::new(title, &inside, options)
        };
        let panels = match options.overlay && !metrics.is_empty() {
            true => vec![panel(&metrics.join(", "), &|_| true)],
            false => metrics.iter().map(|name| panel(name, &|one| one.metric == *name)).collect(),
        };
        Self {
            title: label::clean(options.title.as_deref().unwrap_or(&title(&runs, &metrics))),
            legend: legend.iter().map(|name| label::clean(name)).collect(),
            panels,
            across: options.across,
            smooth: options.smooth,
        }
    }
}

impl Panel {
    fn new(title: &str, series: &[(usize, &Series)], options: &Options) -> Self {
        let mut left_out = LeftOut::default();
        let log_x = options.log_x && options.across != Across::Wall;
        let curves: Vec<Curve> = series
            .iter()
            .map(|(ink, one)| {
                let samples = samples(one, options.across);
                let kept = left_out.keep(&samples, log_x, options.log_y);
                Curve::new(*ink, kept, options.smooth)
            })
            .collect();
        let drawn = || curves.iter().flat_map(Curve::drawn);
        let unit = options.across.unit();
        let x = Scale::around(drawn().map(|(x, _)| x), log_x, unit);
        let y = Scale::around(drawn().map(|(_, y)| y), options.log_y, Unit::Number);
        let empty = series.iter().all(|(_, one)| one.points.is_empty());
        Self { title: label::clean(title), scales: x.zip(y), notes: left_out.notes(empty), curves }
    }
}

/// Counts the points that no axis can show.
#[derive(Debug, Default)]
struct LeftOut {
    strange: usize,
    nonpositive: usize,
}

impl LeftOut {
    /// Returns `samples` with gaps where a point cannot be drawn.
    fn keep(&mut self, samples: &[(f64, f64)], log_x: bool, log_y: bool) -> Vec<Sample> {
        let mut keep = |&(x, y): &(f64, f64)| {
            if !y.is_finite() {
                self.strange += 1;
                return None;
            }
            if (log_x && x <= 0.0) || (log_y && y <= 0.0) {
                self.nonpositive += 1;
                return None;
            }
            Some((x, y.clamp(-curve::LIMIT, curve::LIMIT)))
        };
        samples.iter().map(&mut keep).collect()
    }

    fn notes(&self, empty: bool) -> Vec<String> {
        let mut notes = Vec::new();
        if empty {
            notes.push("No points".to_owned());
        }
        if self.strange > 0 {
            notes.push(format!("{} not drawn: NaN or infinite", points(self.strange)));
        }
        if self.nonpositive > 0 {
            notes
                .push(format!("{} not drawn: not above 0 on a log axis", points(self.nonpositive)));
        }
        notes
    }
}

fn points(count: usize) -> String {
    format!("{count} {}", if count == 1 { "point" } else { "points" })
}

/// Returns the points of `series` from left to right.
fn samples(series: &Series, across: Across) -> Vec<(f64, f64)> {
    let place = |point: &Point| match across {
        Across::Step => point.step as f64,
        Across::Relative => (point.time - series.started) as f64 / 1000.0,
        Across::Wall => point.time as f64 / 1000.0,
    };
    let mut samples: Vec<(f64, f64)> =
        series.points.iter().map(|point| (place(point), point.value.0)).collect();
    samples.sort_by(|a, b| a.0.total_cmp(&b.0));
    samples
}

fn title(runs: &[&str], metrics: &[&str]) -> String {
    match (runs, metrics) {
        ([run], [] | [_] | [_, _]) => format!("{} of {run}", metrics.join(", ")),
        ([run], _) => format!("{} metrics of {run}", metrics.len()),
        (_, [] | [_] | [_, _]) => format!("{} of {} runs", metrics.join(", "), runs.len()),
        _ => format!("{} metrics of {} runs", metrics.len(), runs.len()),
    }
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = std::collections::HashSet::new();
    names.filter(|name| seen.insert(*name)).collect()
}
