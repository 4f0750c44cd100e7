//! Many elements along an axis become one, or are set in proportion to each other.

use super::arrange::around;
use super::{axis_of, ints};
use crate::model::score::native::given::Given;
use crate::model::score::native::{Inputs, Operator, Outcome, one};
use crate::model::score::{Data, Error, Tensor};

#[derive(Debug, Clone, Copy)]
enum How {
    Sum,
    Mean,
    Max,
    Min,
    Product,
    L1,
    L2,
    SumSquare,
    LogSumExp,
    LogSum,
}

pub(super) fn make(given: &Given<'_>) -> Result<Option<Box<dyn Operator>>, Error> {
    let how = match given.node.operator {
        "ReduceSum" => How::Sum,
        "ReduceMean" => How::Mean,
        "ReduceMax" => How::Max,
        "ReduceMin" => How::Min,
        "ReduceProd" => How::Product,
        "ReduceL1" => How::L1,
        "ReduceL2" => How::L2,
        "ReduceSumSquare" => How::SumSquare,
        "ReduceLogSumExp" => How::LogSumExp,
        "ReduceLogSum" => How::LogSum,
        "Softmax" | "LogSoftmax" => {
            let old = given.opset < 13;
            let axis = given.int("axis", if old { 1 } else { -1 })?;
            return Ok(Some(Box::new(Softmax {
                axis,
                old,
                log: given.node.operator != "Softmax",
            })));
        }
        "LpNormalization" => {
            let (axis, p) = (given.int("axis", -1)?, given.int("p", 2)?);
            return Ok(Some(Box::new(Proportion { axis, square: p == 2 })));
        }
        "CumSum" => {
            let is_plain = given.int("exclusive", 0)? == 0 && given.int("reverse", 0)? == 0;
            return match is_plain {
                true => Ok(Some(Box::new(CumSum))),
                false => Err(given.unsupported("exclusive or from the end")),
            };
        }
        _ => return Ok(None),
    };
    Ok(Some(Box::new(Reduce {
        how,
        axes: given.ints("axes")?.map(<[i64]>::to_vec),
        keep: given.int("keepdims", 1)? != 0,
        none_is_none: given.int("noop_with_empty_axes", 0)? != 0,
    })))
}

#[derive(Debug)]
struct Reduce {
    how: How,
    axes: Option<Vec<i64>>,
    keep: bool,
    none_is_none: bool,
}

impl How {
    fn of(self, all: impl Iterator<Item = f64> + Clone) -> f64 {
        match self {
            Self::Sum => all.sum(),
            Self::Mean => {
                let count = all.clone().count();
                all.sum::<f64>() / count as f64
            }
            Self::Max => {
                all.fold(f64::NEG_INFINITY, |a, b| if a.is_nan() || a > b { a } else { b })
            }
            Self::Min => all.fold(f64::INFINITY, |a, b| if a.is_nan() || a < b { a } else { b }),
            Self::Product => all.product(),
            Self::L1 => all.map(f64::abs).sum(),
            Self::L2 => all.map(|x| x * x).sum::<f64>().sqrt(),
            Self::SumSquare => all.map(|x| x * x).sum(),
            Self::LogSum => all.sum::<f64>().ln(),
            Self::LogSumExp => {
                let most = Self::Max.of(all.clone());
                let most = if most.is_finite() { most } else { 0.0 };
                most + all.map(|x| (x - most).exp()).sum::<f64>().ln()
            }
        }
    }
}

impl Operator for Reduce {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let rank = tensor.shape().len();
        let axes = match (&self.axes, inputs.optional(1)?) {
            (Some(axes), _) => axes.clone(),
            (None, Some(axes)) => ints(axes)?,
            (None, None) => vec![],
        };
        if axes.is_empty() && self.none_is_none {
            return one(tensor.shape(), tensor.data().clone());
        }
        let gone: Vec<usize> = match axes.is_empty() {
            true => (0..rank).collect(),
            false => axes.iter().map(|axis| axis_of(*axis, rank)).collect::<Outcome<_>>()?,
        };
        let kept: Vec<usize> = (0..rank).filter(|at| !gone.contains(at)).collect();
        let mut steps = vec![1; rank];
        for at in (1..rank).rev() {
            steps[at - 1] = steps[at] * tensor.shape()[at];
        }
        let part = |some: &[usize]| {
            let shape = some.iter().map(|at| tensor.shape()[*at]).collect();
            super::spread::walk(shape, some.iter().map(|at| steps[*at]).collect())
        };
        let mut inner_axes = gone.clone();
        inner_axes.sort_unstable();
        inner_axes.dedup();
        let inner: Vec<usize> = part(&inner_axes).collect();
        macro_rules! all {
            ($all:expr) => {
                part(&kept)
                    .map(|start| self.how.of(inner.iter().map(|at| $all[start + at] as f64)) as _)
                    .collect()
            };
        }
        let data = match tensor.data() {
            Data::F32(all) => Data::F32(all!(all)),
            Data::F64(all) => Data::F64(all!(all)),
            Data::I32(all) => Data::I32(all!(all)),
            Data::I64(all) => Data::I64(all!(all)),
            other => return Err(format!("{} is not summed", other.element().as_str())),
        };
        let dim = |at: usize| match gone.contains(&at) {
            true => self.keep.then_some(1),
            false => Some(tensor.shape()[at]),
        };
        one(&(0..rank).filter_map(dim).collect::<Vec<_>>(), data)
    }

    fn mixes_rows(&self) -> bool {
        self.axes.as_ref().is_some_and(|axes| axes.is_empty() || axes.contains(&0))
    }
}

/// Up to version 12 all dimensions from the axis on are one.
#[derive(Debug)]
struct Softmax {
    axis: i64,
    old: bool,
    log: bool,
}

impl Operator for Softmax {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let axis = axis_of(self.axis, tensor.shape().len())?;
        let (before, width, behind) = match self.old {
            true => {
                let (rows, rest) = tensor.shape().split_at(axis);
                (rows.iter().product(), rest.iter().product(), 1)
            }
            false => around(tensor.shape(), axis),
        };
        macro_rules! all {
            ($all:expr) => {{
                let mut out = $all.clone();
                for (row, at) in (0..before).flat_map(|row| (0..behind).map(move |at| (row, at))) {
                    let place = |index: usize| (row * width + index) * behind + at;
                    let some = (0..width).map(|index| $all[place(index)]);
                    let most = some.clone().fold($all[place(0)], |a, b| a.max(b));
                    let sum = some.map(|x| (x - most).exp()).fold(0.0, |a, b| a + b);
                    for index in 0..width {
                        let x = $all[place(index)] - most;
                        out[place(index)] = if self.log { x - sum.ln() } else { x.exp() / sum };
                    }
                }
                out
            }};
        }
        if tensor.is_empty() {
            return one(tensor.shape(), tensor.data().clone());
        }
        let data = match tensor.data() {
            Data::F32(all) => Data::F32(all!(all)),
            Data::F64(all) => Data::F64(all!(all)),
            other => return Err(format!("Softmax of {}", other.element().as_str())),
        };
        one(tensor.shape(), data)
    }

    fn mixes_rows(&self) -> bool {
        self.axis == 0
    }
}

/// Each element in proportion to the length of its row.
#[derive(Debug)]
struct Proportion {
    axis: i64,
    square: bool,
}

impl Operator for Proportion {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let axis = axis_of(self.axis, tensor.shape().len())?;
        let (before, width, behind) = around(tensor.shape(), axis);
        let Data::F32(all) = tensor.data() else { return Err("not 32-bit floats".to_owned()) };
        let mut out = all.clone();
        for (row, at) in (0..before).flat_map(|row| (0..behind).map(move |at| (row, at))) {
            let place = |index: usize| (row * width + index) * behind + at;
            let some = (0..width).map(|index| all[place(index)]);
            let how = if self.square { How::L2 } else { How::L1 };
            let length = how.of(some.map(f64::from)) as f32;
            if length != 0.0 {
                (0..width).for_each(|index| out[place(index)] /= length);
            }
        }
        one(tensor.shape(), Data::F32(out))
    }

    fn mixes_rows(&self) -> bool {
        self.axis == 0
    }
}

#[derive(Debug)]
struct CumSum;

impl Operator for CumSum {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let axis = *ints(inputs.tensor(1)?)?.first().ok_or("an axis is missing")?;
        let (before, width, behind) = around(tensor.shape(), axis_of(axis, tensor.shape().len())?);
        macro_rules! all {
            ($all:expr) => {{
                let mut out = $all.clone();
                for at in 0..before * width * behind {
                    if (at / behind) % width > 0 {
                        out[at] += out[at - behind];
                    }
                }
                out
            }};
        }
        let data = match tensor.data() {
            Data::F32(all) => Data::F32(all!(all)),
            Data::F64(all) => Data::F64(all!(all)),
            Data::I64(all) => {
                let mut out = all.clone();
                for at in 0..before * width * behind {
                    if (at / behind) % width > 0 {
                        out[at] = out[at - behind].wrapping_add(out[at]);
                    }
                }
                Data::I64(out)
            }
            other => return Err(format!("{} is not summed", other.element().as_str())),
        };
        let tensor = Tensor::new(tensor.shape(), data).map_err(|error| error.to_string())?;
        Ok(vec![crate::model::score::Value::Tensor(tensor)])
    }
}
