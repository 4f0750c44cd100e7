//! From the nodes of a file to nodes that can be walked: each reached once from a root, and every index in range.

use super::Real;
use super::walk::{Forest, NAN_RIGHT, Node, SPECIAL, Special};
use crate::model::score::Error;

/// How a branch decides; `yes` is where it goes when the test holds.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::model::score) enum Test<T> {
    AtMost(T),
    Below(T),
    AtLeast(T),
    Above(T),
    Equal(T),
    Unequal(T),
    /// Equal to one of these.
    Member(Box<[T]>),
    /// Cut to an integer, one of a set of bits; numbers below `from` are in none.
    In {
        from: T,
        set: Box<[u32]>,
    },
    /// At most, where what lies within `1e-35` of zero counts as missing.
    AtMostOrZero(T),
}

/// A node as files tell it.
#[derive(Debug, Clone)]
pub(in crate::model::score) enum Branch<T> {
    Split {
        feature: usize,
        test: Test<T>,
        yes: usize,
        no: usize,
        nan_is_yes: bool,
    },
    /// Number of the leaf, as the caller counts them.
    Leaf(u32),
}

/// Takes trees one by one.
#[derive(Debug)]
pub(in crate::model::score) struct Builder<T> {
    forest: Forest<T>,
}

/// More nodes than this are no forest that a program of today writes.
const MOST_NODES: usize = 1 << 28;

impl<T: Real> Builder<T> {
    /// Begins a forest; rows have `features` numbers.
    pub(in crate::model::score) const fn new(features: usize) -> Self {
        Self { forest: Forest::empty(features) }
    }

    fn bad(tree: usize, what: &str) -> Error {
        Error::BadModel(format!("tree {tree}: {what}"))
    }

    /// Adds a tree with its root at the index `root` of `branches`.
    pub(in crate::model::score) fn add(
        &mut self,
        branches: &[Branch<T>],
        root: usize,
    ) -> Result<(), Error> {
        let tree = self.forest.roots.len();
        let forest = &mut self.forest;
        if forest.nodes.len() + branches.len() > MOST_NODES {
            return Err(Self::bad(tree, "too many nodes"));
        }
        let mut seen = vec![false; branches.len()];
        let (start, specials) = (forest.nodes.len(), forest.special.len());
        forest.grow(1);
        let mut depth = 0;
        let mut open = vec![(root, start, 0_u32)];
        while let Some((from, to, level)) = open.pop() {
            let branch = branches.get(from).ok_or_else(|| Self::bad(tree, "no such node"))?;
            if std::mem::replace(&mut seen[from], true) {
                return Err(Self::bad(tree, "a node is reached twice"));
            }
            depth = depth.max(level);
            match branch {
                Branch::Leaf(leaf) => forest.put_leaf(to, *leaf),
                Branch::Split { feature, test, yes, no, nan_is_yes } => {
                    if *feature >= forest.features {
                        return Err(Self::bad(tree, "a feature that rows do not have"));
                    }
                    let child = forest.nodes.len();
                    forest.grow(2);
                    let turned = forest.put_split(to, *feature, test, *nan_is_yes, child);
                    let (left, right) = if turned { (*no, *yes) } else { (*yes, *no) };
                    open.push((right, child + 1, level + 1));
                    open.push((left, child, level + 1));
                }
            }
        }
        forest.roots.push(index(start));
        forest.depths.push(depth);
        forest.slow.push(forest.special.len() > specials);
        Ok(())
    }

    /// Returns the forest.
    pub(in crate::model::score) fn finish(self) -> Forest<T> {
        self.forest
    }
}

/// Nodes are fewer than [`MOST_NODES`].
fn index(at: usize) -> u32 {
    u32::try_from(at).expect("bounded by the number of nodes")
}

impl<T: Real> Forest<T> {
    fn grow(&mut self, count: usize) {
        let end = self.nodes.len() + count;
        self.nodes.resize(end, Node { threshold: T::INFINITY, feature: 0, child: 0 });
        self.leaves.resize(end, 0);
    }

    fn put_leaf(&mut self, at: usize, leaf: u32) {
        self.nodes[at] = Node { threshold: T::INFINITY, feature: 0, child: index(at) };
        self.leaves[at] = leaf;
    }

    /// Returns whether `yes` is the right child.
    fn put_split(
        &mut self,
        at: usize,
        feature: usize,
        test: &Test<T>,
        nan_is_yes: bool,
        child: usize,
    ) -> bool {
        let (threshold, turned, special) = match test {
            Test::AtMost(value) => (*value, false, None),
            Test::Below(value) => (value.next_down(), false, None),
            Test::Above(value) => (*value, true, None),
            Test::AtLeast(value) => (value.next_down(), true, None),
            Test::Equal(value) => (*value, false, Some(Special::Equal(*value))),
            Test::Unequal(value) => (*value, true, Some(Special::Equal(*value))),
            Test::Member(all) => (T::INFINITY, false, Some(Special::Member(all.clone()))),
            Test::In { from, set } => {
                let special = Special::In { from: *from, set: set.clone() };
                (T::INFINITY, false, Some(special))
            }
            Test::AtMostOrZero(value) => (*value, false, Some(Special::AtMostOrZero(*value))),
        };
        let mut feature = u32::try_from(feature).expect("fewer than a forest has bits for");
        // NaN goes right where that is the side it is told to go to; and it is unequal to everything.
        let nan_is_yes = nan_is_yes || matches!(test, Test::Unequal(_));
        if nan_is_yes == turned {
            feature |= NAN_RIGHT;
        }
        // Nothing lies below −∞, and its neighbour below is itself; and nothing is at most NaN.
        let never = match test {
            Test::Below(value) | Test::AtLeast(value) if value.next_down() == *value => true,
            Test::AtMost(value) | Test::Below(value) => value.is_nan(),
            _ => false,
        };
        if let Some(special) = special.or(never.then_some(Special::Never)) {
            feature |= SPECIAL;
            self.leaves[at] = index(self.special.len());
            self.special.push(special);
        }
        self.nodes[at] = Node { threshold, feature, child: index(child) };
        turned
    }
}
