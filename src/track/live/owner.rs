//! Who keeps a live run alive: a process that is told from every other, also after its number was given out again.

use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::base::fs as files;
use crate::store::Store;
use crate::track::{Error, RunId};

/// A process, the boot that it belongs to, and its folder in the store.
///
/// The folder holds a locked file for as long as the process lives; the kernel frees the lock however it dies, so a
/// dead owner is dead on proof. Where a file system has no locks, process and boot decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    pub pid: u32,
    /// When the process began, in ticks since boot; tells it from a later one with the same number.
    pub started: u64,
    pub boot: String,
    /// The namespace that `pid` counts in.
    pub namespace: String,
}

/// The time that a process has to lock its folder.
const YOUNG: Duration = Duration::from_secs(60);

/// The folder of a live run, `live/<id>` in the store; locked while its process lives.
#[derive(Debug)]
pub struct Home {
    folder: PathBuf,
    _lock: File,
}

impl Owner {
    /// Describes this process.
    pub fn this_process() -> Self {
        let pid = std::process::id();
        Self { pid, started: started(pid).unwrap_or(0), boot: boot(), namespace: namespace() }
    }

    pub(super) fn to_line(&self) -> String {
        format!("{} {} {} {}", self.pid, self.started, self.boot, self.namespace)
    }

    pub(super) fn from_line(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        Some(Self {
            pid: words.next()?.parse().ok()?,
            started: words.next()?.parse().ok()?,
            boot: words.next()?.to_owned(),
            namespace: words.next()?.to_owned(),
        })
    }

    /// Returns whether it is certain that the process is gone; only for where locks do not work.
    fn is_surely_gone(&self) -> bool {
        let here = !self.boot.is_empty() && self.boot == boot() && self.namespace == namespace();
        here && started(self.pid) != Some(self.started)
    }
}

impl Home {
    /// Makes the folder of a run and locks it.
    pub fn make(store: &Store, id: &RunId) -> Result<Self, Error> {
        let folder = folder(store, id);
        fs::create_dir_all(folder.join("files")).map_err(Error::io("create", &folder))?;
        let lock = folder.join("lock");
        let file = files::create_new(&lock).map_err(Error::io("create", &lock))?;
        // Without locks the owner's process is asked for instead.
        let _ = file.try_lock();
        Ok(Self { folder, _lock: file })
    }

    /// Returns the folder that the command may leave files in.
    pub fn files(&self) -> PathBuf {
        self.folder.join("files")
    }

    /// Returns the folder for what `mls` keeps itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Returns the folder of a live run.
pub fn folder(store: &Store, id: &RunId) -> PathBuf {
    store.folder().join("live").join(id.as_str())
}

/// Lets the folder of a run stay after its end; without its lock it is nobody's.
pub(super) fn give_up(store: &Store, id: &RunId) {
    let _ = fs::remove_file(folder(store, id).join("lock"));
}

/// Removes folders of runs that never began, or that ended and whose `mls` died before it could remove them.
///
/// `is_live` tells of a run whether there are rows of it.
pub(super) fn sweep(store: &Store, is_live: impl Fn(&RunId) -> bool) {
    for entry in fs::read_dir(store.folder().join("live")).into_iter().flatten().flatten() {
        let id = entry.file_name().to_str().and_then(|name| name.parse::<RunId>().ok());
        if id.is_none_or(|id| is_live(&id)) {
            continue;
        }
        let Ok(lock) = File::open(entry.path().join("lock")) else { continue };
        // One that was made just now may not be locked yet.
        let made = lock.metadata().and_then(|meta| meta.modified()).ok();
        let is_old = made.and_then(|made| made.elapsed().ok()).is_some_and(|age| age >= YOUNG);
        if is_old && lock.try_lock().is_ok() {
            let _ = files::remove(&entry.path());
        }
    }
}

/// Takes over a live run whose process is gone, on proof, so that no other process does; `None` where that cannot be.
pub(super) fn adopt(store: &Store, id: &RunId, owner: &Owner) -> Option<Adopted> {
    let lock = match File::open(folder(store, id).join("lock")) {
        Ok(lock) => lock,
        Err(error) => {
            let gone = error.kind() == ErrorKind::NotFound || owner.is_surely_gone();
            return gone.then_some(Adopted { _lock: None });
        }
    };
    match lock.try_lock() {
        Ok(()) => Some(Adopted { _lock: Some(lock) }),
        Err(TryLockError::WouldBlock) => None,
        Err(TryLockError::Error(_)) => owner.is_surely_gone().then_some(Adopted { _lock: None }),
    }
}

/// A run that this process has taken over.
#[derive(Debug)]
pub(super) struct Adopted {
    _lock: Option<File>,
}

#[cfg(target_os = "linux")]
fn started(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in parentheses and may hold anything; the 22nd is the start.
    stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()
}

#[cfg(not(target_os = "linux"))]
fn started(pid: u32) -> Option<u64> {
    use sysinfo::{Pid, ProcessesToUpdate, System};
    let mut system = System::new();
    let pid = Pid::from_u32(pid);
    system.refresh_processes(ProcessesToUpdate::Some(&[pid]), true);
    system.process(pid).map(sysinfo::Process::start_time)
}

#[cfg(target_os = "linux")]
fn boot() -> String {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    id.trim().to_owned()
}

#[cfg(not(target_os = "linux"))]
fn boot() -> String {
    sysinfo::System::boot_time().to_string()
}

fn namespace() -> String {
    let link = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    link.to_string_lossy().replace(' ', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_reads_back_from_its_line() {
        let owner = Owner::this_process();
        assert_eq!(Owner::from_line(&owner.to_line()), Some(owner));
    }

    #[test]
    fn x10_a_process_number_that_was_given_out_again_is_another_process() {
        let owner = Owner::this_process();
        assert!(!owner.is_surely_gone());
        assert!(Owner { started: owner.started + 1, ..owner.clone() }.is_surely_gone());
        let elsewhere = Owner { boot: "another".to_owned(), started: 0, ..owner };
        assert!(!elsewhere.is_surely_gone(), "nothing is known about another machine");
    }
}
