//! Operators that move elements: joined, cut, turned, repeated.

use super::{axis_of, ints, spread};
use crate::model::score::native::given::Given;
use crate::model::score::native::{Inputs, Operator, Outcome, one, sized};
use crate::model::score::{Error, Tensor, Value};

pub(super) fn make(given: &Given<'_>) -> Result<Option<Box<dyn Operator>>, Error> {
    let list = |name| Ok::<_, Error>(given.ints(name)?.map(<[i64]>::to_vec));
    Ok(Some(match given.node.operator {
        "Concat" => Box::new(Concat(given.int("axis", 1)?)),
        "Transpose" => Box::new(Transpose(list("perm")?)),
        "Slice" => Box::new(Slice([list("starts")?, list("ends")?, list("axes")?])),
        "Split" => {
            let outputs = given.node.outputs.len();
            Box::new(Split { axis: given.int("axis", 0)?, sizes: list("split")?, outputs })
        }
        "Expand" => Box::new(Expand),
        "Tile" => Box::new(Tile),
        _ => return Ok(None),
    }))
}

/// Dimensions before an axis, the axis, and behind it.
pub(super) fn around(shape: &[usize], axis: usize) -> (usize, usize, usize) {
    let (before, rest) = shape.split_at(axis);
    (before.iter().product(), rest[0], rest[1..].iter().product())
}

#[derive(Debug)]
struct Concat(i64);

impl Operator for Concat {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let parts = inputs.all()?;
        let first = parts.first().ok_or("nothing to join")?;
        let axis = axis_of(self.0, first.shape().len())?;
        let mut shape = first.shape().to_vec();
        shape[axis] = 0;
        let mut all = first.element().none();
        let mut starts = vec![];
        for part in &parts {
            let mut own = part.shape().to_vec();
            if own.len() != shape.len() {
                return Err("tensors of different ranks".to_owned());
            }
            let width = std::mem::replace(&mut own[axis], shape[axis]);
            if own != shape {
                return Err(format!("shapes {:?} and {shape:?} do not join", part.shape()));
            }
            shape[axis] += width;
            starts.push(all.len());
            if !all.append(part.data()) {
                return Err("tensors of different types".to_owned());
            }
        }
        sized(&shape)?;
        let (before, _, behind) = around(&shape, axis);
        if before == 1 {
            return one(&shape, all);
        }
        let widths: Vec<_> = parts.iter().map(|part| part.shape()[axis] * behind).collect();
        let mut order = Vec::with_capacity(all.len());
        for row in 0..before {
            for (start, width) in starts.iter().zip(&widths) {
                order.extend(start + row * width..start + (row + 1) * width);
            }
        }
        one(&shape, all.pick(order.into_iter()))
    }

    fn mixes_rows(&self) -> bool {
        self.0 == 0
    }
}

#[derive(Debug)]
struct Transpose(Option<Vec<i64>>);

impl Operator for Transpose {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let rank = tensor.shape().len();
        let order = match &self.0 {
            None => (0..rank).rev().collect(),
            Some(order) => {
                order.iter().map(|axis| axis_of(*axis, rank)).collect::<Outcome<Vec<_>>>()?
            }
        };
        let mut sorted = order.clone();
        sorted.sort_unstable();
        if sorted.iter().copied().ne(0..rank) {
            return Err(format!("{order:?} is no order of {rank} dimensions"));
        }
        let mut steps = vec![1; rank];
        for at in (1..rank).rev() {
            steps[at - 1] = steps[at] * tensor.shape()[at];
        }
        let shape: Vec<_> = order.iter().map(|axis| tensor.shape()[*axis]).collect();
        let steps = order.iter().map(|axis| steps[*axis]).collect();
        one(&shape, tensor.data().pick(spread::walk(shape.clone(), steps)))
    }
}

/// Starts, ends and axes are attributes up to version 9, inputs with steps since.
#[derive(Debug)]
struct Slice([Option<Vec<i64>>; 3]);

impl Operator for Slice {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let list = |index: usize| match self.0.get(index - 1) {
            Some(Some(list)) => Ok(Some(list.clone())),
            _ => inputs.optional(index)?.map(ints).transpose(),
        };
        let tensor = inputs.tensor(0)?;
        let starts = list(1)?.ok_or("starts are missing")?;
        let ends = list(2)?.ok_or("ends are missing")?;
        let count = i64::try_from(starts.len()).unwrap_or(0);
        let axes = list(3)?.unwrap_or_else(|| (0..count).collect());
        let steps = inputs.optional(4)?.map(ints).transpose()?;
        let steps = steps.unwrap_or_else(|| vec![1; starts.len()]);
        if [ends.len(), axes.len(), steps.len()] != [starts.len(); 3] {
            return Err("as many starts as ends, axes and steps".to_owned());
        }
        let (mut shape, mut data) = (tensor.shape().to_vec(), tensor.data().clone());
        for (((start, end), axis), step) in starts.iter().zip(&ends).zip(&axes).zip(&steps) {
            let axis = axis_of(*axis, shape.len())?;
            let (before, width, behind) = around(&shape, axis);
            let some = range(*start, *end, *step, width)?;
            let at = |row: usize| {
                let inner = move |at: usize| (row * width + at) * behind;
                some.iter().flat_map(move |at| inner(*at)..inner(*at) + behind)
            };
            data = data.pick((0..before).flat_map(at));
            shape[axis] = some.len();
        }
        one(&shape, data)
    }
}

/// Returns the indices that a slice takes of `width`.
fn range(start: i64, end: i64, step: i64, width: usize) -> Outcome<Vec<usize>> {
    let width = i64::try_from(width).map_err(|_| "too large")?;
    if step == 0 {
        return Err("a step of zero".to_owned());
    }
    let (low, high) = if step > 0 { (0, width) } else { (-1, width - 1) };
    let clamp = |at: i64| (if at < 0 { at.saturating_add(width) } else { at }).clamp(low, high);
    let (mut at, end) = (clamp(start), clamp(end));
    let mut all = vec![];
    while if step > 0 { at < end } else { at > end } {
        all.push(usize::try_from(at).map_err(|_| "a negative index")?);
        at = at.saturating_add(step);
    }
    Ok(all)
}

#[derive(Debug)]
struct Split {
    axis: i64,
    sizes: Option<Vec<i64>>,
    outputs: usize,
}

impl Operator for Split {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let axis = axis_of(self.axis, tensor.shape().len())?;
        let (before, width, behind) = around(tensor.shape(), axis);
        let sizes = match &self.sizes {
            Some(sizes) => Some(sizes.clone()),
            None => inputs.optional(1)?.map(ints).transpose()?,
        };
        let sizes: Vec<usize> = match sizes {
            Some(sizes) => sizes
                .iter()
                .map(|size| usize::try_from(*size).map_err(|_| "a negative size".to_owned()))
                .collect::<Outcome<_>>()?,
            None => {
                let each = width.div_ceil(self.outputs.max(1));
                (0..self.outputs).map(|at| each.min(width.saturating_sub(at * each))).collect()
            }
        };
        if sizes.iter().try_fold(0_usize, |sum, size| sum.checked_add(*size)) != Some(width) {
            return Err(format!("{width} is not cut into {sizes:?}"));
        }
        let mut start = 0;
        let part = |size: usize| {
            let from = start;
            start += size;
            let row = move |row: usize| {
                (row * width + from) * behind..(row * width + from + size) * behind
            };
            let mut shape = tensor.shape().to_vec();
            shape[axis] = size;
            let data = tensor.data().pick((0..before).flat_map(row));
            Tensor::new(&shape, data).map(Value::Tensor).map_err(|error| error.to_string())
        };
        sizes.into_iter().map(part).collect()
    }

    fn mixes_rows(&self) -> bool {
        self.axis == 0
    }
}

#[derive(Debug)]
struct Expand;

impl Operator for Expand {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let wanted = ints(inputs.tensor(1)?)?;
        let wanted = wanted.iter().map(|dim| usize::try_from(*dim));
        let wanted = wanted.collect::<Result<Vec<_>, _>>().map_err(|_| "a negative dimension")?;
        let shape = spread::shape(tensor.shape(), &wanted)?;
        one(&shape, tensor.data().pick(spread::indices(tensor.shape(), &shape)))
    }
}

#[derive(Debug)]
struct Tile;

impl Operator for Tile {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let times = ints(inputs.tensor(1)?)?;
        if times.len() != tensor.shape().len() {
            return Err("as many repeats as dimensions".to_owned());
        }
        let (mut shape, mut data) = (tensor.shape().to_vec(), tensor.data().clone());
        for (axis, times) in times.iter().enumerate() {
            let times = usize::try_from(*times).map_err(|_| "a negative repeat")?;
            let (before, width, behind) = around(&shape, axis);
            shape[axis] = width.checked_mul(times).ok_or("too large")?;
            sized(&shape)?;
            let row = |row: usize| {
                (0..times).flat_map(move |_| row * width * behind..(row + 1) * width * behind)
            };
            data = data.pick((0..before).flat_map(row));
        }
        one(&shape, data)
    }
}
