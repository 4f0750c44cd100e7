//! A forest with what its leaves weigh: walks become scores.

use super::{Forest, Real};
use crate::model::score::native::{Outcome, sized};

/// How the leaves that a row meets become one score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::model::score) enum Aggregate {
    Sum,
    Average,
    Min,
    Max,
}

/// A forest with the weights of its leaves.
#[derive(Debug)]
pub(in crate::model::score) struct Ensemble<T> {
    pub(in crate::model::score) forest: Forest<T>,
    pub(in crate::model::score) leaves: Leaves<T>,
    pub(in crate::model::score) targets: usize,
    pub(in crate::model::score) aggregate: Aggregate,
    pub(in crate::model::score) base: Vec<T>,
}

/// Weights of leaves by number.
#[derive(Debug)]
pub(in crate::model::score) struct Leaves<T> {
    values: Vec<T>,
    targets: Vec<u32>,
    ranges: Vec<(u32, u32)>,
    layout: Layout,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Every leaf has all targets in order: one block.
    Dense,
    /// Every leaf has one weight, of one target.
    Single,
    /// A list each.
    Lists,
}

/// Scores of all rows, and which of them any leaf has touched.
pub(in crate::model::score) struct Scores<T> {
    pub(in crate::model::score) all: Vec<T>,
    pub(in crate::model::score) touched: Vec<bool>,
}

/// Rows that go through all trees before the next do: they stay in the nearest cache, and so does a tree while they pass.
const BLOCK: usize = 256;

impl<T: Real> Leaves<T> {
    /// Takes the weights of each leaf as (target, weight).
    pub(in crate::model::score) fn of(lists: &[Vec<(u32, T)>], targets: usize) -> Self {
        let in_order = |list: &Vec<(u32, T)>| {
            list.len() == targets && list.iter().zip(0..).all(|((target, _), at)| *target == at)
        };
        let is_dense = lists.iter().all(in_order);
        let layout = if is_dense { Layout::Dense } else { Layout::Lists };
        let mut leaves = Self { values: vec![], targets: vec![], ranges: vec![], layout };
        for list in lists {
            let start = leaves.values.len() as u32;
            leaves.values.extend(list.iter().map(|(_, value)| *value));
            if !is_dense {
                leaves.targets.extend(list.iter().map(|(target, _)| *target));
                leaves.ranges.push((start, leaves.values.len() as u32));
            }
        }
        leaves
    }

    /// Takes one block: all targets of the first leaf, of the second, …
    pub(in crate::model::score) const fn dense(values: Vec<T>) -> Self {
        Self { values, targets: vec![], ranges: vec![], layout: Layout::Dense }
    }

    /// Takes one weight a leaf, and its target.
    pub(in crate::model::score) const fn single(values: Vec<T>, targets: Vec<u32>) -> Self {
        Self { values, targets, ranges: vec![], layout: Layout::Single }
    }
}

impl<T: Real> Ensemble<T> {
    /// Returns a plain sum of leaves, to which nothing is added.
    pub(in crate::model::score) const fn sum(
        forest: Forest<T>,
        leaves: Leaves<T>,
        targets: usize,
    ) -> Self {
        Self { forest, leaves, targets, aggregate: Aggregate::Sum, base: vec![] }
    }

    /// Returns the sums of the weights that each row meets, without base values.
    pub(in crate::model::score) fn scores(&self, x: &[T], width: usize) -> Outcome<Scores<T>> {
        if width < self.forest.features() {
            let needs = self.forest.features();
            return Err(format!("{width} features where the trees ask for {needs}"));
        }
        let (rows, k) = (x.len().checked_div(width).unwrap_or(0), self.targets);
        let count = sized(&[rows, k])?;
        let mut all = vec![T::default(); count];
        let sums = matches!(self.aggregate, Aggregate::Sum | Aggregate::Average);
        if self.leaves.layout == Layout::Dense && sums {
            self.add(x, width, &mut all);
            return Ok(Scores { all, touched: vec![self.forest.trees() > 0; count] });
        }
        let mut touched = vec![false; count];
        self.forest.each_leaf(x, width, &mut |row, leaf| {
            self.put(leaf, row * k, &mut all, &mut touched);
        });
        Ok(Scores { all, touched })
    }

    /// Adds the weights that each row meets to its scores, tree by tree.
    pub(in crate::model::score) fn add(&self, x: &[T], width: usize, all: &mut [T]) {
        let blocks = x.chunks(BLOCK * width.max(1));
        for (x, all) in blocks.zip(all.chunks_mut(BLOCK * self.targets)) {
            self.add_block(x, width, all);
        }
    }

    fn add_block(&self, x: &[T], width: usize, all: &mut [T]) {
        let (values, k) = (&self.leaves.values, self.targets);
        match (self.leaves.layout, k) {
            (Layout::Dense, 1) => self.forest.each_leaf(x, width, &mut |row, leaf| {
                all[row] += values[leaf as usize];
            }),
            (Layout::Dense, 2) => self.forest.each_leaf(x, width, &mut |row, leaf| {
                add::<T, 2>(all, values, row, leaf);
            }),
            (Layout::Dense, 3) => self.forest.each_leaf(x, width, &mut |row, leaf| {
                add::<T, 3>(all, values, row, leaf);
            }),
            (Layout::Dense, _) => self.forest.each_leaf(x, width, &mut |row, leaf| {
                let scores = all[row * k..(row + 1) * k].iter_mut();
                let own = &values[leaf as usize * k..][..k];
                scores.zip(own).for_each(|(score, value)| *score += *value);
            }),
            (Layout::Single, _) => self.forest.each_leaf(x, width, &mut |row, leaf| {
                let target = self.leaves.targets[leaf as usize] as usize;
                all[row * k + target] += values[leaf as usize];
            }),
            (Layout::Lists, _) => self.forest.each_leaf(x, width, &mut |row, leaf| {
                let (start, end) = self.leaves.ranges[leaf as usize];
                for index in start as usize..end as usize {
                    all[row * k + self.leaves.targets[index] as usize] += values[index];
                }
            }),
        }
    }

    fn put(&self, leaf: u32, start: usize, all: &mut [T], touched: &mut [bool]) {
        let is_dense = self.leaves.layout == Layout::Dense;
        let dense = (leaf * self.targets as u32, (leaf + 1) * self.targets as u32);
        let range = if is_dense { dense } else { self.leaves.ranges[leaf as usize] };
        for index in range.0..range.1 {
            let target = match is_dense {
                true => (index - range.0) as usize,
                false => self.leaves.targets[index as usize] as usize,
            };
            let (value, at) = (self.leaves.values[index as usize], start + target);
            match self.aggregate {
                Aggregate::Sum | Aggregate::Average => all[at] += value,
                Aggregate::Min if touched[at] && value >= all[at] => {}
                Aggregate::Max if touched[at] && value <= all[at] => {}
                Aggregate::Min | Aggregate::Max => all[at] = value,
            }
            touched[at] = true;
        }
    }

    /// Returns averages with base values added, as regressors have them.
    pub(in crate::model::score) fn finished(&self, x: &[T], width: usize) -> Outcome<Vec<T>> {
        let mut scores = self.scores(x, width)?.all;
        if self.aggregate == Aggregate::Average {
            let trees = T::from_f64(self.forest.trees() as f64);
            scores.iter_mut().for_each(|score| *score = *score / trees);
        }
        if self.base.len() == self.targets {
            for row in scores.chunks_exact_mut(self.targets) {
                row.iter_mut().zip(&self.base).for_each(|(score, base)| *score += *base);
            }
        }
        Ok(scores)
    }
}

#[inline]
fn add<T: Real, const K: usize>(all: &mut [T], values: &[T], row: usize, leaf: u32) {
    let scores = &mut all[row * K..][..K];
    let own = &values[leaf as usize * K..][..K];
    for at in 0..K {
        scores[at] += own[at];
    }
}
