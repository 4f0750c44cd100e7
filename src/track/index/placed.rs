//! Which runs are in which experiments.

use std::collections::HashSet;

use crate::store::Store;
use crate::track::index::refresh;
use crate::track::{Error, ExperimentId};

/// Returns the ids of all runs in some experiments, removed ones too.
pub fn runs_of(
    store: &Store,
    experiments: &HashSet<ExperimentId>,
) -> Result<HashSet<String>, Error> {
    refresh(store)?;
    let mut found = HashSet::new();
    for experiment in experiments {
        found.extend(store.meta(|db| {
            db.prepare_cached(
                "SELECT runs.id FROM runs JOIN run_experiments e ON e.number = runs.experiment
                 WHERE e.id = ?1",
            )?
            .query_map([experiment.as_str()], |row| row.get(0))?
            .collect::<Result<Vec<String>, _>>()
        })?);
    }
    Ok(found)
}

/// Tells whether any run is in an experiment, whether that is there or not.
pub fn tells_of(store: &Store, experiment: &ExperimentId) -> Result<bool, Error> {
    refresh(store)?;
    Ok(store.meta(|db| {
        db.prepare_cached(
            "SELECT 1 FROM runs JOIN run_experiments e ON e.number = runs.experiment WHERE e.id = ?1",
        )?
        .exists([experiment.as_str()])
    })?)
}
