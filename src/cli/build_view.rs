//! How a build is watched: lines as BuildKit writes them, or a view that stays where it is on a terminal.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use mls::base::time;
use mls::container::Stream;
use mls::image::build::watch::{End, Watch};

use crate::cli::progress::Mode;
use crate::cli::style::{BAD, GOOD, LABEL, LITERAL, paint};
use crate::cli::text;
use crate::cli::ui::{self, Ui};

/// Of a line of output, so much is shown beside its step.
const MAX_TAIL: usize = 60;

/// Shows the steps of one build.
#[derive(Debug)]
pub(crate) struct BuildView {
    how: How,
    colors: bool,
    steps: Mutex<BTreeMap<usize, Shown>>,
}

#[derive(Debug)]
enum How {
    Nothing,
    Lines,
    Live(MultiProgress),
}

#[derive(Debug)]
struct Shown {
    name: String,
    begun: Instant,
    bar: Option<ProgressBar>,
    /// Of the output: what came after the last end of a line.
    rest: Vec<u8>,
}

impl BuildView {
    /// Returns a view as the user wants it. A build that goes to a file is told in lines, as every builder does.
    pub(crate) fn new(ui: &Ui) -> Self {
        let how = match ui.progress.mode() {
            _ if ui.quiet || ui.format.is_json() => How::Nothing,
            Mode::Bars => {
                How::Live(MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(12)))
            }
            Mode::Lines => How::Lines,
            Mode::Nothing if std::io::stderr().is_terminal() => How::Nothing,
            Mode::Nothing => How::Lines,
        };
        Self { how, colors: ui.colors.stderr, steps: Mutex::default() }
    }

    fn paint(&self, style: anstyle::Style, text: &str) -> String {
        if self.colors { paint(style, text) } else { text.to_owned() }
    }

    fn line(&self, line: &str) {
        match &self.how {
            How::Nothing => {}
            How::Lines => ui::line(line),
            How::Live(all) => drop(all.println(line)),
        }
    }

    /// Returns the line that stays when a step is over.
    fn over(&self, name: &str, end: &End, took: Duration) -> String {
        let (mark, style, word) = match end {
            End::Cached => ("✓", GOOD, "cached".to_owned()),
            End::Done => ("✓", GOOD, time::duration(took.as_millis() as i64)),
            End::Cancelled => ("–", LABEL, "given up".to_owned()),
            End::Failed(_) => ("✗", BAD, "failed".to_owned()),
        };
        format!("{} {}  {}", self.paint(style, mark), self.named(name), self.paint(LABEL, &word))
    }

    /// Returns the name of a step with its instruction in the colour of what is typed.
    fn named(&self, name: &str) -> String {
        let name = text::escaped(name);
        match name.split_once("] ") {
            Some((place, rest)) => {
                let (word, rest) = rest.split_once(' ').unwrap_or((rest, ""));
                let place = self.paint(LABEL, &format!("{place}]"));
                format!("{place} {} {rest}", self.paint(LITERAL, word)).trim_end().to_owned()
            }
            None => name.into_owned(),
        }
    }
}

impl Watch for BuildView {
    fn begin(&self, number: usize, name: &str) {
        let bar = match &self.how {
            How::Live(all) => {
                let style =
                    ProgressStyle::with_template("{spinner:.cyan} {wide_msg} {elapsed:.dim}");
                let bar = ProgressBar::new_spinner()
                    .with_style(style.expect("written here").tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ "));
                let bar = all.add(bar);
                bar.set_message(self.named(name));
                bar.enable_steady_tick(Duration::from_millis(100));
                Some(bar)
            }
            How::Lines => {
                ui::line(&format!("#{number} {}", text::escaped(name)));
                None
            }
            How::Nothing => None,
        };
        let shown = Shown { name: name.to_owned(), begun: Instant::now(), bar, rest: vec![] };
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).insert(number, shown);
    }

    fn output(&self, number: usize, _stream: Stream, bytes: &[u8]) {
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(shown) = steps.get_mut(&number) else { return };
        shown.rest.extend_from_slice(bytes);
        let Some(end) = shown.rest.iter().rposition(|byte| *byte == b'\n') else { return };
        let lines: Vec<u8> = shown.rest.drain(..=end).collect();
        let seconds = shown.begun.elapsed().as_secs_f64();
        for line in String::from_utf8_lossy(&lines).lines() {
            let line = text::escaped(line.trim_end());
            match &shown.bar {
                Some(bar) => {
                    let tail: String = line.chars().take(MAX_TAIL).collect();
                    let tail = self.paint(LABEL, &tail);
                    bar.set_message(format!("{}  {tail}", self.named(&shown.name)));
                }
                None => self.line(&format!("#{number} {seconds:.3} {line}")),
            }
        }
    }

    fn end(&self, number: usize, end: &End) {
        let shown = self.steps.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
        let Some(shown) = shown else { return };
        if let Some(bar) = &shown.bar {
            bar.finish_and_clear();
            self.line(&self.over(&shown.name, end, shown.begun.elapsed()));
            return;
        }
        let rest = String::from_utf8_lossy(&shown.rest);
        let seconds = shown.begun.elapsed().as_secs_f64();
        if !rest.is_empty() {
            self.line(&format!("#{number} {seconds:.3} {}", text::escaped(rest.trim_end())));
        }
        let word = match end {
            End::Cached => "CACHED".to_owned(),
            End::Done => format!("DONE {seconds:.1}s"),
            End::Cancelled => "CANCELED".to_owned(),
            End::Failed(why) => format!("ERROR: {}", text::escaped(why)),
        };
        self.line(&format!("#{number} {word}"));
    }
}
