//! What the user is told when a Dockerfile is wrong: the line, and a mark below what is meant.
//!
//! ```text
//! error: Dockerfile:3: COPY has no flag `--form`
//!   3 | COPY --form=build /app /app
//!     |      ^^^^^^^^^^^^
//! hint: Did you mean `--from`?
//! ```

use mls::image::dockerfile::Error as E;

use crate::cli::error::{CommandError, Exit, did_you_mean};

impl From<E> for CommandError {
    fn from(error: E) -> Self {
        let hint = did_you_mean(&error.near);
        let words = match error.quoted.trim().is_empty() {
            true => error.to_string(),
            false => words(&error),
        };
        Self { hint, ..Self::new(Exit::Usage, words) }
    }
}

impl CommandError {
    /// As any error of a Dockerfile, with the file's name before it.
    pub(crate) fn in_dockerfile(file: &str, error: &E) -> Self {
        let hint = did_you_mean(&error.near);
        let file = crate::cli::text::escaped(file);
        let reason = format!("{file}:{}: {}", error.line, error.reason);
        Self { hint, ..Self::new(Exit::Usage, words(&E { reason, ..error.clone() })) }
    }
}

fn words(error: &E) -> String {
    let number = error.line.to_string();
    let margin = " ".repeat(number.len());
    // A tab is as wide as the terminal likes; a blank is not.
    let quoted: String =
        error.quoted.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if quoted.trim().is_empty() {
        return error.reason.clone();
    }
    let before = " ".repeat(width(&quoted, 0, error.caret));
    let mark = "^".repeat(width(&quoted, error.caret, error.length).max(1));
    format!("{}\n  {number} | {quoted}\n  {margin} | {before}{mark}", error.reason)
}

/// Returns the columns that `length` characters behind the first `skipped` take.
fn width(text: &str, skipped: usize, length: usize) -> usize {
    let part: String = text.chars().skip(skipped).take(length).collect();
    unicode_width::UnicodeWidthStr::width(part.as_str())
}
