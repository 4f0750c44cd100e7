//! Values of a request as the types of a signature, by the rules of pandas that MLflow's server goes by.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::cells::{Cell, Cells};
use crate::model::score::{Column, Data, Values, half};
use crate::model::signature::{Dtype, Scalar};

/// Returns a column of the type that the signature names; the error is what pandas says.
pub(in crate::server::score) fn column(
    name: &str,
    cells: Cells,
    to: Scalar,
) -> Result<Column, String> {
    let mut missing = None;
    let values = match to {
        Scalar::Double => Values::Double(floats(cells)?),
        Scalar::Float => Values::Float(floats(cells)?.into_iter().map(|one| one as f32).collect()),
        Scalar::Long => Values::Long(ints(cells)?),
        Scalar::Integer => {
            Values::Integer(ints(cells)?.into_iter().map(|one| one as i32).collect())
        }
        Scalar::Boolean => Values::Boolean(bools(cells)?),
        Scalar::String => Values::String(texts(cells, &mut missing)?),
        Scalar::Binary => Values::Binary(binaries(cells, &mut missing)?),
        Scalar::Datetime => Values::Datetime(times(cells, &mut missing)?),
    };
    Ok(Column { name: name.to_owned(), values, missing })
}

/// Returns a column of the type that its values have.
pub(in crate::server::score) fn inferred(name: &str, cells: Cells) -> Result<Column, String> {
    let kind = match &cells {
        Cells::Bools(_) => Scalar::Boolean,
        Cells::Ints(_) => Scalar::Long,
        Cells::Floats(_) | Cells::Nulls(_) => Scalar::Double,
        Cells::Texts(_) => Scalar::String,
        Cells::Mixed(all) => match all
            .iter()
            .all(|cell| matches!(cell, Cell::Int(_) | Cell::Float(_) | Cell::Bool(_) | Cell::Null))
        {
            true => Scalar::Double,
            false => Scalar::String,
        },
    };
    column(name, cells, kind)
}

/// The name of a type as MLflow's message has it.
pub(in crate::server::score) fn pandas_name(kind: Scalar) -> &'static str {
    match kind {
        Scalar::Boolean => "bool",
        Scalar::Integer => "int32",
        Scalar::Long => "int64",
        Scalar::Float => "float32",
        Scalar::Double => "float64",
        Scalar::String => "object",
        Scalar::Binary => "binary",
        Scalar::Datetime => "datetime64[ns]",
    }
}

fn floats(cells: Cells) -> Result<Vec<f64>, String> {
    Ok(match cells {
        Cells::Floats(all) => all,
        Cells::Ints(all) => all.into_iter().map(|one| one as f64).collect(),
        Cells::Bools(all) => all.into_iter().map(|one| f64::from(u8::from(one))).collect(),
        Cells::Nulls(count) => vec![f64::NAN; count],
        other => other.into_mixed().into_iter().map(float).collect::<Result<_, _>>()?,
    })
}

fn float(cell: Cell) -> Result<f64, String> {
    Ok(match cell {
        Cell::Null => f64::NAN,
        Cell::Bool(one) => f64::from(u8::from(one)),
        Cell::Int(one) => one as f64,
        Cell::Float(one) => one,
        Cell::Text(text) => number(&text).ok_or_else(|| {
            format!("ValueError(\"could not convert string to float: {}\")", quoted(&text))
        })?,
        Cell::Nested => {
            return Err("ValueError('setting an array element with a sequence.')".to_owned());
        }
    })
}

/// Reads a number as Python's `float` does.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let word = ["nan", "inf", "infinity"]
        .contains(&text.trim_start_matches(['+', '-']).to_ascii_lowercase().as_str());
    text.parse().ok().filter(|_| plain || word)
}

fn ints(cells: Cells) -> Result<Vec<i64>, String> {
    match cells {
        Cells::Ints(all) => Ok(all),
        Cells::Bools(all) => Ok(all.into_iter().map(i64::from).collect()),
        Cells::Floats(all) if all.iter().all(|one| one.is_finite()) => {
            Ok(all.into_iter().map(|one| one as i64).collect())
        }
        Cells::Floats(_) => {
            Err("IntCastingNaNError('Cannot convert non-finite values (NA or inf) to integer')"
                .to_owned())
        }
        Cells::Nulls(0) => Ok(vec![]),
        other => other.into_mixed().into_iter().map(int).collect(),
    }
}

fn int(cell: Cell) -> Result<i64, String> {
    match cell {
        Cell::Bool(one) => Ok(one.into()),
        Cell::Int(one) => Ok(one),
        Cell::Float(one) if one.is_finite() => Ok(one as i64),
        Cell::Float(_) => Err("ValueError('cannot convert float NaN to integer')".to_owned()),
        Cell::Text(text) => text.trim().parse().map_err(|_| {
            format!("ValueError(\"invalid literal for int() with base 10: {}\")", quoted(&text))
        }),
        Cell::Null | Cell::Nested => {
            let kind = if cell == Cell::Null { "NoneType" } else { "list" };
            Err(format!(
                "TypeError(\"int() argument must be a string, a bytes-like object or a real number, not '{kind}'\")"
            ))
        }
    }
}

fn bools(cells: Cells) -> Result<Vec<bool>, String> {
    Ok(match cells {
        Cells::Bools(all) => all,
        Cells::Ints(all) => all.into_iter().map(|one| one != 0).collect(),
        Cells::Floats(all) => all.into_iter().map(|one| one != 0.0).collect(),
        other => other
            .into_mixed()
            .into_iter()
            .map(|cell| match cell {
                Cell::Null => Ok(false),
                Cell::Bool(one) => Ok(one),
                Cell::Int(one) => Ok(one != 0),
                Cell::Float(one) => Ok(one != 0.0),
                Cell::Text(text) => Ok(!text.is_empty()),
                Cell::Nested => Err("ValueError('a list is no boolean')".to_owned()),
            })
            .collect::<Result<_, _>>()?,
    })
}

fn texts(cells: Cells, missing: &mut Option<Vec<bool>>) -> Result<Vec<String>, String> {
    if let Cells::Texts(all) = cells {
        return Ok(all);
    }
    each(cells, missing, |cell| match cell {
        Cell::Text(text) => Ok(text),
        Cell::Bool(one) => Ok(if one { "True" } else { "False" }.to_owned()),
        Cell::Int(one) => Ok(one.to_string()),
        Cell::Float(one) => Ok(super::write::float_text(one)),
        _ => Err("ValueError('a list is no text')".to_owned()),
    })
}

fn binaries(cells: Cells, missing: &mut Option<Vec<bool>>) -> Result<Vec<Vec<u8>>, String> {
    use base64::Engine as _;
    each(cells, missing, |cell| match cell {
        Cell::Text(text) => {
            let text: String = text.split_whitespace().collect();
            let engine = base64::engine::general_purpose::STANDARD;
            engine.decode(text).map_err(|_| "Error('Incorrect padding')".to_owned())
        }
        _ => Err("TypeError('encoding without a string argument')".to_owned()),
    })
}

fn times(cells: Cells, missing: &mut Option<Vec<bool>>) -> Result<Vec<i64>, String> {
    each(cells, missing, |cell| match cell {
        Cell::Int(nanos) => Ok(nanos),
        Cell::Float(nanos) => Ok(nanos as i64),
        Cell::Text(text) => time(&text).ok_or_else(|| {
            let text = text.escape_debug();
            format!("DateParseError('Unknown datetime string format, unable to parse: {text}')")
        }),
        _ => Err("TypeError('a value is no time')".to_owned()),
    })
}

/// Reads a date, or a date with a time, in UTC where it does not say where.
pub(in crate::server::score) fn time(text: &str) -> Option<i64> {
    let text = text.trim();
    let civil = |at: DateTime| at.in_tz("UTC").ok().map(|at| at.timestamp());
    let stamp = text
        .parse::<Timestamp>()
        .ok()
        .or_else(|| civil(text.parse::<DateTime>().ok()?))
        .or_else(|| civil(text.parse::<Date>().ok()?.at(0, 0, 0, 0)))?;
    i64::try_from(stamp.as_nanosecond()).ok()
}

/// Turns values over one by one; a missing one is empty and marked.
fn each<T: Default>(
    cells: Cells,
    missing: &mut Option<Vec<bool>>,
    turn: impl Fn(Cell) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    let cells = cells.into_mixed();
    let gone = |cell: &Cell| match cell {
        Cell::Null => true,
        Cell::Float(one) => one.is_nan(),
        _ => false,
    };
    if cells.iter().any(gone) {
        *missing = Some(cells.iter().map(gone).collect());
    }
    cells.into_iter().map(|cell| if gone(&cell) { Ok(T::default()) } else { turn(cell) }).collect()
}

/// Returns text as Python shows it.
pub(in crate::server::score) fn quoted(text: &str) -> String {
    let short: String = text.chars().take(200).collect();
    match short.contains('\'') && !short.contains('"') {
        true => format!("\"{short}\""),
        false => {
            format!("'{}'", short.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n"))
        }
    }
}

/// Returns the elements of a tensor of some type; the error is what numpy says.
pub(in crate::server::score) fn elements(cells: Cells, to: &Dtype) -> Result<Data, String> {
    let narrow = || "Python integer out of bounds".to_owned();
    macro_rules! whole {
        ($name:ident, $kind:ty) => {
            Data::$name(
                ints(cells)?
                    .into_iter()
                    .map(<$kind>::try_from)
                    .collect::<Result<_, _>>()
                    .map_err(|_| narrow())?,
            )
        };
    }
    let made = match to {
        Dtype::Float64 => floats(cells).map(Data::F64),
        Dtype::Float32 => {
            floats(cells).map(|all| Data::F32(all.into_iter().map(|one| one as f32).collect()))
        }
        Dtype::Float16 => floats(cells)
            .map(|all| Data::F16(all.into_iter().map(|one| half::from_f32(one as f32)).collect())),
        Dtype::Bool => bools(cells).map(Data::Bool),
        Dtype::Int8 => Ok(whole!(I8, i8)),
        Dtype::Int16 => Ok(whole!(I16, i16)),
        Dtype::Int32 => Ok(whole!(I32, i32)),
        Dtype::Int64 => ints(cells).map(Data::I64),
        Dtype::Uint8 => Ok(whole!(U8, u8)),
        Dtype::Uint16 => Ok(whole!(U16, u16)),
        Dtype::Uint32 => Ok(whole!(U32, u32)),
        Dtype::Uint64 => Ok(whole!(U64, u64)),
        Dtype::String | Dtype::Bytes | Dtype::Object => texts(cells, &mut None).map(Data::Str),
        Dtype::Other(_) => Err(format!("{to} is no type of a request")),
    };
    // numpy's errors come without the name of their class.
    made.map_err(|error| inner(&error).to_owned())
}

/// Returns elements of the type that the values have.
pub(in crate::server::score) fn inferred_elements(cells: Cells) -> Result<Data, String> {
    let to = match &cells {
        Cells::Bools(_) => Dtype::Bool,
        Cells::Ints(_) => Dtype::Int64,
        Cells::Texts(_) => Dtype::String,
        _ => Dtype::Float64,
    };
    elements(cells, &to)
}

/// Takes the class of an exception away from what it says.
fn inner(error: &str) -> &str {
    let said = error.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(error);
    said.trim_matches(|c| c == '"').trim_matches(|c| c == '\'' && !said.starts_with('"'))
}
