//! Doing what was planned: objects are verified by several threads, and only then handed to the writer.
//!
//! Nothing is visible in the store before the writer commits.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::base::fs::remove;
use crate::base::{Progress, Task};
use crate::remote::graph::Graph;
use crate::remote::place::Placed;
use crate::remote::plan::{Plan, Step};
use crate::remote::transport::SharedParcel;
use crate::remote::wanted::Wanted;
use crate::remote::{Error, Sent};
use crate::store::pack::{Entry, Pack, Sealed, part, verify_parts};
use crate::store::{self, Frame, Link, Writer, codec};

/// Verified work, on its way to the writer.
enum Done {
    Pack { sealed: Sealed, size: u64, links: Vec<Link>, placed: Placed },
    Frame(Frame),
    Objects(Vec<(Link, Vec<u8>)>),
}

/// Brings everything in `plan` into `writer`, verified; what links the records have is added to `graph`.
pub(crate) fn carry(
    wanted: &Wanted,
    plan: Plan,
    writer: &mut Writer<'_>,
    mut graph: Option<&mut Graph>,
    progress: &dyn Progress,
) -> Result<Sent, Error> {
    let mut sent = Sent { objects: wanted.objects(), ..Sent::default() };
    let bytes = plan.bytes();
    progress.start(Task::Receive, Some(bytes));
    let folder = writer.folder().to_owned();
    let (next, links) = (AtomicUsize::new(0), graph.is_some());
    let steps = &plan.steps;
    // Few results wait at a time: each may be as large as an object can be.
    let (results, incoming) = crossbeam_channel::bounded::<Result<(Done, Graph), Error>>(4);
    thread::scope(|scope| {
        for _ in 0..workers(steps.len()) {
            let (results, next, folder) = (results.clone(), &next, &folder);
            scope.spawn(move || {
                while let Some(step) = steps.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mut give = |done| results.send(Ok(done)).map_err(|_| Error::Stopped);
                    if let Err(error) = work(step, folder, links, progress, &mut give) {
                        let _ = results.send(Err(error)); // nobody waits where another failed first
                        return;
                    }
                }
            });
        }
        drop(results);
        incoming.into_iter().try_for_each(|done| {
            let (done, links) = done?;
            if let Some(graph) = &mut graph {
                graph.extend(links);
            }
            take(done, writer, &mut sent)
        })
    })?;
    progress.finish(Task::Receive);
    complete(wanted, writer).map(|()| sent)
}

fn workers(steps: usize) -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(8).min(steps.max(1))
}

/// Does one step; `links` says whether the links of records are asked for.
fn work(
    step: &Step,
    folder: &Path,
    links: bool,
    progress: &dyn Progress,
    give: &mut dyn FnMut((Done, Graph)) -> Result<(), Error>,
) -> Result<(), Error> {
    match step {
        Step::Pack { pack, frames } => give(take_pack(pack, frames, folder, links, progress)?),
        Step::Frames { pack, whole, parts } => {
            let frames: Vec<&Vec<Entry>> = whole.iter().chain(parts).collect();
            let heads: Vec<Entry> = frames.iter().map(|frame| frame[0]).collect();
            pack.stored(&heads, &mut |number, stored| {
                let (entries, mut graph) = (frames[number], Graph::default());
                let raw = decode(&entries[0], &stored)?;
                verify_parts(entries, &raw)?;
                if links {
                    graph.add(entries, &raw)?;
                }
                let done = match number < whole.len() {
                    true => frame(entries, stored),
                    false => objects(entries, &raw),
                };
                give((done, graph))?;
                progress.advance(Task::Receive, u64::from(entries[0].stored));
                Ok(())
            })
        }
    }
}

/// Puts a pack into quarantine and verifies what lies there, not what was there before.
fn take_pack(
    pack: &SharedParcel,
    frames: &[Vec<Entry>],
    folder: &Path,
    links: bool,
    progress: &dyn Progress,
) -> Result<(Done, Graph), Error> {
    let path = folder.join(format!("{}.pack", pack.digest()));
    let placed = pack.place(frames, &path)?;
    let copy = Pack::open(path.clone(), pack.digest())?;
    if let Err(error) = check(&copy, frames, placed, progress) {
        // The next transfer shall not find it among what this one left.
        remove(&path).map_err(Error::io("remove", &path))?;
        return Err(error.into());
    }
    let mut graph = Graph::default();
    if links {
        graph.add_pack(&copy, frames)?;
    }
    let links = frames.iter().flatten().map(|entry| entry.link).collect();
    let sealed = Sealed { digest: pack.digest(), path };
    Ok((Done::Pack { sealed, size: copy.size, links, placed }, graph))
}

/// Checks what lies in quarantine.
///
/// A second name of one of the user's own packs shows all damage by the digest of the file, since whoever wrote it hashed every
/// object, and its records were read on the way here. What else came may be forged: every object of it is decoded and hashed.
fn check(
    copy: &Pack,
    frames: &[Vec<Entry>],
    placed: Placed,
    progress: &dyn Progress,
) -> Result<(), store::Error> {
    let mut done = |bytes| progress.advance(Task::Receive, bytes);
    match placed {
        Placed::Linked => copy.check_bytes(&mut done),
        Placed::Shared | Placed::Copied => copy.verify(frames, &mut done),
    }
}

fn frame(entries: &[Entry], stored: Vec<u8>) -> Done {
    let first = entries[0];
    let objects = entries.iter().map(part).collect();
    Done::Frame(Frame { codec: first.codec, raw_len: first.raw, stored, objects })
}

fn objects(entries: &[Entry], raw: &[u8]) -> Done {
    let objects = entries.iter().map(|entry| {
        let (start, len) = (entry.start as usize, entry.len as usize);
        (entry.link, raw[start..start + len].to_vec())
    });
    Done::Objects(objects.collect())
}

fn decode(entry: &Entry, stored: &[u8]) -> Result<Vec<u8>, store::Error> {
    codec::decode(entry.codec, stored, entry.raw as usize)
        .map_err(|error| store::Error::damaged(format!("object {}", entry.link), error.to_string()))
}

fn take(done: Done, writer: &mut Writer<'_>, sent: &mut Sent) -> Result<(), Error> {
    match done {
        Done::Pack { sealed, size, links, placed } => {
            match placed {
                Placed::Linked | Placed::Shared => sent.shared += size,
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
