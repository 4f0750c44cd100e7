//! Which refs a token that is limited to names may move, and to what.
//!
//! The name of a model or a repository stands in its ref. An experiment, a run and a logged model have ids there: what is at
//! the ref must be the token's own, and so must what is to be.

use std::collections::HashSet;

use crate::remote::receive::Wish;
use crate::server::limits::Limited;
use crate::server::sync::reach::is_named;
use crate::server::token::Kind;
use crate::store::{Store, object};
use crate::track::filter::Expr;
use crate::track::logged::{self, LoggedModel, ModelId};
use crate::track::{Error, Experiment, ExperimentId, Run, RunId, edit, experiment, index, live};

/// Returns the names of the refs that may not be moved so.
pub(super) fn refused(
    store: &Store,
    limited: &Limited,
    wishes: &[Wish<'_>],
) -> Result<Vec<String>, Error> {
    let mut judge = Judge { store, limited, coming: HashSet::new() };
    for wish in wishes {
        if let Some(id) = id_in::<ExperimentId>(wish.name, "experiments/")
            && judge.may_move_experiment(&id, wish.new)?
        {
            judge.coming.insert(id);
        }
    }
    let mut refused = vec![];
    for wish in wishes {
        if !judge.may(wish)? {
            refused.push(wish.name.to_owned());
        }
    }
    Ok(refused)
}

struct Judge<'a> {
    store: &'a Store,
    limited: &'a Limited,
    /// Experiments that may be moved, and will be there with what comes for them.
    coming: HashSet<ExperimentId>,
}

impl Judge<'_> {
    fn may(&self, wish: &Wish<'_>) -> Result<bool, Error> {
        if let Some(id) = id_in::<ExperimentId>(wish.name, "experiments/") {
            return Ok(self.coming.contains(&id));
        }
        if let Some(id) = id_in::<RunId>(wish.name, "runs/") {
            return self.may_move_run(&id, wish.new);
        }
        if let Some(id) = id_in::<ModelId>(wish.name, "logged-models/") {
            return self.may_move_logged(&id, wish.new);
        }
        Ok(is_named(self.limited, wish.name))
    }

    fn may_move_experiment(&self, id: &ExperimentId, new: Option<&[u8]>) -> Result<bool, Error> {
        let there = match experiment::get(self.store, id)? {
            Some(there) => self.limited.allows(Kind::Experiment, &there.name),
            // Runs may be there without it, and are nobody's to be claimed.
            None => !index::tells_of(self.store, id)? && !self.has_logged(id)?,
        };
        let named = |new: Experiment| self.limited.allows(Kind::Experiment, &new.name);
        Ok(there && new.is_none_or(|new| object::decode(new).is_ok_and(named)))
    }

    fn has_logged(&self, experiment: &ExperimentId) -> Result<bool, Error> {
        let query = logged::Query {
            experiments: vec![experiment.clone()],
            filter: Expr::And(vec![]),
            datasets: vec![],
            order: vec![],
        };
        Ok(!logged::search(self.store, &query, &|_| Ok(vec![]))?.is_empty())
    }

    fn may_move_run(&self, id: &RunId, new: Option<&[u8]>) -> Result<bool, Error> {
        let sealed = edit::get(self.store, id)?.map(|(_, run)| run);
        let is_there = sealed.is_some() || live::experiment(self.store, id)?.is_some();
        if is_there && !self.limited.sees_run(self.store, id)? {
            return Ok(false);
        }
        match new.map(object::decode::<Run>) {
            None => Ok(is_there),
            // An experiment that has gone comes back by the name that its runs remember.
            Some(Ok(run)) => Ok(self.may_be_in(&run.experiment)?
                && (self.limited.allows(Kind::Experiment, &run.experiment_name)
                    || sealed.is_some_and(|old| old.experiment_name == run.experiment_name))),
            Some(Err(_)) => Ok(false),
        }
    }

    fn may_move_logged(&self, id: &ModelId, new: Option<&[u8]>) -> Result<bool, Error> {
        let is_there = logged::get(self.store, id)?.is_some();
        if is_there && !self.limited.sees_logged(self.store, id)? {
            return Ok(false);
        }
        match new.map(object::decode::<LoggedModel>) {
            None => Ok(is_there),
            Some(Ok(model)) => self.may_be_in(&model.experiment),
            Some(Err(_)) => Ok(false),
        }
    }

    fn may_be_in(&self, experiment: &ExperimentId) -> Result<bool, Error> {
        Ok(self.coming.contains(experiment)
            || self.limited.sees_experiment(self.store, experiment)?)
    }
}

/// Reads the id in the name of a ref of one kind.
fn id_in<T: std::str::FromStr>(name: &str, kind: &str) -> Option<T> {
    name.strip_prefix(kind)?.parse().ok()
}
