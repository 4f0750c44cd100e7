//! What a user calls a run: `4f2a9c`, `bold-fox-12`, `@`, `@~2`, `run:X`.

use rusqlite::Connection;

use crate::store::Store;
use crate::track::{Candidate, Error, RunId, index};

/// Fewer hex digits name no run.
const SHORTEST_PREFIX: usize = 4;

/// Candidates that an error lists.
const MOST_CANDIDATES: usize = 20;

/// Returns the run that `text` names: by the beginning of its id, by its name, or counted from the last one.
///
/// A removed run is named where no other is.
pub fn resolve(store: &Store, text: &str) -> Result<RunId, Error> {
    index::refresh(store)?;
    let found = store.meta(|db| candidates(db, text))?;
    match found.as_slice() {
        [] => Err(Error::NoRun(text.to_owned())),
        [run] => Ok(run.id.clone()),
        _ => Err(Error::AmbiguousRun { text: text.to_owned(), candidates: found }),
    }
}

/// Returns the runs that `text` may mean, from a database with the tables of [`index::SCHEMA`].
pub(super) fn candidates(db: &Connection, text: &str) -> rusqlite::Result<Vec<Candidate>> {
    let text = text.strip_prefix("run:").unwrap_or(text);
    if let Some(back) = counted_back(text) {
        let sql = "SELECT id, name FROM runs WHERE deleted IS NULL
             AND experiment NOT IN (SELECT number FROM run_experiments WHERE deleted IS NOT NULL)
             ORDER BY started DESC, id LIMIT 1 OFFSET ?1";
        return query(db, sql, &back);
    }
    let is_prefix = (SHORTEST_PREFIX..=32).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    for state in ["deleted IS NULL", "deleted IS NOT NULL"] {
        let sql = format!(
            "SELECT id, name FROM runs WHERE {state} AND name = ?1 ORDER BY id LIMIT {MOST_CANDIDATES}"
        );
        let mut found = query(db, &sql, &text)?;
        if is_prefix {
            let sql = format!(
                "SELECT id, name FROM runs WHERE {state} AND id >= ?1 AND id < ?1 || 'g' AND name != ?1
                 ORDER BY id LIMIT {MOST_CANDIDATES}"
            );
            found.extend(query(db, &sql, &text)?);
        }
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// `@` is the last run, `@~2` two before it.
fn counted_back(text: &str) -> Option<i64> {
    match text.strip_prefix('@')? {
        "" => Some(0),
        back => {
            let digits = back.strip_prefix('~')?;
            let only_digits =
                !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            only_digits.then(|| digits.parse().unwrap_or(i64::MAX))
        }
    }
}

fn query(
    db: &Connection,
    sql: &str,
    value: &dyn rusqlite::ToSql,
) -> rusqlite::Result<Vec<Candidate>> {
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([value], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
    let mut found = Vec::new();
    for row in rows {
        let (id, name) = row?;
        found.extend(id.parse().ok().map(|id| Candidate { id, name }));
    }
    Ok(found)
}
