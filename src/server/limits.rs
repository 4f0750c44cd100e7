//! What a token that is limited to names sees and changes, for all faces.
//!
//! A run, a logged model and their files belong to an experiment, and it is the experiment that is named. What is named by
//! no pattern is not there for such a token: its id opens nothing, and nobody learns whether there is something behind it.

use std::collections::HashSet;
use std::sync::Arc;

use crate::server::token::{Holder, Kind, Only};
use crate::store::Store;
use crate::track::artifact;
use crate::track::logged::{self, ModelId};
use crate::track::{Error, ExperimentId, RunId, edit, experiment, live};

/// Whoever asks, as far as the token is limited; most are not.
#[derive(Debug, Clone, Default)]
pub(in crate::server) struct Limits(Option<Arc<Limited>>);

/// A token that is limited to names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::server) struct Limited {
    pub(in crate::server) token: String,
    pub(in crate::server) only: Only,
}

impl Limits {
    pub(in crate::server) fn of(holder: Option<&Holder>) -> Self {
        let limited = |holder: &Holder| {
            Some(Arc::new(Limited { token: holder.name.clone(), only: holder.only.clone()? }))
        };
        Self(holder.and_then(limited))
    }

    pub(in crate::server) fn get(&self) -> Option<&Arc<Limited>> {
        self.0.as_ref()
    }

    /// Tells whether something with a name is there for whoever asks.
    pub(in crate::server) fn allow(&self, kind: Kind, name: &str) -> bool {
        self.0.as_ref().is_none_or(|limited| limited.only.allows(kind, name))
    }

    /// Leaves the experiments that are there for whoever asks.
    pub(in crate::server) fn keep(
        &self,
        store: &Store,
        ids: &mut Vec<ExperimentId>,
    ) -> Result<(), Error> {
        let Some(limited) = self.get() else { return Ok(()) };
        let mut kept = vec![];
        for id in ids.drain(..) {
            if limited.sees_experiment(store, &id)? {
                kept.push(id);
            }
        }
        *ids = kept;
        Ok(())
    }
}

impl Limited {
    pub(in crate::server) fn allows(&self, kind: Kind, name: &str) -> bool {
        self.only.allows(kind, name)
    }

    /// Tells whether an experiment is there, and has a name that is allowed.
    pub(in crate::server) fn sees_experiment(
        &self,
        store: &Store,
        id: &ExperimentId,
    ) -> Result<bool, Error> {
        let found = experiment::get(store, id)?;
        Ok(found.is_some_and(|found| self.allows(Kind::Experiment, &found.name)))
    }

    /// As [`Limited::sees_experiment`], of the one that a run is in, live and sealed.
    pub(in crate::server) fn sees_run(&self, store: &Store, id: &RunId) -> Result<bool, Error> {
        let sealed = edit::get(store, id)?.map(|(_, run)| run.experiment);
        let live = live::experiment(store, id)?;
        if sealed.is_none() && live.is_none() {
            return Ok(false);
        }
        for experiment in [sealed, live].into_iter().flatten() {
            if !self.sees_experiment(store, &experiment)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(in crate::server) fn sees_logged(
        &self,
        store: &Store,
        id: &ModelId,
    ) -> Result<bool, Error> {
        match logged::get(store, id)? {
            Some((_, model)) => self.sees_experiment(store, &model.experiment),
            None => Ok(false),
        }
    }

    /// Tells whether the holder of a file is there.
    pub(in crate::server) fn sees_holder(
        &self,
        store: &Store,
        holder: &artifact::Holder,
    ) -> Result<bool, Error> {
        match holder {
            artifact::Holder::Run(id) => self.sees_run(store, id),
            artifact::Holder::Model(id) => self.sees_logged(store, id),
        }
    }

    /// Returns the ids of all experiments that are there.
    pub(in crate::server) fn experiments(
        &self,
        store: &Store,
    ) -> Result<HashSet<ExperimentId>, Error> {
        let all = experiment::list(store, true)?.into_iter();
        let named = all.filter(|found| self.allows(Kind::Experiment, &found.name));
        Ok(named.map(|found| found.id).collect())
    }

    /// Says why something that has a name may not be made or changed: the name decides, whatever is there.
    pub(in crate::server) fn refusal(&self, kind: Kind, name: &str) -> String {
        let kind = match kind {
            Kind::Experiment => "experiment",
            Kind::Image => "repository",
            Kind::Model => "model",
        };
        let name: String = name.chars().take(200).collect();
        let Self { token, only } = self;
        format!("Token `{token}` is limited to {only}, and the {kind} `{name}` is not among them")
    }
}
