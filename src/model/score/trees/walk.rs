//! Walks from roots to leaves, eight at a time.

use std::collections::BTreeMap;

use super::Real;

/// Set in `feature` where NaN goes to the right child.
pub(super) const NAN_RIGHT: u32 = 1 << 31;
/// Set in `feature` where the test is not `x > threshold`.
pub(super) const SPECIAL: u32 = 1 << 30;
const FEATURE: u32 = SPECIAL - 1;
/// Walks that go on side by side: as many loads as a core keeps under way, no more registers than it has.
const LANES: usize = 8;

#[derive(Debug, Clone, Copy)]
pub(super) struct Node<T> {
    pub(super) threshold: T,
    pub(super) feature: u32,
    pub(super) child: u32,
}

/// Tests that are rare: they leave the fast walk.
#[derive(Debug, Clone)]
pub(super) enum Special<T> {
    Equal(T),
    Member(Box<[T]>),
    Never,
}

/// Trees that can be walked.
#[derive(Debug, Clone)]
pub(in crate::model::score) struct Forest<T> {
    pub(super) features: usize,
    pub(super) nodes: Vec<Node<T>>,
    /// The caller's number of a leaf, at the index of its node.
    pub(super) leaves: Vec<u32>,
    pub(super) roots: Vec<u32>,
    pub(super) depths: Vec<u32>,
    pub(super) special: BTreeMap<u32, Special<T>>,
}

impl<T: Real> Special<T> {
    /// Whether a walk goes to the right child.
    fn goes_right(&self, x: T, nan_right: bool) -> bool {
        match self {
            _ if x.is_nan() => nan_right,
            Self::Equal(value) => x != *value,
            Self::Never => true,
            Self::Member(all) => !all.contains(&x),
        }
    }
}

impl<T: Real> Forest<T> {
    pub(super) const fn empty(features: usize) -> Self {
        Self {
            features,
            nodes: vec![],
            leaves: vec![],
            roots: vec![],
            depths: vec![],
            special: BTreeMap::new(),
        }
    }

    /// Returns how many trees there are.
    pub(in crate::model::score) const fn trees(&self) -> usize {
        self.roots.len()
    }

    /// Returns how many numbers a row must have.
    pub(in crate::model::score) const fn features(&self) -> usize {
        self.features
    }

    /// Returns roughly how many steps one row takes.
    pub(in crate::model::score) fn steps(&self) -> u64 {
        self.depths.iter().map(|depth| u64::from(*depth)).sum()
    }

    /// Calls `take(row, leaf)` for each row and each tree, for one row in the order of the trees.
    ///
    /// `x` holds rows of `width` numbers, which must be at least as many as the forest was built for.
    pub(in crate::model::score) fn each_leaf(
        &self,
        x: &[T],
        width: usize,
        take: &mut impl FnMut(usize, u32),
    ) {
        debug_assert!(width >= self.features);
        let rows = x.len().checked_div(width).unwrap_or(0);
        let row = |row: usize| &x[row * width..(row + 1) * width];
        if !self.special.is_empty() {
            return (0..rows)
                .for_each(|at| self.each_leaf_slowly(row(at), &mut |leaf| take(at, leaf)));
        }
        let whole = rows - rows % LANES;
        for (root, depth) in self.roots.iter().zip(&self.depths) {
            for first in (0..whole).step_by(LANES) {
                let lanes = std::array::from_fn(|lane| row(first + lane));
                let ends = self.walk([*root; LANES], lanes, *depth);
                for (lane, end) in ends.into_iter().enumerate() {
                    take(first + lane, self.leaves[end as usize]);
                }
            }
        }
        for at in whole..rows {
            self.one_row(row(at), &mut |leaf| take(at, leaf));
        }
    }

    fn one_row(&self, row: &[T], take: &mut impl FnMut(u32)) {
        let (groups, rest) = self.roots.as_chunks::<LANES>();
        let (depths, rest_depths) = self.depths.as_chunks::<LANES>();
        for (roots, depths) in groups.iter().zip(depths) {
            let depth = depths.iter().copied().max().unwrap_or(0);
            for end in self.walk(*roots, [row; LANES], depth) {
                take(self.leaves[end as usize]);
            }
        }
        for (root, depth) in rest.iter().zip(rest_depths) {
            let [end] = self.walk([*root], [row], *depth);
            take(self.leaves[end as usize]);
        }
    }

    /// Goes `depth` steps down from each root: who is at a leaf stays there.
    #[inline]
    fn walk<const N: usize>(&self, roots: [u32; N], rows: [&[T]; N], depth: u32) -> [u32; N] {
        let mut at = roots;
        let mut left = depth;
        while left > 0 {
            let mut moved = 0;
            for _ in 0..left.min(4) {
                moved = 0;
                for lane in 0..N {
                    let node = &self.nodes[at[lane] as usize];
                    let x = rows[lane][(node.feature & FEATURE) as usize];
                    let right = u32::from(x > node.threshold)
                        | (u32::from(x.is_nan()) & (node.feature >> 31));
                    let next = node.child + right;
                    moved |= next ^ at[lane];
                    at[lane] = next;
                }
            }
            if moved == 0 {
                break;
            }
            left = left.saturating_sub(4);
        }
        at
    }

    fn each_leaf_slowly(&self, row: &[T], take: &mut impl FnMut(u32)) {
        for root in &self.roots {
            take(self.leaves[self.walk_slowly(*root, row) as usize]);
        }
    }

    fn walk_slowly(&self, root: u32, row: &[T]) -> u32 {
        let mut at = root;
        loop {
            let node = &self.nodes[at as usize];
            let x = row[(node.feature & FEATURE) as usize];
            let nan_right = node.feature & NAN_RIGHT != 0;
            let right = if node.feature & SPECIAL != 0 {
                self.special.get(&at).is_some_and(|special| special.goes_right(x, nan_right))
            } else {
                x > node.threshold || (x.is_nan() && nan_right)
            };
            let next = node.child + u32::from(right);
            if next == at {
                return at;
            }
            at = next;
        }
    }
}
