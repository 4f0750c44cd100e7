//! Texts line by line, within bounds: nobody reads a unified diff of two checkpoints.

use std::collections::HashSet;

use serde::Serialize;

use super::{Artifact, Side};
use crate::base::unified;
use crate::store::Link;

/// A text of more bytes than this is only said to differ.
pub const MOST_TEXT: u64 = 1 << 20;

/// No more files than this are opened for their lines.
pub(super) const MOST_FILES: usize = 200;

/// The difference of two files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// An artifact's path, or `code.patch` for the uncommitted changes.
    pub path: String,
    /// A unified diff; `None` where `why` says that there is none.
    pub diff: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
    pub sizes: [u64; 2],
}

/// Why two files are not shown line by line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Why {
    Binary,
    Large,
    /// One of them is a symlink.
    Symlink,
}

/// Returns the difference of one path in two runs.
pub(super) fn files<E>(
    path: &str,
    names: [&str; 2],
    a: &Artifact,
    b: &Artifact,
    read: &mut impl FnMut(&Link, u64) -> Result<Vec<u8>, E>,
) -> Result<Diff, E> {
    let sizes = [a.size, b.size];
    let none = |why| Diff { path: path.to_owned(), diff: None, why: Some(why), sizes };
    if a.size > MOST_TEXT || b.size > MOST_TEXT {
        return Ok(none(Why::Large));
    }
    let (Some(old), Some(new)) = (a.content, b.content) else {
        return Ok(none(Why::Symlink));
    };
    let (old, new) = (read(&old, MOST_TEXT)?, read(&new, MOST_TEXT)?);
    let (Some(old), Some(new)) = (as_text(&old), as_text(&new)) else {
        return Ok(none(Why::Binary));
    };
    let header = names.map(|name| format!("{path} ({name})"));
    let diff = Some(unified(old, new, [&header[0], &header[1]]));
    Ok(Diff { path: path.to_owned(), diff, why: None, sizes })
}

/// Returns how the uncommitted changes of the first and the last run differ: where one has none and the commits are
/// one, the other's changes as they are.
pub(super) fn patches<E>(
    sides: &[Side],
    read: &mut impl FnMut(&Link, u64) -> Result<Vec<u8>, E>,
) -> Result<Option<Diff>, E> {
    let (Some(first), Some(last)) = (sides.first(), sides.last()) else { return Ok(None) };
    let patch = |side: &Side| side.run.code.as_ref().and_then(|code| code.patch);
    let (old, new) = (patch(first), patch(last));
    if old == new {
        return Ok(None);
    }
    let mut bytes = |link: Option<Link>| match link {
        Some(link) => read(&link, MOST_TEXT + 1),
        None => Ok(Vec::new()),
    };
    let (old, new) = (bytes(old)?, bytes(new)?);
    let sizes = [old.len() as u64, new.len() as u64];
    let diff = Diff { path: "code.patch".to_owned(), diff: None, why: None, sizes };
    if sizes.iter().any(|size| *size > MOST_TEXT) {
        return Ok(Some(Diff { why: Some(Why::Large), ..diff }));
    }
    let (Some(old), Some(new)) = (as_text(&old), as_text(&new)) else {
        return Ok(Some(Diff { why: Some(Why::Binary), ..diff }));
    };
    let (old, new) = (without_common(old, new), without_common(new, old));
    let names = [&first.run.name, &last.run.name].map(|name| format!("uncommitted ({name})"));
    let text = match (old.is_empty(), commit(first) == commit(last)) {
        (true, true) => new,
        _ => unified(&old, &new, [&names[0], &names[1]]),
    };
    Ok(Some(Diff { diff: Some(text), ..diff }))
}

/// Returns the files of `patch` that are not changed in the same way by `other`.
fn without_common(patch: &str, other: &str) -> String {
    let others: HashSet<&str> = files_of(other).collect();
    files_of(patch).filter(|file| !others.contains(file)).collect()
}

/// Splits a patch into the parts that change one file each.
fn files_of(patch: &str) -> impl Iterator<Item = &str> {
    const HEAD: &str = "diff --git ";
    let starts = patch
        .match_indices(HEAD)
        .map(|(at, _)| at)
        .filter(|at| *at == 0 || patch.as_bytes()[at - 1] == b'\n')
        .filter(|at| *at > 0);
    let mut ends: Vec<usize> = starts.collect();
    ends.push(patch.len());
    let mut from = 0;
    ends.into_iter().map(move |to| {
        let part = &patch[from..to];
        from = to;
        part
    })
}

fn commit(side: &Side) -> Option<&str> {
    side.run.code.as_ref()?.commit.as_deref()
}

/// Returns `bytes` as text, unless git too would call them binary.
fn as_text(bytes: &[u8]) -> Option<&str> {
    let head = &bytes[..bytes.len().min(8000)];
    match head.contains(&0) {
        true => None,
        false => std::str::from_utf8(bytes).ok(),
    }
}
