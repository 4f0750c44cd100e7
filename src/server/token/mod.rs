//! Tokens: who may do what on a hub.
//!
//! A secret is `mls_` and 256 random bits, shown once. The store keeps one round of BLAKE3 of it and nothing else. A
//! password needs argon2 because people choose from few and a guess must be made dear; a secret of full entropy has no
//! list to guess from, so a slow hash would add nothing but work for the hub, on each request.
//!
//! ```text
//! tokens         name, hash of the secret, right, when it was made, when it ends, when it was last used
//! ```
//!
//! What a token is limited to stands behind its right, a line for each pattern: a program that does not know limits reads a
//! word that it does not know, and gives nothing.

mod error;
mod grant;
mod keys;
mod only;
mod secret;

use rusqlite::{OptionalExtension as _, Row};

pub use error::Error;
pub(in crate::server) use grant::{Grant, LIFE, Mint};
pub use keys::{Holder, Keys, Passing, note_use};
pub use only::{Kind, Only};
pub use secret::Secret;

use crate::base::near;
use crate::server::Right;
use crate::store::{self, Durability, Store};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS tokens (
        name TEXT PRIMARY KEY,
        hash BLOB NOT NULL UNIQUE,
        may TEXT NOT NULL,
        created INTEGER NOT NULL,
        expires INTEGER,
        used INTEGER
    ) WITHOUT ROWID;
";

/// No name needs more.
const MAX_NAME: usize = 100;

/// A token as it can be shown: all but the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub name: String,
    pub right: Right,
    /// What it is limited to; nothing where it is good for all.
    pub only: Option<Only>,
    pub created: i64,
    pub expires: Option<i64>,
    /// When it was last used, to the minute.
    pub used: Option<i64>,
}

/// Makes a token that ends after `life` milliseconds, where that is given; returns it with its secret, which nobody
/// can ever read again.
pub fn add(
    store: &Store,
    name: &str,
    right: Right,
    life: Option<i64>,
) -> Result<(Token, Secret), Error> {
    add_limited(store, name, right, None, life)
}

/// As [`add`], for a token that sees and changes only what `only` names.
pub fn add_limited(
    store: &Store,
    name: &str,
    right: Right,
    only: Option<Only>,
    life: Option<i64>,
) -> Result<(Token, Secret), Error> {
    check_new(store, name)?;
    check_limit(right, only.as_ref())?;
    let (secret, created) = (Secret::new(), store.now());
    let expires = life.map(|life| created.saturating_add(life));
    let may = written(right, only.as_ref());
    let token = Token { name: name.to_owned(), right, only, created, expires, used: None };
    store.transact(Durability::Full, |db| {
        let made = db
            .execute(
                "INSERT OR IGNORE INTO tokens VALUES (?1, ?2, ?3, ?4, ?5, NULL)",
                (name, secret.hash(), may, created, expires),
            )
            .map_err(store.database_error("add a token"))?;
        match made {
            0 => Err(Error::Taken(name.to_owned())),
            _ => Ok(()),
        }
    })?;
    Ok((token, secret))
}

/// Checks that [`add`] would take `name`.
pub fn check_new(store: &Store, name: &str) -> Result<(), Error> {
    let bad = |reason| Error::BadName { name: name.chars().take(80).collect(), reason };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@');
    match name {
        "" => return Err(bad("it is empty")),
        _ if name.len() > MAX_NAME => return Err(bad("it is longer than 100 bytes")),
        _ if name.starts_with('-') => return Err(bad("it begins with `-`")),
        _ if !name.chars().all(plain) => {
            return Err(bad("it may hold letters, digits, `.`, `_`, `-` and `@`"));
        }
        _ => {}
    }
    match find(store, name)? {
        Some(_) => Err(Error::Taken(name.to_owned())),
        None => Ok(()),
    }
}

/// Checks that a token with this right can be limited so.
pub fn check_limit(right: Right, only: Option<&Only>) -> Result<(), Error> {
    match right == Right::Admin && only.is_some() {
        true => Err(Error::LimitedAdmin),
        false => Ok(()),
    }
}

/// Returns the tokens in the order of their names, those that have ended included.
pub fn list(store: &Store) -> Result<Vec<Token>, Error> {
    prepare(store)?;
    let all = store.meta(|db| {
        db.prepare("SELECT name, may, created, expires, used FROM tokens ORDER BY name")?
            .query_map([], token)?
            .collect()
    })?;
    Ok(all)
}

/// Takes a token away; a running hub refuses it from its next request on.
pub fn revoke(store: &Store, name: &str) -> Result<(), Error> {
    get(store, name)?;
    store.transact(Durability::Full, |db| {
        db.execute("DELETE FROM tokens WHERE name = ?1", [name])
            .map_err(store.database_error("revoke a token"))
    })?;
    Ok(())
}

/// Returns the token called `name`.
pub fn get(store: &Store, name: &str) -> Result<Token, Error> {
    if let Some(token) = find(store, name)? {
        return Ok(token);
    }
    let known = list(store)?;
    let near = near::matches(name, known.iter().map(|token| token.name.as_str()));
    Err(Error::NoToken { name: name.to_owned(), near })
}

fn find(store: &Store, name: &str) -> Result<Option<Token>, Error> {
    prepare(store)?;
    let found = store.meta(|db| {
        db.query_row(
            "SELECT name, may, created, expires, used FROM tokens WHERE name = ?1",
            [name],
            token,
        )
        .optional()
    })?;
    Ok(found)
}

fn prepare(store: &Store) -> Result<(), store::Error> {
    store.add_schema("tokens", SCHEMA)
}

fn token(row: &Row<'_>) -> rusqlite::Result<Token> {
    let (right, only) = may(row, 1)?;
    Ok(Token {
        name: row.get(0)?,
        right,
        only,
        created: row.get(2)?,
        expires: row.get(3)?,
        used: row.get(4)?,
    })
}

/// Returns what a token may, as it is kept.
fn written(right: Right, only: Option<&Only>) -> String {
    let patterns = only.into_iter().flat_map(Only::patterns);
    std::iter::once(right.to_string()).chain(patterns).collect::<Vec<_>>().join("\n")
}

/// A word or a pattern that this program does not know gives nothing.
fn may(row: &Row<'_>, column: usize) -> rusqlite::Result<(Right, Option<Only>)> {
    let text = row.get_ref(column)?.as_str()?;
    let mut lines = text.split('\n').map(str::to_owned);
    let right = lines.next().and_then(|word| word.parse().ok());
    Ok(match (right, Only::parse(&lines.collect::<Vec<_>>())) {
        (Some(right), Ok(only)) => (right, only),
        _ => (Right::None, None),
    })
}
