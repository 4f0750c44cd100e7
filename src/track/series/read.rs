//! The points of a run.

use std::collections::BTreeMap;

use crate::store::Store;
use crate::track::{Error, Point, Run, Segment};

use super::decode;

/// Returns all points of the metric `key`, in order; none where the run has no such metric.
pub fn read(store: &Store, run: &Run, key: &str) -> Result<Vec<Point>, Error> {
    let mut points = Vec::new();
    let holds = |segment: &&Segment| segment.first.as_str() <= key && key <= segment.last.as_str();
    for segment in run.series.iter().filter(holds) {
        let metrics = decode(&store.read(&segment.points)?)?;
        points.extend(metrics.into_iter().filter(|(name, _)| name == key).flat_map(|(_, p)| p));
    }
    Ok(points)
}

/// Returns the metrics with their points, in order of their keys.
///
/// Reads every segment once; one that ends one metric and begins the next is not read twice.
pub fn read_all(store: &Store, run: &Run) -> Result<BTreeMap<String, Vec<Point>>, Error> {
    let mut all: BTreeMap<String, Vec<Point>> = BTreeMap::new();
    for segment in &run.series {
        for (key, points) in decode(&store.read(&segment.points)?)? {
            all.entry(key).or_default().extend(points);
        }
    }
    Ok(all)
}
