//! Numbers brought to one measure: scaled, normalised, filled in, cut in two.

use super::rows_of;
use crate::model::score::native::given::Given;
use crate::model::score::native::ops::to_f32;
use crate::model::score::native::{Inputs, Operator, Outcome, one};
use crate::model::score::{Data, Error};

#[derive(Debug)]
struct Scaler {
    offset: Vec<f32>,
    scale: Vec<f32>,
}

pub(super) fn scaler(given: &Given<'_>) -> Result<Box<dyn Operator>, Error> {
    let list = |name| Ok::<_, Error>(given.floats(name)?.unwrap_or_default().to_vec());
    let (offset, scale) = (list("offset")?, list("scale")?);
    if offset.len() != scale.len() || offset.is_empty() {
        return Err(given.bad("as many offsets as scales"));
    }
    Ok(Box::new(Scaler { offset, scale }))
}

impl Operator for Scaler {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let (_, width) = rows_of(tensor.shape())?;
        let mut all = to_f32(tensor)?;
        if let ([offset], [scale]) = (&self.offset[..], &self.scale[..]) {
            all.iter_mut().for_each(|x| *x = (*x - offset) * scale);
        } else if width == self.offset.len() {
            for row in all.chunks_exact_mut(width) {
                for ((x, offset), scale) in row.iter_mut().zip(&self.offset).zip(&self.scale) {
                    *x = (*x - offset) * scale;
                }
            }
        } else {
            return Err(format!("{width} features where the model has {}", self.offset.len()));
        }
        one(tensor.shape(), Data::F32(all))
    }
}

#[derive(Debug, Clone, Copy)]
enum Normalizer {
    Max,
    L1,
    L2,
}

pub(super) fn normalizer(given: &Given<'_>) -> Result<Box<dyn Operator>, Error> {
    Ok(Box::new(match given.text("norm", "MAX")?.as_str() {
        "MAX" => Normalizer::Max,
        "L1" => Normalizer::L1,
        "L2" => Normalizer::L2,
        other => return Err(given.bad(format!("norm `{}`", other.escape_debug()))),
    }))
}

impl Operator for Normalizer {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let (_, width) = rows_of(tensor.shape())?;
        let mut all = to_f32(tensor)?;
        for row in all.chunks_exact_mut(width.max(1)) {
            match self {
                Self::Max => {
                    let most = row.iter().copied().fold(f32::MIN, f32::max);
                    if most != 0.0 {
                        row.iter_mut().for_each(|x| *x /= most);
                    }
                }
                Self::L1 => {
                    let sum: f32 = row.iter().map(|x| x.abs()).sum();
                    if sum != 0.0 {
                        row.iter_mut().for_each(|x| *x /= sum);
                    }
                }
                Self::L2 => {
                    let sum: f32 = row.iter().map(|x| x * x).sum();
                    if sum != 0.0 {
                        let root = |x: f32| {
                            if x < 0.0 { -(x * x / sum).sqrt() } else { (x * x / sum).sqrt() }
                        };
                        row.iter_mut().for_each(|x| *x = root(*x));
                    }
                }
            }
        }
        one(tensor.shape(), Data::F32(all))
    }
}

/// Values for what is missing, which is NaN or a number of its own.
#[derive(Debug)]
enum Imputer {
    Floats { missing: f32, values: Vec<f32> },
    Ints { missing: i64, values: Vec<i64> },
}

pub(super) fn imputer(given: &Given<'_>) -> Result<Box<dyn Operator>, Error> {
    let floats = given.floats("imputed_value_floats")?.unwrap_or_default();
    if !floats.is_empty() {
        let missing = given.float("replaced_value_float", 0.0)?;
        return Ok(Box::new(Imputer::Floats { missing, values: floats.to_vec() }));
    }
    let ints = given.ints("imputed_value_int64s")?.unwrap_or_default();
    if ints.is_empty() {
        return Err(given.bad("it has no values"));
    }
    let missing = given.int("replaced_value_int64", 0)?;
    Ok(Box::new(Imputer::Ints { missing, values: ints.to_vec() }))
}

impl Operator for Imputer {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let (_, width) = rows_of(tensor.shape())?;
        let count = match self {
            Self::Floats { values, .. } => values.len(),
            Self::Ints { values, .. } => values.len(),
        };
        if count != 1 && count != width {
            return Err(format!("{width} features where the model has {count}"));
        }
        let at = |index: usize| if count == 1 { 0 } else { index % width };
        let data = match (self, tensor.data()) {
            (Self::Floats { missing, values }, Data::F32(all)) => {
                let is_gone = |x: f32| x == *missing || (x.is_nan() && missing.is_nan());
                let fill =
                    |(index, x): (usize, &f32)| if is_gone(*x) { values[at(index)] } else { *x };
                Data::F32(all.iter().enumerate().map(fill).collect())
            }
            (Self::Floats { missing, values }, Data::F64(all)) => {
                let is_gone = |x: f64| x == f64::from(*missing) || (x.is_nan() && missing.is_nan());
                let fill = |(index, x): (usize, &f64)| {
                    if is_gone(*x) { f64::from(values[at(index)]) } else { *x }
                };
                Data::F64(all.iter().enumerate().map(fill).collect())
            }
            (Self::Ints { missing, values }, Data::I64(all)) => {
                let fill =
                    |(index, x): (usize, &i64)| if x == missing { values[at(index)] } else { *x };
                Data::I64(all.iter().enumerate().map(fill).collect())
            }
            (_, other) => return Err(format!("values for {}", other.element().as_str())),
        };
        one(tensor.shape(), data)
    }
}

#[derive(Debug)]
struct Binarizer(f32);

pub(super) fn binarizer(given: &Given<'_>) -> Result<Box<dyn Operator>, Error> {
    Ok(Box::new(Binarizer(given.float("threshold", 0.0)?)))
}

impl Operator for Binarizer {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let Data::F32(all) = tensor.data() else {
            return Err(format!("Binarizer of {}", tensor.element().as_str()));
        };
        let all = all.iter().map(|x| if *x > self.0 { 1.0 } else { 0.0 });
        one(tensor.shape(), Data::F32(all.collect()))
    }
}
