//! What a run ran on and with: the code in git, the machine, and Python.

pub mod git;
pub mod host;
pub mod python;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The variables that a command runs with; handed down, so that only the program reads its own.
pub type Variables = BTreeMap<OsString, OsString>;

/// Returns where `program` is, as `execvp` would find it from `folder`; `None` where there is no such file.
///
/// A file that may not be executed is only found where no other is.
pub fn find_program(program: &OsStr, folder: &Path, variables: &Variables) -> Option<PathBuf> {
    let path = Path::new(program);
    if path.components().count() != 1 || program.as_encoded_bytes().contains(&b'/') {
        let file = folder.join(path);
        return file.exists().then_some(file);
    }
    let folders = variables.get(OsStr::new("PATH"))?;
    let found: Vec<PathBuf> = std::env::split_paths(folders)
        .map(|entry| folder.join(entry).join(path))
        .filter(|file| file.is_file())
        .collect();
    found.iter().find(|file| may_execute(file)).or(found.first()).cloned()
}

fn may_execute(file: &Path) -> bool {
    rustix::fs::access(file, rustix::fs::Access::EXEC_OK).is_ok()
}
