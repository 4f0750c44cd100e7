//! The processes of a container, as the `/proc` of this machine knows them.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::os::fd::AsFd as _;

use rustix::fs::{CWD, Mode, OFlags};

use super::cgroup::started;
use super::state::{Container, Life};
use super::{Error, user};

/// A process of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its number inside.
    pub pid: u32,
    /// Its number on this machine.
    pub host_pid: u32,
    /// The number of the process that made it, inside; 0 where that is outside.
    pub parent: u32,
    /// Inside.
    pub uid: u32,
    /// The name of that number inside, where it has one.
    pub user: Option<String>,
    /// Milliseconds since 1970.
    pub started: i64,
    /// Milliseconds of processor time.
    pub cpu: u64,
    /// Nothing for one whose memory is gone, or that never had arguments.
    pub args: Vec<String>,
    /// The short name of its program.
    pub name: String,
}

/// What `/proc/<pid>` says of a process in one line.
struct Stat {
    name: String,
    parent: u32,
    ticks: u64,
    started: u64,
}

impl Container {
    /// Returns its processes by their numbers inside, those that joined it and those they made among them.
    pub fn processes(&self) -> Result<Vec<Process>, Error> {
        let state = self.state();
        let first = state.facts.pid;
        let runs = matches!(state.life, Life::Running | Life::Paused);
        if !runs || started(first) != Some(state.pid_started) {
            return Err(Error::NotRunning(self.id().to_owned()));
        }
        let stats: HashMap<u32, Stat> =
            numbers().filter_map(|pid| Some((pid, stat(pid)?))).collect();
        let members = members(first, &stats);
        let (machine, users) = (Machine::look(first), users(first));
        let inside: HashMap<u32, (u32, u32)> =
            members.iter().filter_map(|pid| Some((*pid, status(*pid)?))).collect();
        let mut all: Vec<Process> = inside
            .iter()
            .map(|(host_pid, (pid, uid))| {
                let stat = &stats[host_pid];
                let uid = machine.inside(*uid);
                Process {
                    pid: *pid,
                    host_pid: *host_pid,
                    parent: inside.get(&stat.parent).map_or(0, |(pid, _)| *pid),
                    uid,
                    user: users.get(&uid).cloned(),
                    started: machine.moment(stat.started),
                    cpu: machine.milliseconds(stat.ticks),
                    args: arguments(*host_pid),
                    name: stat.name.clone(),
                }
            })
            .collect();
        all.sort_by_key(|process| (process.pid, process.host_pid));
        Ok(all)
    }
}

fn numbers() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program, in parentheses, may hold anything.
    let (head, rest) = text.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Stat {
        name: head.split_once('(')?.1.to_owned(),
        parent: u32::try_from(number(1)?).ok()?,
        ticks: number(11)? + number(12)?,
        started: number(19)?,
    })
}

/// Returns the first process, those in its namespace, and all that any of them made: these may have one of their own.
fn members(first: u32, stats: &HashMap<u32, Stat>) -> HashSet<u32> {
    let space = |pid: u32| fs::read_link(format!("/proc/{pid}/ns/pid")).ok();
    let own = space(first);
    let mut made: HashMap<u32, Vec<u32>> = HashMap::new();
    stats.iter().for_each(|(pid, stat)| made.entry(stat.parent).or_default().push(*pid));
    let is_in = |pid: u32| pid == first || (own.is_some() && space(pid) == own);
    let mut todo: Vec<u32> = stats.keys().copied().filter(|pid| is_in(*pid)).collect();
    let mut members = HashSet::new();
    while let Some(pid) = todo.pop() {
        if members.insert(pid) {
            todo.extend(made.get(&pid).into_iter().flatten());
        }
    }
    members
}

/// Returns the number of a process in the container, and its user.
fn status(pid: u32) -> Option<(u32, u32)> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
    let inside = field("NSpid:")?.split_whitespace().nth(1)?.parse().ok()?;
    Some((inside, field("Uid:")?.split_whitespace().next()?.parse().ok()?))
}

fn arguments(pid: u32) -> Vec<String> {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let line = bytes.strip_suffix(b"\0").unwrap_or(&bytes);
    if line.is_empty() {
        return vec![];
    }
    line.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned()).collect()
}

/// Returns the names of users inside, as what a stranger wrote.
fn users(first: u32) -> HashMap<u32, String> {
    let how = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = rustix::fs::openat(CWD, format!("/proc/{first}/root"), how, Mode::empty());
    root.map(|root| user::names(root.as_fd())).unwrap_or_default()
}

/// What numbers of the kernel mean.
struct Machine {
    /// When it was started, in milliseconds since 1970.
    boot: i64,
    /// In a second.
    ticks: u64,
    /// Of users: first inside, first outside, how many.
    map: Vec<(u32, u32, u32)>,
}

impl Machine {
    fn look(first: u32) -> Self {
        let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
        let boot = stat.lines().find_map(|line| line.strip_prefix("btime ")?.parse::<i64>().ok());
        let map = fs::read_to_string(format!("/proc/{first}/uid_map")).unwrap_or_default();
        let range = |line: &str| {
            let mut numbers = line.split_whitespace().map(|word| word.parse().ok());
            Some((numbers.next()??, numbers.next()??, numbers.next()??))
        };
        Self {
            boot: boot.unwrap_or(0).saturating_mul(1000),
            ticks: rustix::param::clock_ticks_per_second().max(1),
            map: map.lines().filter_map(range).collect(),
        }
    }

    fn milliseconds(&self, ticks: u64) -> u64 {
        ticks.saturating_mul(1000) / self.ticks
    }

    fn moment(&self, ticks: u64) -> i64 {
        self.boot.saturating_add(i64::try_from(self.milliseconds(ticks)).unwrap_or(0))
    }

    /// Returns what a user is called inside who has this number here.
    fn inside(&self, uid: u32) -> u32 {
        let found = self.map.iter().find_map(|(inside, outside, count)| {
            let offset = uid.checked_sub(*outside).filter(|offset| offset < count)?;
            inside.checked_add(offset)
        });
        found.unwrap_or(uid)
    }
}
