//! One thread reads and cuts, others hash and compress, the caller's writes frames in the order of the input.
//!
//! ```text
//! caller ── buffers ──▶ reader ── jobs ──▶ workers ── answers ──▶ caller: frames, lists of chunks, links of files
//!    ▲                                                              │
//!    └──────────────────────────────── buffers ─────────────────────┘
//! ```
//!
//! There are so many buffers and no more: whoever is slow makes the others wait, and memory stays bounded.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use super::group::Pending;
use super::node::List;
use super::read::{Buffer, End, Job, Source, feed};
use super::work::{Answer, Content, Shared};
use crate::base::{Digest, Progress, Task};
use crate::store::{Error, Link, Writer};

/// Buffers in flight, a little over a mebibyte each.
const BUFFERS: usize = 16;

/// Buffers of a stream beyond one for each worker: a server reads many streams at once, and each comes no faster than
/// its sender sends.
const AHEAD: usize = 4;

/// More threads than this only wait for the one that reads.
const MAX_WORKERS: usize = 8;

/// Input below this size is not worth a thread.
const INLINE: u64 = 128 << 10;

/// What is told of each file that was added; `None` for a stream.
pub(super) type Found<'f> = dyn FnMut(Option<Pending>, Link, Digest) + 'f;

/// Puts all of `source` into the store.
pub(super) fn run(
    writer: &mut Writer<'_>,
    source: Source<'_>,
    progress: &dyn Progress,
    found: &mut Found<'_>,
) -> Result<(), Error> {
    let root = match &source {
        Source::Files(root, _) => Some(*root),
        Source::Stream(_) => None,
    };
    let store = writer.store();
    let shared = Shared::new(store, root);
    let mut sink = Sink { writer, progress, found, list: List::default() };
    if let Source::Files(_, groups) = &source
        && groups.iter().flatten().map(|file| file.stamp.size).sum::<u64>() < INLINE
    {
        let Source::Files(_, groups) = source else { return Ok(()) };
        return groups.into_iter().try_for_each(|group| {
            let answer = shared.work(Job::Group(group, Buffer::default().filled()))?;
            sink.take(answer).map(drop)
        });
    }
    let workers = thread::available_parallelism().map_or(1, NonZero::get).min(MAX_WORKERS);
    let count = match &source {
        Source::Files(..) => BUFFERS,
        Source::Stream(_) => BUFFERS.min(workers + AHEAD),
    };
    thread::scope(|scope| {
        let (buffers, empty) = bounded(BUFFERS);
        let (jobs, work) = bounded(workers);
        let (answers, done) = unbounded();
        for _ in 0..count {
            buffers.send(Buffer::default()).expect("there is room for all");
        }
        scope.spawn(move || feed(store, source, &empty, &jobs));
        for _ in 0..workers {
            let (work, answers, shared) = (work.clone(), answers.clone(), &shared);
            scope.spawn(move || {
                let _alarm = Alarm(answers.clone());
                // Ends when the reader has no more, or the caller has given up.
                for (number, job) in work {
                    let answer = job.and_then(|job: Job| shared.work(job));
                    if answers.send((number, answer)).is_err() {
                        return;
                    }
                }
            });
        }
        drop((work, answers));
        collect(&done, &buffers, &mut sink)
    })
}

/// Takes answers in the order of the input, whatever order they come in.
///
/// Owns nothing: when it returns early, the channels close and the threads end.
fn collect(
    done: &Receiver<(u64, Result<Answer, Error>)>,
    buffers: &Sender<Buffer>,
    sink: &mut Sink<'_, '_, '_, '_>,
) -> Result<(), Error> {
    let (mut early, mut next) = (BTreeMap::new(), 0);
    for (number, answer) in done {
        match number {
            ALARM => drop(answer?),
            _ => drop(early.insert(number, answer)),
        }
        while let Some(answer) = early.remove(&next) {
            let buffer = sink.take(answer?)?;
            next += 1;
            // The reader may be through already.
            let _ = buffers.send(buffer);
        }
    }
    Ok(())
}

/// Wakes the caller when a worker panics: it would wait for that answer, and the reader for buffers, for ever.
struct Alarm(Sender<(u64, Result<Answer, Error>)>);

const ALARM: u64 = u64::MAX;

impl Drop for Alarm {
    fn drop(&mut self) {
        if thread::panicking() {
            let error = Error::damaged("a thread that adds files", "it panicked");
            let _ = self.0.send((ALARM, Err(error)));
        }
    }
}

struct Sink<'w, 's, 'p, 'f> {
    writer: &'w mut Writer<'s>,
    progress: &'p dyn Progress,
    found: &'p mut Found<'f>,
    /// The chunks of the file that is being cut: there is one at a time.
    list: List,
}

impl Sink<'_, '_, '_, '_> {
    /// Stores what a job came to; returns its buffer for the next.
    fn take(&mut self, answer: Answer) -> Result<Buffer, Error> {
        let mut buffer = answer.buffer;
        for frame in answer.frames {
            if !frame.objects.iter().all(|part| self.writer.wrote(&part.link)) {
                self.writer.frame(&frame)?;
            }
            buffer.keep(frame.stored);
        }
        match answer.content {
            Content::Files(files) => {
                files
                    .into_iter()
                    .for_each(|(file, link)| (self.found)(Some(file), link, link.digest));
            }
            Content::Chunks(chunks, end) => {
                for (link, length) in chunks {
                    self.list.push(self.writer, link, length)?;
                }
                if let Some(End { file, digest }) = end {
                    let link = std::mem::take(&mut self.list).finish(self.writer, digest)?;
                    (self.found)(file, link, digest);
                }
            }
        }
        self.progress.advance(Task::Add, answer.bytes);
        Ok(buffer)
    }
}
