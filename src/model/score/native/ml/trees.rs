//! Tree ensembles up to version 4 of `ai.onnx.ml`: parallel lists of nodes and weights.

use std::collections::{BTreeSet, HashMap};

use super::labels::Labels;
use super::post::{Post, Second};
use super::rows_of;
use crate::model::score::native::given::Given;
use crate::model::score::native::ops::to_f32;
use crate::model::score::native::{Inputs, Operator, Outcome, one};
use crate::model::score::trees::{Aggregate, Branch, Builder, Ensemble, Leaves, Real, Test};
use crate::model::score::{Data, Error};

/// Floats of an attribute, or doubles of the tensor that version 3 may have instead.
fn numbers(given: &Given<'_>, name: &str) -> Result<Vec<f64>, Error> {
    match given.tensor(&format!("{name}_as_tensor"))? {
        None => {
            let all = given.floats(name)?.unwrap_or_default();
            Ok(all.iter().map(|value| f64::from(*value)).collect())
        }
        Some(tensor) => match tensor.data() {
            Data::F64(all) => Ok(all.clone()),
            Data::F32(all) => Ok(all.iter().map(|value| f64::from(*value)).collect()),
            _ => Err(given.bad(format!("`{name}` has no floats"))),
        },
    }
}

fn ensemble<T: Real>(given: &Given<'_>, targets: usize, of: &str) -> Result<Ensemble<T>, Error> {
    let ids = given.ints("nodes_nodeids")?.unwrap_or_default();
    let tree_ids = given.ints("nodes_treeids")?.unwrap_or_default();
    let of_tree = tree_ids.iter().zip(ids).enumerate();
    let nodes: HashMap<(i64, i64), usize> =
        of_tree.map(|(at, (tree, id))| ((*tree, *id), at)).collect();
    if nodes.len() != ids.len() || tree_ids.len() != ids.len() {
        return Err(given.bad("a node stands twice"));
    }
    let (lists, leaf_of) = weights::<T>(given, targets, of, &nodes)?;
    let branches = branches::<T>(given, &nodes, tree_ids, &leaf_of)?;
    let features = given.ints("nodes_featureids")?.unwrap_or_default().iter();
    let features = features.copied().max().unwrap_or(0);
    let features = usize::try_from(features).ok().filter(|count| *count < 1 << 29);
    let features = features.ok_or_else(|| given.bad("a feature out of range"))? + 1;
    let mut builder = Builder::new(features);
    for (start, tree) in trees(tree_ids) {
        let within = &branches[start..start + tree];
        builder.add(within, root(within)).map_err(|error| given.bad(error))?;
    }
    let base = numbers(given, "base_values")?.into_iter().map(T::from_f64).collect();
    let aggregate = match given.text("aggregate_function", "SUM")?.as_str() {
        "SUM" => Aggregate::Sum,
        "AVERAGE" => Aggregate::Average,
        "MIN" => Aggregate::Min,
        "MAX" => Aggregate::Max,
        _ => return Err(given.bad("an aggregate function that is not known")),
    };
    let leaves = Leaves::of(&lists, targets);
    Ok(Ensemble { forest: builder.finish(), leaves, targets, aggregate, base })
}

/// Start and length of each tree: its nodes stand together.
fn trees(tree_ids: &[i64]) -> Vec<(usize, usize)> {
    let mut start = 0;
    let chunks = tree_ids.chunk_by(|a, b| a == b).map(|chunk| {
        start += chunk.len();
        (start - chunk.len(), chunk.len())
    });
    chunks.collect()
}

/// The root is the node that is nobody's child.
fn root<T>(branches: &[Branch<T>]) -> usize {
    let mut is_child = vec![false; branches.len()];
    for branch in branches {
        if let Branch::Split { yes, no, .. } = branch {
            for child in [*yes, *no] {
                if let Some(is_child) = is_child.get_mut(child) {
                    *is_child = true;
                }
            }
        }
    }
    is_child.iter().position(|is| !is).unwrap_or(0)
}

type Lists<T> = (Vec<Vec<(u32, T)>>, HashMap<usize, u32>);

/// Returns weights by leaf, and the number of the leaf at each node that has any.
fn weights<T: Real>(
    given: &Given<'_>,
    targets: usize,
    of: &str,
    nodes: &HashMap<(i64, i64), usize>,
) -> Result<Lists<T>, Error> {
    let list =
        |name: &str| Ok::<_, Error>(given.ints(&format!("{of}_{name}"))?.unwrap_or_default());
    let (trees, ids, classes) = (list("treeids")?, list("nodeids")?, list("ids")?);
    let values = numbers(given, &format!("{of}_weights"))?;
    if [ids.len(), classes.len(), values.len()] != [trees.len(); 3] {
        return Err(given.bad("as many weights as places for them"));
    }
    let mut lists: Vec<Vec<(u32, T)>> = vec![];
    let mut leaf_of = HashMap::new();
    for (((tree, id), class), value) in trees.iter().zip(ids).zip(classes).zip(&values) {
        let node = nodes.get(&(*tree, *id)).ok_or_else(|| given.bad("a weight without a node"))?;
        let class = u32::try_from(*class).ok().filter(|class| (*class as usize) < targets);
        let class = class.ok_or_else(|| given.bad("a weight of a class that is not there"))?;
        let leaf = *leaf_of.entry(*node).or_insert_with(|| {
            lists.push(vec![]);
            lists.len() as u32 - 1
        });
        lists[leaf as usize].push((class, T::from_f64(*value)));
    }
    // A leaf without weights adds nothing.
    lists.push(vec![]);
    Ok((lists, leaf_of))
}

fn branches<T: Real>(
    given: &Given<'_>,
    nodes: &HashMap<(i64, i64), usize>,
    tree_ids: &[i64],
    leaf_of: &HashMap<usize, u32>,
) -> Result<Vec<Branch<T>>, Error> {
    let count = tree_ids.len();
    let modes = given.strings("nodes_modes")?.unwrap_or_default();
    let values = numbers(given, "nodes_values")?;
    let list = |name| Ok::<_, Error>(given.ints(name)?.unwrap_or_default());
    let (yes, no) = (list("nodes_truenodeids")?, list("nodes_falsenodeids")?);
    let features = list("nodes_featureids")?;
    let missing = list("nodes_missing_value_tracks_true")?;
    if [modes.len(), values.len(), yes.len(), no.len(), features.len()] != [count; 5] {
        return Err(given.bad("lists of nodes of different lengths"));
    }
    let nothing = leaf_of.len() as u32;
    let mut start = 0;
    let branch = |at: usize| {
        if at > 0 && tree_ids[at] != tree_ids[at - 1] {
            start = at;
        }
        let value = T::from_f64(values[at]);
        let test = match modes[at].as_str() {
            "LEAF" => return Ok(Branch::Leaf(leaf_of.get(&at).copied().unwrap_or(nothing))),
            "BRANCH_LEQ" => Test::AtMost(value),
            "BRANCH_LT" => Test::Below(value),
            "BRANCH_GTE" => Test::AtLeast(value),
            "BRANCH_GT" => Test::Above(value),
            "BRANCH_EQ" => Test::Equal(value),
            "BRANCH_NEQ" => Test::Unequal(value),
            other => return Err(given.bad(format!("mode `{}`", other.escape_debug()))),
        };
        let within = |id: i64| {
            let found = nodes.get(&(tree_ids[at], id)).and_then(|index| index.checked_sub(start));
            found.ok_or_else(|| given.bad("a child that is not in its tree"))
        };
        let feature = usize::try_from(features[at]).map_err(|_| given.bad("a negative feature"))?;
        let nan_is_yes = missing.get(at) == Some(&1);
        Ok(Branch::Split { feature, test, yes: within(yes[at])?, no: within(no[at])?, nan_is_yes })
    };
    (0..count).map(branch).collect()
}

/// An ensemble for each type of input that the graph may bring.
#[derive(Debug)]
struct Typed {
    floats: Ensemble<f32>,
    doubles: Option<Ensemble<f64>>,
    post: Post,
    classes: Option<Classes>,
}

#[derive(Debug)]
struct Classes {
    labels: Labels,
    is_binary: bool,
    all_positive: bool,
}

pub(super) fn make(given: &Given<'_>) -> Result<Box<dyn Operator>, Error> {
    let is_classifier = given.node.operator == "TreeEnsembleClassifier";
    let of = if is_classifier { "class" } else { "target" };
    let labels = is_classifier.then(|| Labels::of(given, "classlabels_int64s")).transpose()?;
    let targets = match &labels {
        Some(labels) => labels.len(),
        None => usize::try_from(given.int("n_targets", 1)?).unwrap_or(0),
    };
    if targets == 0 || targets > 1 << 20 {
        return Err(given.bad(format!("{targets} targets")));
    }
    let classes = labels.map(|labels| {
        let ids = given.ints("class_ids")?.unwrap_or_default();
        let one = ids.iter().collect::<BTreeSet<_>>().len() == 1;
        let all_positive = numbers(given, "class_weights")?.iter().all(|weight| *weight >= 0.0);
        Ok::<_, Error>(Classes { is_binary: labels.len() == 2 && one, labels, all_positive })
    });
    let classes = classes.transpose()?;
    let post = Post::of(given)?;
    let both = classes.as_ref().is_some_and(|c| c.labels.len() == 2 && !c.is_binary);
    if both && (post == Post::Probit || !numbers(given, "base_values")?.is_empty()) {
        return Err(given.unsupported("two classes with a score each, and base values or PROBIT"));
    }
    let of_doubles = given.around.has_doubles || given.find("nodes_values_as_tensor").is_some();
    Ok(Box::new(Typed {
        floats: ensemble(given, targets, of)?,
        doubles: of_doubles.then(|| ensemble(given, targets, of)).transpose()?,
        post,
        classes,
    }))
}

impl Operator for Typed {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let (rows, width) = rows_of(tensor.shape())?;
        match (tensor.data(), &self.doubles) {
            (Data::F32(x), _) => self.answer(&self.floats, x, rows, width),
            (Data::F64(x), Some(doubles)) => self.answer(doubles, x, rows, width),
            (Data::F64(_), None) => Err("64-bit floats".to_owned()),
            (Data::I64(_) | Data::I32(_), _) => {
                self.answer(&self.floats, &to_f32(tensor)?, rows, width)
            }
            (other, _) => Err(format!("trees over {}", other.element().as_str())),
        }
    }

    fn cost(&self) -> u64 {
        100 + self.floats.forest.steps() * 2
    }
}

impl Typed {
    fn answer<T: Real>(
        &self,
        ensemble: &Ensemble<T>,
        x: &[T],
        rows: usize,
        width: usize,
    ) -> Outcome {
        let k = ensemble.targets;
        let Some(classes) = &self.classes else {
            let scores = ensemble.finished(x, width)?;
            let is_plain = self.post == Post::None || (k == 1 && self.post != Post::Probit);
            let all = match is_plain {
                true => scores.iter().map(|score| score.to_f64() as f32).collect(),
                false => {
                    let write = |row: &[T]| self.post.write(row.to_vec(), Second::None);
                    let all = scores.chunks_exact(k).flat_map(write);
                    all.map(|score| score.to_f64() as f32).collect()
                }
            };
            return one(&[rows, k], Data::F32(all));
        };
        let scores = ensemble.scores(x, width)?;
        let mut chosen = Vec::with_capacity(rows);
        let mut all = Vec::with_capacity(rows * k.max(2));
        for (row, touched) in scores.all.chunks_exact(k).zip(scores.touched.chunks_exact(k)) {
            let (class, scores) = classes.finish(row, touched, &ensemble.base, self.post);
            chosen.push(class);
            all.extend(scores.into_iter().map(|score| score.to_f64() as f32));
        }
        let columns = all.len().checked_div(rows).unwrap_or(k);
        let mut outputs = one(&[rows], classes.named(&chosen))?;
        outputs.extend(one(&[rows, columns], Data::F32(all))?);
        Ok(outputs)
    }
}

impl Classes {
    /// Returns labels; integers of two classes that have scores of their own are 0 and 1, as onnxruntime has it.
    fn named(&self, chosen: &[usize]) -> Data {
        if self.labels.len() <= 2 && !self.is_binary && !self.labels.are_text() {
            return Data::I64(chosen.iter().map(|class| i64::from(*class > 0)).collect());
        }
        self.labels.pick(chosen)
    }

    /// Returns the class of a row and its scores, by the rules that onnxruntime has for one, two and many classes.
    fn finish<T: Real>(
        &self,
        row: &[T],
        touched: &[bool],
        base: &[T],
        post: Post,
    ) -> (usize, Vec<T>) {
        let mut scores = row.to_vec();
        if scores.len() > 2 {
            for (score, base) in scores.iter_mut().zip(base) {
                *score += *base;
            }
            let is_there = |at: &usize| touched[*at] || *at < base.len();
            let there: Vec<usize> = (0..scores.len()).filter(is_there).collect();
            let better = |best: usize, at: usize| if scores[at] > scores[best] { at } else { best };
            let best = there.iter().copied().reduce(better).unwrap_or(0);
            return (best, post.write(scores, Second::None));
        }
        let mut second = Second::None;
        if let [first, last] = &mut scores[..] {
            match base {
                [_, _] if touched[1] => {
                    let mut sum = base[1];
                    sum += *first;
                    *last = sum;
                    *first = T::from_f64(-sum.to_f64());
                }
                // As onnxruntime does: the second score stays zero where no leaf speaks of it.
                [zero, _] => *first += *zero,
                [zero] => *first += *zero,
                _ => second = Second::Opposite,
            }
        } else if let ([only], [base]) = (&mut scores[..], base) {
            *only += *base;
        }
        if scores.len() == 2 && !touched[1] && base.len() < 2 {
            scores.pop();
        }
        let positive = scores.last().map_or(0.0, |score| score.to_f64());
        let positive = if scores.len() == 2 && !touched[1] { scores[0].to_f64() } else { positive };
        let (is_positive, told) = match (self.is_binary, self.all_positive) {
            (false, _) => (positive > 0.0, second),
            (true, true) => (positive > 0.5, Second::Complement),
            (true, false) => (positive > 0.0, Second::Opposite),
        };
        (usize::from(is_positive), post.write(scores, told))
    }
}
