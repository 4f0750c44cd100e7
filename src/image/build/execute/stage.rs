//! One stage: its base, then step after step.

use std::cell::RefCell;
use std::fs::File;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::board::Board;
use super::{Build, Finished};
use crate::base::{Digest, cause, time};
use crate::image::assemble::Held;
use crate::image::build;
use crate::image::build::cache::{self, Key};
use crate::image::build::copy::find_owner;
use crate::image::build::copy::{Placed, Placing};
use crate::image::build::plan::{Action, Base, Stage, Step};
use crate::image::build::state::State;
use crate::image::build::watch::End;
use crate::image::layer::{Added, Maker};
use crate::image::rootfs::View;
use crate::image::{Error, config};
use crate::store::Writer;

/// A stage on its way.
pub(super) struct Running<'r> {
    pub(super) build: &'r Build<'r>,
    pub(super) board: &'r Board<'r>,
    pub(super) stage: &'r Stage,
    pub(super) state: State,
    view: View,
    /// How many layers are in the view.
    applied: usize,
    numbers: &'r AtomicUsize,
    /// What keeps others from doing the same step at the same time.
    claims: RefCell<Vec<File>>,
}

/// What a step came to.
pub(super) struct Made {
    pub(super) layer: Held,
    pub(super) created: i64,
    pub(super) cached: bool,
}

pub(super) fn run(
    build: &Build<'_>,
    place: usize,
    board: &Board<'_>,
    numbers: &AtomicUsize,
) -> Result<Finished, Error> {
    let stage = &build.plan.stages[place];
    let state = State::default();
    let view = View::empty();
    let mut running = Running {
        build,
        board,
        stage,
        state,
        view,
        applied: 0,
        numbers,
        claims: RefCell::default(),
    };
    running.base()?;
    let total = 1 + stage.steps.iter().filter(|step| step.action != Action::Config).count();
    let mut count = 1;
    for step in &stage.steps {
        if step.action != Action::Config {
            count += 1;
        }
        running.step(step, count, total)?;
    }
    Ok(Finished::new(running.state))
}

impl Running<'_> {
    fn base(&mut self) -> Result<(), Error> {
        self.state = match &self.stage.base {
            Base::Scratch => State::default(),
            Base::Stage(place) => self.board.finished(*place).state.clone(),
            Base::Image { key, .. } => {
                self.build.bases.get(key).cloned().expect("the plan has asked for it")
            }
            Base::Context(name) => {
                let context = self.build.contexts.get(name).expect("the plan knows its name");
                context.state(self.build.store, self.build.progress)?
            }
        };
        if let Base::Image { name, key } = &self.stage.base {
            let number = self.numbers.fetch_add(1, Ordering::Relaxed);
            let total =
                1 + self.stage.steps.iter().filter(|step| step.action != Action::Config).count();
            self.build.watch.begin(number, &self.name(1, total, &format!("FROM {name}@{key}")));
            self.build.watch.end(number, &End::Done);
        }
        Ok(())
    }

    /// Returns how BuildKit names a step.
    fn name(&self, count: usize, total: usize, text: &str) -> String {
        let stage = match self.build.plan.stages.len() {
            1 => String::new(),
            _ => format!("{} ", self.stage.name),
        };
        let text = text.lines().next().unwrap_or_default();
        format!("[{stage}{count}/{total}] {text}")
    }

    fn step(&mut self, step: &Step, count: usize, total: usize) -> Result<(), Error> {
        if self.board.has_failed() || (self.build.cancelled)() {
            return Err(build::Error::Cancelled.into());
        }
        if step.action == Action::Config {
            self.note(step, None);
            return Ok(());
        }
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        self.build.watch.begin(number, &self.name(count, total, &step.text));
        let made = self.act(step, number).map_err(|error| self.failed(step, error));
        self.claims.get_mut().clear();
        let end = match &made {
            Ok(made) if made.cached => End::Cached,
            Ok(_) => End::Done,
            Err(error) if is_cancelled(error) => End::Cancelled,
            Err(error) => End::Failed(cause::innermost(error)),
        };
        self.build.watch.end(number, &end);
        let made = made?;
        self.state.layers.push(made.layer);
        self.note(step, Some(made.created));
        Ok(())
    }

    fn act(&mut self, step: &Step, number: usize) -> Result<Made, Error> {
        match &step.action {
            Action::Config => unreachable!("noted by the caller"),
            Action::Workdir { path, user } => self.workdir(step, path, user),
            Action::Copy(copy) => self.copy(step, copy),
            Action::Run(run) => self.command(step, run, number),
        }
    }

    /// Says where a step has failed.
    fn failed(&self, step: &Step, error: Error) -> Error {
        match error {
            Error::Build(build::Error::Cancelled | build::Error::Step { .. }) => error,
            Error::Container(crate::container::Error::Cancelled) => build::Error::Cancelled.into(),
            error => build::Error::Step {
                file: self.build.file.to_owned(),
                at: step.at,
                text: step.text.clone(),
                source: Box::new(error),
            }
            .into(),
        }
    }

    /// Adds the step's line to the history.
    fn note(&mut self, step: &Step, created: Option<i64>) {
        let Some(history) = &step.history else { return };
        let created = created.map(|created| self.stamp(created));
        self.state.history.push(config::Step { created, ..history.clone() });
    }

    /// Returns a time as an image says it, not later than the build's epoch.
    pub(super) fn stamp(&self, milliseconds: i64) -> String {
        let epoch = self.build.options.epoch.map_or(i64::MAX, |epoch| epoch.saturating_mul(1000));
        time::rfc3339_short(milliseconds.min(epoch))
    }

    /// Returns the file system that the stage has come to so far.
    pub(super) fn view(&mut self) -> Result<&View, Error> {
        for layer in &self.state.layers[self.applied..] {
            self.view.apply(self.build.store, &layer.link)?;
            self.applied += 1;
        }
        Ok(&self.view)
    }

    /// Returns what a key has come to before. Nothing means that the step is this stage's to do: another build, or stage,
    /// that comes to the same step waits for it.
    pub(super) fn cached(&self, key: &Digest) -> Result<Option<Made>, Error> {
        if self.stage.no_cache {
            return Ok(None);
        }
        if let Some(made) = self.known(key)? {
            return Ok(Some(made));
        }
        let cancelled = || (self.build.cancelled)() || self.board.has_failed();
        let claim = cache::claim(self.build.store, key, &cancelled)?;
        let made = self.known(key)?;
        if made.is_none() {
            self.claims.borrow_mut().push(claim);
        }
        Ok(made)
    }

    fn known(&self, key: &Digest) -> Result<Option<Made>, Error> {
        let Some(step) = cache::find(self.build.store, key)? else { return Ok(None) };
        cache::used(self.build.store, key);
        let created = step.created;
        Ok(step.held().map(|layer| Made { layer, created, cached: true }))
    }

    /// Keeps what a step has come to.
    pub(super) fn keep(
        &self,
        writer: Writer<'_>,
        added: &Added,
        keys: &[Digest],
        text: &str,
    ) -> Result<Made, Error> {
        let (layer, created) = cache::keep(self.build.store, writer, added, keys, text)?;
        Ok(Made { layer, created, cached: false })
    }

    /// Lets one more key lead to what is there already.
    pub(super) fn alias(&self, key: Digest, made: &Made, text: &str) -> Result<(), Error> {
        let mut writer = self.build.store.writer()?;
        let step = cache::Step {
            layer: Some(made.layer.link),
            diff_id: Some(made.layer.diff_id),
            size: made.layer.size,
            created: made.created,
            text: text.to_owned(),
        };
        let link = writer.node(&step)?;
        writer.commit(cache::set(&[key], link))?;
        Ok(())
    }

    fn workdir(&mut self, step: &Step, path: &str, user: &str) -> Result<Made, Error> {
        let mut key = Key::new("workdir");
        key.digest(self.state.id());
        key.value(&(path, user, self.build.options.epoch));
        let key = key.finish();
        if let Some(made) = self.cached(&key)? {
            return Ok(made);
        }
        let store = self.build.store;
        let view = self.view()?;
        let owner = Some(find_owner(store, view, user)?);
        let placing = Placing { destination: path, owner, ..Placing::default() };
        let mut placed = Placed::default();
        build::copy::make_folder(view, &placing, &mut placed)?;
        let mut writer = store.writer()?;
        let mut maker = Maker::begin(&mut writer, self.build.options.epoch);
        for (entry, _) in placed.sorted() {
            maker.stored(&entry)?;
        }
        let added = maker.finish()?;
        self.keep(writer, &added, &[key], &step.text)
    }
}

fn is_cancelled(error: &Error) -> bool {
    matches!(error, Error::Build(build::Error::Cancelled))
}
