//! How a build is watched: lines as BuildKit writes them, or a view that stays where it is on a terminal.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use mls::container::Stream;
use mls::image::build::watch::{End, Watch};

use crate::cli::build_live::{Live, Step};
use crate::cli::progress::Mode;
use crate::cli::text;
use crate::cli::ui::{self, Ui};

/// Shows the steps of one build.
#[derive(Debug)]
pub(crate) struct BuildView {
    how: How,
    steps: Mutex<BTreeMap<usize, Shown>>,
}

#[derive(Debug)]
enum How {
    Nothing,
    Lines,
    Live(Live),
}

#[derive(Debug)]
enum Shown {
    Lines {
        begun: Instant,
        /// Of the output: what came after the last end of a line.
        rest: Vec<u8>,
    },
    Live(Step),
}

impl BuildView {
    /// Returns a view as the user wants it. A build that goes to a file is told in lines, as every builder does.
    pub(crate) fn new(ui: &Ui) -> Self {
        let how = match ui.progress.mode() {
            _ if ui.quiet || ui.format.is_json() => How::Nothing,
            Mode::Bars => How::Live(Live::new(ui.colors.stderr)),
            Mode::Lines => How::Lines,
            Mode::Nothing if std::io::stderr().is_terminal() => How::Nothing,
            Mode::Nothing => How::Lines,
        };
        Self { how, steps: Mutex::default() }
    }
}

/// Writes a line of a step's output.
fn said(number: usize, begun: Instant, line: &str) {
    let seconds = begun.elapsed().as_secs_f64();
    ui::line(&format!("#{number} {seconds:.3} {}", text::escaped(line.trim_end())));
}

impl Watch for BuildView {
    fn begin(&self, number: usize, name: &str) {
        let shown = match &self.how {
            How::Nothing => return,
            How::Live(live) => Shown::Live(live.step(name)),
            How::Lines => {
                ui::line(&format!("#{number} {}", text::escaped(name)));
                Shown::Lines { begun: Instant::now(), rest: vec![] }
            }
        };
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).insert(number, shown);
    }

    fn output(&self, number: usize, _stream: Stream, bytes: &[u8]) {
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        match steps.get_mut(&number) {
            None => {}
            Some(Shown::Live(step)) => step.output(bytes),
            Some(Shown::Lines { begun, rest }) => {
                rest.extend_from_slice(bytes);
                let Some(end) = rest.iter().rposition(|byte| *byte == b'\n') else { return };
                let lines: Vec<u8> = rest.drain(..=end).collect();
                String::from_utf8_lossy(&lines).lines().for_each(|line| said(number, *begun, line));
            }
        }
    }

    fn end(&self, number: usize, end: &End) {
        let shown = self.steps.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
        let (begun, rest) = match shown {
            None => return,
            Some(Shown::Live(step)) => {
                if let How::Live(live) = &self.how {
                    live.over(&step, end);
                }
                return;
            }
            Some(Shown::Lines { begun, rest }) => (begun, rest),
        };
        if !rest.is_empty() {
            said(number, begun, &String::from_utf8_lossy(&rest));
        }
        let word = match end {
            End::Cached => "CACHED".to_owned(),
            End::Done => format!("DONE {:.1}s", begun.elapsed().as_secs_f64()),
            End::Cancelled => "CANCELED".to_owned(),
            End::Failed(why) => format!("ERROR: {}", text::escaped(why)),
        };
        ui::line(&format!("#{number} {word}"));
    }
}
