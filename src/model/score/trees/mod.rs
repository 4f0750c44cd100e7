//! Decision trees as all formats share them: built once with every check, then walked without any.
//!
//! ```text
//! node      threshold | feature, side of NaN | child          12 bytes with f32 thresholds
//! step      next = child + (x > threshold)                    both children stand side by side
//! leaf      threshold = ∞, child = itself                     a walk may go on past its end
//! ```
//!
//! Eight walks go on side by side, so that the processor waits for eight loads at once instead of one: eight rows of a
//! batch down one tree, whose nodes stay in the nearest cache, or one row down eight trees.

mod build;
mod ensemble;
mod walk;

use std::ops::{AddAssign, Div};

pub(super) use build::{Branch, Builder, Test};
pub(super) use ensemble::{Aggregate, Ensemble, Leaves};
pub(super) use walk::Forest;

/// Thresholds and features: `f32` or `f64`.
pub(super) trait Real:
    Copy
    + PartialOrd
    + std::fmt::Debug
    + Send
    + Sync
    + Default
    + AddAssign
    + Div<Output = Self>
    + 'static
{
    const INFINITY: Self;
    fn next_down(self) -> Self;
    fn is_nan(self) -> bool;
    fn to_f64(self) -> f64;
    /// Rounds.
    fn from_f64(value: f64) -> Self;
    fn exp(self) -> Self;
}

macro_rules! real {
    ($kind:ty) => {
        impl Real for $kind {
            const INFINITY: Self = Self::INFINITY;

            fn next_down(self) -> Self {
                self.next_down()
            }

            fn is_nan(self) -> bool {
                self.is_nan()
            }

            fn to_f64(self) -> f64 {
                f64::from(self)
            }

            fn exp(self) -> Self {
                self.exp()
            }

            fn from_f64(value: f64) -> Self {
                value as Self
            }
        }
    };
}

real!(f32);
real!(f64);
