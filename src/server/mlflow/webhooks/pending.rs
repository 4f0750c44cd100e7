//! What receivers have not been told yet, as rows in `meta.db`: a hub that ends, however it does, leaves them to the next.
//!
//! A row comes with the change that it tells of, in one transaction, and goes when the receiver has it or is given up. So a
//! receiver gets each message at least once; one that it has had already has the same `X-MLflow-Delivery-Id`.

use rusqlite::Connection;
use serde_json::{Value, json};

use super::event::Event;
use super::table::{self, Hook};
use crate::base::time;
use crate::store::{Durability, Error, Store};

/// A message that is not delivered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pending {
    pub(super) id: String,
    pub(super) body: String,
    /// Attempts that were in vain.
    pub(super) failed: u32,
}

/// A message that is kept, and who it is for.
pub(super) type Kept = (Hook, Pending);

impl Pending {
    pub(super) fn new(event: Event, data: &Value, now: i64) -> Self {
        let (entity, action) = event.words();
        let at = time::rfc3339(now).replace('Z', "+00:00");
        let body =
            json!({"entity": entity, "action": action, "timestamp": at, "data": data}).to_string();
        Self { id: uuid::Uuid::new_v4().to_string(), body, failed: 0 }
    }
}

/// Returns a message for each of those who want to be told of an event.
pub(super) fn messages(
    hooks: Vec<Hook>,
    event: Event,
    data: &Value,
    now: i64,
) -> impl Iterator<Item = Kept> {
    hooks.into_iter().map(move |hook| (hook, Pending::new(event, data, now)))
}

/// Keeps messages until [`remove`] is called for each.
pub(super) fn add(db: &Connection, messages: &[Kept], now: i64) -> rusqlite::Result<()> {
    let mut insert =
        db.prepare_cached("INSERT INTO webhook_deliveries VALUES (?1, ?2, ?3, 0, ?4)")?;
    for (hook, Pending { id, body, .. }) in messages {
        insert.execute((id, hook.number, body, now))?;
    }
    Ok(())
}

/// Returns how many messages are kept.
pub(super) fn count(store: &Store) -> Result<usize, Error> {
    let sql = "SELECT count(*) FROM webhook_deliveries";
    store.meta(|db| db.query_row(sql, [], |row| row.get::<_, i64>(0))).map(|count| count as usize)
}

/// Notes that an attempt was in vain.
pub(super) fn note_failure(store: &Store, id: &str) -> Result<(), Error> {
    change(store, "UPDATE webhook_deliveries SET failed = failed + 1 WHERE id = ?1", id)
}

/// Forgets a message. A power cut may bring it back, and it is delivered once more.
pub(super) fn remove(store: &Store, id: &str) -> Result<(), Error> {
    change(store, "DELETE FROM webhook_deliveries WHERE id = ?1", id)
}

fn change(store: &Store, sql: &str, id: &str) -> Result<(), Error> {
    store.transact(Durability::Normal, |db| {
        let change = |db: &Connection| db.prepare_cached(sql)?.execute([id]);
        change(db).map(drop).map_err(store.database_error("note what became of a message"))
    })
}

/// Forgets what is for no webhook that is active.
pub(super) fn forget(store: &Store) -> Result<(), Error> {
    table::prepare(store)?;
    store.transact(Durability::Normal, |db| {
        db.execute(
            "DELETE FROM webhook_deliveries WHERE webhook NOT IN (SELECT number FROM webhooks WHERE active = 1)",
            [],
        )
        .map(drop)
        .map_err(store.database_error("forget messages"))
    })
}

/// Returns what is not delivered, oldest first, and the webhooks that it is for.
pub(super) fn list(store: &Store, limit: usize) -> Result<Vec<Kept>, Error> {
    store.meta(|db| {
        let columns = table::COLUMNS;
        let sql = format!(
            "SELECT {columns}, d.id, d.body, d.failed FROM webhook_deliveries d
             JOIN webhooks ON webhooks.number = d.webhook ORDER BY d.created, d.id LIMIT ?1"
        );
        let columns = columns.split(", ").count();
        db.prepare(&sql)?
            .query_map([limit as i64], |row| {
                let (id, body) = (row.get(columns)?, row.get(columns + 1)?);
                let failed = row.get(columns + 2)?;
                Ok((table::hook(row)?, Pending { id, body, failed }))
            })?
            .collect()
    })
}
