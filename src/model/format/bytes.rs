//! Bytes of a file that may lie: every length is held against what is left before anything is allocated by it.

use std::io::{self, Read, Seek, SeekFrom};

use super::Fault;

/// What a format is read from: a file in the store, or bytes.
pub trait Source: Read + Seek {}

impl<T: Read + Seek> Source for T {}

/// Returns how long a source is.
pub(super) fn size(source: &mut dyn Source) -> Result<u64, Fault> {
    Ok(source.seek(SeekFrom::End(0))?)
}

/// Reads up to `length` bytes from `start` on: fewer at the end.
pub(super) fn range(source: &mut dyn Source, start: u64, length: usize) -> Result<Vec<u8>, Fault> {
    source.seek(SeekFrom::Start(start))?;
    let mut bytes = vec![];
    source.take(length as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads the whole source; refuses one of more than `limit` bytes.
pub(super) fn all(source: &mut dyn Source, limit: u64) -> Result<Vec<u8>, Fault> {
    let length = size(source)?;
    match length <= limit {
        true => range(source, 0, length as usize),
        false => Err(Fault::bad(format!("it is larger than {limit} bytes"))),
    }
}

/// Reads forwards, and knows how much may come at most.
#[derive(Debug)]
pub(super) struct Bytes<R> {
    from: R,
    at: u64,
    left: u64,
}

impl<R: Read> Bytes<R> {
    /// Begins; no more than `left` bytes will be read.
    pub(super) fn new(from: R, left: u64) -> Self {
        Self { from, at: 0, left }
    }

    pub(super) fn at(&self) -> u64 {
        self.at
    }

    pub(super) fn left(&self) -> u64 {
        self.left
    }

    fn spend(&mut self, count: u64) -> Result<(), Fault> {
        self.left = self.left.checked_sub(count).ok_or_else(Fault::short)?;
        self.at += count;
        Ok(())
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        self.spend(N as u64)?;
        let mut bytes = [0; N];
        self.from.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Fault> {
        Ok(self.array::<1>()?[0])
    }

    /// Returns the next byte, and nothing at the end.
    pub(super) fn maybe_u8(&mut self) -> Result<Option<u8>, Fault> {
        let mut byte = [0];
        loop {
            match self.from.read(&mut byte) {
                Ok(0) => return Ok(None),
                Ok(_) => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.spend(1)?;
        Ok(Some(byte[0]))
    }

    pub(super) fn u32(&mut self) -> Result<u32, Fault> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(super) fn u64(&mut self) -> Result<u64, Fault> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// Reads `count` bytes, which must be there.
    pub(super) fn take(&mut self, count: u64) -> Result<Vec<u8>, Fault> {
        self.spend(count)?;
        let mut bytes = vec![];
        (&mut self.from).take(count).read_to_end(&mut bytes)?;
        match bytes.len() as u64 == count {
            true => Ok(bytes),
            false => Err(Fault::short()),
        }
    }

    /// Passes over `count` bytes, which must be there.
    pub(super) fn skip(&mut self, count: u64) -> Result<(), Fault> {
        self.spend(count)?;
        match io::copy(&mut (&mut self.from).take(count), &mut io::sink())? == count {
            true => Ok(()),
            false => Err(Fault::short()),
        }
    }

    /// Reads up to the next line end, which is not part of it; no more than `limit` bytes are kept.
    pub(super) fn line(&mut self, limit: usize) -> Result<Vec<u8>, Fault> {
        let mut line = vec![];
        loop {
            match self.u8()? {
                b'\n' => return Ok(line),
                byte if line.len() < limit => line.push(byte),
                _ => {}
            }
        }
    }
}
