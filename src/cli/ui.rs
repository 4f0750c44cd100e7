//! The one place that prints: answers to stdout, everything else to stderr.
#![expect(clippy::print_stderr, reason = "this is the one place that may")]

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::{Command, ExitCode, Stdio};

use mls::base::{Progress, Silent};
use serde::Serialize;
use serde_json::json;

use crate::cli::args::Format;
use crate::cli::error::CommandError;
use crate::cli::progress::Drawn;
use crate::cli::style::{BAD, GOOD, WARNING, paint};
use crate::cli::table::Table;
use crate::cli::{json, text};

/// What the user wants to see, and how.
#[derive(Debug)]
pub(crate) struct Ui {
    pub(crate) format: Format,
    pub(crate) quiet: bool,
    pub(crate) verbose: u8,
    pub(crate) colors: Colors,
    /// The columns of the terminal; none where the answer goes to a pipe or a file.
    pub(crate) width: Option<usize>,
    /// What long answers go through on a terminal.
    pub(crate) pager: Option<String>,
    pub(crate) progress: Drawn,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Colors {
    pub(crate) stdout: bool,
    pub(crate) stderr: bool,
}

impl Ui {
    /// Writes bytes of the answer as they are.
    pub(crate) fn data(&self, bytes: &[u8]) -> Result<(), CommandError> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(bytes)?;
        Ok(stdout.flush()?)
    }

    /// Writes text for a person, coloured where that is wanted.
    pub(crate) fn print(&self, text: &str) -> Result<(), CommandError> {
        self.data(self.dressed(text).as_bytes())
    }

    /// As [`Self::print`], through the pager where it goes to a terminal that is too short for it.
    pub(crate) fn show(&self, answer: &str) -> Result<(), CommandError> {
        match self.paged(&self.dressed(answer)) {
            true => Ok(()),
            false => self.print(answer),
        }
    }

    /// Takes the colours out where they are not wanted.
    fn dressed<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.colors.stdout {
            true => Cow::Borrowed(text),
            false => Cow::Owned(anstream::adapter::strip_str(text).to_string()),
        }
    }

    /// Answers with one thing: JSON of `value`, or the text that `person` makes.
    pub(crate) fn answer(
        &self,
        value: &impl Serialize,
        person: impl FnOnce() -> String,
    ) -> Result<(), CommandError> {
        match self.format {
            Format::Table => self.show(&person()),
            Format::Json => self.data((json::document(value)? + "\n").as_bytes()),
            Format::Jsonl => self.data((json::line(value)? + "\n").as_bytes()),
            other => Err(no_such_form(other, "table, json or jsonl")),
        }
    }

    /// Answers with a list: a table, csv, or the JSON of each of `values`.
    ///
    /// `nothing` is said instead of an empty table.
    pub(crate) fn list<T: Serialize>(
        &self,
        table: &Table,
        values: &[T],
        nothing: &str,
    ) -> Result<(), CommandError> {
        match self.format {
            Format::Table if table.is_empty() => {
                self.note(nothing);
                Ok(())
            }
            Format::Table => {
                let rendered = table.render(self.width);
                self.show(&rendered.text)?;
                if !rendered.hidden.is_empty() {
                    self.note(&format!("No room for: {}.", rendered.hidden.join(", ")));
                }
                Ok(())
            }
            Format::Csv => self.data(table.csv()?.as_bytes()),
            Format::Json => self.data((json::document(&values)? + "\n").as_bytes()),
            Format::Jsonl => {
                let lines: Result<Vec<String>, _> = values.iter().map(json::line).collect();
                self.data(
                    lines?.iter().map(|line| line.clone() + "\n").collect::<String>().as_bytes(),
                )
            }
            other => Err(no_such_form(other, "table, json, jsonl or csv")),
        }
    }

    /// Tells what was done; `--quiet` hides it, and so does JSON, so that stderr can be read by a program too.
    pub(crate) fn note(&self, note: &str) {
        if !self.quiet && !self.format.is_json() {
            self.tell(&text::escaped_lines(note));
        }
    }

    /// Tells more than most want to know.
    pub(crate) fn detail(&self, note: &str) {
        if self.verbose > 0 {
            self.note(note);
        }
    }

    /// Tells what may surprise the user.
    pub(crate) fn warn(&self, warning: &str) {
        match self.format.is_json() {
            true => self.tell(&json!({"warning": {"message": warning}}).to_string()),
            false => self.tell(&labelled(WARNING, "warning", warning)),
        }
    }

    /// Returns what draws the progress of long work.
    pub(crate) fn progress(&self) -> &dyn Progress {
        match self.quiet {
            true => &Silent,
            false => &self.progress,
        }
    }

    /// Shows a failure, its causes and its hint, and returns its exit code.
    pub(crate) fn report(&self, error: &CommandError) -> ExitCode {
        if let Some(message) = error.message() {
            match self.format.is_json() {
                true => self.tell(&as_json(error, &message)),
                false => self.tell(&as_text(error, &message)),
            }
        }
        ExitCode::from(error.code)
    }

    fn tell(&self, text: &str) {
        let text = match self.colors.stderr {
            true => text.to_owned(),
            false => anstream::adapter::strip_str(text).to_string(),
        };
        self.progress.aside(|| line(&text));
    }

    /// Shows `answer` in the pager where it is longer than the terminal; tells whether it did.
    fn paged(&self, answer: &str) -> bool {
        let height = rustix::termios::tcgetwinsize(io::stdout()).map_or(0, |size| size.ws_row);
        let Some(pager) = self.pager.as_deref().filter(|_| io::stdout().is_terminal()) else {
            return false;
        };
        if answer.lines().count() < usize::from(height) {
            return false;
        }
        let shell = Command::new("sh").args(["-c", pager]).stdin(Stdio::piped()).spawn();
        let Ok(mut pager) = shell else { return false };
        if let Some(mut stdin) = pager.stdin.take() {
            let _ = stdin.write_all(answer.as_bytes()); // who leaves the pager has seen enough
        }
        pager.wait().is_ok_and(|status| status.code() != Some(127))
    }
}

/// Returns stdout and stderr, and stderr again, for a command whose output is passed through.
pub(crate) fn streams() -> (io::Stdout, io::Stderr, io::Stderr) {
    (io::stdout(), io::stderr(), io::stderr())
}

/// Writes one line to stderr; one that has gone away is no failure.
pub(crate) fn line(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Says in case of a panic that it is our fault, in the words of all other errors.
pub(crate) fn own_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let what = panic.payload_as_str().unwrap_or("something impossible happened");
        let place = panic.location().map(|place| format!(" ({place})")).unwrap_or_default();
        eprintln!("error: {}{place}; this is a bug in mls", text::escaped(what));
        eprintln!(
            "hint: Please report it with the command that you ran; the store is as it was before."
        );
    }));
}

fn no_such_form(format: Format, forms: &str) -> CommandError {
    CommandError::usage(format!("there is no {} form of this answer", format.as_str()))
        .hint(format!("Use `--format` with {forms}."))
}

fn as_text(error: &CommandError, message: &str) -> String {
    let mut lines = vec![labelled(BAD, "error", message)];
    lines.extend(error.causes().iter().map(|cause| labelled(WARNING, "cause", cause)));
    lines.extend(error.hint.iter().map(|hint| labelled(GOOD, "hint", hint)));
    lines.join("\n")
}

fn as_json(error: &CommandError, message: &str) -> String {
    let body = json!({"error": {
        "code": error.code,
        "message": message,
        "causes": error.causes(),
        "hint": error.hint,
    }});
    json::line(&body).unwrap_or_default()
}

/// Lines after the first are indented, so that no text from outside can pass for a line of ours.
fn labelled(style: anstyle::Style, label: &str, message: &str) -> String {
    let message = text::escaped_lines(message.trim_end()).replace('\n', "\n  ");
    format!("{} {message}", paint(style, &format!("{label}:")))
}
