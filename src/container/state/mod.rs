//! Containers on disk, and what of them is alive.
//!
//! ```text
//! containers/
//!   lock              held for the moment in which a name is given or taken away
//!   names/<name>      a link that reads <id>; true only where that one's config says so, too
//!   <id>/
//!     config.json     what was asked for; never changed but by `rename` and `update`
//!     state.json      what became of it, by its supervisor
//!     lock            held by the supervisor as long as it lives, however it dies
//!     socket          where the supervisor is spoken with
//!     holds           links to objects that gc must keep for it, one a line
//!     spare           room for the state's last change on a full disk
//!     log, log.1 …    what it wrote, the youngest first
//!     upper/ work/    what it changed in its root file system
//!     root/           where that is mounted, for the supervisor's eyes alone
//! ```
//!
//! Nothing is believed that a dead process wrote: a container counts as running only while the kernel says that its
//! supervisor's lock is held, so neither `kill -9` nor a reboot nor a number that was given to another process misleads.

mod name;
mod record;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::base::fs::{create_private, remove, remove_all, write_atomic, write_derived};
use crate::base::near;

use super::Error;
pub use name::{check as check_name, random_id};
pub(super) use record::boot;
pub use record::{Config, Life, LogLimits, Restart, State, Volume};

/// Fewer hex digits are no id.
const SHORTEST: usize = 1;

/// The containers of one store.
#[derive(Debug, Clone)]
pub struct Containers {
    folder: PathBuf,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct Container {
    folder: PathBuf,
    id: String,
}

impl Containers {
    /// Those in `folder`: a store's `containers`.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Makes a container, giving it its id, and a name where it has none. It is there as a whole or not at all.
    ///
    /// `finish` adds what goes by these, and what lies beside the config in the folder it is given.
    pub fn create(
        &self,
        mut config: Config,
        finish: impl FnOnce(&mut Config, &Path) -> io::Result<()>,
    ) -> Result<Container, Error> {
        let names = self.folder.join("names");
        create_private(&self.folder).map_err(failed("create", &self.folder))?;
        fs::create_dir_all(&names).map_err(failed("create", &names))?;
        config.id = name::random_id();
        let container = self.at(&config.id);
        let new = Container { folder: self.folder.join(format!("new-{}", config.id)), ..container };
        let _gate = self.gate()?;
        self.sweep();
        if config.name.is_empty() {
            config.name = name::random(|name| self.owner(name).is_some());
        }
        self.take_name(&config.name, &config.id)?;
        fs::create_dir(&new.folder).map_err(failed("create", &new.folder))?;
        new.write_state(&State::default())?;
        finish(&mut config, &new.folder).map_err(failed("write in", &new.folder))?;
        new.write_config(&config, !config.auto_remove)?;
        let container = self.at(&config.id);
        crate::base::fs::rename(&new.folder, &container.folder)
            .map_err(failed("create", &container.folder))?;
        self.tell(&config, "create", &[]);
        Ok(container)
    }

    /// Gives a container another name.
    pub fn rename(&self, container: &Container, name: &str) -> Result<(), Error> {
        check_name(name)?;
        let _gate = self.gate()?;
        let mut config = container.config()?;
        if config.name == name {
            return Err(Error::Invalid(format!("the container's name is `{name}` already")));
        }
        self.take_name(name, &container.id)?;
        let old = std::mem::replace(&mut config.name, name.to_owned());
        container.write_config(&config, true)?;
        self.tell(&config, "rename", &[("oldName", &old)]);
        let path = self.folder.join("names").join(old);
        remove(&path).map_err(failed("remove", &path))
    }

    /// Removes a container that does not run, with all that is on disk of it.
    pub fn remove(&self, container: &Container) -> Result<(), Error> {
        let _lock = container.lock(true)?;
        self.forget(container)
    }

    /// As [`Self::remove`], by who holds the lock of the container.
    pub(super) fn forget(&self, container: &Container) -> Result<(), Error> {
        let config = container.config().unwrap_or_default();
        if !config.name.is_empty() {
            let _gate = self.gate()?;
            let path = self.folder.join("names").join(&config.name);
            if link(&path).as_deref() == Some(container.id.as_str()) {
                remove(&path).map_err(failed("remove", &path))?;
            }
        }
        // Out of sight at once: what takes long, or is cut off, is no container any more.
        let gone = self.folder.join(format!("gone-{}", container.id));
        crate::base::fs::rename(&container.folder, &gone)
            .map_err(failed("remove", &container.folder))?;
        if !config.id.is_empty() {
            self.tell(&config, "destroy", &[]);
        }
        remove_all(&gone).map_err(failed("remove", &gone))
    }

    /// Returns all containers, in no order.
    pub fn list(&self) -> Result<Vec<Container>, Error> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(vec![]),
            other => other.map_err(failed("list", &self.folder))?,
        };
        let mut found = vec![];
        for entry in entries {
            let name = entry.map_err(failed("list", &self.folder))?.file_name();
            if let Some(id) = name.to_str().filter(|name| is_id(name)) {
                found.push(self.at(id));
            }
        }
        Ok(found)
    }

    /// Removes what was being made when something was killed; the caller holds the gate. What is being removed need not
    /// be dead: two may remove at once.
    fn sweep(&self) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with("gone-") || name.starts_with("new-") {
                let _ = remove_all(&entry.path());
            }
        }
    }

    fn at(&self, id: &str) -> Container {
        Container { folder: self.folder.join(id), id: id.to_owned() }
    }

    /// Returns the one container that `text` means: an id, a name, or the beginning of an id, in this order.
    pub fn find(&self, text: &str) -> Result<Container, Error> {
        if is_id(text) && self.folder.join(text).is_dir() {
            return Ok(self.at(text));
        }
        let text = text.strip_prefix('/').unwrap_or(text);
        if let Some(owner) = check_name(text).ok().and_then(|()| self.owner(text)) {
            return Ok(owner);
        }
        let prefix = text.len() >= SHORTEST && text.bytes().all(is_hex);
        let all = if prefix { self.list()? } else { vec![] };
        let mut fits = all.into_iter().filter(|one| one.id.starts_with(text));
        match (fits.next(), fits.next()) {
            (Some(only), None) => Ok(only),
            (Some(first), Some(second)) => {
                let candidates = [first, second].into_iter().chain(fits).map(|one| one.id);
                Err(Error::Ambiguous { name: text.to_owned(), candidates: candidates.collect() })
            }
            _ => Err(Error::NoContainer { name: shown(text), near: self.near(text) }),
        }
    }

    fn near(&self, text: &str) -> Vec<String> {
        let entries = fs::read_dir(self.folder.join("names")).into_iter().flatten().flatten();
        let names: Vec<String> =
            entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        near::matches(text, names.iter().map(String::as_str))
    }

    /// Returns the container that has a name.
    fn owner(&self, name: &str) -> Option<Container> {
        let id = link(&self.folder.join("names").join(name)).filter(|id| is_id(id))?;
        let owner = self.at(&id);
        owner.config().is_ok_and(|config| config.name == name).then_some(owner)
    }

    /// Refuses a name that is none, or that a container has.
    pub fn check_free(&self, name: &str) -> Result<(), Error> {
        check_name(name)?;
        match self.owner(name) {
            Some(owner) => Err(Error::NameTaken { name: name.to_owned(), id: owner.id }),
            None => Ok(()),
        }
    }

    /// The caller holds the gate, so that a name without an owner is one that a killed process left.
    fn take_name(&self, name: &str, id: &str) -> Result<(), Error> {
        self.check_free(name)?;
        let path = self.folder.join("names").join(name);
        remove(&path).map_err(failed("remove", &path))?;
        std::os::unix::fs::symlink(id, &path).map_err(failed("create", &path))
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn gate(&self) -> Result<File, Error> {
        let path = self.folder.join("lock");
        let file = open_lock(&path)?;
        file.lock().map_err(failed("lock", &path))?;
        Ok(file)
    }
}

impl Container {
    /// As its supervisor knows it.
    pub(super) fn of(folder: PathBuf) -> Option<Self> {
        let id = folder.file_name()?.to_str().filter(|name| is_id(name))?.to_owned();
        Some(Self { folder, id })
    }

    /// Returns the containers that it is one of.
    pub fn siblings(&self) -> Containers {
        Containers::new(self.folder.parent().unwrap_or(Path::new("/")))
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the first twelve digits, by which people know it.
    pub fn short_id(&self) -> &str {
        &self.id[..12]
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns what was asked for.
    pub fn config(&self) -> Result<Config, Error> {
        let path = self.folder.join("config.json");
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Error::NoContainer { name: self.id.clone(), near: vec![] });
            }
            other => other.map_err(failed("read", &path))?,
        };
        serde_json::from_slice(&bytes)
            .map_err(|error| failed("read", &path)(io::Error::other(error)))
    }

    pub(super) fn write_config(&self, config: &Config, durable: bool) -> Result<(), Error> {
        let path = self.folder.join("config.json");
        let bytes = serde_json::to_vec(config).expect("plain values");
        let write = if durable { write_atomic } else { write_derived };
        write(&path, &bytes).map_err(failed("write", &path))
    }

    /// Changes what was asked for.
    pub fn update(&self, change: impl FnOnce(&mut Config)) -> Result<(), Error> {
        let _gate = self.siblings().gate()?;
        let mut config = self.config()?;
        change(&mut config);
        self.write_config(&config, true)
    }

    /// Returns what became of it, as the kernel bears witness to.
    pub fn state(&self) -> State {
        let mut state = self.written();
        if state.life.is_alive() && !self.is_supervised() {
            // The supervisor may have written its last between the two looks.
            state = self.written();
            if state.life.is_alive() {
                state.end_unseen();
            }
        }
        state
    }

    /// Tells whether its supervisor was killed, and nobody has found out.
    pub(super) fn is_abandoned(&self) -> bool {
        self.written().life.is_alive() && !self.is_supervised()
    }

    /// Writes down that it has ended with its supervisor, by who holds the lock that one has left.
    fn bury(&self) {
        let mut state = self.written();
        if state.life.is_alive() {
            state.end_unseen();
            // Where it cannot be written, each who looks finds it out anew.
            if self.write_state(&state).is_ok() {
                self.tell("die", &[("exitCode", &state.exit_code.to_string())]);
            }
        }
    }

    /// A state that cannot be read, as after a power cut, tells nothing: it has ended.
    fn written(&self) -> State {
        let bytes = fs::read(self.folder.join("state.json")).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    pub(super) fn write_state(&self, state: &State) -> Result<(), Error> {
        let path = self.folder.join("state.json");
        let bytes = serde_json::to_vec(state).expect("plain values");
        write_derived(&path, &bytes).map_err(failed("write", &path))
    }

    /// Keeps room for how it ends, should its own output fill the disk.
    pub(super) fn reserve(&self) {
        let _ = write_derived(&self.folder.join("spare"), &[0; 4096]);
    }

    /// Gives that room away.
    pub(super) fn release(&self) {
        let _ = remove(&self.folder.join("spare"));
    }

    /// Tells whether its supervisor lives.
    pub fn is_supervised(&self) -> bool {
        let lock = File::open(self.folder.join("lock"));
        lock.is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(fs::TryLockError::WouldBlock)))
    }

    /// Takes the lock that a supervisor holds; fails where one does, soon or after it had time to end.
    pub(super) fn lock(&self, patient: bool) -> Result<File, Error> {
        let path = self.folder.join("lock");
        let file = match open_lock(&path) {
            Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                return Err(Error::NoContainer { name: self.id.clone(), near: vec![] });
            }
            other => other?,
        };
        // One that has said all it has to say needs a moment to be gone.
        let tries = if patient { 400 } else { 1 };
        for number in 1..=tries {
            match file.try_lock() {
                Ok(()) => {
                    self.bury();
                    return Ok(file);
                }
                Err(fs::TryLockError::Error(error)) => return Err(failed("lock", &path)(error)),
                Err(fs::TryLockError::WouldBlock)
                    if number == tries || self.written().life.is_alive() =>
                {
                    break;
                }
                Err(fs::TryLockError::WouldBlock) => {
                    std::thread::sleep(std::time::Duration::from_millis(5));
                }
            }
        }
        Err(Error::Running(self.id.clone()))
    }
}

fn open_lock(path: &Path) -> Result<File, Error> {
    let open = File::options().read(true).write(true).create(true).truncate(false).open(path);
    open.map_err(failed("open", path))
}

fn link(path: &Path) -> Option<String> {
    fs::read_link(path).ok()?.into_os_string().into_string().ok()
}

fn is_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

fn is_id(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(is_hex)
}

fn shown(text: &str) -> String {
    text.chars().take(300).collect()
}

pub(super) fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Io { action, path, source }
}
