//! Removing what nothing needs, beside writers and without stopping them.
//!
//! A pack is condemned by renaming it: readers still find it, writers no longer count on it. It is deleted once every
//! writer that might have counted on it before has ended, and only if no ref has come to need it meanwhile:
//!
//! 1. Packs condemned by an earlier run: if no living lease is older than this generation, all that their writers did
//!    can be seen in the refs. Mark. What is needed after all gets its name back, the rest is deleted.
//! 2. Packs with nothing that is needed, and older than the grace, are condemned; mixed ones after the needed part was
//!    copied. Then the generation grows: a writer that takes its lease later sees the new names.
//! 3. If no older lease lives, mark what was added since, and delete as in 1. Else the next run does.
//!
//! Nothing here trusts the time of day but the grace, and that only to keep more.

use std::fs;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, UNIX_EPOCH};

use crate::base::fs::{remove, rename, sync_folder};
use crate::base::{Progress, Task};
use crate::store::meta::set_state;
use crate::store::pack::Pack;
use crate::store::repack::{self, Maintenance};
use crate::store::walk::{self, Seen};
use crate::store::{Durability, Error, Link, Store, history, layout, lease};

/// What gc is asked to keep.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Content that nothing needs stays for so many milliseconds after it was written.
    pub grace: i64,
    /// Operations of so many milliseconds can be undone: what they moved stays.
    pub history: i64,
    /// How long to wait for writers that began earlier; what they hold up, the next gc takes.
    pub patience: Duration,
    /// Only tell what would be removed.
    pub dry_run: bool,
}

/// A day in milliseconds.
const DAY: i64 = 86_400_000;

impl Default for Options {
    fn default() -> Self {
        Self {
            grace: 14 * DAY,
            history: 90 * DAY,
            patience: Duration::from_secs(2),
            dry_run: false,
        }
    }
}

/// What gc did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Objects that something needs.
    pub reachable: u64,
    /// Objects that went.
    pub removed: u64,
    /// Bytes that the store shrank by.
    pub freed: u64,
    /// Bytes that wait for a writer to end; the next gc takes them.
    pub waiting: u64,
    /// Operations that were let go; they can no longer be undone.
    pub forgotten: u64,
}

/// Removes what neither a ref nor a young operation needs.
pub fn collect(store: &Store, options: &Options, progress: &dyn Progress) -> Result<Report, Error> {
    if options.dry_run {
        return Gc::new(store, options, progress)?.preview();
    }
    let _lock = Maintenance::begin(store)?;
    layout::open_reserve(store.folder())?;
    let report = run(store, options, progress);
    layout::fill_reserve(store.folder());
    report
}

fn run(store: &Store, options: &Options, progress: &dyn Progress) -> Result<Report, Error> {
    let mut report = Report::default();
    report.freed += lease::sweep(&store.folder().join("incoming"))?;
    report.forgotten = history::forget(store, store.now().saturating_sub(options.history))?;
    let before = store.packs().total_size();
    let mut gc = Gc::new(store, options, progress)?;
    gc.finish_earlier(&mut report)?;
    gc.condemn(&mut report)?;
    gc.finish(&mut report)?;
    let after = store.packs().total_size();
    report.freed += before.saturating_sub(after + report.waiting);
    report.reachable = gc.marked.len();
    Ok(report)
}

struct Gc<'a> {
    store: &'a Store,
    options: &'a Options,
    progress: &'a dyn Progress,
    marked: Seen,
}

impl<'a> Gc<'a> {
    fn new(
        store: &'a Store,
        options: &'a Options,
        progress: &'a dyn Progress,
    ) -> Result<Self, Error> {
        store.packs().refresh()?;
        Ok(Self { store, options, progress, marked: Seen::default() })
    }

    fn preview(mut self) -> Result<Report, Error> {
        self.mark()?;
        let mut report = Report { reachable: self.marked.len(), ..Report::default() };
        for (pack, needed, total) in self.judge()? {
            if self.is_old(&pack) && needed < total {
                report.removed += total - needed;
                report.freed += pack.size * (total - needed) / total.max(1);
            }
        }
        Ok(report)
    }

    /// Marks all that refs and operations need, and the closure of what is young.
    fn mark(&mut self) -> Result<(), Error> {
        self.progress.start(Task::Walk, None);
        let roots = history::roots(self.store)?;
        self.walk(roots)?;
        // A young node may be needed soon, by a writer that has found it: all that it links to must be there too.
        let packs = self.store.packs().kept()?;
        let young: Vec<_> = packs.iter().filter(|pack| !self.is_old(pack)).collect();
        for pack in young {
            let young: Vec<Link> = pack.entries()?.iter().map(|entry| entry.link).collect();
            self.walk_young(young)?;
        }
        self.progress.finish(Task::Walk);
        Ok(())
    }

    fn walk(&mut self, roots: Vec<Link>) -> Result<(), Error> {
        let progress = self.progress;
        let visit = |_: &Link, _: Option<&[u8]>| {
            progress.advance(Task::Walk, 1);
            Ok(())
        };
        walk::walk(self.store, roots, &mut self.marked, visit, |_, error| Err(error))
    }

    /// As [`Gc::walk`], for content that no ref needs: where part of it is gone already, the rest is no worse.
    fn walk_young(&mut self, young: Vec<Link>) -> Result<(), Error> {
        walk::walk(
            self.store,
            young,
            &mut self.marked,
            |_, _| Ok(()),
            |_, error| match error {
                Error::Missing(_) => Ok(()),
                error => Err(error),
            },
        )
    }

    /// Returns each pack with how many of its objects are needed, and how many there are.
    fn judge(&self) -> Result<Vec<(Arc<Pack>, u64, u64)>, Error> {
        let packs = self.store.packs().kept()?;
        let judged = packs.into_iter().map(|pack| {
            let needed = pack.entries()?.iter().filter(|e| self.marked.contains(&e.link)).count();
            let total = pack.objects();
            Ok((pack, needed as u64, total))
        });
        judged.collect()
    }

    /// A pack from the future is young: clocks are wrong more often than packs.
    fn is_old(&self, pack: &Pack) -> bool {
        let written = fs::metadata(pack.path()).and_then(|meta| meta.modified()).ok();
        let written = written.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let written = written.map_or(i64::MAX, |since| since.as_millis() as i64);
        written.saturating_add(self.options.grace) <= self.store.now()
    }

    fn finish_earlier(&mut self, report: &mut Report) -> Result<(), Error> {
        let generation = self.store.generation()?;
        let safe = self.no_lease_before(generation)?;
        self.mark()?;
        match safe {
            true => self.delete(report),
            false => Ok(()),
        }
    }

    /// Condemns what is old and not needed.
    fn condemn(&mut self, report: &mut Report) -> Result<(), Error> {
        let judged = self.judge()?;
        let (mut dead, mut mixed) = (vec![], vec![]);
        for (pack, needed, total) in judged.into_iter().filter(|(pack, ..)| self.is_old(pack)) {
            match needed {
                0 => dead.push(pack),
                needed if needed < total => mixed.push(pack),
                _ => continue,
            }
            report.removed += total - needed;
        }
        self.progress.start(Task::Repack, Some(mixed.iter().map(|pack| pack.size).sum()));
        let made = repack::rewrite(self.store, &mixed, &self.marked, self.progress)?;
        repack::age(self.store, &made, &mixed)?;
        self.progress.finish(Task::Repack);
        dead.extend(mixed.into_iter().filter(|pack| !made.contains(&pack.digest)));
        if dead.is_empty() {
            return Ok(());
        }
        for pack in &dead {
            let condemned = pack.path().with_extension("condemned");
            rename(pack.path(), &condemned).map_err(Error::io("rename", pack.path()))?;
        }
        let packs = self.store.packs().folder();
        sync_folder(packs).map_err(Error::io("sync", packs))?;
        let generation = self.store.generation()? + 1;
        self.store.transact(Durability::Full, |db| {
            set_state(db, "generation", generation as i64)
                .map_err(self.store.database_error("count the generation"))
        })?;
        self.store.packs().refresh()
    }

    /// Deletes what was condemned now, if the writers of before are done, or end soon.
    fn finish(&mut self, report: &mut Report) -> Result<(), Error> {
        if self.store.packs().condemned()?.is_empty() {
            return Ok(());
        }
        let generation = self.store.generation()?;
        if self.wait_for_leases(generation)? {
            self.walk(history::roots(self.store)?)?;
            return self.delete(report);
        }
        report.waiting = self.store.packs().condemned()?.iter().map(|pack| pack.size).sum();
        Ok(())
    }

    /// Returns whether all writers from before `generation` have ended, now or within the patience that gc has.
    fn wait_for_leases(&self, generation: u64) -> Result<bool, Error> {
        const NAP: Duration = Duration::from_millis(20);
        let mut left = self.options.patience;
        while !self.no_lease_before(generation)? {
            if left.is_zero() {
                return Ok(false);
            }
            sleep(NAP.min(left));
            left = left.saturating_sub(NAP);
        }
        Ok(true)
    }

    fn no_lease_before(&self, generation: u64) -> Result<bool, Error> {
        let leases = lease::list(&self.store.folder().join("incoming"))?;
        Ok(leases.iter().all(|lease| !lease.alive || lease.generation >= generation))
    }

    /// Deletes the condemned packs; one that holds something needed that no other pack holds gets its name back.
    fn delete(&self, report: &mut Report) -> Result<(), Error> {
        let packs = self.store.packs();
        packs.refresh()?;
        for pack in packs.condemned()? {
            match self.is_needed(&pack)? {
                true => {
                    let name = pack.path().with_extension("pack");
                    rename(pack.path(), &name).map_err(Error::io("rename", pack.path()))?;
                    report.removed = report.removed.saturating_sub(pack.objects());
                }
                false => remove(pack.path()).map_err(Error::io("remove", pack.path()))?,
            }
        }
        sync_folder(packs.folder()).map_err(Error::io("sync", packs.folder()))?;
        packs.refresh()
    }

    fn is_needed(&self, pack: &Pack) -> Result<bool, Error> {
        for entry in pack.entries()?.iter().filter(|entry| self.marked.contains(&entry.link)) {
            if self.store.packs().find(&entry.link)?.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
