//! One tree: lists over its splits, lists over its leaves; a child below zero is a leaf.

use super::text::Section;
use crate::model::score::Error;
use crate::model::score::boosted::bad;
use crate::model::score::trees::{Branch, Test};

/// Of `decision_type`: a set of categories decides, what is missing goes left, and in two bits what is missing.
const CATEGORICAL: u8 = 1;
const DEFAULT_LEFT: u8 = 2;
const MISSING: u8 = 12;
const MISSING_ZERO: u8 = 4;
const MISSING_NAN: u8 = 8;

/// Returns the nodes of a tree, splits before leaves; what its leaves weigh is added to `values`.
pub(super) fn branches(
    tree: &Section<'_>,
    values: &mut Vec<f64>,
) -> Result<Vec<Branch<f64>>, Error> {
    let leaves = tree.number("num_leaves")?;
    let first = values.len();
    values.extend(tree.list::<f64>("leaf_value", leaves)?);
    if leaves == 0 || u32::try_from(values.len()).is_err() {
        return Err(bad(format!("a tree of {leaves} leaves")));
    }
    let mut nodes = splits(tree, leaves - 1)?;
    nodes.extend((first..values.len()).map(|leaf| Branch::Leaf(leaf as u32)));
    Ok(nodes)
}

fn splits(tree: &Section<'_>, count: usize) -> Result<Vec<Branch<f64>>, Error> {
    let features: Vec<usize> = tree.list("split_feature", count)?;
    let thresholds: Vec<f64> = tree.list("threshold", count)?;
    let decisions: Vec<u8> = tree.list("decision_type", count)?;
    let left: Vec<i64> = tree.list("left_child", count)?;
    let right: Vec<i64> = tree.list("right_child", count)?;
    let sets = Sets::of(tree)?;
    let child = |child: i64| {
        let place =
            if child < 0 { usize::try_from(!child).ok() } else { usize::try_from(child).ok() };
        let place = place.filter(|place| *place <= count);
        let place = place.map(|place| if child < 0 { count + place } else { place });
        place.ok_or_else(|| bad("a child that is not there"))
    };
    let split = |at: usize| {
        let (threshold, decision) = (thresholds[at], decisions[at]);
        let default_left = decision & DEFAULT_LEFT != 0;
        let (test, nan_is_yes) = match decision & MISSING {
            _ if decision & CATEGORICAL != 0 => {
                (Test::In { from: (-1.0_f64).next_up(), set: sets.at(threshold)? }, false)
            }
            MISSING_NAN => (Test::AtMost(threshold), default_left),
            MISSING_ZERO => (Test::AtMostOrZero(threshold), default_left),
            // NaN is zero where nothing is missing.
            _ => (Test::AtMost(threshold), 0.0 <= threshold),
        };
        let (yes, no) = (child(left[at])?, child(right[at])?);
        Ok(Branch::Split { feature: features[at], test, yes, no, nan_is_yes })
    };
    (0..count).map(split).collect()
}

/// The sets of categories of a tree, as bits: a split's threshold tells which.
struct Sets {
    bounds: Vec<usize>,
    words: Vec<u32>,
}

impl Sets {
    fn of(tree: &Section<'_>) -> Result<Self, Error> {
        let bounds = tree.numbers("cat_boundaries")?;
        Ok(Self { bounds, words: tree.numbers("cat_threshold")? })
    }

    fn at(&self, threshold: f64) -> Result<Box<[u32]>, Error> {
        let at = threshold as usize;
        let bounds = self.bounds.get(at..).and_then(|rest| rest.first_chunk());
        let words = bounds.and_then(|[start, end]: &[usize; 2]| self.words.get(*start..*end));
        words.map(Into::into).ok_or_else(|| bad("a split without its categories"))
    }
}
