//! Doing what was planned: objects are verified by several threads, and only then handed to the writer.
//!
//! Nothing is visible in the store before the writer commits.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::base::fs::remove;
use crate::base::{Progress, Task};
use crate::remote::place::{Placed, place};
use crate::remote::plan::{Plan, Step};
use crate::remote::wanted::Wanted;
use crate::remote::{Error, Sent};
use crate::store::pack::{Entry, Pack, Sealed, part, verify_parts};
use crate::store::{Frame, Link, Trust, Writer, codec};

/// Verified work, on its way to the writer.
enum Done {
    Pack { sealed: Sealed, size: u64, links: Vec<Link>, placed: Placed },
    Frame(Frame),
    Objects(Vec<(Link, Vec<u8>)>),
}

/// Brings everything in `plan` into `writer`, verified.
pub(crate) fn carry(
    wanted: &Wanted,
    plan: Plan,
    writer: &mut Writer<'_>,
    trust: Trust,
    progress: &dyn Progress,
) -> Result<Sent, Error> {
    let mut sent = Sent { objects: wanted.objects(), ..Sent::default() };
    let bytes = plan.bytes();
    progress.start(Task::Receive, Some(bytes));
    let folder = writer.folder().to_owned();
    let next = AtomicUsize::new(0);
    let steps = &plan.steps;
    // Few results wait at a time: each may be as large as an object can be.
    let (results, incoming) = crossbeam_channel::bounded::<Result<Done, Error>>(4);
    thread::scope(|scope| {
        for _ in 0..workers(steps.len()) {
            let (results, next, folder) = (results.clone(), &next, &folder);
            scope.spawn(move || {
                let mut give = |done| results.send(done).map_err(|_| Stopped);
                while let Some(step) = steps.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if work(step, folder, trust, progress, &mut give).is_err() {
                        return;
                    }
                }
            });
        }
        drop(results);
        incoming.into_iter().try_for_each(|done| take(done?, writer, &mut sent))
    })?;
    progress.finish(Task::Receive);
    complete(wanted, writer).map(|()| sent)
}

fn workers(steps: usize) -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(8).min(steps.max(1))
}

/// The writer has failed and takes nothing more.
struct Stopped;

type Give<'a> = dyn FnMut(Result<Done, Error>) -> Result<(), Stopped> + 'a;

fn work(
    step: &Step,
    folder: &Path,
    trust: Trust,
    progress: &dyn Progress,
    give: &mut Give<'_>,
) -> Result<(), Stopped> {
    match step {
        Step::Pack { pack, frames } => give(take_pack(pack, frames, folder, trust, progress)),
        Step::Frames { pack, whole, parts } => {
            for frame in whole {
                give(read_frame(pack, frame))?;
                progress.advance(Task::Receive, u64::from(frame[0].stored));
            }
            for frame in parts {
                give(read_objects(pack, frame))?;
                progress.advance(Task::Receive, u64::from(frame[0].stored));
            }
            Ok(())
        }
    }
}

/// Puts a pack into quarantine and verifies what lies there, not what was there before.
fn take_pack(
    pack: &Pack,
    frames: &[Vec<Entry>],
    folder: &Path,
    trust: Trust,
    progress: &dyn Progress,
) -> Result<Done, Error> {
    let path = folder.join(format!("{}.pack", pack.digest));
    let placed = place(pack, &path, trust)?;
    let copy = Pack::open(path.clone(), pack.digest)?;
    if let Err(error) = copy.verify(frames, &mut |bytes| progress.advance(Task::Receive, bytes)) {
        // The next transfer shall not find it among what this one left.
        remove(&path).map_err(Error::io("remove", &path))?;
        return Err(error.into());
    }
    let links = frames.iter().flatten().map(|entry| entry.link).collect();
    let sealed = Sealed { digest: pack.digest, path };
    Ok(Done::Pack { sealed, size: copy.size, links, placed })
}

fn read_frame(pack: &Pack, entries: &[Entry]) -> Result<Done, Error> {
    let frame = pack.raw_frame(entries)?;
    let raw = codec::decode(frame.codec, &frame.stored, frame.raw_len as usize)?;
    verify_parts(entries, &raw)?;
    debug_assert!(frame.objects.iter().zip(entries).all(|(a, b)| *a == part(b)));
    Ok(Done::Frame(frame))
}

fn read_objects(pack: &Pack, entries: &[Entry]) -> Result<Done, Error> {
    let raw = pack.frame(&entries[0])?;
    verify_parts(entries, &raw)?;
    let objects = entries.iter().map(|entry| {
        let (start, len) = (entry.start as usize, entry.len as usize);
        (entry.link, raw[start..start + len].to_vec())
    });
    Ok(Done::Objects(objects.collect()))
}

fn take(done: Done, writer: &mut Writer<'_>, sent: &mut Sent) -> Result<(), Error> {
    match done {
        Done::Pack { sealed, size, links, placed } => {
            match placed {
                Placed::Shared => sent.shared += size,
                Placed::Copied => sent.copied += size,
            }
            writer.adopt(sealed, links);
        }
        Done::Frame(frame) => {
            sent.copied += frame.stored.len() as u64;
            writer.frame(&frame)?;
        }
        Done::Objects(objects) => {
            for (link, bytes) in objects {
                sent.copied += bytes.len() as u64;
                writer.put(link, &bytes)?;
            }
        }
    }
    Ok(())
}

/// Checks that what was wanted has come, all of it.
fn complete(wanted: &Wanted, writer: &mut Writer<'_>) -> Result<(), Error> {
    for link in wanted.links() {
        if !writer.has(link)? {
            return Err(Error::Incomplete { place: "the other store", link: *link });
        }
    }
    Ok(())
}
