//! Child runs that the command began over the API and left running: nobody else will end them.

use std::collections::BTreeSet;

use crate::store::{Durability, Store};
use crate::track::live::{self, Update};
use crate::track::{Error, Run, RunId, Status};

/// Ends the runs below `parent` that belong to no process, as the command has ended, and seals them.
pub(super) fn end(store: &Store, parent: &RunId, status: Status, time: i64) -> Result<(), Error> {
    let live = live::of_clients(store)?;
    let below = below(parent, &live);
    if below.is_empty() {
        return Ok(());
    }
    let update = Update { status: Some(status), ended: Some(time), name: None };
    store.transact(Durability::Full, |db| -> Result<(), Error> {
        for run in below.iter().filter(|run| !run.status.is_over()) {
            // Sealed meanwhile is as good.
            if live::is_live_in(db, &run.id).map_err(store.database_error("read live runs"))? {
                live::update_in(db, store, &run.id, &update)?;
            }
        }
        Ok(())
    })?;
    live::seal_ended(store, 0).map(|_| ())
}

/// Returns those of `live` that lead to `parent`, over others among them.
fn below<'a>(parent: &RunId, live: &'a [Run]) -> Vec<&'a Run> {
    let mut family = BTreeSet::from([parent]);
    let mut found = vec![];
    loop {
        let known = found.len();
        for run in live {
            let is_child = run.parent.as_ref().is_some_and(|parent| family.contains(parent));
            if is_child && family.insert(&run.id) {
                found.push(run);
            }
        }
        if found.len() == known {
            return found;
        }
    }
}
