//! XGBoost: trees, weighed trees and lines, from JSON and UBJSON of version 1.0 and later.

mod objective;
mod tree;
mod ubj;
mod wire;

use serde::Deserialize as _;

use super::{Body, Boosted, bad, features, unsupported};
use crate::model::score::trees::{Builder, Ensemble, Leaves};
use crate::model::score::{Data, Element, Error, Manner};
use objective::{Transform, labels};
use wire::{File, Learner, Model};

/// Numbers a row may be answered with.
const MOST_GROUPS: usize = 1 << 16;

/// Reads JSON.
pub(super) fn json(bytes: &[u8], manner: Manner) -> Result<Boosted, Error> {
    let file: File = serde_json::from_slice(bytes).map_err(|error| bad(error.to_string()))?;
    model(file.learner, manner)
}

/// Reads UBJSON.
pub(super) fn ubj(bytes: &[u8], manner: Manner) -> Result<Boosted, Error> {
    let file = File::deserialize(&mut ubj::Bytes::new(bytes));
    model(file.map_err(|error| bad(error.to_string()))?.learner, manner)
}

#[derive(Debug)]
struct Xgboost {
    base: Vec<f32>,
    groups: usize,
    features: usize,
    sums: Sums,
    transform: Transform,
    /// Whether labels are asked for, and of how many columns.
    labels: Option<Option<usize>>,
}

#[derive(Debug)]
enum Sums {
    Trees(Box<Ensemble<f32>>),
    /// Weights of the first feature for all groups, of the second, …; and at the end the bias.
    Lines(Vec<f32>),
}

impl Xgboost {
    fn margins(&self, x: &[f32], rows: usize) -> Vec<f32> {
        let mut all = self.base.repeat(rows);
        match &self.sums {
            Sums::Trees(ensemble) => ensemble.add(x, self.features, &mut all),
            Sums::Lines(weights) => {
                let rows = x.chunks_exact(self.features).zip(all.chunks_exact_mut(self.groups));
                rows.for_each(|(x, sums)| lines(weights, x, sums));
            }
        }
        all
    }
}

/// Adds bias and products of a row; a feature that is missing adds nothing.
fn lines(weights: &[f32], x: &[f32], sums: &mut [f32]) {
    let groups = sums.len();
    for (group, sum) in sums.iter_mut().enumerate() {
        *sum += weights[x.len() * groups + group];
        for (at, x) in x.iter().enumerate().filter(|(_, x)| !x.is_nan()) {
            *sum += x * weights[at * groups + group];
        }
    }
}

impl Body for Xgboost {
    fn answer(&self, x: &Data, rows: usize) -> Data {
        let Data::F32(x) = x else { return Data::F32(vec![]) };
        let all = self.transform.apply(self.margins(x, rows), self.groups);
        match self.labels {
            None => Data::F32(all),
            Some(columns) => {
                let is_class = matches!(self.transform, Transform::Softmax | Transform::Argmax);
                labels(&all, columns, is_class)
            }
        }
    }

    fn cost(&self) -> u64 {
        match &self.sums {
            Sums::Trees(ensemble) => 50 + ensemble.forest.steps() * 2,
            Sums::Lines(weights) => 50 + weights.len() as u64,
        }
    }
}

fn number(text: &str, default: usize) -> Result<usize, Error> {
    match text {
        "" => Ok(default),
        text => text.parse().map_err(|_| bad(format!("`{}` is no number", text.escape_debug()))),
    }
}

fn model(learner: Learner, manner: Manner) -> Result<Boosted, Error> {
    let params = &learner.learner_model_param;
    let features = features(number(&params.num_feature, 0)?)?;
    let classes = number(&params.num_class, 0)?.max(1);
    let groups = number(&params.num_target, 1)?.max(1).max(classes);
    if groups > MOST_GROUPS {
        return Err(bad(format!("{groups} numbers a row")));
    }
    let transform = Transform::of(&learner.objective.name)?;
    let base = bases(&params.base_score, groups)?;
    let mut base: Vec<_> = base.into_iter().map(|base| transform.margin(base)).collect();
    let booster = &learner.gradient_booster;
    let transform = if manner == Manner::Margins { Transform::Raw } else { transform };
    let sums = match booster.name.as_str() {
        "gblinear" => {
            // The library takes the first group's base score for all.
            base = vec![base[0]; groups];
            linear(&booster.model, features, groups)?
        }
        "gbtree" => trees(&booster.model, None, &learner, (features, groups), manner)?,
        "dart" => {
            let (model, weights) = (&booster.gbtree.model, &booster.weight_drop[..]);
            trees(model, Some(weights), &learner, (features, groups), manner)?
        }
        other => return Err(unsupported(other, "a booster that is not known")),
    };
    let columns = (groups > 1 && transform != Transform::Argmax).then_some(groups);
    let is_classifier = matches!(
        transform,
        Transform::Logistic
            | Transform::Raw
            | Transform::Hinge
            | Transform::Softmax
            | Transform::Argmax
    ) && learner.objective.name != "reg:logistic";
    let labels = (manner == Manner::Estimator && is_classifier).then_some(columns);
    let out = columns.filter(|_| labels.is_none() || transform != Transform::Softmax);
    let gives = match labels {
        None => Element::F32,
        Some(_) if out.is_some() => Element::F64,
        Some(_) => Element::I64,
    };
    let body = Xgboost { base, groups, features, sums, transform, labels };
    let names = learner.feature_names;
    Ok(Boosted::new((Element::F32, features), (gives, out), names, Box::new(body)))
}

/// Reads `0.5`, `[5E-1]` or one number a group.
fn bases(text: &str, groups: usize) -> Result<Vec<f32>, Error> {
    let wrong = || bad(format!("base score `{}`", text.escape_debug()));
    let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
    let all = inner.split(',').map(|one| one.trim().parse().map_err(|_| wrong()));
    let all: Vec<f32> = all.collect::<Result<_, _>>()?;
    match all[..] {
        [one] => Ok(vec![one; groups]),
        _ if all.len() == groups => Ok(all),
        _ => Err(wrong()),
    }
}

fn linear(model: &Model, features: usize, groups: usize) -> Result<Sums, Error> {
    match features.checked_add(1).and_then(|rows| rows.checked_mul(groups)) {
        Some(count) if count == model.weights.len() => Ok(Sums::Lines(model.weights.clone())),
        _ => Err(bad(format!("{} weights for {features} features", model.weights.len()))),
    }
}

fn trees(
    model: &Model,
    weights: Option<&[f32]>,
    learner: &Learner,
    (features, groups): (usize, usize),
    manner: Manner,
) -> Result<Sums, Error> {
    if model.tree_info.len() != model.trees.len()
        || weights.is_some_and(|weights| weights.len() != model.trees.len())
    {
        return Err(bad("as many groups and weights as trees"));
    }
    let mut builder = Builder::new(features);
    let (mut grown, mut targets) = (tree::Grown::default(), vec![]);
    let used =
        if manner == Manner::Estimator { best(model, learner, groups)? } else { model.trees.len() };
    let vector = model.trees.first().and_then(tree::vector);
    if vector.is_some_and(|size| size != groups) {
        return Err(bad("leaves of another number of groups"));
    }
    for (at, tree) in model.trees.iter().enumerate().take(used) {
        if tree::vector(tree) != vector {
            return Err(bad(format!("tree {at}: leaves of another size")));
        }
        let group = u32::try_from(model.tree_info[at]).ok().filter(|at| (*at as usize) < groups);
        let group = group.ok_or_else(|| bad(format!("tree {at} of a group that is not there")))?;
        let weight = weights.map(|weights| weights[at]);
        let branches = tree::branches(tree, weight, at, &mut grown)?;
        builder.add(&branches, 0)?;
        targets.resize(grown.leaves, group);
    }
    let leaves = match (groups, vector) {
        (1, _) | (_, Some(_)) => Leaves::dense(grown.values),
        _ => Leaves::single(grown.values, targets),
    };
    Ok(Sums::Trees(Box::new(Ensemble::sum(builder.finish(), leaves, groups))))
}

/// Returns how many trees an estimator that was stopped early uses.
fn best(model: &Model, learner: &Learner, groups: usize) -> Result<usize, Error> {
    let all = model.trees.len();
    let Some(best) = learner.attributes.get("best_iteration") else { return Ok(all) };
    let rounds = number(best, 0)?.saturating_add(1);
    if let Some(end) = model.iteration_indptr.get(rounds) {
        return Ok(all.min(*end));
    }
    let parallel = number(&model.gbtree_model_param.num_parallel_tree, 1)?.max(1);
    Ok(all.min(rounds.saturating_mul(groups).saturating_mul(parallel)))
}
