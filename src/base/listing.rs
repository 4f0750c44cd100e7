//! What a folder lists.

use std::os::fd::AsFd;
use std::vec;

use rustix::fs::{FileType, SeekFrom, seek};
use rustix::io::Errno;

/// Room for what one call of the system says: more than most folders list.
#[cfg(target_os = "linux")]
const BUFFER: usize = 32 << 10;

/// The names in a folder, sorted, with what the folder says they are. A million of them take some 40 MB.
#[derive(Debug)]
pub struct Listing {
    /// All names, one behind the other, as the folder listed them.
    bytes: Vec<u8>,
    names: vec::IntoIter<Name>,
}

#[derive(Debug)]
struct Name {
    start: usize,
    length: u16,
    kind: FileType,
}

/// Lists an open folder, without `.` and `..`.
pub fn list(folder: impl AsFd) -> Result<Listing, Errno> {
    let (mut bytes, mut names) = (vec![], vec![]);
    // An open folder is listed from where it was left.
    seek(&folder, SeekFrom::Start(0))?;
    each(folder, &mut |name, kind| {
        if name != b"." && name != b".." {
            let start = bytes.len();
            bytes.extend_from_slice(name);
            names.push(Name { start, length: name.len() as u16, kind });
        }
    })?;
    names.sort_unstable_by(|a, b| text(&bytes, a).cmp(text(&bytes, b)));
    Ok(Listing { bytes, names: names.into_iter() })
}

fn text<'b>(bytes: &'b [u8], name: &Name) -> &'b [u8] {
    &bytes[name.start..name.start + usize::from(name.length)]
}

#[cfg(target_os = "linux")]
fn each(folder: impl AsFd, take: &mut dyn FnMut(&[u8], FileType)) -> Result<(), Errno> {
    let mut buffer = Vec::with_capacity(BUFFER);
    let mut folder = rustix::fs::RawDir::new(folder, buffer.spare_capacity_mut());
    while let Some(entry) = folder.next() {
        let entry = entry?;
        take(entry.file_name().to_bytes(), entry.file_type());
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn each(folder: impl AsFd, take: &mut dyn FnMut(&[u8], FileType)) -> Result<(), Errno> {
    for entry in rustix::fs::Dir::read_from(folder)? {
        let entry = entry?;
        take(entry.file_name().to_bytes(), entry.file_type());
    }
    Ok(())
}

impl Listing {
    /// Returns a listing of one name of which nothing else is known.
    pub fn only(name: &[u8]) -> Self {
        let one = Name { start: 0, length: name.len() as u16, kind: FileType::Unknown };
        Self { bytes: name.to_vec(), names: vec![one].into_iter() }
    }
}

impl Iterator for Listing {
    type Item = (Vec<u8>, FileType);

    fn next(&mut self) -> Option<Self::Item> {
        let name = self.names.next()?;
        Some((text(&self.bytes, &name).to_vec(), name.kind))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.names.size_hint()
    }
}

impl ExactSizeIterator for Listing {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base;

    #[test]
    fn names_come_sorted_and_again_from_the_beginning() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b", "a", "ab", "c"] {
            base::fs::write_atomic(&folder.path().join(name), b"").unwrap();
        }
        let open = std::fs::File::open(folder.path()).unwrap();
        for _ in 0..2 {
            let listing = list(&open).unwrap();
            assert_eq!(listing.len(), 4);
            let names: Vec<_> = listing.map(|(name, _)| name).collect();
            assert_eq!(names, [&b"a"[..], b"ab", b"b", b"c"]);
        }
    }
}
