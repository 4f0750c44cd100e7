//! What is asked of the servers, and what has to be reached.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::engines;
use crate::flood::{Flood, flood, post};
use crate::measure;
use crate::models::Models;
use crate::report::Report;
use crate::server::{Server, free_port, on_one_core};

const MIB: f64 = 1024.0 * 1024.0;
const ROW: &str = r#"{"inputs": [[5.1, 3.5, 1.4, 0.2]]}"#;
const INFER: &str = r#"{"inputs": [{"name": "x", "shape": [1, 4], "datatype": "FP32", "data": [5.1, 3.5, 1.4, 0.2]}]}"#;

type Work = fn(&Bench, &mut Report);
type Start = fn(&Bench) -> Option<Server>;

/// The models and a store in which they are registered.
struct Bench {
    models: Models,
    store: PathBuf,
}

/// Does all works, or those whose names begin with one of `only`.
pub(crate) fn all(folder: &Path, only: &[String], report: &mut Report) {
    let works: [(&str, Work); 6] = [
        ("regression", regression),
        ("engines", |bench, report| engines::engines(&bench.models, report)),
        ("python", python),
        ("start", start),
        ("memory", memory),
        ("image", image),
    ];
    std::fs::create_dir_all(folder).unwrap();
    let Some(models) = Models::make(folder) else { return };
    let bench = Bench { models, store: folder.join("store") };
    bench.register();
    for (name, work) in works {
        if only.is_empty() || only.iter().any(|start| name.starts_with(start)) {
            work(&bench, report);
        }
    }
}

impl Bench {
    fn register(&self) {
        let _ = std::fs::remove_dir_all(&self.store);
        std::fs::create_dir_all(&self.store).unwrap();
        self.mls(&["init", "-q"]);
        for (name, file) in
            [("logistic", "logistic.onnx"), ("megabyte", "megabyte.onnx"), ("python", "python")]
        {
            let file = self.models.path(file);
            self.mls(&["model", "register", name, file.to_str().unwrap()]);
        }
    }

    fn mls(&self, args: &[&str]) -> String {
        let said = Command::new(measure::program()).args(args).current_dir(&self.store).output();
        let said = said.unwrap();
        assert!(said.status.success(), "{args:?}: {}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8(said.stdout).unwrap()
    }

    /// Returns `mls serve` on the first core, and its port.
    fn serve(&self, model: &str, args: &[&str]) -> (Command, u16) {
        let port = free_port();
        let mut command = on_one_core(&measure::program());
        let programs = self.models.python.parent().unwrap();
        command
            .args(["serve", model, "--port", &port.to_string(), "--workers", "1", "--env", "local"])
            .arg("--allow-pickle")
            .args(args)
            .env("PATH", format!("{}:/usr/bin:/bin", programs.display()))
            .current_dir(&self.store);
        (command, port)
    }

    fn server(&self, model: &str) -> Server {
        let (command, port) = self.serve(model, &[]);
        Server::start("mls", command, port, Duration::from_secs(60))
    }

    fn mlflow(&self, model: &str) -> Server {
        let port = free_port();
        let mut command = on_one_core(self.models.program("mlflow").to_str().unwrap());
        command
            .args(["models", "serve", "--env-manager", "local", "--workers", "1", "--host"])
            .args(["127.0.0.1", "--port", &port.to_string(), "-m"])
            .arg(self.models.path(model))
            .env("MLFLOW_DISABLE_TELEMETRY", "true")
            .env(
                "PATH",
                format!("{}:/usr/bin:/bin", self.models.python.parent().unwrap().display()),
            );
        Server::start("mlflow", command, port, Duration::from_secs(180))
    }

    /// Starts MLServer; none where it is not installed.
    fn mlserver(&self) -> Option<Server> {
        let named = std::env::var_os("MLS_BENCH_MLSERVER").map(PathBuf::from);
        let paths = std::env::var_os("PATH").unwrap_or_default();
        let mut found = std::env::split_paths(&paths).map(|folder| folder.join("mlserver"));
        let Some(program) = named.or_else(|| found.find(|file| file.exists())) else {
            println!("skipped: mlserver: not installed");
            return None;
        };
        let port = free_port();
        let mut command = on_one_core(program.to_str().unwrap());
        command
            .arg("start")
            .arg(self.models.path("mlserver"))
            .env("MLSERVER_HTTP_PORT", port.to_string())
            .env("MLSERVER_GRPC_PORT", free_port().to_string())
            .env("MLSERVER_METRICS_PORT", free_port().to_string())
            .env("MLSERVER_PARALLEL_WORKERS", "0");
        // It has no `/health`.
        Some(Server::start_at(
            "mlserver",
            command,
            port,
            "/v2/health/ready",
            Duration::from_secs(180),
        ))
    }
}

/// One row of four numbers, in JSON, to a logistic regression.
fn regression(bench: &Bench, report: &mut Report) {
    let scoring = post("/invocations", ROW);
    let infer = post("/v2/models/logistic/infer", INFER);
    // One after the other: a server that waits takes room in the caches all the same.
    let servers: [(Start, &[u8], usize); 3] = [
        (|bench| Some(bench.server("logistic")), &scoring, 100),
        (|bench| Some(bench.mlflow("mlflow")), &scoring, 1),
        (Bench::mlserver, &infer, 1),
    ];
    for (start, request, times) in servers {
        let Some(server) = start(bench) else { continue };
        for (connections, count) in [(1, 500), (8, 2000), (64, 2000)] {
            let work = format!("logistic regression, 1 row, {connections} connections");
            let (each, flood) = asked(&server, &work, connections, count * times, request, report);
            if server.name == "mls" && connections == 64 {
                report.at_most("logistic regression ≤ 0.03 ms CPU", each, 0.03);
                report.at_least("≥ 20,000 requests/s on one core", flood.rate(), 20_000.0);
                report.at_most("p99 ≤ 2 ms with 64 connections", flood.percentile(99.0), 2.0);
            }
        }
        report.row("memory, under load", server.name, "MiB", server.usage().memory / MIB);
    }
}

/// Returns the milliseconds of CPU of each request.
fn asked(
    server: &Server,
    work: &str,
    connections: usize,
    count: usize,
    request: &[u8],
    report: &mut Report,
) -> (f64, Flood) {
    // What only the first requests cost is not measured.
    flood(&server.address, connections, count.min(500), request);
    let (cpu, flood) = server.cpu_of(|| flood(&server.address, connections, count, request));
    let each = cpu * 1000.0 / count as f64;
    report.row(work, server.name, "ms CPU each", each);
    report.row(work, server.name, "requests/s", flood.rate());
    report.row(work, server.name, "ms, half", flood.percentile(50.0));
    report.row(work, server.name, "ms, 99 of 100", flood.percentile(99.0));
    (each, flood)
}

/// A model in Python that takes no time of its own.
fn python(bench: &Bench, report: &mut Report) {
    let request = post("/invocations", ROW);
    let servers: [(Start, usize); 2] =
        [(|bench| Some(bench.server("python")), 10), (|bench| Some(bench.mlflow("python")), 1)];
    for (start, times) in servers {
        let Some(server) = start(bench) else { continue };
        let work = "model in Python, 1 row, 8 connections";
        let (each, _) = asked(&server, work, 8, 2000 * times, &request, report);
        if server.name == "mls" {
            report.at_most("model in Python ≤ 0.5 ms CPU", each, 0.5);
        }
    }
}

/// From nothing to the first answer of a model.
fn start(bench: &Bench, report: &mut Report) {
    let best = |model: &str, times: usize| {
        let all = (0..times).map(|_| {
            let (command, port) = bench.serve(model, &[]);
            first_answer(command, port)
        });
        all.fold(f64::INFINITY, f64::min)
    };
    let onnx = best("logistic", 10) * 1000.0;
    report.row("start to first answer, ONNX", "mls", "ms", onnx);
    report.at_most("start to first answer, ONNX ≤ 30 ms", onnx, 30.0);
    let python = best("python", 3);
    report.row("start to first answer, Python", "mls", "s", python);
    let imports = imports(bench);
    report.row("start to first answer, Python", "the imports alone", "s", imports);
    report.at_most("start to first answer, Python − imports ≤ 0.2 s", python - imports, 0.2);
    let mlflow = bench.mlflow("mlflow").start;
    report.row("start to first answer", "mlflow", "s", mlflow);
}

/// Returns how long the interpreter takes to import what the model needs.
fn imports(bench: &Bench) -> f64 {
    let one = || {
        let mut command = on_one_core(bench.models.python.to_str().unwrap());
        let program = "import mlflow.pyfunc, numpy, pandas, cloudpickle, mlflow.pyfunc.model";
        let start = Instant::now();
        assert!(command.args(["-c", program]).status().unwrap().success());
        start.elapsed().as_secs_f64()
    };
    (0..3).map(|_| one()).fold(f64::INFINITY, f64::min)
}

/// Returns the seconds from the start of a server until it has answered a row.
fn first_answer(mut command: Command, port: u16) -> f64 {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let end = start + Duration::from_secs(120);
    let answered = std::iter::repeat_with(|| answers(port))
        .take_while(|_| Instant::now() < end)
        .any(|answered| answered);
    let took = start.elapsed().as_secs_f64();
    let pid = rustix::process::Pid::from_child(&child);
    let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    let _ = child.wait();
    assert!(answered, "no answer");
    took
}

/// Asks a row; tells whether there is somebody who answers.
fn answers(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
        std::thread::sleep(Duration::from_micros(500));
        return false;
    };
    let request = String::from_utf8(post("/invocations", ROW)).unwrap();
    let request = request.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    let mut said = String::new();
    stream.write_all(request.as_bytes()).unwrap();
    stream.read_to_string(&mut said).unwrap();
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    true
}

/// A server with a forest of 1 MB in ONNX.
fn memory(bench: &Bench, report: &mut Report) {
    let bytes = std::fs::metadata(bench.models.path("megabyte.onnx")).unwrap().len();
    report.row("memory, model in ONNX", "the model", "MB", bytes as f64 / 1e6);
    let server = bench.server("megabyte");
    report.row("memory, model in ONNX, idle", "mls", "MB", server.usage().memory / 1e6);
    let row = format!("{{\"inputs\": [[{}]]}}", ["0.5"; 20].join(", "));
    flood(&server.address, 8, 20_000, &post("/invocations", &row));
    let loaded = server.usage().memory / 1e6;
    report.row("memory, model in ONNX, 20,000 requests", "mls", "MB", loaded);
    report.at_most("memory, model of 1 MB ≤ 25 MB", loaded, 25.0);
    let mlflow = bench.mlflow("mlflow");
    report.row("memory, logistic regression, idle", "mlflow", "MB", mlflow.usage().memory / 1e6);
}

/// The image of a small model: what it holds, and what travels.
fn image(bench: &Bench, report: &mut Report) {
    bench.mls(&["model", "image", "logistic@v1", "-t", "logistic:1"]);
    let images: serde_json::Value =
        serde_json::from_str(&bench.mls(&["images", "--format", "json"])).unwrap();
    let whole = images[0]["size"].as_f64().unwrap() / 1e6;
    report.row("image of a model of 1 kB", "mls", "MB unpacked", whole);
    let tar = bench.store.join("image.tar");
    bench.mls(&["save", "logistic:1", "--format", "oci-archive", "-o", tar.to_str().unwrap()]);
    // Layers are packed on their way to a registry.
    let packed = zstd::encode_all(std::fs::File::open(&tar).unwrap(), 3).unwrap();
    report.row("image of a model of 1 kB", "mls", "MB as it travels", packed.len() as f64 / 1e6);
    report.at_most("image without the model ≤ 40 MB, unpacked", whole, 40.0);
}
