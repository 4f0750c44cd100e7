//! A settings file, `config.toml`: a store's own or a user's. Comments and order survive an edit.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

use crate::base::{fs::write_atomic, near, size, time};
use crate::store::Error;

/// A setting that `mls` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Dotted, as it is typed: `gc.grace`.
    pub name: &'static str,
    pub shape: Shape,
    pub default: &'static str,
    /// One line for a person.
    pub about: &'static str,
}

/// What a value must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Text,
    /// A length of time such as `14d`.
    Duration,
    /// Bytes such as `20GiB`, or nothing.
    Size,
}

pub const GC_GRACE: Key = Key {
    name: "gc.grace",
    shape: Shape::Duration,
    default: "14d",
    about: "How long `gc` keeps what nothing leads to any more",
};
pub const GC_HISTORY: Key = Key {
    name: "gc.history",
    shape: Shape::Duration,
    default: "90d",
    about: "How long `gc` keeps what `undo` would need",
};
pub const GC_BUILDS: Key = Key {
    name: "gc.builds",
    shape: Shape::Duration,
    default: "30d",
    about: "How long `gc` keeps what only makes builds and starts faster",
};
pub const GC_CACHE_SIZE: Key = Key {
    name: "gc.cache-size",
    shape: Shape::Size,
    default: "",
    about: "How large `gc` leaves what only makes builds and starts faster (`20GiB`); empty for any size",
};
pub const UI_PAGER: Key = Key {
    name: "ui.pager",
    shape: Shape::Text,
    default: "less -FRX",
    about: "What long answers go through on a terminal; empty for nothing",
};
pub const USER_NAME: Key = Key {
    name: "user.name",
    shape: Shape::Text,
    default: "",
    about: "Who you are in the history; empty for the name of your account",
};

/// All settings with a fixed name; beside them, `remote.NAME.url` is the address of a remote, and `registry.HOST.mirror` that
/// of a mirror.
pub const KEYS: &[Key] = &[GC_BUILDS, GC_CACHE_SIZE, GC_GRACE, GC_HISTORY, UI_PAGER, USER_NAME];

/// What can be set for a registry: `registry.HOST.mirror` and so on.
pub const REGISTRY_FIELDS: [&str; 3] = ["mirror", "insecure", "token-host"];

/// The content of one settings file.
#[derive(Debug, Clone, Default)]
pub struct Config {
    document: DocumentMut,
}

/// Another store that this one knows by a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    pub name: String,
    pub url: String,
    /// `blob:none` where content is left there until it is read.
    pub filter: Option<String>,
    /// Whether the user said that the store there may belong to somebody else.
    pub trusted: bool,
    /// Globs over names: only such runs, models and images are fetched.
    pub only: Vec<(String, String)>,
}

/// What can be set for a remote.
pub const REMOTE_FIELDS: [&str; 6] = ["url", "filter", "trust-owner", "runs", "models", "images"];

impl Config {
    /// Reads the file at `path`; one that is not there has no settings.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = match read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                return Err(bad(path, "it is not valid UTF-8"));
            }
            Err(error) => return Err(Error::io("read", path)(error)),
        };
        let document =
            text.parse().map_err(|error: toml_edit::TomlError| bad(path, error.to_string()))?;
        Ok(Self { document })
    }

    /// Returns the value of the setting `key`, if it is set.
    pub fn get(&self, key: &str) -> Option<String> {
        let mut table: &dyn TableLike = self.document.as_table();
        let parts = split(key);
        let (last, above) = parts.split_last()?;
        for part in above {
            table = table.get(part)?.as_table_like()?;
        }
        table.get(last)?.as_value().map(text)
    }

    /// Sets `key` to `value`, both of which have been checked.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), Error> {
        check(key, value)?;
        let parts = split(key);
        let (last, above) = parts.split_last().expect("a checked key has parts");
        let mut table: &mut dyn TableLike = self.document.as_table_mut();
        for part in above {
            let implicit = || {
                let mut table = Table::new();
                table.set_implicit(true);
                Item::Table(table)
            };
            table = table
                .entry(part)
                .or_insert_with(implicit)
                .as_table_like_mut()
                .ok_or_else(|| Error::UnknownSetting { key: key.to_owned(), near: vec![] })?;
        }
        table.insert(last, toml_edit::value(value));
        Ok(())
    }

    /// Removes the setting `key`, and what is empty without it; tells whether it was set.
    pub fn unset(&mut self, key: &str) -> bool {
        remove(self.document.as_table_mut(), &split(key))
    }

    /// Returns all settings with their dotted names, in the order of the file.
    pub fn list(&self) -> Vec<(String, String)> {
        let mut found = vec![];
        collect(self.document.as_table(), "", &mut found);
        found
    }

    /// Returns the remotes, by name.
    pub fn remotes(&self) -> Vec<Remote> {
        let Some(remotes) = self.document.get("remote").and_then(Item::as_table_like) else {
            return vec![];
        };
        let mut remotes: Vec<Remote> =
            remotes.iter().filter_map(|(name, item)| remote(name, item.as_table_like()?)).collect();
        remotes.sort_by(|a, b| a.name.cmp(&b.name));
        remotes
    }
}

/// Changes the settings file at `path`; two processes that do so at once wait for each other.
pub fn edit<T>(
    path: &Path,
    change: impl FnOnce(&mut Config) -> Result<T, Error>,
) -> Result<T, Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    let lock = File::open(folder).map_err(Error::io("open", folder))?;
    flock(&lock, FlockOperation::LockExclusive)
        .map_err(|error| Error::io("lock", folder)(error.into()))?;
    let mut config = Config::read(path)?;
    let outcome = change(&mut config)?;
    write_atomic(path, config.document.to_string().as_bytes()).map_err(Error::io("write", path))?;
    Ok(outcome)
}

/// Refuses a setting that does not exist, or a value that it cannot have.
pub fn check(key: &str, value: &str) -> Result<(), Error> {
    if let [root, name, field] = split(key)[..]
        && root == "remote"
        && !name.is_empty()
        && REMOTE_FIELDS.contains(&field)
    {
        return Ok(());
    }
    if let ["registry", host, field] = split(key)[..]
        && !host.is_empty()
        && REGISTRY_FIELDS.contains(&field)
    {
        return match field == "insecure" && !["", "true", "false"].contains(&value) {
            true => {
                let (key, value) = (key.to_owned(), value.to_owned());
                Err(Error::BadSetting { key, value, wanted: "`true` or `false`" })
            }
            false => Ok(()),
        };
    }
    let known = find(key)?;
    match known.shape {
        Shape::Duration if time::parse_duration(value).is_none() => Err(Error::BadSetting {
            key: key.to_owned(),
            value: value.to_owned(),
            wanted: "a length of time such as `14d` or `36h`",
        }),
        Shape::Size if !value.is_empty() && size::parse(value).is_none() => {
            Err(Error::BadSetting {
                key: key.to_owned(),
                value: value.to_owned(),
                wanted: "a size such as `20GiB`, or nothing",
            })
        }
        Shape::Duration | Shape::Size | Shape::Text => Ok(()),
    }
}

/// Returns what is known of the setting `key`.
pub fn find(key: &str) -> Result<Key, Error> {
    KEYS.iter().find(|known| known.name == key).copied().ok_or_else(|| Error::UnknownSetting {
        key: key.to_owned(),
        near: near::matches(key, KEYS.iter().map(|known| known.name)),
    })
}

/// The names of remotes and registries may hold dots: all between the first and the last.
fn split(key: &str) -> Vec<&str> {
    match key.split_once('.').and_then(|(root, rest)| Some((root, rest.rsplit_once('.')?))) {
        Some((root @ ("remote" | "registry"), (name, last))) => {
            let quoted = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
            vec![root, quoted.unwrap_or(name), last]
        }
        _ => key.split('.').collect(),
    }
}

fn remote(name: &str, table: &dyn TableLike) -> Option<Remote> {
    let field = |field: &str| table.get(field)?.as_str().map(str::to_owned);
    let only =
        REMOTE_FIELDS[3..].iter().filter_map(|kind| Some(((*kind).to_owned(), field(kind)?)));
    let (only, filter) = (only.collect(), field("filter"));
    let trusted = field("trust-owner").as_deref() == Some("true");
    Some(Remote { name: name.to_owned(), url: field("url")?, filter, trusted, only })
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string().trim().to_owned(), str::to_owned)
}

fn remove(table: &mut dyn TableLike, parts: &[&str]) -> bool {
    match parts {
        [] => false,
        [last] => table.remove(last).is_some(),
        [first, rest @ ..] => {
            let Some(below) = table.get_mut(first).and_then(Item::as_table_like_mut) else {
                return false;
            };
            let removed = remove(below, rest);
            if below.is_empty() {
                table.remove(first);
            }
            removed
        }
    }
}

fn collect(table: &dyn TableLike, above: &str, found: &mut Vec<(String, String)>) {
    for (name, item) in table.iter() {
        let name = format!("{above}{name}");
        match item.as_table_like() {
            Some(below) => collect(below, &format!("{name}."), found),
            None => found.extend(item.as_value().map(|value| (name, text(value)))),
        }
    }
}

/// Reads a file that may be linked to, as dotfiles often are, but must be one: no pipe is waited for.
fn read(path: &Path) -> std::io::Result<String> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mut file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    if !file.metadata()?.is_file() {
        return Err(std::io::Error::new(ErrorKind::InvalidInput, "it is no regular file"));
    }
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok(text)
}

fn bad(path: &Path, reason: impl Into<String>) -> Error {
    Error::BadSettings { path: PathBuf::from(path), reason: reason.into() }
}
