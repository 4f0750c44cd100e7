//! Broadcasting: two shapes become one, and elements are repeated along what one of them does not have.

use crate::model::score::native::{Outcome, sized};

/// Returns the shape of both together.
pub(super) fn shape(a: &[usize], b: &[usize]) -> Outcome<Vec<usize>> {
    let rank = a.len().max(b.len());
    let dim = |shape: &[usize], at: usize| {
        (at + shape.len()).checked_sub(rank).map_or(1, |index| shape[index])
    };
    let both = |at: usize| match (dim(a, at), dim(b, at)) {
        (x, y) if x == y => Ok(x),
        (1, y) => Ok(y),
        (x, 1) => Ok(x),
        _ => Err(format!("shapes {a:?} and {b:?} do not go together")),
    };
    let shape = (0..rank).map(both).collect::<Outcome<Vec<_>>>()?;
    sized(&shape)?;
    Ok(shape)
}

/// Returns for each element of `to` the index of the element of `from` that stands there.
pub(super) fn indices(from: &[usize], to: &[usize]) -> impl Iterator<Item = usize> + use<> {
    let skip = to.len() - from.len();
    let mut steps = vec![0; to.len()];
    let mut step = 1;
    for at in (0..from.len()).rev() {
        if from[at] != 1 {
            steps[skip + at] = step;
        }
        step *= from[at];
    }
    walk(to.to_vec(), steps)
}

/// Goes through `shape` with a step for each dimension, the last fastest.
pub(super) fn walk(shape: Vec<usize>, steps: Vec<usize>) -> impl Iterator<Item = usize> {
    let count = shape.iter().product::<usize>();
    let mut at = vec![0; shape.len()];
    let mut index = 0;
    (0..count).map(move |_| {
        let here = index;
        for dim in (0..shape.len()).rev() {
            at[dim] += 1;
            index += steps[dim];
            if at[dim] < shape[dim] {
                break;
            }
            index -= steps[dim] * shape[dim];
            at[dim] = 0;
        }
        here
    })
}

/// Returns `f` of the elements of both, spread to one shape.
pub(super) fn zip<T: Copy, U: Copy, V>(
    (a_shape, a): (&[usize], &[T]),
    (b_shape, b): (&[usize], &[U]),
    f: impl Fn(T, U) -> V,
) -> Outcome<(Vec<usize>, Vec<V>)> {
    if a_shape == b_shape {
        let all = a.iter().zip(b).map(|(a, b)| f(*a, *b)).collect();
        return Ok((a_shape.to_vec(), all));
    }
    let shape = shape(a_shape, b_shape)?;
    if let [b] = b
        && shape == a_shape
    {
        return Ok((shape, a.iter().map(|a| f(*a, *b)).collect()));
    }
    // One row beneath which all others stand: biases and scales.
    if shape == a_shape && !b.is_empty() && shape.last() == Some(&b.len()) {
        let row = |row: &[T]| row.iter().zip(b).map(|(a, b)| f(*a, *b)).collect::<Vec<_>>();
        return Ok((shape, a.chunks_exact(b.len()).flat_map(row).collect()));
    }
    let pairs = indices(a_shape, &shape).zip(indices(b_shape, &shape));
    let all = pairs.map(|(at, bt)| f(a[at], b[bt])).collect();
    Ok((shape, all))
}
