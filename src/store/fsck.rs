//! Looking for damage. A finding is not an error: the check goes on to the end, and tells all it found.

use std::collections::{HashMap, HashSet};

use crate::base::{Progress, Task, cause, parallel};
use crate::store::pack::{Pack, Survey};
use crate::store::repack::frames;
use crate::store::walk::{self, Seen};
use crate::store::{
    Error, Kind, Link, Logged, Operation, Store, history, operation, rebuild, refs,
};

/// How much is read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Read every byte of every pack, and check every object against its digest.
    pub read_data: bool,
    /// Blobs may be absent: a partial clone fetches them when they are needed.
    pub partial: bool,
}

/// What was looked at, and what is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub objects: u64,
    pub chunks: u64,
    pub refs: u64,
    pub problems: Vec<Problem>,
}

/// Where damage lies, and so what can be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A pack; what is sound in it can be saved.
    Pack,
    /// An index; it is derived.
    Index,
    /// The refs or the log; they can be made again from the packs.
    Database,
    /// An object; another store may have it.
    Object,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub place: Place,
    /// A file of the store, an object, a ref or an operation.
    pub what: String,
    pub reason: String,
    /// The object, where one is concerned.
    pub object: Option<Link>,
    /// The refs that need it.
    pub needed_by: Vec<String>,
}

impl Problem {
    fn of(place: Place, what: impl Into<String>, reason: impl ToString) -> Self {
        let (what, reason) = (what.into(), reason.to_string());
        Self { place, what, reason, object: None, needed_by: vec![] }
    }
}

/// Checks the whole store.
pub fn check(store: &Store, options: &Options, progress: &dyn Progress) -> Result<Report, Error> {
    store.packs().refresh()?;
    let mut check = Check { store, options, progress, report: Report::default(), lost: vec![] };
    check.packs()?;
    check.database()?;
    check.graph()?;
    check.owners()?;
    check.report.problems.sort_by(|a, b| a.what.cmp(&b.what));
    check.report.problems.dedup();
    Ok(check.report)
}

struct Check<'a> {
    store: &'a Store,
    options: &'a Options,
    progress: &'a dyn Progress,
    report: Report,
    lost: Vec<Link>,
}

impl Check<'_> {
    fn packs(&mut self) -> Result<(), Error> {
        let Survey { packs, broken } = self.store.packs().survey()?;
        for (path, error) in broken {
            self.report.problems.push(Problem::of(
                Place::Pack,
                format!("file `{}`", path.display()),
                cause::line(&error),
            ));
        }
        let total = packs.iter().map(|pack| pack.size).sum();
        self.progress.start(Task::Check, Some(total));
        let found = parallel::map(&packs, |pack| {
            let found = inspect(pack, self.options.read_data);
            self.progress.advance(Task::Check, pack.size);
            found
        });
        for (pack, found) in packs.iter().zip(found) {
            self.take(pack, found?);
        }
        self.progress.finish(Task::Check);
        for path in self.store.packs().unsound_indexes() {
            let what = format!("file `{}`", path.display());
            self.report.problems.push(Problem::of(Place::Index, what, "the index is damaged"));
        }
        Ok(())
    }

    fn take(&mut self, pack: &Pack, found: Inspected) {
        let what = format!("file `{}`", pack.path().display());
        self.report.chunks += found.chunks;
        self.report.objects += found.objects;
        let flaws = found.flaw.into_iter();
        let problems = &mut self.report.problems;
        problems.extend(flaws.map(|flaw| Problem::of(Place::Pack, what.clone(), flaw)));
        for (link, reason) in found.unsound {
            // Where another pack holds the object whole, nothing is lost, but this pack is still damaged.
            if self.store.read(&link).is_err() {
                self.lost.push(link);
            }
            let problem = Problem::of(Place::Pack, what.clone(), reason);
            self.report.problems.push(Problem { object: Some(link), ..problem });
        }
    }

    fn database(&mut self) -> Result<(), Error> {
        let path = self.store.folder().join("meta.db");
        let what = format!("file `{}`", path.display());
        let check = self.store.meta(|db| {
            db.prepare("PRAGMA integrity_check(20)")?
                .query_map([], |row| row.get::<_, String>(0))?
                .collect::<Result<Vec<_>, _>>()
        });
        match check {
            Ok(lines) if lines == ["ok"] => {}
            Ok(lines) => {
                self.report.problems.push(Problem::of(Place::Database, what, lines.join("; ")));
                return Ok(());
            }
            Err(error) => {
                self.report.problems.push(Problem::of(Place::Database, what, cause::line(&error)));
                return Ok(());
            }
        }
        match self
            .refs()
            .and_then(|()| self.operations())
            .and_then(|()| rebuild::beyond(self.store))
        {
            // One may be of a process that ended before it was acknowledged.
            Ok(0 | 1) => {}
            Ok(lost) => {
                let reason = format!("it lacks the last {lost} operations that are in the packs");
                self.report.problems.push(Problem::of(Place::Database, what, reason));
            }
            Err(error) => {
                self.report.problems.push(Problem::of(Place::Database, what, cause::line(&error)));
            }
        }
        Ok(())
    }

    fn refs(&mut self) -> Result<(), Error> {
        let all = refs::list(self.store, "")?;
        self.report.refs = all.len() as u64;
        let told = history::replayed(self.store)?;
        for r in &all {
            if refs::check_name(&r.name).is_err() {
                let what = format!("ref `{}`", r.name.escape_debug());
                self.report.problems.push(Problem::of(
                    Place::Database,
                    what,
                    "it has a name that no ref may have",
                ));
            }
            if told.get(&r.name).is_some_and(|told| *told != Some(r.target)) {
                let what = format!("ref `{}`", r.name);
                let reason = "it is not where the last operation left it";
                self.report.problems.push(Problem::of(Place::Database, what, reason));
            }
        }
        let names: HashSet<&str> = all.iter().map(|r| r.name.as_str()).collect();
        let missing =
            told.iter().filter(|(name, target)| target.is_some() && !names.contains(name.as_str()));
        for (name, _) in missing.take(100) {
            let what = format!("ref `{name}`");
            self.report.problems.push(Problem::of(
                Place::Database,
                what,
                "the last operation set it, and it is gone",
            ));
        }
        Ok(())
    }

    /// Compares the log with the operations in the packs, which cannot change.
    fn operations(&mut self) -> Result<(), Error> {
        for Logged { digest, operation } in operation::log(self.store, None, None, usize::MAX >> 1)?
        {
            let what = format!("operation {}", operation.number);
            let node = self.store.read_node::<Operation>(&Link::node(digest));
            match node.and_then(|node| operation::whole(self.store, node)) {
                Ok(node) if Operation { previous: None, ..node.clone() } == operation => {}
                Ok(_) => {
                    let reason = "the log differs from the operation in the packs";
                    self.report.problems.push(Problem::of(Place::Database, what, reason));
                }
                Err(_) => {} // found again as a lost object
            }
        }
        Ok(())
    }

    fn graph(&mut self) -> Result<(), Error> {
        let Ok(roots) = history::roots(self.store) else { return Ok(()) };
        let (store, progress, partial) = (self.store, self.progress, self.options.partial);
        let mut lost: Vec<(Link, String)> = vec![];
        let mut missing = vec![];
        let visit = |link: &Link, node: Option<&[u8]>| {
            progress.advance(Task::Walk, 1);
            if node.is_none() && !partial && !store.has(link)? {
                missing.push(*link);
            }
            Ok(())
        };
        self.progress.start(Task::Walk, None);
        walk::walk(store, roots, &mut Seen::default(), visit, |link, error| {
            lost.push((*link, damage(error)?));
            Ok(())
        })?;
        self.progress.finish(Task::Walk);
        lost.extend(missing.into_iter().map(|link| (link, "it is not in the store".to_owned())));
        for (link, reason) in lost {
            self.lost.push(link);
            let problem = Problem::of(Place::Object, format!("object {link}"), reason);
            self.report.problems.push(Problem { object: Some(link), ..problem });
        }
        Ok(())
    }

    /// Finds out which refs need what is lost.
    fn owners(&mut self) -> Result<(), Error> {
        if self.lost.is_empty() {
            return Ok(());
        }
        let Ok(all) = refs::list(self.store, "") else { return Ok(()) };
        let owners = owners(self.store, &self.lost, &all)?;
        for problem in &mut self.report.problems {
            if let Some(link) = problem.object {
                problem.needed_by = owners.get(&link).cloned().unwrap_or_default();
            }
        }
        Ok(())
    }
}

/// What was found in one pack.
#[derive(Debug, Default)]
struct Inspected {
    objects: u64,
    chunks: u64,
    /// What is wrong with the file as a whole.
    flaw: Option<String>,
    unsound: Vec<(Link, String)>,
}

fn inspect(pack: &Pack, read_data: bool) -> Result<Inspected, Error> {
    let mut found = Inspected::default();
    let entries = match pack.entries() {
        Ok(entries) => entries,
        Err(error) => {
            found.flaw = Some(damage(error)?);
            return Ok(found);
        }
    };
    found.objects = entries.len() as u64;
    found.chunks = entries.iter().filter(|entry| entry.link.kind == Kind::Blob).count() as u64;
    if read_data {
        found.unsound = unsound(pack, entries);
        // Bytes between the frames belong to no object, but a pack is what its name says, or it is damaged.
        if found.unsound.is_empty() {
            found.flaw = pack.check_bytes(&mut |_| ()).err().map(damage).transpose()?;
        }
    }
    Ok(found)
}

/// Returns the refs from which each of `lost` can be reached.
///
/// Goes up one level of links at a time: a pass over all nodes for each level, and no more memory than what is found.
fn owners(
    store: &Store,
    lost: &[Link],
    all: &[refs::Ref],
) -> Result<HashMap<Link, Vec<String>>, Error> {
    let mut above: HashMap<Link, Vec<usize>> = HashMap::new();
    lost.iter().enumerate().for_each(|(place, link)| above.entry(*link).or_default().push(place));
    let roots: Vec<Link> = all.iter().map(|r| r.target).collect();
    loop {
        let before = above.values().map(Vec::len).sum::<usize>();
        let known = above.clone();
        let visit = |link: &Link, node: Option<&[u8]>| {
            for child in crate::store::object::links(node.unwrap_or_default()).unwrap_or_default() {
                if let Some(places) = known.get(&child) {
                    let mine = above.entry(*link).or_default();
                    mine.extend(places);
                    mine.sort_unstable();
                    mine.dedup();
                }
            }
            Ok(())
        };
        walk::walk(store, roots.clone(), &mut Seen::default(), visit, |_, error| {
            damage(error).map(|_| ())
        })?;
        if above.values().map(Vec::len).sum::<usize>() == before {
            break;
        }
    }
    let mut owners: HashMap<Link, Vec<String>> = HashMap::new();
    for r in all {
        for place in above.get(&r.target).into_iter().flatten() {
            owners.entry(lost[*place]).or_default().push(r.name.clone());
        }
    }
    Ok(owners)
}

/// Returns the objects of a pack that are not what their links say.
pub(crate) fn unsound(pack: &Pack, entries: Vec<crate::store::pack::Entry>) -> Vec<(Link, String)> {
    let mut bad = vec![];
    for parts in frames(entries) {
        match pack.frame(&parts[0]) {
            Ok(bytes) => bad.extend(parts.iter().filter_map(|entry| {
                pack.part(&bytes, entry).err().map(|error| (entry.link, reason(&error)))
            })),
            Err(error) => bad.extend(parts.iter().map(|entry| (entry.link, reason(&error)))),
        }
    }
    bad
}

/// Returns what is damaged or missing; an error that is neither goes on.
fn damage(error: Error) -> Result<String, Error> {
    match error {
        Error::Damaged { reason, .. } => Ok(reason),
        Error::Missing(_) => Ok("it is not in the store".to_owned()),
        Error::Malformed { .. } => Ok(error.to_string()),
        error => Err(error),
    }
}

fn reason(error: &Error) -> String {
    match error {
        Error::Damaged { reason, .. } => reason.clone(),
        error => cause::line(error),
    }
}
