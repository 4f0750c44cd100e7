//! The tar out of a compressed layer, with an end to what it may ask for.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;
use zstd::stream::read::Decoder as Zstd;

use crate::image::layer::{Compression, Limits, tar};

/// How much of the input is looked at to tell what it is: the first header of a tar.
pub(super) const HEAD: usize = tar::BLOCK;

/// Tells what a layer that begins so is.
///
/// A tar whose first name begins as gzip does is still a tar: nothing compressed has a header's checksum by chance. One that
/// was made to have it is what its media type says.
pub(super) fn sniff(head: &[u8], expected: Option<Compression>) -> Compression {
    let magic = match head {
        [0x1f, 0x8b, ..] => Compression::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Compression::Zstd,
        _ => return Compression::None,
    };
    match tar::is_header(head) && expected != Some(magic) {
        true => Compression::None,
        false => magic,
    }
}

/// Decodes what `input` gives.
pub(super) enum Decoder<R: Read> {
    Plain(R),
    Gzip(Box<Members<BufReader<R>>>),
    Zstd(Zstd<'static, BufReader<R>>),
}

impl<R: Read> Decoder<R> {
    pub(super) fn new(input: R, compression: Compression, limits: &Limits) -> io::Result<Self> {
        Ok(match compression {
            Compression::None => Self::Plain(input),
            Compression::Gzip => {
                let input = BufReader::with_capacity(READ, input);
                Self::Gzip(Box::new(Members::new(input, limits.members)))
            }
            Compression::Zstd => {
                let mut decoder = Zstd::with_buffer(BufReader::with_capacity(READ, input))?;
                decoder.window_log_max(limits.window)?;
                Self::Zstd(decoder)
            }
        })
    }
}

/// Read from the input at once.
const READ: usize = 64 << 10;

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(input) => input.read(to),
            Self::Gzip(members) => members.read(to),
            Self::Zstd(decoder) => decoder.read(to),
        }
    }
}

/// A gzip stream of one or more members, counted.
pub(super) struct Members<R> {
    /// Taken while one member takes over from another.
    current: Option<GzDecoder<R>>,
    left: u64,
    limit: u64,
}

/// Why a stream of too many members ends.
#[derive(Debug, thiserror::Error)]
#[error("too many members")]
pub(super) struct TooManyMembers(pub(super) u64);

impl<R: BufRead> Members<R> {
    fn new(input: R, limit: u64) -> Self {
        Self { current: Some(GzDecoder::new(input)), left: limit, limit }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while let Some(current) = &mut self.current {
            match current.read(to)? {
                0 if !to.is_empty() => {}
                length => return Ok(length),
            }
            let mut input = self.current.take().expect("it was just read").into_inner();
            if input.fill_buf()?.is_empty() {
                break;
            }
            self.left = self.left.saturating_sub(1);
            if self.left == 0 {
                return Err(io::Error::other(TooManyMembers(self.limit)));
            }
            self.current = Some(GzDecoder::new(input));
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t12_what_a_layer_is_shows_in_its_bytes() {
        assert_eq!(sniff(&[0x1f, 0x8b, 8, 0], None), Compression::Gzip);
        assert_eq!(sniff(&[0x28, 0xb5, 0x2f, 0xfd], None), Compression::Zstd);
        assert_eq!(sniff(&[0x53, 0x2a, 0x4d, 0x18], None), Compression::Zstd);
        assert_eq!(sniff(&[0; 512], None), Compression::None);
        assert_eq!(sniff(b"", None), Compression::None);
    }
}
