//! Packs of a hub: what it says of them, and reading them whole or in ranges.

use std::fs::{self, OpenOptions, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use crate::base::Digest;
use crate::base::fs::{remove, rename};
use crate::remote::Error;
use crate::remote::place::Placed;
use crate::remote::transport::http::client::{Attempt, Client};
use crate::remote::transport::http::fault::Fault;
use crate::remote::transport::{Give, Holder, Parcel};
use crate::remote::wanted::Wanted;
use crate::remote::wire::{END, ID};
use crate::store::pack::{ENTRY, Entry, MAX_SIZE, Pack, open_regular, tidy};
use crate::store::{self, lease};

/// Between two frames that are wanted, so much is read along rather than asked for anew.
const GAP: u64 = 16 << 10;

/// No frame is longer.
const MAX_FRAME: u64 = 17 << 20;

/// Read in one request, where frames lie together.
const MAX_RANGE: u64 = 8 << 20;

/// Bytes before the entries of a pack in a plan.
const HEAD: usize = 32 + 8 + 8 + 4;

/// A pack of a hub.
#[derive(Debug)]
struct HubPack {
    client: Arc<Client>,
    digest: Digest,
    size: u64,
    objects: u64,
}

/// Reads a plan, and leaves out what `holder` has.
pub(super) fn read_plan(
    client: &Arc<Client>,
    mut list: &[u8],
    holder: &mut dyn Holder,
) -> Result<Wanted, Error> {
    let nonsense = || client.nonsense("where objects lie");
    let mut wanted = Wanted::default();
    while list != &END[..ID - 1] {
        let (head, rest) = list.split_at_checked(HEAD).ok_or_else(nonsense)?;
        let number = |at: usize| u64::from_le_bytes(head[at..at + 8].try_into().expect("8 bytes"));
        let digest = Digest::from_bytes(head[..32].try_into().expect("32 bytes"));
        let (size, objects) = (number(32), number(40));
        let count = u32::from_le_bytes(head[48..].try_into().expect("4 bytes")) as usize;
        if size > MAX_SIZE || count as u64 > objects {
            return Err(nonsense());
        }
        let length = count.checked_mul(ENTRY).ok_or_else(nonsense)?;
        let (entries, rest) = rest.split_at_checked(length).ok_or_else(nonsense)?;
        let entries: Option<Vec<Entry>> = entries.chunks_exact(ENTRY).map(Entry::decode).collect();
        let mut entries = entries.ok_or_else(nonsense)?;
        let fits = |e: &Entry| u64::from(e.offset) + u64::from(e.stored) <= size;
        if !entries.iter().all(|e| fits(e) && u64::from(e.stored) <= MAX_FRAME) {
            return Err(nonsense());
        }
        let links: Vec<_> = entries.iter().map(|entry| entry.link).collect();
        let mut there = holder.have(&links)?.into_iter();
        entries.retain(|_| !there.next().unwrap_or(false));
        let pack = HubPack { client: Arc::clone(client), digest, size, objects };
        wanted.add_pack(Arc::new(pack), entries);
        list = rest;
    }
    Ok(wanted)
}

impl Parcel for HubPack {
    fn digest(&self) -> Digest {
        self.digest
    }

    fn size(&self) -> u64 {
        self.size
    }

    fn objects(&self) -> u64 {
        self.objects
    }

    fn tidy_frames(&self, known: &[Entry]) -> Result<Option<Vec<Vec<Entry>>>, Error> {
        Ok(match known.len() as u64 == self.objects {
            true => tidy(known, self.size),
            false => None,
        })
    }

    fn place(&self, frames: &[Vec<Entry>], to: &Path) -> Result<Placed, Error> {
        let resumed = take_over(&to.with_extension("part"));
        match self.download(frames, to) {
            // What an earlier process left may have been spoiled since.
            Err(Error::Store(store::Error::Damaged { .. })) if resumed => self.download(frames, to),
            other => other,
        }
    }

    fn stored(&self, frames: &[Entry], give: &mut Give<'_>) -> Result<(), Error> {
        let mut first = 0;
        while first < frames.len() {
            let mut end = first + 1;
            let start = u64::from(frames[first].offset);
            while frames.get(end).is_some_and(|next| {
                let before = &frames[end - 1];
                let gap = u64::from(next.offset)
                    .checked_sub(u64::from(before.offset) + u64::from(before.stored));
                gap.is_some_and(|gap| gap <= GAP) && tail(next) - start <= MAX_RANGE
            }) {
                end += 1;
            }
            let bytes = self.read(start, tail(&frames[end - 1]))?;
            for (number, frame) in frames.iter().enumerate().take(end).skip(first) {
                let from = (u64::from(frame.offset) - start) as usize;
                give(number, bytes[from..from + frame.stored as usize].to_vec())?;
            }
            first = end;
        }
        Ok(())
    }
}

impl HubPack {
    /// Reads the whole pack, from where an earlier try has come to.
    fn download(&self, frames: &[Vec<Entry>], to: &Path) -> Result<Placed, Error> {
        let part = to.with_extension("part");
        let open = OpenOptions::new().append(true).create(true).open(&part);
        let file = open.map_err(Error::io("create", &part))?;
        let name = self.digest.to_string();
        let mut attempt = Attempt::new(&self.client);
        let mut last = 0;
        loop {
            let at = file.metadata().map_err(Error::io("look at", &part))?.len();
            if at >= self.size {
                break;
            }
            if at > last {
                attempt.progressed();
                last = at;
            }
            let outcome = self.client.wait(self.client.download(&name, &file, at, self.size));
            if let Err(fault) = outcome {
                attempt.failed(fault)?;
            }
        }
        file.sync_all().map_err(Error::io("sync", &part))?;
        rename(&part, to).map_err(Error::io("rename", &part))?;
        // Only now: what may not be written cannot go on after a crash.
        seal(&file).map_err(Error::io("protect", to))?;
        self.agrees(frames, to)?;
        Ok(Placed::Copied)
    }
}

fn tail(entry: &Entry) -> u64 {
    u64::from(entry.offset) + u64::from(entry.stored)
}

impl HubPack {
    /// Reads a range; what has come of it before a cut does not come again.
    fn read(&self, start: u64, end: u64) -> Result<Vec<u8>, Error> {
        let client = &self.client;
        let name = self.digest.to_string();
        let mut bytes = Vec::with_capacity((end - start) as usize);
        let mut attempt = Attempt::new(client);
        while start + (bytes.len() as u64) < end {
            let before = bytes.len();
            let at = start + before as u64;
            let outcome = client.wait(client.range(&name, at, end, &mut |chunk| {
                bytes.extend_from_slice(chunk);
                Ok::<(), Fault>(())
            }));
            if bytes.len() > before {
                attempt.progressed();
            }
            if let Err(fault) = outcome {
                attempt.failed(fault)?;
            }
        }
        Ok(bytes)
    }

    /// Checks that the table in a pack says what the hub said, since it is the table that is gone by later.
    fn agrees(&self, frames: &[Vec<Entry>], path: &Path) -> Result<(), Error> {
        let pack = Pack::open(path.to_owned(), self.digest);
        let same = pack.and_then(|pack| Ok(pack.tidy_frames()?.as_deref() == Some(frames)));
        match same {
            Ok(true) => Ok(()),
            Ok(false) | Err(store::Error::Damaged { .. }) => {
                remove(path).map_err(Error::io("remove", path))?;
                let what = format!("pack {} of the hub", self.digest);
                Err(store::Error::damaged(what, "it is not what was offered").into())
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Takes the beginning of a pack from a transfer that died; tells whether there was one.
fn take_over(part: &Path) -> bool {
    let (Some(name), Some(incoming)) =
        (part.file_name(), part.parent().and_then(|folder| folder.parent()))
    else {
        return false;
    };
    let dead = lease::list(incoming).unwrap_or_default().into_iter().filter(|seen| !seen.alive);
    dead.map(|seen| seen.folder.join(name))
        .any(|left| open_regular(&left).is_ok() && rename(&left, part).is_ok())
}

fn seal(file: &fs::File) -> std::io::Result<()> {
    let mode = file.metadata()?.permissions().mode();
    file.set_permissions(Permissions::from_mode(mode & 0o444))
}
