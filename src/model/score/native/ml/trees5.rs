//! `TreeEnsemble` of version 5: leaves apart from nodes, sets as tests, one output.

use super::post::{Post, Second};
use super::rows_of;
use crate::model::score::native::given::Given;
use crate::model::score::native::{Inputs, Operator, Outcome, one};
use crate::model::score::trees::{Aggregate, Branch, Builder, Ensemble, Leaves, Real, Test};
use crate::model::score::{Data, Error, Tensor};

#[derive(Debug)]
enum Typed {
    Floats(Ensemble<f32>, Post),
    Doubles(Ensemble<f64>, Post),
}

pub(super) fn make(given: &Given<'_>) -> Result<Box<dyn Operator>, Error> {
    let splits = given.tensor("nodes_splits")?.ok_or_else(|| given.bad("it has no splits"))?;
    let post = match given.int("post_transform", 0)? {
        0 => Post::None,
        1 => Post::Softmax,
        2 => Post::Logistic,
        3 => Post::SoftmaxZero,
        4 => Post::Probit,
        _ => return Err(given.bad("a post transform that is not known")),
    };
    Ok(Box::new(match splits.data() {
        Data::F32(_) => Typed::Floats(ensemble(given, &splits)?, post),
        Data::F64(_) => Typed::Doubles(ensemble(given, &splits)?, post),
        _ => return Err(given.unsupported("splits of this type")),
    }))
}

fn reals<T: Real>(given: &Given<'_>, tensor: Option<&Tensor>) -> Result<Vec<T>, Error> {
    match tensor.map(Tensor::data) {
        None => Ok(vec![]),
        Some(Data::F32(all)) => Ok(all.iter().map(|x| T::from_f64(f64::from(*x))).collect()),
        Some(Data::F64(all)) => Ok(all.iter().map(|x| T::from_f64(*x)).collect()),
        Some(_) => Err(given.bad("numbers of another type")),
    }
}

fn ensemble<T: Real>(given: &Given<'_>, splits: &Tensor) -> Result<Ensemble<T>, Error> {
    let list = |name| Ok::<_, Error>(given.ints(name)?.unwrap_or_default());
    let weights = reals::<T>(given, given.tensor("leaf_weights")?.as_ref())?;
    let ids = list("leaf_targetids")?;
    let targets =
        usize::try_from(given.int("n_targets", 1)?).ok().filter(|k| *k > 0 && *k < 1 << 20);
    let targets = targets.ok_or_else(|| given.bad("targets out of range"))?;
    let target = |id: &i64| u32::try_from(*id).ok().filter(|id| (*id as usize) < targets);
    if ids.len() != weights.len() || !ids.iter().all(|id| target(id).is_some()) {
        return Err(given.bad("leaves of targets that are not there"));
    }
    let one = |(id, weight): (&i64, &T)| vec![(target(id).unwrap_or(0), *weight)];
    let lists: Vec<_> = ids.iter().zip(&weights).map(one).collect();
    let branches = branches::<T>(given, splits, lists.len())?;
    let features = list("nodes_featureids")?.iter().copied().max().unwrap_or(0);
    let features = usize::try_from(features).ok().filter(|count| *count < 1 << 29);
    let mut builder =
        Builder::new(features.ok_or_else(|| given.bad("a feature out of range"))? + 1);
    // Nodes belong to one tree each: trees that share theirs would be many times as large as the file.
    let mut room = 4 * branches.len() + 4;
    for root in list("tree_roots")? {
        let root = usize::try_from(*root).map_err(|_| given.bad("a negative root"))?;
        let tree = within(&branches, root, room);
        let tree = tree.ok_or_else(|| given.bad("a node out of range, or in two places"))?;
        room = room.saturating_sub(tree.len());
        builder.add(&tree, 0).map_err(|error| given.bad(error))?;
    }
    let aggregate = match given.int("aggregate_function", 1)? {
        0 => Aggregate::Average,
        1 => Aggregate::Sum,
        2 => Aggregate::Min,
        3 => Aggregate::Max,
        _ => return Err(given.bad("an aggregate function that is not known")),
    };
    let leaves = Leaves::of(&lists, targets);
    Ok(Ensemble { forest: builder.finish(), leaves, targets, aggregate, base: vec![] })
}

/// A node with its children, which are nodes or leaves.
struct Stored<T> {
    feature: usize,
    test: Test<T>,
    nan_is_yes: bool,
    yes: Child,
    no: Child,
}

#[derive(Clone, Copy, PartialEq)]
enum Child {
    Node(usize),
    Leaf(u32),
}

fn branches<T: Real>(
    given: &Given<'_>,
    splits: &Tensor,
    leaves: usize,
) -> Result<Vec<Stored<T>>, Error> {
    let values = reals::<T>(given, Some(splits))?;
    let modes = given.tensor("nodes_modes")?.ok_or_else(|| given.bad("it has no modes"))?;
    let Data::U8(modes) = modes.data() else { return Err(given.bad("modes of another type")) };
    let list = |name| Ok::<_, Error>(given.ints(name)?.unwrap_or_default());
    let (yes, no) = (list("nodes_truenodeids")?, list("nodes_falsenodeids")?);
    let (yes_leafs, no_leafs) = (list("nodes_trueleafs")?, list("nodes_falseleafs")?);
    let features = list("nodes_featureids")?;
    let missing = list("nodes_missing_value_tracks_true")?;
    let lengths =
        [modes.len(), yes.len(), no.len(), yes_leafs.len(), no_leafs.len(), features.len()];
    if lengths != [values.len(); 6] {
        return Err(given.bad("lists of nodes of different lengths"));
    }
    let members = reals::<T>(given, given.tensor("membership_values")?.as_ref())?;
    let mut sets = members.split(|value| value.is_nan());
    let child = |id: i64, is_leaf: i64| {
        let id = usize::try_from(id).map_err(|_| given.bad("a negative child"))?;
        match is_leaf != 0 {
            true if id < leaves => Ok(Child::Leaf(id as u32)),
            false if id < values.len() => Ok(Child::Node(id)),
            _ => Err(given.bad("a child that is not there")),
        }
    };
    let stored = |at: usize| {
        let test = match modes[at] {
            0 => Test::AtMost(values[at]),
            1 => Test::Below(values[at]),
            2 => Test::AtLeast(values[at]),
            3 => Test::Above(values[at]),
            4 => Test::Equal(values[at]),
            5 => Test::Unequal(values[at]),
            6 => Test::Member(sets.next().unwrap_or_default().into()),
            _ => return Err(given.bad("a mode that is not known")),
        };
        Ok(Stored {
            feature: usize::try_from(features[at]).map_err(|_| given.bad("a negative feature"))?,
            test,
            nan_is_yes: missing.get(at) == Some(&1),
            yes: child(yes[at], yes_leafs[at])?,
            no: child(no[at], no_leafs[at])?,
        })
    };
    (0..values.len()).map(stored).collect()
}

/// Returns one tree of at most `room` nodes with its root first; leaves become nodes. A tree of one leaf is a node with that
/// leaf on both sides.
fn within<T: Real>(all: &[Stored<T>], root: usize, room: usize) -> Option<Vec<Branch<T>>> {
    let mut tree: Vec<Option<Branch<T>>> = vec![None];
    let mut open = vec![(Child::Node(root), 0)];
    while let Some((child, to)) = open.pop() {
        // A graph with a circle would go on for ever.
        if tree.len() > room {
            return None;
        }
        let node = match child {
            Child::Leaf(leaf) => {
                tree[to] = Some(Branch::Leaf(leaf));
                continue;
            }
            Child::Node(index) => all.get(index)?,
        };
        if node.yes == node.no {
            open.push((node.yes, to));
            if !matches!(node.yes, Child::Leaf(_)) {
                return None;
            }
            continue;
        }
        let (yes, no) = (tree.len(), tree.len() + 1);
        tree.extend([None, None]);
        open.extend([(node.yes, yes), (node.no, no)]);
        let Stored { feature, test, nan_is_yes, .. } = node;
        let (feature, test, nan_is_yes) = (*feature, test.clone(), *nan_is_yes);
        tree[to] = Some(Branch::Split { feature, test, yes, no, nan_is_yes });
    }
    tree.into_iter().collect()
}

impl Operator for Typed {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        fn all<T: Real>(
            ensemble: &Ensemble<T>,
            x: &[T],
            width: usize,
            post: Post,
        ) -> Outcome<Vec<T>> {
            let scores = ensemble.finished(x, width)?;
            let k = ensemble.targets;
            if post == Post::None || (k == 1 && post != Post::Probit) {
                return Ok(scores);
            }
            let write = |row: &[T]| post.write(row.to_vec(), Second::None);
            Ok(scores.chunks_exact(k).flat_map(write).collect())
        }
        let tensor = inputs.tensor(0)?;
        let (rows, width) = rows_of(tensor.shape())?;
        match (self, tensor.data()) {
            (Self::Floats(ensemble, post), Data::F32(x)) => {
                one(&[rows, ensemble.targets], Data::F32(all(ensemble, x, width, *post)?))
            }
            (Self::Doubles(ensemble, post), Data::F64(x)) => {
                one(&[rows, ensemble.targets], Data::F64(all(ensemble, x, width, *post)?))
            }
            (_, other) => Err(format!("trees over {}", other.element().as_str())),
        }
    }

    fn cost(&self) -> u64 {
        100 + match self {
            Self::Floats(ensemble, _) => ensemble.forest.steps() * 2,
            Self::Doubles(ensemble, _) => ensemble.forest.steps() * 2,
        }
    }
}
