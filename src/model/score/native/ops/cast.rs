//! From one element type to another.

use crate::model::score::native::given::Given;
use crate::model::score::native::{Inputs, Operator, Outcome, one};
use crate::model::score::{Data, Element, Error, Tensor};

pub(super) fn make(given: &Given<'_>) -> Result<Option<Box<dyn Operator>>, Error> {
    match given.node.operator {
        "Identity" | "Dropout" => Ok(Some(Box::new(Identity))),
        "Cast" => {
            let to = i32::try_from(given.int("to", 0)?).ok().and_then(Element::from_onnx);
            Ok(Some(Box::new(Cast(to.ok_or_else(|| given.unsupported("to this type"))?))))
        }
        "CastLike" => Ok(Some(Box::new(CastLike))),
        _ => Ok(None),
    }
}

#[derive(Debug)]
struct Identity;

impl Operator for Identity {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let value = inputs.0.first().copied().flatten();
        Ok(vec![value.ok_or("input 0 is missing")?.clone()])
    }
}

#[derive(Debug)]
struct Cast(Element);

impl Operator for Cast {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let data = match self.0 {
            // Rounded to what 16 bits can tell, and reckoned with in 32.
            half @ (Element::F16 | Element::Bf16) => {
                cast(tensor.data(), Element::F32)?.narrowed(half).widened()
            }
            other => cast(tensor.data(), other)?,
        };
        one(tensor.shape(), data)
    }
}

#[derive(Debug)]
struct CastLike;

impl Operator for CastLike {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        one(tensor.shape(), cast(tensor.data(), inputs.tensor(1)?.element())?)
    }
}

/// Returns the elements as 32-bit floats.
pub(in crate::model::score::native) fn to_f32(tensor: &Tensor) -> Outcome<Vec<f32>> {
    match cast(tensor.data(), Element::F32)? {
        Data::F32(all) => Ok(all),
        _ => unreachable!("cast to floats"),
    }
}

/// Returns elements as another type: rounded, cut off or wrapped as C does.
pub(in crate::model::score::native) fn cast(data: &Data, to: Element) -> Outcome<Data> {
    if data.element() == to {
        return Ok(data.clone());
    }
    macro_rules! numbers {
        ($all:expr, $kind:ty) => {
            match to {
                Element::Bool => Data::Bool($all.iter().map(|x| *x != (0 as $kind)).collect()),
                Element::I8 => Data::I8($all.iter().map(|x| *x as _).collect()),
                Element::U8 => Data::U8($all.iter().map(|x| *x as _).collect()),
                Element::I16 => Data::I16($all.iter().map(|x| *x as _).collect()),
                Element::U16 => Data::U16($all.iter().map(|x| *x as _).collect()),
                Element::I32 => Data::I32($all.iter().map(|x| *x as _).collect()),
                Element::U32 => Data::U32($all.iter().map(|x| *x as _).collect()),
                Element::I64 => Data::I64($all.iter().map(|x| *x as _).collect()),
                Element::U64 => Data::U64($all.iter().map(|x| *x as _).collect()),
                Element::F32 => Data::F32($all.iter().map(|x| *x as _).collect()),
                Element::F64 => Data::F64($all.iter().map(|x| *x as _).collect()),
                Element::Str => Data::Str($all.iter().map(|x| x.to_string()).collect()),
                Element::F16 | Element::Bf16 => return Err("16-bit floats".to_owned()),
            }
        };
    }
    Ok(match data {
        Data::Bool(all) => {
            if to == Element::Str {
                Data::Str(all.iter().map(|x| (if *x { "1" } else { "0" }).to_owned()).collect())
            } else {
                let bytes: Vec<u8> = all.iter().map(|x| u8::from(*x)).collect();
                numbers!(bytes, u8)
            }
        }
        Data::I8(all) => numbers!(all, i8),
        Data::U8(all) => numbers!(all, u8),
        Data::I16(all) => numbers!(all, i16),
        Data::U16(all) => numbers!(all, u16),
        Data::I32(all) => numbers!(all, i32),
        Data::U32(all) => numbers!(all, u32),
        Data::I64(all) => numbers!(all, i64),
        Data::U64(all) => numbers!(all, u64),
        Data::F32(all) => match to {
            Element::Str => Data::Str(all.iter().map(|x| written(f64::from(*x), 8)).collect()),
            _ => numbers!(all, f32),
        },
        Data::F64(all) => match to {
            Element::Str => Data::Str(all.iter().map(|x| written(*x, 17)).collect()),
            _ => numbers!(all, f64),
        },
        Data::F16(_) | Data::Bf16(_) => cast(&data.clone().widened(), to)?,
        Data::Str(all) => from_text(all, to)?,
    })
}

/// A float with so many digits that count, as `%.8g` writes it.
fn written(value: f64, digits: usize) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "INF" } else { "-INF" }.to_owned();
    }
    let scientific = format!("{value:.*e}", digits - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let short = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    let most = i32::try_from(digits).unwrap_or(17);
    if (-4..most).contains(&exponent) {
        let places = usize::try_from(most - 1 - exponent).unwrap_or(0);
        return short(&format!("{value:.places$}"));
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", short(mantissa), exponent.abs())
}

fn from_text(all: &[String], to: Element) -> Outcome<Data> {
    fn parsed<T: std::str::FromStr>(all: &[String]) -> Outcome<Vec<T>> {
        let one = |text: &String| {
            text.trim().parse().map_err(|_| format!("`{}` is no number", text.escape_debug()))
        };
        all.iter().map(one).collect()
    }
    Ok(match to {
        Element::F32 => Data::F32(parsed(all)?),
        Element::F64 => Data::F64(parsed(all)?),
        Element::I64 => Data::I64(parsed(all)?),
        Element::I32 => Data::I32(parsed(all)?),
        other => return Err(format!("text as {}", other.as_str())),
    })
}
