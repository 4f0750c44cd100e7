//! The manifests that are pulled: one, or an index with those below it that are wanted.

use crate::image::catalog;
use crate::image::manifest::{Descriptor, MAX_DEPTH, MAX_ENTRIES, Manifest, media};
use crate::image::platform::Platform;
use crate::image::pull::Options;
use crate::image::{Child, Error, Image};
use crate::remote::registry::{self, Client, Target};

/// A manifest, and those below it that are fetched.
#[derive(Debug)]
pub(in crate::image) struct Tree {
    pub(in crate::image) manifest: registry::Manifest,
    pub(in crate::image) parsed: Manifest,
    pub(in crate::image) children: Vec<Self>,
    /// Those below it that are here from an earlier pull of the same index.
    pub(in crate::image) here: Vec<Child>,
    /// Whether it is what was asked for, or above it.
    pub(in crate::image) wanted: bool,
}

/// Reads manifests below others, within bounds (ABUSE R07).
struct Reader<'a> {
    client: &'a Client,
    repository: &'a str,
    options: &'a Options,
    left: usize,
}

impl Tree {
    pub(in crate::image) fn read(
        client: &Client,
        repository: &str,
        manifest: registry::Manifest,
        options: &Options,
    ) -> Result<Self, Error> {
        Reader { client, repository, options, left: MAX_ENTRIES }.read(manifest, true, MAX_DEPTH)
    }

    /// Returns all manifests, what is below first.
    pub(in crate::image) fn walk(&self) -> Vec<&Self> {
        let mut all: Vec<&Self> = self.children.iter().flat_map(Self::walk).collect();
        all.push(self);
        all
    }

    /// Takes over what an earlier pull of the same index has fetched.
    pub(super) fn keep_what_is_here(&mut self, before: Option<&Image>) {
        if let Some(before) = before.filter(|before| before.digest == self.manifest.digest) {
            self.here.clone_from(&before.manifests);
            let fetched = |child: &Child| {
                self.children.iter().any(|tree| tree.manifest.digest == child.digest)
            };
            self.here.retain(|child| !fetched(child));
        }
    }
}

impl Reader<'_> {
    fn read(
        &mut self,
        manifest: registry::Manifest,
        wanted: bool,
        depth: usize,
    ) -> Result<Tree, Error> {
        let parsed = Manifest::parse(&manifest.bytes, Some(&manifest.media_type))?;
        let mut tree = Tree { manifest, parsed, children: vec![], here: vec![], wanted };
        let Manifest::Index(index) = &tree.parsed else { return Ok(tree) };
        if depth == 0 {
            let reason = format!("indexes are nested more than {MAX_DEPTH} deep");
            return Err(Error::BadManifest(reason));
        }
        let platform = self.options.platform.clone().unwrap_or_else(Platform::host);
        let chosen = match catalog::choose(index, &platform) {
            Ok(chosen) => Some(chosen.clone()),
            // All of what is not for us is wanted too, and an index of artifacts is for nobody.
            Err(_) if self.options.all_platforms && self.options.platform.is_none() => None,
            Err(error) => return Err(error),
        };
        let all = index.manifests.clone();
        let descriptors = match self.options.all_platforms {
            true => all,
            false => chosen.iter().cloned().collect(),
        };
        let mut seen = std::collections::HashSet::new();
        for descriptor in descriptors.iter().filter(|one| seen.insert(one.digest)) {
            let wanted = chosen.as_ref().is_some_and(|chosen| chosen.digest == descriptor.digest);
            let child = self.fetch(descriptor)?;
            tree.children.push(self.read(child, wanted, depth - 1)?);
        }
        Ok(tree)
    }

    fn fetch(&mut self, descriptor: &Descriptor) -> Result<registry::Manifest, Error> {
        self.left = self.left.checked_sub(1).ok_or_else(|| {
            Error::BadManifest(format!("it leads to more than {MAX_ENTRIES} manifests"))
        })?;
        if !media::is_known(&descriptor.media_type) {
            return Err(Error::UnknownMediaType(descriptor.media_type.chars().take(120).collect()));
        }
        let target = Target::Digest(descriptor.digest);
        let manifest = self.client.manifest(self.repository, &target)?;
        let reason = match () {
            () if manifest.media_type != descriptor.media_type => {
                format!("it came as `{}`, not `{}`", manifest.media_type, descriptor.media_type)
            }
            () if manifest.bytes.len() as u64 != descriptor.size => {
                format!("it has {} bytes, not {}", manifest.bytes.len(), descriptor.size)
            }
            () => return Ok(manifest),
        };
        let (registry, what) = (self.client.registry().to_owned(), format!("manifest {target}"));
        Err(registry::Error::Lied { registry, what, reason }.into())
    }
}
