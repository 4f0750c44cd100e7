//! The helper: makes the control group, starts the container's first process, waits for it and tidies up.
//!
//! It lives as long as the container. When the caller goes away, its end of the socket closes and the helper ends the
//! container; when the helper is killed, the kernel kills the container's first process, and with that one all others.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;

use rustix::event::{PollFd, PollFlags};
use rustix::fs::{self, CWD, MemfdFlags, Mode, OFlags, SeekFrom};
use rustix::process::{self, Pid, PidfdFlags, Signal, WaitId, WaitIdOptions};
use rustix::thread::UnshareFlags;

use super::beneath::{self, Made};
use super::cgroup::{self, Groups};
use super::failure::{During as _, Failure, Outcome};
use super::network::{self, Attached};
use super::process as first;
use super::streams::Streams;
use super::wire::{self, Report, Step};
use super::{Exit, Spec, Started, Status, capability, sys};

/// The most bytes a host name has.
const HOSTNAME: usize = 64;

/// What the program does when it is called as [`super::HELPER`]. Must be the first thing it does: no thread may have been
/// started.
pub fn serve_helper() -> ExitCode {
    let Ok(socket) = rustix::stdio::stdin().try_clone_to_owned() else { return ExitCode::FAILURE };
    let mut socket = UnixStream::from(socket);
    let Ok(Some(spec)) = wire::receive::<Spec>(&mut socket) else { return ExitCode::FAILURE };
    let report = match serve(&spec, &mut socket) {
        Ok(Some(exit)) => Report::Ended(exit),
        Ok(None) => return ExitCode::FAILURE,
        Err(failure) => Report::Failed(failure),
    };
    match wire::send(&mut socket, &report) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Closes what a process has inherited beyond its three streams. Must be the first thing it does: whatever it has opened
/// by then is closed too.
pub fn close_inherited() {
    let _ = sys::close_all_but(&[]);
}

/// Returns how the command ended; nothing in the first process, where it has not become the command.
fn serve(spec: &Spec, socket: &mut UnixStream) -> Outcome<Option<Exit>> {
    validate(spec)?;
    let rootless = !maps_everybody();
    let input = input(&spec.stdin).during("keep the input")?;
    let (from_first, to_helper) = io::pipe().during("make a pipe")?;
    let mut groups = Groups::create(&spec.limits, spec.accounted)?;
    groups.forbid(&spec.devices).inspect_err(|_| groups.remove())?;
    let mut network = Attached::create(spec, rootless).inspect_err(|_| groups.remove())?;
    let started = sys::unshare(UnshareFlags::NEWPID).and_then(|()| sys::fork());
    let first = match started {
        Ok(Some(first)) => first,
        Ok(None) => {
            drop(from_first);
            let streams = Streams::Pipes { input: input.map(OwnedFd::from), output: None };
            let group = (&groups, &network);
            first::begin(&network.told(spec), rootless, group, streams, to_helper);
            return Ok(None);
        }
        Err(error) => {
            network.remove();
            groups.remove();
            return Err(Failure::start("make a process", &error));
        }
    };
    drop(to_helper);
    let facts = facts(first, &groups, &network);
    let ended = Watch { first, from_first: Some(from_first), made: vec![], failed: None, facts }
        .finish(spec, socket, &groups);
    network.remove();
    groups.remove();
    ended.map(Some)
}

/// Returns what is to be known of the container once its command runs.
pub(super) fn facts(first: Pid, groups: &Groups, network: &Attached) -> Started {
    Started {
        pid: first.as_raw_nonzero().get().unsigned_abs(),
        address: network.address,
        ports: network.ports.clone(),
        groups: groups.clone(),
        notes: network.notes.clone(),
    }
}

pub(super) fn validate(spec: &Spec) -> Outcome<()> {
    let refused = |what: String| Err(Failure::Invalid(what));
    if spec.args.first().is_none_or(String::is_empty) {
        return refused("no command is given".to_owned());
    }
    if let Some(why) = cgroup::refuse(&spec.limits) {
        return refused(why);
    }
    network::validate(spec)?;
    let named = spec.hostname.is_empty() || is_host_name(&spec.hostname);
    if spec.hostname.len() > HOSTNAME || !named {
        return refused(format!("`{}` is no host name", spec.hostname.escape_debug()));
    }
    let targets = spec.mounts.iter().map(|mount| mount.target.as_str());
    let folder = Some(spec.cwd.as_str()).filter(|cwd| !cwd.is_empty());
    if let Some(path) = targets.chain(folder).find(|path| !path.starts_with('/')) {
        return refused(format!("`{}` is not an absolute path", path.escape_debug()));
    }
    let names = spec.hosts.iter().map(|(name, _)| name).chain(&spec.host_names);
    if let Some(name) = names.into_iter().find(|name| !is_host_name(name)) {
        return refused(format!("`{}` is no host name", name.escape_debug()));
    }
    let numbers = [&spec.user.uid, &spec.user.gid].into_iter().chain(&spec.user.groups);
    if numbers.into_iter().any(|number| *number == u32::MAX) {
        return refused(format!("`{}` is no number of a user or group", u32::MAX));
    }
    capability::wanted(&spec.security)?;
    Ok(())
}

fn is_host_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '#')
}

/// Tells whether this process knows all users of the machine, and not only those of a user namespace.
pub(super) fn maps_everybody() -> bool {
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    map.split_whitespace().eq(["0", "0", "4294967295"])
}

/// Returns a file in memory with what the command is to read.
fn input(bytes: &[u8]) -> io::Result<Option<File>> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let mut file = File::from(fs::memfd_create("input", MemfdFlags::CLOEXEC)?);
    file.write_all(bytes)?;
    fs::seek(&file, SeekFrom::Start(0))?;
    Ok(Some(file))
}

/// The first process, and what has been heard of it.
struct Watch {
    first: Pid,
    from_first: Option<io::PipeReader>,
    made: Vec<Made>,
    failed: Option<Failure>,
    facts: Started,
}

impl Watch {
    fn finish(mut self, spec: &Spec, socket: &mut UnixStream, group: &Groups) -> Outcome<Exit> {
        let first =
            process::pidfd_open(self.first, PidfdFlags::empty()).during("follow the process")?;
        let root = fs::open(&spec.root, OFlags::PATH | OFlags::CLOEXEC, Mode::empty());
        // Whoever reads the output waits for the last end of the pipe to be closed.
        let quiet = silence();
        let watched = quiet.and_then(|()| self.watch(&first, socket));
        if watched.is_err() {
            let _ = process::pidfd_send_signal(&first, Signal::KILL);
        }
        let status = wait(&first).during("wait for the command");
        while self.from_first.is_some() {
            self.hear(socket);
        }
        if let Ok(root) = root {
            beneath::unmake(root, &self.made);
        }
        watched.during("watch the command")?;
        match self.failed {
            Some(failure) => Err(failure),
            None => Ok(Exit { status: status?, out_of_memory: group.out_of_memory() }),
        }
    }

    /// Returns when the first process has ended; kills it when the caller is gone.
    fn watch(&mut self, first: &OwnedFd, socket: &mut UnixStream) -> io::Result<()> {
        let mut wanted = true;
        loop {
            let mut polled = vec![PollFd::new(first, PollFlags::IN)];
            if wanted {
                polled.push(PollFd::new(&*socket, PollFlags::IN | PollFlags::RDHUP));
            }
            if let Some(pipe) = &self.from_first {
                polled.push(PollFd::new(pipe, PollFlags::IN));
            }
            match rustix::event::poll(&mut polled, None) {
                Err(rustix::io::Errno::INTR) => continue,
                done => done?,
            };
            let told: Vec<bool> = polled.iter().map(|one| !one.revents().is_empty()).collect();
            if told[0] {
                return Ok(());
            }
            if wanted && told[1] {
                wanted = false;
                process::pidfd_send_signal(first, Signal::KILL)?;
            } else if told.last() == Some(&true) && self.from_first.is_some() {
                self.hear(socket);
            }
        }
    }

    /// Takes one message from the first process; it closes the pipe by becoming the command, or by ending.
    fn hear(&mut self, socket: &mut UnixStream) {
        let Some(pipe) = &mut self.from_first else { return };
        match wire::receive(pipe) {
            Ok(Some(Step::Made(made))) => self.made = made,
            Ok(Some(Step::Failed(failure))) => self.failed = Some(failure),
            Ok(None) | Err(_) => {
                self.from_first = None;
                if self.failed.is_none() {
                    // A caller that is gone closes the socket, which is seen by itself.
                    let _ = wire::send(socket, &Report::Started(self.facts.clone()));
                }
            }
        }
    }
}

fn silence() -> io::Result<()> {
    let null = fs::openat(CWD, "/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?;
    rustix::stdio::dup2_stdout(&null)?;
    Ok(rustix::stdio::dup2_stderr(&null)?)
}

fn wait(first: &OwnedFd) -> io::Result<Status> {
    loop {
        match process::waitid(WaitId::PidFd(first.as_fd()), WaitIdOptions::EXITED) {
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
            Ok(None) => return Err(io::ErrorKind::NotFound.into()),
            Ok(Some(status)) => {
                let signal = status.terminating_signal().map(Status::Signal);
                let code = Status::Code(status.exit_status().unwrap_or_default());
                return Ok(signal.unwrap_or(code));
            }
        }
    }
}
