//! How much room things take, and how much sharing and compression save.
//!
//! Three sizes: *logical*, every object as often as something links to it, as if nothing were shared; *unique*, every
//! object once; *stored*, what that takes in packs.

use std::collections::{BTreeMap, HashMap};

use crate::base::{Progress, Task};
use crate::store::refs::{self, Ref};
use crate::store::walk::{self, Seen};
use crate::store::{Error, Kind, Link, Store, history, object};

/// What a group of refs takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    pub refs: u64,
    pub logical: u64,
    pub unique: u64,
    pub stored: u64,
}

/// What a store takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// All that something needs, except that remotes' refs do not count as further copies.
    pub total: Usage,
    pub objects: u64,
    pub chunks: u64,
    pub packs: u64,
    /// Bytes of all packs on disk.
    pub disk: u64,
    /// By the first part of the refs' names: `runs`, `experiments` …; what only the history needs is `history`. What two
    /// kinds share counts in both.
    pub by_kind: BTreeMap<String, Usage>,
    /// By ref, where that was asked for.
    pub by_name: Vec<(String, Usage)>,
    /// Objects that are named here and lie elsewhere: those of a partial clone.
    pub absent: u64,
}

/// Measures the whole store; with `names`, each ref by itself too, which takes a walk for each.
pub fn measure(store: &Store, names: bool, progress: &dyn Progress) -> Result<Report, Error> {
    let mut kinds: BTreeMap<String, Vec<Ref>> = BTreeMap::new();
    let all = refs::list(store, "")?;
    for found in &all {
        let kind = found.name.split('/').next().unwrap_or_default();
        kinds.entry(kind.to_owned()).or_default().push(found.clone());
    }
    let mut measure = Measure {
        store,
        progress,
        logical: HashMap::new(),
        seen: Seen::default(),
        report: Report::default(),
    };
    progress.start(Task::Walk, None);
    for (kind, refs) in kinds {
        let usage = measure.kind(&kind, &refs)?;
        measure.report.by_kind.insert(kind, usage);
    }
    measure.history()?;
    if names {
        for found in &all {
            let usage = measure.group(std::slice::from_ref(found), &mut Seen::default())?;
            measure.report.by_name.push((found.name.clone(), usage));
        }
    }
    progress.finish(Task::Walk);
    let mut report = measure.report;
    report.disk = store.packs().total_size();
    report.packs = store.packs().kept_paths().len() as u64;
    Ok(report)
}

struct Measure<'a> {
    store: &'a Store,
    progress: &'a dyn Progress,
    /// The logical size below each node that was met.
    logical: HashMap<Link, u64>,
    /// What counts in the total already.
    seen: Seen,
    report: Report,
}

/// A node on the way down: its links that are not summed up yet, and the sum so far.
struct Open {
    link: Link,
    links: std::vec::IntoIter<Link>,
    sum: u64,
}

impl Measure<'_> {
    fn kind(&mut self, kind: &str, refs: &[Ref]) -> Result<Usage, Error> {
        let usage = self.group(refs, &mut Seen::default())?;
        if kind != "remotes" {
            self.report.total.refs += usage.refs;
            self.report.total.logical += usage.logical;
        }
        Ok(usage)
    }

    /// What only operations that can be undone need.
    fn history(&mut self) -> Result<(), Error> {
        let mut usage = Usage::default();
        let roots = history::roots(self.store)?;
        let mut own = self.seen.clone();
        self.distinct(roots, &mut own, &mut usage)?;
        usage.logical = usage.unique;
        self.report.total.logical += usage.logical;
        self.report.by_kind.insert("history".to_owned(), usage);
        Ok(())
    }

    fn group(&mut self, refs: &[Ref], seen: &mut Seen) -> Result<Usage, Error> {
        let mut usage = Usage { refs: refs.len() as u64, ..Usage::default() };
        for found in refs {
            usage.logical = usage.logical.saturating_add(self.logical(found.target)?);
        }
        self.distinct(refs.iter().map(|found| found.target).collect(), seen, &mut usage)?;
        Ok(usage)
    }

    /// Adds what can be reached from `roots` and is not in `seen`, each object once.
    fn distinct(
        &mut self,
        roots: Vec<Link>,
        seen: &mut Seen,
        usage: &mut Usage,
    ) -> Result<(), Error> {
        let (store, progress) = (self.store, self.progress);
        let (all, report) = (&mut self.seen, &mut self.report);
        let visit = |link: &Link, _: Option<&[u8]>| {
            progress.advance(Task::Walk, 1);
            let (size, stored) = sizes(store, link)?;
            usage.unique += size;
            usage.stored += stored;
            if all.insert(link) {
                report.total.unique += size;
                report.total.stored += stored;
                report.objects += 1;
                report.chunks += u64::from(link.kind == Kind::Blob);
                report.absent += u64::from(link.kind == Kind::Blob && stored == 0);
            }
            Ok(())
        };
        walk::walk(store, roots, seen, visit, |_, error| Err(error))
    }

    /// Sums up all that is below `root`, as often as it is linked to. Iterative: a tree may be as deep as it likes.
    fn logical(&mut self, root: Link) -> Result<u64, Error> {
        let mut stack = vec![Open { link: root, links: vec![root].into_iter(), sum: 0 }];
        loop {
            let open = stack.last_mut().expect("the first one returns");
            let Some(link) = open.links.next() else {
                let Open { link, sum, .. } = stack.pop().expect("just looked at");
                let Some(above) = stack.last_mut() else { return Ok(sum) };
                self.logical.insert(link, sum);
                above.sum = above.sum.saturating_add(sum);
                continue;
            };
            if link.kind == Kind::Blob {
                open.sum = open.sum.saturating_add(sizes(self.store, &link)?.0);
            } else if let Some(known) = self.logical.get(&link) {
                open.sum = open.sum.saturating_add(*known);
            } else {
                let bytes = self.store.read(&link)?;
                let links = object::links(&bytes)?.into_iter();
                stack.push(Open { link, links, sum: bytes.len() as u64 });
            }
        }
    }
}

/// Returns an object's size, and its share of the frame that it is stored in; nothing for one that is absent.
fn sizes(store: &Store, link: &Link) -> Result<(u64, u64), Error> {
    let Some(found) = store.packs().find_anywhere(link)? else { return Ok((0, 0)) };
    let entry = found.entry;
    let stored = u64::from(entry.stored) * u64::from(entry.len) / u64::from(entry.raw.max(1));
    Ok((u64::from(entry.len), stored.max(1)))
}
