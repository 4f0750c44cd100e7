//! Predictions as MLflow's server writes them: Python's JSON, with its floats, `NaN` and `Infinity`.

use std::fmt::Write as _;

use base64::Engine as _;

use crate::model::score::{Column, Data, Output, Table, Tensor, Value, Values, half};

const TAKES_ALL: &str = "a Vec takes all";

/// Returns a number as Python shows it.
pub(in crate::server::score) fn float_text(value: f64) -> String {
    let mut out = Vec::with_capacity(24);
    float(&mut out, value);
    String::from_utf8(out).unwrap_or_default()
}

/// Writes a number as Python's `repr` does: the shortest digits that read back as the same.
pub(in crate::server::score) fn float(out: &mut Vec<u8>, value: f64) {
    if !value.is_finite() {
        let word = if value.is_nan() {
            "NaN"
        } else if value > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        };
        return out.extend_from_slice(word.as_bytes());
    }
    let mut buffer = Small::default();
    write!(buffer, "{value:e}").expect("no float is longer");
    let text = buffer.text();
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let (first, rest) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    out.extend_from_slice(sign.as_bytes());
    if !(-4..16).contains(&exponent) {
        out.extend_from_slice(mantissa.as_bytes());
        let mark = if exponent < 0 { '-' } else { '+' };
        let mut small = Small::default();
        write!(small, "e{mark}{:02}", exponent.abs()).expect("an exponent is short");
        return out.extend_from_slice(small.text().as_bytes());
    }
    if exponent < 0 {
        out.extend_from_slice(b"0.");
        out.extend(std::iter::repeat_n(b'0', exponent.unsigned_abs() as usize - 1));
        out.extend_from_slice(first.as_bytes());
        return out.extend_from_slice(rest.as_bytes());
    }
    let whole = exponent as usize;
    out.extend_from_slice(first.as_bytes());
    if rest.len() > whole {
        out.extend_from_slice(&rest.as_bytes()[..whole]);
        out.push(b'.');
        out.extend_from_slice(&rest.as_bytes()[whole..]);
    } else {
        out.extend_from_slice(rest.as_bytes());
        out.extend(std::iter::repeat_n(b'0', whole - rest.len()));
        out.extend_from_slice(b".0");
    }
}

/// Room for one number, on the stack.
#[derive(Default)]
struct Small {
    bytes: [u8; 32],
    length: usize,
}

impl Small {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

impl std::fmt::Write for Small {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.length + text.len();
        self.bytes
            .get_mut(self.length..end)
            .ok_or(std::fmt::Error)?
            .copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

/// Writes a string as Python's JSON does: all but ASCII escaped.
pub(in crate::server::score) fn text(out: &mut Vec<u8>, value: &str) {
    out.push(b'"');
    for c in value.chars() {
        match c {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            '\u{8}' => out.extend_from_slice(b"\\b"),
            '\u{c}' => out.extend_from_slice(b"\\f"),
            ' '..='~' => out.push(c as u8),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
                }
            }
        }
    }
    out.push(b'"');
}

fn int(out: &mut Vec<u8>, value: impl std::fmt::Display) {
    use std::io::Write as _;
    write!(out, "{value}").expect(TAKES_ALL);
}

fn boolean(out: &mut Vec<u8>, value: bool) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

/// Writes one element of a tensor.
pub(in crate::server::score) fn element(out: &mut Vec<u8>, data: &Data, at: usize) {
    match data {
        Data::Bool(all) => boolean(out, all[at]),
        Data::I8(all) => int(out, all[at]),
        Data::U8(all) => int(out, all[at]),
        Data::I16(all) => int(out, all[at]),
        Data::U16(all) => int(out, all[at]),
        Data::I32(all) => int(out, all[at]),
        Data::U32(all) => int(out, all[at]),
        Data::I64(all) => int(out, all[at]),
        Data::U64(all) => int(out, all[at]),
        Data::F16(all) => float(out, half::to_f32(all[at]).into()),
        Data::Bf16(all) => float(out, f64::from(f32::from_bits(u32::from(all[at]) << 16))),
        Data::F32(all) => float(out, f64::from(all[at])),
        Data::F64(all) => float(out, all[at]),
        Data::Str(all) => text(out, &all[at]),
    }
}

/// Writes a tensor as lists in lists.
pub(in crate::server::score) fn tensor(out: &mut Vec<u8>, value: &Tensor) {
    nested(out, value.data(), value.shape(), 0);
}

fn nested(out: &mut Vec<u8>, data: &Data, shape: &[usize], from: usize) {
    let Some((count, rest)) = shape.split_first() else { return element(out, data, from) };
    let each: usize = rest.iter().product();
    out.push(b'[');
    for index in 0..*count {
        if index > 0 {
            out.extend_from_slice(b", ");
        }
        nested(out, data, rest, from + index * each);
    }
    out.push(b']');
}

/// Writes one value of a column.
pub(in crate::server::score) fn cell(out: &mut Vec<u8>, column: &Column, row: usize) {
    if column.is_missing(row) {
        return out.extend_from_slice(b"null");
    }
    match &column.values {
        Values::Boolean(all) => boolean(out, all[row]),
        Values::Integer(all) => int(out, all[row]),
        Values::Long(all) => int(out, all[row]),
        Values::Float(all) => float(out, f64::from(all[row])),
        Values::Double(all) => float(out, all[row]),
        Values::String(all) => text(out, &all[row]),
        Values::Binary(all) => {
            text(out, &base64::engine::general_purpose::STANDARD.encode(&all[row]));
        }
        Values::Datetime(all) => text(out, &time(all[row])),
    }
}

/// Returns a time as Python's `isoformat` has it.
fn time(nanos: i64) -> String {
    let stamp = jiff::Timestamp::from_nanosecond(nanos.into()).unwrap_or_default();
    stamp.strftime("%Y-%m-%dT%H:%M:%S%.f").to_string()
}

/// Writes a table as a list of objects.
pub(in crate::server::score) fn records(out: &mut Vec<u8>, table: &Table) {
    rows(out, table.rows(), |out, row| {
        for (place, column) in table.columns().iter().enumerate() {
            name(out, place, &column.name);
            cell(out, column, row);
        }
    });
}

fn rows(out: &mut Vec<u8>, count: usize, write: impl Fn(&mut Vec<u8>, usize)) {
    out.push(b'[');
    for row in 0..count {
        out.extend_from_slice(if row > 0 { b", {" } else { b"{" });
        write(out, row);
        out.push(b'}');
    }
    out.push(b']');
}

/// Writes the name of an output before its value.
pub(in crate::server::score) fn name(out: &mut Vec<u8>, place: usize, name: &str) {
    if place > 0 {
        out.extend_from_slice(b", ");
    }
    text(out, name);
    out.extend_from_slice(b": ");
}

/// How the answer of a model with named outputs is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server::score) enum Form {
    /// As an array, where there is one output: what libraries of trees and Python return.
    Array,
    /// As records, one a row: what MLflow makes of ONNX when it was asked with a table.
    Records,
    /// As arrays by name: what MLflow makes of ONNX when it was asked with tensors.
    Named,
}

/// Writes `{"predictions": …}`.
pub(in crate::server::score) fn predictions(out: &mut Vec<u8>, output: &Output, form: Form) {
    out.extend_from_slice(b"{\"predictions\": ");
    answer(out, output, form);
    out.push(b'}');
}

/// Writes what stands for `predictions`.
pub(in crate::server::score) fn answer(out: &mut Vec<u8>, output: &Output, form: Form) {
    match (output, form) {
        (Output::Table(table), _) => records(out, table),
        (Output::Json(value), _) => out.extend_from_slice(value.to_string().as_bytes()),
        (Output::Values(values), Form::Array) if values.len() == 1 => value(out, &values[0].1),
        (Output::Values(values), Form::Records) => rows(out, row_count(values), |out, row| {
            for (place, (own, value)) in values.iter().enumerate() {
                name(out, place, own);
                value_row(out, value, row);
            }
        }),
        (Output::Values(values), _) => {
            out.push(b'{');
            for (place, (own, one)) in values.iter().enumerate() {
                name(out, place, own);
                value(out, one);
            }
            out.push(b'}');
        }
    }
}

/// Returns outputs that [`answer`] writes as arrays by name.
pub(in crate::server::score) fn named(output: &Output, form: Form) -> Option<&[(String, Value)]> {
    match (output, form) {
        (Output::Values(values), Form::Array) if values.len() == 1 => None,
        (Output::Values(_), Form::Records) | (Output::Table(_) | Output::Json(_), _) => None,
        (Output::Values(values), _) => Some(values),
    }
}

fn row_count(values: &[(String, Value)]) -> usize {
    let count = |value: &Value| match value {
        Value::Tensor(tensor) | Value::Maps { rows: tensor, .. } => {
            tensor.shape().first().copied().unwrap_or(1)
        }
    };
    values.iter().map(|(_, value)| count(value)).max().unwrap_or(0)
}

/// Writes one output.
pub(in crate::server::score) fn value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Tensor(one) => tensor(out, one),
        Value::Maps { .. } => {
            out.push(b'[');
            for row in 0..row_count(&[(String::new(), value.clone())]) {
                if row > 0 {
                    out.extend_from_slice(b", ");
                }
                value_row(out, value, row);
            }
            out.push(b']');
        }
    }
}

/// Writes one row of an output; a row with a single value is that value, as MLflow flattens it.
fn value_row(out: &mut Vec<u8>, value: &Value, row: usize) {
    match value {
        Value::Tensor(tensor) => {
            let rest = tensor.shape().get(1..).unwrap_or_default();
            let each: usize = rest.iter().product();
            if (row + 1) * each > tensor.len() {
                return out.extend_from_slice(b"null");
            }
            match each {
                1 => element(out, tensor.data(), row),
                _ => nested(out, tensor.data(), rest, row * each),
            }
        }
        Value::Maps { keys, rows } => {
            let width = keys.len();
            out.push(b'{');
            for key in 0..width {
                let mut word = vec![];
                element(&mut word, keys.data(), key);
                let word = String::from_utf8(word).unwrap_or_default();
                name(out, key, word.trim_matches('"'));
                element(out, rows.data(), row * width + key);
            }
            out.push(b'}');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_python_writes_them() {
        for (value, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1, "0.1"),
            (-12.5, "-12.5"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (0.00012345, "0.00012345"),
            (1.5e-7, "1.5e-07"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (123_456_789_012_345_680.0, "1.2345678901234568e+17"),
            (9_007_199_254_740_993.0, "9007199254740992.0"),
            (1.797_693_134_862_315_7e308, "1.7976931348623157e+308"),
            (5e-324, "5e-324"),
            (f64::from(0.1_f32), "0.10000000149011612"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(float_text(value), text);
        }
    }
}
