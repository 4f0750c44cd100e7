//! Carrying out a plan: stages that do not read each other at the same time, each step found in the cache or done.

mod add;
mod board;
mod command;
mod copy;
mod mounts;
mod stage;

pub(super) use copy::write;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, OnceLock};

use crate::base::Progress;
use crate::image::Error;
use crate::image::build::context::Context;
use crate::image::build::plan::Plan;
use crate::image::build::source::Access;
use crate::image::build::state::State;
use crate::image::build::watch::Watch;
use crate::image::rootfs::View;
use crate::store::Store;

/// What a build goes by beside its plan.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// `SOURCE_DATE_EPOCH` in seconds: what is made here is not later.
    pub epoch: Option<i64>,
    /// `--secret`, by id.
    pub secrets: BTreeMap<String, Vec<u8>>,
    /// `--ssh`: sockets of agents, by id.
    pub agents: BTreeMap<String, PathBuf>,
    /// How files and repositories are fetched.
    pub access: Access,
    /// `--add-host`.
    pub hosts: Vec<(String, std::net::IpAddr)>,
}

/// A build: what is to be done, and all it is done with.
#[derive(Clone, Copy)]
pub struct Build<'a> {
    pub store: &'a Store,
    pub plan: &'a Plan,
    /// The Dockerfile as messages name it.
    pub file: &'a str,
    /// Nothing where the Dockerfile came alone.
    pub context: Option<&'a Context>,
    /// `--build-context`, by name.
    pub contexts: &'a BTreeMap<String, Context>,
    /// What the images that stages begin with came to, by the keys that the plan has for them.
    pub bases: &'a BTreeMap<String, State>,
    pub options: &'a Options,
    pub watch: &'a dyn Watch,
    pub progress: &'a dyn Progress,
    /// Asked several times a second; what is going on ends soon after it says yes.
    pub cancelled: &'a (dyn Fn() -> bool + Sync),
}

impl std::fmt::Debug for Build<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Build").field("file", &self.file).finish_non_exhaustive()
    }
}

/// A stage that is done.
#[derive(Debug)]
pub struct Finished {
    pub state: State,
    view: OnceLock<View>,
}

impl Finished {
    fn new(state: State) -> Self {
        Self { state, view: OnceLock::new() }
    }

    /// Returns the file system that the stage has come to.
    pub fn view(&self, store: &Store) -> Result<&View, Error> {
        if let Some(view) = self.view.get() {
            return Ok(view);
        }
        let view = View::of(store, &self.state.links())?;
        Ok(self.view.get_or_init(|| view))
    }
}

/// Carries out the plan; returns what each of its stages came to.
pub fn run(build: &Build<'_>) -> Result<Vec<Arc<Finished>>, Error> {
    let board = board::Board::new(build.plan);
    let numbers = AtomicUsize::new(1);
    let done = board.run(&|place, board| stage::run(build, place, board, &numbers));
    // What was learnt of the context's files holds for the next build, however this one ended.
    let contexts = build.context.into_iter().chain(build.contexts.values());
    contexts.for_each(Context::remember);
    done
}
