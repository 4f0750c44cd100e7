//! The steps of a build on a terminal: each in a line that fits, and below it what its command says while it runs.

use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anstream::adapter::strip_str;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use mls::image::build::watch::End;

use crate::cli::style::{BAD, GOOD, LABEL, LITERAL, paint};
use crate::cli::text;

/// So many lines of what a command says are shown; one where the terminal is low.
const TAIL: usize = 3;
const LOW: u16 = 20;
/// Times stand no further to the right: the eye must find their line.
const WIDEST: usize = 110;
/// Of a line without an end, so much is kept.
const MAX_LINE: usize = 4096;

/// Where steps are drawn.
#[derive(Debug)]
pub(crate) struct Live {
    all: MultiProgress,
    colors: bool,
}

/// A step that is going on.
#[derive(Debug)]
pub(crate) struct Step {
    bar: ProgressBar,
    shown: Arc<Shown>,
}

#[derive(Debug)]
struct Shown {
    name: String,
    begun: Instant,
    colors: bool,
    said: Mutex<Said>,
}

/// What a command has said: its last lines, and what came after the last end of a line.
#[derive(Debug, Default)]
struct Said {
    lines: VecDeque<String>,
    rest: Vec<u8>,
}

impl Live {
    pub(crate) fn new(colors: bool) -> Self {
        let target = ProgressDrawTarget::stderr_with_hz(12);
        Self { all: MultiProgress::with_draw_target(target), colors }
    }

    /// Begins to show a step.
    pub(crate) fn step(&self, name: &str) -> Step {
        let shown = Arc::new(Shown {
            name: short_digests(&text::escaped(name)),
            begun: Instant::now(),
            colors: self.colors,
            said: Mutex::default(),
        });
        let template = if self.colors { "{spinner:.cyan} {step}" } else { "{spinner} {step}" };
        let drawn = Arc::clone(&shown);
        let style = ProgressStyle::with_template(template)
            .expect("written here")
            .tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ")
            .with_key("step", move |_: &ProgressState, to: &mut dyn Write| {
                // A line that cannot be drawn is drawn the next time.
                let _ = to.write_str(&drawn.text());
            });
        let bar = self.all.add(ProgressBar::new_spinner().with_style(style));
        bar.enable_steady_tick(Duration::from_millis(100));
        Step { bar, shown }
    }

    /// Writes the line that stays of a step.
    pub(crate) fn over(&self, step: &Step, end: &End) {
        step.bar.finish_and_clear();
        let seconds = seconds(step.shown.begun.elapsed());
        let (mark, style, word) = match end {
            End::Cached => ("✓", GOOD, "cached"),
            End::Done => ("✓", GOOD, &*seconds),
            End::Cancelled => ("–", LABEL, "given up"),
            End::Failed(_) => ("✗", BAD, "failed"),
        };
        let line = format!("{} {}", step.shown.paint(style, mark), step.shown.line(word));
        drop(self.all.println(line));
    }
}

impl Step {
    /// Takes what the command of the step has written.
    pub(crate) fn output(&self, bytes: &[u8]) {
        self.shown.said.lock().unwrap_or_else(PoisonError::into_inner).take(bytes);
    }
}

impl Shown {
    fn paint(&self, style: anstyle::Style, text: &str) -> String {
        if self.colors { paint(style, text) } else { text.to_owned() }
    }

    /// Returns all that is shown while the step runs.
    fn text(&self) -> String {
        let (columns, rows) = terminal();
        let mut text = self.line(&seconds(self.begun.elapsed()));
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let count = if rows < LOW { 1 } else { TAIL };
        for line in said.last(count) {
            let line = text::cut(&line, columns.saturating_sub(6)).into_owned();
            text += &self.paint(LABEL, &format!("\n  │ {line}"));
        }
        text
    }

    /// Returns the name of the step, cut to what fits, and a word at the right.
    fn line(&self, word: &str) -> String {
        // The mark and a blank stand before it; the last columns stay free: a full line would wrap, and so would the `^C` that
        // terminals write behind it.
        let columns = terminal().0.min(WIDEST).saturating_sub(5);
        let name = text::cut(&self.name, columns.saturating_sub(text::width(word) + 1));
        let gap = columns.saturating_sub(text::width(&name) + text::width(word)).max(1);
        let blank = " ".repeat(gap);
        format!("{}{blank}{}", self.colored(&name), self.paint(LABEL, word))
    }

    /// Returns a name with its instruction in the colour of what is typed.
    fn colored(&self, name: &str) -> String {
        let Some((place, rest)) = name.split_once("] ") else { return name.to_owned() };
        let (word, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        let place = self.paint(LABEL, &format!("{place}]"));
        format!("{place} {} {rest}", self.paint(LITERAL, word)).trim_end().to_owned()
    }
}

impl Said {
    fn take(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
        if let Some(end) = self.rest.iter().rposition(|byte| *byte == b'\n') {
            let lines: Vec<u8> = self.rest.drain(..=end).collect();
            for line in String::from_utf8_lossy(&lines).lines() {
                self.lines.push_back(shown(line));
            }
        }
        self.lines.drain(..self.lines.len().saturating_sub(TAIL));
        self.rest.drain(..self.rest.len().saturating_sub(MAX_LINE));
    }

    /// Returns the last lines, that without an end included: programs count in it.
    fn last(&self, count: usize) -> Vec<String> {
        let open = shown(&String::from_utf8_lossy(&self.rest));
        let lines = self.lines.iter().cloned().chain(Some(open).filter(|line| !line.is_empty()));
        let mut lines: Vec<String> = lines.collect();
        lines.drain(..lines.len().saturating_sub(count));
        lines
    }
}

/// Returns a line as a terminal would show it in the end: without colours, and only what was written over the rest of it.
fn shown(line: &str) -> String {
    let plain = strip_str(line).to_string();
    let plain = plain.trim_end();
    text::escaped(plain.rsplit('\r').next().unwrap_or(plain)).replace("\\t", "  ")
}

fn seconds(took: Duration) -> String {
    match took.as_secs() {
        0..100 => format!("{:.1}s", took.as_secs_f64()),
        whole => format!("{}m{:02}s", whole / 60, whole % 60),
    }
}

/// Returns the columns and rows of the terminal; it may have become another size.
fn terminal() -> (usize, u16) {
    match rustix::termios::tcgetwinsize(std::io::stderr()) {
        Ok(size) if size.ws_col > 0 => (usize::from(size.ws_col), size.ws_row),
        _ => (80, 24),
    }
}

/// Cuts digests to what tells them apart.
fn short_digests(name: &str) -> String {
    const SHORT: usize = 12;
    let mut parts = name.split("@sha256:");
    let mut short = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let hex = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        let (hex, rest) = part.split_at(hex);
        short += &format!("@sha256:{}{rest}", hex.get(..SHORT).unwrap_or(hex));
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_as_a_terminal_would_leave_it() {
        for (line, wanted) in [
            ("plain", "plain"),
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("1%\r2%\r3%", "3%"),
            ("3%\r", "3%"),
            ("a\tb", "a  b"),
            ("\u{1b}]0;title\u{7}x\u{202e}", "x\\u{202e}"),
        ] {
            assert_eq!(shown(line), wanted, "{line:?}");
        }
    }

    #[test]
    fn the_last_lines_stay_and_the_one_without_an_end_is_one() {
        let mut said = Said::default();
        said.take(b"1\n2\n3\n4\n5");
        assert_eq!(said.last(3), ["3", "4", "5"]);
        said.take(b"0%\r51%\r");
        assert_eq!(said.last(1), ["51%"]);
        said.take(&[b'x'; 3 * MAX_LINE]);
        assert!(said.rest.len() == MAX_LINE && said.lines.len() == TAIL);
    }

    #[test]
    fn digests_are_short_and_names_stay() {
        let hex = "a".repeat(64);
        let name = format!("[1/2] FROM base@sha256:{hex} AS x");
        assert_eq!(short_digests(&name), format!("[1/2] FROM base@sha256:{} AS x", &hex[..12]));
        assert_eq!(short_digests("[1/2] RUN x@sha256:ab"), "[1/2] RUN x@sha256:ab");
    }
}
