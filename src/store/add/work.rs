//! The work of one thread: hashing, asking what is there already, compressing what is not.

use std::collections::HashSet;
use std::sync::Mutex;

use super::group::{Pending, SMALL};
use super::read::{Buffer, End, Job, Piece, Segment, whole};
use super::root::Root;
use crate::base::Digest;
use crate::store::codec::{self, Codec, Hint, Plan};
use crate::store::{Error, Frame, Link, Part, Store};

/// So many links are remembered as taken; after that, a few may be compressed twice, and are still stored once.
const MAX_CLAIMED: usize = 1 << 20;

/// What the threads share.
#[derive(Debug)]
pub(super) struct Shared<'a> {
    pub(super) store: &'a Store,
    pub(super) root: Option<&'a Root>,
    /// What another thread is compressing, or has.
    pub(super) claimed: Mutex<HashSet<Link>>,
}

/// What became of a job.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) frames: Vec<Frame>,
    pub(super) content: Content,
    pub(super) buffer: Buffer,
    pub(super) bytes: u64,
}

#[derive(Debug)]
pub(super) enum Content {
    Files(Vec<(Pending, Link)>),
    Chunks(Vec<(Link, u64)>, Option<End>),
}

impl<'a> Shared<'a> {
    pub(super) fn new(store: &'a Store, root: Option<&'a Root>) -> Self {
        Self { store, root, claimed: Mutex::default() }
    }

    pub(super) fn work(&self, job: Job) -> Result<Answer, Error> {
        match job {
            Job::Segment(segment) => self.segment(segment),
            Job::Group(files, buffer) => self.group(files, buffer),
        }
    }

    fn segment(&self, segment: Segment) -> Result<Answer, Error> {
        let Segment { mut buffer, mut offset, chunks, end } = segment;
        let (mut frames, mut links, mut rest) = (vec![], vec![], &buffer.bytes[..]);
        let mut plan = None;
        for Piece { length, hint, link } in chunks {
            let (bytes, others) = rest.split_at(length);
            let link = link.unwrap_or_else(|| Link::blob(Digest::of(bytes)));
            if self.claim(link)? {
                let spare = buffer.spare.pop().unwrap_or_default();
                frames.push(alone(
                    link,
                    bytes,
                    offset,
                    plan_for(bytes, offset, hint, &mut plan),
                    spare,
                ));
            }
            links.push((link, length as u64));
            (rest, offset) = (others, offset + length as u64);
        }
        let bytes = links.iter().map(|(_, length)| length).sum();
        Ok(Answer { frames, content: Content::Chunks(links, end), buffer, bytes })
    }

    fn group(&self, files: Vec<Pending>, mut buffer: Buffer) -> Result<Answer, Error> {
        let root = self.root.expect("files come from a folder");
        let (mut found, mut parts) = (Vec::with_capacity(files.len()), vec![]);
        // `kept` bytes at the front are new to the store; each file is read behind them.
        let (mut kept, mut total) = (0, 0);
        for file in files {
            let (length, stamp) = whole(root, &file.path, &mut buffer.bytes[kept..])?;
            let link = Link::blob(Digest::of(&buffer.bytes[kept..kept + length]));
            if self.claim(link)? {
                parts.push(Part { link, start: kept as u32, len: length as u32 });
                kept += length;
            }
            total += length as u64;
            found.push((Pending { stamp, ..file }, link));
        }
        let frames = together(parts, &buffer.bytes[..kept]).into_iter().collect();
        Ok(Answer { frames, content: Content::Files(found), buffer, bytes: total })
    }

    /// Returns whether the caller is to store this object: nobody else has it, or is at it.
    fn claim(&self, link: Link) -> Result<bool, Error> {
        let mut claimed = self.claimed.lock().expect("no holder panics");
        if claimed.len() >= MAX_CLAIMED {
            claimed.clear();
        }
        if !claimed.insert(link) {
            return Ok(false);
        }
        drop(claimed);
        Ok(self.store.packs().find(&link)?.is_none())
    }
}

/// Makes the frame of one chunk, with memory that can be used again.
fn alone(link: Link, bytes: &[u8], offset: u64, plan: Plan, spare: Vec<u8>) -> Frame {
    let (codec, stored) = plan.encode(bytes, offset, spare);
    frame(codec, stored, bytes.len(), vec![Part { link, start: 0, len: bytes.len() as u32 }])
}

/// Chunks of one kind share the plan that the first of them found.
fn plan_for(bytes: &[u8], offset: u64, hint: Hint, last: &mut Option<(Hint, Plan)>) -> Plan {
    match last {
        Some((known, plan)) if *known == hint => *plan,
        _ => last.insert((hint, Plan::of(bytes, offset, hint))).1,
    }
}

/// Makes the frame of several small files, or of one that is not so small.
fn together(parts: Vec<Part>, bytes: &[u8]) -> Option<Frame> {
    let (codec, stored) = match parts.len() {
        0 => return None,
        1 if bytes.len() as u64 > SMALL => codec::encode(bytes, Hint::Any),
        _ => codec::pack(bytes),
    };
    Some(frame(codec, stored, bytes.len(), parts))
}

fn frame(codec: Codec, stored: Vec<u8>, raw: usize, objects: Vec<Part>) -> Frame {
    Frame { codec, raw_len: raw as u32, stored, objects }
}
