//! What is inside of a version of a model: formats, signature, tensors, and what pickles would import.

use mls::base::size::human;
use mls::model::format::{Import, Tensor, Verdict};
use mls::model::inspect::Inspection;
use mls::model::signature::{Schema, Signature};
use serde_json::{Value, json};

use crate::cli::session::Session;
use crate::cli::style::{BAD, GOOD, LITERAL, WARNING};
use crate::cli::table::{Cell, Column, Table};
use crate::cli::text::escaped;

/// A person reads no more lines of one kind; JSON has all.
const SHOWN: usize = 40;

/// Returns what the pickles of a model would import.
pub(in crate::cli::commands) fn imports(inspection: &Inspection) -> impl Iterator<Item = &Import> {
    inspection.files.iter().filter_map(|file| file.report.as_ref().ok()).flat_map(|r| &r.imports)
}

/// Returns an import as scripts read it.
pub(in crate::cli::commands) fn import_json(import: &Import) -> Value {
    json!({"module": import.module, "name": import.name, "verdict": import.verdict.as_str()})
}

/// Returns a tensor as scripts read it.
pub(in crate::cli::commands) fn tensor_json(tensor: &Tensor) -> Value {
    json!({"name": tensor.name, "dtype": tensor.dtype, "shape": tensor.shape, "size": tensor.size})
}

/// Returns all of it as scripts read it.
pub(super) fn json(inspection: &Inspection, signature: Option<&Signature>) -> Value {
    let files = inspection.files.iter().map(|file| match &file.report {
        Ok(report) => json!({
            "path": file.path,
            "size": file.size,
            "format": report.format.as_str(),
            "facts": report.facts.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
            "tensors": report.tensors.iter().map(tensor_json).collect::<Vec<_>>(),
            "imports": report.imports.iter().map(import_json).collect::<Vec<_>>(),
        }),
        Err(reason) => json!({"path": file.path, "size": file.size, "problem": reason}),
    });
    json!({
        "flavors": inspection.flavors,
        "signature": signature.map(Signature::to_value),
        "environment": inspection.environment.iter().map(|(path, _)| path).collect::<Vec<_>>(),
        "files": files.collect::<Vec<_>>(),
    })
}

/// Returns tables of it, each with an empty line before.
pub(super) fn text(
    session: &Session,
    inspection: &Inspection,
    signature: Option<&Signature>,
) -> String {
    let tables = [
        files(inspection),
        signature.map_or_else(Table::default, ports),
        tensors(inspection),
        imported(inspection),
    ];
    let shown = tables.iter().filter(|table| !table.is_empty());
    shown.map(|table| format!("\n{}", table.render(session.ui.width).text)).collect()
}

fn files(inspection: &Inspection) -> Table {
    let mut table = Table::new([
        Column::new("format"),
        Column::new("size").right(),
        Column::new("file").cut(),
        Column::new("about").cut(),
    ]);
    for file in inspection.files.iter().take(SHOWN) {
        let (format, about) = match &file.report {
            Ok(report) => {
                let facts = report.facts.iter().map(|(key, value)| format!("{key} {value}"));
                (
                    Cell::new(report.format.as_str()).style(LITERAL),
                    facts.collect::<Vec<_>>().join(", "),
                )
            }
            Err(reason) => (Cell::new("damaged").style(BAD), reason.clone()),
        };
        let size = Cell::new(human(file.size)).raw(file.size.to_string());
        table.row([format, size, file.path.as_str().into(), about.into()]);
    }
    table
}

fn ports(signature: &Signature) -> Table {
    let mut table = Table::new([
        Column::new("signature"),
        Column::new("name").cut(),
        Column::new("type").cut(),
    ]);
    for (side, schema) in [("input", &signature.inputs), ("output", &signature.outputs)] {
        let rows: Vec<(String, String)> = match schema {
            None => vec![],
            Some(Schema::Columns(columns)) => columns
                .iter()
                .map(|column| {
                    let optional = if column.required { "" } else { ", optional" };
                    let name = column.name.clone().unwrap_or_default();
                    (name, format!("{}{optional}", column.kind))
                })
                .collect(),
            Some(Schema::Tensors(tensors)) => tensors
                .iter()
                .map(|t| (t.name.clone().unwrap_or_default(), t.to_string()))
                .collect(),
        };
        for (name, kind) in rows.into_iter().take(SHOWN) {
            table.row([side.into(), Cell::new(name).style(LITERAL), kind.into()]);
        }
    }
    for param in &signature.params {
        let kind = format!("{}, default {}", param.kind, param.default);
        table.row(["param".into(), Cell::new(&param.name).style(LITERAL), kind.into()]);
    }
    table
}

fn tensors(inspection: &Inspection) -> Table {
    let mut table = Table::new([
        Column::new("tensor").cut(),
        Column::new("type"),
        Column::new("shape"),
        Column::new("size").right(),
    ]);
    let reports = inspection.files.iter().filter_map(|file| file.report.as_ref().ok());
    let all: Vec<&Tensor> = reports.flat_map(|report| &report.tensors).collect();
    for tensor in all.iter().take(SHOWN) {
        table.row([
            Cell::new(&tensor.name).style(LITERAL),
            tensor.dtype.as_str().into(),
            format!("{:?}", tensor.shape).into(),
            Cell::new(tensor.size.map(human).unwrap_or_default()),
        ]);
    }
    if all.len() > SHOWN {
        let rest = format!("… and {} more", all.len() - SHOWN);
        table.row([rest.into(), "".into(), "".into(), "".into()]);
    }
    table
}

fn imported(inspection: &Inspection) -> Table {
    let mut table = Table::new([Column::new("verdict"), Column::new("would import").cut()]);
    for import in imports(inspection).take(SHOWN) {
        let style = match import.verdict {
            Verdict::Dangerous => BAD,
            Verdict::Unknown => WARNING,
            Verdict::Safe => GOOD,
        };
        let name = format!("{}.{}", import.module, import.name);
        let verdict = Cell::new(import.verdict.as_str()).style(style);
        table.row([verdict, escaped(&name).into_owned().into()]);
    }
    table
}
