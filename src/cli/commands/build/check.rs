//! `--check`: what BuildKit's checks find, each with its line.

use mls::image::dockerfile::lint::Warning;
use serde_json::json;

use crate::cli::error::CommandError;
use crate::cli::session::Session;
use crate::cli::text;

/// Shows what was found; anything at all is the answer no.
pub(super) fn answer(
    session: &Session,
    file: &str,
    source: &[u8],
    warnings: &[Warning],
) -> Result<(), CommandError> {
    let found: Vec<_> = warnings
        .iter()
        .map(|warning| {
            json!({
                "rule": warning.rule.name(),
                "description": warning.rule.description(),
                "message": warning.message,
                "file": file,
                "line": warning.at.first,
                "last_line": warning.at.last,
                "url": warning.rule.page(),
            })
        })
        .collect();
    let value = json!({"ok": warnings.is_empty(), "warnings": found});
    let source = String::from_utf8_lossy(source);
    let lines: Vec<&str> = source.lines().collect();
    session
        .ui
        .answer(&value, || warnings.iter().map(|warning| shown(file, &lines, warning)).collect())?;
    match warnings.is_empty() {
        true => {
            session.ui.note("Checked, and nothing was found.");
            Ok(())
        }
        false => {
            session
                .ui
                .note(&format!("Checked: {}.", text::count(warnings.len() as u64, "finding")));
            Err(CommandError::ended(1))
        }
    }
}

/// Returns one finding as people read it.
fn shown(file: &str, lines: &[&str], warning: &Warning) -> String {
    let mut shown = format!(
        "{}: {}\n  {}:{}\n",
        warning.rule.name(),
        text::escaped(&warning.message),
        text::escaped(file),
        warning.at.first
    );
    let margin = warning.at.last.to_string().len();
    for number in warning.at.first..=warning.at.last {
        if let Some(line) = lines.get(number - 1) {
            shown.push_str(&format!("  {number:margin$} | {}\n", text::escaped(line.trim_end())));
        }
    }
    if let Some(page) = warning.rule.page() {
        shown.push_str(&format!("  {page}\n"));
    }
    shown.push('\n');
    shown
}
