//! The columns of a flat file of runs.

use std::collections::BTreeSet;

use super::Record;

/// The columns that every file begins with.
pub(super) const FIXED: [&str; 6] =
    ["id", "name", "experiment", "status", "started_at", "ended_at"];

/// The keys that any of the runs has.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) params: BTreeSet<String>,
    pub(super) metrics: BTreeSet<String>,
    pub(super) tags: BTreeSet<String>,
}

impl Columns {
    pub(super) fn add(&mut self, record: &Record) {
        insert(&mut self.params, record.params.keys());
        insert(&mut self.metrics, record.metrics.keys());
        insert(&mut self.tags, record.tags.keys());
    }

    pub(super) fn count(&self) -> usize {
        FIXED.len() + self.params.len() + self.metrics.len() + self.tags.len()
    }

    /// Returns the names of the columns: the fixed ones, `params.…`, `metrics.…`, `tags.…`.
    pub(super) fn names(&self) -> impl Iterator<Item = String> + '_ {
        let fixed = FIXED.iter().map(|name| (*name).to_owned());
        let params = self.params.iter().map(|key| format!("params.{key}"));
        let metrics = self.metrics.iter().map(|key| format!("metrics.{key}"));
        let tags = self.tags.iter().map(|key| format!("tags.{key}"));
        fixed.chain(params).chain(metrics).chain(tags)
    }
}

/// Copies only keys that are not there: of a hundred thousand runs nearly all have the same.
fn insert<'a>(set: &mut BTreeSet<String>, keys: impl Iterator<Item = &'a String>) {
    for key in keys {
        if !set.contains(key) {
            set.insert(key.clone());
        }
    }
}
