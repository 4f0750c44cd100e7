//! Takes the program to where it may mount: for root a mount namespace, for others a user namespace, too.
//!
//! ```text
//! root        mounts of its own, so that none is left when the program is killed
//! others      the same, as root of a user namespace: themselves as 0, and from 1 on the range that /etc/subuid gives them;
//!             without a range, or without newuidmap, themselves alone
//! ```

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use rustix::mount::MountPropagationFlags;
use rustix::process::{self, WaitOptions};
use rustix::thread::{self, Gid, Uid, UnshareFlags};

use super::{Error, capability, sys};

/// Takes this process to where it may mount. See the head of this file.
///
/// Must be called before the first thread starts. Mounts that the host makes later are still seen here.
pub fn enter_namespace() -> Result<(), Error> {
    if capability::may_mount() {
        sys::unshare(UnshareFlags::NEWNS).map_err(refused)?;
    } else {
        become_root().map_err(refused)?;
    }
    let receiving = MountPropagationFlags::DOWNSTREAM | MountPropagationFlags::REC;
    rustix::mount::mount_change("/", receiving).map_err(|error| refused(error.into()))
}

fn refused(error: io::Error) -> Error {
    let what = match capability::may_mount() {
        true => "mounts of its own",
        false => "a user namespace",
    };
    Error::Unsupported { what: what.to_owned(), why: error.to_string() }
}

/// Makes a user namespace with this process as its root.
///
/// A child stays behind in the old one: only from there may the helpers of the system write more than one user into it.
fn become_root() -> io::Result<()> {
    let (uid, gid) = (process::getuid().as_raw(), process::getgid().as_raw());
    let pid = std::process::id();
    let (mut ready, mut go) = io::pipe()?;
    let mapper = sys::fork()?;
    let Some(mapper) = mapper else {
        drop(go);
        let asked = ready.read_exact(&mut [0]).is_ok();
        let done = asked && map_many(pid, uid, gid).is_some();
        leave(done);
    };
    drop(ready);
    let entered = sys::unshare(UnshareFlags::NEWUSER | UnshareFlags::NEWNS);
    if entered.is_ok() {
        go.write_all(&[1])?;
    }
    drop(go);
    let many = process::waitpid(Some(mapper), WaitOptions::empty())?
        .is_some_and(|(_, status)| status.exit_status() == Some(0));
    entered?;
    if !many {
        map_one(uid, gid)?;
    }
    if many {
        thread::set_thread_groups(&[])?;
    }
    thread::set_thread_res_gid(Gid::ROOT, Gid::ROOT, Gid::ROOT)?;
    Ok(thread::set_thread_res_uid(Uid::ROOT, Uid::ROOT, Uid::ROOT)?)
}

#[expect(clippy::exit, reason = "a copy of the program that has done all it is for")]
fn leave(done: bool) -> ! {
    std::process::exit(i32::from(!done))
}

/// Writes this user and the ranges that are its own into the namespace of `pid`.
fn map_many(pid: u32, uid: u32, gid: u32) -> Option<()> {
    let name = user_name(uid);
    let users = range("/etc/subuid", uid, name.as_deref())?;
    let groups = range("/etc/subgid", uid, name.as_deref())?;
    let map = |program: &str, own: u32, (start, count): (u32, u32)| {
        let numbers = [pid, 0, own, 1, 1, start, count].map(|number| number.to_string());
        let silent = Stdio::null;
        let mut mapper = Command::new(program);
        mapper.args(numbers).stdin(silent()).stdout(silent()).stderr(silent());
        mapper.status().ok().filter(ExitStatus::success).map(drop)
    };
    map("newgidmap", gid, groups)?;
    map("newuidmap", uid, users)
}

/// Writes this user alone into the namespace this process is in.
fn map_one(uid: u32, gid: u32) -> io::Result<()> {
    let write = |path: &str, text: &str| -> io::Result<()> {
        fs::OpenOptions::new().write(true).open(path)?.write_all(text.as_bytes())
    };
    write("/proc/self/setgroups", "deny")?;
    write("/proc/self/gid_map", &format!("0 {gid} 1"))?;
    write("/proc/self/uid_map", &format!("0 {uid} 1"))
}

fn user_name(uid: u32) -> Option<String> {
    let text = fs::read_to_string("/etc/passwd").ok()?;
    let line = text.lines().find(|line| line.split(':').nth(2) == Some(&uid.to_string()))?;
    line.split(':').next().map(str::to_owned)
}

/// Returns the first range of numbers that a file of the system gives to this user.
pub(super) fn range(file: impl AsRef<Path>, uid: u32, name: Option<&str>) -> Option<(u32, u32)> {
    let text = fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| {
        let mut parts = line.trim().split(':');
        let owner = parts.next()?;
        let own = owner == uid.to_string() || name == Some(owner);
        let range = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        own.then_some(range)
    })
}
