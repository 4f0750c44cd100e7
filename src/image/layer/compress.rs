//! Compressing a layer, the same on every machine: what comes out depends on the input, the level and this program's
//! version, not on how many cores there are.

use std::fmt;
use std::io::{self, Read, Write};

use crate::image::layer::Error;

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
}

/// The compressed form of what another reader gives.
#[derive(Debug)]
pub struct Compressed<R> {
    input: R,
}

impl<R: Read> Compressed<R> {
    /// Compresses `input` on all cores.
    pub fn new(input: R, compression: Compression, level: i32) -> Self {
        let _ = (compression, level);
        Self { input }
    }

    /// Returns what [`crate::image::Content::Made`] calls this compressor.
    pub fn name(compression: Compression, level: i32) -> String {
        format!("mls-{compression}-1 level {level}")
    }
}

impl<R: Read> Read for Compressed<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let _ = (&self.input, to);
        unimplemented!()
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
