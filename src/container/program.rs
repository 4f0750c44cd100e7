//! Finds the program to run, as a shell would, and becomes it.

use std::ffi::CString;
use std::io;

use rustix::fs::{self, Access, AtFlags, CWD, FileType};

use super::failure::{Failure, Outcome};
use super::{Spec, sys};

/// Replaces this process with the command; returns only what went wrong.
pub(super) fn execute(args: &[CString], env: &[CString], name: &str, path: &str) -> Failure {
    let program = match find(name, path) {
        Ok(program) => program,
        Err(failure) => return failure,
    };
    let Ok(program) = CString::new(program) else {
        return Failure::Invalid(format!("`{}` is no name of a program", name.escape_debug()));
    };
    let error = sys::execute(&program, args, env);
    not_runnable(name, &error)
}

fn not_runnable(name: &str, error: &io::Error) -> Failure {
    let number = error.raw_os_error().unwrap_or(libc::EIO);
    Failure::NotRunnable { program: name.to_owned(), number }
}

/// Returns the path of the program `name`: along `path` unless it has a `/` in it.
fn find(name: &str, path: &str) -> Outcome<String> {
    let candidates: Vec<String> = match name.contains('/') {
        true => vec![name.to_owned()],
        false => path.split(':').map(|folder| join(folder, name)).collect(),
    };
    let mut forbidden = None;
    for candidate in candidates {
        match runnable(&candidate) {
            Ok(()) => return Ok(candidate),
            Err(error) if is_missing(&error) => {}
            Err(error) => forbidden = forbidden.or(Some(error)),
        }
    }
    Err(match forbidden {
        Some(error) => not_runnable(name, &error),
        None => Failure::NoProgram(name.to_owned()),
    })
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { format!("./{name}") } else { format!("{folder}/{name}") }
}

fn runnable(path: &str) -> io::Result<()> {
    let stat = fs::stat(path)?;
    if FileType::from_raw_mode(stat.st_mode) == FileType::Directory {
        return Err(io::Error::from_raw_os_error(libc::EISDIR));
    }
    Ok(fs::accessat(CWD, path, Access::EXEC_OK, AtFlags::EACCESS)?)
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Returns the value of a variable of the container's.
pub(super) fn variable<'a>(spec: &'a Spec, name: &str) -> Option<&'a str> {
    spec.env.iter().rev().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
}

/// Turns text into what a system call takes; a zero byte would cut it short.
pub(super) fn strings<'a>(
    what: &str,
    texts: impl IntoIterator<Item = &'a str>,
) -> Outcome<Vec<CString>> {
    let string = |text: &str| {
        CString::new(text).map_err(|_| Failure::Invalid(format!("{what} holds a zero byte")))
    };
    texts.into_iter().map(string).collect()
}
