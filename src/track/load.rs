//! One run and its points by its id, whether it has ended or still runs.

use crate::store::Store;
use crate::track::{Error, Point, Run, RunId, edit, live, series};

/// Returns the run `id` as it is now.
pub fn run(store: &Store, id: &RunId) -> Result<Run, Error> {
    // A run that was sealed and is live again is what its rows say.
    if let Some(run) = live::get(store, id)? {
        return Ok(run);
    }
    let sealed = edit::get(store, id)?;
    sealed.map(|(_, run)| run).ok_or_else(|| Error::NoRun(id.to_string()))
}

/// Returns the points of one metric of `run`, in order.
pub fn points(store: &Store, run: &Run, metric: &str) -> Result<Vec<Point>, Error> {
    if !run.series.is_empty() || !run.metrics.contains_key(metric) {
        return series::read(store, run, metric);
    }
    let points = live::points(store, &run.id, metric)?;
    if !points.is_empty() {
        return Ok(points);
    }
    // It was live when it was loaded, and has been sealed since.
    match edit::get(store, &run.id)? {
        Some((_, sealed)) => series::read(store, &sealed, metric),
        None => Ok(points),
    }
}
