//! Saving what is sound in a damaged pack.

use super::read::{Head, Heads, open_regular};
use super::{Builder, Pack};
use crate::base::Digest;
use crate::store::{Error, Link, codec};
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// What could be saved of a pack.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Saved {
    pub(crate) objects: u64,
    /// Frames that hold something else than they should, or whose end is missing.
    pub(crate) lost_frames: u64,
}

/// Copies every object of the damaged pack `path` that can still be read.
///
/// With a sound table each object is checked against its digest. Without one the frames are read one after the other,
/// and each object gets the digest that its bytes have: a digest nobody asks for if they are not what was written.
pub(crate) fn save(path: &Path, digest: Digest, builder: &mut Builder) -> Result<Saved, Error> {
    if let Ok(pack) = Pack::open(path.to_owned(), digest)
        && let Ok(entries) = pack.entries()
    {
        return by_table(&pack, entries, builder);
    }
    let file = open_regular(path)?;
    let size = file.metadata().map_err(Error::io("look at", path))?.len();
    let mut saved = Saved::default();
    for head in Heads::of_file(&file, size) {
        match decode(&file, &head) {
            Some(bytes) => saved.objects += keep(&head, &bytes, builder)?,
            None => saved.lost_frames += 1,
        }
    }
    Ok(saved)
}

fn by_table(
    pack: &Pack,
    entries: Vec<super::Entry>,
    builder: &mut Builder,
) -> Result<Saved, Error> {
    let mut saved = Saved::default();
    for parts in crate::store::repack::frames(entries) {
        let Ok(bytes) = pack.frame(&parts[0]) else {
            saved.lost_frames += 1;
            continue;
        };
        for entry in &parts {
            match pack.part(&bytes, entry) {
                Ok(part) => {
                    builder.object(entry.link, part)?;
                    saved.objects += 1;
                }
                Err(_) => saved.lost_frames += 1,
            }
        }
    }
    Ok(saved)
}

fn decode(file: &File, head: &Head) -> Option<Vec<u8>> {
    let mut stored = vec![0; head.stored as usize];
    file.read_exact_at(&mut stored, head.offset).ok()?;
    codec::decode(head.codec, &stored, head.raw as usize).ok()
}

fn keep(head: &Head, bytes: &[u8], builder: &mut Builder) -> Result<u64, Error> {
    let mut rest = bytes;
    for (kind, len) in &head.parts {
        let (part, after) = rest.split_at(*len as usize);
        builder.object(Link { kind: *kind, digest: Digest::of(part) }, part)?;
        rest = after;
    }
    Ok(head.parts.len() as u64)
}
