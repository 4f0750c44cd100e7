//! The connections of one process to `meta.db`: taken, used, given back.

use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use crate::store::meta::open::{Opened, open};
use crate::store::{Durability, Error};

/// So many read at once; each connection keeps pages of its own in memory.
const READERS: usize = 8;

/// Opens no more connections than are in use at once: a command with one thread has one.
#[derive(Debug)]
pub(super) struct Pool {
    path: PathBuf,
    state: Mutex<State>,
    given_back: Condvar,
}

#[derive(Debug, Default)]
struct State {
    idle: Vec<Slot>,
    lent: usize,
    /// Only the one connection is lent, to one at a time.
    one: bool,
    has_one: bool,
    opened: bool,
}

#[derive(Debug)]
struct Slot {
    connection: Connection,
    durability: Option<Durability>,
    is_the_one: bool,
}

/// A connection until it is dropped.
#[derive(Debug)]
pub(super) struct Lent<'a> {
    pool: &'a Pool,
    slot: Option<Slot>,
}

impl Pool {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, state: Mutex::default(), given_back: Condvar::new() }
    }

    /// Lends a connection to a reader; waits where very many read.
    pub(super) fn reader(&self) -> Result<Lent<'_>, Error> {
        self.lend(READERS)
    }

    /// Lends a connection to a writer, which waits for no reader.
    pub(super) fn writer(&self) -> Result<Lent<'_>, Error> {
        self.lend(usize::MAX)
    }

    /// Lends the same connection to all from here on.
    pub(super) fn keep_to_one(&self) {
        let mut state = self.state();
        if !state.one {
            state.one = true;
            state.idle.clear();
        }
    }

    fn lend(&self, most: usize) -> Result<Lent<'_>, Error> {
        let mut state = self.state();
        loop {
            if let Some(slot) = state.idle.pop() {
                state.lent += 1;
                return Ok(Lent { pool: self, slot: Some(slot) });
            }
            let may_open = if state.one { !state.has_one } else { state.lent < most };
            if may_open {
                break;
            }
            state = self.given_back.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let is_first = !std::mem::replace(&mut state.opened, true);
        let for_one = state.one;
        state.has_one |= for_one;
        state.lent += 1;
        drop(state);
        // Whatever comes of it, the place is given back.
        let mut lent = Lent { pool: self, slot: None };
        let opened = open(&self.path, is_first);
        let mut state = self.state();
        let mut is_the_one = for_one;
        match &opened {
            Ok(Opened { read_only: true, .. }) if !state.one => {
                (state.one, state.has_one, is_the_one) = (true, true, true);
                state.idle.clear();
            }
            Ok(_) => {}
            Err(_) => state.has_one &= !for_one,
        }
        drop(state);
        let connection = opened?.connection;
        lent.slot = Some(Slot { connection, durability: None, is_the_one });
        Ok(lent)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lent<'_> {
    /// Sets what a commit of this connection promises.
    pub(super) fn set_durability(&mut self, durability: Durability) -> rusqlite::Result<()> {
        let slot = self.slot.as_mut().expect("it is there until it is dropped");
        if slot.durability != Some(durability) {
            let level = match durability {
                Durability::Full => "full",
                Durability::Normal => "normal",
            };
            slot.connection.pragma_update(None, "synchronous", level)?;
            slot.durability = Some(durability);
        }
        Ok(())
    }
}

impl Deref for Lent<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.slot.as_ref().expect("it is there until it is dropped").connection
    }
}

impl DerefMut for Lent<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.slot.as_mut().expect("it is there until it is dropped").connection
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.state();
        state.lent -= 1;
        if let Some(slot) = self.slot.take()
            && (!state.one || slot.is_the_one)
        {
            state.idle.push(slot);
        }
        drop(state);
        // Readers and writers wait for different things.
        self.pool.given_back.notify_all();
    }
}
