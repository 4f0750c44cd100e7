//! Numbers of each version, as Prometheus reads them.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The upper ends of the buckets, in seconds.
const BUCKETS: [f64; 13] =
    [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

const TAKES_ALL: &str = "a String takes all";

/// What is counted for one version.
#[derive(Debug)]
pub(in crate::server::score) struct Numbers {
    labels: String,
    /// By the hundreds of the status.
    answers: [AtomicU64; 5],
    buckets: [AtomicU64; BUCKETS.len() + 1],
    micros: AtomicU64,
    rows: AtomicU64,
    calls: AtomicU64,
    pub(in crate::server::score) in_flight: AtomicU64,
}

impl Numbers {
    pub(in crate::server::score) fn new(model: &str, version: u64) -> Self {
        let model = model.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        Self {
            labels: format!("model=\"{model}\",version=\"{version}\""),
            answers: Default::default(),
            buckets: Default::default(),
            micros: AtomicU64::new(0),
            rows: AtomicU64::new(0),
            calls: AtomicU64::new(0),
            in_flight: AtomicU64::new(0),
        }
    }

    /// Counts one answer.
    pub(in crate::server::score) fn count(&self, status: u16, took: Duration) {
        self.answers[usize::from(status / 100).clamp(1, 5) - 1].fetch_add(1, Ordering::Relaxed);
        let seconds = took.as_secs_f64();
        let bucket = BUCKETS.iter().position(|end| seconds <= *end).unwrap_or(BUCKETS.len());
        self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(took.as_micros() as u64, Ordering::Relaxed);
    }

    /// Counts one call of the engine.
    pub(in crate::server::score) fn rows(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
        self.calls.fetch_add(1, Ordering::Relaxed);
    }
}

/// Returns all numbers in the text form of Prometheus.
pub(in crate::server::score) fn text<'a>(all: impl Iterator<Item = &'a Numbers> + Clone) -> String {
    let mut text = String::new();
    let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
    head(&mut text, "mls_score_requests_total", "counter", "Answers by class of status.");
    for one in all.clone() {
        for (class, count) in one.answers.iter().enumerate().filter(|(_, count)| read(count) > 0) {
            let (labels, class, count) = (&one.labels, class + 1, read(count));
            line(
                &mut text,
                format_args!("mls_score_requests_total{{{labels},status=\"{class}xx\"}} {count}"),
            );
        }
    }
    head(&mut text, "mls_score_seconds", "histogram", "Time from the whole request to its answer.");
    for one in all.clone() {
        let (labels, mut sum) = (&one.labels, 0);
        for (bucket, count) in one.buckets.iter().enumerate() {
            sum += read(count);
            let end = BUCKETS.get(bucket).map_or("+Inf".to_owned(), ToString::to_string);
            line(
                &mut text,
                format_args!("mls_score_seconds_bucket{{{labels},le=\"{end}\"}} {sum}"),
            );
        }
        let seconds = read(&one.micros) as f64 / 1e6;
        line(&mut text, format_args!("mls_score_seconds_sum{{{labels}}} {seconds}"));
        line(&mut text, format_args!("mls_score_seconds_count{{{labels}}} {sum}"));
    }
    for (name, kind, help, which) in [
        ("mls_score_rows_total", "counter", "Rows that the engine was asked.", 0),
        ("mls_score_batches_total", "counter", "Calls of the engine.", 1),
        ("mls_score_in_flight", "gauge", "Requests that wait or are worked at.", 2),
    ] {
        head(&mut text, name, kind, help);
        for one in all.clone() {
            let value = read([&one.rows, &one.calls, &one.in_flight][which]);
            let labels = &one.labels;
            line(&mut text, format_args!("{name}{{{labels}}} {value}"));
        }
    }
    text
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    line(text, format_args!("# HELP {name} {help}\n# TYPE {name} {kind}"));
}

fn line(text: &mut String, what: std::fmt::Arguments<'_>) {
    writeln!(text, "{what}").expect(TAKES_ALL);
}
