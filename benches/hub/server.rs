//! The servers, started and stopped, and what they cost by the kernel's accounts.

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::load::until_answered;
use crate::measure;

pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) address: String,
    /// Seconds from the start of the program to its first answer.
    pub(crate) start: f64,
    child: Child,
}

/// CPU seconds and resident bytes of all processes of a server.
#[derive(Clone, Copy, Default)]
pub(crate) struct Usage {
    pub(crate) cpu: f64,
    pub(crate) memory: f64,
}

impl Server {
    /// Starts `mls hub` over the store in `folder`, which is made where it is not there.
    pub(crate) fn mls(folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        let mls = &measure::program();
        let made = Command::new(mls).arg("init").current_dir(folder).output().unwrap();
        assert!(made.status.success());
        let port = free_port();
        let mut command = on_one_core(mls);
        command.args(["hub", "--port", &port.to_string()]).current_dir(folder);
        Self::start("mls", command, port, Duration::from_secs(20))
    }

    /// Starts `mlflow server` with SQLite and one worker; none where MLflow is not installed.
    pub(crate) fn mlflow(folder: &Path) -> Option<Self> {
        let mlflow = mlflow()?;
        fs::create_dir_all(folder).unwrap();
        let port = free_port();
        let mut command = on_one_core(mlflow.to_str().unwrap());
        command
            .args(["server", "--workers", "1", "--host", "127.0.0.1", "--port", &port.to_string()])
            .arg("--backend-store-uri")
            .arg(format!("sqlite:///{}", folder.join("mlflow.db").display()))
            .arg("--artifacts-destination")
            .arg(folder.join("artifacts"))
            .current_dir(folder)
            .env("MLFLOW_DISABLE_TELEMETRY", "true");
        Some(Self::start("mlflow", command, port, Duration::from_secs(180)))
    }

    /// Starts a server that tells at `/health` of `port` that it is ready.
    pub(crate) fn start(
        name: &'static str,
        command: Command,
        port: u16,
        patience: Duration,
    ) -> Self {
        Self::start_at(name, command, port, "/health", patience)
    }

    /// As [`Self::start`], for one that tells it elsewhere.
    pub(crate) fn start_at(
        name: &'static str,
        mut command: Command,
        port: u16,
        path: &str,
        patience: Duration,
    ) -> Self {
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let address = format!("127.0.0.1:{port}");
        let start = until_answered(&address, path, patience).as_secs_f64();
        Self { name, address, start, child }
    }

    pub(crate) fn usage(&self) -> Usage {
        let mut usage = Usage::default();
        for pid in family(self.child.id()) {
            usage.cpu += cpu(pid).unwrap_or(0.0);
            usage.memory += resident(pid).unwrap_or(0.0);
        }
        usage
    }

    /// Returns the CPU seconds that the server spends during `work`, and what `work` returns.
    pub(crate) fn cpu_of<T>(&self, work: impl FnOnce() -> T) -> (f64, T) {
        let before = self.usage().cpu;
        let value = work();
        (self.usage().cpu - before, value)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for pid in family(self.child.id()) {
            let _ = Command::new("kill").arg(pid.to_string()).stderr(Stdio::null()).status();
        }
        let _ = self.child.wait();
    }
}

fn mlflow() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("MLS_BENCH_MLFLOW") {
        return Some(PathBuf::from(named));
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("mlflow")).find(|file| file.exists())
}

pub(crate) fn on_one_core(program: &str) -> Command {
    match Command::new("taskset").arg("--version").output() {
        Ok(_) => {
            let mut command = Command::new("taskset");
            command.args(["-c", "0", program]);
            command
        }
        Err(_) => Command::new(program),
    }
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A process and all that come from it.
fn family(root: u32) -> BTreeSet<u32> {
    let mut parents = vec![];
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        if let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) {
            parents.extend(field(pid, 1).map(|parent| (pid, parent as u32)));
        }
    }
    let mut family = BTreeSet::from([root]);
    loop {
        let more: Vec<u32> = parents
            .iter()
            .filter(|(pid, parent)| family.contains(parent) && !family.contains(pid))
            .map(|(pid, _)| *pid)
            .collect();
        if more.is_empty() {
            return family;
        }
        family.extend(more);
    }
}

/// A number of `/proc/PID/stat`, counted from the state on.
fn field(pid: u32, number: usize) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(number)?.parse().ok()
}

fn cpu(pid: u32) -> Option<f64> {
    // User and system time, its own and that of children that have ended; a tick is a hundredth of a second.
    let ticks: Option<u64> = (11..15).map(|number| field(pid, number)).sum();
    Some(ticks? as f64 / 100.0)
}

fn resident(pid: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? * 1024.0)
}
