//! What a build will do, as a value: the stages that the target needs, their steps, and what each step reads. Made before
//! anything is done, shown by `--print`, run by the executor.
//!
//! ```text
//! File ──┐                        Plan ── Stage ── Step ── Action: config only, WORKDIR, RUN, COPY
//! Options├─► make ──► find(base) ──►           └── Base: scratch, another stage, an image, a context
//! ```
//!
//! A stage reads only stages that stand before it in the file, so that there is no circle, and the order of the file is an
//! order in which they can be built.

mod arguments;
mod files;
mod history;
mod make;
mod run;
mod settings;
mod show;
mod stage;
mod value;

pub use make::make;
pub use value::{
    Action, Add, Base, Copy, Found, Options, Plan, PlannedMount, Run, Script, Source, Stage, Step,
    Wanted,
};
