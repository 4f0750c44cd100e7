//! What the objectives of XGBoost make of a sum of leaves, and of the base score before it: its constants, its 32 bits.

use crate::model::score::boosted::unsupported;
use crate::model::score::{Data, Error};

/// From margins to answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transform {
    Identity,
    Logistic,
    /// Of `binary:logitraw`: the margin, before and after.
    Raw,
    Hinge,
    Exp,
    Softmax,
    Argmax,
}

impl Transform {
    /// Returns what an objective does; an unknown one may do anything.
    pub(super) fn of(objective: &str) -> Result<Self, Error> {
        Ok(match objective {
            "reg:squarederror"
            | "reg:linear"
            | "reg:squaredlogerror"
            | "reg:absoluteerror"
            | "reg:pseudohubererror"
            | "reg:quantileerror"
            | "reg:expectileerror"
            | "rank:pairwise"
            | "rank:ndcg"
            | "rank:map" => Self::Identity,
            "reg:logistic" | "binary:logistic" => Self::Logistic,
            "binary:logitraw" => Self::Raw,
            "binary:hinge" => Self::Hinge,
            "count:poisson" | "reg:gamma" | "reg:tweedie" | "survival:cox" | "survival:aft" => {
                Self::Exp
            }
            "multi:softprob" => Self::Softmax,
            "multi:softmax" => Self::Argmax,
            other => return Err(unsupported(other, "an objective that is not known")),
        })
    }

    /// Returns the margin of a base score.
    pub(super) fn margin(self, base: f32) -> f32 {
        match self {
            Self::Logistic => -(1.0 / base - 1.0).ln(),
            Self::Exp => base.ln(),
            Self::Identity | Self::Raw | Self::Hinge | Self::Softmax | Self::Argmax => base,
        }
    }

    /// Returns the answers of rows with `groups` margins each.
    pub(super) fn apply(self, mut all: Vec<f32>, groups: usize) -> Vec<f32> {
        let each = |all: &mut [f32], f: fn(f32) -> f32| all.iter_mut().for_each(|x| *x = f(*x));
        match self {
            Self::Identity | Self::Raw => {}
            Self::Logistic => each(&mut all, logistic),
            Self::Hinge => each(&mut all, |x| if x > 0.0 { 1.0 } else { 0.0 }),
            Self::Exp => each(&mut all, f32::exp),
            Self::Softmax => all.chunks_exact_mut(groups).for_each(softmax),
            Self::Argmax => {
                return all.chunks_exact(groups).map(|row| argmax(row) as f32).collect();
            }
        }
        all
    }
}

fn logistic(x: f32) -> f32 {
    // Larger ones would overflow.
    let power = (-x).min(88.7).exp();
    1.0 / (power + 1.0 + 1e-16)
}

/// The sum has 64 bits, and is rounded before it divides.
fn softmax(row: &mut [f32]) {
    let most = row.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0.0_f64;
    for x in row.iter_mut() {
        *x = (*x - most).exp();
        sum += f64::from(*x);
    }
    row.iter_mut().for_each(|x| *x /= sum as f32);
}

/// Returns the place of the largest, the first of equals.
fn argmax(row: &[f32]) -> usize {
    let better = |best: usize, at: usize| if row[at] > row[best] { at } else { best };
    (0..row.len()).fold(0, better)
}

/// Returns labels as `XGBClassifier.predict` has them: of several labels a row, each is 0.0 or 1.0.
pub(super) fn labels(all: &[f32], columns: Option<usize>, is_class: bool) -> Data {
    let is_likely = |p: &f32| i64::from(*p > 0.5);
    Data::I64(match columns {
        Some(columns) if is_class => {
            all.chunks_exact(columns).map(|row| argmax(row) as i64).collect()
        }
        Some(_) => {
            return Data::F64(all.iter().map(|p| f64::from(u8::from(*p > 0.5))).collect());
        }
        None if is_class => all.iter().map(|class| *class as i64).collect(),
        None => all.iter().map(is_likely).collect(),
    })
}
