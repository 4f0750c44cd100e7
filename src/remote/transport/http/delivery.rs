//! Pushing to a hub: what it lacks goes up as packs, several at a time, and then the refs move.

use std::collections::HashSet;
use std::fs::File;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crossbeam_channel::{Receiver, Sender};
use reqwest::Method;

use crate::base::{Digest, Progress, Task};
use crate::remote::plan::{Plan, Step};
use crate::remote::transport::folder::Local;
use crate::remote::transport::http::Hub;
use crate::remote::transport::http::client::{Ask, Attempt, Client};
use crate::remote::transport::http::fault::Fault;
use crate::remote::transport::{Delivery, Holder, Origin as _};
use crate::remote::{Error, How, Moved, Sent, wire};
use crate::store::pack::{Builder, Entry, Frame, part};
use crate::store::{Link, Store, Trust, codec};

/// So often a push is begun again because the hub no longer has what it said it had.
const TRIES: usize = 3;

/// Of a smaller pack nobody asks how much of it is there already.
const WORTH_ASKING: u64 = 1 << 20;

/// A push that has begun.
#[derive(Debug)]
pub(super) struct Push<'a> {
    pub(super) hub: &'a Hub,
}

impl Delivery for Push<'_> {
    fn send(
        self: Box<Self>,
        from: &Store,
        moves: &[Moved],
        dry_run: bool,
        progress: &dyn Progress,
    ) -> Result<Sent, Error> {
        if moves.is_empty() {
            return Ok(Sent::default());
        }
        let push = uuid::Uuid::new_v4().simple().to_string();
        let mut sent = Sent::default();
        for left in (0..TRIES).rev() {
            let packs = self.upload(from, moves, dry_run, &mut sent, progress)?;
            if dry_run {
                break;
            }
            match self.swap(from, moves, &push, &packs) {
                // The hub has tidied up since it was asked what it has.
                Err(Error::Incomplete { .. }) if left > 0 => {}
                other => return other.map(|()| sent),
            }
        }
        Ok(sent)
    }
}

/// The hub, as one that may have objects already.
struct There<'a> {
    client: &'a Client,
    complete: HashSet<Link>,
}

impl Holder for There<'_> {
    fn is_complete(&mut self, node: &Link) -> Result<bool, Error> {
        Ok(self.complete.contains(node))
    }

    fn have(&mut self, links: &[Link]) -> Result<Vec<bool>, Error> {
        self.client.have(links)
    }

    fn complete(&self) -> Vec<Link> {
        vec![]
    }
}

/// A file on its way up.
struct Upload {
    digest: Digest,
    file: Arc<File>,
    size: u64,
}

impl Push<'_> {
    /// Sends what the hub lacks, and returns the digests of the packs.
    fn upload(
        &self,
        from: &Store,
        moves: &[Moved],
        dry_run: bool,
        sent: &mut Sent,
        progress: &dyn Progress,
    ) -> Result<Vec<Digest>, Error> {
        let client = &*self.hub.client;
        let local = Local { store: from, trust: Trust::Own, place: "this store" };
        let roots: Vec<Link> = moves.iter().filter_map(|moved| moved.new).collect();
        let mut there = There { client, complete: self.hub.targets().clone() };
        let wanted = local.wanted(&roots, &mut there, true, progress)?;
        let plan = Plan::make(&wanted, vec![])?;
        sent.objects = wanted.objects();
        if dry_run || wanted.objects() == 0 {
            sent.copied = plan.bytes();
            return Ok(vec![]);
        }
        progress.start(Task::Send, Some(plan.bytes()));
        let area = client_name(from);
        let packs = Mutex::new(vec![]);
        let bytes = AtomicU64::new(0);
        let (queue, uploads) = crossbeam_channel::bounded::<Upload>(1);
        let failure = Mutex::new(None);
        thread::scope(|scope| {
            for _ in 0..client.streams {
                let (uploads, failure) = (uploads.clone(), &failure);
                let (packs, bytes, area) = (&packs, &bytes, &area);
                scope.spawn(move || {
                    let outcome = send_all(client, area, &uploads, packs, bytes, progress);
                    if let Err(error) = outcome {
                        lock(failure).get_or_insert(error);
                    }
                });
            }
            drop(uploads);
            if let Err(error) = produce(from, plan, &queue) {
                lock(&failure).get_or_insert(error);
            }
            drop(queue);
        });
        if let Some(error) = lock(&failure).take() {
            return Err(error);
        }
        progress.finish(Task::Send);
        sent.copied += bytes.into_inner();
        Ok(packs.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Has the refs moved.
    fn swap(
        &self,
        from: &Store,
        moves: &[Moved],
        push: &str,
        packs: &[Digest],
    ) -> Result<(), Error> {
        let id = |link: &Link| serde_bytes::ByteBuf::from(wire::id(link));
        let moves = moves.iter().map(|moved| wire::Move {
            name: moved.name.clone(),
            old: moved.old.as_ref().map(id),
            new: moved.new.as_ref().map(id),
            forced: moved.how == How::Forced,
        });
        let packs: Vec<u8> = packs.iter().flat_map(|digest| *digest.as_bytes()).collect();
        let question = wire::Swap {
            push: push.to_owned(),
            client: client_name(from),
            actor: self.hub.context.actor.clone(),
            command: self.hub.context.command.clone(),
            packs: serde_bytes::ByteBuf::from(packs),
            moves: moves.collect(),
        };
        let client = &self.hub.client;
        // A hub that has done it says nothing more. Whoever else says that all is well has moved no ref.
        match client.ask(&Ask::post("refs", wire::encode(&question)).slow())?.as_slice() {
            [] => Ok(()),
            _ => Err(client.nonsense("whether it has moved the refs")),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Names this store to the hub, so that what was cut off is found again: the same in the next process.
fn client_name(store: &Store) -> String {
    let folder = store.folder().canonicalize().unwrap_or_else(|_| store.folder().to_owned());
    let name = format!("{}\0{}", store.context().actor, folder.display());
    Digest::of(name.as_bytes()).to_string()[..32].to_owned()
}

/// Hands out the packs of a plan: those that are wanted whole as they are, the rest in new ones, always the same.
fn produce(from: &Store, plan: Plan, queue: &Sender<Upload>) -> Result<(), Error> {
    let folder = match from.writer() {
        Ok(writer) => Keeper::Lease(Box::new(writer)),
        // A store that may only be read has no room of its own.
        Err(_) => {
            Keeper::Folder(tempfile::tempdir().map_err(Error::io("make a folder in", "/tmp"))?)
        }
    };
    let mut builder = Builder::new(folder.path());
    for step in plan.steps {
        match step {
            Step::Pack { pack, .. } => {
                let found = from.packs().open_pack(&pack.digest())?;
                let found =
                    found.ok_or_else(|| Error::Changing { address: "this store".into() })?;
                let file = found.file().try_clone().map_err(Error::io("open", found.path()))?;
                give(
                    queue,
                    Upload { digest: found.digest, file: Arc::new(file), size: found.size },
                )?;
            }
            Step::Frames { pack, whole, parts } => {
                let frames: Vec<&Vec<Entry>> = whole.iter().chain(&parts).collect();
                let heads: Vec<Entry> = frames.iter().map(|frame| frame[0]).collect();
                pack.stored(&heads, &mut |number, stored| {
                    let entries = frames[number];
                    match number < whole.len() {
                        true => add_frame(&mut builder, entries, stored),
                        false => add_objects(&mut builder, entries, &stored),
                    }
                })?;
                send_sealed(&mut builder, queue)?;
            }
        }
    }
    builder.finish()?;
    send_sealed(&mut builder, queue)
}

/// Keeps the files of a push until they are sent.
enum Keeper<'a> {
    Lease(Box<crate::store::Writer<'a>>),
    Folder(tempfile::TempDir),
}

impl Keeper<'_> {
    fn path(&self) -> &std::path::Path {
        match self {
            Self::Lease(writer) => writer.folder(),
            Self::Folder(folder) => folder.path(),
        }
    }
}

/// The other side verifies what is in the frame; it travels as it is stored.
fn add_frame(builder: &mut Builder, entries: &[Entry], stored: Vec<u8>) -> Result<(), Error> {
    let first = &entries[0];
    let objects = entries.iter().map(part).collect();
    Ok(builder.frame(&Frame { codec: first.codec, raw_len: first.raw, stored, objects })?)
}

fn add_objects(builder: &mut Builder, entries: &[Entry], stored: &[u8]) -> Result<(), Error> {
    let first = &entries[0];
    let raw = codec::decode(first.codec, stored, first.raw as usize)?;
    crate::store::pack::verify_parts(entries, &raw)?;
    for entry in entries {
        let (start, len) = (entry.start as usize, entry.len as usize);
        builder.object(entry.link, &raw[start..start + len])?;
    }
    Ok(())
}

/// Sends the packs that are full, and takes their names away: what is open is read to its end.
fn send_sealed(builder: &mut Builder, queue: &Sender<Upload>) -> Result<(), Error> {
    for sealed in builder.take_sealed() {
        let path = &sealed.path;
        let file = File::open(path).map_err(Error::io("open", path))?;
        let size = file.metadata().map_err(Error::io("look at", path))?.len();
        crate::base::fs::remove(path).map_err(Error::io("remove", path))?;
        give(queue, Upload { digest: sealed.digest, file: Arc::new(file), size })?;
    }
    Ok(())
}

fn give(queue: &Sender<Upload>, upload: Upload) -> Result<(), Error> {
    queue.send(upload).map_err(|_| Error::Stopped)
}

fn send_all(
    client: &Client,
    area: &str,
    uploads: &Receiver<Upload>,
    packs: &Mutex<Vec<Digest>>,
    bytes: &AtomicU64,
    progress: &dyn Progress,
) -> Result<(), Error> {
    for upload in uploads {
        bytes.fetch_add(send(client, area, &upload, progress)?, Ordering::Relaxed);
        lock(packs).push(upload.digest);
    }
    Ok(())
}

/// Sends one pack, from where the hub has it; returns how many bytes went.
fn send(
    client: &Client,
    area: &str,
    upload: &Upload,
    progress: &dyn Progress,
) -> Result<u64, Error> {
    let path = format!("uploads/{area}/{}", upload.digest);
    let mut attempt = Attempt::new(client);
    let (mut from, mut sent, mut doubted, mut asked) = (0, 0, false, false);
    if upload.size >= WORTH_ASKING {
        match client.tried(&mut || client.wait(offset(client, &path)))? {
            Some(there) => from = there.min(upload.size),
            None => return Ok(0),
        }
        progress.advance(Task::Send, from);
    }
    loop {
        let told = Arc::new(AtomicU64::new(from));
        let file = Arc::clone(&upload.file);
        let outcome = client.wait(client.upload(&path, file, from, upload.size, &told));
        let went = told.load(Ordering::Relaxed).saturating_sub(from);
        sent += went;
        match outcome {
            Ok(()) => {
                progress.advance(Task::Send, went);
                return Ok(sent);
            }
            // What was there before may have been spoiled; the hub has thrown it away.
            Err(Fault::Final(Error::Rejected { .. })) if from > 0 && !doubted => {
                doubted = true;
                from = 0;
                continue;
            }
            Err(Fault::Elsewhere) if !asked => {}
            Err(fault) => attempt.failed(fault)?,
        }
        asked = true;
        let there = client.tried(&mut || client.wait(offset(client, &path)))?;
        let Some(there) = there else { return Ok(sent) };
        if there > from {
            progress.advance(Task::Send, there - from);
            attempt.progressed();
        }
        from = there.min(upload.size);
    }
}

/// Asks how much of a pack is there; nothing where it is there whole.
async fn offset(client: &Client, path: &str) -> Result<Option<u64>, Fault> {
    let response = client.send(client.request(Method::POST, path), false).await?;
    let header = |name: &str| response.headers().get(name)?.to_str().ok()?.parse::<u64>().ok();
    match (header("upload-offset"), response.headers().contains_key("upload-complete")) {
        (_, true) => Ok(None),
        (Some(offset), false) => Ok(Some(offset)),
        (None, false) => Err(Fault::Final(client.nonsense("how much is there"))),
    }
}
