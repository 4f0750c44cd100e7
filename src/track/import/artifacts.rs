//! A folder of artifacts from outside into the store: links that lead out of it, pipes and the like are left out.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::base::Progress;
use crate::store::tree::{self, Builder, Entry, Target};
use crate::store::{Writer, add, name};
use crate::track::Error;
use crate::track::import::{Gathered, Notes};

/// What is in a folder.
#[derive(Debug, Default)]
struct Found {
    /// Regular files, and links to such inside of the folder, which are taken as what they lead to.
    files: Vec<PathBuf>,
    /// Whether the folder can be taken as it is.
    is_plain: bool,
}

/// Adds what is in `folder`; `owner` says whose artifacts they are. no tree where there is nothing.
pub(super) fn add(
    writer: &mut Writer<'_>,
    folder: &Path,
    owner: &str,
    notes: &Notes,
    progress: &dyn Progress,
) -> Result<Gathered, Error> {
    let found = look(folder, owner, notes);
    if found.files.is_empty() {
        return Ok(Gathered::default());
    }
    if found.is_plain {
        let added = add::path(writer, folder, &add::Options::default(), progress)?;
        return Ok(Gathered { tree: Some(added.link), files: added.files, bytes: added.size });
    }
    let mut builder = Builder::default();
    let (files, mut bytes) = (found.files.len() as u64, 0);
    for path in found.files {
        let place = path.strip_prefix(folder).expect("it was found there").as_os_str().as_bytes();
        let added = add::path(writer, &path, &add::Options::default(), progress)?;
        let mode =
            match fs::metadata(&path).is_ok_and(|meta| meta.permissions().mode() & 0o100 != 0) {
                true => tree::EXECUTABLE,
                false => tree::FILE,
            };
        bytes += added.size;
        let target = Target::Content(added.link);
        builder.insert(place, Entry { name: vec![], mode, size: added.size, target })?;
    }
    Ok(Gathered { tree: Some(builder.write(writer)?), files, bytes })
}

fn look(folder: &Path, owner: &str, notes: &Notes) -> Found {
    let mut found = Found { files: vec![], is_plain: true };
    let mut open = vec![folder.to_owned()];
    let top = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    while let Some(at) = open.pop() {
        let skip = |path: &Path, why: &str| {
            let place = path.strip_prefix(folder).unwrap_or(path).display();
            notes.skip(format!("artifact `{place}` of {owner}"), why);
        };
        let entries = match fs::read_dir(&at) {
            Ok(entries) => entries,
            Err(error) => {
                found.is_plain = false;
                skip(&at, &error.to_string());
                continue;
            }
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let why = match entry.file_type() {
                Err(error) => error.to_string(),
                _ if name::check_foreign(entry.file_name().as_bytes()).is_err() => {
                    "its name could be taken for a store".to_owned()
                }
                Ok(kind) if kind.is_dir() => {
                    open.push(path);
                    continue;
                }
                Ok(kind) if kind.is_file() => {
                    found.files.push(path);
                    continue;
                }
                Ok(kind) if kind.is_symlink() => match path.canonicalize() {
                    Ok(to) if !to.starts_with(&top) => {
                        "it is a link that leads elsewhere".to_owned()
                    }
                    Ok(to) if to.is_file() => {
                        found.is_plain = false;
                        found.files.push(path);
                        continue;
                    }
                    Ok(_) => "it is a link to a folder".to_owned(),
                    Err(_) => "it is a link that leads nowhere".to_owned(),
                },
                Ok(_) => "it is neither a file nor a folder".to_owned(),
            };
            found.is_plain = false;
            skip(&path, &why);
        }
    }
    found.files.sort();
    found
}
