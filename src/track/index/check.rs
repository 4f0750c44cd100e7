//! Whether the index says what the runs say.

use rusqlite::{Connection, OptionalExtension as _};

use crate::store::Store;
use crate::track::index::tables::is_other_version;
use crate::track::{Error, search};

/// How many runs are loaded at once.
const CHUNK: usize = 256;

/// Returns what is wrong with the index of `store`, without changing or completing it.
pub fn check(store: &Store) -> Result<Vec<String>, Error> {
    let Some(numbers) = store.meta(numbers)? else { return Ok(Vec::new()) };
    let mut wrong = Vec::new();
    for chunk in numbers.chunks(CHUNK) {
        let loaded = store.meta(|db| search::load(db, chunk))?;
        wrong.extend(loaded.damaged);
    }
    wrong.extend(store.meta(astray)?);
    Ok(wrong)
}

/// Returns the numbers of all runs; none where there is no index, or one that the next listing makes anew.
fn numbers(db: &Connection) -> rusqlite::Result<Option<Vec<u32>>> {
    if !db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'run_index'")?.exists([])?
        || is_other_version(db)?
    {
        return Ok(None);
    }
    let mut statement = db.prepare("SELECT number FROM runs")?;
    let numbers = statement.query_map([], |row| row.get(0))?;
    numbers.collect::<Result<_, _>>().map(Some)
}

/// Returns the runs whose refs point elsewhere, where the index has seen the last operation.
fn astray(db: &Connection) -> rusqlite::Result<Vec<String>> {
    let up_to_date = "SELECT 1 FROM run_index WHERE key = 'operation'
        AND value = (SELECT coalesce(max(number), 0) FROM operations)";
    if db.query_row(up_to_date, [], |_| Ok(())).optional()?.is_none() {
        return Ok(Vec::new());
    }
    let runs = "
        SELECT 'run ' || id || ' is not what its ref points at' FROM runs
            LEFT JOIN refs ON refs.name = 'runs/' || runs.id
            WHERE NOT live AND substr(refs.target, 1, 32) IS NOT node
        UNION ALL
        SELECT 'ref ' || refs.name || ' is not in it' FROM refs
            WHERE refs.name >= 'runs/' AND refs.name < 'runs0'
            AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = substr(refs.name, 6))
            AND NOT EXISTS (SELECT 1 FROM run_unreadable WHERE run_unreadable.name = refs.name)";
    db.prepare(runs)?.query_map([], |row| row.get(0))?.collect()
}
