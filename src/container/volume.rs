//! Folders that outlive containers.
//!
//! ```text
//! volumes/<name>/
//!   about.json     when it was made, and its labels
//!   data/          what containers see
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::fs::{Mode, OFlags};
use serde::{Deserialize, Serialize};

use super::state::{Container, Containers, check_name, failed, random_id};
use super::{Error, beneath};
use crate::base::fs::{create_private, remove, remove_all, rename, write_derived};
use crate::base::near;

/// The volumes of one store.
#[derive(Debug, Clone)]
pub struct Volumes {
    folder: PathBuf,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub name: String,
    pub about: About,
    top: PathBuf,
}

/// What is known of a volume.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    pub created: i64,
    pub labels: BTreeMap<String, String>,
    /// Made for one container, without a name.
    pub anonymous: bool,
}

impl Volumes {
    /// Those in `folder`: a store's `volumes`.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Returns the volume of a name, made where there is none.
    pub fn create(&self, name: &str, anonymous: bool, now: i64) -> Result<Named, Error> {
        self.create_with(name, About { created: now, anonymous, ..About::default() })
    }

    /// As [`Self::create`], with all there is to say of a new one.
    pub fn create_with(&self, name: &str, about: About) -> Result<Named, Error> {
        check_name(name)?;
        if let Some(known) = self.find(name) {
            return Ok(known);
        }
        create_private(&self.folder).map_err(failed("create", &self.folder))?;
        self.sweep();
        let new = tempfile::Builder::new().prefix(".new-").tempdir_in(&self.folder);
        let new = new.map_err(failed("create", &self.folder))?;
        let data = new.path().join("data");
        fs::create_dir(&data).map_err(failed("create", &data))?;
        let bytes = serde_json::to_vec(&about).expect("plain values");
        let file = new.path().join("about.json");
        write_derived(&file, &bytes).map_err(failed("write", &file))?;
        let top = self.folder.join(name);
        match rename(new.path(), &top) {
            Ok(()) => drop(new.keep()),
            // Another was first.
            Err(_) if top.exists() => {}
            Err(error) => return Err(failed("create", &top)(error)),
        }
        Ok(Named { name: name.to_owned(), about, top })
    }

    /// Removes what was being removed when something was killed.
    fn sweep(&self) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(GONE) {
                let _ = remove_all(&entry.path());
            }
        }
    }

    /// Returns the volume of a name, if there is one.
    pub fn find(&self, name: &str) -> Option<Named> {
        check_name(name).ok()?;
        let top = self.folder.join(name);
        if !top.join("data").is_dir() {
            return None;
        }
        let about = fs::read(top.join("about.json")).unwrap_or_default();
        let about = serde_json::from_slice(&about).unwrap_or_default();
        Some(Named { name: name.to_owned(), about, top })
    }

    /// Returns the volume of a name, or says which was probably meant.
    pub fn get(&self, name: &str) -> Result<Named, Error> {
        self.find(name).ok_or_else(|| {
            let all = self.list();
            let near = near::matches(name, all.iter().map(|one| one.name.as_str()));
            Error::NoVolume { name: name.chars().take(300).collect(), near }
        })
    }

    /// Returns all of them, by name.
    pub fn list(&self) -> Vec<Named> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut all: Vec<Named> = names.filter_map(|name| self.find(&name)).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }
}

impl Named {
    /// Returns what containers see.
    pub fn folder(&self) -> PathBuf {
        self.top.join("data")
    }

    /// Out of sight at once: what takes long, or is cut off, is no volume any more.
    fn remove(&self) -> Result<(), Error> {
        let gone = self.top.with_file_name(format!("{GONE}{}", random_id()));
        rename(&self.top, &gone).map_err(failed("remove", &self.top))?;
        remove_all(&gone).map_err(failed("remove", &gone))
    }

    /// Fills an empty one with what is at `path` beneath `root`, owners and times kept, as Docker does.
    pub fn fill(&self, root: &Path, path: &str) -> Result<(), Error> {
        let folder = self.folder();
        // Two containers that start at the same time copy one after the other.
        let lock = fs::File::open(&self.top).and_then(|top| top.lock().map(|()| top));
        let _lock = lock.map_err(failed("lock", &self.top))?;
        let is_empty = fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_none());
        if !is_empty {
            return Ok(());
        }
        let from = match folder_beneath(root, path) {
            Ok(from) => from,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed("read", Path::new(path))(error)),
        };
        copy(&from, &folder).map_err(failed("fill", &folder))
    }
}

/// What is on its way out; no name of a volume begins so.
const GONE: &str = ".gone-";

impl Containers {
    /// Returns the containers that have a volume, whether they run or not.
    pub fn users(&self, volume: &str) -> Result<Vec<Container>, Error> {
        let uses = |container: &Container| {
            let config = container.config().unwrap_or_default();
            config.volumes.iter().any(|one| one.name == volume)
        };
        Ok(self.list()?.into_iter().filter(uses).collect())
    }

    /// Removes a volume with all that is in it; refuses where a container has it.
    pub fn remove_volume(&self, volume: &Named) -> Result<(), Error> {
        // None is made meanwhile; one that is made after this makes the volume anew.
        let _gate = self.gate()?;
        self.check_unused(volume)?;
        volume.remove()
    }

    /// Refuses a volume that a container has.
    pub fn check_unused(&self, volume: &Named) -> Result<(), Error> {
        let users = self.users(&volume.name)?;
        if users.is_empty() {
            return Ok(());
        }
        let containers = users.iter().map(|one| one.id().to_owned()).collect();
        Err(Error::VolumeInUse { name: volume.name.clone(), containers })
    }
}

fn folder_beneath(root: &Path, path: &str) -> io::Result<OwnedFd> {
    let how = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = rustix::fs::open(root, how, Mode::empty())?;
    let found = beneath::open(root, path)?;
    match rustix::fs::FileType::from_raw_mode(rustix::fs::fstat(&found)?.st_mode) {
        rustix::fs::FileType::Directory => Ok(found),
        _ => Err(io::ErrorKind::NotFound.into()),
    }
}

/// `cp` keeps owners, links and attributes; the folder is the one that was opened, whatever its name leads to by now.
fn copy(from: &OwnedFd, to: &Path) -> io::Result<()> {
    let from = format!("/proc/{}/fd/{}/.", std::process::id(), from.as_raw_fd());
    let status = Command::new("cp")
        .args(["-a", &from])
        .arg(to)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    match status.success() {
        true => Ok(()),
        false => Err(io::Error::other("`cp` failed")),
    }
}

/// Removes a volume by the path of its data, as a supervisor knows it.
pub(super) fn remove_by_data(data: &Path) {
    if let Some(top) = data.parent() {
        // What stays is listed, and can be removed by hand.
        let _ = remove(top);
    }
}
