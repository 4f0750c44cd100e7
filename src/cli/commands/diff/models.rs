//! Two versions of models side by side.

use mls::base::size::human;
use mls::model::compare::{self, Comparison, Side, TensorChange};
use mls::model::format::Tensor;
use mls::model::registry::Version;
use mls::model::{Signature, inspect, register, source};
use mls::store::Store;
use serde_json::{Value, json};

use crate::cli::commands::show::tensor_json;
use crate::cli::error::CommandError;
use crate::cli::session::Session;
use crate::cli::style::{BAD, GOOD, WARNING};
use crate::cli::table::{Cell, Column, Table};
use crate::cli::text::{self, escaped};

/// Compares two versions; returns whether they differ.
pub(super) fn run(
    session: &Session,
    store: &Store,
    old: &Version,
    new: &Version,
) -> Result<bool, CommandError> {
    let read = |version: &Version| -> Result<_, CommandError> {
        let inspection = inspect::content(store, &source::content(store, version)?)?;
        Ok((inspection, register::signature(store, version)?))
    };
    let (a, b) = (read(old)?, read(new)?);
    let found = compare::versions(
        store,
        Side { inspection: &a.0, signature: a.1.as_ref() },
        Side { inspection: &b.0, signature: b.1.as_ref() },
    )?;
    if found.is_empty() && !session.ui.format.is_json() {
        session.ui.note("There is no difference.");
        return Ok(false);
    }
    session.ui.answer(&as_json(old, new, &found), || as_text(session, &found))?;
    Ok(!found.is_empty())
}

fn as_json(old: &Version, new: &Version, found: &Comparison) -> Value {
    let side = |version: &Version| json!({"ref": version.reference().to_string(), "id": version.id.to_string()});
    let tensor = |change: &TensorChange| {
        json!({
            "name": change.name,
            "old": change.old.as_ref().map(tensor_json),
            "new": change.new.as_ref().map(tensor_json),
            "bytes": change.bytes,
        })
    };
    let signature = |side: &Option<Signature>| side.as_ref().map(Signature::to_value);
    let lines = |added: bool| {
        let own = found.requirements.iter().filter(|(is, _)| *is == added);
        own.map(|(_, line)| line.clone()).collect::<Vec<_>>()
    };
    json!({
        "same": found.is_empty(),
        "old": side(old),
        "new": side(new),
        "tensors": found.tensors.iter().map(tensor).collect::<Vec<_>>(),
        "equal_tensors": found.equal,
        "signature": found.signature.as_ref().map(|(a, b)| json!([signature(a), signature(b)])),
        "flavors": found.flavors.as_ref().map(|(a, b)| json!([a, b])),
        "requirements": {"removed": lines(false), "added": lines(true)},
        "files": found.files.iter().map(|(path, a, b)| json!({"path": path, "old_size": a, "new_size": b})).collect::<Vec<_>>(),
    })
}

fn as_text(session: &Session, found: &Comparison) -> String {
    let mut table = Table::new([
        Column::new("change"),
        Column::new("what"),
        Column::new("name").cut(),
        Column::new("old").cut(),
        Column::new("new").cut(),
        Column::new("bytes").title("BYTES THAT DIFFER").right(),
    ]);
    let mut row =
        |what: &'static str, name: &str, old: Option<String>, new: Option<String>, bytes| {
            let (word, style) = match (&old, &new) {
                (None, _) => ("added", GOOD),
                (_, None) => ("removed", BAD),
                _ => ("changed", WARNING),
            };
            let name = escaped(name).into_owned();
            let change = Cell::new(word).style(style);
            table.row([
                change,
                what.into(),
                name.into(),
                old.unwrap_or_default().into(),
                new.unwrap_or_default().into(),
                bytes,
            ]);
        };
    for TensorChange { name, old, new, bytes } in &found.tensors {
        let shown = |side: &Option<Tensor>| {
            side.as_ref().map(|one| format!("{} {:?}", one.dtype, one.shape))
        };
        let of = new.as_ref().and_then(|new| new.size);
        let bytes = bytes
            .map(|bytes| format!("{} of {}", text::grouped(bytes), text::grouped(of.unwrap_or(0))));
        row("tensor", name, shown(old), shown(new), Cell::new(bytes.unwrap_or_default()));
    }
    if let Some((old, new)) = &found.signature {
        let shown = |side: &Option<Signature>| {
            side.as_ref().map(|one| one.to_value()["inputs"].to_string())
        };
        row("signature", "inputs", shown(old), shown(new), Cell::new(""));
    }
    if let Some((old, new)) = &found.flavors {
        row("flavors", "", Some(old.join(", ")), Some(new.join(", ")), Cell::new(""));
    }
    for (is_added, line) in &found.requirements {
        let (old, new) =
            if *is_added { (None, Some(String::new())) } else { (Some(String::new()), None) };
        row("requirement", line, old, new, Cell::new(""));
    }
    for (path, old, new) in &found.files {
        row("file", path, old.map(human), new.map(human), Cell::new(""));
    }
    let equal = match found.equal {
        0 => String::new(),
        count => format!(
            "\n{} equal.\n",
            if count == 1 { "1 tensor is".to_owned() } else { format!("{count} tensors are") }
        ),
    };
    format!("{}{equal}", table.render(session.ui.width).text)
}
