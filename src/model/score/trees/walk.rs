//! Walks from roots to leaves, eight at a time.

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
    In { from: T, set: Box<[u32]> },
    AtMostOrZero(T),
    Never,
}

/// Nearer to zero than this, a number is zero for LightGBM.
const ZERO: f64 = 1e-35_f32 as f64;

/// Trees that can be walked.
#[derive(Debug, Clone)]
pub(in crate::model::score) struct Forest<T> {
    pub(super) features: usize,
    pub(super) nodes: Vec<Node<T>>,
    /// The caller's number of a leaf, at the index of its node; or the place of a node's special test.
    pub(super) leaves: Vec<u32>,
    pub(super) roots: Vec<u32>,
    pub(super) depths: Vec<u32>,
    /// Which trees have special tests.
    pub(super) slow: Vec<bool>,
    pub(super) special: Vec<Special<T>>,
}

impl<T: Real> Special<T> {
    /// Whether a walk goes to the right child.
    fn goes_right(&self, x: T, nan_right: bool) -> bool {
        match self {
            _ if x.is_nan() => nan_right,
            Self::Equal(value) => x != *value,
            Self::AtMostOrZero(_) if x.to_f64().abs() <= ZERO => nan_right,
            Self::AtMostOrZero(value) => x > *value,
            Self::In { from, .. } if x < *from => true,
            Self::In { set, .. } => {
                let number = x.to_f64() as usize;
                set.get(number / 32).is_none_or(|word| word >> (number % 32) & 1 == 0)
            }
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
            slow: vec![],
            special: vec![],
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
        let whole = rows - rows % LANES;
        for (tree, root) in self.roots.iter().enumerate() {
            if self.slow[tree] {
                (0..whole).for_each(|at| take(at, self.leaf_slowly(*root, row(at))));
                continue;
            }
            for first in (0..whole).step_by(LANES) {
                let lanes = std::array::from_fn(|lane| row(first + lane));
                let ends = self.walk([*root; LANES], lanes, self.depths[tree]);
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
        if !self.special.is_empty() {
            return self.roots.iter().for_each(|root| take(self.leaf_slowly(*root, row)));
        }
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

    /// Returns the leaf of one row, whatever the tests on its way.
    fn leaf_slowly(&self, root: u32, row: &[T]) -> u32 {
        let mut at = root as usize;
        loop {
            let node = &self.nodes[at];
            let x = row[(node.feature & FEATURE) as usize];
            let nan_right = node.feature & NAN_RIGHT != 0;
            let right = if node.feature & SPECIAL != 0 {
                self.special[self.leaves[at] as usize].goes_right(x, nan_right)
            } else {
                x > node.threshold || (x.is_nan() && nan_right)
            };
            let next = node.child as usize + usize::from(right);
            if next == at {
                return self.leaves[at];
            }
            at = next;
        }
    }
}
