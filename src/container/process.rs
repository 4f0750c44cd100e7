//! The container's first process, from the moment it is born to the moment it becomes the command.

use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd};
use std::path::Path;
use std::str::FromStr as _;

use rustix::fs::{self, CWD, Mode, OFlags};
use rustix::net::{AddressFamily, SocketType};
use rustix::process::{self, Resource, Rlimit, Signal};
use rustix::thread::{self, Gid, ThreadNameSpaceType, Uid, UnshareFlags};

use super::beneath::{self, Kind};
use super::cgroup::Groups;
use super::failure::{During as _, Failure, Outcome};
use super::network::Attached;
use super::streams::Streams;
use super::talk::{Exec, ExecUser};
use super::wire::{self, Step};
use super::{Network, Spec, User, capability, init, program, rootfs, seccomp, sys, user};

/// Where programs are where nobody says.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Becomes the command, or says why not. `report` is closed when it has become it.
pub(super) fn begin(
    spec: &Spec,
    rootless: bool,
    (groups, network): (&Groups, &Attached),
    streams: Streams,
    mut report: io::PipeWriter,
) -> Failure {
    match prepare(spec, rootless, (groups, network), streams, &mut report) {
        Ok(ready) if spec.init => match init::split() {
            Ok(init::Half::Command) => ready.execute(&spec.args[0]),
            Ok(init::Half::Init(command)) => init::serve(command),
            Err(error) => Failure::start("make a process", &error),
        },
        Ok(ready) => ready.execute(&spec.args[0]),
        Err(failure) => failure,
    }
    .sent(&mut report)
}

/// Becomes another command in the container whose first process is `first`, or says why not.
pub(super) fn join(
    spec: &Spec,
    exec: &Exec,
    rootless: bool,
    groups: &Groups,
    first: BorrowedFd<'_>,
    streams: Streams,
    mut report: io::PipeWriter,
) -> Failure {
    match prepare_join(spec, exec, rootless, (groups, first), streams, &mut report) {
        Ok(ready) => ready.execute(&exec.args[0]),
        Err(failure) => failure,
    }
    .sent(&mut report)
}

fn prepare_join(
    spec: &Spec,
    exec: &Exec,
    rootless: bool,
    (groups, first): (&Groups, BorrowedFd<'_>),
    streams: Streams,
    report: &mut io::PipeWriter,
) -> Outcome<Ready> {
    die_with_parent(report)?;
    sys::reset_signals().during("reset signals")?;
    process::setsid().during("begin a session")?;
    groups.enter()?;
    let spaces = ThreadNameSpaceType::MOUNT
        | ThreadNameSpaceType::HOST_NAME_AND_NIS_DOMAIN_NAME
        | ThreadNameSpaceType::INTER_PROCESS_COMMUNICATION
        | ThreadNameSpaceType::NETWORK
        | ThreadNameSpaceType::CONTROL_GROUP;
    thread::move_into_thread_name_spaces(first, spaces).during("enter the container")?;
    let _ = sys::join_new_keyring(); // A kernel may have no keys at all.
    process::umask(Mode::from_raw_mode(0o022));
    let spec = exec.over(spec)?;
    let home = enter_folder(&spec)?;
    streams.install(&spec.user, false)?;
    limits(&spec)?;
    let ready = arguments(&spec, home)?;
    drop_rights(&spec, rootless)?;
    die_with_parent(report)?; // The change of user has undone it.
    sys::close_on_exec(3).during("close descriptors")?;
    Ok(ready)
}

impl Exec {
    /// Returns what is to be run in the container of `spec`, which is this process's own by now.
    fn over(&self, spec: &Spec) -> Outcome<Spec> {
        let mut all = spec.clone();
        all.args = self.args.clone();
        let name = |line: &str| line.split('=').next().unwrap_or_default().to_owned();
        let given: Vec<String> = self.env.iter().map(|line| name(line)).collect();
        all.env.retain(|line| !given.contains(&name(line)));
        all.env.extend(self.env.iter().cloned());
        all.cwd = self.cwd.clone().unwrap_or(all.cwd);
        match &self.user {
            ExecUser::Same => {}
            ExecUser::Number(user) => all.user = user.clone(),
            ExecUser::Text(text) => all.user = User::find(Path::new("/"), text)?.user,
        }
        all.security.privileged |= self.privileged;
        Ok(all)
    }
}

impl Failure {
    fn sent(self, report: &mut io::PipeWriter) -> Self {
        // Nobody is left to hear it where this fails.
        let _ = wire::send(report, &Step::Failed(self.clone()));
        self
    }
}

struct Ready {
    args: Vec<CString>,
    env: Vec<CString>,
    path: String,
}

impl Ready {
    fn execute(self, name: &str) -> Failure {
        program::execute(&self.args, &self.env, name, &self.path)
    }
}

fn prepare(
    spec: &Spec,
    rootless: bool,
    (groups, network): (&Groups, &Attached),
    streams: Streams,
    report: &mut io::PipeWriter,
) -> Outcome<Ready> {
    die_with_parent(report)?;
    sys::reset_signals().during("reset signals")?;
    process::setsid().during("begin a session")?;
    process::umask(Mode::empty());
    groups.enter()?;
    namespaces(spec, network)?;
    let _ = sys::join_new_keyring(); // A kernel may have no keys at all.
    let made = rootfs::enter(spec, rootless, groups)?;
    wire::send(report, &Step::Made(made)).during("tell what was made")?;
    process::umask(Mode::from_raw_mode(0o022));
    let home = enter_folder(spec)?;
    streams.install(&spec.user, true)?;
    limits(spec)?;
    let ready = arguments(spec, home)?;
    drop_rights(spec, rootless)?;
    die_with_parent(report)?; // The change of user has undone it.
    sys::close_on_exec(3).during("close descriptors")?;
    Ok(ready)
}

/// Has the kernel kill this process when the helper dies, and with it all others of its namespace.
fn die_with_parent(report: &io::PipeWriter) -> Outcome<()> {
    process::set_parent_process_death_signal(Some(Signal::KILL)).during("follow the helper")?;
    // It may have died before that; then nobody reads.
    let mut polled = [rustix::event::PollFd::new(report, rustix::event::PollFlags::empty())];
    let now = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
    rustix::event::poll(&mut polled, Some(&now)).during("look for the helper")?;
    match polled[0].revents().contains(rustix::event::PollFlags::ERR) {
        true => Err(Failure::start("find the helper", &io::ErrorKind::BrokenPipe.into())),
        false => Ok(()),
    }
}

fn namespaces(spec: &Spec, network: &Attached) -> Outcome<()> {
    network.enter()?;
    let mut flags = UnshareFlags::NEWNS | UnshareFlags::NEWUTS | UnshareFlags::NEWCGROUP;
    if !spec.host_ipc {
        flags |= UnshareFlags::NEWIPC;
    }
    let alone = spec.network == Network::None && !network.is_made();
    if alone {
        flags |= UnshareFlags::NEWNET;
    }
    sys::unshare(flags).during("make namespaces")?;
    rustix::system::sethostname(spec.hostname.as_bytes()).during("set the host name")?;
    if alone {
        let socket = rustix::net::socket(AddressFamily::INET, SocketType::DGRAM, None);
        socket
            .map_err(io::Error::from)
            .and_then(|socket| sys::loopback_up(socket.as_fd()))
            .during("turn the loopback on")?;
    }
    Ok(())
}

/// Changes to the folder of the command; returns the home of its user.
fn enter_folder(spec: &Spec) -> Outcome<String> {
    let how = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = fs::openat(CWD, "/", how, Mode::empty()).during("open the root")?;
    let cwd = if spec.cwd.is_empty() { "/" } else { &spec.cwd };
    // No link of `/proc` to what a process has open is followed: such a folder may be the host's.
    let place = beneath::ensure(root.as_fd(), cwd, Kind::Folder, &mut vec![])
        .during_with("open the working folder", &cwd)?;
    process::fchdir(place).during_with("enter the working folder", &cwd)?;
    let inside = process::getcwd(vec![]).during_with("find the working folder", &cwd)?;
    if !inside.as_bytes().starts_with(b"/") {
        return Err(Failure::Invalid(format!("`{cwd}` is not inside the container")));
    }
    Ok(user::home(root, spec.user.uid).unwrap_or_else(|| "/".to_owned()))
}

/// Sets what was asked for, lowered to what this process has: to raise it is not for us to do.
fn limits(spec: &Spec) -> Outcome<()> {
    for (name, soft, hard) in &spec.limits.resources {
        let resource = resource(name)?;
        let most = process::getrlimit(resource).maximum.unwrap_or(u64::MAX);
        let hard = *hard.min(&most);
        let soft = *soft.min(&hard);
        let limit = |value: u64| (value != u64::MAX).then_some(value);
        let new = Rlimit { current: limit(soft), maximum: limit(hard) };
        process::setrlimit(resource, new).during_with("set the limit", name)?;
    }
    match spec.limits.out_of_memory_score {
        Some(score) => out_of_memory_score(score),
        None => Ok(()),
    }
}

/// Through `/proc` of the container: it is the process's own there.
fn out_of_memory_score(score: i32) -> Outcome<()> {
    let file = fs::openat(
        CWD,
        "/proc/self/oom_score_adj",
        OFlags::WRONLY | OFlags::CLOEXEC,
        Mode::empty(),
    );
    let done = file.and_then(|file| rustix::io::write(file, score.to_string().as_bytes()));
    done.map(drop).map_err(|error| Failure::Unsupported {
        what: format!("a score of {score} for want of memory"),
        why: io::Error::from(error).to_string(),
    })
}

fn resource(name: &str) -> Outcome<Resource> {
    Ok(match name {
        "as" => Resource::As,
        "core" => Resource::Core,
        "cpu" => Resource::Cpu,
        "data" => Resource::Data,
        "fsize" => Resource::Fsize,
        "locks" => Resource::Locks,
        "memlock" => Resource::Memlock,
        "msgqueue" => Resource::Msgqueue,
        "nice" => Resource::Nice,
        "nofile" => Resource::Nofile,
        "nproc" => Resource::Nproc,
        "rss" => Resource::Rss,
        "rtprio" => Resource::Rtprio,
        "rttime" => Resource::Rttime,
        "sigpending" => Resource::Sigpending,
        "stack" => Resource::Stack,
        _ => return Err(Failure::Invalid(format!("no limit `{}`", name.escape_debug()))),
    })
}

fn arguments(spec: &Spec, home: String) -> Outcome<Ready> {
    let args = program::strings("an argument", spec.args.iter().map(String::as_str))?;
    let mut env = program::strings("a variable", spec.env.iter().map(String::as_str))?;
    if program::variable(spec, "HOME").is_none_or(str::is_empty) {
        env.retain(|variable| variable.as_bytes() != b"HOME=");
        env.extend(CString::from_str(&format!("HOME={home}")));
    }
    let path = program::variable(spec, "PATH").unwrap_or(PATH).to_owned();
    Ok(Ready { args, env, path })
}

/// Gives up everything that the command is not to have. The filter comes first: without a ban on new privileges, only one
/// who may administer the system may install it.
fn drop_rights(spec: &Spec, rootless: bool) -> Outcome<()> {
    let security = &spec.security;
    let wanted = capability::wanted(security)?;
    if security.no_new_privileges || (rootless && !security.privileged) {
        thread::set_no_new_privs(true).during("forbid new privileges")?;
    }
    if !security.privileged && !security.unfiltered {
        let filter = match &security.profile {
            Some(text) => seccomp::filter_of(text, wanted)?,
            None => seccomp::filter(wanted),
        };
        sys::install_filter(&filter).during("filter system calls")?;
    }
    capability::bound(wanted).during("give up rights for good")?;
    let groups: Vec<Gid> = spec.user.groups.iter().copied().map(Gid::from_raw).collect();
    let (uid, gid) = (Uid::from_raw(spec.user.uid), Gid::from_raw(spec.user.gid));
    match thread::set_thread_groups(&groups) {
        // A user namespace of a single user has no other groups to set.
        Err(rustix::io::Errno::PERM) if rootless => {}
        done => done.during("set the groups")?,
    }
    thread::set_thread_res_gid(gid, gid, gid).during_with("become the group", &spec.user.gid)?;
    thread::set_thread_res_uid(uid, uid, uid).during_with("become the user", &spec.user.uid)?;
    capability::keep(wanted, spec.user.uid == 0).during("give up rights")
}
