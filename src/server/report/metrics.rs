//! Numbers of a running server, as Prometheus reads them.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Log;

/// The upper ends of the buckets, in seconds.
const BUCKETS: [f64; 12] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

const TAKES_ALL: &str = "a String takes all";

/// What is counted for the server as a whole.
#[derive(Debug)]
pub(in crate::server) struct Metrics {
    pub(in crate::server) bytes_in: AtomicU64,
    pub(in crate::server) bytes_out: AtomicU64,
    pub(in crate::server) in_flight: AtomicU64,
    pub(in crate::server) log: Log,
    all: Mutex<Vec<Arc<Series>>>,
}

/// What is counted for one method of one route.
#[derive(Debug)]
pub(in crate::server) struct Series {
    method: String,
    route: String,
    /// By the hundreds of the status.
    answers: [AtomicU64; 5],
    buckets: [AtomicU64; BUCKETS.len() + 1],
    micros: AtomicU64,
}

impl Metrics {
    pub(in crate::server) fn new(log: Log) -> Self {
        Self {
            bytes_in: AtomicU64::new(0),
            bytes_out: AtomicU64::new(0),
            in_flight: AtomicU64::new(0),
            log,
            all: Mutex::default(),
        }
    }

    /// Makes a series; there are as many as routes, and no client can make one.
    pub(in crate::server) fn series(&self, method: &str, route: &str) -> Arc<Series> {
        let series = Arc::new(Series {
            method: method.to_owned(),
            route: route.to_owned(),
            answers: Default::default(),
            buckets: Default::default(),
            micros: AtomicU64::new(0),
        });
        self.all.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&series));
        series
    }

    /// Tells what happened that was no request.
    pub(in crate::server) fn note(&self, event: &str) {
        self.log.write(&serde_json::json!({ "event": event }));
    }

    /// Returns all numbers in the text form of Prometheus.
    pub(in crate::server) fn text(&self, connections: usize, waiting: usize) -> String {
        let mut text = String::new();
        let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let lost = read(&self.log.lost);
        for (name, kind, help, value) in [
            ("mls_connections", "gauge", "Open connections.", connections as u64),
            ("mls_writes_waiting", "gauge", "Writes that wait for the scribe.", waiting as u64),
            ("mls_requests_in_flight", "gauge", "Requests being answered.", read(&self.in_flight)),
            ("mls_received_bytes_total", "counter", "Bytes from clients.", read(&self.bytes_in)),
            ("mls_sent_bytes_total", "counter", "Bytes to clients.", read(&self.bytes_out)),
            ("mls_log_lines_lost_total", "counter", "Lines that the log had no room for.", lost),
        ] {
            writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}")
                .expect(TAKES_ALL);
        }
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let asked: Vec<_> = all.iter().filter(|series| series.count() > 0).collect();
        heading(
            &mut text,
            "mls_requests_total",
            "counter",
            "Requests by route and class of status.",
        );
        asked.iter().for_each(|series| series.write_answers(&mut text));
        heading(
            &mut text,
            "mls_request_seconds",
            "histogram",
            "Time to the last byte of the answer.",
        );
        asked.iter().for_each(|series| series.write_times(&mut text));
        text
    }
}

fn heading(text: &mut String, name: &str, kind: &str, help: &str) {
    writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}").expect(TAKES_ALL);
}

impl Series {
    /// Counts one request.
    pub(in crate::server) fn count_one(&self, status: u16, took: Duration) {
        let class = usize::from(status / 100).clamp(1, 5) - 1;
        self.answers[class].fetch_add(1, Ordering::Relaxed);
        let seconds = took.as_secs_f64();
        let bucket = BUCKETS.iter().position(|end| seconds <= *end).unwrap_or(BUCKETS.len());
        self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(took.as_micros() as u64, Ordering::Relaxed);
    }

    fn count(&self) -> u64 {
        self.answers.iter().map(|count| count.load(Ordering::Relaxed)).sum()
    }

    /// Route and method are our own words: nothing in them has to be escaped.
    fn labels(&self) -> String {
        format!("method=\"{}\",route=\"{}\"", self.method, self.route)
    }

    fn write_answers(&self, text: &mut String) {
        for (class, count) in self.answers.iter().enumerate() {
            let count = count.load(Ordering::Relaxed);
            if count > 0 {
                let labels = self.labels();
                let class = class + 1;
                writeln!(text, "mls_requests_total{{{labels},status=\"{class}xx\"}} {count}")
                    .expect(TAKES_ALL);
            }
        }
    }

    fn write_times(&self, text: &mut String) {
        let (labels, mut sum) = (self.labels(), 0);
        for (bucket, count) in self.buckets.iter().enumerate() {
            sum += count.load(Ordering::Relaxed);
            let end = BUCKETS.get(bucket).map_or("+Inf".to_owned(), ToString::to_string);
            writeln!(text, "mls_request_seconds_bucket{{{labels},le=\"{end}\"}} {sum}")
                .expect(TAKES_ALL);
        }
        let seconds = self.micros.load(Ordering::Relaxed) as f64 / 1e6;
        writeln!(text, "mls_request_seconds_sum{{{labels}}} {seconds}").expect(TAKES_ALL);
        writeln!(text, "mls_request_seconds_count{{{labels}}} {sum}").expect(TAKES_ALL);
    }
}
