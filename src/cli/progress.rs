//! Draws what [`mls::base::Progress`] tells: bars on a terminal, lines where asked for, else nothing.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use mls::base::{Progress, Task, size};

/// Short work ends before a bar would be read.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often a line is written with `--progress plain`.
const LINE_EVERY: Duration = Duration::from_secs(2);

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Bars,
    Lines,
    Nothing,
}

/// All work of this command that is going on.
#[derive(Debug)]
pub(crate) struct Drawn {
    mode: Mode,
    all: MultiProgress,
    bars: Mutex<Vec<Bar>>,
    /// Where a line goes; the one place that prints hands it down.
    line: fn(&str),
}

#[derive(Debug)]
struct Bar {
    task: Task,
    bar: ProgressBar,
    started: Instant,
    told: Instant,
    shown: bool,
}

impl Drawn {
    pub(crate) fn new(mode: Mode, line: fn(&str)) -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::hidden());
        Self { mode, all, bars: Mutex::new(vec![]), line }
    }

    pub(crate) fn mode(&self) -> Mode {
        self.mode
    }

    /// Clears the bars while `print` writes to the same terminal.
    pub(crate) fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.all.suspend(print)
    }

    fn with_bar(&self, task: Task, then: impl FnOnce(&mut Bar)) {
        let mut bars = self.bars.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(bar) = bars.iter_mut().rev().find(|bar| bar.task == task) {
            then(bar);
        }
    }

    fn show(&self, bar: &mut Bar) {
        if self.mode == Mode::Bars && !bar.shown && bar.started.elapsed() >= PATIENCE {
            bar.shown = true;
            self.all.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
            bar.bar = self.all.add(bar.bar.clone());
            bar.bar.enable_steady_tick(Duration::from_millis(200));
        }
        if self.mode == Mode::Lines && bar.told.elapsed() >= LINE_EVERY {
            bar.told = Instant::now();
            (self.line)(&plain(bar));
        }
    }
}

impl Progress for Drawn {
    fn start(&self, task: Task, total: Option<u64>) {
        if self.mode == Mode::Nothing {
            return;
        }
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden())
            .with_style(style(task, total.is_some()))
            .with_message(words(task));
        let now = Instant::now();
        let mut bars = self.bars.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        bars.push(Bar { task, bar, started: now, told: now, shown: false });
    }

    fn advance(&self, task: Task, amount: u64) {
        if self.mode != Mode::Nothing {
            self.with_bar(task, |bar| {
                bar.bar.inc(amount);
                self.show(bar);
            });
        }
    }

    fn finish(&self, task: Task) {
        let mut bars = self.bars.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(place) = bars.iter().rposition(|bar| bar.task == task) {
            let bar = bars.remove(place);
            bar.bar.finish_and_clear();
            if self.mode == Mode::Lines && bar.started.elapsed() >= PATIENCE {
                (self.line)(&plain(&bar));
            }
        }
    }
}

fn words(task: Task) -> &'static str {
    match task {
        Task::Add => "Adding",
        Task::Hash => "Hashing",
        Task::Checkout => "Writing",
        Task::Check => "Checking",
        Task::Walk => "Following links",
        Task::Repack => "Repacking",
        Task::Send => "Sending",
        Task::Receive => "Receiving",
        Task::Verify => "Verifying",
        Task::Import => "Importing runs",
        Task::Index => "Indexing runs",
    }
}

fn counts_bytes(task: Task) -> bool {
    match task {
        Task::Add | Task::Hash | Task::Checkout | Task::Repack | Task::Send => true,
        Task::Receive | Task::Verify => true,
        Task::Check | Task::Walk | Task::Import | Task::Index => false,
    }
}

fn style(task: Task, known: bool) -> ProgressStyle {
    let template = match (counts_bytes(task), known) {
        (true, true) => {
            "{msg:15} {wide_bar:.cyan/dim} {binary_bytes} of {binary_total_bytes}  {binary_bytes_per_sec}  {eta} left"
        }
        (true, false) => "{msg:15} {spinner} {binary_bytes}  {binary_bytes_per_sec}",
        (false, true) => {
            "{msg:15} {wide_bar:.cyan/dim} {human_pos} of {human_len}  {per_sec:.0}  {eta} left"
        }
        (false, false) => "{msg:15} {spinner} {human_pos}",
    };
    ProgressStyle::with_template(template).expect("written here").progress_chars("━╸─")
}

fn plain(bar: &Bar) -> String {
    let amount = |count| match counts_bytes(bar.task) {
        true => size::human(count),
        false => count.to_string(),
    };
    let done = bar.bar.position();
    let rate = amount((done as f64 / bar.started.elapsed().as_secs_f64().max(0.001)) as u64);
    let of = bar.bar.length().map(|total| format!(" of {}", amount(total))).unwrap_or_default();
    let left = match bar.bar.length() {
        Some(total) if total > done && done > 0 => {
            let seconds = bar.started.elapsed().as_secs_f64() * (total - done) as f64 / done as f64;
            format!(", {seconds:.0}s left")
        }
        _ => String::new(),
    };
    format!("{}: {}{of}, {rate}/s{left}", words(bar.task), amount(done))
}
