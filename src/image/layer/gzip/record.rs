//! What is kept of a stream of gzip beside its plain text.
//!
//! ```text
//! "mlsz" version model    four lists, each with its length before it:
//!   blocks   headers of members; of each block its kind, its length, and the code that it tells; checksums
//!   parts    how long the plain text of each part of the stream is
//!   units    whether a unit holds no match
//!   fixes    so many tokens as the model says, then this one
//! ```
//!
//! Numbers have seven bits in a byte, the lowest first.

use std::io;

use super::huffman::Token;
use super::model::Kind;

const MAGIC: &[u8; 5] = b"mlsz\x01";

/// A record that is being written.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) blocks: List,
    pub(super) parts: List,
    pub(super) units: List,
    pub(super) fixes: List,
}

impl Record {
    /// Returns the bytes of the record.
    pub(super) fn encode(self, kind: Kind) -> Vec<u8> {
        let mut all = MAGIC.to_vec();
        all.push(kind.0);
        for list in [self.blocks, self.parts, self.units, self.fixes] {
            let mut length = List::default();
            length.number(list.0.len());
            all.extend(length.0);
            all.extend(list.0);
        }
        all
    }

    pub(super) fn size(&self) -> usize {
        [&self.blocks, &self.parts, &self.units, &self.fixes].map(List::len).into_iter().sum()
    }
}

/// Numbers and bytes.
#[derive(Debug, Default)]
pub(super) struct List(Vec<u8>);

impl List {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn number(&mut self, mut number: usize) {
        while number >= 128 {
            self.0.push(number as u8 | 128);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    /// Writes that a token came after so many that were foreseen.
    pub(super) fn fix(&mut self, foreseen: usize, token: Token) {
        self.number(foreseen);
        match token {
            Token::Literal => self.number(0),
            Token::Match(length, distance) => {
                self.number(length as usize);
                self.number(distance as usize);
            }
        }
    }
}

/// Reads a list.
#[derive(Debug, Default)]
pub(super) struct Cursor {
    bytes: std::vec::IntoIter<u8>,
}

fn cut_off() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the record is cut off")
}

impl Cursor {
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.len() == 0
    }

    pub(super) fn number(&mut self) -> io::Result<usize> {
        let mut number = 0;
        for shift in (0..56).step_by(7) {
            let byte = self.bytes.next().ok_or_else(cut_off)?;
            number |= usize::from(byte & 127) << shift;
            if byte < 128 {
                return Ok(number);
            }
        }
        Err(cut_off())
    }

    pub(super) fn bytes(&mut self) -> io::Result<Vec<u8>> {
        let length = self.number()?;
        match length <= self.bytes.len() {
            true => Ok(self.bytes.by_ref().take(length).collect()),
            false => Err(cut_off()),
        }
    }

    /// Reads the next fix; nothing where the model is right to the end.
    pub(super) fn fix(&mut self) -> io::Result<Option<(usize, Token)>> {
        if self.is_empty() {
            return Ok(None);
        }
        let foreseen = self.number()?;
        let token = match self.number()? {
            0 => Token::Literal,
            length @ 3..=258 => match self.number()? {
                distance @ 1..=32768 => Token::Match(length as u16, distance as u16),
                _ => return Err(cut_off()),
            },
            _ => return Err(cut_off()),
        };
        Ok(Some((foreseen, token)))
    }
}

/// Takes a record apart: its model, and its lists in their order.
pub(super) fn decode(bytes: &[u8]) -> io::Result<(Kind, [Cursor; 4])> {
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(cut_off)?;
    let (kind, rest) = rest.split_first().ok_or_else(cut_off)?;
    let mut all = Cursor { bytes: Vec::from(rest).into_iter() };
    let mut lists: [Cursor; 4] = Default::default();
    for list in &mut lists {
        list.bytes = all.bytes()?.into_iter();
    }
    Ok((Kind(*kind), lists))
}
