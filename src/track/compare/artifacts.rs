//! Artifacts side by side: which are there, and whether their content is the same.

use std::collections::BTreeMap;

use serde::Serialize;

use super::text::{self, Diff};
use super::{Side, Table, differ};
use crate::base::Digest;
use crate::store::Link;

/// One file among a run's artifacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// From the root of the artifacts, with `/` between names.
    pub path: String,
    /// The content's id; of a symlink, the hash of where it leads.
    pub digest: Digest,
    /// What can be read; a symlink has none.
    pub content: Option<Link>,
    pub size: u64,
}

/// The paths whose content is not the same in all runs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Artifacts {
    /// In a later run and not in the first.
    pub added: Vec<String>,
    /// In the first run and not in every later one.
    pub removed: Vec<String>,
    /// In several runs, with other content in one of them.
    pub changed: Vec<String>,
    /// The digest of each path in each run.
    pub values: Table<String>,
}

pub(super) fn compare(sides: &[Side]) -> Artifacts {
    let mut values: Table<String> = BTreeMap::new();
    for (index, side) in sides.iter().enumerate() {
        for artifact in &side.artifacts {
            let row = values.entry(artifact.path.clone()).or_insert(vec![None; sides.len()]);
            row[index] = Some(artifact.digest.to_string());
        }
    }
    let mut artifacts = Artifacts::default();
    for (path, row) in values.iter().filter(|(_, row)| differ(row)) {
        let mut there = row.iter().flatten();
        let first = there.next();
        let list = match () {
            () if there.any(|digest| Some(digest) != first) => &mut artifacts.changed,
            () if row.first().is_some_and(Option::is_some) => &mut artifacts.removed,
            () => &mut artifacts.added,
        };
        list.push(path.clone());
    }
    artifacts.values = values;
    artifacts
}

/// Returns the differences of changed artifacts between the first run and the last that have them.
pub(super) fn diffs<E>(
    sides: &[Side],
    artifacts: &Artifacts,
    read: &mut impl FnMut(&Link, u64) -> Result<Vec<u8>, E>,
) -> Result<Vec<Diff>, E> {
    let by_path: Vec<BTreeMap<&str, &Artifact>> = sides
        .iter()
        .map(|side| side.artifacts.iter().map(|one| (one.path.as_str(), one)).collect())
        .collect();
    let mut diffs = Vec::new();
    for path in &artifacts.changed {
        let mut with: Vec<(usize, &Artifact)> = by_path
            .iter()
            .enumerate()
            .filter_map(|(index, map)| Some((index, *map.get(path.as_str())?)))
            .collect();
        // The first run's neighbour is the last that is not the same as it.
        while let [first, .., last] = with.as_slice()
            && first.1.digest == last.1.digest
        {
            with.pop();
        }
        if let ([(left, a), .., (right, b)], true) =
            (with.as_slice(), diffs.len() < text::MOST_FILES)
        {
            let names = [*left, *right].map(|index| sides[index].run.name.as_str());
            diffs.push(text::files(path, names, a, b, read)?);
        }
    }
    Ok(diffs)
}
