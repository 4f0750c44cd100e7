//! Operators that change shapes, and leave the elements where they are.

use super::{axis_of, ints};
use crate::model::score::native::given::Given;
use crate::model::score::native::{Inputs, Operator, Outcome, one, sized};
use crate::model::score::{Data, Error, Tensor};

pub(super) fn make(given: &Given<'_>) -> Result<Option<Box<dyn Operator>>, Error> {
    let axes = || Ok::<_, Error>(given.ints("axes")?.map(<[i64]>::to_vec));
    Ok(Some(match given.node.operator {
        "Reshape" => {
            let shape = given.ints("shape")?.map(<[i64]>::to_vec);
            Box::new(Reshape { shape, zero_is_zero: given.int("allowzero", 0)? != 0 })
        }
        "Flatten" => Box::new(Flatten(given.int("axis", 1)?)),
        "Squeeze" => Box::new(Squeeze(axes()?)),
        "Unsqueeze" => Box::new(Unsqueeze(axes()?)),
        "Shape" => {
            Box::new(Shape { start: given.int("start", 0)?, end: given.int("end", i64::MAX)? })
        }
        "Size" => Box::new(Size),
        "ConstantOfShape" => Box::new(Filled(given.tensor("value")?)),
        _ => return Ok(None),
    }))
}

#[derive(Debug)]
struct Reshape {
    shape: Option<Vec<i64>>,
    zero_is_zero: bool,
}

impl Operator for Reshape {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let wanted = match &self.shape {
            Some(shape) => shape.clone(),
            None => ints(inputs.tensor(1)?)?,
        };
        let bad = || format!("shape {:?} as {wanted:?}", tensor.shape());
        let mut shape = vec![];
        let mut open = None;
        for (at, dim) in wanted.iter().enumerate() {
            shape.push(match *dim {
                0 if !self.zero_is_zero => *tensor.shape().get(at).ok_or_else(bad)?,
                -1 if open.replace(at).is_none() => 1,
                dim => usize::try_from(dim).map_err(|_| bad())?,
            });
        }
        if let Some(at) = open {
            let rest = sized(&shape)?;
            shape[at] = tensor.len().checked_div(rest).ok_or_else(bad)?;
        }
        if sized(&shape)? != tensor.len() {
            return Err(bad());
        }
        one(&shape, tensor.data().clone())
    }
}

#[derive(Debug)]
struct Flatten(i64);

impl Operator for Flatten {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let rank = tensor.shape().len();
        let axis =
            if self.0 == i64::try_from(rank).unwrap_or(0) { rank } else { axis_of(self.0, rank)? };
        let (rows, rest) = tensor.shape().split_at(axis);
        one(&[rows.iter().product(), rest.iter().product()], tensor.data().clone())
    }
}

/// Axes are an attribute up to version 12, an input since.
fn axes(given: Option<&Vec<i64>>, inputs: &Inputs<'_>) -> Outcome<Option<Vec<i64>>> {
    match given {
        Some(axes) => Ok(Some(axes.clone())),
        None => inputs.optional(1)?.map(ints).transpose(),
    }
}

#[derive(Debug)]
struct Squeeze(Option<Vec<i64>>);

impl Operator for Squeeze {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let from = tensor.shape();
        let gone = match axes(self.0.as_ref(), inputs)? {
            Some(axes) => {
                axes.iter().map(|axis| axis_of(*axis, from.len())).collect::<Outcome<Vec<_>>>()?
            }
            None => (0..from.len()).filter(|at| from[*at] == 1).collect(),
        };
        if let Some(at) = gone.iter().find(|at| from[**at] != 1) {
            return Err(format!("dimension {at} of {from:?} is not 1"));
        }
        let kept = from.iter().enumerate().filter(|(at, _)| !gone.contains(at));
        one(&kept.map(|(_, dim)| *dim).collect::<Vec<_>>(), tensor.data().clone())
    }
}

#[derive(Debug)]
struct Unsqueeze(Option<Vec<i64>>);

impl Operator for Unsqueeze {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let axes = axes(self.0.as_ref(), inputs)?.ok_or("axes are missing")?;
        let rank = tensor.shape().len() + axes.len();
        if rank > 64 {
            return Err("too many dimensions".to_owned());
        }
        let axes = axes.iter().map(|axis| axis_of(*axis, rank)).collect::<Outcome<Vec<_>>>()?;
        let mut old = tensor.shape().iter();
        let mut dim = |at| if axes.contains(&at) { Some(1) } else { old.next().copied() };
        let shape: Vec<_> = (0..rank).map_while(&mut dim).collect();
        one(&shape, tensor.data().clone())
    }
}

#[derive(Debug)]
struct Shape {
    start: i64,
    end: i64,
}

impl Operator for Shape {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let rank = i64::try_from(tensor.shape().len()).unwrap_or(0);
        let clamp = |at: i64| (if at < 0 { at.saturating_add(rank) } else { at }).clamp(0, rank);
        let (start, end) = (clamp(self.start), clamp(self.end).max(clamp(self.start)));
        let dims = tensor.shape().iter().map(|dim| i64::try_from(*dim).unwrap_or(i64::MAX));
        let some = dims.skip(usize::try_from(start).unwrap_or(0));
        let data = some.take(usize::try_from(end - start).unwrap_or(0)).collect();
        Ok(vec![crate::model::score::Value::Tensor(Tensor::list(Data::I64(data)))])
    }
}

#[derive(Debug)]
struct Size;

impl Operator for Size {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let count = i64::try_from(inputs.tensor(0)?.len()).unwrap_or(i64::MAX);
        one(&[], Data::I64(vec![count]))
    }
}

#[derive(Debug)]
struct Filled(Option<Tensor>);

impl Operator for Filled {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let dims = ints(inputs.tensor(0)?)?;
        let shape = dims.iter().map(|dim| usize::try_from(*dim));
        let shape = shape.collect::<Result<Vec<_>, _>>().map_err(|_| "a negative dimension")?;
        let count = sized(&shape)?;
        let zero = Data::F32(vec![0.0]);
        let value = self.0.as_ref().map_or(&zero, Tensor::data);
        if value.len() != 1 {
            return Err("its value is not one element".to_owned());
        }
        one(&shape, value.pick((0..count).map(|_| 0)))
    }
}
