//! The tokens as a running hub asks for them, on every request.

use rusqlite::OptionalExtension as _;

use super::secret::{Hash, Secret, hash_of};
use super::{Error, Grant, Only, may, prepare};
use crate::server::Right;
use crate::store::{Durability, Store};

/// How often the last use of a token is written down.
const MINUTE: i64 = 60_000;

/// Who showed a good token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The name of the token.
    pub name: String,
    pub right: Right,
    /// What the token is limited to; nothing where it is good for all.
    pub only: Option<Only>,
    /// Whether its use is to be written down with [`note_use`].
    pub note: bool,
}

/// A token that was only ever in memory: it ends with the hub.
#[derive(Debug, Clone)]
pub struct Passing {
    pub name: String,
    pub right: Right,
    pub secret: Secret,
}

/// Which tokens a hub takes.
#[derive(Debug, Clone)]
pub enum Keys {
    /// Those in its store.
    Stored,
    /// These and no others.
    Passing(Vec<Passing>),
}

impl Keys {
    /// Makes ready to check tokens of `store`.
    pub fn prepare(&self, store: &Store) -> Result<(), Error> {
        match self {
            Self::Stored => Ok(prepare(store)?),
            Self::Passing(_) => Ok(()),
        }
    }

    /// Returns who `shown` belongs to; nobody where it is unknown, revoked or has ended.
    ///
    /// One search in an index, a few microseconds, so that a change holds at once. What it compares are hashes: its
    /// time may tell how far a hash is like a stored one, and that brings nobody nearer to a secret.
    pub fn check(&self, store: &Store, shown: &str) -> Result<Option<Holder>, Error> {
        match hash_of(shown) {
            Some(hash) => self.holder(store, &hash),
            None => Ok(None),
        }
    }

    /// Returns who the secret belongs to that a grant was given for.
    pub(in crate::server) fn check_grant(
        &self,
        store: &Store,
        grant: &Grant,
    ) -> Result<Option<Holder>, Error> {
        self.holder(store, &grant.hash())
    }

    fn holder(&self, store: &Store, hash: &Hash) -> Result<Option<Holder>, Error> {
        match self {
            Self::Stored => stored(store, hash),
            Self::Passing(keys) => {
                let key = keys.iter().find(|key| Hash::from_bytes(key.secret.hash()) == *hash);
                let holder = |key: &Passing| Holder {
                    name: key.name.clone(),
                    right: key.right,
                    only: None,
                    note: false,
                };
                Ok(key.map(holder))
            }
        }
    }
}

fn stored(store: &Store, hash: &Hash) -> Result<Option<Holder>, Error> {
    let now = store.now();
    let holder = store.meta(|db| {
        db.prepare_cached(
            "SELECT name, may, used FROM tokens WHERE hash = ?1 AND (expires IS NULL OR expires > ?2)",
        )?
        .query_row((hash.as_bytes(), now), |row| {
            let used: Option<i64> = row.get(2)?;
            let note = used.is_none_or(|used| now >= used.saturating_add(MINUTE));
            let (right, only) = may(row, 1)?;
            Ok(Holder { name: row.get(0)?, right, only, note })
        })
        .optional()
    })?;
    Ok(holder)
}

/// Writes down that a token was used, once a minute; a power cut may take that back.
pub fn note_use(store: &Store, name: &str) -> Result<(), Error> {
    let now = store.now();
    store.transact(Durability::Normal, |db| {
        db.execute(
            "UPDATE tokens SET used = max(?2, coalesce(used, ?2)) WHERE name = ?1",
            (name, now),
        )
        .map_err(store.database_error("note the use of a token"))
    })?;
    Ok(())
}
