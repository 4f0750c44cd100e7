//! Leaves with a line in each: a constant and products of some features; a plain value where one of those is missing.

use super::text::Section;
use crate::model::score::Error;
use crate::model::score::boosted::bad;

/// The lines of all leaves, by number.
#[derive(Debug, Default)]
pub(super) struct Lines {
    leaves: Vec<Line>,
    targets: Vec<u32>,
    is_linear: bool,
}

#[derive(Debug)]
struct Line {
    constant: f64,
    products: Vec<(usize, f64)>,
    /// What stands in for the line where a feature is missing.
    value: f64,
}

impl Lines {
    /// Adds the leaves of a tree, whose values are the last of `values`.
    pub(super) fn read(
        &mut self,
        tree: &Section<'_>,
        values: &[f64],
        features: usize,
    ) -> Result<(), Error> {
        let own = &values[self.leaves.len()..];
        let is_linear = tree.find("is_linear").is_some_and(|word| word != "0");
        if !is_linear {
            let plain = |value: &f64| Line { constant: *value, products: vec![], value: *value };
            self.leaves.extend(own.iter().map(plain));
            return Ok(());
        }
        self.is_linear = true;
        let constants: Vec<f64> = tree.list("leaf_const", own.len())?;
        let counts: Vec<usize> = tree.list("num_features", own.len())?;
        let places: Vec<usize> = tree.numbers("leaf_features")?;
        let factors: Vec<f64> = tree.list("leaf_coeff", places.len())?;
        if places.iter().any(|place| *place >= features) {
            return Err(bad("a line of a feature that rows do not have"));
        }
        let mut products = places.into_iter().zip(factors);
        for ((constant, count), value) in constants.into_iter().zip(counts).zip(own) {
            let products: Vec<_> = products.by_ref().take(count).collect();
            if products.len() != count {
                return Err(bad("a line without its factors"));
            }
            self.leaves.push(Line { constant, products, value: *value });
        }
        Ok(())
    }

    /// Returns the lines if any tree has some.
    pub(super) fn finish(self, targets: &[u32]) -> Option<Self> {
        self.is_linear.then(|| Self { targets: targets.to_vec(), ..self })
    }

    /// Returns the number of a row that a leaf adds to.
    pub(super) fn group(&self, leaf: u32) -> usize {
        self.targets[leaf as usize] as usize
    }

    /// Returns what a leaf makes of a row.
    pub(super) fn at(&self, leaf: u32, x: &[f64]) -> f64 {
        let line = &self.leaves[leaf as usize];
        let mut sum = line.constant;
        for (place, factor) in &line.products {
            if x[*place].is_nan() {
                return line.value;
            }
            sum += factor * x[*place];
        }
        sum
    }
}
