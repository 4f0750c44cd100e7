//! Pickles as data: the machine that Python would run is followed as far as it takes to know what would be imported. Nothing
//! is imported, made or called.
//!
//! Protocols 0 to 5, one pickle behind another as torch wrote them, joblib's raw arrays between the operations, and any of
//! it packed by zlib, gzip, bz2, xz or lzma. What ends in nonsense still tells what was imported before: Python would have
//! run that by then.

mod array;
mod machine;
mod verdict;

use std::collections::BTreeSet;
use std::io::{BufReader, Read, SeekFrom};

use super::bytes::{Bytes, Source};
use super::{Fault, Format, Report};

pub use verdict::Verdict;

use machine::{End, Machine};

/// What a packed pickle may unpack to; more is not read, and said so.
const LARGEST_UNPACKED: u64 = 4 << 30;
/// Pickles one behind another; torch writes five.
const MOST: usize = 64;

/// Something that a pickle would import.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    pub verdict: Verdict,
    pub module: String,
    pub name: String,
}

impl Import {
    /// Returns an import with the verdict of the lists.
    pub(super) fn judged(module: &str, name: &str) -> Self {
        Self::of(module, name, verdict::of(module, name))
    }

    pub(super) fn of(module: &str, name: &str, verdict: Verdict) -> Self {
        Self { module: module.to_owned(), name: name.to_owned(), verdict }
    }
}

/// What following a pickle came to.
#[derive(Debug, Default)]
pub(super) struct Walked {
    pub(super) imports: Vec<Import>,
    /// Whether the first pickle came to its end.
    is_whole: bool,
    has_arrays: bool,
}

/// Puts the worst first, each once.
pub(super) fn sort(imports: &mut Vec<Import>) {
    imports.sort();
    imports.dedup();
}

/// Tells whether bytes may be the beginning of a pickle, or of a packed one: a quick look.
pub(super) fn may_begin(head: &[u8]) -> bool {
    matches!(head, [0x80, 0..=5, ..])
        || matches!(head.first(), Some(b'(' | b'c' | b']' | b'}' | b')' | b'i'))
}

/// Tells whether a file is a pickle, and what it would import; nothing where it is none.
pub(super) fn recognize(
    source: &mut dyn Source,
    head: &[u8],
    size: u64,
) -> Result<Option<Report>, Fault> {
    let packing = Packing::of(head);
    let is_marked = matches!(head, [0x80, 0..=5, ..]);
    // The first operation of a pickle without a mark is one of these; all but a few are printable.
    let may = is_marked
        || packing.is_some()
        || head.first().is_some_and(|b| b"()]}cilNIJKLMFGSTUVX".contains(b));
    if !may {
        return Ok(None);
    }
    let walked = match packing {
        None => read(source, 0, size)?,
        Some(packing) => match unpacked(source, packing) {
            Ok(walked) => walked,
            Err(Fault::Io(error)) if Fault::is_ours(&error) => return Err(Fault::Io(error)),
            // Packed bytes that are something else.
            Err(_) => return Ok(None),
        },
    };
    let is_dangerous = walked
        .imports
        .iter()
        .any(|one| one.verdict == Verdict::Dangerous && verdict::are_names(&one.module, &one.name));
    // A text may begin like a pickle; but it neither comes to an end nor imports what does harm.
    let is_pickle = match (is_marked, packing) {
        (true, None) => true,
        (_, Some(_)) => walked.is_whole || is_dangerous,
        (false, None) => walked.is_whole || is_dangerous,
    };
    if !is_pickle {
        return Ok(None);
    }
    let is_joblib = walked.has_arrays || packing.is_some();
    let mut report = Report::of(if is_joblib { Format::Joblib } else { Format::Pickle });
    report.imports = walked.imports;
    if !walked.is_whole {
        report.imports.push(Import::of("?", "not read to its end", Verdict::Unknown));
    }
    Ok(Some(report))
}

/// Follows the pickles that begin at `start`.
pub(super) fn read(source: &mut dyn Source, start: u64, size: u64) -> Result<Walked, Fault> {
    source.seek(SeekFrom::Start(start))?;
    follow(BufReader::with_capacity(1 << 16, source), size.saturating_sub(start))
}

fn unpacked(source: &mut dyn Source, packing: Packing) -> Result<Walked, Fault> {
    source.seek(SeekFrom::Start(0))?;
    let packed = BufReader::with_capacity(1 << 16, source);
    let plain: Box<dyn Read + '_> = match packing {
        Packing::Zlib => Box::new(flate2::bufread::ZlibDecoder::new(packed)),
        Packing::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(packed)),
        Packing::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(packed)),
        Packing::Xz => Box::new(liblzma::bufread::XzDecoder::new_multi_decoder(packed)),
        Packing::Lzma => {
            let decoder = liblzma::stream::Stream::new_lzma_decoder(256 << 20);
            let decoder = decoder.map_err(|error| Fault::bad(error.to_string()))?;
            Box::new(liblzma::bufread::XzDecoder::new_stream(packed, decoder))
        }
    };
    follow(BufReader::with_capacity(1 << 16, plain), LARGEST_UNPACKED)
}

fn follow(from: impl Read, limit: u64) -> Result<Walked, Fault> {
    let mut bytes = Bytes::new(from, limit);
    let (mut walked, mut imports) = (Walked::default(), BTreeSet::new());
    for at in 0..MOST {
        let mut machine = Machine::new(&mut bytes, &mut imports);
        let end = machine.run()?;
        walked.has_arrays |= machine.saw_array();
        if at == 0 {
            walked.is_whole = end == End::Stop;
        }
        // What follows a pickle is another one, or is nobody's business.
        if end != End::Stop || bytes.maybe_u8().ok().flatten() != Some(0x80) {
            break;
        }
    }
    walked.imports = imports.into_iter().collect();
    Ok(walked)
}

/// How a pickle is packed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Zlib,
    Gzip,
    Bzip2,
    Xz,
    Lzma,
}

impl Packing {
    fn of(head: &[u8]) -> Option<Self> {
        Some(match head {
            [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => Self::Zlib,
            [0x1f, 0x8b, ..] => Self::Gzip,
            [b'B', b'Z', b'h', ..] => Self::Bzip2,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            [0x5d, 0, 0, ..] => Self::Lzma,
            _ => return None,
        })
    }
}
