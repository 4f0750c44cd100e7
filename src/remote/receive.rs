//! What a hub does with a push: all the refs move, or none, and none to an incomplete graph.
//!
//! The packs that came with it are verified already. Here every move is judged as a fetch would judge it, the links from
//! the new values are followed until what is there, and one transaction moves the refs and remembers the push, so that
//! a client that heard no answer may ask again.

use std::collections::{HashMap, HashSet};

use crate::base::Digest;
use crate::remote::ancestry::{self, Relation};
use crate::remote::graph::Graph;
use crate::remote::refname::{is_cache, is_immutable};
use crate::remote::uploads::Uploads;
use crate::remote::{Error, Reason, Refusal, wire};
use crate::store::walk::Seen;
use crate::store::{self, Change, Expected, Kind, Link, Ref, Store, Writer, refs};

/// Tells whether the bytes of a record are what a ref of this name may point at.
pub(crate) type Accept<'a> = dyn Fn(&str, &[u8]) -> bool + 'a;

/// Finds out which of some moves may not be.
pub(crate) type Refuse<'a> = dyn Fn(&[Wish<'_>]) -> Result<Vec<String>, Error> + 'a;

/// What keeps a pusher to a part of the store that is there for it.
pub(crate) struct Limit<'a> {
    /// Returns the names of the refs that may not be moved so.
    pub(crate) refuse: &'a Refuse<'a>,
    /// All that the pusher can fetch. What is pushed leads to what came with it, and to this: nobody makes what is another's
    /// his own by knowing its id.
    pub(crate) reach: &'a Seen,
}

/// A ref that is to be moved, and the record that it shall point at; nothing where it shall be gone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish<'a> {
    pub(crate) name: &'a str,
    pub(crate) new: Option<&'a [u8]>,
}

/// Pushes are remembered for so many milliseconds.
const MEMORY: i64 = 7 * 24 * 3600 * 1000;

const SCHEMA: &str =
    "CREATE TABLE IF NOT EXISTS pushes (id TEXT PRIMARY KEY, time INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS pushes_by_time ON pushes (time);";

/// A push as it was asked for, taken apart.
#[derive(Debug)]
pub(crate) struct Push {
    pub(crate) id: String,
    pub(crate) client: String,
    pub(crate) actor: String,
    pub(crate) command: String,
    pub(crate) packs: Vec<Digest>,
    pub(crate) moves: Vec<(Change, bool)>,
}

impl Push {
    /// Takes a question apart; nothing where it is none.
    pub(crate) fn read(swap: wire::Swap) -> Option<Self> {
        let plain = |text: &str| text.len() <= 64 && text.bytes().all(|b| b.is_ascii_graphic());
        let packs = swap.packs.chunks_exact(32);
        if !plain(&swap.push) || swap.moves.len() > wire::MAX_MOVES || !packs.remainder().is_empty()
        {
            return None;
        }
        let digest = |bytes: &[u8]| Digest::from_bytes(bytes.try_into().expect("32 bytes"));
        let packs = packs.map(digest).collect();
        let moves = swap.moves.into_iter().map(|moved| {
            let old = moved.old.map(|old| wire::link(&old).ok_or(())).transpose().ok()?;
            let new = moved.new.map(|new| wire::link(&new).ok_or(())).transpose().ok()?;
            let expected = old.map_or(Expected::Absent, Expected::Is);
            Some((Change { name: moved.name, expected, new }, moved.forced))
        });
        let moves = moves.collect::<Option<Vec<_>>>()?;
        let text = |text: String| text.chars().filter(|c| !c.is_control()).take(1000).collect();
        Some(Self {
            id: swap.push,
            client: swap.client,
            actor: text(swap.actor),
            command: text(swap.command),
            packs,
            moves,
        })
    }
}

/// Takes a push in.
pub(crate) fn receive(
    store: &Store,
    uploads: &Uploads,
    push: Push,
    accept: &Accept<'_>,
    limit: Option<&Limit<'_>>,
) -> Result<(), Error> {
    store.add_schema("pushes", SCHEMA)?;
    if is_known(store, &push.id)? {
        return Ok(());
    }
    let mut writer = store.writer()?;
    writer.on_behalf_of(push.actor.clone(), push.command.clone());
    let mut arrived = Arrived::default();
    for digest in &push.packs {
        // One that is missing has been published by an earlier try, or its objects will be missed.
        if let Some(found) = uploads.arrived(&push.client, digest)? {
            arrived.graph.add_pack(&found.pack, &found.frames)?;
            arrived.keep_roots(&found, &push)?;
            if limit.is_some() {
                for entry in found.frames.iter().flatten() {
                    arrived.all.insert(&entry.link);
                }
            }
            writer.adopt(found.sealed, found.frames.iter().flatten().map(|entry| entry.link));
        }
    }
    if let Some(limit) = limit {
        limit.check(store, &arrived, &push)?;
    }
    let theirs = refs::list(store, "")?;
    let judge = Judge { store, arrived: &arrived, accept, refs: &theirs };
    let refusals = judge.refusals(&push)?;
    if !refusals.is_empty() {
        return Err(Error::Refused(refusals));
    }
    let complete = theirs.iter().map(|found| found.target).collect();
    let roots: Vec<Link> = push.moves.iter().filter_map(|(change, _)| change.new).collect();
    arrived.graph.check(&roots, &mut writer, &complete, true, "the other store")?;
    commit(writer, push)
}

fn commit(writer: Writer<'_>, push: Push) -> Result<(), Error> {
    let (store, now) = (writer.store(), writer.store().now());
    let changes = push.moves.into_iter().map(|(change, _)| change).collect();
    let committed = writer.commit_with::<store::Error>(changes, |db| {
        let note = || -> rusqlite::Result<()> {
            db.execute("DELETE FROM pushes WHERE time < ?1", [now - MEMORY])?;
            db.execute("INSERT OR IGNORE INTO pushes VALUES (?1, ?2)", (&push.id, now))?;
            Ok(())
        };
        note().map_err(store.database_error("remember a push"))
    });
    match committed {
        Ok(_) => Ok(()),
        Err(store::Error::RefMoved { .. }) if is_known(store, &push.id)? => Ok(()),
        Err(store::Error::RefMoved { name, .. }) => {
            Err(Error::Refused(vec![Refusal { name, reason: Reason::Stale }]))
        }
        Err(error) => Err(error.into()),
    }
}

fn is_known(store: &Store, id: &str) -> Result<bool, Error> {
    Ok(store.meta(|db| {
        db.prepare_cached("SELECT count(*) FROM pushes WHERE id = ?1")?
            .query_row([id], |row| row.get::<_, i64>(0))
    })? > 0)
}

/// What came with a push.
#[derive(Default)]
struct Arrived {
    graph: Graph,
    /// The records that refs shall point at.
    roots: HashMap<Link, Vec<u8>>,
    /// Every object, where it matters who has sent it.
    all: Seen,
}

impl Arrived {
    fn keep_roots(
        &mut self,
        found: &crate::remote::uploads::Arrived,
        push: &Push,
    ) -> Result<(), Error> {
        let roots: HashSet<Link> = push.moves.iter().filter_map(|(change, _)| change.new).collect();
        for frame in &found.frames {
            let mut wanted = frame.iter().filter(|entry| roots.contains(&entry.link)).peekable();
            if wanted.peek().is_none() {
                continue;
            }
            let raw = found.pack.frame(&frame[0])?;
            for entry in wanted {
                self.roots.insert(entry.link, found.pack.part(&raw, entry)?.to_vec());
            }
        }
        Ok(())
    }

    fn read(&self, store: &Store, link: &Link) -> Result<Vec<u8>, Error> {
        match self.roots.get(link) {
            Some(bytes) => Ok(bytes.clone()),
            None => match store.read(link) {
                Ok(bytes) => Ok(bytes),
                Err(store::Error::Missing(link)) => {
                    Err(Error::Incomplete { place: "the other store", link })
                }
                Err(error) => Err(error.into()),
            },
        }
    }
}

impl Limit<'_> {
    fn check(&self, store: &Store, arrived: &Arrived, push: &Push) -> Result<(), Error> {
        let new = || push.moves.iter().filter_map(|(change, _)| change.new);
        self.check_links(arrived, new().collect())?;
        let read = |link: Link| arrived.read(store, &link);
        let records: Vec<Option<Vec<u8>>> = push
            .moves
            .iter()
            .map(|(change, _)| change.new.map(read).transpose())
            .collect::<Result<_, _>>()?;
        let wishes = push.moves.iter().zip(&records);
        let wishes: Vec<Wish<'_>> = wishes
            .map(|((change, _), record)| Wish { name: &change.name, new: record.as_deref() })
            .collect();
        let refused = (self.refuse)(&wishes)?;
        let refusal = |name: String| Refusal {
            name: name.chars().take(200).collect(),
            reason: Reason::NotAllowed,
        };
        match refused.is_empty() {
            true => Ok(()),
            false => Err(Error::Refused(refused.into_iter().map(refusal).collect())),
        }
    }

    /// Follows the links of what came; what is neither that nor in reach is missing, as what is not there.
    fn check_links(&self, arrived: &Arrived, mut open: Vec<Link>) -> Result<(), Error> {
        let mut seen = Seen::default();
        while let Some(link) = open.pop() {
            if !seen.insert(&link) {
                continue;
            }
            match arrived.all.contains(&link) {
                true => open.extend(arrived.graph.links(&link)),
                false if self.reach.contains(&link) => {}
                false => return Err(Error::Incomplete { place: "the other store", link }),
            }
        }
        Ok(())
    }
}

/// Decides which moves may be.
struct Judge<'a> {
    store: &'a Store,
    arrived: &'a Arrived,
    accept: &'a Accept<'a>,
    refs: &'a [Ref],
}

impl Judge<'_> {
    fn refusals(&self, push: &Push) -> Result<Vec<Refusal>, Error> {
        let folded: HashMap<String, &str> =
            self.refs.iter().map(|found| (found.name.to_lowercase(), &*found.name)).collect();
        let mut asked = HashSet::new();
        let mut refusals = vec![];
        for (change, forced) in &push.moves {
            let name = &change.name;
            let foreign = folded.get(&name.to_lowercase()).is_some_and(|there| there != name);
            let twice = !asked.insert(name.to_lowercase());
            let bad = refs::check_name(name).is_err() || name.starts_with("remotes/");
            let reason = match bad || twice || (foreign && change.new.is_some()) {
                true => Some(Reason::BadName),
                false => self.reason(change, *forced)?,
            };
            let name = name.chars().take(200).collect();
            refusals.extend(reason.map(|reason| Refusal { name, reason }));
        }
        Ok(refusals)
    }

    fn reason(&self, change: &Change, forced: bool) -> Result<Option<Reason>, Error> {
        let there = refs::get(self.store, &change.name)?;
        if there == change.new {
            return Ok(None);
        }
        let expected = match change.expected {
            Expected::Any => there,
            Expected::Absent => None,
            Expected::Is(link) => Some(link),
        };
        if there != expected {
            return Ok(Some(Reason::Stale));
        }
        let Some(new) = change.new else { return Ok(None) };
        if new.kind != Kind::Node {
            return Ok(Some(Reason::NoNode));
        }
        let bytes = self.arrived.read(self.store, &new)?;
        if !(self.accept)(&change.name, &bytes) {
            return Ok(Some(Reason::Foreign));
        }
        let Some(there) = there else { return Ok(None) };
        if is_immutable(&change.name) {
            return Ok(Some(Reason::Immutable));
        }
        if forced || is_cache(&change.name) {
            return Ok(None);
        }
        // Where the versions between are gone, the client knows better: it names what it began with.
        match ancestry::relation(&new, &there, None, &[self.store])? {
            Relation::Behind => Ok(Some(Reason::Rewound)),
            _ => Ok(None),
        }
    }
}
