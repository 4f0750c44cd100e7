//! An object that is no run: a folder, a file, or any other record.

use mls::base::size::human;
use mls::store::{Kind, Link, Store, file};
use serde_json::Value;

use crate::cli::error::CommandError;
use crate::cli::session::Session;
use crate::cli::style::{LABEL, LITERAL, paint};
use crate::cli::table::facts;
use crate::cli::{dag_json, json, text};

/// How much of a file is shown.
const HEAD: usize = 4096;

/// Shows the object `link`.
pub(super) fn show(session: &Session, store: &Store, link: &Link) -> Result<(), CommandError> {
    if link.kind == Kind::Blob {
        let text = file_text(store, link)?;
        return match session.ui.format.is_json() {
            true => session.ui.answer(&dag_json::of_bytes(&store.read(link)?), String::new),
            false => session.ui.answer(&Value::Null, || text),
        };
    }
    let node = dag_json::of_node(&store.read(link)?)?;
    let text = match node["type"].as_str() {
        Some("tree") => crate::cli::commands::ls::text(session, store, link)?,
        Some("file") => file_text(store, link)?,
        kind => node_text(link, kind.unwrap_or("node"), &node)?,
    };
    session.ui.answer(&node, || text)
}

fn file_text(store: &Store, link: &Link) -> Result<String, CommandError> {
    let mut file = file::open(store, link)?;
    let head = file.read_range(0, HEAD)?;
    let mut known = vec![
        ("File", paint(LITERAL, &link.to_string())),
        ("BLAKE3", file.digest().to_string()),
        (
            "Size",
            format!(
                "{} in {}",
                human(file.size()),
                text::count(file.chunks().len() as u64, "chunk")
            ),
        ),
    ];
    known.retain(|(name, _)| *name != "BLAKE3" || file.digest() != link.digest);
    let is_whole = head.len() as u64 == file.size();
    let shown = match std::str::from_utf8(&head) {
        Ok(head) => Some(head),
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    };
    let Some(shown) = shown.filter(|shown| !shown.contains('\0')) else {
        let note = format!(
            "Binary; `mls cat-file` prints {}.",
            if link.kind == Kind::Blob { "it" } else { "its chunks" }
        );
        return Ok(format!("{}\n{}\n", facts(known), paint(LABEL, &note)));
    };
    let shown = shown.replace('\t', "    ");
    let rest = if is_whole { "" } else { "\n…" };
    Ok(format!("{}\n{}{rest}\n", facts(known), text::escaped_lines(shown.trim_end_matches('\n'))))
}

fn node_text(link: &Link, kind: &str, node: &Value) -> Result<String, CommandError> {
    let known = facts([(kind, paint(LITERAL, &link.to_string()))]);
    Ok(format!("{known}\n{}\n", json::document(node)?))
}
