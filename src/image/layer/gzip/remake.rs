//! Making a stream of gzip again, from its plain text and a record.

use std::io::{self, Read};

use super::analyze::MAX_BLOCK;
use super::bits::{BitReader, BitWriter};
use super::huffman::{Encoder, Lengths, Token};
use super::model::{Guess, Kind};
use super::record::{self, Cursor};
use super::window::{AHEAD, Window};

/// Reads as the stream did.
pub(in crate::image::layer) struct Remade<R> {
    plain: R,
    kind: Kind,
    blocks: Cursor,
    parts: Cursor,
    units: Cursor,
    fixes: Cursor,
    member: Option<Member>,
    writer: BitWriter,
    /// How much of what is written has been read.
    read: usize,
}

/// A member that is being made.
struct Member {
    window: Window,
    guess: Guess,
    place: usize,
    /// How long its text is.
    total: usize,
    /// So many tokens as the model says, then this one.
    fix: Option<(usize, Token)>,
}

fn bad(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

impl<R: Read> Remade<R> {
    pub(in crate::image::layer) fn new(plain: R, record: &[u8]) -> io::Result<Self> {
        let (kind, [blocks, parts, units, fixes]) = record::decode(record)?;
        let (member, writer) = (None, BitWriter::default());
        Ok(Self { plain, kind, blocks, parts, units, fixes, member, writer, read: 0 })
    }

    /// Makes a block more; `false` at the end.
    fn step(&mut self) -> io::Result<bool> {
        if self.member.is_none() {
            if self.blocks.is_empty() {
                return Ok(false);
            }
            self.begin()?;
        }
        let mut member = self.member.take().expect("it has begun");
        let head = self.blocks.number()?;
        self.writer.put(head as u32 & 7, 3);
        match (head >> 1) & 3 {
            0 => self.stored(&mut member)?,
            1 => self.coded(&mut member, &Lengths::fixed())?,
            2 => {
                let lengths = self.lengths()?;
                self.coded(&mut member, &lengths)?;
            }
            _ => return Err(bad("a block of no kind")),
        }
        match head & 1 {
            1 => {
                self.writer.align();
                let trailer = self.blocks.bytes()?;
                self.writer.out.extend(trailer);
            }
            _ => self.member = Some(member),
        }
        Ok(true)
    }

    fn begin(&mut self) -> io::Result<()> {
        let header = self.blocks.bytes()?;
        self.writer.out.extend(header);
        let mut guess = Guess::new(self.kind).ok_or_else(|| bad("no such model"))?;
        let (count, mut end) = (self.parts.number()?, 0_usize);
        for _ in 0..count {
            end = end.saturating_add(self.parts.number()?);
            guess.ends(end);
        }
        let fix = self.fixes.fix()?;
        self.member = Some(Member { window: Window::default(), guess, place: 0, total: end, fix });
        Ok(())
    }

    /// Reads what a dynamic block begins with, and writes it.
    fn lengths(&mut self) -> io::Result<Lengths> {
        let count = self.blocks.number()?;
        let bytes = self.blocks.bytes()?;
        let mut copy = BitWriter::default();
        let lengths = Lengths::read(&mut BitReader::new(bytes.as_slice()), &mut copy)?;
        if copy.bits() != count {
            return Err(bad("a code that is none"));
        }
        let mut bits = BitReader::new(bytes.as_slice());
        let mut left = count as u32;
        while left > 0 {
            let some = left.min(16);
            self.writer.put(bits.take(some)?, some);
            left -= some;
        }
        Ok(lengths)
    }

    /// Returns where a block ends, and reads its plain text and what the model looks at behind it.
    fn end(&mut self, member: &mut Member) -> io::Result<usize> {
        let length = self.blocks.number()?;
        if length > MAX_BLOCK + 258 {
            return Err(bad("a block without end"));
        }
        member.window.trim(member.place);
        let end = member.place + length;
        // What is behind this member is the next one's.
        let seen = member.total.min(end + 2 * AHEAD);
        member.window.fill(seen, &mut self.plain)?;
        match member.window.end() >= seen && seen >= end {
            true => Ok(end),
            false => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    fn unit(&mut self, member: &mut Member) -> io::Result<()> {
        let Member { window, guess, place, .. } = member;
        if let Some(end) = guess.at(window, *place) {
            // The last one may be cut off by the end of the text.
            guess.begin(window, *place, end.min(window.end()), self.units.number()? == 1);
        }
        Ok(())
    }

    fn stored(&mut self, member: &mut Member) -> io::Result<()> {
        let end = self.end(member)?;
        self.writer.align();
        let length = u32::try_from(end - member.place).ok().filter(|length| *length < 1 << 16);
        let length = length.ok_or_else(|| bad("a block without end"))?;
        self.writer.put(length, 16);
        self.writer.put(length ^ 0xffff, 16);
        while member.place < end {
            self.unit(member)?;
            member.guess.passed(&member.window, member.place);
            self.writer.out.push(member.window.at(member.place));
            member.place += 1;
        }
        Ok(())
    }

    fn coded(&mut self, member: &mut Member, lengths: &Lengths) -> io::Result<()> {
        let end = self.end(member)?;
        let encoder = Encoder::new(lengths)?;
        while member.place < end {
            self.unit(member)?;
            let Member { window, guess, place, fix, .. } = &mut *member;
            let predicted = guess.predict(window, *place);
            let (token, fixed) = match fix {
                Some((0, token)) => (*token, true),
                Some((left, _)) => {
                    *left -= 1;
                    (predicted, false)
                }
                None => (predicted, false),
            };
            if fixed {
                *fix = self.fixes.fix()?;
            }
            if *place + token.size() > end {
                return Err(bad("a token behind the end"));
            }
            encoder.put(token, window.at(*place), &mut self.writer)?;
            guess.came(window, *place, token, predicted);
            *place += token.size();
        }
        encoder.end(&mut self.writer)
    }
}

impl<R: Read> Read for Remade<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.read == self.writer.out.len() {
            self.writer.out.clear();
            self.read = 0;
            if to.is_empty() || !self.step()? {
                return Ok(0);
            }
        }
        let length = to.len().min(self.writer.out.len() - self.read);
        to[..length].copy_from_slice(&self.writer.out[self.read..self.read + length]);
        self.read += length;
        Ok(length)
    }
}
