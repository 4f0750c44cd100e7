//! CatBoost: trees over floats, from its binary form and its JSON. Categories, texts and embeddings are left to the library.

mod answer;
mod binary;
mod flat;
mod json;
mod parts;

pub(super) use binary::load as binary;
pub(super) use json::load as json;

use super::Body;
use crate::model::score::Data;
use crate::model::score::trees::Ensemble;
use answer::Answer;

#[derive(Debug)]
struct Catboost {
    width: usize,
    sums: Ensemble<f64>,
    scale: f64,
    bias: Vec<f64>,
    answer: Answer,
}

impl Body for Catboost {
    fn answer(&self, x: &Data, rows: usize) -> Data {
        let Data::F32(x) = x else { return Data::F64(vec![]) };
        let groups = self.bias.len();
        // Features have 32 bits, and leaves 64.
        let x: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
        let mut all = vec![0.0; rows * groups];
        self.sums.add(&x, self.width, &mut all);
        for row in all.chunks_exact_mut(groups) {
            row.iter_mut().zip(&self.bias).for_each(|(sum, bias)| *sum = *sum * self.scale + bias);
        }
        self.answer.apply(all, groups)
    }

    fn cost(&self) -> u64 {
        50 + self.sums.forest.steps() * 3
    }
}
