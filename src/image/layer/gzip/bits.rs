//! Bits as deflate has them: the lowest of a byte first.

use std::io::{self, Read};

/// Read from the input at once.
const BLOCK: usize = 64 << 10;

/// Reads bits.
pub(super) struct BitReader<R> {
    input: R,
    buffer: Vec<u8>,
    at: usize,
    bits: u64,
    count: u32,
    ended: bool,
}

impl<R: Read> BitReader<R> {
    pub(super) const fn new(input: R) -> Self {
        Self { input, buffer: vec![], at: 0, bits: 0, count: 0, ended: false }
    }

    fn next_byte(&mut self) -> io::Result<Option<u8>> {
        if self.at == self.buffer.len() && !self.ended {
            self.buffer.clear();
            self.at = 0;
            (&mut self.input).take(BLOCK as u64).read_to_end(&mut self.buffer)?;
            self.ended = self.buffer.is_empty();
        }
        let byte = self.buffer.get(self.at).copied();
        self.at += usize::from(byte.is_some());
        Ok(byte)
    }

    /// Returns at least 15 bits, where there are so many, without taking them.
    pub(super) fn peek(&mut self) -> io::Result<u32> {
        while self.count < 32 {
            let Some(byte) = self.next_byte()? else { break };
            self.bits |= u64::from(byte) << self.count;
            self.count += 8;
        }
        Ok(self.bits as u32)
    }

    /// Takes bits that were looked at.
    pub(super) fn skip(&mut self, count: u32) -> io::Result<()> {
        if count > self.count {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.bits >>= count;
        self.count -= count;
        Ok(())
    }

    /// Takes up to 16 bits.
    pub(super) fn take(&mut self, count: u32) -> io::Result<u32> {
        let bits = self.peek()? & ((1 << count) - 1);
        self.skip(count)?;
        Ok(bits)
    }

    /// Goes on to the next whole byte; what is passed over must be zeros, as all write it.
    pub(super) fn align(&mut self) -> io::Result<()> {
        match self.take(self.count % 8)? {
            0 => Ok(()),
            _ => {
                Err(io::Error::new(io::ErrorKind::InvalidData, "there is something in the padding"))
            }
        }
    }

    /// Takes a whole byte; nothing at the end.
    pub(super) fn byte(&mut self) -> io::Result<Option<u8>> {
        self.peek()?;
        match self.count {
            0 => Ok(None),
            _ => self.take(8).map(|byte| Some(byte as u8)),
        }
    }
}

/// Writes bits.
#[derive(Debug, Default)]
pub(super) struct BitWriter {
    pub(super) out: Vec<u8>,
    bits: u64,
    count: u32,
}

impl BitWriter {
    /// Writes up to 32 bits.
    pub(super) fn put(&mut self, bits: u32, count: u32) {
        self.bits |= u64::from(bits) << self.count;
        self.count += count;
        while self.count >= 8 {
            self.out.push(self.bits as u8);
            self.bits >>= 8;
            self.count -= 8;
        }
    }

    /// Fills up to a whole byte with zeros.
    pub(super) fn align(&mut self) {
        if self.count > 0 {
            self.put(0, 8 - self.count);
        }
    }

    /// Returns how many bits were written.
    pub(super) fn bits(&self) -> usize {
        self.out.len() * 8 + self.count as usize
    }
}
