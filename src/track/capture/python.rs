//! Python: which one a command runs in, and what is installed there.
//!
//! A virtual environment is read from its files. Any other interpreter is asked, in the background while the command
//! runs: only it knows where it looks for packages.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::Read as _;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::track::Python;
use crate::track::capture::{Variables, find_program};

/// Prints version, executable and path. Imports nothing but `sys`, so no file of the user can stand in the way.
const QUESTION: &str = "import sys;sys.stdout.buffer.write('\\0'.join(['.'.join(map(str,sys.version_info[:3])),\
                        sys.executable or '']+sys.path[1:]).encode('utf-8','surrogateescape'))";
/// Nobody waits longer for an interpreter once the command has ended.
const PATIENCE: Duration = Duration::from_secs(5);

/// The answer, now or later.
#[derive(Debug)]
pub enum Search {
    None,
    Found(Python),
    Asked { child: Child, answer: JoinHandle<Vec<u8>> },
}

/// Looks for the Python that `args` run in from `folder`; `Search::None` where it is no Python.
pub fn search(args: &[OsString], folder: &Path, variables: &Variables) -> Search {
    let Some(interpreter) = interpreter(args, folder, variables) else { return Search::None };
    match from_virtual_environment(&interpreter) {
        Some(python) => Search::Found(python),
        None => ask(&interpreter, folder, variables).unwrap_or(Search::None),
    }
}

impl Search {
    /// Returns the answer; waits some seconds at most where an interpreter was asked.
    pub fn finish(self) -> Option<Python> {
        match self {
            Self::None => None,
            Self::Found(python) => Some(python),
            Self::Asked { mut child, answer } => {
                let end = Instant::now() + PATIENCE;
                while !answer.is_finished() && Instant::now() < end {
                    std::thread::sleep(Duration::from_millis(5));
                }
                let finished = answer.is_finished();
                let _ = child.kill();
                let _ = child.wait();
                finished.then(|| answer.join().ok()).flatten().and_then(|bytes| understand(&bytes))
            }
        }
    }
}

fn interpreter(args: &[OsString], folder: &Path, variables: &Variables) -> Option<PathBuf> {
    let program = find_program(args.first()?, folder, variables)?;
    let name = program.file_name()?.to_str()?;
    if is_python(name) {
        return Some(program);
    }
    if name == "uv" && args.get(1).is_some_and(|verb| verb == "run") {
        return project_environment(folder, variables);
    }
    from_shebang(&program, folder, variables)
}

fn is_python(name: &str) -> bool {
    let rest = name.strip_prefix("python").or(name.strip_prefix("pypy"));
    rest.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

/// Where `uv run` keeps a project's environment.
fn project_environment(folder: &Path, variables: &Variables) -> Option<PathBuf> {
    let named = variables.get(OsStr::new("UV_PROJECT_ENVIRONMENT")).map(|name| folder.join(name));
    let above = folder.ancestors().map(|folder| folder.join(".venv"));
    let active = variables.get(OsStr::new("VIRTUAL_ENV")).map(PathBuf::from);
    let mut candidates = named.into_iter().chain(above).chain(active);
    candidates.find(|home| home.join("pyvenv.cfg").is_file()).map(|home| home.join("bin/python"))
}

/// Understands `#!/path/python`, `#!/usr/bin/env python`, and pip's way around a path that is too long for a `#!`.
fn from_shebang(program: &Path, folder: &Path, variables: &Variables) -> Option<PathBuf> {
    let mut start = Vec::new();
    std::fs::File::open(program).ok()?.take(1024).read_to_end(&mut start).ok()?;
    let mut lines = start.split(|byte| *byte == b'\n');
    let first = lines.next()?.strip_prefix(b"#!")?;
    let mut words = first.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let called = Path::new(OsStr::from_bytes(words.next()?)).to_owned();
    let called = match called.file_name()?.to_str()? {
        "env" => {
            let word = words.find(|word| !word.starts_with(b"-") && !word.contains(&b'='))?;
            find_program(OsStr::from_bytes(word), folder, variables)?
        }
        "sh" => {
            let rest = lines.next()?.strip_prefix(b"'''exec' ")?;
            let path = rest.split(|byte| *byte == b'"').find(|part| !part.is_empty())?;
            PathBuf::from(OsStr::from_bytes(path))
        }
        _ => called,
    };
    is_python(called.file_name()?.to_str()?).then_some(called)
}

fn from_virtual_environment(interpreter: &Path) -> Option<Python> {
    let home = interpreter.parent()?.parent()?;
    let config = std::fs::read_to_string(home.join("pyvenv.cfg")).ok()?;
    let settings: BTreeMap<&str, &str> = config
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key.trim(), value.trim()))
        .collect();
    // Packages of the base are visible too: only the interpreter knows where they are.
    if settings.get("include-system-site-packages").is_some_and(|value| *value != "false") {
        return None;
    }
    let version = settings.get("version").or(settings.get("version_info"))?;
    let version = version.split('.').take(3).collect::<Vec<_>>().join(".");
    let minor = version.rsplit_once('.').map_or(version.as_str(), |(minor, _)| minor);
    let folders =
        ["lib", "lib64"].map(|lib| home.join(lib).join(format!("python{minor}/site-packages")));
    let packages = packages(&folders);
    Some(Python { executable: interpreter.display().to_string(), version, packages })
}

fn ask(interpreter: &Path, folder: &Path, variables: &Variables) -> Option<Search> {
    let mut child = Command::new(interpreter)
        .args(["-c", QUESTION])
        .current_dir(folder)
        .env_clear()
        .envs(variables)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut stdout = child.stdout.take()?;
    let answer = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stdout.by_ref().take(1 << 20).read_to_end(&mut bytes);
        bytes
    });
    Some(Search::Asked { child, answer })
}

fn understand(answer: &[u8]) -> Option<Python> {
    let mut parts = answer.split(|byte| *byte == 0);
    let version = String::from_utf8(parts.next()?.to_owned()).ok().filter(|v| !v.is_empty())?;
    let executable = String::from_utf8_lossy(parts.next()?).into_owned();
    let folders: Vec<PathBuf> =
        parts.map(|part| PathBuf::from(OsString::from_vec(part.to_owned()))).collect();
    Some(Python { version, executable, packages: packages(&folders) })
}

/// Reads names and versions off the names of `*.dist-info` and `*.egg-info`; the first folder wins, as for `import`.
fn packages(folders: &[PathBuf]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for folder in folders {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for entry in entries.flatten() {
            if let Some((name, version)) = entry.file_name().to_str().and_then(distribution) {
                found.entry(name).or_insert(version);
            }
        }
    }
    found
}

fn distribution(entry: &str) -> Option<(String, String)> {
    let (name, version) = match entry.strip_suffix(".dist-info") {
        Some(stem) => stem.rsplit_once('-')?,
        None => {
            let (name, rest) = entry.strip_suffix(".egg-info")?.split_once('-')?;
            (name, rest.split("-py").next()?)
        }
    };
    // PEP 503: one project has one spelling.
    let mut normal = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '-' | '_' | '.' if normal.ends_with('-') => {}
            '-' | '_' | '.' => normal.push('-'),
            _ => normal.extend(c.to_lowercase()),
        }
    }
    Some((normal, version.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_have_one_spelling() {
        for (entry, name, version) in [
            ("scikit_learn-1.3.0.dist-info", "scikit-learn", "1.3.0"),
            ("PyYAML-6.0.1.dist-info", "pyyaml", "6.0.1"),
            ("zope.interface-5.0.dist-info", "zope-interface", "5.0"),
            ("old-1.2-py3.11.egg-info", "old", "1.2"),
        ] {
            assert_eq!(distribution(entry), Some((name.to_owned(), version.to_owned())));
        }
        assert_eq!(distribution("numpy"), None);
    }

    #[test]
    fn only_an_interpreter_is_python() {
        for name in ["python", "python3", "python3.11", "pypy3"] {
            assert!(is_python(name), "{name}");
        }
        for name in ["pythonic", "ipython", "sh", "uv"] {
            assert!(!is_python(name), "{name}");
        }
    }
}
