//! Compressing a layer, the same on every machine: what comes out depends on the input, the level and this program's
//! version, not on how many cores there are.
//!
//! The input is cut into blocks of fixed length; each becomes a frame of zstd or a member of gzip on its own, and any
//! program that reads either reads one after the other.

use std::fmt;
use std::io::{self, Read, Write};
use std::num::NonZero;
use std::thread;

use flate2::GzBuilder;

use crate::base::parallel;
use crate::image::layer::Error;

/// Bytes of the input in a frame of zstd. Part of what comes out.
const ZSTD_BLOCK: usize = 4 << 20;

/// Bytes of the input in a member of gzip. Part of what comes out.
const GZIP_BLOCK: usize = 1 << 20;

/// Changes whenever the same input would give other bytes: a golden digest in the tests says when.
const VERSION: u32 = 1;

/// More blocks at once cost more memory than they save time.
const MAX_BLOCKS: usize = 8;

/// How a layer travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compression {
    None,
    Gzip,
    Zstd,
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "uncompressed",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        })
    }
}

impl Compression {
    /// Returns the level that is used unless another is asked for.
    pub const fn level(self) -> i32 {
        match self {
            Self::None => 0,
            Self::Gzip => 6,
            Self::Zstd => 1,
        }
    }

    const fn block(self) -> usize {
        match self {
            Self::Gzip => GZIP_BLOCK,
            Self::None | Self::Zstd => ZSTD_BLOCK,
        }
    }

    fn encode(self, block: &[u8], level: i32) -> io::Result<Vec<u8>> {
        match self {
            Self::None => Ok(block.to_vec()),
            Self::Zstd => zstd::bulk::compress(block, level),
            Self::Gzip => {
                let level = flate2::Compression::new(level.clamp(0, 9) as u32);
                // 255: no operating system in particular.
                let header = GzBuilder::new().operating_system(255);
                let mut encoder = header.write(vec![], level);
                encoder.write_all(block)?;
                encoder.finish()
            }
        }
    }
}

/// The compressed form of what another reader gives.
#[derive(Debug)]
pub struct Compressed<R> {
    input: R,
    compression: Compression,
    level: i32,
    /// Memory for blocks, as many as are compressed at once.
    blocks: Vec<Vec<u8>>,
    ready: std::vec::IntoIter<Vec<u8>>,
    current: io::Cursor<Vec<u8>>,
    begun: bool,
    ended: bool,
}

impl<R: Read> Compressed<R> {
    /// Compresses `input` on all cores.
    pub fn new(input: R, compression: Compression, level: i32) -> Self {
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            input,
            compression,
            level,
            blocks: vec![vec![]; threads.min(MAX_BLOCKS)],
            ready: vec![].into_iter(),
            current: io::Cursor::default(),
            begun: false,
            ended: false,
        }
    }

    /// Returns what [`crate::image::Content::Made`] calls this compressor.
    pub fn name(compression: Compression, level: i32) -> String {
        format!("mls {compression} {VERSION}, level {level}")
    }

    /// Finds the compressor of that name.
    pub(in crate::image) fn find(name: &str) -> Result<(Compression, i32), Error> {
        let known = [Compression::Gzip, Compression::Zstd].into_iter();
        let all = known.flat_map(|compression| (-7..=22).map(move |level| (compression, level)));
        let found = all.into_iter().find(|(c, level)| Self::name(*c, *level) == name);
        found.ok_or_else(|| Error::UnknownCompressor(name.to_owned()))
    }

    /// Reads and compresses as many blocks as there are threads; an empty input is one empty block.
    fn fill(&mut self) -> io::Result<()> {
        let mut filled = 0;
        for block in &mut self.blocks {
            let size = self.compression.block();
            block.clear();
            (&mut self.input).take(size as u64).read_to_end(block)?;
            let first = !std::mem::replace(&mut self.begun, true);
            filled += usize::from(!block.is_empty() || first);
            if block.len() < size {
                self.ended = true;
                break;
            }
        }
        let (compression, level) = (self.compression, self.level);
        let encoded =
            parallel::map(&self.blocks[..filled], |block| compression.encode(block, level));
        self.ready = encoded.into_iter().collect::<io::Result<Vec<_>>>()?.into_iter();
        Ok(())
    }
}

impl<R: Read> Read for Compressed<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if to.is_empty() {
            return Ok(0);
        }
        loop {
            match (self.current.read(to)?, self.ended) {
                (0, _) => {}
                (length, _) => return Ok(length),
            }
            match self.ready.next() {
                Some(block) => self.current = io::Cursor::new(block),
                None if self.ended => return Ok(0),
                None => self.fill()?,
            }
        }
    }
}

/// Compresses all of `input` into `to`; returns how many bytes came out.
pub fn compress(
    input: impl Read,
    compression: Compression,
    level: i32,
    mut to: impl Write,
) -> Result<u64, Error> {
    io::copy(&mut Compressed::new(input, compression, level), &mut to)
        .map_err(Error::io("compress the layer"))
}
