//! The merged index of many packs: one search instead of one in each.
//!
//! ```text
//! packs/<BLAKE3 of the file>.idx               derived; may be deleted at any time
//!
//!   "mls-indx"  version u32 = 1  packs u32
//!   packs × digest [32]
//!   entries, as in a pack's table, `pack` being a place in the list above
//!   entries u64  BLAKE3 of the entries [32]  BLAKE3 of head and packs [32]  "mls-xend"
//! ```

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use super::read::open_regular;
use super::table::{Table, damaged};
use super::{ENTRY, Entry, Pack};
use crate::base::Digest;
use crate::store::{Error, Link};

const MAGIC: &[u8; 8] = b"mls-indx";
const END: &[u8; 8] = b"mls-xend";
const VERSION: u32 = 1;
const HEAD: u64 = 16;
const TAIL: u64 = 80;

/// An open index.
#[derive(Debug)]
pub(crate) struct Index {
    file: File,
    path: PathBuf,
    packs: Vec<Digest>,
    places: HashMap<Digest, u32>,
    table: Table,
}

impl Index {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let file = open_regular(path)?;
        let read = || -> io::Result<_> {
            let size = file.metadata()?.len();
            let packs = read_packs(&file, size)?;
            let table = read_tail(&file, size, &packs)?;
            Ok((packs, table))
        };
        let (packs, table) = read().map_err(Error::io("read", path))?;
        let places = packs.iter().enumerate().map(|(place, digest)| (*digest, place as u32));
        Ok(Self { places: places.collect(), packs, file, path: path.to_owned(), table })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn covers(&self, pack: &Digest) -> bool {
        self.places.contains_key(pack)
    }

    pub(crate) fn find(&self, link: &Link) -> Result<Option<(Digest, Entry)>, Error> {
        let entry = self.table.find(&self.file, link).map_err(Error::io("read", &self.path))?;
        let Some(entry) = entry else { return Ok(None) };
        match self.packs.get(entry.pack as usize) {
            Some(pack) => Ok(Some((*pack, entry))),
            None => Err(Error::io("read", &self.path)(damaged("an entry names no pack"))),
        }
    }

    /// Checks every entry; `false` where the index is damaged and should be deleted.
    pub(crate) fn is_sound(&self) -> bool {
        self.table.read(&self.file).is_ok()
    }
}

/// Writes an index over `packs` into `folder`. Not synced: it is derived.
pub(crate) fn write(folder: &Path, packs: &[std::sync::Arc<Pack>]) -> Result<(), Error> {
    let tables = packs.iter().map(|pack| pack.entries()).collect::<Result<Vec<_>, _>>()?;
    let mut head = MAGIC.to_vec();
    head.extend_from_slice(&VERSION.to_le_bytes());
    head.extend_from_slice(&(packs.len() as u32).to_le_bytes());
    packs.iter().for_each(|pack| head.extend_from_slice(pack.digest.as_bytes()));
    let entries = merge(tables);
    let table: Vec<u8> = entries.iter().flat_map(Entry::encode).collect();
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(Error::io("write", folder))?;
    let digests = [Digest::of(&table), Digest::of(&head)];
    let mut hasher = blake3::Hasher::new();
    let parts: [&[u8]; 6] = [
        &head,
        &table,
        &(entries.len() as u64).to_le_bytes(),
        digests[0].as_bytes(),
        digests[1].as_bytes(),
        END,
    ];
    for part in parts {
        hasher.update(part);
        file.write_all(part).map_err(Error::io("write", file.path()))?;
    }
    let path = folder.join(format!("{}.idx", Digest::from(hasher.finalize())));
    file.persist(&path).map_err(|error| Error::io("rename", &path)(error.error))?;
    Ok(())
}

/// Joins sorted tables; an object that several packs hold is listed once.
fn merge(tables: Vec<Vec<Entry>>) -> Vec<Entry> {
    let mut all: Vec<Entry> = vec![];
    for (place, table) in tables.into_iter().enumerate() {
        all.extend(table.into_iter().map(|entry| Entry { pack: place as u32, ..entry }));
    }
    all.sort_by_key(|entry| entry.link);
    all.dedup_by_key(|entry| entry.link);
    all
}

fn read_packs(file: &File, size: u64) -> io::Result<Vec<Digest>> {
    let mut head = [0; HEAD as usize];
    file.read_exact_at(&mut head, 0)?;
    let count = u64::from(u32::from_le_bytes(head[12..].try_into().expect("4 bytes")));
    if &head[..8] != MAGIC || head[8..12] != VERSION.to_le_bytes() {
        return Err(damaged("it does not begin as an index does"));
    }
    if HEAD + count * 32 + TAIL > size {
        return Err(damaged("it is cut off"));
    }
    let mut bytes = vec![0; count as usize * 32];
    file.read_exact_at(&mut bytes, HEAD)?;
    let digest = |bytes: &[u8]| Digest::from_bytes(bytes.try_into().expect("32 bytes"));
    Ok(bytes.chunks_exact(32).map(digest).collect())
}

fn read_tail(file: &File, size: u64, packs: &[Digest]) -> io::Result<Table> {
    let mut tail = [0; TAIL as usize];
    file.read_exact_at(&mut tail, size - TAIL)?;
    let mut head = vec![0; HEAD as usize + packs.len() * 32];
    file.read_exact_at(&mut head, 0)?;
    let entries = u64::from_le_bytes(tail[..8].try_into().expect("8 bytes"));
    let digest = |at: usize| Digest::from_bytes(tail[at..at + 32].try_into().expect("32 bytes"));
    let whole = entries.checked_mul(ENTRY as u64).map(|table| head.len() as u64 + table + TAIL);
    match &tail[72..] == END && whole == Some(size) && digest(40) == Digest::of(&head) {
        true => Ok(Table::new(head.len() as u64, entries, digest(8))),
        false => Err(damaged("its end does not fit its beginning")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::pack::{Builder, PackSet};

    fn pack(folder: &Path, texts: std::ops::Range<u32>) -> Vec<Link> {
        let mut builder = Builder::new(folder);
        let links = texts.map(|n| {
            let bytes = n.to_le_bytes();
            let link = Link::blob(Digest::of(&bytes));
            builder.object(link, &bytes).unwrap();
            link
        });
        let links = links.collect();
        builder.publish(folder).unwrap();
        links
    }

    #[test]
    fn an_index_finds_what_its_packs_hold() {
        let folder = tempfile::tempdir().unwrap();
        // Enough for a table that is searched on disk.
        let mut links = pack(folder.path(), 0..50_000);
        links.extend(pack(folder.path(), 50_000..50_100));
        let set = PackSet::open(folder.path().to_owned()).unwrap();
        write(folder.path(), &set.kept().unwrap()).unwrap();
        set.refresh().unwrap();
        assert!(set.unindexed().is_empty());
        for link in &links {
            let found = set.find(link).unwrap().unwrap();
            assert_eq!(found.pack.read(&found.entry).map(|b| Digest::of(&b)).unwrap(), link.digest);
        }
        for n in 0..1000_u32 {
            assert!(
                set.find(&Link::blob(Digest::of(&[n as u8, 1, 2, (n >> 8) as u8, 9])))
                    .unwrap()
                    .is_none()
            );
        }
        let later = pack(folder.path(), 60_000..60_010);
        set.refresh().unwrap();
        assert!(set.find(&later[0]).unwrap().is_some(), "a pack beside the index is found too");
    }

    #[test]
    fn x01_a_damaged_index_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let links = pack(folder.path(), 0..10);
        let set = PackSet::open(folder.path().to_owned()).unwrap();
        write(folder.path(), &set.kept().unwrap()).unwrap();
        set.refresh().unwrap();
        let path = set.indexes().remove(0);
        let sound = std::fs::read(&path).unwrap();
        for at in 0..sound.len() {
            let mut bytes = sound.clone();
            bytes[at] ^= 0x40;
            crate::base::fs::write_derived(&path, &bytes).unwrap();
            set.refresh().unwrap();
            set.forget_open();
            assert!(!set.unsound_indexes().is_empty(), "byte {at}");
            assert!(set.find(&links[3]).unwrap().is_some(), "byte {at}");
        }
    }
}
