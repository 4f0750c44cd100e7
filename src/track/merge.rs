//! Two versions of one run, or of one experiment, become one: key by key, by what changed since they parted.
//!
//! The newest edit wins where both changed the same key. Nothing but the two versions and what came before them goes into
//! the result, so both sides of an exchange make the same node.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_bytes::ByteBuf;

use crate::base::Digest;
use crate::store::{Link, Store, Writer};
use crate::track::logged::LoggedModel;
use crate::track::{Error, Experiment, Run};

/// Merges what two stores call `name`; `None` where it names no run, experiment or logged model.
///
/// A version that came from the other is the answer as it is; otherwise a node is written that names both.
pub fn reference(
    writer: &mut Writer<'_>,
    name: &str,
    ours: &Link,
    theirs: &Link,
) -> Result<Option<Link>, Error> {
    match name.split('/').next() {
        Some("runs") => merge::<Run>(writer, ours, theirs).map(Some),
        Some("experiments") => merge::<Experiment>(writer, ours, theirs).map(Some),
        Some("logged-models") => merge::<LoggedModel>(writer, ours, theirs).map(Some),
        _ => Ok(None),
    }
}

/// Merges two versions of one run.
pub fn runs(writer: &mut Writer<'_>, ours: &Link, theirs: &Link) -> Result<Link, Error> {
    merge::<Run>(writer, ours, theirs)
}

/// A record whose versions name the ones before.
pub trait Versioned: Clone + PartialEq + Serialize + DeserializeOwned {
    fn previous(&self) -> &[ByteBuf];
    fn edited(&self) -> i64;
    /// Merges `older` into `newer`, which wins; `base` is what both came from.
    fn merge(base: Option<&Self>, older: &Self, newer: &Self) -> Self;
    fn set(&mut self, edited: i64, previous: Vec<ByteBuf>);
}

/// Merges two versions of one record, which the caller knows to be of one kind.
pub fn merge<T: Versioned>(
    writer: &mut Writer<'_>,
    ours: &Link,
    theirs: &Link,
) -> Result<Link, Error> {
    if ours == theirs {
        return Ok(*ours);
    }
    let store = writer.store();
    let (our_past, their_past) = (Past::<T>::read(store, ours)?, Past::read(store, theirs)?);
    if our_past.nodes.contains_key(&theirs.digest) {
        return Ok(*ours);
    }
    if their_past.nodes.contains_key(&ours.digest) {
        return Ok(*theirs);
    }
    let mut sides = [(ours, our_past.head()), (theirs, their_past.head())];
    sides.sort_by_key(|(link, node)| (node.edited(), link.digest));
    let [(_, older), (_, newer)] = sides;
    let base = our_past.common(&their_past);
    let mut merged = T::merge(base, older, newer);
    let mut previous = [ours.digest, theirs.digest];
    previous.sort();
    merged.set(newer.edited(), previous.map(|digest| ByteBuf::from(digest.as_bytes())).into());
    Ok(writer.node(&merged)?)
}

/// A version and all before it that the store still has.
struct Past<T> {
    head: Digest,
    nodes: BTreeMap<Digest, T>,
}

impl<T: Versioned> Past<T> {
    fn read(store: &Store, head: &Link) -> Result<Self, Error> {
        let mut nodes = BTreeMap::new();
        nodes.insert(head.digest, store.read_node::<T>(head)?);
        let mut open = VecDeque::from([head.digest]);
        while let Some(digest) = open.pop_front() {
            let before: Vec<Digest> = nodes[&digest].previous().iter().filter_map(named).collect();
            for digest in before {
                let link = Link::node(digest);
                if !nodes.contains_key(&digest) && store.has(&link)? {
                    nodes.insert(digest, store.read_node(&link)?);
                    open.push_back(digest);
                }
            }
        }
        Ok(Self { head: head.digest, nodes })
    }

    fn head(&self) -> &T {
        &self.nodes[&self.head]
    }

    /// Returns the latest version that both came from.
    fn common(&self, other: &Self) -> Option<&T> {
        let shared = self.nodes.iter().filter(|(digest, _)| other.nodes.contains_key(*digest));
        shared.max_by_key(|(digest, node)| (node.edited(), **digest)).map(|(_, node)| node)
    }
}

fn named(previous: &ByteBuf) -> Option<Digest> {
    <[u8; 32]>::try_from(previous.as_slice()).ok().map(Digest::from_bytes)
}

/// Returns the side that changed; `newer` where both did.
pub fn pick<V: Clone + PartialEq>(base: Option<&V>, older: &V, newer: &V) -> V {
    match base {
        Some(base) if newer == base => older.clone(),
        _ => newer.clone(),
    }
}

/// Merges maps key by key. Without a base nothing says that a key was taken away, so all are kept.
pub fn pick_each<V: Clone + PartialEq>(
    base: Option<&BTreeMap<String, V>>,
    older: &BTreeMap<String, V>,
    newer: &BTreeMap<String, V>,
) -> BTreeMap<String, V> {
    let keys: BTreeSet<&String> = older.keys().chain(newer.keys()).collect();
    let value = |key: &String| match base {
        Some(base) => pick(Some(&base.get(key)), &older.get(key), &newer.get(key)).cloned(),
        None => newer.get(key).or(older.get(key)).cloned(),
    };
    keys.into_iter().filter_map(|key| Some((key.clone(), value(key)?))).collect()
}

impl Versioned for Run {
    fn previous(&self) -> &[ByteBuf] {
        &self.previous
    }

    fn edited(&self) -> i64 {
        self.edited
    }

    fn merge(base: Option<&Self>, older: &Self, newer: &Self) -> Self {
        /// Picks one field of the three versions.
        macro_rules! field {
            ($pick:ident, $field:ident) => {
                $pick(base.map(|base| &base.$field), &older.$field, &newer.$field)
            };
        }
        // What the metrics say and the points behind it belong together.
        let series = |run: &Self| (run.metrics.clone(), run.series.clone());
        let (metrics, points) = pick(base.map(series).as_ref(), &series(older), &series(newer));
        Self {
            id: newer.id.clone(),
            name: field!(pick, name),
            experiment: field!(pick, experiment),
            experiment_name: field!(pick, experiment_name),
            status: field!(pick, status),
            user: field!(pick, user),
            started: field!(pick, started),
            ended: field!(pick, ended),
            parent: field!(pick, parent),
            params: field!(pick_each, params),
            metrics,
            tags: field!(pick_each, tags),
            series: points,
            artifacts: field!(pick, artifacts),
            datasets: field!(pick, datasets),
            models: field!(pick, models),
            command: field!(pick, command),
            code: field!(pick, code),
            environment: field!(pick, environment),
            deleted: field!(pick, deleted),
            edited: newer.edited,
            previous: vec![],
        }
    }

    fn set(&mut self, edited: i64, previous: Vec<ByteBuf>) {
        (self.edited, self.previous) = (edited, previous);
    }
}

impl Versioned for Experiment {
    fn previous(&self) -> &[ByteBuf] {
        &self.previous
    }

    fn edited(&self) -> i64 {
        self.edited
    }

    fn merge(base: Option<&Self>, older: &Self, newer: &Self) -> Self {
        /// Picks one field of the three versions.
        macro_rules! field {
            ($pick:ident, $field:ident) => {
                $pick(base.map(|base| &base.$field), &older.$field, &newer.$field)
            };
        }
        Self {
            id: newer.id.clone(),
            name: field!(pick, name),
            // Made twice under one name: the first time counts.
            created: older.created.min(newer.created),
            tags: field!(pick_each, tags),
            artifact_location: field!(pick, artifact_location),
            deleted: field!(pick, deleted),
            edited: newer.edited,
            previous: vec![],
        }
    }

    fn set(&mut self, edited: i64, previous: Vec<ByteBuf>) {
        (self.edited, self.previous) = (edited, previous);
    }
}

impl Versioned for LoggedModel {
    fn previous(&self) -> &[ByteBuf] {
        &self.previous
    }

    fn edited(&self) -> i64 {
        self.edited
    }

    fn merge(base: Option<&Self>, older: &Self, newer: &Self) -> Self {
        /// Picks one field of the three versions.
        macro_rules! field {
            ($pick:ident, $field:ident) => {
                $pick(base.map(|base| &base.$field), &older.$field, &newer.$field)
            };
        }
        Self {
            id: newer.id.clone(),
            name: field!(pick, name),
            experiment: field!(pick, experiment),
            status: field!(pick, status),
            status_message: field!(pick, status_message),
            model_type: field!(pick, model_type),
            source_run: field!(pick, source_run),
            params: field!(pick_each, params),
            tags: field!(pick_each, tags),
            artifacts: field!(pick, artifacts),
            created: older.created.min(newer.created),
            updated: older.updated.max(newer.updated),
            deleted: field!(pick, deleted),
            edited: newer.edited,
            previous: vec![],
        }
    }

    fn set(&mut self, edited: i64, previous: Vec<ByteBuf>) {
        (self.edited, self.previous) = (edited, previous);
    }
}
