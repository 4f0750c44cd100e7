//! This program and its like, and what the dynamic loader has brought in for it: enough to run one where nothing else is.
//!
//! A program that is linked statically needs nothing. Any other names its loader and its libraries in its ELF file; which
//! files those are here, the map of this process tells.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// What a program needs to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// Where the program wants its loader, and which file that is here; none where it is linked statically.
    pub loader: Option<(PathBuf, PathBuf)>,
    /// Name by which each library is asked for, and its file.
    pub libraries: BTreeMap<String, PathBuf>,
}

/// What an ELF file says of itself.
#[derive(Debug, Default, PartialEq, Eq)]
struct Elf {
    loader: Option<String>,
    name: Option<String>,
    needed: Vec<String>,
}

/// The program that runs, whatever its file has come to be since.
pub const OWN: &str = "/proc/self/exe";

/// Returns the file `name` in the folder that this program is in, if it is there.
pub fn beside(name: &str) -> Option<PathBuf> {
    let own = std::fs::read_link(OWN).ok()?;
    Some(own.parent()?.join(name)).filter(|file| file.is_file())
}

/// Returns what the program in `file` needs: [`OWN`], or one that is linked with no more than this one.
pub fn needs(file: &Path) -> io::Result<Needs> {
    let bytes = std::fs::read(file)?;
    let elf = Elf::parse(&bytes).ok_or_else(|| not_elf(file))?;
    let mapped = mapped()?;
    let mut libraries = BTreeMap::new();
    let mut open = elf.needed;
    while let Some(name) = open.pop() {
        if libraries.contains_key(&name) {
            continue;
        }
        let Some((path, own)) = mapped.get(&name) else {
            let reason = format!("the library `{name}` is not among those that are loaded");
            return Err(io::Error::new(io::ErrorKind::NotFound, reason));
        };
        open.extend(own.iter().cloned());
        libraries.insert(name, path.clone());
    }
    let loader = elf.loader.map(PathBuf::from);
    let loader = loader.map(|wanted| Ok::<_, io::Error>((wanted.clone(), wanted.canonicalize()?)));
    Ok(Needs { loader: loader.transpose()?, libraries })
}

/// Returns a program's file without what is loaded by nobody: the names of its functions, which debuggers read.
pub fn bare(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = std::fs::read(file)?;
    cut(&mut bytes);
    Ok(bytes)
}

/// Ends an ELF file with its last segment; the table of sections, which lies behind it, is no more.
fn cut(bytes: &mut Vec<u8>) {
    let ends = |all: Vec<Segment>| {
        all.iter().map(|one| one.offset.checked_add(one.size)).collect::<Option<Vec<_>>>()
    };
    let ends = Elf::parse(bytes).and_then(|_| segments(bytes)).and_then(ends);
    let end = ends.and_then(|ends| ends.into_iter().max());
    let Some(end) = end.filter(|end| (SECTIONS.1.end..bytes.len()).contains(end)) else { return };
    bytes.truncate(end);
    bytes[SECTIONS.0].fill(0);
    bytes[SECTIONS.1].fill(0);
}

/// Of the head of an ELF file: where the table of sections is; how many it has, and which of them has their names.
const SECTIONS: (std::ops::Range<usize>, std::ops::Range<usize>) = (40..48, 60..64);

fn not_elf(file: &Path) -> io::Error {
    let reason = format!("`{}` is no ELF file of 64 bits", file.display());
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

type Mapped = BTreeMap<String, (PathBuf, Vec<String>)>;

/// Returns the libraries in the map of this process, by name, each with what it needs itself.
fn mapped() -> io::Result<Mapped> {
    let maps = std::fs::read_to_string("/proc/self/maps")?;
    let mut found = Mapped::new();
    let mut paths: Vec<&str> =
        maps.lines().filter_map(|line| Some(&line[line.find('/')?..])).collect();
    paths.sort_unstable();
    paths.dedup();
    for path in paths.into_iter().map(Path::new).filter(|path| path.is_file()) {
        let Some(elf) = std::fs::read(path).ok().and_then(|bytes| Elf::parse(&bytes)) else {
            continue;
        };
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned());
        if let Some(name) = elf.name.or(file) {
            found.insert(name, (path.to_owned(), elf.needed));
        }
    }
    Ok(found)
}

/// Of program headers: what is loaded, what is for the loader, and the loader itself.
const LOAD: u32 = 1;
const DYNAMIC: u32 = 2;
const INTERPRETER: u32 = 3;

/// Of entries of the dynamic section.
const NEEDED: u64 = 1;
const STRINGS: u64 = 5;
const NAME: u64 = 14;

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

fn place(value: u64) -> Option<usize> {
    usize::try_from(value).ok()
}

/// A stretch of a file, and where in memory it belongs.
struct Segment {
    kind: u32,
    offset: usize,
    address: u64,
    size: usize,
}

impl Elf {
    /// Reads a little-endian file of 64 bits.
    fn parse(bytes: &[u8]) -> Option<Self> {
        if !bytes.starts_with(b"\x7fELF\x02\x01") {
            return None;
        }
        let segments = segments(bytes)?;
        let within = |segment: &Segment| bytes.get(segment.offset..)?.get(..segment.size);
        let find = |kind| segments.iter().find(|segment| segment.kind == kind);
        let loader = find(INTERPRETER).and_then(within).map(|path| text(path, 0));
        let mut elf = Self { loader: loader.flatten(), ..Self::default() };
        let dynamic = find(DYNAMIC).and_then(within).unwrap_or_default();
        let entries: Vec<_> = dynamic
            .as_chunks::<16>()
            .0
            .iter()
            .filter_map(|entry| Some((u64_at(entry, 0)?, u64_at(entry, 8)?)))
            .collect();
        let Some((_, strings)) = entries.iter().find(|(tag, _)| *tag == STRINGS) else {
            return Some(elf);
        };
        let strings = bytes.get(offset_of(&segments, *strings)?..)?;
        for (tag, value) in &entries {
            let text = || text(strings, place(*value)?);
            match *tag {
                NEEDED => elf.needed.extend(text()),
                NAME => elf.name = text(),
                _ => {}
            }
        }
        Some(elf)
    }
}

fn segments(bytes: &[u8]) -> Option<Vec<Segment>> {
    let (start, size) = (place(u64_at(bytes, 32)?)?, usize::from(u16_at(bytes, 54)?));
    let count = usize::from(u16_at(bytes, 56)?);
    let segment = |index: usize| {
        let at = start.checked_add(index * size)?;
        Some(Segment {
            kind: u32_at(bytes, at)?,
            offset: place(u64_at(bytes, at.checked_add(8)?)?)?,
            address: u64_at(bytes, at.checked_add(16)?)?,
            size: place(u64_at(bytes, at.checked_add(32)?)?)?,
        })
    };
    (0..count).map(segment).collect()
}

/// Returns where in the file an address in memory is.
fn offset_of(segments: &[Segment], address: u64) -> Option<usize> {
    let segment = segments.iter().filter(|segment| segment.kind == LOAD).find(|segment| {
        (segment.address..segment.address.saturating_add(segment.size as u64)).contains(&address)
    })?;
    segment.offset.checked_add(place(address - segment.address)?)
}

/// Returns the text that ends with the next zero.
fn text(bytes: &[u8], at: usize) -> Option<String> {
    let text = bytes.get(at..)?.split(|byte| *byte == 0).next()?;
    std::str::from_utf8(text).ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_program_has_a_loader_and_the_library_of_c_or_neither() {
        let own = needs(Path::new(OWN)).unwrap();
        let has_c = own.libraries.keys().any(|name| name.starts_with("libc."));
        assert_eq!(own.loader.is_some(), has_c, "{own:?}");
        assert!(own.libraries.values().all(|file| file.is_file()));
    }

    #[test]
    fn a_program_without_the_names_of_its_functions_is_smaller_and_the_same_to_the_loader() {
        let whole = std::fs::read(OWN).unwrap();
        let bare = bare(Path::new(OWN)).unwrap();
        assert!(bare.len() < whole.len());
        assert_eq!(Elf::parse(&bare), Elf::parse(&whole));
        for mut junk in [vec![], b"\x7fELF\x02\x01".to_vec(), whole[..60].to_vec()] {
            let before = junk.clone();
            cut(&mut junk);
            assert_eq!(junk, before);
        }
    }

    #[test]
    fn a_file_cut_off_anywhere_is_no_panic() {
        let bytes = std::fs::read(OWN).unwrap();
        assert!(Elf::parse(&bytes).is_some());
        for length in (0..4096).step_by(7).chain([5000, 100_000]) {
            let _ = Elf::parse(&bytes[..length.min(bytes.len())]);
        }
    }
}
