use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use mls::base::Silent;
use mls::store::{Store, tree};
use mls::track::import::{Ask, Options, Refusal, Report, Server, import};
use mls::track::{Error, load};
use serde_json::{Value, json};

use crate::support::Sandbox;

const RUN: &str = "11e8ad5437f84e228682a3fcf57477c8";

/// A server of one experiment with one run, that counts what it is asked.
struct Fake {
    run: Value,
    history: Vec<Value>,
    /// Listings by folder, and contents by path.
    folders: BTreeMap<String, Value>,
    files: BTreeMap<String, Vec<u8>>,
    asked: RefCell<Vec<String>>,
    denied: bool,
}

impl Fake {
    fn new() -> Self {
        let point = |step: i64, value: Value| json!({"key": "loss", "value": value, "timestamp": 5, "step": step});
        let run = json!({
            "info": {"run_id": RUN, "run_name": "bold", "experiment_id": "1", "status": "FINISHED", "start_time": 5,
                "end_time": "9", "lifecycle_stage": "active", "artifact_uri": "mlflow-artifacts:/1/x/artifacts"},
            "data": {"metrics": [point(2, json!("NaN"))], "params": [{"key": "lr", "value": "0.1"}]},
            "inputs": {},
        });
        let file =
            |path: &str, size: u64| json!({"path": path, "is_dir": false, "file_size": size});
        Self {
            run,
            history: vec![
                point(0, json!(0.5)),
                point(1, json!("-Infinity")),
                point(2, json!("NaN")),
            ],
            folders: [
                (String::new(), json!([file("a.txt", 5), {"path": "plots", "is_dir": true}])),
                ("plots".to_owned(), json!([file("plots/b.bin", 3)])),
            ]
            .into(),
            files: [("a.txt", "alpha"), ("plots/b.bin", "xyz")]
                .map(|(path, content)| (path.to_owned(), content.into()))
                .into(),
            asked: RefCell::default(),
            denied: false,
        }
    }

    fn asked(&self, word: &str) -> usize {
        self.asked.borrow().iter().filter(|path| path.contains(word)).count()
    }

    fn bring(&self, store: &Store) -> Result<Report, Error> {
        self.asked.borrow_mut().clear();
        import(store, &Server::new(self), &Options::default(), &Silent)
    }
}

fn of<'a>(query: &'a [(&str, &str)], name: &str) -> &'a str {
    query.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
}

impl Ask for Fake {
    fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Refusal> {
        self.asked.borrow_mut().push(path.to_owned());
        match path.rsplit('/').next() {
            // Two points a page.
            Some("get-history") => {
                let from: usize = of(query, "page_token").parse().unwrap_or(0);
                let to = (from + 2).min(self.history.len());
                let more = (to < self.history.len()).then(|| to.to_string());
                Ok(json!({"metrics": self.history[from..to], "next_page_token": more}))
            }
            Some("list") => Ok(json!({"files": self.folders.get(of(query, "path"))})),
            _ => Err(Refusal::Missing(path.to_owned())),
        }
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value, Refusal> {
        self.asked.borrow_mut().push(path.to_owned());
        match path.rsplit_once("mlflow/").map(|(_, verb)| verb) {
            _ if self.denied => Err(Refusal::Denied("no".to_owned())),
            Some("experiments/search") => Ok(
                json!({"experiments": [{"experiment_id": "1", "name": "one", "lifecycle_stage": "active"}]}),
            ),
            Some("runs/search") => {
                assert_eq!(body["experiment_ids"][0], "1");
                Ok(json!({"runs": [self.run]}))
            }
            _ => Err(Refusal::Missing(path.to_owned())),
        }
    }

    fn file<'a>(
        &'a self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Box<dyn Read + Send + 'a>, Refusal> {
        self.asked.borrow_mut().push(path.to_owned());
        match self.files.get(of(query, "path")) {
            Some(bytes) => Ok(Box::new(Cursor::new(bytes.as_slice()))),
            None => Err(Refusal::Missing("404".to_owned())),
        }
    }
}

fn names(store: &Store) -> Vec<String> {
    let run = load::run(store, &RUN.parse().unwrap()).unwrap();
    let mut names = vec![];
    let Some(tree) = run.artifacts else { return names };
    tree::walk::<Error>(store, &tree, |path, entry| {
        if entry.folder().is_none() {
            names.push(String::from_utf8(path.to_vec()).unwrap());
        }
        Ok(())
    })
    .unwrap();
    names
}

#[test]
fn a_server_is_read_page_by_page_and_not_asked_twice_for_what_has_not_changed() {
    let sandbox = Sandbox::with_store();
    let (store, mut fake) = (sandbox.open(), Fake::new());
    let report = fake.bring(&store).unwrap();
    assert_eq!((report.runs.new, report.artifacts, report.artifact_bytes), (1, 2, 8), "{report:?}");
    assert!(report.skipped.is_empty(), "{report:?}");
    let run = load::run(&store, &RUN.parse().unwrap()).unwrap();
    let points = load::points(&store, &run, "loss").unwrap();
    assert_eq!(points.iter().map(|point| point.step).collect::<Vec<_>>(), [0, 1, 2]);
    assert!(points[1].value.0 == f64::NEG_INFINITY && points[2].value.0.is_nan());
    assert_eq!((run.started, run.ended), (5, Some(9)));
    assert_eq!(names(&store), ["a.txt", "plots/b.bin"]);

    let again = fake.bring(&store).unwrap();
    assert_eq!(again.runs.unchanged, 1);
    assert_eq!((fake.asked("get-history"), fake.asked("get-artifact")), (0, 0));

    fake.files.insert("a.txt".to_owned(), b"longer".to_vec());
    fake.folders.get_mut("").unwrap()[0]["file_size"] = json!(6);
    assert_eq!(fake.bring(&store).unwrap().runs.changed, 1);
    assert_eq!(fake.asked("get-artifact"), 1, "only what differs is brought");
}

#[test]
fn h01_names_that_lead_out_and_folders_without_end_are_left_out() {
    let sandbox = Sandbox::with_store();
    let (store, mut fake) = (sandbox.open(), Fake::new());
    let bad =
        ["../up", "/etc/passwd", "a/../../b", "", ".", "plots//x", ".mlstore/format", "nul\0"];
    let mut listed: Vec<Value> = bad.iter().map(|path| json!({"path": path})).collect();
    listed.push(json!({"path": "a.txt", "file_size": 99}));
    listed.push(json!({"path": "gone", "file_size": 1}));
    listed.push(json!({"path": "plots", "is_dir": true}));
    fake.folders.insert(String::new(), Value::Array(listed));
    fake.folders.insert(
        "plots".to_owned(),
        json!([{"path": "elsewhere/x", "is_dir": true}, {"path": "plots/b.bin"}]),
    );
    let report = fake.bring(&store).unwrap();
    assert_eq!(report.skipped.len(), bad.len() + 3, "{report:#?}");
    assert!(report.skipped.iter().any(|one| one.why.contains("5 bytes came of 99")), "{report:#?}");
    assert_eq!(names(&store), ["plots/b.bin"]);
}

#[test]
fn a_server_without_end_or_without_sense_ends_the_import_and_says_so() {
    let sandbox = Sandbox::with_store();
    let (store, mut fake) = (sandbox.open(), Fake::new());
    fake.denied = true;
    assert!(matches!(fake.bring(&store), Err(Error::SourceDenied(_))));
    fake.denied = false;
    fake.run["info"]["status"] = json!("DANCING");
    let report = fake.bring(&store).unwrap();
    assert_eq!((report.runs.new, report.skipped.len()), (0, 1), "{report:?}");
    fake.run = json!({"info": 7});
    assert_eq!(fake.bring(&store).unwrap().skipped.len(), 1);

    struct Endless;
    impl Ask for Endless {
        fn get(&self, _: &str, _: &[(&str, &str)]) -> Result<Value, Refusal> {
            Ok(json!({"next_page_token": "x"}))
        }
        fn post(&self, _: &str, _: &Value) -> Result<Value, Refusal> {
            Ok(json!({"next_page_token": "x"}))
        }
        fn file<'a>(
            &'a self,
            _: &str,
            _: &[(&str, &str)],
        ) -> Result<Box<dyn Read + Send + 'a>, Refusal> {
            Err(Refusal::Failed(String::new()))
        }
    }
    let endless = import(&store, &Server::new(&Endless), &Options::default(), &Silent);
    assert!(matches!(endless, Err(Error::SourceFailed(_))));
}
