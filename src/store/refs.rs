//! Names that point at objects.

use rusqlite::{Connection, OptionalExtension as _};

use crate::store::{Error, Link, Store};

/// The longest name of a ref, in bytes.
pub const MAX_NAME: usize = 1024;

/// A name and what it points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ref {
    pub name: String,
    pub target: Link,
}

/// What a ref must be for a change to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    Any,
    Absent,
    Is(Link),
}

/// A wish to move one ref; `new` of `None` removes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub name: String,
    pub expected: Expected,
    pub new: Option<Link>,
}

/// Returns what `name` points at.
pub fn get(store: &Store, name: &str) -> Result<Option<Link>, Error> {
    store.meta(|db| find(db, name))
}

/// As [`get`], within a transaction.
pub fn get_in(db: &Connection, store: &Store, name: &str) -> Result<Option<Link>, Error> {
    find(db, name).map_err(store.database_error("read a ref"))
}

/// Returns the refs whose names begin with `prefix`, in order of their names.
pub fn list(store: &Store, prefix: &str) -> Result<Vec<Ref>, Error> {
    store.meta(|db| list_in(db, prefix))
}

/// Returns how many refs there are whose names begin with `prefix`.
pub fn count(store: &Store, prefix: &str) -> Result<u64, Error> {
    store
        .meta(|db| {
            db.prepare_cached("SELECT count(*) FROM refs WHERE name >= ?1 AND name < ?2")?
                .query_row((prefix, after(prefix)), |row| row.get::<_, i64>(0))
        })
        .map(|count| count as u64)
}

pub(crate) fn find(db: &Connection, name: &str) -> rusqlite::Result<Option<Link>> {
    db.prepare_cached("SELECT target FROM refs WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()
}

pub(crate) fn list_in(db: &Connection, prefix: &str) -> rusqlite::Result<Vec<Ref>> {
    db.prepare_cached("SELECT name, target FROM refs WHERE name >= ?1 AND name < ?2 ORDER BY name")?
        .query_map((prefix, after(prefix)), |row| {
            Ok(Ref { name: row.get(0)?, target: row.get(1)? })
        })?
        .collect()
}

/// The least text that is greater than all that begin with `prefix`: U+10FFFF is in no name.
fn after(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}

/// Checks that `name` may be the name of a ref, wherever it comes from.
///
/// The rules are git's (`git check-ref-format`), and each part must be a name that every file system can hold apart
/// from every other, since stores are copied to such.
pub fn check_name(name: &str) -> Result<(), Error> {
    match fault(name) {
        None => Ok(()),
        Some(reason) => Err(Error::BadRefName { name: name.chars().take(120).collect(), reason }),
    }
}

fn fault(name: &str) -> Option<&'static str> {
    if name.len() > MAX_NAME {
        return Some("it is longer than 1024 bytes");
    }
    if !name.contains('/') {
        return Some("it has no kind before it, as in `runs/…`");
    }
    if name.contains("@{") || name.contains("..") {
        return Some("it contains `@{` or `..`");
    }
    if name.chars().any(is_forbidden) {
        return Some("it contains a space, a control character or one of ~ ^ ? * [ \\");
    }
    name.split('/').find_map(part_fault)
}

fn part_fault(part: &str) -> Option<&'static str> {
    let folded = part.to_lowercase();
    match part {
        "" => Some("a part of it is empty"),
        _ if part.len() > 255 => Some("a part of it is longer than 255 bytes"),
        _ if part.starts_with(['.', '-']) => Some("a part of it begins with `.` or `-`"),
        _ if part.ends_with('.') => Some("a part of it ends with `.`"),
        _ if folded.ends_with(".lock") => Some("a part of it ends with `.lock`"),
        _ if folded == "head" => Some("`HEAD` is reserved"),
        _ => None,
    }
}

fn is_forbidden(c: char) -> bool {
    let bidi = ('\u{200b}'..='\u{200f}').contains(&c)
        || ('\u{202a}'..='\u{202e}').contains(&c)
        || ('\u{2060}'..='\u{2069}').contains(&c);
    c.is_control() || c.is_whitespace() || "~^?*[\\\u{feff}\u{10ffff}".contains(c) || bidi
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s02_names_that_could_be_something_else_are_refused() {
        let long = format!("runs/{}", "x".repeat(65_536));
        for name in [
            "",
            "runs",
            "../../config",
            "runs/../x",
            "runs/a.lock",
            "runs/-x",
            "runs/@{1}",
            "runs//x",
            "runs/",
            "/runs",
            "runs/a\u{7}",
            "runs/a b",
            "runs/a\u{202e}b",
            "runs/HEAD",
            "runs/.x",
            &long,
        ] {
            assert!(check_name(name).is_err(), "{name:.40}");
        }
        for name in [
            "runs/0123",
            "models/iris/v3",
            "models/iris@champion",
            "remotes/origin/runs/1",
            "images/a:1",
        ] {
            check_name(name).unwrap();
        }
    }
}
