//! The works that are measured, and what each has to reach.

use std::io::Read as _;
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::measure::{self, Cost};
use crate::report::Report;
use crate::tools::{self, Tool, sh};

/// What goes through a port.
const BYTES: u64 = 1_000_000_000;

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn rounds() -> usize {
    number("MLS_BENCH_ROUNDS", 9)
}

type Work = fn(&Path, &[Tool], &mut Report);

/// Does all works, or those whose names begin with one of `only`.
pub(crate) fn all(folder: &Path, only: &[String], report: &mut Report) {
    let works: [(&str, Work); 6] = [
        ("run", run),
        ("exec", exec),
        ("ps", ps),
        ("many", many),
        ("port", port),
        ("large", large),
    ];
    let tools = tools::prepare(folder);
    for (name, work) in works {
        if only.is_empty() || only.iter().any(|start| name.starts_with(start)) {
            work(folder, &tools, report);
        }
    }
}

fn run(folder: &Path, tools: &[Tool], report: &mut Report) {
    for _ in 0..rounds() {
        for Tool { name, call, image } in tools {
            let script = match image {
                true => format!("{call} run --rm --network none box:1 true"),
                false => format!("{call} run --bundle {name} bench-{}", std::process::id()),
            };
            report.cost("run --rm true", name, measure::script(folder, &script));
        }
        let private = format!("{} run --rm --network private box:1 true", tools[0].call);
        report.cost("run --rm true, private network", "mls", measure::script(folder, &private));
    }
    let (ours, runc) =
        (report.median("run --rm true", "mls"), report.median("run --rm true", "runc"));
    report.at_most("run --rm true ≤ 0.03 CPU s", ours.cpu, 0.03, " CPU s");
    report.at_most("run --rm true, wall ≤ 1.5 × runc", ours.wall / runc.wall, 1.5, " ×");
}

fn exec(folder: &Path, tools: &[Tool], report: &mut Report) {
    let tools = || tools.iter().filter(|tool| tool.image);
    for Tool { call, .. } in tools() {
        sh(folder, &format!("{call} run -d --name bench --network none box:1 sleep 3600"));
    }
    for _ in 0..rounds() {
        for Tool { name, call, .. } in tools() {
            report.cost(
                "exec true",
                name,
                measure::script(folder, &format!("{call} exec bench true")),
            );
        }
    }
    for Tool { call, .. } in tools() {
        sh(folder, &format!("{call} rm -f bench"));
    }
    report.at_most(
        "exec true ≤ 0.015 CPU s",
        report.median("exec true", "mls").cpu,
        0.015,
        " CPU s",
    );
}

fn ps(folder: &Path, tools: &[Tool], report: &mut Report) {
    let mls = &tools[0].call;
    sh(folder, &format!("for n in $(seq 200); do {mls} create --name ps-$n box:1 true; done"));
    for _ in 0..rounds() {
        report.cost("ps -a with 200", "mls", measure::script(folder, &format!("{mls} ps -a")));
    }
    sh(folder, &format!("for n in $(seq 200); do {mls} rm ps-$n; done"));
    let wall = report.median("ps -a with 200", "mls").wall * 1000.0;
    report.at_most("ps with 200 containers ≤ 20 ms", wall, 20.0, " ms");
}

/// Fifty at once: all start, and each supervisor holds little memory.
fn many(folder: &Path, tools: &[Tool], report: &mut Report) {
    let mls = &tools[0].call;
    let script = format!(
        "for n in $(seq 50); do {mls} run -d --name many-$n -p 80 --network private box:1 sleep 3600 & done; wait"
    );
    let start = Instant::now();
    sh(folder, &script);
    let wall = start.elapsed().as_secs_f64();
    let running = sh(folder, &format!("{mls} ps -q")).lines().count();
    let (sizes, own): (Vec<f64>, Vec<f64>) = memory("__supervisor").into_iter().unzip();
    sh(folder, &format!("for n in $(seq 50); do {mls} rm -f many-$n & done; wait"));
    let most = |sizes: &[f64]| sizes.iter().copied().fold(0.0, f64::max);
    report.check("50 at once: all run", format!("{running} in {wall:.2} s"), running == 50);
    let measured = format!(
        "{} processes, at most {:.2} MB resident, {:.2} MB of it their own",
        sizes.len(),
        most(&sizes),
        most(&own)
    );
    report.check("≤ 4 MB resident per supervisor", measured, most(&own) <= 4.0);
}

/// Returns the megabytes that are resident of each process whose command line holds `word`, and those that are not shared.
fn memory(word: &str) -> Vec<(f64, f64)> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let ours = processes.filter(|path| {
        let line = std::fs::read(path.join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).split('\0').any(|part| part == word)
    });
    let size = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(path.join("smaps_rollup")).ok()?;
        let of = |name: &str| -> f64 {
            let lines = text.lines().filter_map(|line| line.strip_prefix(name));
            lines.filter_map(|rest| rest.trim().trim_end_matches(" kB").parse::<f64>().ok()).sum()
        };
        let own = of("Private_Dirty:") + of("Private_Clean:");
        Some((of("Rss:") / 1024.0, own / 1024.0))
    };
    ours.filter_map(size).collect()
}

/// A gigabyte out of a container, through our relay and through `pasta`.
fn port(folder: &Path, tools: &[Tool], report: &mut Report) {
    let work = "1 GB through a published port";
    let serve = format!("nc -ll -p 80 -e head -c {BYTES} /dev/zero");
    let mls = &tools[0].call;
    sh(folder, &format!("{mls} run -d --name port -p 18471:80 --network private box:1 {serve}"));
    let mut pasta = pasta(folder, &serve);
    for _ in 0..rounds() {
        report.cost(work, "mls", fetch(18471, "__supervisor"));
        if pasta.is_some() {
            report.cost(work, "pasta", fetch(18472, "pasta"));
        }
    }
    sh(folder, &format!("{mls} rm -f port"));
    if let Some(pasta) = &mut pasta {
        pasta.kill().unwrap();
        pasta.wait().unwrap();
        let ratio = report.median(work, "pasta").wall / report.median(work, "mls").wall;
        report.check("1 GB through a port ≥ 0.8 × pasta", format!("{ratio:.2} ×"), ratio >= 0.8);
    }
}

/// Starts `pasta` with the same server as an ordinary user, with a device for it that others leave alone.
fn pasta(folder: &Path, serve: &str) -> Option<std::process::Child> {
    let script = format!(
        "mkdir -p tun && mount -t tmpfs -o mode=755 tun tun && mknod -m 666 tun/tun c 10 200 && \
         mount --bind tun/tun /dev/net/tun && exec setpriv --reuid 65534 --regid 65534 --clear-groups \
         pasta --config-net -f -t 18472:80 -u none -T none -U none -- busybox {serve}"
    );
    let mut command = std::process::Command::new("unshare");
    command.args(["--mount", "sh", "-c", &script]).current_dir(folder);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut child = command.spawn().ok()?;
    let until = Instant::now() + Duration::from_secs(5);
    while Instant::now() < until {
        if TcpStream::connect(("127.0.0.1", 18472)).is_ok() {
            return Some(child);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    eprintln!("without pasta: it does not run here");
    let _ = child.kill();
    let _ = child.wait();
    None
}

/// Reads everything that a port gives; the CPU is that of the processes of this name.
fn fetch(port: u16, name: &str) -> Cost {
    let before = cpu(name);
    let start = Instant::now();
    let until = start + Duration::from_secs(10);
    let mut buffer = vec![0; 1 << 20];
    loop {
        let mut count = 0;
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) {
            while let Ok(length @ 1..) = stream.read(&mut buffer) {
                count += length as u64;
            }
        }
        if count == BYTES {
            return Cost {
                cpu: cpu(name) - before,
                wall: start.elapsed().as_secs_f64(),
                memory: 0.0,
            };
        }
        assert!(Instant::now() < until, "{count} of {BYTES} bytes from port {port}");
    }
}

fn cpu(name: &str) -> f64 {
    let processes = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let ours = processes.filter(|path| {
        let line = std::fs::read(path.join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line);
        line.split('\0').take(2).any(|part| part.rsplit('/').next() == Some(name))
    });
    let ticks = |path: std::path::PathBuf| -> Option<f64> {
        let text = std::fs::read_to_string(path.join("stat")).ok()?;
        let words: Vec<&str> = text.rsplit_once(") ")?.1.split(' ').collect();
        Some(words.get(11)?.parse::<f64>().ok()? + words.get(12)?.parse::<f64>().ok()?)
    };
    ours.filter_map(ticks).sum::<f64>() / 100.0
}

/// The first start of a large image, from its archive.
fn large(folder: &Path, tools: &[Tool], report: &mut Report) {
    let mib = number("MLS_BENCH_MIB", 1024);
    let script = format!(
        "mkdir -p big && cp -r rootfs/. big/ && n=0; while [ $n -lt {mib} ]; do mkdir -p big/d$n; \
         for f in 1 2 3 4 5 6 7 8; do head -c 131072 /dev/urandom > big/d$n/$f; done; n=$((n+1)); done; \
         tar -C big -cf big.tar . && rm -r big"
    );
    sh(folder, &script);
    let name = format!("load and first start of {mib} MiB");
    for _ in 0..number("MLS_BENCH_LARGE_ROUNDS", 3) {
        for Tool { name: tool, call, .. } in tools.iter().filter(|tool| tool.image) {
            let import = if *tool == "mls" { "import image" } else { "import" };
            let script = format!(
                "{call} {import} big.tar big:1 && {call} run --rm --network none big:1 true"
            );
            report.cost(&name, tool, measure::script(folder, &script));
            sh(folder, &format!("{call} rmi big:1"));
            if *tool == "mls" {
                sh(folder, &format!("{call} gc"));
            }
        }
    }
    let ratio = report.median(&name, "mls").cpu / report.median(&name, "podman").cpu;
    report.at_most("first start of a large image ≤ 0.5 × podman in CPU", ratio, 0.5, " ×");
}
