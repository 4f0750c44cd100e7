//! Webhooks as rows in `meta.db`. A secret goes in and is never shown again.

use rusqlite::{Connection, OptionalExtension as _, Row};

use super::event::Event;
use crate::server::mlflow::failure::Failure;
use crate::store::{Durability, Error, Store};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS webhooks (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        url TEXT NOT NULL,
        description TEXT NOT NULL,
        secret TEXT NOT NULL,
        active INTEGER NOT NULL,
        created INTEGER NOT NULL,
        updated INTEGER NOT NULL
    );
    CREATE TABLE IF NOT EXISTS webhook_events (
        webhook INTEGER NOT NULL, entity TEXT NOT NULL, action TEXT NOT NULL,
        PRIMARY KEY (webhook, entity, action)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS webhooks_by_event ON webhook_events (entity, action);
    CREATE TABLE IF NOT EXISTS webhook_deliveries (
        id TEXT PRIMARY KEY,
        webhook INTEGER NOT NULL,
        body TEXT NOT NULL,
        failed INTEGER NOT NULL,
        created INTEGER NOT NULL
    ) WITHOUT ROWID;
";

/// What [`hook`] reads, in its order.
pub(super) const COLUMNS: &str = "webhooks.number, webhooks.id, name, url, description, secret, active, webhooks.created, updated";

/// A store with more of them is asked for fewer.
const MOST: i64 = 10_000;

/// Somebody who wants to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hook {
    pub(super) number: i64,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) url: String,
    pub(super) description: String,
    /// Empty where nothing is signed.
    pub(super) secret: Secret,
    pub(super) active: bool,
    pub(super) created: i64,
    pub(super) updated: i64,
    pub(super) events: Vec<Event>,
}

/// What deliveries are signed with; it is not printed.
#[derive(Clone, PartialEq, Eq, Default)]
pub(super) struct Secret(pub(super) String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// What is to be different; what is `None` stays.
#[derive(Debug, Default)]
pub(super) struct Edit {
    pub(super) name: Option<String>,
    pub(super) url: Option<String>,
    pub(super) description: Option<String>,
    pub(super) secret: Option<Secret>,
    pub(super) active: Option<bool>,
    pub(super) events: Option<Vec<Event>>,
}

pub(super) fn prepare(store: &Store) -> Result<(), Error> {
    store.add_schema("webhooks", SCHEMA)
}

/// Keeps a new webhook.
pub(super) fn create(store: &Store, edit: Edit) -> Result<Hook, Failure> {
    prepare(store)?;
    let id = uuid::Uuid::new_v4().to_string();
    let now = store.now();
    store.transact::<_, Failure>(Durability::Full, |db| {
        let count: i64 = db
            .query_row("SELECT count(*) FROM webhooks", [], |row| row.get(0))
            .map_err(store.database_error("count webhooks"))?;
        if count >= MOST {
            return Err(Failure::invalid(format!("there are {MOST} webhooks already")));
        }
        let insert = || -> rusqlite::Result<()> {
            db.execute(
                "INSERT INTO webhooks (id, name, url, description, secret, active, created, updated)
                 VALUES (?1, '', '', '', '', 1, ?2, ?2)",
                (&id, now),
            )?;
            write(db, &id, &edit, now)
        };
        insert().map_err(store.database_error("keep a webhook"))?;
        Ok(())
    })?;
    get(store, &id)
}

/// Changes a webhook.
pub(super) fn update(store: &Store, id: &str, edit: &Edit) -> Result<Hook, Failure> {
    get(store, id)?;
    let now = store.now();
    store.transact::<_, Failure>(Durability::Full, |db| {
        Ok(write(db, id, edit, now).map_err(store.database_error("change a webhook"))?)
    })?;
    get(store, id)
}

/// Forgets a webhook and its secret.
pub(super) fn remove(store: &Store, id: &str) -> Result<(), Failure> {
    let hook = get(store, id)?;
    store.transact::<_, Failure>(Durability::Full, |db| {
        let remove = || -> rusqlite::Result<()> {
            db.execute("DELETE FROM webhook_events WHERE webhook = ?1", [hook.number])?;
            db.execute("DELETE FROM webhook_deliveries WHERE webhook = ?1", [hook.number])?;
            db.execute("DELETE FROM webhooks WHERE number = ?1", [hook.number]).map(|_| ())
        };
        Ok(remove().map_err(store.database_error("remove a webhook"))?)
    })
}

/// Returns one webhook.
pub(super) fn get(store: &Store, id: &str) -> Result<Hook, Failure> {
    prepare(store)?;
    let found = store.meta(|db| {
        let sql = format!("SELECT {COLUMNS} FROM webhooks WHERE id = ?1");
        let found = db.prepare_cached(&sql)?.query_row([id], hook).optional()?;
        found.map(|found| with_events(db, found)).transpose()
    })?;
    found.ok_or_else(|| Failure::absent(format!("Webhook with ID {id} not found.")))
}

/// Returns webhooks, newest first.
pub(super) fn list(store: &Store, offset: usize, limit: usize) -> Result<Vec<Hook>, Failure> {
    prepare(store)?;
    Ok(store.meta(|db| {
        let sql = format!(
            "SELECT {COLUMNS} FROM webhooks ORDER BY created DESC, number DESC LIMIT ?1 OFFSET ?2"
        );
        let mut statement = db.prepare_cached(&sql)?;
        let found = statement.query_map((limit as i64, offset as i64), hook)?;
        found.map(|found| with_events(db, found?)).collect()
    })?)
}

/// Tells whether anybody wants to be told of anything.
pub(super) fn any(store: &Store) -> Result<bool, Error> {
    prepare(store)?;
    store
        .meta(|db| db.prepare_cached("SELECT 1 FROM webhooks WHERE active = 1 LIMIT 1")?.exists([]))
}

/// Returns the webhooks that want to be told of `event` now.
pub(super) fn wanting(db: &Connection, event: Event) -> rusqlite::Result<Vec<Hook>> {
    let (entity, action) = event.words();
    let sql = format!(
        "SELECT {COLUMNS} FROM webhooks WHERE active = 1 AND number IN
         (SELECT webhook FROM webhook_events WHERE entity = ?1 AND action = ?2) ORDER BY number"
    );
    db.prepare_cached(&sql)?.query_map([entity, action], hook)?.collect()
}

fn write(db: &Connection, id: &str, edit: &Edit, now: i64) -> rusqlite::Result<()> {
    let Edit { name, url, description, secret, active, events } = edit;
    db.execute(
        "UPDATE webhooks SET name = coalesce(?2, name), url = coalesce(?3, url),
         description = coalesce(?4, description), secret = coalesce(?5, secret),
         active = coalesce(?6, active), updated = ?7 WHERE id = ?1",
        (id, name, url, description, secret.as_ref().map(|secret| &secret.0), active, now),
    )?;
    let Some(events) = events else { return Ok(()) };
    let number: i64 =
        db.query_row("SELECT number FROM webhooks WHERE id = ?1", [id], |r| r.get(0))?;
    db.execute("DELETE FROM webhook_events WHERE webhook = ?1", [number])?;
    for event in events {
        let (entity, action) = event.words();
        db.execute(
            "INSERT OR IGNORE INTO webhook_events VALUES (?1, ?2, ?3)",
            (number, entity, action),
        )?;
    }
    Ok(())
}

pub(super) fn hook(row: &Row<'_>) -> rusqlite::Result<Hook> {
    Ok(Hook {
        number: row.get(0)?,
        id: row.get(1)?,
        name: row.get(2)?,
        url: row.get(3)?,
        description: row.get(4)?,
        secret: Secret(row.get(5)?),
        active: row.get(6)?,
        created: row.get(7)?,
        updated: row.get(8)?,
        events: vec![],
    })
}

fn with_events(db: &Connection, mut hook: Hook) -> rusqlite::Result<Hook> {
    let words: Vec<(String, String)> = db
        .prepare_cached("SELECT entity, action FROM webhook_events WHERE webhook = ?1")?
        .query_map([hook.number], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    hook.events = words.iter().filter_map(|(of, done)| Event::of(of, done)).collect();
    hook.events.sort();
    Ok(hook)
}
