//! The rows of the table, and whether each target was met.

use crate::measure::{Cost, median};
use std::collections::BTreeMap;

#[derive(Default)]
struct Row {
    costs: Vec<Cost>,
    bytes: Option<u64>,
}

pub(crate) struct Report {
    /// By work and tool, in the order of first mention.
    order: Vec<(String, String)>,
    rows: BTreeMap<(String, String), Row>,
    checks: Vec<(String, String, bool)>,
    peak: f64,
}

impl Report {
    pub(crate) fn new() -> Self {
        Self { order: Vec::new(), rows: BTreeMap::new(), checks: Vec::new(), peak: 0.0 }
    }

    fn row(&mut self, work: &str, tool: &str) -> &mut Row {
        let key = (work.to_owned(), tool.to_owned());
        if !self.rows.contains_key(&key) {
            self.order.push(key.clone());
        }
        self.rows.entry(key).or_default()
    }

    pub(crate) fn cost(&mut self, work: &str, tool: &str, cost: Cost) {
        if tool == "mls" {
            self.peak = self.peak.max(cost.memory);
        }
        eprintln!("{work} · {tool}: {:.3} CPU s, {:.3} s", cost.cpu, cost.wall);
        self.row(work, tool).costs.push(cost);
    }

    pub(crate) fn bytes(&mut self, work: &str, tool: &str, bytes: u64) {
        self.row(work, tool).bytes = Some(bytes);
    }

    pub(crate) fn median(&self, work: &str, tool: &str) -> Cost {
        let key = (work.to_owned(), tool.to_owned());
        self.rows
            .get(&key)
            .map_or(Cost { cpu: f64::NAN, wall: f64::NAN, memory: f64::NAN }, |row| {
                median(&row.costs)
            })
    }

    pub(crate) fn stored(&self, work: &str, tool: &str) -> Option<u64> {
        self.rows.get(&(work.to_owned(), tool.to_owned())).and_then(|row| row.bytes)
    }

    /// The tools other than `cp` and `mls` that did `work`.
    pub(crate) fn peers(&self, work: &str) -> Vec<String> {
        let names =
            self.order.iter().filter(|(name, _)| name == work).map(|(_, tool)| tool.clone());
        names.filter(|tool| tool != "mls" && tool != "cp").collect()
    }

    pub(crate) fn check(&mut self, target: &str, measured: String, met: bool) {
        self.checks.push((target.to_owned(), measured, met));
    }

    /// Checks that `value` is at most `limit`.
    pub(crate) fn at_most(&mut self, target: &str, value: f64, limit: f64, unit: &str) {
        self.check(target, format!("{value:.3}{unit}"), value <= limit);
    }

    /// Prints the table; returns whether every target was met.
    pub(crate) fn end(&mut self) -> bool {
        if self.peak > 0.0 {
            self.at_most(
                "memory for any of it ≤ 256 MiB",
                self.peak / f64::from(1 << 20),
                256.0,
                " MiB",
            );
        }
        println!("\n| work | tool | CPU s | ÷ cp | wall s | peak MiB | stored MB |");
        println!("|---|---|---|---|---|---|---|");
        for (work, tool) in &self.order {
            let (cost, cp) = (self.median(work, tool), self.median(work, "cp"));
            let ratio = cost.cpu / cp.cpu;
            let ratio = if ratio.is_finite() { format!("{ratio:.1}") } else { "–".to_owned() };
            let stored = self
                .stored(work, tool)
                .map_or("–".to_owned(), |bytes| format!("{:.1}", bytes as f64 / 1e6));
            let memory = cost.memory / f64::from(1 << 20);
            println!(
                "| {work} | {tool} | {:.3} | {ratio} | {:.3} | {memory:.0} | {stored} |",
                cost.cpu, cost.wall
            );
        }
        println!("\n| target | measured | |");
        println!("|---|---|---|");
        for (target, measured, met) in &self.checks {
            println!("| {target} | {measured} | {} |", if *met { "met" } else { "MISSED" });
        }
        self.checks.iter().all(|(_, _, met)| *met)
    }
}
