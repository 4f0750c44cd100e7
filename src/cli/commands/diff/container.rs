//! What a container has changed in the files of its image, as Docker's `diff` tells it.

use mls::image::export::{self, Changed};
use mls::image::rootfs::Change;
use serde_json::{Value, json};

use crate::cli::args::Format;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::style::{BAD, GOOD, WARNING, paint};
use crate::cli::table::{Column, Table};
use crate::cli::{contained, text};

/// Returns whether anything was changed.
pub(super) fn run(session: &Session, name: &str) -> Result<bool, CommandError> {
    // What users of containers own, only they or their root may look at.
    contained::enter()?;
    let container = contained::containers(session)?.find(name).map_err(|error| {
        let error = CommandError::from(error);
        match error.code == Exit::NotFound as u8 {
            true => error.hint(
                "One argument is a container (`mls ps -a` lists them); to compare two things, name both.",
            ),
            false => error,
        }
    })?;
    let store = session.store()?;
    let Changed { below, changes } = export::changed(&store, &container)?;
    let mut all = vec![];
    for change in &changes.list {
        let (path, word) = match change {
            Change::Whiteout { path } => (path, "removed"),
            Change::Made { path, .. } | Change::HardLink { path, .. } => {
                let known = below.get(path).map_err(mls::image::Error::from)?;
                (path, if known.is_some() { "changed" } else { "added" })
            }
        };
        if !path.is_empty() {
            all.push((word, format!("/{}", text::name(path))));
        }
    }
    all.sort_by(|(_, a), (_, b)| a.cmp(b));
    show(session, &all)?;
    Ok(!all.is_empty())
}

fn show(session: &Session, all: &[(&str, String)]) -> Result<(), CommandError> {
    if session.ui.format == Format::Table {
        let line = |(word, path): &(&str, String)| {
            let (letter, style) = match *word {
                "added" => ("A", GOOD),
                "removed" => ("D", BAD),
                _ => ("C", WARNING),
            };
            format!("{} {path}\n", paint(style, letter))
        };
        return session.ui.show(&all.iter().map(line).collect::<String>());
    }
    let mut table = Table::new(["change", "path"].map(Column::new));
    all.iter().for_each(|(word, path)| table.row([(*word).into(), path.as_str().into()]));
    let value = |(word, path): &(&str, String)| json!({"path": path, "change": word});
    let values: Vec<Value> = all.iter().map(value).collect();
    session.ui.list(&table, &values, "")
}
