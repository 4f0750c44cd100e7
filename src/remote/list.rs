//! The remotes that a store knows: names and addresses in its `config.toml`, and what was last seen there as refs.

use crate::base::near;
use crate::remote::refname::tracking;
use crate::remote::{Error, Url};
use crate::store::config::{self, Config, Remote};
use crate::store::{Change, Expected, Store, refs};

/// The longest name of a remote.
const MAX_NAME: usize = 100;

/// Returns the remotes, by name.
pub fn list(store: &Store) -> Result<Vec<Remote>, Error> {
    Ok(Config::read(&store.folder().join("config.toml"))?.remotes())
}

/// Returns the remote `name`.
pub fn find(store: &Store, name: &str) -> Result<Remote, Error> {
    let mut remotes = list(store)?;
    match remotes.iter().position(|remote| remote.name == name) {
        Some(place) => Ok(remotes.swap_remove(place)),
        None => {
            let names = remotes.iter().map(|remote| remote.name.as_str());
            Err(Error::NoRemote { name: name.to_owned(), near: near::matches(name, names) })
        }
    }
}

/// Checks that a remote may be called `name`, and that none is yet.
pub fn check_new(store: &Store, name: &str) -> Result<(), Error> {
    check_name(name)?;
    match list(store)?.iter().any(|remote| remote.name == name) {
        true => Err(Error::RemoteExists(name.to_owned())),
        false => Ok(()),
    }
}

/// Adds a remote.
pub fn add(store: &Store, name: &str, url: &Url) -> Result<(), Error> {
    check_name(name)?;
    edit(store, |config| match config.remotes().iter().any(|remote| remote.name == name) {
        true => Ok(false),
        false => config.set(&key(name, "url"), url.as_str()).map(|()| true),
    })?
    .then_some(())
    .ok_or_else(|| Error::RemoteExists(name.to_owned()))
}

/// Gives a remote another address; what was last seen there stays.
pub fn set_url(store: &Store, name: &str, url: &Url) -> Result<(), Error> {
    find(store, name)?;
    edit(store, |config| config.set(&key(name, "url"), url.as_str()))
}

/// Removes a remote and what was last seen there.
pub fn remove(store: &Store, name: &str) -> Result<(), Error> {
    find(store, name)?;
    let seen = refs::list(store, &tracking(name, ""))?;
    let gone = |found: refs::Ref| Change { name: found.name, expected: Expected::Any, new: None };
    move_refs(store, seen.into_iter().map(gone).collect())?;
    edit(store, |config| {
        for field in config::REMOTE_FIELDS {
            config.unset(&key(name, field));
        }
        Ok(())
    })
}

/// Gives a remote another name, and what was last seen there too.
pub fn rename(store: &Store, name: &str, new: &str) -> Result<(), Error> {
    check_name(new)?;
    find(store, name)?;
    let mut free = true;
    edit(store, |config| {
        free = !config.remotes().iter().any(|remote| remote.name == new);
        for field in config::REMOTE_FIELDS.iter().filter(|_| free) {
            if let Some(value) = config.get(&key(name, field)) {
                config.set(&key(new, field), &value)?;
                config.unset(&key(name, field));
            }
        }
        Ok(())
    })?;
    if !free {
        return Err(Error::RemoteExists(new.to_owned()));
    }
    let prefix = tracking(name, "");
    let moves = refs::list(store, &prefix)?.into_iter().flat_map(|found| {
        let name = tracking(new, &found.name[prefix.len()..]);
        [
            Change { name: found.name, expected: Expected::Any, new: None },
            Change { name, expected: Expected::Any, new: Some(found.target) },
        ]
    });
    move_refs(store, moves.collect())
}

/// Says of a remote what is more than its address: `filter` and globs over names.
pub(crate) fn set_field(store: &Store, name: &str, field: &str, value: &str) -> Result<(), Error> {
    edit(store, |config| config.set(&key(name, field), value))
}

fn move_refs(store: &Store, changes: Vec<Change>) -> Result<(), Error> {
    if !changes.is_empty() {
        store.writer()?.commit(changes)?;
    }
    Ok(())
}

fn edit<T>(
    store: &Store,
    change: impl FnOnce(&mut Config) -> Result<T, crate::store::Error>,
) -> Result<T, Error> {
    Ok(config::edit(&store.folder().join("config.toml"), change)?)
}

fn key(name: &str, field: &str) -> String {
    format!("remote.{name}.{field}")
}

/// Checks that `name` may be the name of a remote: it becomes part of refs and of settings.
fn check_name(name: &str) -> Result<(), Error> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let reason = match name {
        "" => "it is empty",
        _ if name.len() > MAX_NAME => "it is longer than 100 bytes",
        _ if !name.bytes().all(plain) => "it has more than letters, digits and `.`, `_`, `-` in it",
        _ if refs::check_name(&tracking(name, "x")).is_err() => {
            "it begins with `.` or `-`, ends with `.` or `.lock`, or is reserved"
        }
        _ => return Ok(()),
    };
    Err(Error::BadName { name: name.chars().take(120).collect(), reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s02_names_of_remotes_keep_to_their_grammar() {
        let long = "x".repeat(101);
        for name in ["", "-x", ".x", "a/b", "a b", "..", "a..b", "HEAD", "x.lock", "é", &long] {
            assert!(check_name(name).is_err(), "{name}");
        }
        for name in ["origin", "a.b_c-9", "0"] {
            check_name(name).unwrap();
        }
    }
}
