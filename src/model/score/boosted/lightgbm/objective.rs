//! What the objectives of LightGBM make of a sum of leaves.

use crate::model::score::Error;
use crate::model::score::boosted::{bad, softmax, unsupported};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Transform {
    Identity,
    /// With its sign.
    Square,
    Exp,
    /// With the factor before the exponent.
    Logistic(f64),
    Softmax,
    /// ln(1 + eˣ).
    Softplus,
}

impl Transform {
    /// Returns what an objective does: its name, and words with values behind it.
    pub(super) fn of(objective: &str) -> Result<Self, Error> {
        let mut words = objective.split_whitespace();
        let name = words.next().unwrap_or_default();
        let sigmoid = || {
            let value = words.clone().find_map(|word| word.strip_prefix("sigmoid:"));
            let value = value.map_or(Ok(1.0), str::parse);
            value.map(Self::Logistic).map_err(|_| bad("`sigmoid` is no number"))
        };
        Ok(match name {
            "regression" if words.clone().any(|word| word == "sqrt") => Self::Square,
            "" | "none" | "custom" | "regression" | "regression_l1" | "huber" | "fair"
            | "quantile" | "mape" | "lambdarank" | "rank_xendcg" => Self::Identity,
            "poisson" | "gamma" | "tweedie" => Self::Exp,
            "binary" | "multiclassova" => sigmoid()?,
            "cross_entropy" => Self::Logistic(1.0),
            "cross_entropy_lambda" => Self::Softplus,
            "multiclass" => Self::Softmax,
            other => return Err(unsupported(other, "an objective that is not known")),
        })
    }

    /// Turns the sums of rows with `groups` numbers each into answers.
    pub(super) fn apply(self, all: &mut [f64], groups: usize) {
        match self {
            Self::Identity => {}
            Self::Square => all.iter_mut().for_each(|x| *x = x.signum() * *x * *x),
            Self::Exp => all.iter_mut().for_each(|x| *x = x.exp()),
            Self::Logistic(factor) => {
                all.iter_mut().for_each(|x| *x = 1.0 / (1.0 + (-factor * *x).exp()));
            }
            Self::Softplus => all.iter_mut().for_each(|x| *x = x.exp().ln_1p()),
            Self::Softmax => all.chunks_exact_mut(groups).for_each(softmax),
        }
    }
}
