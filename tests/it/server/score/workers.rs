//! Networks in processes of their own: what one does to its process costs an answer, and never the server.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::{error_of, onnx, register, request, until, with_penguins};
use crate::support::{Reply, Sandbox};

/// A server in a process of its own, so that the processes that it starts can be told from those of other tests.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Server {
    pub(super) fn start(sandbox: &Sandbox, args: &[&str]) -> Self {
        let mut command = sandbox.command(["serve", "--port", "0", "--engine", "rten"]);
        command.args(args);
        Self::run(command)
    }

    /// Waits until what `command` starts serves.
    pub(crate) fn run(mut command: Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit('/').next().unwrap().to_owned();
        assert!(!address.is_empty(), "it does not serve");
        Self { child, address }
    }

    pub(crate) fn send(&self, method: &str, target: &str, body: &str) -> Reply {
        send(&self.address, method, target, body)
    }

    fn expand(&self, size: &str) -> Reply {
        let size = format!(r#"{{"name":"S","shape":[2],"datatype":"INT64","data":[{size}]}}"#);
        ask(&self.address, "expand", &size)
    }

    fn count(&self, times: u64) -> Reply {
        count(&self.address, times)
    }

    pub(super) fn counts_to(&self, times: u64) -> bool {
        let reply = self.count(times);
        reply.status == 200 && reply.json()["outputs"][0]["data"][0] == times as f64 + 0.5
    }

    /// Returns the processes of its networks with the ticks that each has been at work.
    pub(super) fn networks(&self) -> Vec<(i32, u64)> {
        let network = |one: Process| {
            (one.name == "mls-network" && one.state != "Z").then_some((one.number, one.ticks))
        };
        self.processes().into_iter().filter_map(network).collect()
    }

    /// Returns all processes that it has started and not yet heard the end of.
    pub(crate) fn processes(&self) -> Vec<Process> {
        let own = self.child.id().to_string();
        let all = fs::read_dir("/proc").unwrap().flatten();
        let numbers = all.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        let process = |number: i32| {
            let stat = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
            let (name, rest) = stat.split_once(" (")?.1.rsplit_once(") ")?;
            let rest: Vec<_> = rest.split(' ').collect();
            let (name, state) = (name.to_owned(), rest[0].to_owned());
            let ticks = rest[11].parse().unwrap();
            (rest[1] == own).then_some(Process { number, name, state, ticks })
        };
        numbers.filter_map(process).collect()
    }

    /// Returns how many models it holds in memory for its processes.
    pub(super) fn held(&self) -> usize {
        let open = fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().flatten();
        let open = open.filter_map(|entry| fs::read_link(entry.path()).ok());
        open.filter(|path| path.to_string_lossy().starts_with("/memfd:model")).count()
    }

    /// Returns the one process that is at work.
    fn at_work(&self) -> i32 {
        let before = self.networks();
        let is_busy =
            |one: &(i32, u64)| before.iter().any(|old| old.0 == one.0 && old.1 + 5 < one.1);
        until(|| self.networks().into_iter().find(is_busy)).0
    }

    /// Returns how much memory it has had at most, in KiB.
    pub(super) fn most(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().strip_suffix(" kB").unwrap().parse().unwrap()
    }

    pub(super) fn metric(&self, name: &str, model: &str) -> u64 {
        let text = String::from_utf8(self.send("GET", "/metrics", "").body).unwrap();
        let start = format!("{name}{{model=\"{model}\"");
        let line = text.lines().find(|line| line.starts_with(&start)).unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    }
}

/// A process, and how long it has been at work.
#[derive(Debug)]
pub(crate) struct Process {
    pub(super) number: i32,
    pub(super) name: String,
    pub(super) state: String,
    ticks: u64,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn send(address: &str, method: &str, target: &str, body: &str) -> Reply {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let headers = [("Content-Type", "application/json"), ("Connection", "close")];
    stream.write_all(&request(method, target, &headers, body.as_bytes())).unwrap();
    Reply::read(stream)
}

/// Asks a model for `X`, one number, and another input.
fn ask(address: &str, model: &str, other: &str) -> Reply {
    let x = r#"{"name":"X","shape":[1,1],"datatype":"FP32","data":[0.5]}"#;
    let body = format!(r#"{{"inputs":[{x},{other}]}}"#);
    send(address, "POST", &format!("/v2/models/{model}/infer"), &body)
}

fn count(address: &str, times: u64) -> Reply {
    let times = format!(r#"{{"name":"M","shape":[],"datatype":"INT64","data":[{times}]}}"#);
    ask(address, "counting", &times)
}

pub(super) fn kill(process: i32) {
    kill_process(Pid::from_raw(process).unwrap(), Signal::KILL).unwrap();
}

pub(super) fn is_gone(process: i32) -> Option<()> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    (!stat.contains("(mls-network)") || stat.contains(") Z ")).then_some(())
}

/// More than anybody waits for: some minutes at least.
const FOR_EVER: u64 = i32::MAX as u64;

#[test]
fn m07_a_network_that_asks_for_forty_gigabytes_costs_its_call_and_not_the_server() {
    let sandbox = with_penguins();
    register(&sandbox, "expand", &onnx::sized("Expand"));
    register(&sandbox, "counting", &onnx::counting());
    let args = ["expand", "counting", "--worker-memory", "256", "--workers", "1"];
    let server = Server::start(&sandbox, &args);
    assert_eq!(server.expand("2,3").status, 200);
    let before = server.most();
    for _ in 0..2 {
        let reply = server.expand("100000,100000");
        assert_eq!(reply.status, 500, "{}", reply.json());
        assert!(error_of(&reply).contains("more memory than its worker may have"));
        assert!(server.counts_to(3));
        // It waits for the process that is started again.
        let reply = server.expand("2,3");
        assert_eq!(reply.status, 200, "{}", reply.json());
    }
    assert!(server.most() - before < 64 << 10, "{} KiB after {before}", server.most());
    assert_eq!(server.metric("mls_score_worker_restarts_total", "expand"), 2);
    assert_eq!(server.metric("mls_score_worker_restarts_total", "counting"), 0);
    assert_eq!(server.metric("mls_score_workers", "expand"), 1);
    // What fits into the memory of a process is still not for everybody to be sent.
    let reply = server.expand("1,70000000");
    assert!([400, 500].contains(&reply.status), "{}", reply.status);
}

#[test]
fn m07_a_loop_without_an_end_is_cut_at_the_limit_and_its_process_is_gone() {
    let sandbox = with_penguins();
    register(&sandbox, "counting", &onnx::counting());
    let server = Server::start(&sandbox, &["counting", "--timeout", "1", "--workers", "1"]);
    assert!(server.counts_to(1000));
    let [(process, _)] = server.networks()[..] else { panic!("{:?}", server.networks()) };
    let reply = server.count(FOR_EVER);
    assert_eq!(reply.status, 504);
    until(|| is_gone(process));
    until(|| server.counts_to(7).then_some(()));
    assert!(server.networks().iter().all(|(other, _)| *other != process));
    let told = sandbox.write("rows.json", r#"{"inputs":{"X":[[0.5]],"M":2147483647}}"#);
    let args = ["predict", "counting", "--timeout", "1", "--engine", "rten", "-i"];
    let said = sandbox.mls(args.iter().map(|arg| arg.as_ref()).chain([told.as_os_str()]));
    assert_eq!(said.code(), 1, "{said}");
}

#[test]
fn m07_a_process_that_is_killed_costs_the_call_that_it_was_at_and_no_other() {
    let sandbox = with_penguins();
    register(&sandbox, "counting", &onnx::counting());
    let mut server = Server::start(&sandbox, &["counting", "--workers", "2"]);
    std::thread::scope(|scope| {
        let endless = scope.spawn(|| server.count(FOR_EVER));
        let busy = server.at_work();
        assert!(server.counts_to(10), "the other process answers meanwhile");
        kill(busy);
        let reply = endless.join().unwrap();
        assert_eq!(reply.status, 503);
        assert!(error_of(&reply).contains("has died"), "{}", error_of(&reply));
        assert!(reply.header("retry-after").is_some());
    });
    until(|| (server.metric("mls_score_workers", "counting") == 2).then_some(()));
    assert!(server.counts_to(20) && server.counts_to(30));
    // Without a server no process goes on, whatever it is at.
    let address = server.address.clone();
    std::thread::scope(|scope| {
        let _forgotten = scope.spawn(|| count(&address, FOR_EVER));
        let all = server.networks();
        server.at_work();
        assert_eq!(all.len(), 2);
        server.child.kill().unwrap();
        all.iter().for_each(|(process, _)| until(|| is_gone(*process)));
    });
}

#[test]
fn the_processes_of_a_network_have_its_weights_in_common() {
    const WEIGHTS: usize = 32 << 20;
    let sandbox = Sandbox::with_store();
    register(&sandbox, "net", &onnx::convolving(3.0, WEIGHTS));
    let server = Server::start(&sandbox, &["net", "--workers", "2"]);
    let points = vec!["0.5"; 64].join(",");
    let body = format!(
        r#"{{"inputs":[{{"name":"X","shape":[1,1,8,8],"datatype":"FP32","data":[{points}]}}]}}"#
    );
    let reply = server.send("POST", "/v2/models/net/infer", &body);
    assert_eq!(reply.json()["outputs"][0]["data"], serde_json::json!([1.5]));
    assert_eq!(server.networks().len(), 2);
    for (process, _) in server.networks() {
        let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
        assert!(maps.lines().any(|line| line.contains("r--p") && line.contains("memfd:model")));
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let own = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
        let own: usize = own.trim().strip_suffix(" kB").unwrap().parse().unwrap();
        assert!(own < WEIGHTS / 1024 / 2, "{own} kB of its own");
    }
}

#[test]
fn m07_the_process_of_a_network_knows_nothing_of_the_server() {
    let sandbox = with_penguins();
    register(&sandbox, "counting", &onnx::counting());
    let server = Server::start(&sandbox, &["counting", "--workers", "1"]);
    assert!(server.counts_to(1));
    let [(process, _)] = server.networks()[..] else { panic!("{:?}", server.networks()) };
    let own = format!("/proc/{process}");
    assert_eq!(fs::read(format!("{own}/environ")).unwrap(), b"");
    let open = fs::read_dir(format!("{own}/fd")).unwrap().flatten();
    let open = open.map(|entry| fs::read_link(entry.path()).unwrap().display().to_string());
    let foreign: Vec<_> = open
        .filter(|path| !["/dev/null", "socket:", "pipe:"].iter().any(|own| path.starts_with(own)))
        .collect();
    assert!(foreign.is_empty(), "{foreign:?}");
    let limits = fs::read_to_string(format!("{own}/limits")).unwrap();
    let limit = |name: &str| limits.lines().find(|line| line.starts_with(name)).unwrap();
    assert!(!limit("Max data size").contains("unlimited"), "{limits}");
    assert_eq!(limit("Max core file size").split_whitespace().nth(4), Some("0"));
}
