//! Making kept bytes of layers small: what our own compressor makes again needs none of them, and what another one made
//! needs a record of a hundredth of their size.

use std::collections::HashMap;
use std::io::{self, Read};

use crate::base::{Progress, Task, parallel};
use crate::image::layer::{self, Compressed, Compression};
use crate::image::name::FOLDER;
use crate::image::{Blob, Content, Error, Image, catalog};
use crate::remote::registry::Digest;
use crate::store::{Change, Expected, Link, Store, Writer, add, file, refs};

/// What became of the layers whose compressed bytes were kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Layers that are made again now, what their bytes took, and what is kept instead.
    pub layers: u64,
    pub before: u64,
    pub after: u64,
    /// Layers whose bytes stay, because nothing here makes them again; and those bytes.
    pub left: u64,
    pub left_bytes: u64,
}

/// How a layer is made again.
enum Remedy {
    Made(String),
    Record(Vec<u8>),
}

/// Looks at all kept bytes of the images of a store, and replaces those that are made again exactly: each has been made again,
/// and held against its digest, before anything lets go of it. No digest of an image changes.
///
/// The bytes themselves go when gc finds that nothing needs them: an older operation that may be undone still does.
pub fn squeeze(store: &Store, progress: &dyn Progress) -> Result<Report, Error> {
    let mut writer = store.writer()?;
    let all = refs::list(store, FOLDER)?;
    let mut kept = vec![];
    for found in &all {
        collect(store, &found.target, &mut kept)?;
    }
    progress.start(Task::Repack, Some(kept.iter().map(|blob| blob.size).sum()));
    let found = parallel::map(&kept, |blob| {
        let remedy = remedy(store, blob);
        progress.advance(Task::Repack, blob.size);
        remedy
    });
    progress.finish(Task::Repack);
    let (mut report, mut contents) = (Report::default(), HashMap::new());
    for (blob, remedy) in kept.iter().zip(found) {
        let Some(layer) = blob.content.layer() else { continue };
        let content = match remedy? {
            None => {
                report.left += 1;
                report.left_bytes += blob.size;
                continue;
            }
            Some(Remedy::Made(by)) => Content::Made { layer, by },
            Some(Remedy::Record(bytes)) => {
                report.after += bytes.len() as u64;
                Content::Record { layer, record: add::bytes(&mut writer, &bytes)?.link }
            }
        };
        report.layers += 1;
        report.before += blob.size;
        contents.insert(blob.digest, content);
    }
    let (mut changes, mut done) = (vec![], HashMap::new());
    for found in all {
        let new = rewrite(&mut writer, &found.target, &contents, &mut done)?;
        if new != found.target {
            let expected = Expected::Is(found.target);
            changes.push(Change { name: found.name, expected, new: Some(new) });
        }
    }
    writer.commit(changes)?;
    Ok(report)
}

/// Collects the blobs of an image, and of those below it, whose bytes are kept: each once.
fn collect(store: &Store, link: &Link, kept: &mut Vec<Blob>) -> Result<(), Error> {
    for blob in catalog::tree(store, link)?.into_iter().flat_map(|(_, image)| image.blobs) {
        let is_kept = matches!(blob.content, Content::Kept { .. });
        if is_kept && !kept.iter().any(|known| known.digest == blob.digest) {
            kept.push(blob);
        }
    }
    Ok(())
}

/// Writes an image anew with other contents for its layers; returns itself where none of them changes.
fn rewrite(
    writer: &mut Writer<'_>,
    link: &Link,
    contents: &HashMap<Digest, Content>,
    done: &mut HashMap<Link, Link>,
) -> Result<Link, Error> {
    if let Some(known) = done.get(link) {
        return Ok(*known);
    }
    let mut image: Image = writer.store().read_node(link)?;
    for blob in &mut image.blobs {
        if let (Content::Kept { .. }, Some(content)) = (&blob.content, contents.get(&blob.digest)) {
            blob.content = content.clone();
        }
    }
    for child in &mut image.manifests {
        child.image = rewrite(writer, &child.image, contents, done)?;
    }
    let new = writer.node(&image)?;
    done.insert(*link, new);
    Ok(new)
}

/// Finds out how a layer is made again, and makes it; nothing where that does not succeed.
fn remedy(store: &Store, blob: &Blob) -> Result<Option<Remedy>, Error> {
    let Content::Kept { layer, bytes } = &blob.content else { return Ok(None) };
    let failed = || layer::Error::io("make a layer again");
    let mut head = [0; 4];
    let length = file::open(store, bytes)?.read(&mut head).map_err(failed())?;
    let compression = match &head[..length] {
        [0x1f, 0x8b, ..] => Compression::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd] => Compression::Zstd,
        _ => return Ok(None),
    };
    let level = compression.level();
    let ours = Compressed::new(layer::open(store, layer)?, compression, level);
    if same(ours, file::open(store, bytes)?).map_err(failed())? {
        let by = Compressed::<io::Empty>::name(compression, level);
        return Ok(Some(Remedy::Made(by)));
    }
    if compression != Compression::Gzip {
        return Ok(None);
    }
    let open = || file::open(store, bytes).map_err(io::Error::other);
    let Some(record) = layer::record(blob.size, open).map_err(failed())? else { return Ok(None) };
    let again = layer::remade(store, layer, &record)?;
    let is_same = same(again, file::open(store, bytes)?).unwrap_or(false);
    Ok(is_same.then_some(Remedy::Record(record)))
}

/// Returns whether both give the same bytes; stops where they do not.
fn same(mut one: impl Read, mut other: impl Read) -> io::Result<bool> {
    const BLOCK: u64 = 64 << 10;
    let (mut a, mut b) = (vec![], vec![]);
    loop {
        a.clear();
        b.clear();
        (&mut one).take(BLOCK).read_to_end(&mut a)?;
        (&mut other).take(BLOCK).read_to_end(&mut b)?;
        if a != b {
            return Ok(false);
        }
        if a.is_empty() {
            return Ok(true);
        }
    }
}
