//! The codes of deflate (RFC 1951, 3.2): read with a table, written from lengths.

use std::io::{self, Read};

use super::bits::{BitReader, BitWriter};

const MAX_BITS: u32 = 15;

/// In which order the lengths of the code for lengths come.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// What lengths and distances begin at, and how many bits say more.
const LENGTHS: [(u16, u8); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];
const DISTANCES: [(u16, u8); 30] = [
    (1, 0),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 1),
    (7, 1),
    (9, 2),
    (13, 2),
    (17, 3),
    (25, 3),
    (33, 4),
    (49, 4),
    (65, 5),
    (97, 5),
    (129, 6),
    (193, 6),
    (257, 7),
    (385, 7),
    (513, 8),
    (769, 8),
    (1025, 9),
    (1537, 9),
    (2049, 10),
    (3073, 10),
    (4097, 11),
    (6145, 11),
    (8193, 12),
    (12289, 12),
    (16385, 13),
    (24577, 13),
];

/// A literal, or a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Literal,
    /// So many bytes, from so far before.
    Match(u16, u16),
}

impl Token {
    /// Returns how many bytes it stands for.
    pub(super) const fn size(self) -> usize {
        match self {
            Self::Literal => 1,
            Self::Match(length, _) => length as usize,
        }
    }
}

/// The lengths of the codes of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lengths {
    literals: Vec<u8>,
    distances: Vec<u8>,
}

fn bad(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

impl Lengths {
    /// Returns those that need not be told.
    pub(super) fn fixed() -> Self {
        let length = |symbol| match symbol {
            0..144 => 8,
            144..256 => 9,
            256..280 => 7,
            _ => 8,
        };
        Self { literals: (0..288).map(length).collect(), distances: vec![5; 30] }
    }

    /// Reads those of a dynamic block, and writes what was read to `copy`.
    pub(super) fn read<R: Read>(from: &mut BitReader<R>, copy: &mut BitWriter) -> io::Result<Self> {
        let mut take = |from: &mut BitReader<R>, count| -> io::Result<u32> {
            let bits = from.take(count)?;
            copy.put(bits, count);
            Ok(bits)
        };
        let literals = take(from, 5)? as usize + 257;
        let distances = take(from, 5)? as usize + 1;
        let count = take(from, 4)? as usize + 4;
        let mut own = [0; 19];
        for place in &ORDER[..count] {
            own[*place] = take(from, 3)? as u8;
        }
        let table = Table::new(&own)?;
        let mut all: Vec<u8> = vec![];
        while all.len() < literals + distances {
            let (symbol, length) = table.find(from.peek()?)?;
            take(from, length)?;
            let (value, times) = match symbol {
                0..16 => (symbol as u8, 1),
                16 => (*all.last().ok_or_else(|| bad("nothing to repeat"))?, 3 + take(from, 2)?),
                17 => (0, 3 + take(from, 3)?),
                _ => (0, 11 + take(from, 7)?),
            };
            all.extend(std::iter::repeat_n(value, times as usize));
        }
        if all.len() > literals + distances || literals > 286 {
            return Err(bad("too many lengths"));
        }
        let distances = all.split_off(literals);
        Ok(Self { literals: all, distances })
    }
}

/// Finds symbols by the bits that come next.
struct Table {
    entries: Vec<u16>,
}

impl Table {
    fn new(lengths: &[u8]) -> io::Result<Self> {
        let mut entries = vec![0; 1 << MAX_BITS];
        for (symbol, (code, length)) in codes(lengths)?.into_iter().enumerate() {
            if length > 0 {
                let entry = ((symbol as u16) << 4) | u16::from(length);
                let mut place = code as usize;
                while place < entries.len() {
                    entries[place] = entry;
                    place += 1 << length;
                }
            }
        }
        Ok(Self { entries })
    }

    /// Returns a symbol and how many bits it takes.
    fn find(&self, bits: u32) -> io::Result<(u16, u32)> {
        let entry = self.entries[bits as usize & ((1 << MAX_BITS) - 1)];
        match entry & 15 {
            0 => Err(bad("a code that is none")),
            length => Ok((entry >> 4, u32::from(length))),
        }
    }
}

/// Returns the code of each symbol, its first bit lowest, with its length.
fn codes(lengths: &[u8]) -> io::Result<Vec<(u16, u8)>> {
    let mut counts = [0_u32; 16];
    for length in lengths {
        counts[*length as usize] += 1;
    }
    counts[0] = 0;
    let (mut next, mut code) = ([0_u32; 16], 0);
    for length in 1..16 {
        code = (code + counts[length - 1]) << 1;
        next[length] = code;
        if code + counts[length] > 1 << length {
            return Err(bad("more codes than fit"));
        }
    }
    let one = |length: &u8| {
        if *length == 0 {
            return (0, 0);
        }
        let code = next[*length as usize];
        next[*length as usize] += 1;
        ((code as u16).reverse_bits() >> (16 - *length), *length)
    };
    Ok(lengths.iter().map(one).collect())
}

/// Reads tokens.
pub(super) struct Decoder {
    literals: Table,
    distances: Table,
}

impl Decoder {
    pub(super) fn new(lengths: &Lengths) -> io::Result<Self> {
        let (literals, distances) =
            (Table::new(&lengths.literals)?, Table::new(&lengths.distances)?);
        Ok(Self { literals, distances })
    }

    /// Reads a token and, of a literal, its byte; nothing at the end of the block.
    pub(super) fn next<R: Read>(&self, from: &mut BitReader<R>) -> io::Result<Option<(Token, u8)>> {
        let (symbol, length) = self.literals.find(from.peek()?)?;
        from.skip(length)?;
        let place = match symbol {
            0..256 => return Ok(Some((Token::Literal, symbol as u8))),
            256 => return Ok(None),
            _ => (symbol - 257) as usize,
        };
        let (start, extra) = *LENGTHS.get(place).ok_or_else(|| bad("a length that is none"))?;
        let length = start + from.take(u32::from(extra))? as u16;
        // 258 is written in one way by all.
        if length == 258 && place != 28 {
            return Err(bad("a length written in another way"));
        }
        let (symbol, bits) = self.distances.find(from.peek()?)?;
        from.skip(bits)?;
        let distance =
            DISTANCES.get(symbol as usize).ok_or_else(|| bad("a distance that is none"))?;
        let distance = u32::from(distance.0) + from.take(u32::from(distance.1))?;
        Ok(Some((Token::Match(length, distance as u16), 0)))
    }
}

/// Writes tokens.
pub(super) struct Encoder {
    literals: Vec<(u16, u8)>,
    distances: Vec<(u16, u8)>,
}

impl Encoder {
    pub(super) fn new(lengths: &Lengths) -> io::Result<Self> {
        Ok(Self { literals: codes(&lengths.literals)?, distances: codes(&lengths.distances)? })
    }

    fn symbol(all: &[(u16, u8)], symbol: usize, to: &mut BitWriter) -> io::Result<()> {
        match all.get(symbol) {
            Some((code, length)) if *length > 0 => {
                to.put(u32::from(*code), u32::from(*length));
                Ok(())
            }
            _ => Err(bad("a symbol without a code")),
        }
    }

    pub(super) fn put(&self, token: Token, byte: u8, to: &mut BitWriter) -> io::Result<()> {
        let Token::Match(length, distance) = token else {
            return Self::symbol(&self.literals, byte as usize, to);
        };
        let place = LENGTHS.partition_point(|(start, _)| *start <= length) - 1;
        let (start, extra) = LENGTHS[place];
        Self::symbol(&self.literals, place + 257, to)?;
        to.put(u32::from(length - start), u32::from(extra));
        let place = DISTANCES.partition_point(|(start, _)| *start <= distance) - 1;
        let (start, extra) = DISTANCES[place];
        Self::symbol(&self.distances, place, to)?;
        to.put(u32::from(distance - start), u32::from(extra));
        Ok(())
    }

    pub(super) fn end(&self, to: &mut BitWriter) -> io::Result<()> {
        Self::symbol(&self.literals, 256, to)
    }
}
