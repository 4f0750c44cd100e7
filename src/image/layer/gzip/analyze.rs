//! Taking a stream of gzip apart, while a model guesses how it was made.

use std::collections::VecDeque;
use std::io::{self, Read};

use super::bits::{BitReader, BitWriter};
use super::huffman::{Decoder, Lengths, Token};
use super::model::{Guess, Kind};
use super::record::Record;
use super::window::{AHEAD, Window};

/// No block that is made again is longer: it is held in memory.
pub(super) const MAX_BLOCK: usize = 32 << 20;

/// A block that was decoded, and waits for the model to see far enough.
struct Block {
    end: usize,
    is_stored: bool,
    tokens: VecDeque<Token>,
}

struct Analysis<R> {
    input: BitReader<R>,
    record: Record,
    window: Window,
    guess: Guess,
    queue: VecDeque<Block>,
    /// How long the parts of the stream are that have ended, and where the last one began.
    parts: Vec<usize>,
    part_start: usize,
    /// How far the model is.
    place: usize,
    foreseen: usize,
    /// Where it is enough.
    until: usize,
}

/// Returns the record of a stream; with `until`, only of its beginning, to see how good the model is.
///
/// Fails where the stream is none, or cannot be made again from a record.
pub(super) fn analyze(input: impl Read, kind: Kind, until: Option<usize>) -> io::Result<Record> {
    let mut input = BitReader::new(input);
    let mut record = Record::default();
    let mut total = 0;
    while let Some(first) = input.byte()? {
        header(&mut input, first, &mut record)?;
        let guess = Guess::new(kind).ok_or_else(|| io::Error::other("no such model"))?;
        let mut analysis = Analysis {
            input,
            record,
            window: Window::default(),
            guess,
            queue: VecDeque::new(),
            parts: vec![],
            part_start: 0,
            place: 0,
            foreseen: 0,
            until: until.map_or(usize::MAX, |until| until.saturating_sub(total)),
        };
        let ended = analysis.member()?;
        total += analysis.place;
        (input, record) = (analysis.input, analysis.record);
        if !ended {
            break;
        }
        let mut trailer = vec![];
        for _ in 0..8 {
            trailer.extend(input.byte()?);
        }
        if trailer.len() != 8 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        record.blocks.bytes(&trailer);
    }
    Ok(record)
}

/// Reads the header of a member (RFC 1952) and writes it down.
fn header<R: Read>(input: &mut BitReader<R>, first: u8, record: &mut Record) -> io::Result<()> {
    let mut bytes = vec![first];
    let mut next = |bytes: &mut Vec<u8>| -> io::Result<u8> {
        let byte = input.byte()?.ok_or(io::ErrorKind::UnexpectedEof)?;
        if bytes.len() > 1 << 17 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a header without end"));
        }
        bytes.push(byte);
        Ok(byte)
    };
    for _ in 1..10 {
        next(&mut bytes)?;
    }
    if bytes[..3] != [0x1f, 0x8b, 8] {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is no gzip"));
    }
    let flags = bytes[3];
    if flags & 4 != 0 {
        let length = u16::from_le_bytes([next(&mut bytes)?, next(&mut bytes)?]);
        for _ in 0..length {
            next(&mut bytes)?;
        }
    }
    for flag in [8, 16] {
        while flags & flag != 0 && next(&mut bytes)? != 0 {}
    }
    for _ in 0..flags & 2 {
        next(&mut bytes)?;
    }
    record.blocks.bytes(&bytes);
    Ok(())
}

impl<R: Read> Analysis<R> {
    /// Goes through the blocks of a member; `false` where it was left in the middle.
    fn member(&mut self) -> io::Result<bool> {
        loop {
            let last = self.block()?;
            if last {
                self.end_part();
            }
            self.model(last)?;
            if last {
                self.input.align()?;
                // The next member begins to count anew.
                self.record.fixes.fix(self.foreseen, Token::Literal);
                self.record.parts.number(self.parts.len());
                self.parts.iter().for_each(|length| self.record.parts.number(*length));
                return Ok(true);
            }
            if self.place >= self.until {
                return Ok(false);
            }
        }
    }

    fn end_part(&mut self) {
        let end = self.window.end();
        self.parts.push(end - self.part_start);
        self.guess.ends(end);
        self.part_start = end;
    }

    /// Decodes a block; returns whether it is the last one.
    fn block(&mut self) -> io::Result<bool> {
        let head = self.input.take(3)?;
        let (start, mut tokens) = (self.window.end(), VecDeque::new());
        self.record.blocks.number(head as usize);
        match head >> 1 {
            0 => self.stored(&mut tokens)?,
            1 => self.coded(&Lengths::fixed(), start, &mut tokens)?,
            2 => {
                let mut copy = BitWriter::default();
                let lengths = Lengths::read(&mut self.input, &mut copy)?;
                let bits = copy.bits();
                copy.align();
                self.record.blocks.number(bits);
                self.record.blocks.bytes(&copy.out);
                self.coded(&lengths, start, &mut tokens)?;
            }
            _ => return Err(io::Error::new(io::ErrorKind::InvalidData, "a block of no kind")),
        }
        let end = self.window.end();
        self.record.blocks.number(end - start);
        self.queue.push_back(Block { end, is_stored: head >> 1 == 0, tokens });
        // What is empty and stored is where somebody has flushed.
        if head == 0 && end == start {
            self.end_part();
        }
        Ok(head & 1 == 1)
    }

    fn stored(&mut self, tokens: &mut VecDeque<Token>) -> io::Result<()> {
        self.input.align()?;
        let mut word = || -> io::Result<u32> { self.input.take(16) };
        let (length, complement) = (word()?, word()?);
        if length ^ complement != 0xffff {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a length that is none"));
        }
        for _ in 0..length {
            let byte = self.input.byte()?.ok_or(io::ErrorKind::UnexpectedEof)?;
            self.window.push(byte);
            tokens.push_back(Token::Literal);
        }
        Ok(())
    }

    fn coded(
        &mut self,
        lengths: &Lengths,
        start: usize,
        tokens: &mut VecDeque<Token>,
    ) -> io::Result<()> {
        let decoder = Decoder::new(lengths)?;
        while let Some((token, byte)) = decoder.next(&mut self.input)? {
            match token {
                Token::Literal => self.window.push(byte),
                Token::Match(length, distance) => {
                    if !self.window.repeat(length as usize, distance as usize) {
                        let reason = "a match of what is not there";
                        return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
                    }
                }
            }
            tokens.push_back(token);
            if self.window.end() - start > MAX_BLOCK || self.window.end() > u32::MAX as usize - 1 {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "a block without end"));
            }
        }
        Ok(())
    }

    /// Lets the model guess what it can see far enough for.
    fn model(&mut self, all: bool) -> io::Result<()> {
        while let Some(block) = self.queue.front_mut() {
            if !all && self.window.end() < block.end.saturating_add(2 * AHEAD) {
                break;
            }
            let is_stored = block.is_stored;
            match block.tokens.pop_front() {
                Some(token) => self.token(token, is_stored),
                None => drop(self.queue.pop_front()),
            }
        }
        self.window.trim(self.place);
        Ok(())
    }

    fn token(&mut self, token: Token, is_stored: bool) {
        let (window, place) = (&self.window, self.place);
        if let Some(end) = self.guess.at(window, place) {
            let plain = token == Token::Literal && is_plain(&self.queue, end - place - 1);
            self.record.units.number(usize::from(plain));
            self.guess.begin(window, place, end, plain);
        }
        self.place += token.size();
        if is_stored {
            self.guess.passed(window, place);
            return;
        }
        let predicted = self.guess.predict(window, place);
        if predicted == token {
            self.foreseen += 1;
        } else {
            self.record.fixes.fix(self.foreseen, token);
            self.foreseen = 0;
        }
        self.guess.came(window, place, token, predicted);
    }
}

/// Returns whether so many bytes that come next are all literals.
fn is_plain(queue: &VecDeque<Block>, bytes: usize) -> bool {
    let next = queue.iter().flat_map(|block| &block.tokens).take(bytes);
    next.into_iter().all(|token| *token == Token::Literal)
}
