//! Logged models and what runs have to do with them, in and out as MLflow's file store has them.

use std::fs;
use std::path::Path;

use mls::base::Silent;
use mls::store::Store;
use mls::track::import::{Folder, Options, Report, import};
use mls::track::logged::{self, LoggedModel};
use mls::track::{Run, load};
use serde_json::json;

use crate::support::Sandbox;

const RUN: &str = "11e8ad5437f84e228682a3fcf57477c8";
const OTHER: &str = "22e8ad5437f84e228682a3fcf57477c8";
const NET: &str = "m-33e8ad5437f84e228682a3fcf57477c8";

fn put(path: impl AsRef<Path>, content: &str) {
    let path = path.as_ref();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn run(root: &Path, experiment: &str, id: &str) {
    put(
        root.join(experiment).join("meta.yaml"),
        &format!("experiment_id: '{experiment}'\nname: e{experiment}\ncreation_time: 1\n"),
    );
    put(root.join(experiment).join(id).join("tags/mlflow.user"), "ada");
    put(
        root.join(experiment).join(id).join("meta.yaml"),
        &format!(
            "run_id: {id}\nrun_name: bold\nstatus: 3\nstart_time: 5\nend_time: 6\nuser_id: ada\n"
        ),
    );
}

/// A run that made a logged model, and one of another experiment that used and measured it.
fn mlruns(root: &Path) {
    run(root, "1", RUN);
    run(root, "2", OTHER);
    let net = root.join("1/models").join(NET);
    put(
        net.join("meta.yaml"),
        &format!(
            "model_id: {NET}\nexperiment_id: '1'\nname: net\nstatus: 2\nmodel_type: agent\ncreation_timestamp: 5\n\
             last_updated_timestamp: 6\nsource_run_id: {RUN}\nlifecycle_stage: active\n"
        ),
    );
    put(net.join("artifacts/MLmodel"), "flavors: {}\n");
    put(net.join("params/depth"), "2");
    put(net.join("tags/team"), "core");
    put(
        net.join("metrics/acc"),
        &format!("7 0.5 1 {RUN}\n9 0.75 2 {RUN}\n8 nan 1 {RUN} held-out abc\n"),
    );
    put(
        root.join("2/models").join(NET).join("metrics/acc"),
        &format!("4 0.25 0 {OTHER} two words abc\n"),
    );
    let output = |model: &str| {
        format!(
            "source_type: RUN_OUTPUT\nsource_id: {model}\ndestination_type: MODEL_OUTPUT\ndestination_id: {model}\nstep: 3\ntags: {{}}\n"
        )
    };
    put(root.join("1").join(RUN).join("outputs").join(NET).join("meta.yaml"), &output(NET));
    put(
        root.join("2").join(OTHER).join("inputs/x/meta.yaml"),
        &format!(
            "source_type: MODEL\nsource_id: {NET}\ndestination_type: RUN\ndestination_id: {NET}\ntags: {{}}\n"
        ),
    );
}

fn bring(store: &Store, root: &Path) -> Report {
    import(store, &Folder::open(root, None).unwrap(), &Options::default(), &Silent).unwrap()
}

fn get(store: &Store, id: &str) -> Run {
    load::run(store, &id.parse().unwrap()).unwrap()
}

fn net(store: &Store) -> LoggedModel {
    logged::get(store, &NET.parse().unwrap()).unwrap().unwrap().1
}

#[test]
fn runs_name_the_models_that_they_made_used_and_measured() {
    let sandbox = Sandbox::with_store();
    let (store, root) = (sandbox.open(), sandbox.path().join("mlruns"));
    mlruns(&root);
    let report = bring(&store, &root);
    assert!(report.skipped.is_empty(), "{report:#?}");
    let made = get(&store, RUN).models;
    assert_eq!((made.outputs.len(), made.outputs[0].step), (1, 3));
    let told = |run: &str| {
        let metrics = get(&store, run).models.metrics.into_iter();
        let told = |metric: mls::track::ModelMetric| (metric.point.step, metric.dataset);
        metrics.map(told).collect::<Vec<_>>()
    };
    let on = |name: &str| Some((name.to_owned(), "abc".to_owned()));
    assert_eq!(told(RUN), [(2, None), (1, on("held-out"))], "the last point of each dataset");
    assert_eq!(told(OTHER), [(0, on("two words"))]);
    assert_eq!(get(&store, OTHER).models.inputs, [NET]);

    let again = bring(&store, &root);
    assert_eq!((again.runs.unchanged, again.logged_models.unchanged), (2, 1), "{again:?}");
    put(root.join("1/models").join(NET).join("metrics/acc"), &format!("9 0.9 3 {RUN}\n"));
    let changed = bring(&store, &root);
    assert_eq!((changed.runs.changed, changed.runs.unchanged), (1, 1), "{changed:?}");
}

#[test]
fn what_was_imported_goes_out_and_comes_back_as_it_was() {
    let sandbox = Sandbox::with_store();
    let (store, root) = (sandbox.open(), sandbox.path().join("mlruns"));
    mlruns(&root);
    bring(&store, &root);
    let said = sandbox.mls(["--format", "json", "export", "runs", "--as", "mlruns", "-o", "out"]);
    let answer: serde_json::Value = serde_json::from_str(&said.stdout()).unwrap();
    assert_eq!((&answer["runs"], &answer["logged_models"]), (&json!(2), &json!(1)));
    // A line of words has no room for a name of two.
    assert!(answer["left_out"][0].as_str().unwrap().contains("`two words`"), "{answer}");
    let again = Sandbox::with_store();
    let report = bring(&again.open(), &sandbox.path().join("out"));
    assert!(report.skipped.is_empty(), "{report:#?}");
    assert_eq!(net(&again.open()), net(&store));
    let plain = |run: Run| format!("{:?}", Run { edited: 0, ..run });
    assert_eq!(plain(get(&again.open(), RUN)), plain(get(&store, RUN)));
    assert_eq!(get(&again.open(), OTHER).models.inputs, [NET]);

    let one = "attributes.run_name = 'none'";
    sandbox.ok(["export", "runs", one, "--as", "mlruns", "-o", "none"]);
    assert!(!sandbox.path().join("none/1").exists(), "models go with the runs that were chosen");
    sandbox.ok(["export", "runs", "-e", "e2", "--as", "mlruns", "-o", "used"]);
    assert!(sandbox.path().join("used/1/models").join(NET).join("artifacts/MLmodel").exists());
}

#[test]
fn h03_what_a_hostile_store_says_of_models_leads_nowhere() {
    let sandbox = Sandbox::with_store();
    let (store, root) = (sandbox.open(), sandbox.path().join("mlruns"));
    mlruns(&root);
    for (number, id) in ["../../../out", "/etc", "m-1", NET].into_iter().enumerate() {
        let meta = format!(
            "destination_type: MODEL_OUTPUT\ndestination_id: '{id}'\nstep: {number}\nsource_id: x\n"
        );
        put(root.join("1").join(RUN).join(format!("outputs/{number}/meta.yaml")), &meta);
        let meta = format!("model_id: '{id}'\nexperiment_id: '1'\nname: x\nstatus: 2\n");
        if id != NET {
            put(root.join(format!("1/models/x{number}/meta.yaml")), &meta);
        }
    }
    let metrics = root.join("1/models").join(NET).join("metrics");
    std::os::unix::fs::symlink("/etc/passwd", metrics.join("link")).unwrap();
    put(metrics.join("half"), "7 0.5\nx y z w\n");
    let report = bring(&store, &root);
    let said: Vec<&str> = report.skipped.iter().map(|one| one.what.as_str()).collect();
    for what in
        ["metric `link` of", "line 1 of metric `half`", "line 2 of metric `half`", "model `/etc`"]
    {
        assert!(said.iter().any(|said| said.contains(what)), "{what}: {said:#?}");
    }
    let outputs = get(&store, RUN).models.outputs;
    assert!(outputs.iter().all(|output| output.model == NET), "{outputs:?}");

    // A tag of a logged model is no path.
    logged::edit(&store, &NET.parse().unwrap(), |model| {
        model.tags.insert("../../../../escaped".to_owned(), "x".to_owned());
        Ok(())
    })
    .unwrap();
    let said = sandbox.mls(["export", "runs", "--as", "mlruns", "-o", "deep/out"]);
    assert!(said.code() == 0 && said.stderr().contains("escaped"), "{said}");
    assert!(!sandbox.path().join("deep/escaped").exists());
    assert!(!sandbox.path().join("deep/out/escaped").exists());
}

#[test]
fn a_version_of_no_run_takes_its_files_along() {
    let sandbox = Sandbox::with_store();
    sandbox.write("model/weights.bin", "weights");
    sandbox.ok(["model", "register", "net", "model", "--alias", "best"]);
    sandbox.ok(["export", "runs", "--as", "mlruns", "-o", "out"]);
    let version = "out/models/net/version-1";
    assert_eq!(sandbox.read(format!("{version}/artifacts/weights.bin")), b"weights");
    assert_eq!(sandbox.read("out/models/net/aliases/best"), b"1");
    let meta = String::from_utf8(sandbox.read(format!("{version}/meta.yaml"))).unwrap();
    let place = sandbox.path().join(version).join("artifacts");
    assert!(meta.contains(&format!("storage_location: \"{}\"", place.display())), "{meta}");
}
