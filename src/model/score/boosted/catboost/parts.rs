//! What both formats tell, and how it becomes trees.

use serde::Deserialize;

use super::Catboost;
use super::answer::{Answer, Classes};
use crate::model::score::boosted::{Boosted, bad, features, unsupported};
use crate::model::score::trees::{Branch, Builder, Ensemble, Leaves, Test};
use crate::model::score::{Element, Error, Manner};

/// Deeper trees than this CatBoost does not grow.
const DEEPEST: usize = 16;
/// Numbers a row may be answered with.
const MOST_GROUPS: usize = 1 << 16;

/// A feature of floats.
#[derive(Debug)]
pub(super) struct Feature {
    /// Its column in a table.
    pub(super) column: usize,
    pub(super) name: String,
    /// Whether a missing value lies above all borders, not below.
    pub(super) missing_is_high: bool,
}

/// What is right of a border is one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split {
    pub(super) feature: usize,
    pub(super) border: f32,
}

/// All of a model but its trees.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) features: Vec<Feature>,
    pub(super) groups: usize,
    pub(super) scale: f64,
    pub(super) bias: Vec<f64>,
    pub(super) info: Info,
}

/// What is told of the training, in JSON in both formats.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Info {
    #[serde(default)]
    pub(super) params: Params,
    #[serde(default)]
    pub(super) class_params: Classes,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Params {
    #[serde(default)]
    pub(super) loss_function: Loss,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Loss {
    #[serde(default, rename = "type")]
    pub(super) name: String,
}

/// Takes trees one by one.
pub(super) struct Grove {
    pub(super) parts: Parts,
    builder: Builder<f64>,
    width: usize,
}

impl Grove {
    pub(super) fn new(mut parts: Parts) -> Result<Self, Error> {
        let width = parts.features.iter().map(|feature| feature.column.saturating_add(1)).max();
        let width = features(width.unwrap_or(0))?;
        if parts.groups == 0 || parts.groups > MOST_GROUPS {
            return Err(bad(format!("{} numbers a row", parts.groups)));
        }
        if parts.bias.len() < 2 {
            parts.bias = vec![parts.bias.first().copied().unwrap_or(0.0); parts.groups];
        }
        if parts.bias.len() != parts.groups {
            return Err(bad("as many biases as numbers a row"));
        }
        Ok(Self { parts, builder: Builder::new(width), width })
    }

    fn branch(&self, split: Split, low: usize, high: usize) -> Result<Branch<f64>, Error> {
        let feature = self.parts.features.get(split.feature);
        let feature = feature.ok_or_else(|| bad("a split by a feature that is not there"))?;
        Ok(Branch::Split {
            feature: feature.column,
            test: Test::AtMost(split.border.into()),
            yes: low,
            no: high,
            nan_is_yes: !feature.missing_is_high,
        })
    }

    /// Adds a tree with one split a level: a bit each of the number of the leaf, which is counted from `first`.
    ///
    /// Returns how many leaves it has.
    pub(super) fn add_level(&mut self, splits: &[Split], first: usize) -> Result<usize, Error> {
        if splits.len() > DEEPEST {
            return Err(bad(format!("a tree of {} levels", splits.len())));
        }
        let leaves = 1 << splits.len();
        // Node n has the children 2n + 1 and 2n + 2; the last split is the highest bit, so leaves stand in order.
        let mut branches = Vec::with_capacity(2 * leaves - 1);
        for node in 0..leaves - 1 {
            let level = usize::ilog2(node + 1) as usize;
            let split = splits[splits.len() - 1 - level];
            branches.push(self.branch(split, 2 * node + 1, 2 * node + 2)?);
        }
        for leaf in first..first + leaves {
            branches.push(Branch::Leaf(u32::try_from(leaf).map_err(|_| bad("too many leaves"))?));
        }
        self.builder.add(&branches, 0)?;
        Ok(leaves)
    }

    /// Adds a tree of nodes with a split, steps to their children (none leads to the node's own leaf) and that leaf.
    pub(super) fn add_nodes(&mut self, nodes: &[(Split, [u16; 2], u32)]) -> Result<(), Error> {
        let count = nodes.len();
        let mut branches = Vec::with_capacity(2 * count);
        for (at, (split, steps, leaf)) in nodes.iter().enumerate() {
            let to = |step: u16| if step == 0 { count + at } else { at + usize::from(step) };
            branches.push(match steps {
                [0, 0] => Branch::Leaf(*leaf),
                [low, high] => self.branch(*split, to(*low), to(*high))?,
            });
        }
        branches.extend(nodes.iter().map(|(_, _, leaf)| Branch::Leaf(*leaf)));
        self.builder.add(&branches, 0)
    }

    /// Returns the engine, once all trees are there; `values` are those of all leaves.
    pub(super) fn finish(
        self,
        values: Vec<f64>,
        leaves: usize,
        manner: Manner,
    ) -> Result<Boosted, Error> {
        let Parts { features, groups, scale, bias, info } = self.parts;
        if leaves.checked_mul(groups).is_none_or(|count| count > values.len()) {
            return Err(bad("a tree without the values of its leaves"));
        }
        let answer = Answer::of(&info.params.loss_function.name, info.class_params, groups, manner);
        let answer = answer.map_err(|loss| unsupported(&loss, "a loss that is not known"))?;
        let mut names =
            vec![String::new(); if features.len() == self.width { self.width } else { 0 }];
        for feature in features {
            if let Some(name) = names.get_mut(feature.column) {
                *name = feature.name;
            }
        }
        let is_named =
            names.iter().enumerate().all(|(at, name)| !name.is_empty() && *name != at.to_string());
        let (gives, columns) = answer.shape(groups);
        let body = Catboost {
            width: self.width,
            sums: Ensemble::sum(self.builder.finish(), Leaves::dense(values), groups),
            scale,
            bias,
            answer,
        };
        let names = if is_named { names } else { vec![] };
        Ok(Boosted::new((Element::F32, self.width), (gives, columns), names, Box::new(body)))
    }
}
