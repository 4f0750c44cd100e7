//! What the JSON and the UBJSON of XGBoost hold, as far as answers need it. Numbers of parameters stand there as text.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

#[derive(Debug, Deserialize)]
pub(super) struct File {
    pub(super) learner: Learner,
}

#[derive(Debug, Deserialize)]
pub(super) struct Learner {
    #[serde(default)]
    pub(super) attributes: HashMap<String, String>,
    #[serde(default)]
    pub(super) feature_names: Vec<String>,
    pub(super) gradient_booster: Booster,
    pub(super) learner_model_param: Params,
    pub(super) objective: Objective,
}

#[derive(Debug, Deserialize)]
pub(super) struct Params {
    /// One number, or since 3.1 a list of them in brackets.
    pub(super) base_score: String,
    #[serde(default)]
    pub(super) num_class: String,
    pub(super) num_feature: String,
    #[serde(default)]
    pub(super) num_target: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Objective {
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Booster {
    pub(super) name: String,
    #[serde(default)]
    pub(super) model: Model,
    /// Of `dart`: the trees that it weighs.
    #[serde(default)]
    pub(super) gbtree: Inner,
    #[serde(default)]
    pub(super) weight_drop: Vec<f32>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Inner {
    pub(super) model: Model,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Model {
    #[serde(default)]
    pub(super) trees: Vec<Tree>,
    /// The group that each tree adds to.
    #[serde(default)]
    pub(super) tree_info: Vec<usize>,
    /// First tree of each iteration, and the end.
    #[serde(default)]
    pub(super) iteration_indptr: Vec<usize>,
    #[serde(default)]
    pub(super) gbtree_model_param: Forest,
    /// Of `gblinear`.
    #[serde(default)]
    pub(super) weights: Vec<f32>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Forest {
    #[serde(default)]
    pub(super) num_parallel_tree: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Tree {
    pub(super) left_children: Vec<i64>,
    pub(super) right_children: Vec<i64>,
    pub(super) split_indices: Vec<usize>,
    /// Thresholds, and what leaves weigh.
    pub(super) split_conditions: Vec<f32>,
    /// Of leaves with several numbers, whose place `right_children` then tells.
    #[serde(default)]
    pub(super) leaf_weights: Vec<f32>,
    pub(super) default_left: Vec<Flag>,
    #[serde(default)]
    pub(super) split_type: Vec<u8>,
    /// The categories of all nodes that have any, one list after the other.
    #[serde(default)]
    pub(super) categories: Vec<u32>,
    #[serde(default)]
    pub(super) categories_nodes: Vec<usize>,
    #[serde(default)]
    pub(super) categories_segments: Vec<usize>,
    #[serde(default)]
    pub(super) categories_sizes: Vec<usize>,
    #[serde(default)]
    pub(super) tree_param: TreeParams,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct TreeParams {
    #[serde(default)]
    pub(super) size_leaf_vector: String,
}

/// `true`, or 1 in later versions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flag(pub(super) bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = Flag;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a truth")
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Flag, E> {
                Ok(Flag(value))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Flag, E> {
                Ok(Flag(value != 0))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Flag, E> {
                Ok(Flag(value != 0))
            }
        }
        from.deserialize_any(Either)
    }
}
