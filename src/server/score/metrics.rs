//! Numbers of each version, as Prometheus reads them.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::model::score::worker::Health;

/// The upper ends of the buckets, in seconds.
const BUCKETS: [f64; 13] =
    [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// The upper ends of the buckets, in rows.
const SIZES: [u64; 9] = [1, 2, 4, 8, 16, 32, 64, 256, 1024];

const TAKES_ALL: &str = "a String takes all";

/// What came of a request that a version was asked beside another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server::score) enum Beside {
    Same,
    Different,
    /// It failed where the other answered.
    Failed,
}

impl Beside {
    const ALL: [(Self, &str); 3] =
        [(Self::Same, "same"), (Self::Different, "different"), (Self::Failed, "failed")];
}

/// What is counted for one version.
#[derive(Debug)]
pub(in crate::server::score) struct Numbers {
    model: String,
    version: u64,
    labels: String,
    /// By the hundreds of the status.
    answers: [AtomicU64; 5],
    seconds: Histogram<{ BUCKETS.len() + 1 }>,
    sizes: Histogram<{ SIZES.len() + 1 }>,
    in_flight: AtomicU64,
    queued: AtomicU64,
    beside: [AtomicU64; Beside::ALL.len()],
}

/// Counts by bucket; the sum in millionths, or in whole numbers.
#[derive(Debug)]
struct Histogram<const N: usize> {
    buckets: [AtomicU64; N],
    sum: AtomicU64,
}

impl<const N: usize> Histogram<N> {
    fn new() -> Self {
        Self { buckets: std::array::from_fn(|_| AtomicU64::new(0)), sum: AtomicU64::new(0) }
    }

    fn add(&self, bucket: usize, value: u64) {
        self.buckets[bucket.min(N - 1)].fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// Writes it as `name`, with the ends of its buckets and what its sum is counted in.
    fn write(&self, text: &mut String, name: &str, labels: &str, ends: &[String], unit: f64) {
        let mut sum = 0;
        for (bucket, count) in self.buckets.iter().enumerate() {
            sum += read(count);
            let end = ends.get(bucket).map_or("+Inf", String::as_str);
            line(text, format_args!("{name}_bucket{{{labels},le=\"{end}\"}} {sum}"));
        }
        let total = read(&self.sum) as f64 * unit;
        line(text, format_args!("{name}_sum{{{labels}}} {total}"));
        line(text, format_args!("{name}_count{{{labels}}} {sum}"));
    }
}

/// One more, for as long as this is there.
#[derive(Debug)]
pub(in crate::server::score) struct More {
    numbers: Arc<Numbers>,
    which: fn(&Numbers) -> &AtomicU64,
}

impl Drop for More {
    fn drop(&mut self) {
        (self.which)(&self.numbers).fetch_sub(1, Ordering::Relaxed);
    }
}

impl Numbers {
    pub(in crate::server::score) fn new(model: &str, version: u64) -> Self {
        let shown = model.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        Self {
            model: model.to_owned(),
            version,
            labels: format!("model=\"{shown}\",version=\"{version}\""),
            answers: Default::default(),
            seconds: Histogram::new(),
            sizes: Histogram::new(),
            in_flight: AtomicU64::new(0),
            queued: AtomicU64::new(0),
            beside: Default::default(),
        }
    }

    /// Counts one answer.
    pub(in crate::server::score) fn count(&self, status: u16, took: Duration) {
        self.answers[usize::from(status / 100).clamp(1, 5) - 1].fetch_add(1, Ordering::Relaxed);
        let seconds = took.as_secs_f64();
        let bucket = BUCKETS.iter().position(|end| seconds <= *end).unwrap_or(BUCKETS.len());
        self.seconds.add(bucket, took.as_micros() as u64);
    }

    /// Counts one call of the engine.
    pub(in crate::server::score) fn rows(&self, rows: u64) {
        let bucket = SIZES.iter().position(|end| rows <= *end).unwrap_or(SIZES.len());
        self.sizes.add(bucket, rows);
    }

    /// Counts a request that was asked beside another version.
    pub(in crate::server::score) fn beside(&self, what: Beside) {
        self.beside[what as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a request that waits or is worked at.
    pub(in crate::server::score) fn fly(self: &Arc<Self>) -> More {
        self.more(|numbers| &numbers.in_flight)
    }

    /// Counts a request that waits for its turn.
    pub(in crate::server::score) fn wait(self: &Arc<Self>) -> More {
        self.more(|numbers| &numbers.queued)
    }

    fn more(self: &Arc<Self>, which: fn(&Self) -> &AtomicU64) -> More {
        which(self).fetch_add(1, Ordering::Relaxed);
        More { numbers: Arc::clone(self), which }
    }
}

/// The numbers of all versions that are or were served since the start.
#[derive(Debug, Default)]
pub(in crate::server::score) struct Ledger(Mutex<Vec<Arc<Numbers>>>);

impl Ledger {
    /// Returns the numbers of a version; they go on where it was served before.
    pub(in crate::server::score) fn of(&self, model: &str, version: u64) -> Arc<Numbers> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.iter().find(|one| one.model == model && one.version == version);
        if let Some(found) = found {
            return Arc::clone(found);
        }
        let numbers = Arc::new(Numbers::new(model, version));
        all.push(Arc::clone(&numbers));
        numbers
    }

    /// Returns all numbers in the text form of Prometheus.
    pub(in crate::server::score) fn text(&self, workers: &[(Arc<Numbers>, Health)]) -> String {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut text = text(&all);
        processes(&mut text, workers);
        text
    }
}

fn text(all: &[Arc<Numbers>]) -> String {
    let mut text = String::new();
    head(&mut text, "mls_score_requests_total", "counter", "Answers by class of status.");
    for one in all {
        for (class, count) in one.answers.iter().enumerate().filter(|(_, count)| read(count) > 0) {
            let (labels, class, count) = (&one.labels, class + 1, read(count));
            line(
                &mut text,
                format_args!("mls_score_requests_total{{{labels},status=\"{class}xx\"}} {count}"),
            );
        }
    }
    let ends = BUCKETS.map(|end| end.to_string());
    head(&mut text, "mls_score_seconds", "histogram", "Time from the whole request to its answer.");
    for one in all {
        one.seconds.write(&mut text, "mls_score_seconds", &one.labels, &ends, 1e-6);
    }
    let ends = SIZES.map(|end| end.to_string());
    head(&mut text, "mls_score_batch_rows", "histogram", "Rows in one call of the engine.");
    for one in all {
        one.sizes.write(&mut text, "mls_score_batch_rows", &one.labels, &ends, 1.0);
    }
    type Gauge = (&'static str, &'static str, fn(&Numbers) -> &AtomicU64);
    let gauges: [Gauge; 2] = [
        ("mls_score_in_flight", "Requests that wait or are worked at.", |one| &one.in_flight),
        ("mls_score_queued", "Requests that wait for their turn.", |one| &one.queued),
    ];
    for (name, help, which) in gauges {
        head(&mut text, name, "gauge", help);
        for one in all {
            let (labels, value) = (&one.labels, read(which(one)));
            line(&mut text, format_args!("{name}{{{labels}}} {value}"));
        }
    }
    shadows(&mut text, all);
    text
}

fn shadows(text: &mut String, all: &[Arc<Numbers>]) {
    let help = "Requests that a shadow was asked too, by what it answered beside the other.";
    head(text, "mls_score_shadow_total", "counter", help);
    for one in all {
        for (what, word) in Beside::ALL {
            let (labels, count) = (&one.labels, read(&one.beside[what as usize]));
            if count > 0 {
                line(
                    text,
                    format_args!("mls_score_shadow_total{{{labels},answer=\"{word}\"}} {count}"),
                );
            }
        }
    }
}

/// The processes of versions that run in some.
fn processes(text: &mut String, workers: &[(Arc<Numbers>, Health)]) {
    let help = "Processes of the version that are ready or at work.";
    head(text, "mls_score_workers", "gauge", help);
    for (one, health) in workers {
        line(text, format_args!("mls_score_workers{{{}}} {}", one.labels, health.alive));
    }
    let help = "How often a process of the version had to be started again.";
    head(text, "mls_score_worker_restarts_total", "counter", help);
    for (one, health) in workers {
        let (labels, count) = (&one.labels, health.restarts);
        line(text, format_args!("mls_score_worker_restarts_total{{{labels}}} {count}"));
    }
}

fn read(number: &AtomicU64) -> u64 {
    number.load(Ordering::Relaxed)
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    line(text, format_args!("# HELP {name} {help}\n# TYPE {name} {kind}"));
}

fn line(text: &mut String, what: std::fmt::Arguments<'_>) {
    writeln!(text, "{what}").expect(TAKES_ALL);
}
