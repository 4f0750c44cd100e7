//! What goes to a worker and comes back: a head of JSON, and columns in the body.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::score;
use crate::model::score::worker::{Error, Part};
use crate::model::score::{Column, Data, Element, Input, Output, Table, Tensor, Values};

/// The head of what comes back.
#[derive(Debug, Clone, Default, Deserialize)]
pub(in crate::model::score) struct Head {
    /// `ready`, `table`, `array`, `arrays`, `json`, `raw` or `error`.
    pub(super) form: String,
    #[serde(default)]
    pub(super) columns: Vec<Part>,
    #[serde(default)]
    pub(super) status: Option<u16>,
    #[serde(default, rename = "type")]
    pub(super) media: Option<String>,
    #[serde(default)]
    pub(super) code: Option<String>,
    #[serde(default)]
    pub(super) message: Option<String>,
    #[serde(default)]
    pub(super) trace: Option<String>,
    #[serde(default)]
    pub(super) version: Option<String>,
    #[serde(default)]
    pub(super) raw_only: bool,
    #[serde(default)]
    pub(super) unmet: Vec<String>,
}

#[derive(Serialize)]
struct Asked<'a> {
    op: &'a str,
    rows: usize,
    columns: Vec<Part>,
    params: Option<&'a Value>,
}

/// Returns head and body of a call. Columns whose names only count go without one where `positional`.
pub(super) fn call(input: &Input, params: Option<&Value>, positional: bool) -> (Vec<u8>, Vec<u8>) {
    let mut body = vec![];
    let (op, rows, columns) = match input {
        Input::Table(table) => {
            let part = |column: &Column| Part {
                name: Some(column.name.clone()).filter(|_| !positional),
                ..of_column(column, &mut body)
            };
            ("table", table.rows(), table.columns().iter().map(part).collect())
        }
        Input::Tensors(tensors) => {
            let rows = tensors.first().and_then(|(_, one)| one.shape().first().copied());
            let single = matches!(&tensors[..], [(name, _)] if name.is_empty());
            let part = |(name, tensor): &(String, Tensor)| Part {
                name: Some(name.clone()),
                ..of_tensor(tensor, &mut body)
            };
            let op = if single { "tensor" } else { "tensors" };
            (op, rows.unwrap_or(0), tensors.iter().map(part).collect())
        }
    };
    let asked = Asked { op, rows, columns, params };
    (serde_json::to_vec(&asked).unwrap_or_default(), body)
}

/// Returns the head of a call that the package itself reads.
pub(super) fn raw(media: &str) -> Vec<u8> {
    serde_json::json!({"op": "raw", "type": media}).to_string().into_bytes()
}

fn of_column(column: &Column, body: &mut Vec<u8>) -> Part {
    let missing = column.missing.iter().flatten().enumerate();
    let missing = missing.filter(|(_, gone)| **gone).map(|(row, _)| row).collect();
    let part = match &column.values {
        Values::Boolean(all) => Part::plain("|b1", body, all.iter().map(|one| [u8::from(*one)])),
        Values::Integer(all) => Part::plain("<i4", body, all.iter().map(|one| one.to_le_bytes())),
        Values::Long(all) => Part::plain("<i8", body, all.iter().map(|one| one.to_le_bytes())),
        Values::Float(all) => Part::plain("<f4", body, all.iter().map(|one| one.to_le_bytes())),
        Values::Double(all) => Part::plain("<f8", body, all.iter().map(|one| one.to_le_bytes())),
        Values::Datetime(all) => {
            Part::plain("<M8[ns]", body, all.iter().map(|one| one.to_le_bytes()))
        }
        Values::String(all) => Part::text("string", body, all.iter().map(String::as_bytes)),
        Values::Binary(all) => Part::text("binary", body, all.iter().map(Vec::as_slice)),
    };
    Part { rows: column.values.len(), missing, ..part }
}

fn of_tensor(tensor: &Tensor, body: &mut Vec<u8>) -> Part {
    let part = Part::of(tensor, body);
    match tensor.element() {
        // numpy has no 16-bit brain floats: they go as their bits.
        Element::Bf16 => Part { kind: "uint16".to_owned(), ..part },
        _ => part,
    }
}

/// What a worker answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Output(Output),
    /// JSON as the package writes it.
    Json(Vec<u8>),
    /// What the package itself answered to a request.
    Raw {
        status: u16,
        media: String,
        body: Vec<u8>,
    },
}

/// Reads what a worker says first.
pub(super) fn head(text: &[u8]) -> Result<Head, Error> {
    serde_json::from_slice(text).map_err(|_| Error::Garbled("its head"))
}

/// Reads what came back.
pub(super) fn answer(text: Vec<u8>, body: Vec<u8>) -> Result<Answer, Error> {
    let head = head(&text)?;
    let output = match head.form.as_str() {
        "error" => {
            let (message, trace) =
                (head.message.unwrap_or_default(), head.trace.unwrap_or_default());
            return Err(Error::Raised { code: head.code, message, trace });
        }
        "json" => return Ok(Answer::Json(body)),
        "raw" => {
            let (status, media) = (head.status.unwrap_or(500), head.media.unwrap_or_default());
            return Ok(Answer::Raw { status, media, body });
        }
        "table" => {
            let columns = head.columns.iter().map(|part| column(part, &body));
            let columns = columns.collect::<Result<Vec<_>, _>>()?;
            Output::Table(Table::new(columns).map_err(|_| Error::Garbled("its columns"))?)
        }
        "array" | "arrays" => {
            let values = head.columns.iter().map(|part| {
                let name = part.name.clone().unwrap_or_default();
                Ok((name, score::Value::Tensor(part.tensor(&body)?)))
            });
            Output::Values(values.collect::<Result<_, Error>>()?)
        }
        _ => return Err(Error::Garbled("its form")),
    };
    Ok(Answer::Output(output))
}

fn column(part: &Part, body: &[u8]) -> Result<Column, Error> {
    let values = match part.data(body)? {
        Data::Bool(all) => Values::Boolean(all),
        Data::I32(all) => Values::Integer(all),
        Data::I64(all) => Values::Long(all),
        Data::F32(all) => Values::Float(all),
        Data::F64(all) => Values::Double(all),
        Data::Str(all) => Values::String(all),
        Data::I8(all) => Values::Integer(all.into_iter().map(Into::into).collect()),
        Data::U8(all) => Values::Integer(all.into_iter().map(Into::into).collect()),
        Data::I16(all) => Values::Integer(all.into_iter().map(Into::into).collect()),
        Data::U16(all) => Values::Integer(all.into_iter().map(Into::into).collect()),
        Data::U32(all) => Values::Long(all.into_iter().map(Into::into).collect()),
        _ => return Err(Error::Garbled("the type of a column")),
    };
    Ok(Column::new(part.name.as_deref().unwrap_or_default(), values))
}
