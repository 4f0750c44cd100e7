//! How much of an image no other has: what its removal would let go.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::tree;
use crate::base::{Digest, fs};
use crate::image::name::FOLDER;
use crate::image::{Content, Error};
use crate::store::{self, Kind, Link, Store, object, operation, refs};

/// Whose an object is that several have.
const SHARED: u32 = u32::MAX;

/// What an image has to itself, and of what size; what is outside of images belongs to number zero.
struct Owners<'a> {
    store: &'a Store,
    /// By half a digest, as in [`store::walk::Seen`].
    owner: HashMap<u128, (u32, u64)>,
    sizes: Vec<u64>,
}

/// What was found when the store was last looked at; it holds as long as no ref has moved.
#[derive(Default, Serialize, Deserialize)]
struct Remembered {
    /// The last operation, and the images.
    of: String,
    sizes: Vec<u64>,
}

/// Returns for each of `images` how many bytes of it nothing else needs: no other of them, no run, no model.
///
/// Layers count as they are unpacked, without the bytes that are kept to give them out compressed. Caches and what other
/// stores have do not count. Each node is read once, or twice where it is shared; files are not read.
pub fn unique_sizes(store: &Store, images: &[Link]) -> Result<BTreeMap<Link, u64>, Error> {
    let path = store.folder().join("cache/image-sizes.json");
    let last = operation::log(store, None, None, 1)?.first().map(|last| last.digest.to_string());
    let names: String = images.iter().map(Link::to_string).collect();
    let of = format!("{} {}", last.unwrap_or_default(), Digest::of(names.as_bytes()));
    let remembered = std::fs::read(&path).ok();
    let remembered = remembered.and_then(|text| serde_json::from_slice::<Remembered>(&text).ok());
    let sizes = match remembered.filter(|told| told.of == of && told.sizes.len() == images.len()) {
        Some(told) => told.sizes,
        None => {
            let sizes = measure(store, images)?;
            let told = Remembered { of, sizes };
            // A store that may only be read is looked at each time.
            let _ = fs::write_derived(&path, &serde_json::to_vec(&told).unwrap_or_default());
            told.sizes
        }
    };
    Ok(images.iter().copied().zip(sizes).collect())
}

fn measure(store: &Store, images: &[Link]) -> Result<Vec<u64>, Error> {
    let mut owners = Owners { store, owner: HashMap::new(), sizes: vec![0; images.len() + 1] };
    for (number, image) in images.iter().enumerate() {
        for link in parts(store, image)? {
            owners.give(link, number as u32 + 1)?;
        }
    }
    for found in refs::list(store, "")? {
        let is_other =
            ["remotes/", "cache/", FOLDER].iter().all(|kind| !found.name.starts_with(kind));
        if is_other {
            owners.give(found.target, 0)?;
        }
    }
    Ok(owners.sizes.split_off(1))
}

/// Returns what an image consists of: its manifest, its config and its layers, and those of the images below it.
fn parts(store: &Store, image: &Link) -> Result<Vec<Link>, Error> {
    let mut parts = vec![];
    for (_, image) in tree(store, image)? {
        parts.push(image.manifest);
        parts.extend(image.blobs.iter().filter_map(|blob| match &blob.content {
            Content::File(link) => Some(*link),
            layer => layer.layer(),
        }));
    }
    Ok(parts)
}

impl Owners<'_> {
    /// Gives `root` and all below it to one more; what somebody else has already becomes shared.
    fn give(&mut self, root: Link, to: u32) -> Result<(), Error> {
        let mut open = vec![root];
        while let Some(link) = open.pop() {
            match self.owner.get_mut(&half(&link)) {
                Some((owner, _)) if *owner == to || *owner == SHARED => continue,
                Some((owner, size)) => {
                    self.sizes[*owner as usize] -= *size;
                    (*owner, *size) = (SHARED, 0);
                }
                None => {
                    let size = self.size(&link)?;
                    self.owner.insert(half(&link), (to, size));
                    self.sizes[to as usize] += size;
                }
            }
            if link.kind == Kind::Node {
                open.extend(object::links(&self.store.read(&link)?)?);
            }
        }
        Ok(())
    }

    /// What is not here counts nothing: it may be fetched when it is needed.
    fn size(&self, link: &Link) -> Result<u64, store::Error> {
        match self.store.has(link)? {
            true => self.store.size(link),
            false => Ok(0),
        }
    }
}

fn half(link: &Link) -> u128 {
    let head = u128::from_le_bytes(link.digest.as_bytes()[..16].try_into().expect("16 bytes"));
    head ^ link.kind as u128
}
