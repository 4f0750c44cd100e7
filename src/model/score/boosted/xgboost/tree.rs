//! One tree of XGBoost: parallel lists, one place a node.

use super::wire::Tree;
use crate::model::score::Error;
use crate::model::score::boosted::bad;
use crate::model::score::trees::{Branch, Test};

/// Categories end here: floats count no further one by one.
const MOST_CATEGORIES: u32 = 1 << 24;
/// Of `split_type`.
const CATEGORICAL: u8 = 1;

/// Words of bits that the categories of a whole model may take: 256 MiB.
const MOST_WORDS: usize = 1 << 26;

/// What the trees that were read so far have brought.
#[derive(Debug, Default)]
pub(super) struct Grown {
    /// Of all leaves.
    pub(super) values: Vec<f32>,
    pub(super) leaves: usize,
    words: usize,
}

/// Returns the nodes of tree number `at`; what its leaves weigh, times `weight`, is added to `grown`.
pub(super) fn branches(
    tree: &Tree,
    weight: Option<f32>,
    at: usize,
    grown: &mut Grown,
) -> Result<Vec<Branch<f32>>, Error> {
    let count = tree.left_children.len();
    let lengths = [
        tree.right_children.len(),
        tree.split_indices.len(),
        tree.split_conditions.len(),
        tree.default_left.len(),
    ];
    if lengths != [count; 4] || !(tree.split_type.is_empty() || tree.split_type.len() == count) {
        return Err(bad(format!("tree {at}: lists of different lengths")));
    }
    let sets = Sets::of(tree, at)?;
    let node = |place: usize| {
        if tree.left_children[place] < 0 {
            let values =
                leaf(tree, place).ok_or_else(|| bad(format!("tree {at}: an empty leaf")))?;
            let weigh = |value: &f32| weight.map_or(*value, |weight| weight * value);
            grown.values.extend(values.iter().map(weigh));
            grown.leaves += 1;
            let leaf = u32::try_from(grown.leaves - 1).map_err(|_| bad("too many leaves"))?;
            return Ok(Branch::Leaf(leaf));
        }
        let child = |list: &[i64]| {
            usize::try_from(list[place])
                .map_err(|_| bad(format!("tree {at}: a node has one child")))
        };
        let (left, right) = (child(&tree.left_children)?, child(&tree.right_children)?);
        let missing_left = tree.default_left[place].0;
        let (test, yes, no) = match tree.split_type.get(place) {
            // What is in the set goes right, and all else left.
            Some(&CATEGORICAL) => {
                let set = sets.at(place, &mut grown.words)?;
                (Test::In { from: 0.0, set }, right, left)
            }
            _ => (Test::Below(tree.split_conditions[place]), left, right),
        };
        let nan_is_yes = missing_left == (yes == left);
        Ok(Branch::Split { feature: tree.split_indices[place], test, yes, no, nan_is_yes })
    };
    (0..count).map(node).collect()
}

/// Returns what a leaf weighs: as many numbers as its tree has groups.
fn leaf(tree: &Tree, place: usize) -> Option<&[f32]> {
    let Some(size) = vector(tree) else { return tree.split_conditions.get(place..=place) };
    let start = usize::try_from(tree.right_children[place]).ok()?.checked_mul(size)?;
    tree.leaf_weights.get(start..start.checked_add(size)?)
}

/// Returns how many numbers the leaves have where they have several.
pub(super) fn vector(tree: &Tree) -> Option<usize> {
    tree.tree_param.size_leaf_vector.parse().ok().filter(|size| *size > 1)
}

/// The sets of categories of a tree, as bits.
struct Sets<'a> {
    tree: &'a Tree,
    at: usize,
}

impl<'a> Sets<'a> {
    fn of(tree: &'a Tree, at: usize) -> Result<Self, Error> {
        let count = tree.categories_nodes.len();
        let in_order = tree.categories_nodes.is_sorted_by(|a, b| a < b);
        if [tree.categories_segments.len(), tree.categories_sizes.len()] != [count; 2] || !in_order
        {
            return Err(bad(format!("tree {at}: categories without their nodes")));
        }
        Ok(Self { tree, at })
    }

    fn at(&self, node: usize, words: &mut usize) -> Result<Box<[u32]>, Error> {
        let Self { tree, at } = self;
        let wrong = || bad(format!("tree {at}: node {node} has no categories"));
        let place = tree.categories_nodes.binary_search(&node).map_err(|_| wrong())?;
        let (start, length) = (tree.categories_segments[place], tree.categories_sizes[place]);
        let end = start.checked_add(length).ok_or_else(wrong)?;
        let own = tree.categories.get(start..end).ok_or_else(wrong)?;
        let most = own.iter().copied().max().unwrap_or(0);
        let length = most as usize / 32 + 1;
        *words += length;
        if most >= MOST_CATEGORIES || *words > MOST_WORDS {
            return Err(bad(format!("tree {at}: category {most}")));
        }
        let mut set = vec![0; length];
        own.iter().for_each(|category| set[*category as usize / 32] |= 1 << (category % 32));
        Ok(set.into())
    }
}
