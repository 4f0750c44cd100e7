//! Getting an image from a registry: every layer goes straight into the store, and the tag moves once all digests hold.
//!
//! ```text
//! manifest ──► index? the image for this machine ──► config, layers: two at once
//!                                                     └► each in packs of its own, remembered in cache/pulled/<digest>
//! all there ──► image nodes, and one operation that moves the ref
//! ```
//!
//! A pull that was cut off finds finished layers where it left them: gc keeps what is young, and a note in `cache/` says
//! which digest they are. Until the ref moves, nothing leads to them.

mod fetch;
mod note;
mod tree;

use std::collections::HashMap;

use crate::base::Progress;
use crate::image::manifest::Manifest;
use crate::image::platform::Platform;
use crate::image::{Blob, Child, Error, Image, catalog, name};
use crate::remote::registry::{Access, Client, DOCKER_HUB, Digest, Reference, Target};
use crate::store::{Link, Store, Writer, refs};

use tree::Tree;

pub(crate) use note::Note;

/// What is pulled.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The machine that the image is for; this one where nothing is said.
    pub platform: Option<Platform>,
    /// Whether all images of an index are fetched.
    pub all_platforms: bool,
}

/// An image that is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    /// With its registry, and the tag `latest` where it had neither tag nor digest.
    pub reference: Reference,
    /// An [`Image`]: what the tag points at, an index where the registry has one.
    pub link: Link,
    /// Of the bytes that `link` stands for: what the registry calls it.
    pub digest: Digest,
    /// The image for the platform that was asked for: `link` itself, or one of those below it.
    pub image: Link,
    /// Whether anything is otherwise here than before.
    pub changed: bool,
    /// Bytes that came.
    pub received: u64,
}

/// What a pull would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearsed {
    pub reference: Reference,
    pub digest: Digest,
    /// Bytes that would come, as the manifests say; nothing where all is here already, under this name.
    pub missing: Option<u64>,
}

/// Pulls `reference`; one without a registry is Docker Hub's. What is here already is not fetched.
pub fn pull(
    store: &Store,
    reference: &Reference,
    access: &Access,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Pulled, Error> {
    // Begun before anything is looked for: what is found stays there until the end.
    let mut writer = store.writer()?;
    let Asked { reference, client, tree } = Asked::ask(store, reference, access, options)?;
    let plan = fetch::plan(store, &client, &reference, &tree)?;
    let fetched = fetch::blobs(store, &client, &reference, plan, access.foreign_urls, progress)?;
    let mut wanted = None;
    let link = write(&mut writer, &tree, &fetched.blobs, &mut wanted)?;
    let changed = writer.commit(vec![catalog::set(&reference, link)?])?.is_some();
    fetch::forget_notes(store, &tree);
    let image = wanted.unwrap_or(link);
    Ok(Pulled {
        reference,
        link,
        digest: tree.manifest.digest,
        image,
        changed,
        received: fetched.received,
    })
}

/// Finds out what [`pull`] would do: manifests are fetched, and no layers.
pub fn rehearse(
    store: &Store,
    reference: &Reference,
    access: &Access,
    options: &Options,
) -> Result<Rehearsed, Error> {
    let mut writer = store.writer()?;
    let Asked { reference, client, tree } = Asked::ask(store, reference, access, options)?;
    let name = name::ref_name(&reference)?;
    let plan = fetch::plan(store, &client, &reference, &tree)?;
    let is_here = plan.missing.is_empty() && {
        let link = write(&mut writer, &tree, &plan.here, &mut None)?;
        refs::get(store, &name)? == Some(link)
    };
    let missing = (!is_here).then(|| plan.size());
    Ok(Rehearsed { reference, digest: tree.manifest.digest, missing })
}

/// What a registry has under a name.
struct Asked {
    reference: Reference,
    client: Client,
    tree: Tree,
}

impl Asked {
    fn ask(
        store: &Store,
        reference: &Reference,
        access: &Access,
        options: &Options,
    ) -> Result<Self, Error> {
        let reference = reference.qualified().or_latest();
        let client = Client::new(reference.registry().unwrap_or(DOCKER_HUB), access)?;
        let before = catalog::find(store, &reference)?;
        let manifest = client.manifest(reference.repository(), &target(&reference))?;
        let mut tree = Tree::read(&client, reference.repository(), manifest, options)?;
        tree.keep_what_is_here(before.as_ref().map(|found| &found.image));
        Ok(Self { reference, client, tree })
    }
}

/// A digest says more than a tag.
pub(crate) fn target(reference: &Reference) -> Target {
    match (reference.digest(), reference.tag()) {
        (Some(digest), _) => Target::Digest(*digest),
        (None, tag) => Target::Tag(tag.unwrap_or_default().to_owned()),
    }
}

/// Writes the nodes of a tree, what is below first; `wanted` becomes the image for the machine that was asked for.
fn write(
    writer: &mut Writer<'_>,
    tree: &Tree,
    blobs: &HashMap<Digest, Blob>,
    wanted: &mut Option<Link>,
) -> Result<Link, Error> {
    let mut children = HashMap::new();
    for child in &tree.children {
        children.insert(child.manifest.digest, write(writer, child, blobs, wanted)?);
    }
    children.extend(tree.here.iter().map(|child| (child.digest, child.image)));
    let mut seen = std::collections::HashSet::new();
    let manifests = tree.parsed.children().iter().filter(|child| seen.insert(child.digest));
    let manifests = manifests.filter_map(|child| {
        let image = *children.get(&child.digest)?;
        Some(Child { digest: child.digest, image })
    });
    let manifests = manifests.collect();
    let named = tree.parsed.blobs().into_iter();
    let image = Image {
        digest: tree.manifest.digest,
        media_type: tree.manifest.media_type.clone(),
        manifest: writer.blob(&tree.manifest.bytes)?,
        blobs: named.filter_map(|blob| blobs.get(&blob.digest).cloned()).collect(),
        manifests,
        made: false,
        came_as: None,
    };
    let link = writer.node(&image)?;
    if tree.wanted && matches!(tree.parsed, Manifest::Image(_)) {
        *wanted = Some(link);
    }
    Ok(link)
}
