//! Bytes of gzip that others have made, made again from their plain text and a small record.
//!
//! ```text
//! stream ──► members, blocks, tokens ──model guesses each token──► record: what cannot be guessed
//!                                                                     └── with the plain text ──► the stream, to the bit
//! ```
//!
//! A model follows the rules of one compressor: zlib and GNU gzip, Go's `compress/flate`, klauspost's (skopeo, podman,
//! buildah). Where the guess is wrong the token is written down; a model that is wrong often is not worth its record.

mod analyze;
mod bits;
mod chain;
mod huffman;
mod model;
mod pair;
mod record;
mod remake;
mod window;

use std::io::{self, Read};

use model::Kind;
pub(super) use remake::Remade;

/// So much of the plain text is looked at to choose a model.
const TRIAL: usize = 1 << 20;

/// A record is at most so large a part of what it stands for.
const WORTH: u64 = 8;

/// Returns the record of the stream of `size` bytes that `open` gives, as often as it is asked; nothing where no model is
/// worth it, or where it is a stream that nobody makes again.
pub(in crate::image) fn record<R: Read>(
    size: u64,
    open: impl Fn() -> io::Result<R>,
) -> io::Result<Option<Vec<u8>>> {
    let mut best: Option<(usize, Kind)> = None;
    for kind in Kind::all() {
        let Some(tried) = readable(analyze::analyze(open()?, kind, Some(TRIAL)))? else {
            return Ok(None);
        };
        let (fixes, total) = (tried.fixes.len(), tried.size());
        if best.is_none_or(|(least, _)| total < least) {
            best = Some((total, kind));
        }
        // As good as none: another model is not better.
        if fixes * 100 < total {
            break;
        }
    }
    let Some((_, kind)) = best else { return Ok(None) };
    let Some(whole) = readable(analyze::analyze(open()?, kind, None))? else { return Ok(None) };
    let whole = whole.encode(kind);
    Ok((whole.len() as u64 <= size / WORTH).then_some(whole))
}

/// What is no stream of gzip as we know it has no record; what cannot be read is a failure.
fn readable<T>(outcome: io::Result<T>) -> io::Result<Option<T>> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn text() -> Vec<u8> {
        let word = |n: u32| format!("{:x} ", n.wrapping_mul(2_654_435_761) >> (n % 23 + 8));
        let mut text: Vec<u8> = (0..40_000).flat_map(|n| word(n).into_bytes()).collect();
        text.extend(text[5000..90_000].to_vec());
        text.extend((0..70_000_u32).map(|n| (n.wrapping_mul(n) >> 7) as u8));
        text
    }

    fn gzip(bytes: &[u8], level: u32) -> Vec<u8> {
        let mut encoder = GzEncoder::new(vec![], Compression::new(level));
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn records(stream: &[u8]) -> impl Iterator<Item = (Kind, Vec<u8>)> {
        Kind::all()
            .map(move |kind| (kind, analyze::analyze(stream, kind, None).unwrap().encode(kind)))
    }

    #[test]
    fn whatever_the_model_a_stream_comes_back_to_the_bit() {
        let text = text();
        let (front, back) = text.split_at(100_001);
        let members = [gzip(front, 6), gzip(b"", 6), gzip(back, 1)].concat();
        for stream in [gzip(&text, 0), gzip(&text, 1), gzip(&text, 6), members] {
            for (kind, record) in records(&stream) {
                let mut again = vec![];
                Remade::new(&text[..], &record).unwrap().read_to_end(&mut again).unwrap();
                assert!(again == stream, "{kind:?}");
            }
        }
    }

    #[test]
    fn t06_a_record_that_lies_makes_something_else_or_nothing_and_no_panic() {
        let text = &text()[..60_000];
        let stream = gzip(text, 6);
        for (_, record) in records(&stream).filter(|(kind, _)| [1, 16, 26].contains(&kind.0)) {
            for place in (0..record.len()).step_by(record.len() / 150 + 1) {
                for change in [1, 0x80, 0xff] {
                    let mut other = record.clone();
                    other[place] ^= change;
                    let mut again = vec![];
                    if let Ok(made) = Remade::new(text, &other) {
                        let _ = made.take(1 << 20).read_to_end(&mut again);
                    }
                }
                let mut again = vec![];
                if let Ok(made) = Remade::new(text, &record[..place]) {
                    let _ = made.take(1 << 20).read_to_end(&mut again);
                }
            }
            let mut again = vec![];
            assert!(Remade::new(&text[..100], &record).unwrap().read_to_end(&mut again).is_err());
        }
    }
}
