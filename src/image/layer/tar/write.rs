//! The bytes of an entry that is made here: ustar, and PAX for what it cannot say.

use super::header::{
    CHECKSUM, FLAG, GID, LINK, MAGIC, MAJOR, MINOR, MODE, MTIME, NAME, PREFIX, SIZE, UID, checksums,
};
use super::{BLOCK, header};
use crate::image::layer::{Entry, Error, Kind};

/// What 11 octal digits hold.
const MAX_SIZE: u64 = (1 << 33) - 1;

/// What 7 octal digits hold.
const MAX_ID: u32 = (1 << 21) - 1;

/// Returns how many bytes follow so many of content.
pub(in crate::image::layer) fn padding(length: u64) -> usize {
    (length.wrapping_neg() % BLOCK as u64) as usize
}

/// Returns the headers of `entry`; the caller has set its time and cleaned its name.
pub(in crate::image::layer) fn encode(entry: &Entry) -> Result<Vec<u8>, Error> {
    let mut records = vec![];
    let (prefix, name) = split(&entry.path).unwrap_or_else(|| {
        records.push(record(b"path", &entry.path));
        (b"", cut(&entry.path, NAME.len()))
    });
    let mut block = [0; BLOCK];
    block[NAME][..name.len()].copy_from_slice(name);
    block[PREFIX][..prefix.len()].copy_from_slice(prefix);
    if entry.link.len() > LINK.len() {
        records.push(record(b"linkpath", &entry.link));
    }
    let link = cut(&entry.link, LINK.len());
    block[LINK][..link.len()].copy_from_slice(link);
    for (key, id, field) in [("uid", entry.uid, UID), ("gid", entry.gid, GID)] {
        if id > MAX_ID {
            records.push(record(key.as_bytes(), id.to_string().as_bytes()));
        }
        octal(&mut block[field], u64::from(if id > MAX_ID { 0 } else { id }));
    }
    if entry.size > MAX_SIZE {
        records.push(record(b"size", entry.size.to_string().as_bytes()));
    }
    octal(&mut block[SIZE], if entry.size > MAX_SIZE { 0 } else { entry.size });
    let seconds = u64::try_from(entry.mtime.seconds).ok().filter(|seconds| *seconds <= MAX_SIZE);
    if seconds.is_none() {
        records.push(record(b"mtime", entry.mtime.seconds.to_string().as_bytes()));
    }
    octal(&mut block[MTIME], seconds.unwrap_or(0));
    for (name, value) in &entry.xattrs {
        records.push(record(&[b"SCHILY.xattr.", &name[..]].concat(), value));
    }
    device(entry, &mut block)?;
    octal(&mut block[MODE], u64::from(entry.mode & 0o7777));
    block[FLAG] = flag(entry)?;
    seal(&mut block);
    let mut bytes = extended(records, name);
    bytes.extend_from_slice(&block);
    Ok(bytes)
}

fn flag(entry: &Entry) -> Result<u8, Error> {
    Ok(match entry.kind {
        Kind::File => b'0',
        Kind::HardLink => b'1',
        Kind::Symlink => b'2',
        Kind::CharDevice => b'3',
        Kind::BlockDevice => b'4',
        Kind::Directory => b'5',
        Kind::Fifo => b'6',
        Kind::Other(_) => return Err(entry.unfit("it is no file of a kind that is known")),
    })
}

fn device(entry: &Entry, block: &mut [u8; BLOCK]) -> Result<(), Error> {
    let (major, minor) = entry.device;
    if major > MAX_ID || minor > MAX_ID {
        return Err(entry.unfit("the number of its device is too large"));
    }
    octal(&mut block[MAJOR], u64::from(major));
    octal(&mut block[MINOR], u64::from(minor));
    Ok(())
}

/// Splits a path over the two fields that ustar has for it.
fn split(path: &[u8]) -> Option<(&[u8], &[u8])> {
    if path.len() <= NAME.len() {
        return Some((b"", path));
    }
    let fits = |at: &usize| path[*at] == b'/' && path.len() - at - 1 <= NAME.len();
    // The last slash of a folder's name belongs to it.
    let at = (1..path.len() - 1).find(fits).filter(|at| *at <= PREFIX.len())?;
    Some((&path[..at], &path[at + 1..]))
}

fn cut(bytes: &[u8], limit: usize) -> &[u8] {
    &bytes[..bytes.len().min(limit)]
}

/// Writes digits and a NUL.
fn octal(field: &mut [u8], number: u64) {
    let digits = format!("{number:0width$o}", width = field.len() - 1);
    field[..digits.len()].copy_from_slice(digits.as_bytes());
}

fn seal(block: &mut [u8; BLOCK]) {
    block[MAGIC].copy_from_slice(b"ustar\x0000");
    let (sum, _) = checksums(block);
    block[CHECKSUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// Makes the extended header of these records; nothing where there are none.
fn extended(mut records: Vec<Vec<u8>>, name: &[u8]) -> Vec<u8> {
    if records.is_empty() {
        return vec![];
    }
    records.sort_by(|a, b| keyed(a).cmp(keyed(b)));
    let content = records.concat();
    let name = name.strip_suffix(b"/").unwrap_or(name);
    let name = name.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let name = [b"PaxHeaders.0/", cut(name, NAME.len() - 13)].concat();
    let mut block = [0; BLOCK];
    block[NAME][..name.len()].copy_from_slice(&name);
    octal(&mut block[MODE], 0o644);
    for field in [UID, GID, MTIME, MAJOR, MINOR] {
        octal(&mut block[field], 0);
    }
    octal(&mut block[SIZE], content.len() as u64);
    block[header::FLAG] = b'x';
    seal(&mut block);
    let mut bytes = block.to_vec();
    bytes.extend_from_slice(&content);
    bytes.resize(bytes.len() + padding(content.len() as u64), 0);
    bytes
}

/// Returns a record without its length.
fn keyed(record: &[u8]) -> &[u8] {
    let space = record.iter().position(|byte| *byte == b' ').unwrap_or(0);
    &record[space..]
}

/// Makes a record, whose length counts its own digits.
fn record(key: &[u8], value: &[u8]) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let mut length = rest;
    while rest + length.to_string().len() != length {
        length = rest + length.to_string().len();
    }
    [length.to_string().as_bytes(), b" ", key, b"=", value, b"\n"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_counts_the_digits_of_its_own_length() {
        assert_eq!(record(b"path", b"a"), b"9 path=a\n");
        assert_eq!(record(b"path", &[b'a'; 89]).len(), 98);
        for length in 0..2000 {
            let record = record(b"k", &vec![b'v'; length]);
            assert!(record.starts_with(format!("{} k=", record.len()).as_bytes()), "{length}");
        }
    }

    #[test]
    fn a_long_path_is_split_at_a_slash_if_that_suffices() {
        let path = |parts: &[usize]| {
            parts
                .iter()
                .map(|length| "n".repeat(*length))
                .collect::<Vec<_>>()
                .join("/")
                .into_bytes()
        };
        for (parts, fits) in [
            (vec![100], true),
            (vec![101], false),
            (vec![155, 100], true),
            (vec![156, 99], false),
            (vec![90, 20, 90], true),
            (vec![100, 100, 100], false),
        ] {
            assert_eq!(split(&path(&parts)).is_some(), fits, "{parts:?}");
        }
    }
}
