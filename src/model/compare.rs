//! Two versions side by side: tensors by name, what differs in them told from chunks; signature, requirements and files.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Error;
use crate::model::format::Tensor;
use crate::model::inspect::{File, Inspection};
use crate::model::signature::Signature;
use crate::store::{Link, Store, file};

/// A larger file of requirements is none.
const LARGEST_TEXT: u64 = 4 << 20;
/// Bytes that are compared at a time.
const WINDOW: u64 = 1 << 20;

/// What differs between two versions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Comparison {
    /// By name; what is equal is not among them.
    pub tensors: Vec<TensorChange>,
    /// How many tensors are equal.
    pub equal: u64,
    /// Both, where they differ.
    pub signature: Option<(Option<Signature>, Option<Signature>)>,
    /// Both, where they differ.
    pub flavors: Option<(Vec<String>, Vec<String>)>,
    /// Lines that only the one or only the other has.
    pub requirements: Vec<(bool, String)>,
    /// Path, and what is there in each.
    pub files: Vec<(String, Option<u64>, Option<u64>)>,
}

/// A tensor that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct TensorChange {
    pub name: String,
    pub old: Option<Tensor>,
    pub new: Option<Tensor>,
    /// How many bytes differ, where both have as many and they can be told.
    pub bytes: Option<u64>,
}

impl Comparison {
    /// Tells whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.tensors.is_empty()
            && self.signature.is_none()
            && self.flavors.is_none()
            && self.requirements.is_empty()
            && self.files.is_empty()
    }
}

/// A version, as it was looked into, with the signature that counts.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    pub inspection: &'a Inspection,
    pub signature: Option<&'a Signature>,
}

/// Compares two versions. Chunks that both have are not read.
pub fn versions(store: &Store, old: Side<'_>, new: Side<'_>) -> Result<Comparison, Error> {
    let mut found = Comparison::default();
    if old.signature != new.signature {
        found.signature = Some((old.signature.cloned(), new.signature.cloned()));
    }
    if old.inspection.flavors != new.inspection.flavors {
        let flavors = |side: Side<'_>| side.inspection.flavors.clone();
        found.flavors = Some((flavors(old), flavors(new)));
    }
    found.requirements = requirements(store, old.inspection, new.inspection)?;
    found.files = files(old.inspection, new.inspection);
    tensors(store, old.inspection, new.inspection, &mut found)?;
    Ok(found)
}

fn files(old: &Inspection, new: &Inspection) -> Vec<(String, Option<u64>, Option<u64>)> {
    let by_path = |side: &Inspection| -> BTreeMap<String, (Link, u64)> {
        side.files.iter().map(|file| (file.path.clone(), (file.link, file.size))).collect()
    };
    let (old, new) = (by_path(old), by_path(new));
    let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let differs = paths.into_iter().filter(|path| old.get(*path) != new.get(*path));
    let size =
        |side: &BTreeMap<String, (Link, u64)>, path: &String| side.get(path).map(|(_, size)| *size);
    differs.map(|path| (path.clone(), size(&old, path), size(&new, path))).collect()
}

fn requirements(
    store: &Store,
    old: &Inspection,
    new: &Inspection,
) -> Result<Vec<(bool, String)>, Error> {
    let (old, new) = (lines(store, old)?, lines(store, new)?);
    let removed = old.difference(&new).map(|line| (false, line.clone()));
    let added = new.difference(&old).map(|line| (true, line.clone()));
    Ok(removed.chain(added).collect())
}

/// Returns the lines of all files that tell what a model needs, each with its file.
fn lines(store: &Store, side: &Inspection) -> Result<BTreeSet<String>, Error> {
    let mut lines = BTreeSet::new();
    for (path, link) in &side.environment {
        let mut content = file::open(store, link)?;
        if content.size() > LARGEST_TEXT {
            continue;
        }
        let bytes = content.read_all(LARGEST_TEXT)?;
        let text = String::from_utf8_lossy(&bytes);
        lines.extend(text.lines().map(|line| format!("{path}: {line}")));
    }
    Ok(lines)
}

/// A tensor and the file that its bytes are in.
type Placed<'a> = (&'a Tensor, Option<Link>);

fn tensors(
    store: &Store,
    old: &Inspection,
    new: &Inspection,
    found: &mut Comparison,
) -> Result<(), Error> {
    let (old, new) = (by_name(old), by_name(new));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for name in names {
        let (a, b) = (old.get(name), new.get(name));
        let bytes = match (a, b) {
            (Some(a), Some(b)) => differing(store, a, b)?,
            _ => None,
        };
        let alike = a.zip(b).is_some_and(|((a, _), (b, _))| {
            a.dtype == b.dtype && a.shape == b.shape && a.digest == b.digest
        });
        let is_equal = alike
            && (bytes == Some(0) || bytes.is_none() && a.is_some_and(|(a, _)| a.place.is_none()));
        if is_equal {
            found.equal += 1;
            continue;
        }
        let own = |side: Option<&Placed<'_>>| side.map(|(tensor, _)| (*tensor).clone());
        found.tensors.push(TensorChange { name: name.clone(), old: own(a), new: own(b), bytes });
    }
    Ok(())
}

fn by_name(side: &Inspection) -> BTreeMap<String, Placed<'_>> {
    let mut named = BTreeMap::new();
    for File { path, link, report, .. } in &side.files {
        let Ok(report) = report else { continue };
        for tensor in &report.tensors {
            let link = match &tensor.beside {
                None => Some(*link),
                Some(location) => beside(side, path, location),
            };
            // The same name in two files is two tensors.
            let name = match named.contains_key(&tensor.name) {
                true => format!("{path}:{}", tensor.name),
                false => tensor.name.clone(),
            };
            named.insert(name, (tensor, link));
        }
    }
    named
}

fn beside(side: &Inspection, path: &str, location: &str) -> Option<Link> {
    let folder = path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let wanted = format!("{folder}{}", location.trim_start_matches("./"));
    side.files.iter().find(|file| file.path == wanted).map(|file| file.link)
}

/// Counts the bytes that differ between two tensors of one size.
fn differing(store: &Store, old: &Placed<'_>, new: &Placed<'_>) -> Result<Option<u64>, Error> {
    let places = old.0.place.zip(new.0.place);
    let (Some((a, b)), Some(from), Some(to)) = (places, old.1, new.1) else { return Ok(None) };
    if a.1.saturating_sub(a.0) != b.1.saturating_sub(b.0) {
        return Ok(None);
    }
    if from == to && a == b {
        return Ok(Some(0));
    }
    let (mut from, mut to) = (file::open(store, &from)?, file::open(store, &to)?);
    let (mut at, length, mut count) = (0, a.1 - a.0, 0);
    while at < length {
        let left = shared(&from, a.0 + at, &to, b.0 + at).min(length - at);
        if left > 0 {
            at += left;
            continue;
        }
        let window = WINDOW.min(length - at).min(unshared(&from, a.0 + at));
        let one = from.read_range(a.0 + at, window as usize)?;
        let other = to.read_range(b.0 + at, window as usize)?;
        if one.is_empty() || one.len() != other.len() {
            return Ok(None);
        }
        count += one.iter().zip(&other).filter(|(a, b)| a != b).count() as u64;
        at += one.len() as u64;
    }
    Ok(Some(count))
}

/// Returns how many bytes from here on are of one chunk that both files have at the same place of it.
fn shared(a: &file::File<'_>, at: u64, b: &file::File<'_>, other: u64) -> u64 {
    match (chunk(a, at), chunk(b, other)) {
        (Some(one), Some(two)) if one.link == two.link && at - one.start == other - two.start => {
            one.start + one.length - at
        }
        _ => 0,
    }
}

/// Returns how many bytes are left of the chunk here.
fn unshared(a: &file::File<'_>, at: u64) -> u64 {
    chunk(a, at).map_or(1, |chunk| chunk.start + chunk.length - at)
}

fn chunk(file: &file::File<'_>, at: u64) -> Option<file::Chunk> {
    let chunks = file.chunks();
    chunks.get(chunks.partition_point(|chunk| chunk.start + chunk.length <= at)).copied()
}
