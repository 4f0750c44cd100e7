//! Zip archives as Python reads them: the directory at the end counts. Checksums and flags do not: who forges them wants to
//! be skipped.

use std::io::{self, Cursor, Read, SeekFrom};

use flate2::read::DeflateDecoder;

use super::Fault;
use super::bytes::{Source, range, size};

/// The end record and the longest comment behind it.
const TAIL: u64 = 22 + 65_535;
/// Members beyond these are not looked at; a model of 1e5 tensors has as many.
const MOST: usize = 200_000;
/// The largest member that is unpacked into memory.
pub(super) const LARGEST: u64 = 256 << 20;

/// A file in an archive.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) name: String,
    /// 0 is stored, 8 is deflated.
    method: u16,
    packed: u64,
    pub(super) size: u64,
    header: u64,
}

/// Reads the directory; nothing where the file has none.
pub(super) fn directory(source: &mut dyn Source) -> Result<Option<Vec<Member>>, Fault> {
    let size = size(source)?;
    let from = size.saturating_sub(TAIL);
    let tail = range(source, from, TAIL as usize)?;
    let ends = |at: &usize| {
        let comment = number(&tail, at + 20, 2).unwrap_or(u64::MAX);
        tail[*at..].starts_with(b"PK\x05\x06") && *at as u64 + 22 + comment == tail.len() as u64
    };
    let Some(end) = (0..tail.len().saturating_sub(21)).rev().find(ends) else { return Ok(None) };
    let Some((length, start)) = central(source, &tail, end, from)? else { return Ok(None) };
    if length > LARGEST || length > size {
        return Err(Fault::bad("its directory is too long".to_owned()));
    }
    // What stands before the archive moves everything in it.
    let real = (from + end as u64).checked_sub(length);
    let bytes = range(source, start, length as usize)?;
    if bytes.starts_with(b"PK\x01\x02") || length == 0 {
        return members(&bytes, 0).map(Some);
    }
    let Some(real) = real else { return Ok(None) };
    let bytes = range(source, real, length as usize)?;
    match bytes.starts_with(b"PK\x01\x02") {
        true => members(&bytes, real.saturating_sub(start)).map(Some),
        false => Ok(None),
    }
}

/// Returns the length of the directory and where it begins, perhaps from the record for large archives.
fn central(
    source: &mut dyn Source,
    tail: &[u8],
    end: usize,
    from: u64,
) -> Result<Option<(u64, u64)>, Fault> {
    let small = number(tail, end + 12, 4).zip(number(tail, end + 16, 4));
    let Some((length, start)) = small else { return Ok(None) };
    if length != u64::from(u32::MAX) && start != u64::from(u32::MAX) {
        return Ok(Some((length, start)));
    }
    let locator = end.checked_sub(20).filter(|at| tail[*at..].starts_with(b"PK\x06\x07"));
    let Some(at) = locator.and_then(|at| number(tail, at + 8, 8)) else { return Ok(None) };
    if at > from + end as u64 {
        return Ok(None);
    }
    let record = range(source, at, 56)?;
    let found = number(&record, 40, 8).zip(number(&record, 48, 8));
    Ok(found.filter(|_| record.starts_with(b"PK\x06\x06")))
}

fn members(mut bytes: &[u8], moved: u64) -> Result<Vec<Member>, Fault> {
    let mut members = vec![];
    while bytes.starts_with(b"PK\x01\x02") {
        if members.len() == MOST {
            return Err(Fault::bad(format!("it has more than {MOST} members")));
        }
        let field = |at, length| number(bytes, at, length).ok_or_else(Fault::short);
        let (name, extra, comment) = (field(28, 2)?, field(30, 2)?, field(32, 2)?);
        let names = 46..46 + name as usize;
        let extras = names.end..names.end + extra as usize;
        let mut member = Member {
            name: String::from_utf8_lossy(bytes.get(names).ok_or_else(Fault::short)?).into(),
            method: field(10, 2)? as u16,
            packed: field(20, 4)?,
            size: field(24, 4)?,
            header: field(42, 4)?,
        };
        member.widen(bytes.get(extras.clone()).ok_or_else(Fault::short)?);
        member.header = member.header.saturating_add(moved);
        members.push(member);
        bytes = bytes.get(extras.end + comment as usize..).ok_or_else(Fault::short)?;
    }
    Ok(members)
}

impl Member {
    /// Takes numbers that do not fit into 32 bits from the extra field for them.
    fn widen(&mut self, mut extra: &[u8]) {
        while let Some((kind, length)) = number(extra, 0, 2).zip(number(extra, 2, 2)) {
            let Some(mut body) = extra.get(4..4 + length as usize) else { return };
            if kind == 1 {
                for field in [&mut self.size, &mut self.packed, &mut self.header] {
                    if *field == u64::from(u32::MAX) {
                        let Some(wide) = number(body, 0, 8) else { return };
                        (*field, body) = (wide, &body[8..]);
                    }
                }
            }
            extra = &extra[4 + length as usize..];
        }
    }

    /// Returns where its packed bytes lie, and whether they are as they are.
    fn place(&self, source: &mut dyn Source) -> Result<(u64, bool), Fault> {
        let header = range(source, self.header, 30)?;
        let behind = number(&header, 26, 2).zip(number(&header, 28, 2));
        let (name, extra) = behind.ok_or_else(Fault::short)?;
        if !header.starts_with(b"PK\x03\x04") {
            return Err(Fault::bad("a member has no header".to_owned()));
        }
        Ok((self.header + 30 + name + extra, self.method == 0))
    }

    /// Returns where its bytes lie in the file, if they are as they are.
    pub(super) fn stored(&self, source: &mut dyn Source) -> Result<Option<(u64, u64)>, Fault> {
        let (at, is_stored) = self.place(source)?;
        Ok(is_stored.then_some((at, at.saturating_add(self.packed))))
    }

    /// Reads its first bytes, up to `limit`.
    pub(super) fn head(&self, source: &mut dyn Source, limit: u64) -> Result<Vec<u8>, Fault> {
        let (at, is_stored) = self.place(source)?;
        source.seek(SeekFrom::Start(at))?;
        let packed = source.take(self.packed);
        let mut bytes = vec![];
        let read = match (is_stored, self.method) {
            (true, _) => packed.take(limit).read_to_end(&mut bytes),
            (_, 8) => DeflateDecoder::new(packed).take(limit).read_to_end(&mut bytes),
            (_, other) => return Err(Fault::bad(format!("a member is packed by method {other}"))),
        };
        match read {
            // What comes before the damage is what a reader would see too.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(bytes),
            Err(error) => Err(error.into()),
            Ok(_) => Ok(bytes),
        }
    }

    /// Unpacks it into memory; refuses what would be too large there, whatever the directory says.
    pub(super) fn open(&self, source: &mut dyn Source) -> Result<Cursor<Vec<u8>>, Fault> {
        let bytes = self.head(source, LARGEST + 1)?;
        match bytes.len() as u64 > LARGEST {
            true => Err(Fault::bad(format!("a member is larger than {LARGEST} bytes unpacked"))),
            false => Ok(Cursor::new(bytes)),
        }
    }
}

fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let bytes = bytes.get(at..at + length)?;
    Some(bytes.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte)))
}
