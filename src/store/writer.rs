//! Writing: objects go into packs that nobody sees until the refs that need them move.
//!
//! The order is always the same. Packs are written and synced, renamed into `packs/`, that folder is synced, and one
//! SQLite transaction moves the refs and appends the operation. Only then is anything acknowledged: one sync for each
//! pack, one for the folder, one for the transaction, however many objects there are.

use std::fmt;

use rusqlite::Transaction;
use serde::Serialize;
use serde_bytes::ByteBuf;

use crate::base::Digest;
use crate::store::lease::Lease;
use crate::store::link_set::LinkSet;
use crate::store::operation::{self, Logged, Moved, Operation};
use crate::store::pack::{Builder, Frame, Sealed};
use crate::store::refs::{self, Change, Expected};
use crate::store::{Durability, Error, Link, Store, object, repack};

/// Collects objects for one commit. Dropped without one, it leaves nothing.
#[derive(Debug)]
pub struct Writer<'a> {
    store: &'a Store,
    lease: Lease,
    builder: Builder,
    written: LinkSet,
    undoes: Option<Digest>,
    /// Who did what, if not this process for itself.
    behalf: Option<(String, String)>,
    afterwards: Vec<Afterwards>,
}

/// Something that is only true once all is durable.
struct Afterwards(Box<dyn FnOnce() + Send>);

impl fmt::Debug for Afterwards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Afterwards")
    }
}

impl<'a> Writer<'a> {
    pub(super) fn begin(store: &'a Store) -> Result<Self, Error> {
        let incoming = store.folder().join("incoming");
        let lease = Lease::take(&incoming, &store.context().command, || store.generation())?;
        // Only what is there now, with the lease in place, may be counted on.
        store.packs().refresh()?;
        let builder = Builder::new(lease.folder());
        Ok(Self {
            store,
            lease,
            builder,
            written: LinkSet::default(),
            undoes: None,
            behalf: None,
            afterwards: vec![],
        })
    }

    pub fn store(&self) -> &'a Store {
        self.store
    }

    /// Returns a folder for unfinished files; it is removed with the writer.
    pub fn folder(&self) -> &std::path::Path {
        self.lease.folder()
    }

    /// Writes a blob of at most [`object::MAX_OBJECT`] bytes; one that is there already costs nothing.
    pub fn blob(&mut self, bytes: &[u8]) -> Result<Link, Error> {
        if bytes.len() > object::MAX_OBJECT {
            let (size, limit) = (bytes.len() as u64, object::MAX_OBJECT as u64);
            return Err(Error::TooLarge { what: "a blob".to_owned(), size, limit });
        }
        self.put(Link::blob(Digest::of(bytes)), bytes)
    }

    /// Writes a node.
    pub fn node<T: Serialize>(&mut self, value: &T) -> Result<Link, Error> {
        let bytes = object::encode(value)?;
        self.put(Link::node(Digest::of(&bytes)), &bytes)
    }

    /// Writes an object whose link is known already; the caller has hashed it.
    pub(crate) fn put(&mut self, link: Link, bytes: &[u8]) -> Result<Link, Error> {
        if self.has(&link)? {
            return Ok(link);
        }
        self.builder.object(link, bytes)?;
        self.written.insert(link);
        Ok(link)
    }

    /// Returns whether an object is in the store or in this writer; what is found stays there for this writer's life.
    pub fn has(&mut self, link: &Link) -> Result<bool, Error> {
        Ok(self.written.contains(link) || self.store.packs().find(link)?.is_some())
    }

    /// Returns whether this writer has written an object itself.
    pub fn wrote(&self, link: &Link) -> bool {
        self.written.contains(link)
    }

    /// Writes a frame that is compressed already; the caller has hashed its objects and asked for them with
    /// [`Writer::has`].
    pub fn frame(&mut self, frame: &Frame) -> Result<(), Error> {
        self.written.extend(frame.objects.iter().map(|part| part.link));
        self.builder.frame(frame)
    }

    /// Takes over a finished pack that lies in [`Writer::folder`]; the caller has verified every object in it.
    pub(crate) fn adopt(&mut self, sealed: Sealed, links: impl IntoIterator<Item = Link>) {
        self.written.extend(links);
        self.builder.adopt(sealed);
    }

    /// Ends without a commit, and leaves finished packs for the next transfer; gc sweeps them otherwise.
    pub(crate) fn leave(self) {
        self.lease.leave();
    }

    /// Has `then` done once the commit is durable, and never without one.
    pub(crate) fn afterwards(&mut self, then: impl FnOnce() + Send + 'static) {
        self.afterwards.push(Afterwards(Box::new(then)));
    }

    /// Says that the commit takes back the operation with this digest.
    pub(super) fn undoes(&mut self, operation: Digest) {
        self.undoes = Some(operation);
    }

    /// Says who asked for the commit, and with which command, where that was another process.
    pub(crate) fn on_behalf_of(&mut self, actor: String, command: String) {
        self.behalf = Some((actor, command));
    }

    /// Makes everything durable and moves the refs, all or none. `None` where nothing moved.
    pub fn commit(self, changes: Vec<Change>) -> Result<Option<Logged>, Error> {
        self.commit_with(changes, |_| Ok(()))
    }

    /// As [`Writer::commit`], with more in the same transaction.
    pub fn commit_with<E: From<Error>>(
        mut self,
        changes: Vec<Change>,
        also: impl FnOnce(&Transaction<'_>) -> Result<(), E>,
    ) -> Result<Option<Logged>, E> {
        let draft = self.draft(&changes)?;
        self.publish()?;
        let store = self.store;
        let moved = store.transact(Durability::Full, |db| {
            also(db)?;
            match draft {
                Some(draft) => self.settle(db, draft, &changes).map_err(E::from),
                None => Ok(None),
            }
        })?;
        store.packs().refresh()?;
        self.afterwards.into_iter().for_each(|Afterwards(then)| then());
        // All is done and durable; what hinders the housekeeping hinders nobody, and fsck will tell it.
        let _ = repack::maintain(store);
        Ok(moved)
    }

    /// Writes the operation as it will be if nobody comes between.
    fn draft(&mut self, changes: &[Change]) -> Result<Option<Logged>, Error> {
        changes.iter().try_for_each(|change| refs::check_name(&change.name))?;
        let draft = self.store.meta(|db| self.operation(db, changes))?;
        draft.map(|operation| self.log(operation)).transpose()
    }

    fn log(&mut self, operation: Operation) -> Result<Logged, Error> {
        let link = operation::write(self, &operation)?;
        Ok(Logged { digest: link.digest, operation })
    }

    fn operation(
        &self,
        db: &rusqlite::Connection,
        changes: &[Change],
    ) -> rusqlite::Result<Option<Operation>> {
        let mut moves = vec![];
        for change in changes {
            let old = refs::find(db, &change.name)?;
            if old != change.new {
                moves.push(Moved { name: change.name.clone(), old, new: change.new });
            }
        }
        moves.sort_by(|a, b| a.name.cmp(&b.name));
        if moves.is_empty() {
            return Ok(None);
        }
        let head = operation::head(db)?;
        let context = self.store.context();
        let own = (context.actor.clone(), context.command.clone());
        let (actor, command) = self.behalf.clone().unwrap_or(own);
        Ok(Some(Operation {
            number: head.map_or(1, |(number, _)| number + 1),
            time: context.clock.now(),
            actor,
            command,
            previous: head.map(|(_, digest)| ByteBuf::from(digest.as_bytes())),
            undoes: self.undoes.map(|digest| ByteBuf::from(digest.as_bytes())),
            parts: vec![],
            moves,
        }))
    }

    /// Moves the refs inside of the transaction; writes the operation anew where another came first.
    fn settle(
        &mut self,
        db: &Transaction<'_>,
        draft: Logged,
        changes: &[Change],
    ) -> Result<Option<Logged>, Error> {
        for change in changes {
            let found = refs::find(db, &change.name).map_err(self.store.database_error("read"))?;
            let holds = match change.expected {
                Expected::Any => true,
                Expected::Absent => found.is_none() || found == change.new,
                Expected::Is(link) => found == Some(link) || found == change.new,
            };
            if !holds {
                return Err(Error::RefMoved { name: change.name.clone(), found });
            }
        }
        let current = self.operation(db, changes).map_err(self.store.database_error("read"))?;
        let Some(mut current) = current else { return Ok(None) };
        current.time = draft.operation.time;
        let logged = match current == draft.operation {
            true => draft,
            false => {
                let logged = self.log(current)?;
                self.publish()?;
                logged
            }
        };
        operation::apply(db, &logged).map_err(self.store.database_error("move refs"))?;
        Ok(Some(logged))
    }

    /// Syncs what was written and gives it names; no ref points there yet.
    fn publish(&mut self) -> Result<(), Error> {
        self.builder.publish(self.store.packs().folder()).map(|_| ())
    }
}
