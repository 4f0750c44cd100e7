//! Bytes that were staged as rows move into packs, so that the database stays small however much comes.

use crate::store::{Link, Store, history};
use crate::track::Error;
use crate::track::artifact::fold::write_bytes;
use crate::track::artifact::prepare;

/// So many bytes are moved by one commit.
const BATCH: u64 = 64 << 20;

/// Returns how many bytes are staged as rows.
pub fn inline_bytes(store: &Store) -> Result<u64, Error> {
    prepare(store)?;
    let bytes: i64 = store.meta(|db| {
        db.prepare_cached("SELECT coalesce(sum(inline), 0) FROM staged_holders")?
            .query_row([], |row| row.get(0))
    })?;
    Ok(bytes.max(0) as u64)
}

/// Moves bytes of rows into packs until there are none; returns how many those were. Files that change meanwhile stay.
pub fn settle(store: &Store) -> Result<u64, Error> {
    prepare(store)?;
    let (mut moved, mut last) = (0, 0);
    loop {
        let (batch, size) = next(store, last)?;
        let Some(row) = batch.last() else { return Ok(moved) };
        last = row.content;
        let mut writer = store.writer()?;
        batch.iter().try_for_each(|row| write_bytes(&mut writer, row.content))?;
        writer.commit_with(vec![], |db| {
            let move_all =
                || -> rusqlite::Result<()> { batch.iter().try_for_each(|row| move_row(db, row)) };
            move_all().map_err(store.database_error("move staged artifacts")).map_err(Error::from)
        })?;
        moved += size;
    }
}

struct Row {
    holder: String,
    path: String,
    size: i64,
    link: Link,
    content: i64,
}

/// Returns rows behind number `last`, the oldest first, of [`BATCH`] bytes at most.
fn next(store: &Store, last: i64) -> Result<(Vec<Row>, u64), Error> {
    let mut size = 0;
    let rows = store.meta(|db| {
        db.prepare_cached(
            "SELECT holder, path, size, link, content FROM staged_files
             WHERE content > ?1 ORDER BY content",
        )?
        .query_map([last], |row| {
            let (holder, path, size) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(Row { holder, path, size, link: row.get(3)?, content: row.get(4)? })
        })?
        .take_while(|row| match row {
            Ok(row) => {
                size += row.size as u64;
                size <= BATCH || size == row.size as u64
            }
            Err(_) => true,
        })
        .collect::<Result<Vec<Row>, _>>()
    })?;
    let size = rows.iter().map(|row| row.size as u64).sum();
    Ok((rows, size))
}

fn move_row(db: &rusqlite::Transaction<'_>, row: &Row) -> rusqlite::Result<()> {
    let same = db
        .prepare_cached(
            "UPDATE staged_files SET content = NULL WHERE holder = ?1 AND path = ?2 AND content = ?3",
        )?
        .execute((&row.holder, &row.path, row.content))?;
    if same == 1 {
        db.prepare_cached("DELETE FROM staged_bytes WHERE number = ?1")?.execute([row.content])?;
        // The same content as before, so whoever folds at this moment misses nothing: the version stays.
        db.prepare_cached("UPDATE staged_holders SET inline = inline - ?2 WHERE holder = ?1")?
            .execute((&row.holder, row.size))?;
        history::hold_within(db, &format!("artifacts of {}", row.holder), &row.link)?;
    }
    Ok(())
}
