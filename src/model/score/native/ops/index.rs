//! Elements by their index: gathered, the largest, where something stands.

use std::cmp::Ordering;

use super::arrange::around;
use super::{axis_of, ints};
use crate::model::score::native::given::Given;
use crate::model::score::native::{Inputs, Operator, Outcome, one, sized};
use crate::model::score::{Data, Error, Tensor, Value};

pub(super) fn make(given: &Given<'_>) -> Result<Option<Box<dyn Operator>>, Error> {
    Ok(Some(match given.node.operator {
        "Gather" => Box::new(Gather(given.int("axis", 0)?)),
        "GatherElements" => Box::new(GatherElements(given.int("axis", 0)?)),
        "TopK" => Box::new(TopK {
            axis: given.int("axis", -1)?,
            k: given.int("k", -1)?,
            largest: given.int("largest", 1)? != 0,
        }),
        "ArgMax" | "ArgMin" => Box::new(Extreme {
            axis: given.int("axis", 0)?,
            keep: given.int("keepdims", 1)? != 0,
            last: given.int("select_last_index", 0)? != 0,
            largest: given.node.operator == "ArgMax",
        }),
        _ => return Ok(None),
    }))
}

/// Returns an index counted from the front.
fn index_of(index: i64, width: usize) -> Outcome<usize> {
    axis_of(index, width).map_err(|_| format!("index {index} of {width}"))
}

#[derive(Debug)]
struct Gather(i64);

impl Operator for Gather {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let (tensor, indices) = (inputs.tensor(0)?, inputs.tensor(1)?);
        let axis = axis_of(self.0, tensor.shape().len())?;
        let (before, width, behind) = around(tensor.shape(), axis);
        let some = ints(indices)?;
        let some = some.iter().map(|at| index_of(*at, width)).collect::<Outcome<Vec<_>>>()?;
        let mut shape = tensor.shape()[..axis].to_vec();
        shape.extend(indices.shape());
        shape.extend(&tensor.shape()[axis + 1..]);
        sized(&shape)?;
        let row = |row: usize| {
            let start = move |at: usize| (row * width + at) * behind;
            some.iter().flat_map(move |at| start(*at)..start(*at) + behind)
        };
        one(&shape, tensor.data().pick((0..before).flat_map(row)))
    }
}

#[derive(Debug)]
struct GatherElements(i64);

impl Operator for GatherElements {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let (tensor, indices) = (inputs.tensor(0)?, inputs.tensor(1)?);
        let (from, to) = (tensor.shape(), indices.shape());
        let axis = axis_of(self.0, from.len())?;
        let fits = |(at, (from, to)): (usize, (&usize, &usize))| at == axis || to <= from;
        if from.len() != to.len() || !from.iter().zip(to).enumerate().all(fits) {
            return Err(format!("indices {to:?} into {from:?}"));
        }
        let mut steps = vec![1; from.len()];
        for at in (1..from.len()).rev() {
            steps[at - 1] = steps[at] * from[at];
        }
        let step = std::mem::replace(&mut steps[axis], 0);
        let some = ints(indices)?;
        let some = some.iter().map(|at| index_of(*at, from[axis])).collect::<Outcome<Vec<_>>>()?;
        let starts = super::spread::walk(to.to_vec(), steps);
        one(to, tensor.data().pick(starts.zip(some).map(|(start, at)| start + at * step)))
    }
}

/// Numbers that can be put in order.
fn sortable(tensor: &Tensor) -> Outcome<Vec<f64>> {
    Ok(match tensor.data() {
        Data::F32(all) => all.iter().map(|x| f64::from(*x)).collect(),
        Data::F64(all) => all.clone(),
        Data::I32(all) => all.iter().map(|x| f64::from(*x)).collect(),
        // Exact up to 2^53: what is ordered are classes and counts.
        Data::I64(all) => all.iter().map(|x| *x as f64).collect(),
        other => return Err(format!("{} is not put in order", other.element().as_str())),
    })
}

#[derive(Debug)]
struct TopK {
    axis: i64,
    k: i64,
    largest: bool,
}

impl Operator for TopK {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let k = match inputs.optional(1)? {
            Some(k) => *ints(k)?.first().ok_or("k is missing")?,
            None => self.k,
        };
        let axis = axis_of(self.axis, tensor.shape().len())?;
        let (before, width, behind) = around(tensor.shape(), axis);
        let k = usize::try_from(k).ok().filter(|k| *k <= width);
        let k = k.ok_or_else(|| format!("more than {width} of {width}"))?;
        let values = sortable(tensor)?;
        let mut picked = vec![0; before * k * behind];
        let mut places = vec![0; before * k * behind];
        let mut order: Vec<usize> = vec![];
        for (row, column) in (0..before).flat_map(|row| (0..behind).map(move |at| (row, at))) {
            let at = |index: usize| (row * width + index) * behind + column;
            order.clear();
            order.extend(0..width);
            let compare = |a: &usize, b: &usize| {
                let both = values[at(*a)].partial_cmp(&values[at(*b)]).unwrap_or(Ordering::Equal);
                (if self.largest { both.reverse() } else { both }).then(a.cmp(b))
            };
            if k > 0 && k < width {
                order.select_nth_unstable_by(k - 1, compare);
            }
            order.truncate(k);
            order.sort_unstable_by(compare);
            for (rank, index) in order.iter().enumerate() {
                let to = (row * k + rank) * behind + column;
                picked[to] = at(*index);
                places[to] = i64::try_from(*index).unwrap_or(i64::MAX);
            }
        }
        let mut shape = tensor.shape().to_vec();
        shape[axis] = k;
        let mut outputs = one(&shape, tensor.data().pick(picked.into_iter()))?;
        outputs.extend(one(&shape, Data::I64(places))?);
        Ok(outputs)
    }

    fn mixes_rows(&self) -> bool {
        self.axis == 0
    }

    fn cost(&self) -> u64 {
        1000
    }
}

/// The index of the largest or smallest.
#[derive(Debug)]
struct Extreme {
    axis: i64,
    keep: bool,
    last: bool,
    largest: bool,
}

impl Operator for Extreme {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let axis = axis_of(self.axis, tensor.shape().len())?;
        let (before, width, behind) = around(tensor.shape(), axis);
        if width == 0 {
            return Err("the largest of nothing".to_owned());
        }
        let values = sortable(tensor)?;
        let mut all = Vec::with_capacity(before * behind);
        for (row, column) in (0..before).flat_map(|row| (0..behind).map(move |at| (row, at))) {
            let value = |index: usize| values[(row * width + index) * behind + column];
            let better = |a: f64, b: f64| {
                (if self.largest { a > b } else { a < b }) || (self.last && a == b)
            };
            let best = (1..width).fold(
                0,
                |best, at| {
                    if better(value(at), value(best)) { at } else { best }
                },
            );
            all.push(i64::try_from(best).unwrap_or(i64::MAX));
        }
        let mut shape = tensor.shape().to_vec();
        if self.keep {
            shape[axis] = 1;
        } else {
            shape.remove(axis);
        }
        let tensor = Tensor::new(&shape, Data::I64(all)).map_err(|error| error.to_string())?;
        Ok(vec![Value::Tensor(tensor)])
    }

    fn mixes_rows(&self) -> bool {
        self.axis == 0
    }
}
