//! Texts line by line, under the tables.

use mls::base::size;
use mls::track::compare::{Comparison, Diff, Why};

use crate::cli::style::{BAD, GOOD, HEADER, LABEL, LITERAL, PLAIN, paint};
use crate::cli::text::escaped;

/// More lines of one file than these are shown only with `--all`.
const MOST_LINES: usize = 200;

pub(super) fn render(comparison: &Comparison, all: bool) -> String {
    comparison.diffs.iter().map(|diff| one(diff, all)).collect()
}

fn one(diff: &Diff, all: bool) -> String {
    let title = match diff.path.as_str() {
        "code.patch" => "Uncommitted changes".to_owned(),
        path => escaped(path).into_owned(),
    };
    let sizes = diff.sizes.map(size::human);
    let mut text = format!("\n{}  ", paint(HEADER, &title));
    let sizes = match diff.sizes[0] == diff.sizes[1] {
        true => sizes[0].clone(),
        false => format!("{} to {}", sizes[0], sizes[1]),
    };
    text.push_str(&paint(LABEL, &sizes));
    let Some(lines) = &diff.diff else {
        let why = match diff.why {
            Some(Why::Large) => "too large to show by lines",
            Some(Why::Symlink) => "a symlink",
            Some(Why::Binary) | None => "binary",
        };
        text.push_str(&paint(LABEL, &format!(", {why}\n")));
        return text;
    };
    text.push('\n');
    let most = if all { usize::MAX } else { MOST_LINES };
    for line in lines.lines().take(most) {
        text.push_str(&paint(style(line), &escaped(line)));
        text.push('\n');
    }
    let more = lines.lines().count().saturating_sub(most);
    if more > 0 {
        text.push_str(&paint(LABEL, &format!("… {more} more lines; `--all` shows them\n")));
    }
    text
}

fn style(line: &str) -> anstyle::Style {
    match line {
        _ if line.starts_with("+++") || line.starts_with("---") => LABEL,
        _ if line.starts_with("@@") => LITERAL,
        _ if line.starts_with('+') => GOOD,
        _ if line.starts_with('-') => BAD,
        _ => PLAIN,
    }
}
