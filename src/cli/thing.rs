//! What the user calls a thing: `4f2a9c`, `bold-fox-12`, `@`, `@~2`, `iris@v3`, `train:1`, `run:X`, `model:X`, `image:X`,
//! `object:X`, `runs/…`, `origin/runs/…`, `origin/iris@v3`.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

use ipld_core::cid::Cid;
use mls::base::near;
use mls::image::Error as ImageError;
use mls::image::catalog::{self, Found};
use mls::model::registry::{self, Role, Version};
use mls::model::{self, Alias, Error as ModelError, Reference, Which, source};
use mls::store::tree::{self, Entry, Target};
use mls::store::{Error as StoreError, Kind, Link, Store, file, refs};
use mls::track::{self, Error as TrackError, Run, RunId, load};
use serde_json::{Value, json};

use crate::cli::error::{CommandError, Exit, did_you_mean};
use crate::cli::text;

/// Fewer hex digits name no object.
const SHORTEST_PREFIX: usize = 4;
/// How many names are compared with one that is not found.
const MOST_COMPARED: usize = 5000;

/// What a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Thing {
    /// A run, which may be live and then is no object yet.
    Run(RunId),
    /// A version of a model.
    Version(Box<Version>),
    /// What any other ref points at.
    Ref {
        name: String,
        target: Link,
    },
    Object(Link),
}

impl Thing {
    /// Returns the object; a live run has none.
    pub(crate) fn link(&self, store: &Store) -> Result<Link, CommandError> {
        match self {
            Self::Ref { target, .. } | Self::Object(target) => Ok(*target),
            Self::Version(version) => Ok(version.id),
            Self::Run(run) => match refs::get(store, &run.ref_name())? {
                Some(link) => Ok(link),
                None => Err(TrackError::RunIsLive(run.clone()).into()),
            },
        }
    }

    /// Returns the name of the ref, which has a history of its own.
    pub(crate) fn ref_name(&self) -> Option<String> {
        match self {
            Self::Run(run) => Some(run.ref_name()),
            Self::Version(version) => Some(version.ref_name()),
            Self::Ref { name, .. } => Some(name.clone()),
            Self::Object(_) => None,
        }
    }
}

/// Returns the one thing that `text` names.
///
/// A run comes before an object whose id begins alike: there are few runs and very many objects.
pub(crate) fn resolve(store: &Store, text: &str) -> Result<Thing, CommandError> {
    if let Some(name) = text.strip_prefix("object:") {
        return object(store, name)?.map(Thing::Object).ok_or_else(|| missing(store, text));
    }
    if let Some(name) = text.strip_prefix("run:") {
        return run_id(store, name).map(Thing::Run);
    }
    if let Some(name) = text.strip_prefix("model:") {
        return Ok(Thing::Version(Box::new(registry::resolve(store, &reference(store, name)?)?)));
    }
    if text.starts_with("image:") {
        return Ok(of_image(catalog::resolve(store, text)?));
    }
    if text.starts_with('@') {
        return run_id(store, text).map(Thing::Run);
    }
    if let Some(found) = by_ref(store, text)? {
        return Ok(found);
    }
    match (run_or_version(store, text)?, image_named(store, text)?) {
        (Some(found), Some(_)) => return Err(run_or_model_or_image(&found, text)),
        (Some(found), None) => return Ok(found),
        (None, Some(found)) => return Ok(of_image(found)),
        (None, None) => {}
    }
    if let Some(found) = object(store, text)? {
        return Ok(Thing::Object(found));
    }
    match catalog::resolve(store, text) {
        Ok(found) => Ok(of_image(found)),
        Err(ImageError::AmbiguousImage { name, candidates }) => {
            Err(ImageError::AmbiguousImage { name, candidates }.into())
        }
        Err(_) => Err(missing(store, text)),
    }
}

/// Returns the image that `text` names, if it is one's name. A name that a run or a model has too is refused.
pub(crate) fn image(store: &Store, text: &str) -> Result<Option<Found>, CommandError> {
    if text.starts_with("image:") {
        return Ok(Some(catalog::resolve(store, text)?));
    }
    let Some(found) = image_named(store, text)? else { return Ok(None) };
    match run_or_version(store, text)? {
        Some(other) => Err(run_or_model_or_image(&other, text)),
        None => Ok(Some(found)),
    }
}

fn run_or_model_or_image(other: &Thing, text: &str) -> CommandError {
    let kind = if matches!(other, Thing::Run(_)) { "run" } else { "model" };
    ambiguous(text, 2, [kind, "image"].map(|kind| format!("{kind}:{text}")).into_iter())
}

/// Returns the run that `text` names; one that is not found comes with the names that were probably meant.
pub(crate) fn run_id(store: &Store, text: &str) -> Result<RunId, CommandError> {
    match track::resolve(store, text) {
        Ok(run) => Ok(run),
        Err(TrackError::NoRun(_)) => Err(no_run(store, text)),
        Err(error) => Err(error.into()),
    }
}

/// Returns the failure to find a run, with the names that were probably meant.
fn no_run(store: &Store, name: &str) -> CommandError {
    let error = CommandError::from(TrackError::NoRun(name.to_owned()));
    match did_you_mean(&near::matches(name, run_names(store).iter().map(String::as_str))) {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// Returns which version of which model a text means; a model may have `@` in its own name.
pub(crate) fn reference(store: &Store, text: &str) -> Result<Reference, CommandError> {
    let text = text.strip_prefix("model:").unwrap_or(text);
    Ok(match registry::find(store, text)? {
        Some(entry) => Reference { name: entry.name().to_owned(), which: Which::Latest },
        None => Reference::parse(text),
    })
}

/// Finds an image by its name, as Docker completes it.
fn image_named(store: &Store, text: &str) -> Result<Option<Found>, CommandError> {
    match text.parse() {
        Ok(name) => Ok(catalog::find(store, &name)?),
        Err(_) => Ok(None),
    }
}

fn of_image(found: Found) -> Thing {
    Thing::Ref { name: found.ref_name, target: found.link }
}

/// Finds a run or a version of a model; a text that may be both is refused.
fn run_or_version(store: &Store, text: &str) -> Result<Option<Thing>, CommandError> {
    let run = match track::resolve(store, text) {
        Ok(run) => Some(run),
        Err(TrackError::NoRun(_)) => None,
        Err(error) => return Err(error.into()),
    };
    match (registry::resolve(store, &reference(store, text)?), run) {
        (Ok(_), Some(_)) => {
            let both = ["run", "model"].map(|kind| format!("{kind}:{text}"));
            Err(ambiguous(text, 2, both.into_iter()))
        }
        (Ok(version), None) => Ok(Some(Thing::Version(Box::new(version)))),
        (Err(ModelError::Store(error)), _) => Err(error.into()),
        (Err(_), Some(run)) => Ok(Some(Thing::Run(run))),
        (Err(ModelError::NoModel { .. } | ModelError::BadName { .. }), None) => Ok(None),
        (Err(error), None) => Err(error.into()),
    }
}

/// Finds `origin/iris@v3`: a version as it was last seen in another store.
fn by_remote(store: &Store, text: &str) -> Result<Option<Thing>, CommandError> {
    let Some((remote, version)) = text.split_once('/') else { return Ok(None) };
    let Reference { name, which } = Reference::parse(version);
    let below = format!("remotes/{remote}/");
    let seen = refs::list(store, &format!("{below}{}", model::name::folder(&name)))?;
    let role = |found: &refs::Ref| Role::of(&found.name[below.len()..]).map(|(_, role)| role);
    let alias =
        |wanted: &str| seen.iter().find(|r| role(r) == Some(Role::Alias(wanted.to_owned())));
    let number = match which {
        Which::Number(number) => Some(number),
        Which::Alias(wanted) => match alias(&wanted) {
            Some(found) => Some(store.read_node::<Alias>(&found.target)?.version),
            None => None,
        },
        Which::Latest => seen
            .iter()
            .filter_map(|found| match role(found) {
                Some(Role::Model(number)) => Some(number),
                _ => None,
            })
            .max(),
    };
    let wanted = number.map(Role::Model);
    let found = seen.iter().find(|found| wanted.is_some() && role(found) == wanted);
    Ok(found.map(|found| Thing::Ref { name: found.name.clone(), target: found.target }))
}

/// Finds the ref of this name, whole or behind `remotes/`.
fn by_ref(store: &Store, text: &str) -> Result<Option<Thing>, CommandError> {
    if !text.contains('/') {
        return Ok(None);
    }
    for name in [text.to_owned(), format!("remotes/{text}")] {
        if let Some(target) = refs::get(store, &name)? {
            let run = name.strip_prefix("runs/").and_then(|id| id.parse().ok());
            return Ok(Some(run.map_or(Thing::Ref { name, target }, Thing::Run)));
        }
    }
    if let Some(found) = by_remote(store, text)? {
        return Ok(Some(found));
    }
    let mut begin_alike = refs::list(store, text)?;
    begin_alike.extend(refs::list(store, &format!("remotes/{text}"))?);
    match begin_alike.len() {
        1 => {
            Ok(begin_alike.pop().map(|found| Thing::Ref { name: found.name, target: found.target }))
        }
        0 => Ok(None),
        count => Err(ambiguous(text, count, begin_alike.into_iter().map(|found| found.name))),
    }
}

/// Finds an object by its CID, its id, or the beginning of it.
fn object(store: &Store, text: &str) -> Result<Option<Link>, CommandError> {
    if let Some(link) = text.parse::<Cid>().ok().and_then(|cid| Link::try_from(cid).ok()) {
        return Ok(store.has(&link)?.then_some(link));
    }
    let is_prefix = (SHORTEST_PREFIX..=64).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !is_prefix {
        return Ok(None);
    }
    match store.find(text)?.as_slice() {
        [] => Ok(None),
        [link] => Ok(Some(*link)),
        many => {
            Err(StoreError::AmbiguousObject { prefix: text.to_owned(), candidates: many.to_vec() }
                .into())
        }
    }
}

fn missing(store: &Store, text: &str) -> CommandError {
    let mut names = run_names(store);
    names.extend(registry::list(store).unwrap_or_default().iter().map(|m| m.name().to_owned()));
    let images = catalog::list(store).unwrap_or_default();
    names.extend(images.iter().filter_map(|found| found.name.text()));
    if text.contains('/') {
        let refs = refs::list(store, "").unwrap_or_default();
        names.extend(refs.into_iter().take(MOST_COMPARED).map(|found| found.name));
    }
    let near = near::matches(text, names.iter().map(String::as_str));
    CommandError::new(Exit::NotFound, format!("nothing is called `{}`", text.escape_debug()))
        .did_you_mean(
            &near,
            "Run `mls runs` to see all runs, `mls models` all models, `mls log` what was made lately.",
        )
}

fn ambiguous(text: &str, count: usize, candidates: impl Iterator<Item = String>) -> CommandError {
    let shown: Vec<String> = candidates.take(5).map(|name| format!("`{name}`")).collect();
    CommandError::new(
        Exit::Conflict,
        format!("`{}` may be any of {count} things", text.escape_debug()),
    )
    .hint(format!("Give more of it: {}.", shown.join(", ")))
}

/// Returns the names of the last runs; none where they cannot be read, since they only serve a hint.
fn run_names(store: &Store) -> Vec<String> {
    let names = store.meta(|db| {
        db.prepare("SELECT name FROM runs ORDER BY started DESC LIMIT ?1")?
            .query_map([MOST_COMPARED as i64], |row| row.get(0))?
            .collect()
    });
    names.unwrap_or_default()
}

/// Returns what `TREE:PATH` leads to, with the tree; nothing where `text` names no path in a tree.
///
/// The tree of a run is that of its artifacts. A name of a run may hold colons itself and goes first.
pub(crate) fn entry(store: &Store, text: &str) -> Result<Option<(Link, Entry)>, CommandError> {
    let start = ["run:", "model:", "image:", "object:"]
        .iter()
        .find(|kind| text.starts_with(**kind))
        .map_or(0, |kind| kind.len());
    let Some(colon) = text[start..].find(':').map(|place| start + place) else { return Ok(None) };
    if resolve(store, text).is_ok() {
        return Ok(None);
    }
    let root = tree_of(store, &text[..colon])?;
    let entry = tree::get(store, &root, &text.as_bytes()[colon + 1..])?;
    Ok(Some((root, entry)))
}

/// Returns the folder that a run, a tree or a path in one of them is; a file where the path leads to one.
pub(crate) fn tree_or_entry(store: &Store, text: &str) -> Result<Entry, CommandError> {
    match entry(store, text)? {
        Some((_, entry)) => Ok(entry),
        None => {
            let root = tree_of(store, text)?;
            Ok(tree::get(store, &root, b"")?)
        }
    }
}

/// Returns the tree of a run's artifacts, or the tree that an object is.
pub(crate) fn tree_of(store: &Store, text: &str) -> Result<Link, CommandError> {
    let link = match resolve(store, text)? {
        Thing::Run(id) => return artifacts(text, &load::run(store, &id)?),
        Thing::Version(version) => source::content(store, &version)?,
        Thing::Ref { target, .. } | Thing::Object(target) => target,
    };
    match store.read_node::<Run>(&link) {
        Ok(run) => artifacts(text, &run),
        Err(_) => tree::read(store, &link).map(|_| link).map_err(CommandError::from),
    }
}

fn artifacts(text: &str, run: &Run) -> Result<Link, CommandError> {
    run.artifacts.ok_or_else(|| {
        CommandError::new(Exit::NotFound, format!("run `{}` has no artifacts", text.escape_debug()))
    })
}

/// Returns an entry as scripts read it; a name that is no UTF-8 is shown with its odd bytes escaped.
pub(crate) fn entry_json(entry: &Entry) -> Value {
    let target = match &entry.target {
        Target::Symlink(to) => Some(text::name(to)),
        Target::Content(_) => None,
    };
    json!({
        "path": String::from_utf8(entry.name.clone()).unwrap_or_else(|_| text::name(&entry.name)),
        "mode": format!("{:06o}", entry.mode),
        "size": entry.size,
        "id": entry.content().map(|link| link.to_string()),
        "symlink": target,
    })
}

pub(crate) fn symlink_text(entry: &Entry) -> String {
    match &entry.target {
        Target::Symlink(to) => format!("Symbolic link to {}\n", text::name(to)),
        Target::Content(link) => format!("{link}\n"),
    }
}

/// Returns the content that `text` names: a folder or a file of a run or a tree, or any file; a file in a tree with its
/// name.
pub(crate) fn content(store: &Store, text: &str) -> Result<(Option<OsString>, Link), CommandError> {
    if let Some((_, entry)) = entry(store, text)? {
        let link = entry.content().ok_or_else(|| {
            CommandError::new(Exit::Failed, format!("`{}` is a symbolic link", text.escape_debug()))
        })?;
        let name = entry.folder().is_none().then(|| OsString::from_vec(entry.name.clone()));
        return Ok((name, link));
    }
    match resolve(store, text)? {
        Thing::Ref { target, .. } | Thing::Object(target) if is_file(store, &target)? => {
            Ok((Some(target.digest.short().into()), target))
        }
        Thing::Version(version) => {
            let link = source::content(store, &version)?;
            let file = is_file(store, &link)?.then(|| file_name(&version.model.source).into());
            Ok((file, link))
        }
        _ => Ok((None, tree_of(store, text)?)),
    }
}

/// Returns what a file is called that a version of a model consists of.
fn file_name(source: &str) -> String {
    let name = source.rsplit('/').next().unwrap_or_default();
    match mls::store::name::check_foreign(name.as_bytes()) {
        Ok(()) => name.to_owned(),
        Err(_) => "model".to_owned(),
    }
}

/// Returns how many files there are in a file or a folder, and their bytes.
pub(crate) fn extent(store: &Store, link: &Link) -> Result<(u64, u64), CommandError> {
    if is_file(store, link)? {
        return Ok((1, file::open(store, link)?.size()));
    }
    let (mut files, mut bytes) = (0, 0);
    tree::walk::<CommandError>(store, link, |_, entry| {
        if entry.folder().is_none() {
            files += 1;
            bytes += entry.size;
        }
        Ok(())
    })?;
    Ok((files, bytes))
}

/// Returns the type of a node, or `blob`.
pub(crate) fn kind(store: &Store, link: &Link) -> Result<String, CommandError> {
    #[derive(serde::Deserialize)]
    struct Typed {
        #[serde(rename = "type")]
        kind: Option<String>,
    }
    if link.kind == Kind::Blob {
        return Ok("blob".to_owned());
    }
    Ok(store.read_node::<Typed>(link)?.kind.unwrap_or_else(|| "node".to_owned()))
}

fn is_file(store: &Store, link: &Link) -> Result<bool, CommandError> {
    Ok(["blob", "file"].contains(&kind(store, link)?.as_str()))
}
