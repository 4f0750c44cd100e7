//! What is here of a run or an experiment, all versions of it, and how a version from outside joins them.

use std::collections::{HashSet, VecDeque};
use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_bytes::ByteBuf;

use crate::base::Digest;
use crate::store::{Expected, Link, Store, Writer, refs};
use crate::track::import::report::Change;
use crate::track::{Error, Experiment, Run, merge};

/// How many versions are looked at.
const MOST: usize = 256;

/// A record whose versions name the ones before.
pub(super) trait Version: Clone + Debug + Serialize + DeserializeOwned {
    fn set(&mut self, edited: i64, previous: Vec<ByteBuf>);
    fn edited(&self) -> i64;
    fn previous(&self) -> &[ByteBuf];
    /// Forgets what is no content of it.
    fn bare(&mut self);
}

/// All versions of one ref that are still here.
#[derive(Debug)]
pub(super) struct Versions<T> {
    /// Newest first; the last one is how it came here.
    found: Vec<(Link, T)>,
}

impl<T: Version> Versions<T> {
    /// Reads what `name` points at and all before it; empty where it is not here.
    pub(super) fn of(store: &Store, name: &str) -> Result<Self, Error> {
        let mut found: Vec<(Link, T)> = vec![];
        let mut open: VecDeque<Link> = refs::get(store, name)?.into_iter().collect();
        let mut seen: HashSet<Link> = open.iter().copied().collect();
        while let Some(link) = open.pop_front().filter(|_| found.len() < MOST) {
            if !store.has(&link)? {
                continue;
            }
            let version: T = store.read_node(&link)?;
            for digest in version.previous() {
                let digest = <[u8; 32]>::try_from(digest.as_slice()).map(Digest::from_bytes);
                open.extend(digest.ok().map(Link::node).filter(|link| seen.insert(*link)));
            }
            found.push((link, version));
        }
        Ok(Self { found })
    }

    pub(super) fn newest(&self) -> Option<&T> {
        self.found.first().map(|(_, version)| version)
    }

    pub(super) fn first(&self) -> Option<&T> {
        self.found.last().map(|(_, version)| version)
    }

    /// Tells what `wanted` would be to those that are here; `part` says what of a version counts.
    pub(super) fn compare(&self, wanted: &T, part: impl Fn(&mut T)) -> Change {
        let spelled = |version: &T| {
            let mut version = version.clone();
            version.bare();
            part(&mut version);
            // NaN is not equal to itself, but is spelled alike.
            format!("{version:?}")
        };
        let wanted = spelled(wanted);
        match self.found.iter().any(|(_, version)| spelled(version) == wanted) {
            true => Change::Nothing,
            false if self.found.is_empty() => Change::New,
            false => Change::Changed,
        }
    }

    /// Tells whether nothing was edited here, so that [`Self::put`] needs no merge.
    pub(super) fn is_plain(&self) -> bool {
        self.found.len() <= 1
    }

    /// Writes `wanted` as what came after the first version, and merges it with what was edited here.
    ///
    /// For a merge, what this writer has written must be in the store; `settle` sees to that.
    pub(super) fn put<'a>(
        &self,
        mut wanted: T,
        writer: &mut Writer<'a>,
        settle: impl FnOnce(&mut Writer<'a>) -> Result<(), Error>,
        merge: impl FnOnce(&mut Writer<'a>, &Link, &Link) -> Result<Link, Error>,
    ) -> Result<(Expected, Link), Error> {
        let (Some((here, _)), Some((root, first))) = (self.found.first(), self.found.last()) else {
            return Ok((Expected::Absent, writer.node(&wanted)?));
        };
        let now = writer.store().now().max(first.edited() + 1);
        wanted.set(now, vec![ByteBuf::from(root.digest.as_bytes())]);
        let theirs = writer.node(&wanted)?;
        let new = match self.is_plain() {
            true => theirs,
            false => {
                settle(writer)?;
                merge(writer, here, &theirs)?
            }
        };
        Ok((Expected::Is(*here), new))
    }
}

/// Merges two versions of what `name` stands for.
pub(super) fn merged(
    writer: &mut Writer<'_>,
    name: &str,
    ours: &Link,
    theirs: &Link,
) -> Result<Link, Error> {
    Ok(merge::reference(writer, name, ours, theirs)?.unwrap_or(*theirs))
}

impl Version for Run {
    fn set(&mut self, edited: i64, previous: Vec<ByteBuf>) {
        (self.edited, self.previous) = (edited, previous);
    }

    fn edited(&self) -> i64 {
        self.edited
    }

    fn previous(&self) -> &[ByteBuf] {
        &self.previous
    }

    fn bare(&mut self) {
        self.set(0, vec![]);
        self.experiment_name.clear();
        // A server does not tell when.
        self.deleted = self.deleted.map(|_| 0);
    }
}

impl Version for Experiment {
    fn set(&mut self, edited: i64, previous: Vec<ByteBuf>) {
        (self.edited, self.previous) = (edited, previous);
    }

    fn edited(&self) -> i64 {
        self.edited
    }

    fn previous(&self) -> &[ByteBuf] {
        &self.previous
    }

    fn bare(&mut self) {
        self.set(0, vec![]);
    }
}
