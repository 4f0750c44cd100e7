//! `mls serve` and `mls predict` beside the package's own scoring code, on models that the package has made.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use mls::base::Silent;
use mls::model::registry::{self, New, NewVersion};
use mls::store::add;

use super::package::{python, script};
use crate::proof::tell;
use crate::support::Sandbox;

/// A store with the models that `scoring.py` makes.
fn with_models(python: &Path) -> Sandbox {
    let sandbox = Sandbox::with_store();
    script(&sandbox, python, "scoring.py", ["make", "."]);
    for name in ["iris", "tensor", "mixed", "free"] {
        register(&sandbox, name);
    }
    sandbox
}

/// Registers the folder or file `name` as the first version of a model with its name.
fn register(sandbox: &Sandbox, name: &str) {
    let store = sandbox.open();
    let mut writer = store.writer().unwrap();
    let path = sandbox.path().join(name);
    let added = add::path(&mut writer, &path, &add::Options::default(), &Silent).unwrap();
    writer.commit(vec![]).unwrap();
    registry::create(&store, name, &New::default()).unwrap();
    let new = NewVersion {
        source: format!("file:{name}"),
        content: Some(added.link),
        ..NewVersion::default()
    };
    registry::register(&store, name, &new).unwrap();
}

/// A running `mls serve`.
struct Serving {
    child: Child,
    url: String,
}

impl Serving {
    fn start(sandbox: &Sandbox, python: &Path, args: &[&str]) -> Self {
        let mut command =
            sandbox.command(["serve", "--port", "0", "--env", "local", "--allow-pickle"]);
        command.args(args).env("PATH", path(python));
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.split_whitespace().find(|word| word.starts_with("http://"));
        let url = url.unwrap_or_else(|| panic!("it said: {line}")).to_owned();
        Self { child, url }
    }

    /// Sends bytes as they are; returns all that comes back.
    fn send(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        // The server may answer and close before all is sent.
        let _ = stream.write_all(bytes);
        let mut said = vec![];
        let _ = stream.read_to_end(&mut said);
        String::from_utf8_lossy(&said).into_owned()
    }

    fn ask(&self, model: &str, body: &str) -> String {
        self.post(&format!("/models/{model}/invocations"), body)
    }

    fn post(&self, path: &str, body: &str) -> String {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        self.send(&[head.as_bytes(), body.as_bytes()].concat())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let id = rustix::process::Pid::from_child(&self.child);
        let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        let _ = self.child.wait();
    }
}

fn path(python: &Path) -> String {
    format!("{}:/usr/bin:/bin", python.parent().unwrap().display())
}

fn rows(count: usize) -> String {
    let rows = vec!["[1,1.5,\"x\",true]"; count].join(",");
    format!("{{\"dataframe_split\":{{\"columns\":[\"a\",\"b\",\"c\",\"d\"],\"data\":[{rows}]}}}}")
}

#[test]
fn m08_requests_are_answered_as_mlflow_answers_them_and_workers_are_replaced() {
    let Some(python) = python() else { return };
    let sandbox = with_models(python);
    let models = ["iris", "tensor", "mixed", "free", "--workers", "1", "--timeout", "5"];
    let limits = ["--worker-memory", "8192", "--max-batch", "8", "--max-delay", "1"];
    let serving = Serving::start(&sandbox, python, &[&models[..], &limits].concat());
    let said = script(&sandbox, python, "scoring.py", ["compare", ".", &serving.url]);
    assert!(said.contains(" 0 answers differ"), "{said}");

    // A worker that prints without end is no slower for it; one that dies or hangs is started again.
    assert!(serving.ask("mixed", &rows(23)).starts_with("HTTP/1.1 200"));
    let died = serving.ask("mixed", &rows(17));
    assert!(died.starts_with("HTTP/1.1 503") && died.contains("retry-after: 1"), "{died}");
    assert!(serving.ask("iris", "{}").starts_with("HTTP/1.1 400"), "another model is not touched");
    let again = (0..20)
        .map(|_| serving.ask("mixed", &rows(1)))
        .find(|said| said.starts_with("HTTP/1.1 200"));
    assert!(again.is_some_and(|said| said.contains(r#""small": 1e-05"#)));
    assert!(serving.ask("mixed", &rows(19)).starts_with("HTTP/1.1 504"));
    let again = (0..100).map(|_| serving.ask("mixed", &rows(29)));
    let starting =
        |said: &String| said.starts_with("HTTP/1.1 503") || said.starts_with("HTTP/1.1 504");
    let greedy = again.into_iter().find(|said| !starting(said)).unwrap();
    assert!(greedy.starts_with("HTTP/1.1 400") && greedy.contains("MemoryError"), "{greedy}");
    together(&serving);
    tensors(&serving);

    // What is too deep, too long or too wide costs an answer.
    let deep = format!("{{\"inputs\":{}", "[".repeat(100_000));
    assert!(serving.ask("tensor", &deep).starts_with("HTTP/1.1 400"));
    let long = b"POST /invocations HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 1073741824\r\n\r\n{";
    assert!(serving.send(long).starts_with("HTTP/1.1 413"));
    let wide = vec!["1.5"; 10_000].join(",");
    assert!(
        serving.ask("tensor", &format!("{{\"inputs\":[[{wide}]]}}")).starts_with("HTTP/1.1 400")
    );
    for (asked, status) in [
        ("GET /ping", "200"),
        ("GET /health", "200"),
        ("GET /version", "200"),
        ("GET /metrics", "200"),
        ("GET /invocations", "405"),
        ("POST /models/..%2f..%2fetc/invocations", "404"),
        ("GET /nope", "404"),
    ] {
        let said = serving.send(
            format!("{asked} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").as_bytes(),
        );
        assert!(said.starts_with(&format!("HTTP/1.1 {status}")), "{asked}: {said}");
    }
    let foreign =
        serving.send(b"GET /metrics HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n");
    assert!(foreign.starts_with("HTTP/1.1 403"), "{foreign}");
    drop(serving);
    files_are_scored(&sandbox, python);
}

/// Requests at the same time may be asked together, and each gets its own rows.
fn together(serving: &Serving) {
    std::thread::scope(|threads| {
        for at in 0..12 {
            threads.spawn(move || {
                let said = serving.ask("mixed", &rows(1).replace("[1,", &format!("[{at},")));
                assert!(said.contains(&format!("{{\"first\": {at}, ")), "{at}: {said}");
            });
        }
    });
}

/// KServe's example for the protocol of tensors: a matrix whose columns are those of the signature, and columns by name.
fn tensors(serving: &Serving) {
    let example = r#"{"inputs":[{"name":"input-0","shape":[2,4],"datatype":"FP32","data":[[6.8,2.8,4.8,1.4],[6.0,3.4,4.5,1.6]]}]}"#;
    let said = serving.post("/v2/models/iris/infer", example);
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    assert!(said.contains(r#""datatype":"INT64","shape":[2],"data":[1,1]"#), "{said}");
    let columns =
        [("a", "INT64", "7"), ("b", "FP64", "1.5"), ("c", "BYTES", "\"x\""), ("d", "BOOL", "true")];
    let columns = columns.map(|(name, kind, value)| {
        format!(r#"{{"name":"{name}","shape":[1],"datatype":"{kind}","data":[{value}]}}"#)
    });
    let said =
        serving.post("/v2/models/mixed/infer", &format!("{{\"inputs\":[{}]}}", columns.join(",")));
    let first = r#"{"name":"first","datatype":"INT64","shape":[1,1],"data":[7]}"#;
    assert!(said.contains(first) && said.contains(r#""data":["7"]"#), "{said}");
    let few = serving
        .post("/v2/models/mixed/infer", &format!("{{\"inputs\":[{}]}}", columns[..3].join(",")));
    assert!(few.starts_with("HTTP/1.1 400") && few.contains("missing inputs ['d']"), "{few}");
}

/// The same rows in every format give the labels that the library itself gives.
fn files_are_scored(sandbox: &Sandbox, python: &Path) {
    let labels: serde_json::Value = serde_json::from_slice(&sandbox.read("labels.json")).unwrap();
    for file in ["iris.csv", "iris.parquet", "iris.jsonl"] {
        let mut command = sandbox.command(["predict", "iris", "--env", "local", "-i", file]);
        command.env("PATH", path(python));
        let said = sandbox.finish(command);
        assert_eq!(said.code(), 0, "{said}");
        let answer: serde_json::Value = serde_json::from_str(&said.stdout()).unwrap();
        assert_eq!(answer["predictions"], labels, "{file}");
    }
    std::fs::rename(sandbox.path().join("iris"), sandbox.path().join("asking")).unwrap();
    let asked =
        "numpy==0.1\nnosuch-package>2\npandas\nno such line\nmlflow; python_version < '3'\n";
    sandbox.write("asking/requirements.txt", asked);
    register(sandbox, "asking");
    let mut command = sandbox.command(["predict", "asking", "--env", "local", "-i", "iris.csv"]);
    command.env("PATH", path(python));
    let said = sandbox.finish(command);
    assert_eq!(said.code(), 0, "{said}");
    let told = |line: &&str| line.contains("The model asks for");
    let told: Vec<_> = said.stderr().lines().filter(told).map(str::to_owned).collect();
    assert_eq!(told.len(), 2, "{said}");
    assert!(told[0].contains("asks for numpy==0.1; the interpreter has "), "{said}");
    assert!(told[1].contains("asks for nosuch-package>2; the interpreter has none."), "{said}");
}

#[test]
fn the_library_of_onnxruntime_is_found_among_the_packages_of_the_interpreter() {
    let Some(python) = python() else { return };
    let program = "import onnxruntime, sys; print(sys.prefix, onnxruntime.__path__[0])";
    let said = Command::new(python).args(["-c", program]).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    let is_beside = said.split_once(' ').is_some_and(|(top, own)| own.starts_with(top));
    if !is_beside || !python.with_file_name("python3").exists() {
        return tell("skipped: `onnxruntime` lies elsewhere than the interpreter");
    }
    let sandbox = Sandbox::with_store();
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/models/penguins.onnx");
    sandbox.ok(["model", "register", "penguins", model.to_str().unwrap()]);
    sandbox.write("birds.csv", "a,b,c,d\n39.1,18.7,181,3750\n");
    let args = ["predict", "penguins", "-i", "birds.csv", "--engine", "ort"];
    let mut command = sandbox.command(args);
    command.env("PATH", path(python));
    let found = sandbox.finish(command);
    assert_eq!(found.code(), 0, "{found}");
    assert!(found.stdout().contains("Adelie"), "{found}");
}

#[test]
fn m01_a_pickle_is_not_loaded_unless_that_is_allowed() {
    let sandbox = Sandbox::with_store();
    // Protocol 0: `os.system("touch canary")`.
    sandbox.write("evil.pkl", "cos\nsystem\n(S'touch canary'\ntR.");
    register(&sandbox, "evil.pkl");
    let said = sandbox.mls(["serve", "evil.pkl", "--port", "0"]);
    assert_eq!(said.code(), 12, "{said}");
    assert!(said.stderr().contains("--allow-pickle"), "{said}");
    assert_eq!(sandbox.mls(["predict", "evil.pkl", "-i", "-", "--as", "csv"]).code(), 12);
    assert!(!sandbox.path().join("canary").exists());
}
