//! The one writer of small changes: whatever waits goes into one transaction, and one sync makes all of it durable.
//!
//! ```text
//! handler ─ write(work) ─┐                 ┌ savepoint: work 1 ┐
//! handler ─ write(work) ─┼─► queue ─► begin┤ savepoint: work 2 ├ commit, sync ─► answers to all
//! handler ─ write(work) ─┘   (bounded)     └ savepoint: work 3 ┘
//! ```
//!
//! Work that fails takes back what it wrote itself and nothing else. A commit that fails is the failure of all.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rusqlite::Transaction;
use tokio::sync::{mpsc, oneshot};

use crate::store::{self, Durability, Store};

/// So much waits before those who ask for more wait themselves.
const QUEUE: usize = 1024;

/// The pieces of one transaction; a longer one would keep other writers of the store waiting.
const GROUP: usize = 256;

/// Hands work to the writing thread; ends it, when all that was handed over is done, with the last handle.
pub(in crate::server) struct Scribe {
    queue: Option<mpsc::Sender<Box<dyn Piece>>>,
    thread: Option<JoinHandle<()>>,
}

impl Scribe {
    pub(in crate::server) fn start(store: Arc<Store>) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let thread = thread::spawn(move || serve(&store, waiting));
        Self { queue: Some(queue), thread: Some(thread) }
    }

    /// Returns how many pieces of work wait.
    pub(in crate::server) fn waiting(&self) -> usize {
        self.queue.as_ref().map_or(0, |queue| queue.max_capacity() - queue.capacity())
    }

    /// Runs `work` within a transaction, and returns once it is durable.
    ///
    /// It should be short: parse and check before, read what can be read elsewhere before. A panic in it goes on here.
    pub(in crate::server) async fn write<T, E>(
        &self,
        work: impl FnOnce(&Transaction<'_>, &Store) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<store::Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let task = Task { work: Some(work), done: None, reply };
        let queue = self.queue.as_ref().expect("it is there until it is dropped");
        if queue.send(Box::new(task)).await.is_err() {
            unreachable!("the scribe lives as long as its handle");
        }
        match answer.await.expect("the scribe answers all") {
            Ok(outcome) => outcome,
            Err(panic) => resume_unwind(panic),
        }
    }
}

impl Drop for Scribe {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Scribe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scribe")
    }
}

/// Work of any kind, and who waits for it.
trait Piece: Send {
    /// Returns whether it is to be kept.
    fn run(&mut self, db: &Transaction<'_>, store: &Store) -> bool;
    /// Answers; `failed` is why nothing of the whole group was kept.
    fn answer(self: Box<Self>, failed: Option<&store::Error>);
}

type Panic = Box<dyn Any + Send>;

struct Task<W, T, E> {
    work: Option<W>,
    done: Option<Result<Result<T, E>, Panic>>,
    reply: oneshot::Sender<Result<Result<T, E>, Panic>>,
}

impl<W, T, E> Piece for Task<W, T, E>
where
    W: FnOnce(&Transaction<'_>, &Store) -> Result<T, E> + Send,
    T: Send,
    E: From<store::Error> + Send,
{
    fn run(&mut self, db: &Transaction<'_>, store: &Store) -> bool {
        let Some(work) = self.work.take() else { return false };
        let done = catch_unwind(AssertUnwindSafe(|| work(db, store)));
        let keep = matches!(done, Ok(Ok(_)));
        self.done = Some(done);
        keep
    }

    fn answer(self: Box<Self>, failed: Option<&store::Error>) {
        let Self { done, reply, .. } = *self;
        let answer = match (done, failed) {
            (Some(done @ (Err(_) | Ok(Err(_)))), _) | (Some(done), None) => done,
            (_, Some(error)) => Ok(Err(E::from(error.repeated()))),
            (None, None) => unreachable!("a group that is kept was run"),
        };
        // Who has gone away meanwhile wants no answer.
        let _ = reply.send(answer);
    }
}

fn serve(store: &Store, mut waiting: mpsc::Receiver<Box<dyn Piece>>) {
    while let Some(first) = waiting.blocking_recv() {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(next) = waiting.try_recv()
        {
            group.push(next);
        }
        let failed = write(store, &mut group).err();
        group.into_iter().for_each(|piece| piece.answer(failed.as_ref()));
    }
}

fn write(store: &Store, group: &mut [Box<dyn Piece>]) -> Result<(), store::Error> {
    store.transact(Durability::Full, |db| {
        let say = |sql: &str| {
            db.prepare_cached(sql)
                .and_then(|mut statement| statement.execute([]))
                .map(|_| ())
                .map_err(store.database_error("write"))
        };
        for piece in group {
            say("SAVEPOINT piece")?;
            if !piece.run(db, store) {
                // Where the disk is full the whole transaction may be gone, and with it the savepoint: then all fail.
                say("ROLLBACK TO piece")?;
            }
            say("RELEASE piece")?;
        }
        Ok(())
    })
}
