//! CatBoost's JSON.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::parts::{Feature, Grove, Info, Parts, Split};
use crate::model::score::boosted::{Boosted, bad, unsupported};
use crate::model::score::{Error, Manner};

#[derive(Deserialize)]
struct File {
    features_info: Features,
    #[serde(default)]
    model_info: Info,
    #[serde(default)]
    oblivious_trees: Vec<Tree>,
    /// Trees with a split a node.
    #[serde(default)]
    trees: Vec<IgnoredAny>,
    #[serde(default)]
    scale_and_bias: Option<(f64, Bias)>,
}

/// A list in later versions.
#[derive(Deserialize)]
#[serde(untagged)]
enum Bias {
    One(f64),
    All(Vec<f64>),
}

#[derive(Deserialize)]
struct Features {
    #[serde(default)]
    float_features: Vec<Float>,
    #[serde(default)]
    categorical_features: Vec<IgnoredAny>,
    #[serde(default)]
    text_features: Vec<IgnoredAny>,
    #[serde(default)]
    embedding_features: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
struct Float {
    #[serde(default)]
    feature_id: String,
    flat_feature_index: usize,
    #[serde(default)]
    nan_value_treatment: String,
}

#[derive(Deserialize)]
struct Tree {
    leaf_values: Vec<f64>,
    #[serde(default)]
    splits: Option<Vec<Level>>,
}

#[derive(Deserialize)]
struct Level {
    split_type: String,
    #[serde(default)]
    float_feature_index: usize,
    #[serde(default)]
    border: f32,
}

/// Reads JSON.
pub(in crate::model::score::boosted) fn load(
    bytes: &[u8],
    manner: Manner,
) -> Result<Boosted, Error> {
    let file: File = serde_json::from_slice(bytes).map_err(|error| bad(error.to_string()))?;
    let Features { float_features, categorical_features, text_features, embedding_features } =
        file.features_info;
    let others = categorical_features.len() + text_features.len() + embedding_features.len();
    if others > 0 || !file.trees.is_empty() {
        let what = if others > 0 { "categorical features" } else { "trees with a split a node" };
        return Err(unsupported(what, "only the library itself reads them"));
    }
    let feature = |float: Float| Feature {
        column: float.flat_feature_index,
        name: float.feature_id,
        missing_is_high: float.nan_value_treatment == "AsTrue",
    };
    let (scale, bias) = file.scale_and_bias.unwrap_or((1.0, Bias::One(0.0)));
    let bias = match bias {
        Bias::One(bias) => vec![bias],
        Bias::All(all) => all,
    };
    let parts = Parts {
        features: float_features.into_iter().map(feature).collect(),
        groups: groups(&file.oblivious_trees).unwrap_or(bias.len()).max(1),
        scale,
        bias,
        info: file.model_info,
    };
    let (mut grove, mut values, mut leaves) = (Grove::new(parts)?, vec![], 0);
    for tree in file.oblivious_trees {
        let splits: Result<Vec<_>, _> = tree.splits.unwrap_or_default().iter().map(split).collect();
        leaves += grove.add_level(&splits?, leaves)?;
        values.extend(tree.leaf_values);
        if values.len() != leaves * grove.parts.groups {
            return Err(bad("a tree without the values of its leaves"));
        }
    }
    grove.finish(values, leaves, manner)
}

fn groups(trees: &[Tree]) -> Option<usize> {
    let first = trees.first()?;
    let levels = u32::try_from(first.splits.as_ref().map_or(0, Vec::len)).ok()?;
    Some(first.leaf_values.len() / 1_usize.checked_shl(levels)?)
}

fn split(level: &Level) -> Result<Split, Error> {
    match level.split_type.as_str() {
        "FloatFeature" => Ok(Split { feature: level.float_feature_index, border: level.border }),
        other => Err(unsupported(other, "only the library itself reads it")),
    }
}
