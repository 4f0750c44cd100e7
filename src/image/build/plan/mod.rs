//! What a build will do, as a value: the stages that the target needs, their steps, and what each step reads. Made before
//! anything is done, shown by `--print`, run by the executor.
//!
//! ```text
//! File ──┐                        Plan ── Stage ── Step ── Action: config only, WORKDIR, RUN, COPY
//! Options├─► make ──► find(base) ──►           └── Base: scratch, another stage, an image, a context
//! ```

mod value;

pub use value::{
    Action, Add, Base, Copy, Found, Options, Plan, PlannedMount, Run, Script, Source, Stage, Step,
    Wanted,
};

use crate::image::build::Error;
use crate::image::dockerfile::File;

/// Makes the plan of a build.
///
/// `find` tells what a base that is no stage of the file came to; it is asked once for each name and platform, and only
/// for those that the target needs. Triggers (`ONBUILD`) of what it finds become steps.
pub fn make<E: From<Error>>(
    _file: &File,
    _options: &Options,
    _find: &mut dyn FnMut(&Wanted) -> Result<Found, E>,
) -> Result<Plan, E> {
    unimplemented!()
}
