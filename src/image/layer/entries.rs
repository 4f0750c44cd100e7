//! The files of a layer, without its tar.

use std::collections::VecDeque;
use std::io::{self, Read};

use super::pieces::{Content, Pieces};
use super::tar::{BLOCK, Walk, Want};
use crate::image::layer::{Entry, Error, Layer, Limits};
use crate::store::{Link, Store};

/// The entries of a layer in the order of its tar; what comes later wins.
#[derive(Debug)]
pub struct Entries<'a> {
    pieces: Pieces<'a>,
    walk: Walk,
    inline: VecDeque<u8>,
    /// What comes behind the bytes that were read.
    content: Option<(Link, u64)>,
    /// Told once its content is known.
    entry: Option<Entry>,
    ended: bool,
}

/// Lists the files of the layer at `layer`; reads no content.
pub fn entries<'a>(store: &'a Store, layer: &Link) -> Result<Entries<'a>, Error> {
    let layer: Layer = store.read_node(layer)?;
    Ok(Entries {
        pieces: Pieces::new(store, layer),
        walk: Walk::new(&Limits::default()),
        inline: VecDeque::new(),
        content: None,
        entry: None,
        ended: false,
    })
}

impl Entries<'_> {
    fn step(&mut self) -> Result<Option<Entry>, Error> {
        loop {
            let found = match self.walk.want() {
                Want::Rest => return Ok(None),
                Want::Header => match self.take(BLOCK)? {
                    Some(bytes) => self.walk.give(&bytes)?,
                    None => return Ok(None),
                },
                Want::Bytes(length) => match self.take(length)? {
                    Some(bytes) => self.walk.give(&bytes)?,
                    None if self.walk.is_between() => return Ok(None),
                    None => return Err(odd()),
                },
                Want::Content(length) => {
                    let link = self.take_content(length)?;
                    self.walk.passed();
                    self.entry.take().map(|entry| Entry { content: Some(link), ..entry })
                }
            };
            match (found, self.walk.want()) {
                (None, _) => {}
                (Some(entry), Want::Content(_)) if entry.content.is_none() => {
                    self.entry = Some(entry);
                }
                (Some(entry), _) => return Ok(Some(entry)),
            }
        }
    }

    /// Takes bytes of the tar; `None` where it ends.
    fn take(&mut self, length: usize) -> Result<Option<Vec<u8>>, Error> {
        while self.inline.len() < length {
            if self.content.is_some() {
                return Err(odd());
            }
            match self.pieces.next()? {
                Some((bytes, content)) => {
                    self.inline.extend(bytes.iter());
                    self.content = content;
                }
                None if self.inline.is_empty() => return Ok(None),
                None => return Err(odd()),
            }
        }
        Ok(Some(self.inline.drain(..length).collect()))
    }

    fn take_content(&mut self, length: u64) -> Result<Link, Error> {
        while self.inline.is_empty() && self.content.is_none() {
            let Some((bytes, content)) = self.pieces.next()? else { return Err(odd()) };
            self.inline.extend(bytes.iter());
            self.content = content;
        }
        match self.content.take() {
            Some((link, found)) if self.inline.is_empty() && found == length => Ok(link),
            _ => Err(odd()),
        }
    }
}

impl Iterator for Entries<'_> {
    type Item = Result<Entry, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.step().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

/// The pieces of a layer are not cut where its headers say: nobody but an attacker makes such a node.
fn odd() -> Error {
    Error::Malformed("its parts do not fit its headers".to_owned())
}

/// The content of a file of a layer, holes included.
#[derive(Debug)]
pub struct File<'a> {
    content: Option<Content<'a>>,
    /// What is left, back to front: zeros, or so many bytes of the content.
    runs: Vec<Run>,
}

#[derive(Debug, Clone, Copy)]
enum Run {
    Zeros(u64),
    Content(u64),
}

/// Opens the content of `entry`.
pub fn file<'a>(store: &'a Store, entry: &Entry) -> Result<File<'a>, Error> {
    let map = entry.sparse.as_ref().map(|sparse| &sparse.map[..]);
    let map = map.unwrap_or(&[(0, u64::MAX)]);
    let (mut runs, mut at) = (vec![], 0);
    for (start, length) in map {
        let length = (*length).min(entry.size.saturating_sub(*start));
        runs.extend([Run::Zeros(start.saturating_sub(at)), Run::Content(length)]);
        at = start + length;
    }
    runs.push(Run::Zeros(entry.size.saturating_sub(at)));
    runs.reverse();
    let stored = runs.iter().map(|run| if let Run::Content(length) = run { *length } else { 0 });
    let stored: u64 = stored.sum();
    let content = entry.content.map(|link| Content::open(store, &link, stored)).transpose()?;
    Ok(File { content, runs })
}

impl Read for File<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(run) = self.runs.last_mut() else { return Ok(0) };
            let (Run::Zeros(left) | Run::Content(left)) = *run;
            if left == 0 {
                self.runs.pop();
                continue;
            }
            let wanted = to.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let to = &mut to[..wanted];
            let length = match (&*run, &mut self.content) {
                (Run::Content(_), Some(content)) => content.read(to)?,
                _ => {
                    to.fill(0);
                    wanted
                }
            };
            if length == 0 && wanted > 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let (Run::Zeros(left) | Run::Content(left)) = run;
            *left -= length as u64;
            return Ok(length);
        }
    }
}
