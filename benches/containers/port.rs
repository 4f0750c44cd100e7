//! A gigabyte out of a container, through our relay and through `pasta`, in turn.

use std::io::Read as _;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

use crate::measure::Cost;
use crate::processes;
use crate::report::Report;
use crate::tools::{Guard, Tool, sh};
use crate::works::rounds;

/// What goes through a port.
const BYTES: u64 = 1_000_000_000;
/// A stream from which nothing comes for so long hangs.
const STALL: Duration = Duration::from_secs(20);
/// So long it is tried to read all of it: `pasta` now and then ends a stream before its last bytes.
const PATIENCE: Duration = Duration::from_secs(180);

pub(crate) fn port(folder: &Path, tools: &[Tool], report: &mut Report) {
    let work = "1 GB through a published port";
    let serve = format!("nc -ll -p 80 -e head -c {BYTES} /dev/zero");
    let mls = &tools[0].call;
    let _running = Guard::new(folder, format!("{mls} rm -f port"));
    sh(folder, &format!("{mls} run -d --name port -p 18471:80 --network private box:1 {serve}"));
    let relay = processes::relays(processes::supervisor(folder, mls, "port"));
    let pasta = Pasta::start(folder, &serve);
    for _ in 0..rounds() {
        report.cost(work, "mls", fetch(18471, &relay));
        if let Some(pasta) = &pasta {
            report.cost(work, "pasta", fetch(18472, &[pasta.number()]));
        }
    }
    if pasta.is_some() {
        let ratio = report.median(work, "pasta").wall / report.median(work, "mls").wall;
        report.check("1 GB through a port ≥ 0.8 × pasta", format!("{ratio:.2} ×"), ratio >= 0.8);
    }
}

/// `pasta` with the same server, as an ordinary user.
struct Pasta(Child);

impl Pasta {
    /// Starts it with a device for it that others leave alone; nothing where it does not run.
    fn start(folder: &Path, serve: &str) -> Option<Self> {
        let script = format!(
            "mkdir -p tun && mount -t tmpfs -o mode=755 tun tun && mknod -m 666 tun/tun c 10 200 && \
             mount --bind tun/tun /dev/net/tun && cd / && exec setpriv --reuid 65534 --regid 65534 --clear-groups \
             pasta --config-net -f -t 18472:80 -u none -T none -U none -- /bin/busybox {serve}"
        );
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", &script]).current_dir(folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let pasta = Self(command.spawn().ok()?);
        let until = Instant::now() + STALL;
        while Instant::now() < until {
            // It takes connections before the server does: only one that gives bytes counts.
            if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", 18472))
                && stream.set_read_timeout(Some(Duration::from_secs(1))).is_ok()
                && stream.read(&mut [0; 1]).is_ok_and(|length| length == 1)
            {
                return Some(pasta);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        eprintln!("without pasta: it does not run here");
        None
    }

    fn number(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Pasta {
    fn drop(&mut self) {
        // Its server has the port open, too: one that is left behind would take connections that nobody answers.
        for pid in processes::children(self.number()).into_iter().chain([self.number()]) {
            if let Some(pid) = Pid::from_raw(pid as i32) {
                let _ = rustix::process::kill_process(pid, Signal::KILL);
            }
        }
        let _ = self.0.wait();
    }
}

/// Reads everything that a port gives; the CPU is that of the processes that pass it on.
fn fetch(port: u16, processes: &[u32]) -> Cost {
    let cpu = || processes.iter().copied().map(processes::cpu).sum::<f64>();
    let before = cpu();
    let until = Instant::now() + PATIENCE;
    let mut buffer = vec![0; 1 << 20];
    loop {
        // From the connection on: one that the server refuses, as it does for a moment, is no part of it.
        let start = Instant::now();
        let mut count = 0;
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) {
            stream.set_read_timeout(Some(STALL)).unwrap();
            while let Ok(length @ 1..) = stream.read(&mut buffer) {
                count += length as u64;
            }
        }
        if count == BYTES {
            let wall = start.elapsed().as_secs_f64();
            return Cost { cpu: cpu() - before, wall, memory: 0.0 };
        }
        eprintln!("{count} of {BYTES} bytes from port {port}");
        assert!(Instant::now() < until, "nothing whole from port {port}");
    }
}
