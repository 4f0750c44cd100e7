//! Whatever an archive is packed with: plain again.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// So much may come out of anything.
const FREE: u64 = 4 << 30;

/// More than that must not be so many times what went in.
const RATIO: u64 = 250;

/// What a decompressor may remember: log 2 for zstd, bytes for xz.
const WINDOW: u32 = 27;
const MEMORY: u64 = 256 << 20;

/// Tells whether a file begins as something packed does.
pub(super) fn is_packed(head: &[u8]) -> bool {
    is_gzip(head) || is_zstd(head) || is_xz(head) || is_bzip2(head)
}

fn is_gzip(head: &[u8]) -> bool {
    head.starts_with(&[0x1f, 0x8b])
}

fn is_zstd(head: &[u8]) -> bool {
    head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
}

fn is_xz(head: &[u8]) -> bool {
    head.starts_with(b"\xfd7zXZ\0")
}

fn is_bzip2(head: &[u8]) -> bool {
    head.starts_with(b"BZh")
}

/// Unpacks what `input` gives, by its first bytes; a bomb is an error.
pub(in crate::image) fn unpack<'a>(
    mut input: impl Read + Send + 'a,
) -> io::Result<Box<dyn Read + Send + 'a>> {
    let mut head = vec![];
    input.by_ref().take(6).read_to_end(&mut head)?;
    let count = Arc::new(AtomicU64::new(0));
    let whole = io::Cursor::new(head.clone()).chain(input);
    if !is_packed(&head) {
        return Ok(Box::new(whole));
    }
    let counted = Counted { input: whole, count: Arc::clone(&count) };
    let plain: Box<dyn Read + Send + 'a> = if is_gzip(&head) {
        Box::new(flate2::read::MultiGzDecoder::new(counted))
    } else if is_zstd(&head) {
        let mut decoder = zstd::Decoder::new(counted)?;
        decoder.window_log_max(WINDOW)?;
        Box::new(decoder)
    } else if is_xz(&head) {
        let stream =
            liblzma::stream::Stream::new_stream_decoder(MEMORY, liblzma::stream::CONCATENATED);
        Box::new(liblzma::read::XzDecoder::new_stream(counted, stream.map_err(io::Error::other)?))
    } else {
        Box::new(bzip2::read::MultiBzDecoder::new(counted))
    };
    Ok(Box::new(Bounded { input: plain, count, out: 0 }))
}

struct Counted<R> {
    input: R,
    count: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(to)?;
        self.count.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

struct Bounded<R> {
    input: R,
    count: Arc<AtomicU64>,
    out: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(to)?;
        self.out += length as u64;
        let most = self.count.load(Ordering::Relaxed).saturating_mul(RATIO);
        match self.out > FREE && self.out > most {
            true => Err(io::Error::new(io::ErrorKind::InvalidData, "it unpacks to far too much")),
            false => Ok(length),
        }
    }
}
