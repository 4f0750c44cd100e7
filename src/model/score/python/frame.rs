//! What goes to a worker and comes back: a head of JSON, and columns as numpy has them in memory.
//!
//! Not Arrow: no library of it is in this program, none is needed by a model, and `numpy.frombuffer` reads this without a
//! copy. Text is the ends of its values, 8 bytes each, and then all of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Error;
use crate::model::score;
use crate::model::score::{Column, Data, Element, Input, Output, Table, Tensor, Values};

/// The head of what comes back.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Head {
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

/// One column or tensor, and where it lies in the body.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Part {
    name: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    at: usize,
    bytes: usize,
    #[serde(default)]
    rows: usize,
    #[serde(default)]
    shape: Vec<usize>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    missing: Vec<usize>,
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
                shape: tensor.shape().to_vec(),
                ..of_data(tensor.data(), &mut body)
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
        Values::Boolean(all) => plain("|b1", body, all.iter().map(|one| [u8::from(*one)])),
        Values::Integer(all) => plain("<i4", body, all.iter().map(|one| one.to_le_bytes())),
        Values::Long(all) => plain("<i8", body, all.iter().map(|one| one.to_le_bytes())),
        Values::Float(all) => plain("<f4", body, all.iter().map(|one| one.to_le_bytes())),
        Values::Double(all) => plain("<f8", body, all.iter().map(|one| one.to_le_bytes())),
        Values::Datetime(all) => plain("<M8[ns]", body, all.iter().map(|one| one.to_le_bytes())),
        Values::String(all) => text("string", body, all.iter().map(String::as_bytes)),
        Values::Binary(all) => text("binary", body, all.iter().map(Vec::as_slice)),
    };
    Part { rows: column.values.len(), missing, ..part }
}

fn of_data(data: &Data, body: &mut Vec<u8>) -> Part {
    if let Data::Str(all) = data {
        return Part { rows: all.len(), ..text("string", body, all.iter().map(String::as_bytes)) };
    }
    align(body);
    let at = body.len();
    body.extend(data.to_bytes().unwrap_or_default());
    // numpy has no 16-bit brain floats: they go as their bits.
    let kind = match data.element() {
        Element::Bf16 => "uint16",
        other => other.as_str(),
    };
    Part { kind: kind.to_owned(), at, bytes: body.len() - at, rows: data.len(), ..Part::default() }
}

fn plain<const N: usize>(
    kind: &str,
    body: &mut Vec<u8>,
    values: impl Iterator<Item = [u8; N]>,
) -> Part {
    // Columns of one type must lie together: what is as long as its type needs no room between.
    while !body.len().is_multiple_of(N) {
        body.push(0);
    }
    let at = body.len();
    values.for_each(|one| body.extend_from_slice(&one));
    Part { kind: kind.to_owned(), at, bytes: body.len() - at, ..Part::default() }
}

fn text<'a>(
    kind: &str,
    body: &mut Vec<u8>,
    values: impl Iterator<Item = &'a [u8]> + Clone,
) -> Part {
    align(body);
    let (at, mut end) = (body.len(), 0_u64);
    for one in values.clone() {
        end += one.len() as u64;
        body.extend_from_slice(&end.to_le_bytes());
    }
    values.for_each(|one| body.extend_from_slice(one));
    Part { kind: kind.to_owned(), at, bytes: body.len() - at, ..Part::default() }
}

fn align(body: &mut Vec<u8>) {
    while !body.len().is_multiple_of(8) {
        body.push(0);
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

/// Reads what came back.
pub(super) fn answer(head: Head, body: Vec<u8>) -> Result<Answer, Error> {
    let output = match head.form.as_str() {
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
                Ok((name, score::Value::Tensor(tensor(part, &body)?)))
            });
            Output::Values(values.collect::<Result<_, Error>>()?)
        }
        _ => return Err(Error::Garbled("its form")),
    };
    Ok(Answer::Output(output))
}

fn column(part: &Part, body: &[u8]) -> Result<Column, Error> {
    let values = match data(part, body)? {
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

fn tensor(part: &Part, body: &[u8]) -> Result<Tensor, Error> {
    Tensor::new(&part.shape, data(part, body)?).map_err(|_| Error::Garbled("a shape"))
}

fn data(part: &Part, body: &[u8]) -> Result<Data, Error> {
    let bytes = part.at.checked_add(part.bytes).and_then(|end| body.get(part.at..end));
    let bytes = bytes.ok_or(Error::Garbled("it is cut off"))?;
    if part.kind == "string" {
        return strings(bytes, part.rows);
    }
    let element = match part.kind.trim_start_matches(['<', '|', '=']) {
        "b1" => Element::Bool,
        "i1" => Element::I8,
        "i2" => Element::I16,
        "i4" => Element::I32,
        "i8" => Element::I64,
        "u1" => Element::U8,
        "u2" => Element::U16,
        "u4" => Element::U32,
        "u8" => Element::U64,
        "f2" => Element::F16,
        "f4" => Element::F32,
        "f8" => Element::F64,
        _ => return Err(Error::Garbled("a type")),
    };
    Data::from_bytes(element, bytes).ok_or(Error::Garbled("it is cut off"))
}

fn strings(bytes: &[u8], rows: usize) -> Result<Data, Error> {
    let cut = || Error::Garbled("it is cut off");
    let ends = rows.checked_mul(8).and_then(|end| bytes.get(..end)).ok_or_else(cut)?;
    let text = &bytes[ends.len()..];
    let mut from = 0;
    let mut all = Vec::with_capacity(rows);
    for end in ends.as_chunks::<8>().0 {
        let end = usize::try_from(u64::from_le_bytes(*end)).map_err(|_| cut())?;
        let one = text.get(from..end).ok_or_else(cut)?;
        all.push(std::str::from_utf8(one).map_err(|_| Error::Garbled("its text"))?.to_owned());
        from = end;
    }
    Ok(Data::Str(all))
}
