use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use mls::base::Silent;
use mls::store::{Store, checkout};
use mls::track::edit::{self, Edit};
use mls::track::import::{Database, Folder, Options, Report, import};
use mls::track::{Error, ExperimentId, Run, RunId, Status, experiment, load};

use crate::support::Sandbox;

const RUN: &str = "11e8ad5437f84e228682a3fcf57477c8";
const OTHER: &str = "22e8ad5437f84e228682a3fcf57477c8";

fn put(path: impl AsRef<Path>, content: &str) {
    let path = path.as_ref();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// A file store as MLflow writes it: two experiments, one of them removed, and a run in each.
fn mlruns(root: &Path) {
    for (folder, id, name, stage) in
        [("1", "1", "one", "active"), (".trash/9", "9", "gone", "deleted")]
    {
        put(
            root.join(folder).join("meta.yaml"),
            &format!(
                "artifact_location: /elsewhere/{id}\ncreation_time: 1700000000000\nexperiment_id: '{id}'\n\
                 last_update_time: 1700000005000\nlifecycle_stage: {stage}\nname: {name}\n"
            ),
        );
    }
    put(root.join("1/tags/kind"), "test");
    run(root, "1", RUN, "active");
    run(root, ".trash/9", OTHER, "deleted");
}

fn run(root: &Path, experiment: &str, id: &str, stage: &str) {
    let run = root.join(experiment).join(id);
    put(
        run.join("meta.yaml"),
        &format!(
            "artifact_uri: /moved/{id}/artifacts\nend_time: 1700000002000\nentry_point_name: ''\nexperiment_id: '1'\n\
             lifecycle_stage: {stage}\nrun_id: {id}\nrun_name: bold\nrun_uuid: {id}\nstart_time: 1700000001000\n\
             status: 3\ntags: []\nuser_id: ada\n"
        ),
    );
    put(run.join("params/opt/name"), "adam\nzwei");
    put(run.join("tags/mlflow.runName"), "bold");
    put(run.join("tags/team"), "core");
    put(
        run.join("metrics/loss"),
        "1700000001000 0.5 0\n1700000001001 nan 2\n1700000001002 -inf 1\n",
    );
    put(run.join("artifacts/plots/a.txt"), "alpha");
    put(
        run.join("inputs/x/meta.yaml"),
        "source_type: DATASET\nsource_id: d1\ntags:\n  mlflow.data.context: train\n",
    );
    put(
        root.join(experiment).join("datasets/d1/meta.yaml"),
        "digest: abc\nname: six\nprofile: '{}'\nschema: '[]'\nsource: '{\"uri\": 1}'\nsource_type: code\n",
    );
}

fn bring(store: &Store, root: &Path) -> Report {
    import(store, &Folder::open(root, None).unwrap(), &Options::default(), &Silent).unwrap()
}

fn get(store: &Store, id: &str) -> Run {
    load::run(store, &id.parse().unwrap()).unwrap()
}

fn here() -> (Sandbox, Store, std::path::PathBuf) {
    let sandbox = Sandbox::with_store();
    let (store, root) = (sandbox.open(), sandbox.path().join("mlruns"));
    mlruns(&root);
    (sandbox, store, root)
}

#[test]
fn a_folder_of_mlflow_comes_with_all_that_is_in_it() {
    let (sandbox, store, root) = here();
    let report = bring(&store, &root);
    assert!(report.skipped.is_empty(), "{report:?}");
    assert_eq!((report.experiments.new, report.runs.new, report.artifacts), (2, 2, 2));
    let run = get(&store, RUN);
    assert_eq!(
        (run.name.as_str(), run.status, run.user.as_str()),
        ("bold", Status::Finished, "ada")
    );
    assert_eq!((run.started, run.ended), (1_700_000_001_000, Some(1_700_000_002_000)));
    assert_eq!(run.params["opt/name"], "adam\nzwei");
    assert_eq!(run.tags.len(), 1, "the name is no tag: {:?}", run.tags);
    let points = load::points(&store, &run, "loss").unwrap();
    let steps: Vec<_> = points.iter().map(|point| point.step).collect();
    assert_eq!(steps, [0, 1, 2]);
    assert!(points[2].value.0.is_nan() && points[1].value.0 == f64::NEG_INFINITY);
    assert_eq!(run.metrics["loss"].last.step, 2);
    let dataset = &run.datasets[0];
    assert_eq!((dataset.name.as_str(), dataset.digest.as_str()), ("six", "abc"));
    assert_eq!(dataset.context.as_deref(), Some("train"));
    assert_eq!(dataset.details["source_type"], "code");
    let to = sandbox.path().join("out");
    let tree = run.artifacts.unwrap();
    checkout::write(&store, &tree, &to, &checkout::Options::default(), &Silent).unwrap();
    assert_eq!(fs::read(to.join("plots/a.txt")).unwrap(), b"alpha");

    let gone = get(&store, OTHER);
    assert!(gone.deleted.is_some());
    let one = experiment::resolve(&store, "one").unwrap();
    assert_eq!((one.id.as_str(), one.created), ("1", 1_700_000_000_000));
    assert_eq!(one.tags["kind"], "test");
    assert_eq!(one.artifact_location, None, "a folder of another machine is no place of ours");
    assert!(experiment::resolve(&store, "gone").unwrap().deleted.is_some());
}

#[test]
fn again_adds_nothing_and_what_changed_there_is_another_version() {
    let (_sandbox, store, root) = here();
    bring(&store, &root);
    let link = || edit::get(&store, &RUN.parse().unwrap()).unwrap().unwrap().0;
    let first = link();
    let again = bring(&store, &root);
    assert_eq!((again.runs.unchanged, again.experiments.unchanged), (2, 2), "{again:?}");
    assert_eq!(link(), first);

    put(root.join("1").join(RUN).join("metrics/acc"), "1700000001000 0.9 0\n");
    let changed = bring(&store, &root);
    assert_eq!((changed.runs.changed, changed.runs.unchanged), (1, 1));
    let run = get(&store, RUN);
    assert_eq!((run.previous.len(), run.metrics.len()), (1, 2));
    assert_eq!(bring(&store, &root).runs.unchanged, 2);
}

#[test]
fn what_was_edited_here_stays_when_the_source_changes() {
    let (_sandbox, store, root) = here();
    bring(&store, &root);
    let id: RunId = RUN.parse().unwrap();
    let tags = [("mine".to_owned(), "yes".to_owned())].into();
    edit::edit(&store, &id, &Edit { tags, ..Edit::default() }).unwrap();
    assert_eq!(bring(&store, &root).runs.unchanged, 2);
    put(root.join("1").join(RUN).join("tags/theirs"), "yes");
    assert_eq!(bring(&store, &root).runs.changed, 1);
    let run = get(&store, RUN);
    assert_eq!((run.tags["mine"].as_str(), run.tags["theirs"].as_str()), ("yes", "yes"));
    assert_eq!(bring(&store, &root).runs.unchanged, 2);
}

#[test]
fn two_stores_that_import_the_same_have_the_same_runs() {
    let (_sandbox, store, root) = here();
    let other = Sandbox::with_store();
    bring(&store, &root);
    bring(&other.open(), &root);
    let link = |store: &Store| edit::get(store, &RUN.parse().unwrap()).unwrap().unwrap().0;
    assert_eq!(link(&store), link(&other.open()));
}

#[test]
fn an_id_that_means_another_experiment_here_is_not_taken() {
    let (_sandbox, store, root) = here();
    bring(&store, &root);
    let second = root.with_file_name("second");
    mlruns(&second);
    put(
        second.join("1/meta.yaml"),
        "experiment_id: '1'\nname: another\ncreation_time: 5\nlifecycle_stage: active\n",
    );
    fs::rename(second.join("1").join(RUN), second.join("1").join(OTHER)).unwrap();
    let meta = second.join("1").join(OTHER).join("meta.yaml");
    put(
        &meta,
        &fs::read_to_string(&meta).unwrap().replace(RUN, "33e8ad5437f84e228682a3fcf57477c8"),
    );
    fs::rename(second.join("1").join(OTHER), second.join("1/33e8ad5437f84e228682a3fcf57477c8"))
        .unwrap();
    let report = bring(&store, &second);
    assert_eq!(report.runs.new, 1, "{report:?}");
    let run = get(&store, "33e8ad5437f84e228682a3fcf57477c8");
    assert_eq!(run.experiment, ExperimentId::for_name("another"));
    assert!(report.remarks.iter().any(|remark| remark.contains("means another one")), "{report:?}");
    assert_eq!(bring(&store, &second).runs.new, 0);
}

#[test]
fn s06_a_hostile_folder_leads_nowhere_and_loses_nothing_else() {
    let (sandbox, store, root) = here();
    let run = root.join("1").join(RUN);
    let secret = sandbox.write("secret/key", "do not take");
    symlink(&secret, run.join("artifacts/plots/stolen")).unwrap();
    symlink(secret.parent().unwrap(), run.join("artifacts/folder")).unwrap();
    symlink("a.txt", run.join("artifacts/plots/alias")).unwrap();
    symlink(&secret, run.join("params/stolen")).unwrap();
    symlink(&secret, run.join("metrics/stolen")).unwrap();
    symlink(secret.parent().unwrap(), root.join("7")).unwrap();
    put(sandbox.path().join("secret/meta.yaml"), "experiment_id: '7'\nname: seven\n");
    put(root.join("3/meta.yaml"), "experiment_id: '4'\nname: liar\n");
    put(root.join("5/meta.yaml"), "experiment_id: '5'\nna");
    put(root.join("1/44e8ad5437f84e228682a3fcf57477c8/meta.yaml"), "run_id: 44e8ad54");
    fs::create_dir_all(root.join("1/55e8ad5437f84e228682a3fcf57477c8")).unwrap();
    put(
        run.join("metrics/broken"),
        "1700000001000 0.5 0\nno number 1\n1 2 3 4 5 6\n\n17 1.5 x\n8 1 1\n",
    );
    put(run.join("metrics/big"), &format!("{}\n1 1 1\n", "9".repeat(100_000)));
    put(run.join("params/bad=key"), "v");
    fs::write(run.join("tags/binary"), [0xff, 0xfe]).unwrap();
    put(run.join("inputs/up/meta.yaml"), "source_type: DATASET\nsource_id: ../../9/datasets/d1\n");
    let report = bring(&store, &root);
    let skipped = |word: &str| report.skipped.iter().filter(|one| one.what.contains(word)).count();
    for (word, count) in [
        ("artifact `", 2),
        ("param `stolen`", 1),
        ("metric `stolen`", 1),
        ("experiment folder `7`", 1),
        ("experiment folder `3`", 1),
        ("experiment folder `5`", 1),
        ("run folder `44", 1),
        ("run folder `55", 1),
        ("line 2 of metric `broken`", 1),
        ("of metric `broken`", 2),
        ("param `bad=key`", 1),
        ("tag `binary`", 1),
        ("input `up`", 1),
    ] {
        assert_eq!(skipped(word), count, "{word}: {report:#?}");
    }
    let run = get(&store, RUN);
    assert_eq!(load::points(&store, &run, "broken").unwrap().len(), 3);
    assert_eq!(load::points(&store, &run, "big").unwrap().len(), 1);
    let to = sandbox.path().join("out");
    let tree = run.artifacts.unwrap();
    checkout::write(&store, &tree, &to, &checkout::Options::default(), &Silent).unwrap();
    assert_eq!(fs::read(to.join("plots/alias")).unwrap(), b"alpha");
    assert!(!to.join("plots/stolen").exists() && !to.join("folder").exists());
    let mut open = vec![sandbox.path().join("out")];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            assert_ne!(fs::read(path).unwrap(), b"do not take");
        }
    }
}

#[test]
fn a_folder_without_experiments_and_a_file_that_is_no_database_are_refused() {
    let sandbox = Sandbox::with_store();
    let empty = sandbox.path().join("empty");
    fs::create_dir(&empty).unwrap();
    assert!(matches!(Folder::open(&empty, None), Err(Error::BadFile { .. })));
    let text = sandbox.write(
        "mlflow.db",
        "no database at all, but long enough to be looked at as one".repeat(20),
    );
    assert!(matches!(Database::open(&text, None), Err(Error::BadFile { .. })));
    let other = sandbox.path().join("other.db");
    rusqlite::Connection::open(&other)
        .unwrap()
        .execute_batch(
            "CREATE TABLE a (b); CREATE VIEW runs AS SELECT 1; CREATE VIEW experiments AS SELECT 1",
        )
        .unwrap();
    assert!(matches!(Database::open(&other, None), Err(Error::BadFile { .. })));
}

fn database(path: &Path, artifacts: &str) {
    let db = rusqlite::Connection::open(path).unwrap();
    db.execute_batch(&format!(
        "CREATE TABLE experiments (experiment_id INTEGER, name TEXT, artifact_location TEXT, lifecycle_stage TEXT,
             creation_time BIGINT, last_update_time BIGINT);
         CREATE TABLE experiment_tags (key TEXT, value TEXT, experiment_id INTEGER);
         CREATE TABLE runs (run_uuid TEXT, name TEXT, user_id TEXT, status TEXT, start_time BIGINT, end_time BIGINT,
             lifecycle_stage TEXT, artifact_uri TEXT, experiment_id INTEGER, deleted_time BIGINT);
         CREATE TABLE metrics (key TEXT, value FLOAT, timestamp BIGINT, run_uuid TEXT, step BIGINT, is_nan BOOLEAN);
         CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT);
         CREATE TABLE tags (key TEXT, value TEXT, run_uuid TEXT);
         INSERT INTO experiments VALUES (1, 'one', 's3://bucket/1', 'active', 5, 6);
         INSERT INTO experiment_tags VALUES ('kind', 'test', 1);
         INSERT INTO runs VALUES ('{RUN}', 'bold', 'ada', 'FINISHED', 1000, 2000, 'active', '{artifacts}', 1, NULL);
         INSERT INTO runs VALUES ('{OTHER}', '', 'ada', 'RUNNING', 1000, NULL, 'active', 's3://b/x', 1, NULL);
         INSERT INTO runs VALUES ('../../etc', 'bad', 'ada', 'FINISHED', 1, 2, 'active', '', 1, NULL);
         INSERT INTO metrics VALUES ('b', 1.5, 10, '{RUN}', 1, 0), ('b', 0, 11, '{RUN}', 2, 1), ('a', 3, 5, '{RUN}', 0, 0);
         INSERT INTO params VALUES ('lr', '0.1', '{RUN}');
         INSERT INTO tags VALUES ('team', 'core', '{RUN}'), ('mlflow.parentRunId', '{RUN}', '{OTHER}');"
    ))
    .unwrap();
}

#[test]
fn a_database_is_read_and_artifacts_only_below_the_named_root() {
    let sandbox = Sandbox::with_store();
    let store = sandbox.open();
    let outside = sandbox.write("far/1/artifacts/a.txt", "alpha");
    let outside = outside.parent().unwrap();
    fs::create_dir(sandbox.path().join("db")).unwrap();
    let path = sandbox.path().join("db/mlflow.db");
    database(&path, outside.to_str().unwrap());
    let before = fs::read(&path).unwrap();
    let bring = |named: Option<&Path>| {
        let source = Database::open(&path, named).unwrap();
        import(&store, &source, &Options::default(), &Silent).unwrap()
    };
    let report = bring(None);
    assert_eq!((report.experiments.new, report.runs.new, report.artifacts), (1, 2, 0));
    let skipped: Vec<_> = report.skipped.iter().map(|one| one.what.as_str()).collect();
    assert_eq!(skipped, ["run `../../etc`", &format!("artifacts of run {RUN}")], "{report:#?}");
    assert!(report.remarks[0].contains("s3://"), "{report:?}");
    let run = get(&store, RUN);
    assert_eq!(run.artifacts, None);
    assert_eq!(run.metrics.keys().collect::<Vec<_>>(), ["a", "b"]);
    assert!(run.metrics["b"].last.value.0.is_nan());
    let child = get(&store, OTHER);
    assert_eq!(
        (child.status, child.ended, child.name.as_str()),
        (Status::Running, None, &OTHER[..8])
    );
    assert_eq!(child.parent, Some(run.id.clone()));
    let one = experiment::resolve(&store, "one").unwrap();
    assert_eq!(one.artifact_location.as_deref(), Some("s3://bucket/1"));

    let report = bring(Some(&sandbox.path().join("far")));
    assert_eq!((report.runs.changed, report.artifacts), (1, 1), "{report:#?}");
    assert!(get(&store, RUN).artifacts.is_some());
    assert_eq!(fs::read(&path).unwrap(), before, "the source is only read");
}

#[test]
fn a_dry_run_counts_and_changes_nothing() {
    let (_sandbox, store, root) = here();
    let dry = Options { dry_run: true };
    let source = Folder::open(&root, None).unwrap();
    let report = import(&store, &source, &dry, &Silent).unwrap();
    assert_eq!((report.experiments.new, report.runs.new), (2, 2));
    assert_eq!(experiment::list(&store, true).unwrap().len(), 1);
    bring(&store, &root);
    assert_eq!(import(&store, &source, &dry, &Silent).unwrap().runs.unchanged, 2);
}

#[test]
fn what_is_exported_as_mlruns_comes_back_as_it_was() {
    let (sandbox, store, root) = here();
    put(root.join("1").join(RUN).join("tags/mlflow.parentRunId"), OTHER);
    put(root.join("1").join(RUN).join("tags/mlflow.user"), "ada");
    bring(&store, &root);
    sandbox.ok(["export", "runs", "--as", "mlruns", "-o", "out/mlruns"]);
    let again = Sandbox::with_store();
    let report = bring(&again.open(), &sandbox.path().join("out/mlruns"));
    assert!(report.skipped.is_empty() && report.runs.new == 1, "{report:?}");
    assert_eq!(format!("{:?}", get(&again.open(), RUN)), format!("{:?}", get(&store, RUN)));
    let said = sandbox.mls(["export", "runs", "--as", "mlruns", "-o", "out/mlruns"]);
    assert_eq!(said.code(), 1, "what is there is not written over: {said}");
}

#[test]
fn a_key_in_the_way_of_another_is_told_and_not_lost_in_silence() {
    let sandbox = Sandbox::with_store();
    sandbox.ok(["commit-run", "-m", "a=1", "-m", "a/b=2", "-p", "yes=no"]);
    let said = sandbox.mls(["export", "runs", "--as", "mlruns", "-o", "out"]);
    assert_eq!(said.code(), 0);
    assert!(said.stderr().contains("left out `a/b`"), "{said}");
}

#[test]
fn logged_and_registered_models_keep_ids_numbers_aliases_and_content() {
    let (_sandbox, store, root) = here();
    let id = "m-33e8ad5437f84e228682a3fcf57477c8";
    let folder = root.join("1/models").join(id);
    put(
        folder.join("meta.yaml"),
        &format!(
            "model_id: {id}\nname: net\nstatus: 2\ncreation_timestamp: 5\nlast_updated_timestamp: 6\nsource_run_id: {RUN}\n"
        ),
    );
    put(folder.join("artifacts/MLmodel"), "flavors: {}\n");
    put(folder.join("tags/team"), "core");
    put(
        root.join("models/iris/meta.yaml"),
        "name: iris\ncreation_timestamp: 7\naliases: {champion: '1'}\n",
    );
    put(root.join("models/iris/tags/owner"), "ada");
    let version = |number: u64, source: &str, stage: &str| {
        put(
            root.join(format!("models/iris/version-{number}/meta.yaml")),
            &format!(
                "version: {number}\nname: iris\nsource: {source}\ncurrent_stage: {stage}\nrun_id: {RUN}\ncreation_timestamp: {number}\n"
            ),
        );
    };
    version(1, &format!("/home/x/mlruns/1/models/{id}/artifacts"), "Production");
    version(2, &format!("file:///home/x/mlruns/1/{RUN}/artifacts/plots"), "None");
    version(4, "runs:/x/y", "Deleted_Internal");
    let bring = |dry_run| {
        let source = Folder::open(&root, None).unwrap();
        let report = import(&store, &source, &Options { dry_run }, &Silent).unwrap();
        let notes = mls::track::import::Notes::default();
        let models = mls::track::import::Source::registered(&source, &notes).unwrap();
        let versions = mls::model::import::import(&store, &models, dry_run, &notes).unwrap();
        let mut all = report.clone();
        notes.end(&mut all);
        assert!(all.skipped.is_empty(), "{all:#?}");
        (report.logged_models, versions)
    };
    let (logged, versions) = bring(true);
    assert_eq!((logged.new, versions.new), (1, 2));
    let (logged, versions) = bring(false);
    assert_eq!((logged.new, versions.new), (1, 2));
    let (_, model) = mls::track::logged::get(&store, &id.parse().unwrap()).unwrap().unwrap();
    assert_eq!(
        (model.name.as_str(), model.updated, model.tags["team"].as_str()),
        ("net", 6, "core")
    );
    let iris = mls::model::registry::get(&store, "iris").unwrap();
    assert_eq!(
        (iris.registered.last, iris.registered.created),
        (4, 7),
        "4 is given to nobody again"
    );
    let [one, two] = iris.versions(&store).unwrap().try_into().unwrap();
    assert_eq!((one.number, one.model.source), (1, format!("models:/{id}")));
    assert_eq!(one.model.content, model.artifacts);
    assert_eq!(two.model.source, format!("runs:/{RUN}/plots"));
    assert!(two.model.content.is_some());
    assert_eq!(one.about.stage.as_str(), "Production");
    let (logged, versions) = bring(false);
    assert_eq!((logged.unchanged, versions.unchanged, versions.changed), (1, 2, 0));
}
