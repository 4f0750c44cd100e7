//! The rows of the table, and whether each target was met.

#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<[String; 4]>,
    checks: Vec<(String, String, bool)>,
}

impl Report {
    /// Notes a figure of `who`; shown at once, since a bench takes long.
    pub(crate) fn row(&mut self, work: &str, who: &str, figure: &str, value: f64) {
        eprintln!("{work} · {who}: {value:.3} {figure}");
        self.rows.push([work.into(), who.into(), format!("{value:.3}"), figure.into()]);
    }

    pub(crate) fn at_most(&mut self, target: &str, value: f64, limit: f64) {
        self.checks.push((target.to_owned(), format!("{value:.3}"), value <= limit));
    }

    pub(crate) fn at_least(&mut self, target: &str, value: f64, limit: f64) {
        self.checks.push((target.to_owned(), format!("{value:.0}"), value >= limit));
    }

    /// Prints the table; returns whether every target was met.
    pub(crate) fn end(&self) -> bool {
        println!("\n| work | server | value | figure |\n|---|---|---|---|");
        for [work, who, value, figure] in &self.rows {
            println!("| {work} | {who} | {value} | {figure} |");
        }
        println!("\n| target | measured | |\n|---|---|---|");
        for (target, measured, met) in &self.checks {
            println!("| {target} | {measured} | {} |", if *met { "met" } else { "MISSED" });
        }
        self.checks.iter().all(|(_, _, met)| *met)
    }
}
