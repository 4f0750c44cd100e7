//! A worker that sees nothing of this machine but its interpreter, its packages and the model, and has no network.
//!
//! ```text
//! worker ── a socket in a folder of its own ──┐
//!    └─ runs ─► program SANDBOX {Cage} ─► container: the interpreter connects to it from within
//! ```
//!
//! What is shown is told here. The container is made by the program that is named, which ends it once its standard
//! input is closed: this room knows no containers.

use std::fs::{self, Permissions};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use super::Launch;
use crate::base::fs as files;
use crate::model::score::worker::{Begun, Door, Error, Link};

/// The hidden command of the program that makes the container; what follows it is a [`Cage`] in JSON.
pub const SANDBOX: &str = "__sandbox";

/// What a container for a worker is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cage {
    /// A folder that holds links at most, and becomes `/`.
    pub root: PathBuf,
    /// The program and its arguments.
    pub args: Vec<String>,
    /// `NAME=value`.
    pub env: Vec<String>,
    /// What of this machine can be read, and where it is seen.
    pub shown: Vec<(PathBuf, String)>,
    /// How much memory of its own a process may have, in bytes.
    pub memory: Option<u64>,
}

/// Where the model, and the socket, are seen.
const MODEL: &str = "/model";
const TALK: &str = "/run/mls";

/// What programs are linked with, wherever their interpreter lies; of `/usr` only what holds code.
const SYSTEM: [&str; 12] = [
    "/usr/bin",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/libexec",
    "/usr/share/zoneinfo",
    "/bin",
    "/lib",
    "/lib32",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/alternatives",
];

/// Tells where an interpreter and its packages lie; asked as workers run it, since packages may come by its environment.
const LOOK: &str = "import json, os, sys
print(json.dumps({
    'program': sys.executable,
    'places': [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, os.path.realpath(sys.executable)],
    'path': [path for path in sys.path if path.startswith('/') and os.path.exists(path)],
}))";

#[derive(Debug, Deserialize)]
struct Interpreter {
    program: String,
    places: Vec<PathBuf>,
    path: Vec<String>,
}

/// Starts the program that makes the container.
pub(super) fn start(launch: &Launch, program: &Path) -> Result<Begun, Error> {
    let io = |action| move |source| Error::Io { action, source };
    let within = launch.model.parent().unwrap_or(&launch.model);
    let folder = tempfile::Builder::new().prefix("box-").tempdir_in(within);
    let folder = folder.map_err(io("make a folder for a worker"))?;
    // The worker is somebody else, and may have been unpacked for its owner alone. Nobody but it is led there.
    files::let_all_read(&launch.model).map_err(io("let a worker read the model"))?;
    let cage = cage(launch, folder.path())?;
    let cage = serde_json::to_string(&cage).map_err(|_| Error::Hidden("a path is no text"))?;
    let (door, theirs) = Door::within(folder).map_err(io("make a socket"))?;
    let child = Command::new(program)
        .args([SANDBOX, &cage])
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(io("start a worker"))?;
    Ok(Begun { child, link: Link::Door(door) })
}

fn cage(launch: &Launch, folder: &Path) -> Result<Cage, Error> {
    let io = |action| move |source| Error::Io { action, source };
    let interpreter = look(&launch.python)?;
    let root = folder.join("root");
    fs::create_dir(&root).map_err(io("make a folder for a worker"))?;
    fs::set_permissions(&root, Permissions::from_mode(0o755))
        .map_err(io("make a folder for a worker"))?;
    let mut shown = vec![];
    for path in SYSTEM.map(Path::new) {
        // Where `/lib` leads to `/usr/lib`, it does so inside.
        match fs::read_link(path) {
            Ok(target) => {
                let own = root.join(path.strip_prefix("/").unwrap_or(path));
                symlink(target, own).map_err(io("make a folder for a worker"))?;
            }
            Err(_) if path.exists() => shown.push((path.to_owned(), text(path)?)),
            Err(_) => {}
        }
    }
    for place in places(&interpreter, folder) {
        shown.push((place.clone(), text(&place)?));
    }
    shown.push((launch.model.clone(), MODEL.to_owned()));
    shown.push((folder.join("talk"), TALK.to_owned()));
    let kind = launch.kind.word();
    let socket = format!("{TALK}/worker");
    let args = ["-u", "-c", super::launch::PROGRAM, kind, MODEL, &socket].map(str::to_owned);
    let path = interpreter.path.join(":");
    let env = [
        "PATH=/usr/bin:/bin",
        "HOME=/tmp",
        "USER=worker",
        "LOGNAME=worker",
        "LANG=C.UTF-8",
        "PYTHONDONTWRITEBYTECODE=1",
        &format!("PYTHONPATH={path}"),
    ];
    Ok(Cage {
        root,
        args: [interpreter.program].into_iter().chain(args).collect(),
        env: env.map(str::to_owned).to_vec(),
        shown,
        memory: launch.bounds.memory,
    })
}

fn text(path: &Path) -> Result<String, Error> {
    path.to_str().map(str::to_owned).ok_or(Error::Hidden("a path is no text"))
}

/// Returns where the interpreter and its packages lie, but for what the system holds anyway and what is below another.
fn places(interpreter: &Interpreter, folder: &Path) -> Vec<PathBuf> {
    let paths = interpreter.path.iter().map(PathBuf::from);
    let mut all: Vec<PathBuf> = interpreter.places.iter().cloned().chain(paths).collect();
    all.sort_unstable();
    let mut kept: Vec<PathBuf> = vec![];
    for place in all {
        let is_system = SYSTEM.iter().any(|known| place.starts_with(known));
        // A folder of packages that holds the store would show all that is in it.
        let is_whole = place == Path::new("/usr") || folder.starts_with(&place);
        let is_known = kept.iter().any(|known| place.starts_with(known));
        if !is_system && !is_whole && !is_known && place.is_absolute() && place.exists() {
            kept.push(place);
        }
    }
    kept
}

fn look(python: &Path) -> Result<Interpreter, Error> {
    let missing = || Error::NoProgram(python.display().to_string());
    let said = Command::new(python).args(["-c", LOOK]).stdin(Stdio::null()).output();
    let said = said.map_err(|_| missing())?;
    serde_json::from_slice(&said.stdout).map_err(|_| missing())
}
