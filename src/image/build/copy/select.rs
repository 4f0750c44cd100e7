//! Which files COPY and ADD mean.

use std::collections::HashMap;
use std::sync::Arc;

use crate::base::Digest;
use crate::image::Error;
use crate::image::build;
use crate::image::build::context::Seen;
use crate::image::build::glob::Glob;
use crate::image::build::ignore::Ignore;
use crate::image::build::tree::{Body, Inode, Item, Tree, join};
use crate::image::layer::Kind;

/// A path deeper than this is a loop, or meant to hurt.
const MAX_DEPTH: usize = 1024;

/// What one instruction copies.
#[derive(Debug, Default)]
pub struct Sources {
    pub picked: Vec<Picked>,
}

/// One thing that a source came to, and all that is in it.
#[derive(Debug)]
pub struct Picked {
    /// What matched, links followed: a file, or a folder whose content is meant.
    pub top: Item,
    /// The name that the top gets in a folder: the last of its path as it was written.
    pub name: Vec<u8>,
    /// What is in a folder, by path below it.
    pub below: Vec<(Vec<u8>, Item)>,
    /// With `--parents`: where the top goes.
    pub parents: Option<Parents>,
    /// It is the root of an archive, whose content goes where it says.
    pub unpacked: bool,
}

/// The path that is kept, and the folders on it.
#[derive(Debug)]
pub struct Parents {
    /// Below the destination.
    pub path: Vec<u8>,
    /// By path below the destination, outermost first.
    pub folders: Vec<(Vec<u8>, Item)>,
}

impl From<Item> for Picked {
    fn from(top: Item) -> Self {
        Self { name: top.name().to_vec(), top, below: vec![], parents: None, unpacked: false }
    }
}

/// Finds what `patterns` mean in `tree`; `place` names it in messages.
pub fn select(
    tree: &Tree<'_>,
    place: &str,
    patterns: &[String],
    parents: bool,
    exclude: &[String],
) -> Result<Sources, Error> {
    let exclude = Ignore::new(exclude).map_err(build::Error::from)?;
    select_but(tree, place, patterns, parents, &exclude)
}

/// As [`select`], with what is left out as patterns that are read already.
pub fn select_but(
    tree: &Tree<'_>,
    place: &str,
    patterns: &[String],
    parents: bool,
    exclude: &Ignore,
) -> Result<Sources, Error> {
    let mut search = Search { tree, exclude, sources: Sources::default() };
    for pattern in patterns {
        let before = search.sources.picked.len();
        match parents {
            true => search.with_parents(pattern)?,
            false => search.pattern(pattern)?,
        }
        if search.sources.picked.len() == before && !Glob::is_pattern(pattern) {
            return Err(missing(tree, place, pattern)?);
        }
    }
    match (search.sources.picked.first(), patterns.first()) {
        (None, Some(pattern)) => Err(missing(tree, place, pattern)?),
        _ => Ok(search.sources),
    }
}

fn missing(tree: &Tree<'_>, place: &str, pattern: &str) -> Result<Error, Error> {
    let path = below_root(pattern);
    if let Tree::Folder(folder) = tree
        && folder.is_ignored(path.as_bytes())
    {
        return Ok(build::Error::IgnoredSource(pattern.to_owned()).into());
    }
    let (around, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let around = tree.resolve(around.as_bytes())?.filter(Item::is_folder);
    let items = around.map_or(Ok(vec![]), |around| tree.list(&around))?;
    let names: Vec<String> =
        items.iter().map(|item| String::from_utf8_lossy(item.name()).into_owned()).collect();
    let near = crate::base::near::matches(name, names.iter().map(String::as_str));
    Ok(build::Error::NoSource { path: pattern.to_owned(), place: place.to_owned(), near }.into())
}

/// Returns the path below the root that is meant: nothing leads above it.
fn below_root(path: &str) -> String {
    crate::image::build::ignore::clean(&format!("/{path}"))[1..].to_owned()
}

struct Search<'a> {
    tree: &'a Tree<'a>,
    exclude: &'a Ignore,
    sources: Sources,
}

impl Search<'_> {
    fn pattern(&mut self, pattern: &str) -> Result<(), Error> {
        let path = below_root(pattern);
        for (written, item) in self.matches(&path)? {
            self.pick(written, item, None)?;
        }
        Ok(())
    }

    /// Returns what a cleaned path or pattern leads to, with the path it was found at.
    fn matches(&self, path: &str) -> Result<Vec<(Vec<u8>, Item)>, Error> {
        if !Glob::is_pattern(path) {
            let found = self.tree.resolve(path.as_bytes())?;
            return Ok(found.map(|item| (path.as_bytes().to_vec(), item)).into_iter().collect());
        }
        let names: Vec<&str> = path.split('/').collect();
        let plain = names.iter().take_while(|name| !Glob::is_pattern(name)).count();
        let Some(start) = self.tree.resolve(names[..plain].join("/").as_bytes())? else {
            return Ok(vec![]);
        };
        let mut found = vec![(names[..plain].join("/").into_bytes(), start)];
        for (at, name) in names.iter().enumerate().skip(plain) {
            let glob = Glob::new(name).map_err(build::Error::from)?;
            let mut next = vec![];
            for (written, item) in found.iter().filter(|(_, item)| item.is_folder()) {
                for child in self.tree.list(item)? {
                    if glob.matches(child.name()) {
                        next.push((join(written, child.name()), child));
                    }
                }
            }
            // Links are followed at the end only, as everything else that is named.
            if at + 1 == names.len() {
                for (_, item) in &mut next {
                    if item.kind == Kind::Symlink
                        && let Some(target) = self.tree.resolve(&item.path)?
                    {
                        *item = target;
                    }
                }
            }
            found = next;
        }
        Ok(found)
    }

    fn pick(&mut self, written: Vec<u8>, top: Item, parents: Option<Parents>) -> Result<(), Error> {
        let name = written.rsplit(|byte| *byte == b'/').next().unwrap_or_default().to_vec();
        if !top.is_folder() {
            if !self.exclude.is_empty()
                && (self.exclude.ignores_path(&written) || self.exclude.ignores_path(&name))
            {
                return Ok(());
            }
            check_kind(&top)?;
        }
        let below = match top.is_folder() {
            true => self.below(&top)?,
            false => vec![],
        };
        self.sources.picked.push(Picked { top, name, below, parents, unpacked: false });
        Ok(())
    }

    /// Lists all below a folder, without what is excluded.
    fn below(&self, top: &Item) -> Result<Vec<(Vec<u8>, Item)>, Error> {
        let mut below = vec![];
        let mut stack = vec![(vec![], self.tree.list(top)?.into_iter())];
        while let Some((folder, items)) = stack.last_mut() {
            let Some(item) = items.next() else {
                stack.pop();
                continue;
            };
            let path = join(folder, item.name());
            let excluded = !self.exclude.is_empty()
                && (self.exclude.ignores_path(&path) || self.exclude.ignores_path(&item.path));
            if excluded && !(item.is_folder() && self.exclude.may_except_below(&path)) {
                continue;
            }
            check_kind(&item)?;
            if item.is_folder() && stack.len() < MAX_DEPTH {
                stack.push((path.clone(), self.tree.list(&item)?.into_iter()));
            }
            if !excluded {
                below.push((path, item));
            }
        }
        Ok(below)
    }

    /// `--parents`: the path itself is kept, from `/./` on where it has one; `**` is any depth.
    fn with_parents(&mut self, pattern: &str) -> Result<(), Error> {
        let (base, rest) = match pattern.trim_start_matches("./").split_once("/./") {
            Some((base, rest)) => (below_root(base), below_root(rest)),
            None => (String::new(), below_root(pattern)),
        };
        let Some(base) = self.tree.resolve(base.as_bytes())? else { return Ok(()) };
        if !base.is_folder() {
            return Ok(());
        }
        let wanted = Ignore::new([&rest]).map_err(build::Error::from)?;
        if !Glob::is_pattern(&rest) {
            let path = join(&base.path, rest.as_bytes());
            let Some(item) = self.tree.resolve(&path)? else { return Ok(()) };
            let folders = self.parents(&base, rest.as_bytes())?;
            let parents = Parents { path: rest.clone().into_bytes(), folders };
            return self.pick(rest.into_bytes(), item, Some(parents));
        }
        let mut stack = vec![(vec![], base.clone())];
        while let Some((path, folder)) = stack.pop() {
            for item in self.tree.list(&folder)?.into_iter().rev() {
                let below = join(&path, item.name());
                if wanted.ignores(&below, &<_>::default()).0 {
                    let folders = self.parents(&base, &below)?;
                    let parents = Parents { path: below.clone(), folders };
                    self.pick(below, item, Some(parents))?;
                } else if item.is_folder() {
                    stack.push((below, item));
                }
            }
        }
        Ok(())
    }

    /// Returns the folders between `base` and `path` below it.
    fn parents(&self, base: &Item, path: &[u8]) -> Result<Vec<(Vec<u8>, Item)>, Error> {
        let mut parents = vec![];
        for (at, _) in path.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
            let found = self.tree.resolve(&join(&base.path, &path[..at]))?;
            if let Some(folder) = found.filter(Item::is_folder) {
                parents.push((path[..at].to_vec(), folder));
            }
        }
        Ok(parents)
    }
}

fn check_kind(item: &Item) -> Result<(), Error> {
    match item.kind {
        Kind::Other(_) => Err(build::Error::Uncopyable {
            path: item.path.escape_ascii().to_string(),
            found: "a socket",
        }
        .into()),
        // A device is copied from an image, where it is a name; in a context it would be the host's.
        Kind::CharDevice | Kind::BlockDevice | Kind::Fifo
            if matches!(item.body, Body::Seen(..)) =>
        {
            Err(build::Error::Uncopyable {
                path: item.path.escape_ascii().to_string(),
                found: "a device or a pipe",
            }
            .into())
        }
        _ => Ok(()),
    }
}

impl Sources {
    /// Returns everything with its path, tops and parents among it.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.picked.iter().flat_map(|picked| {
            let below = picked.below.iter().map(|(_, item)| item);
            let parents = picked.parents.iter().flat_map(|all| &all.folders).map(|(_, item)| item);
            parents.chain([&picked.top]).chain(below)
        })
    }

    /// Returns the files that lie in a folder on disk.
    pub fn seen(&self) -> Vec<(Vec<u8>, Arc<Seen>)> {
        let files = self.items().filter(|item| item.kind == Kind::File);
        let seen = files.filter_map(|item| match &item.body {
            Body::Seen(seen, path) => Some((path.clone(), Arc::clone(seen))),
            _ => None,
        });
        seen.collect()
    }

    /// Returns the digest of all that goes into a layer, but times: mode, owner, links, attributes, content, and which names
    /// are those of one file.
    ///
    /// Files on disk must have been read (`Folder::read`).
    pub fn digest(&self) -> Digest {
        let mut hasher = blake3::Hasher::new();
        for picked in &self.picked {
            let mut names: HashMap<Inode, u64> = HashMap::new();
            let parents = picked.parents.iter().flat_map(|all| &all.folders);
            for (path, item) in parents {
                put(&mut hasher, b'p', path, item);
            }
            let at = picked.parents.as_ref().map_or(&picked.name, |all| &all.path);
            put(&mut hasher, b't', at, &picked.top);
            for (at, (path, item)) in (0..).zip(&picked.below) {
                put(&mut hasher, b'b', path, item);
                let first = item.inode.map(|inode| *names.entry(inode).or_insert(at));
                if let Some(first) = first.filter(|first| *first != at) {
                    hasher.update(&first.to_le_bytes());
                }
            }
        }
        hasher.finalize().into()
    }
}

fn put(hasher: &mut blake3::Hasher, role: u8, path: &[u8], item: &Item) {
    let mut bytes = vec![role];
    let mut sized = |text: &[u8]| {
        bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
        bytes.extend_from_slice(text);
    };
    sized(path);
    sized(&item.target);
    sized(&[item.xattrs.len() as u8]);
    for (name, value) in &item.xattrs {
        sized(name);
        sized(value);
    }
    let kind = match item.kind {
        Kind::File => 0,
        Kind::Directory => 1,
        Kind::Symlink => 2,
        Kind::CharDevice => 3,
        Kind::BlockDevice => 4,
        Kind::Fifo => 5,
        Kind::HardLink | Kind::Other(_) => 6,
    };
    let numbers = [kind, item.mode, item.uid, item.gid, item.device.0, item.device.1];
    numbers.iter().for_each(|number| bytes.extend_from_slice(&number.to_le_bytes()));
    if item.kind == Kind::File {
        bytes.extend_from_slice(&item.size().to_le_bytes());
        let content = match &item.body {
            Body::Seen(seen, _) => seen.content().map(|link| link.digest),
            Body::Stored(content, _) => content.as_ref().map(|content| content.link.digest),
            Body::Bytes(bytes) => Some(Digest::of(bytes)),
            Body::Nothing => None,
        };
        bytes.extend_from_slice(content.unwrap_or(Digest::of(b"")).as_bytes());
    }
    hasher.update(&bytes);
}
