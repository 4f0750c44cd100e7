//! Whether what a ref points at is what its name says.

use serde::de::DeserializeOwned;

use crate::store::object;
use crate::track::logged::LoggedModel;
use crate::track::{Experiment, Run};

/// Tells whether the bytes of a record are what a ref of this name may point at: a run or an experiment that is another,
/// or none, would keep every listing of runs from being made.
pub fn fits(name: &str, bytes: &[u8]) -> bool {
    match name.split('/').next() {
        Some("runs") => is::<Run>(bytes, |run| run.id.ref_name() == name),
        Some("experiments") => is::<Experiment>(bytes, |found| found.id.ref_name() == name),
        Some("logged-models") => is::<LoggedModel>(bytes, |model| model.id.ref_name() == name),
        _ => true,
    }
}

fn is<T: DeserializeOwned>(bytes: &[u8], this: impl FnOnce(T) -> bool) -> bool {
    object::decode::<T>(bytes).is_ok_and(this)
}
