use mls::base::Clock;
use mls::store::{Context, Store, refs};
use mls::track::live::{self, Batch, End, Home, Owner};
use mls::track::{
    Error, ExperimentId, Models, Point, Run, RunId, Status, Value, edit, experiment, name, series,
};
use tempfile::TempDir;

pub(super) const NOW: i64 = 1_795_351_006_429;

pub(super) fn store() -> (TempDir, Store) {
    let folder = TempDir::new().unwrap();
    let context =
        Context { actor: "a@b".to_owned(), command: "test".to_owned(), clock: Clock::Fixed(NOW) };
    let store = Store::init(&folder.path().join(".mlstore"), context).unwrap();
    (folder, store)
}

pub(super) fn run(id: &RunId) -> Run {
    Run {
        id: id.clone(),
        name: "bold-fox-12".to_owned(),
        experiment: ExperimentId::for_name("churn"),
        experiment_name: "churn".to_owned(),
        status: Status::Running,
        user: "ada".to_owned(),
        started: NOW,
        ended: None,
        parent: None,
        params: [("lr".to_owned(), "0.1".to_owned())].into(),
        metrics: [].into(),
        tags: [].into(),
        series: vec![],
        artifacts: None,
        datasets: vec![],
        models: Models::default(),
        command: None,
        code: None,
        environment: None,
        deleted: None,
        edited: NOW,
        previous: vec![],
    }
}

fn point(step: i64, value: f64) -> Point {
    Point { step, time: NOW + step, value: Value(value) }
}

fn metrics(points: &[(&str, Point)]) -> Batch {
    let metrics = points.iter().map(|(key, point)| ((*key).to_owned(), *point)).collect();
    Batch { metrics, ..Batch::default() }
}

pub(super) fn seal(store: &Store, id: &RunId) -> Run {
    let end = End::new(Status::Finished, NOW + 1000);
    live::seal(store, store.writer().unwrap(), id, end).unwrap().1
}

#[test]
fn a_sealed_run_holds_what_was_logged_while_it_was_live() {
    let (_folder, store) = store();
    let id = name::id();
    live::create(&store, &run(&id), None, &[]).unwrap();
    let batch = metrics(&[
        ("loss", point(1, f64::NAN)),
        ("loss", point(0, 0.5)),
        ("loss", point(0, 0.5)),
        ("acc", point(3, f64::INFINITY)),
        ("loss", point(2, -0.0)),
    ]);
    live::log(&store, &id, &batch).unwrap();
    live::log(&store, &id, &metrics(&[("loss", point(0, 0.5))])).unwrap();
    let tags = vec![("team".to_owned(), "blue".to_owned())];
    live::log(&store, &id, &Batch { tags, ..Batch::default() }).unwrap();

    let seen = live::get(&store, &id).unwrap().unwrap();
    assert_eq!((seen.status, seen.metrics["loss"].count), (Status::Running, 3));
    assert_eq!(live::list(&store).unwrap().len(), 1);
    assert_eq!(live::points(&store, &id, "loss").unwrap().len(), 3);

    let sealed = seal(&store, &id);
    assert_eq!((sealed.status, sealed.ended), (Status::Finished, Some(NOW + 1000)));
    assert_eq!((sealed.params["lr"].as_str(), sealed.tags["team"].as_str()), ("0.1", "blue"));
    let loss = series::read(&store, &sealed, "loss").unwrap();
    let steps: Vec<i64> = loss.iter().map(|point| point.step).collect();
    assert_eq!(steps, [0, 1, 2]);
    assert!(loss[1].value.0.is_nan() && loss[2].value.0.is_sign_negative());
    assert_eq!(sealed.metrics["loss"].min.0, 0.0);
    assert_eq!(series::read(&store, &sealed, "acc").unwrap()[0].value.0, f64::INFINITY);
    assert!(series::read(&store, &sealed, "other").unwrap().is_empty());

    assert!(live::list(&store).unwrap().is_empty(), "its rows are gone");
    let (link, stored) = edit::get(&store, &id).unwrap().unwrap();
    assert_eq!(refs::get(&store, &id.ref_name()).unwrap(), Some(link));
    assert_eq!(stored.params, sealed.params);
    assert_eq!(experiment::resolve(&store, "churn").unwrap().id, sealed.experiment);
    assert!(matches!(live::log(&store, &id, &batch), Err(Error::RunHasEnded(_))));
}

#[test]
fn a_param_is_written_once() {
    let (_folder, store) = store();
    let id = name::id();
    live::create(&store, &run(&id), None, &[]).unwrap();
    let param = |value: &str| Batch {
        params: vec![("lr".to_owned(), value.to_owned())],
        tags: vec![("seen".to_owned(), value.to_owned())],
        ..Batch::default()
    };
    live::log(&store, &id, &param("0.1")).unwrap();
    let error = live::log(&store, &id, &param("0.2")).unwrap_err();
    assert_eq!(error.to_string(), "param `lr` is `0.1` already and cannot become `0.2`");
    let tags = live::get(&store, &id).unwrap().unwrap().tags;
    assert_eq!(tags["seen"], "0.1", "a batch is logged whole or not at all");
}

#[test]
fn x13_a_million_points_are_sealed_in_full_segments() {
    let (_folder, store) = store();
    let id = name::id();
    let mut writer = store.writer().unwrap();
    let mut builder = series::Builder::new(&mut writer);
    let short = ["a", "b", "c"];
    for key in short {
        builder.add(key, point(0, 1.0)).unwrap();
    }
    for step in 0..1_000_000 {
        builder.add("loss", point(step, 1.0 / (1.0 + step as f64))).unwrap();
    }
    builder.add("z", point(0, 1.0)).unwrap();
    let series = builder.finish().unwrap();
    let run = Run { series: series.segments, metrics: series.metrics, ..run(&id) };
    writer.commit(vec![]).unwrap();
    assert_eq!(run.series.len(), 1 + 1_000_000_usize.div_ceil(series::MAX_POINTS) + 1);
    let points = series::read(&store, &run, "loss").unwrap();
    assert_eq!((points.len(), points[999_999].step), (1_000_000, 999_999));
    assert_eq!(run.metrics["loss"].count, 1_000_000);
    let all = series::read_all(&store, &run).unwrap();
    assert_eq!(all.keys().collect::<Vec<_>>(), ["a", "b", "c", "loss", "z"]);
}

#[test]
fn x04_a_run_whose_process_is_gone_is_known_by_its_lock() {
    let (_folder, store) = store();
    let id = name::id();
    let home = Home::make(&store, &id).unwrap();
    live::create(&store, &run(&id), Some(&Owner::this_process()), &[]).unwrap();
    assert!(live::abandoned(&store).unwrap().is_empty());
    drop(home);
    let gone = live::abandoned(&store).unwrap();
    assert_eq!((&gone[0].id, gone[0].alive, gone.len()), (&id, NOW, 1));
    seal(&store, &id);
    assert!(live::abandoned(&store).unwrap().is_empty());
    assert!(!store.folder().join("live").join(id.as_str()).exists());
}

#[test]
fn x04_the_folder_of_a_run_that_never_began_is_swept() {
    let (_folder, store) = store();
    let (old, young, kept) = (name::id(), name::id(), name::id());
    for id in [&old, &young, &kept] {
        drop(Home::make(&store, id).unwrap());
    }
    let hour_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    let lock = |id: &RunId| live::folder(&store, id).join("lock");
    std::fs::File::options().write(true).open(lock(&old)).unwrap().set_modified(hour_ago).unwrap();
    std::fs::remove_file(lock(&kept)).unwrap();
    live::abandoned(&store).unwrap();
    assert!(!live::folder(&store, &old).exists());
    assert!(live::folder(&store, &young).exists() && live::folder(&store, &kept).exists());
}

#[test]
fn a_run_that_nobody_owns_is_not_abandoned() {
    let (_folder, store) = store();
    let id = name::id();
    live::create(&store, &run(&id), None, &[]).unwrap();
    assert!(live::abandoned(&store).unwrap().is_empty());
    live::discard(&store, &id).unwrap();
    assert!(!live::is_live(&store, &id).unwrap());
}

#[test]
fn a_live_run_can_be_edited_but_not_removed() {
    let (_folder, store) = store();
    let id = name::id();
    live::create(&store, &run(&id), None, &[]).unwrap();
    let change = edit::Edit { name: Some("new".to_owned()), ..edit::Edit::default() };
    assert!(edit::edit(&store, &id, &change).unwrap());
    assert_eq!(live::get(&store, &id).unwrap().unwrap().name, "new");
    assert!(matches!(edit::remove(&store, &id), Err(Error::RunIsLive(_))));
    assert!(matches!(edit::remove(&store, &name::id()), Err(Error::NoRun(_))));
}
