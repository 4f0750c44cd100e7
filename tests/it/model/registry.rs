use std::thread;

use mls::model::registry::{self, Event, New, NewVersion, Registry, Tags};
use mls::model::{self, Error, Reference, Stage, Which, lineage, source};
use mls::store::{Change, Expected, gc, operation, refs};
use rusqlite::Transaction;

use super::{registered, sandbox};
use crate::support::{NOON, Sandbox};

fn numbers(store: &mls::store::Store, name: &str) -> Vec<u64> {
    registry::get(store, name).unwrap().numbers().collect()
}

#[test]
fn versions_are_counted_from_one_and_a_number_is_never_given_twice() {
    let (_sandbox, store) = sandbox();
    for number in 1..=3 {
        assert_eq!(registered(&store, "iris", "s3://b/x").number, number);
    }
    registry::remove_version(&store, "iris", 3).unwrap();
    assert_eq!(numbers(&store, "iris"), [1, 2]);
    assert_eq!(registered(&store, "iris", "s3://b/x").number, 4);
    registry::remove(&store, "iris").unwrap();
    assert!(matches!(registry::get(&store, "iris"), Err(Error::NoModel { .. })));
    assert!(refs::list(&store, "models/iris/v").unwrap().is_empty());
    assert_eq!(registered(&store, "iris", "s3://b/x").number, 5);
    assert_eq!(numbers(&store, "iris"), [5]);
}

#[test]
fn f09_sixteen_processes_that_register_at_once_get_sixteen_numbers() {
    let (sandbox, store) = sandbox();
    registry::create(&store, "iris", &New::default()).unwrap();
    let mut given: Vec<u64> = thread::scope(|scope| {
        let one = |_| {
            scope.spawn(|| {
                // A store of its own each, as processes have.
                let store = sandbox.open();
                (0..4).map(|_| registered(&store, "iris", "s3://b/x").number).collect::<Vec<_>>()
            })
        };
        let all: Vec<_> = (0..16).map(one).collect();
        all.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    given.sort_unstable();
    assert_eq!(given, (1..=64).collect::<Vec<u64>>());
    assert_eq!(numbers(&store, "iris"), given);
}

#[test]
fn a_version_never_changes_and_what_is_said_of_it_does() {
    let (_sandbox, store) = sandbox();
    let made = registered(&store, "iris", "s3://b/x");
    registry::describe_version(&store, "iris", 1, Some("words")).unwrap();
    registry::tag_version(&store, "iris", 1, &Tags::set("k", "v")).unwrap();
    registry::set_stage(&store, "iris", 1, Stage::Production, false).unwrap();
    let version = registry::resolve(&store, &Reference::parse("iris")).unwrap();
    assert_eq!((version.id, &version.model), (made.id, &made.model));
    assert_eq!(version.about.description.as_deref(), Some("words"));
    assert_eq!(version.about.tags["k"], "v");
    assert_eq!(version.about.stage, Stage::Production);
    registry::tag_version(&store, "iris", 1, &Tags::unset("k")).unwrap();
    registry::describe_version(&store, "iris", 1, None).unwrap();
    let version = registry::resolve(&store, &Reference::parse("iris@v1")).unwrap();
    assert!(version.about.tags.is_empty() && version.about.description.is_none());
    assert_eq!(refs::get(&store, "models/iris/v1").unwrap(), Some(made.id));
}

#[test]
fn an_alias_names_one_of_two_versions_that_are_the_same() {
    let (_sandbox, store) = sandbox();
    let (a, b) = (registered(&store, "iris", "s3://b/x"), registered(&store, "iris", "s3://b/x"));
    assert_eq!(a.id, b.id, "the clock stands still, so they are one node");
    assert!(registry::set_alias(&store, "iris", "champion", 2).unwrap());
    assert!(!registry::set_alias(&store, "iris", "champion", 2).unwrap());
    let champion = Reference::parse("iris@champion");
    assert_eq!(registry::resolve(&store, &champion).unwrap().number, 2);
    registry::set_alias(&store, "iris", "champion", 1).unwrap();
    assert_eq!(registry::resolve(&store, &champion).unwrap().number, 1);
    assert_eq!(registry::get(&store, "iris").unwrap().aliases_of(1), ["champion"]);
    // The alias goes with its version.
    registry::remove_version(&store, "iris", 1).unwrap();
    assert!(matches!(registry::resolve(&store, &champion), Err(Error::NoAlias { .. })));
    assert!(matches!(
        registry::set_alias(&store, "iris", "x", 1),
        Err(Error::NoVersion { number: 1, .. })
    ));
    assert!(!registry::remove_alias(&store, "iris", "champion").unwrap());
}

#[test]
fn m10_names_that_differ_only_in_case_are_refused() {
    let (_sandbox, store) = sandbox();
    registered(&store, "Prod", "s3://b/x");
    let error = registry::create(&store, "prod", &New::default()).unwrap_err();
    assert!(matches!(error, Error::OnlyCase { .. }), "{error}");
    assert_eq!(error.to_string(), "model `prod` differs from `Prod` only in upper and lower case");
    registry::set_alias(&store, "Prod", "Best", 1).unwrap();
    let error = registry::set_alias(&store, "Prod", "best", 1).unwrap_err();
    assert!(matches!(error, Error::OnlyCase { what: "alias", .. }), "{error}");
    registered(&store, "other", "s3://b/x");
    let error = registry::rename(&store, "other", "PROD").unwrap_err();
    assert!(matches!(error, Error::OnlyCase { .. }), "{error}");
    assert_eq!(numbers(&store, "other"), [1]);
    let error = registry::create(&store, "Prod", &New::default()).unwrap_err();
    assert!(matches!(error, Error::ModelExists { .. }), "{error}");
}

#[test]
fn a_model_is_renamed_with_all_that_it_has_in_one_operation() {
    let (_sandbox, store) = sandbox();
    registered(&store, "my model", "s3://b/x");
    registered(&store, "my model", "s3://b/y");
    registry::tag(&store, "my model", &Tags::set("team", "a")).unwrap();
    registry::describe_version(&store, "my model", 2, Some("words")).unwrap();
    registry::set_alias(&store, "my model", "champion", 2).unwrap();
    let before = operation::log(&store, None, None, 1).unwrap()[0].operation.number;
    registry::rename(&store, "my model", "größe@1").unwrap();
    let after = operation::log(&store, None, None, 1).unwrap()[0].operation.number;
    assert_eq!(after, before + 1);
    assert!(registry::find(&store, "my model").unwrap().is_none());
    let entry = registry::get(&store, "größe@1").unwrap();
    assert_eq!(entry.registered.tags["team"], "a");
    assert_eq!(entry.aliases().collect::<Vec<_>>(), [("champion", 2)]);
    let version = entry.version(&store, 2).unwrap();
    assert_eq!(version.about.description.as_deref(), Some("words"));
    // A new model under the old name goes on behind the old numbers, and back is always possible.
    assert_eq!(registered(&store, "my model", "s3://b/z").number, 3);
    assert!(matches!(
        registry::rename(&store, "größe@1", "my model"),
        Err(Error::ModelExists { .. })
    ));
    registry::remove(&store, "my model").unwrap();
    let error = registry::rename(&store, "größe@1", "my model").unwrap_err();
    assert!(matches!(error, Error::NumbersWereGiven { last: 3, .. }), "{error}");
    registry::rename(&store, "größe@1", "b").unwrap();
    registry::rename(&store, "b", "größe@1").unwrap();
}

#[test]
fn what_a_listener_writes_is_there_exactly_when_the_change_is() {
    let (_sandbox, store) = sandbox();
    store.add_schema("heard", "CREATE TABLE IF NOT EXISTS heard (events INTEGER)").unwrap();
    let heard = || {
        let sum = "SELECT coalesce(sum(events), 0) FROM heard";
        store.meta(|db| db.query_row(sum, [], |row| row.get::<_, i64>(0))).unwrap()
    };
    let hear = |db: &Transaction<'_>, events: &[Event]| {
        let insert = db.execute("INSERT INTO heard VALUES (?1)", [events.len() as i64]);
        insert.map(drop).map_err(store.database_error("write"))
    };
    let told = || Registry::heard(&store, &hear);
    registry::create(told(), "iris", &New::default()).unwrap();
    assert_eq!(heard(), 1);
    assert!(registry::create(told(), "Iris", &New::default()).is_err());
    assert!(registry::set_alias(told(), "iris", "best", 1).is_err());
    assert_eq!(heard(), 1);
    // Twice the same: nothing changes, and both are heard of.
    for _ in 0..2 {
        registry::tag(told(), "iris", &Tags::set("k", "v")).unwrap();
    }
    assert_eq!(heard(), 3);
    let deaf = |db: &Transaction<'_>, events: &[Event]| {
        hear(db, events)?;
        Err(mls::store::Error::Missing(store.writer()?.blob(b"x")?))
    };
    let told = Registry::heard(&store, &deaf);
    assert!(registry::tag(told, "iris", &Tags::set("k", "other")).is_err());
    assert!(registry::tag(told, "iris", &Tags::set("k", "v")).is_err());
    assert_eq!(heard(), 3);
    assert_eq!(registry::get(&store, "iris").unwrap().registered.tags["k"], "v");
}

#[test]
fn an_operation_on_a_model_is_taken_back_by_undo() {
    let (_sandbox, store) = sandbox();
    registered(&store, "iris", "s3://b/x");
    registry::set_alias(&store, "iris", "champion", 1).unwrap();
    registry::remove(&store, "iris").unwrap();
    let last = &operation::log(&store, None, None, 1).unwrap()[0];
    operation::undo(&store, last).unwrap();
    let champion = registry::resolve(&store, &Reference::parse("iris@champion")).unwrap();
    assert_eq!(champion.number, 1);
}

#[test]
fn a_stage_can_archive_the_versions_that_were_in_it() {
    let (_sandbox, store) = sandbox();
    for _ in 0..3 {
        registered(&store, "iris", "s3://b/x");
    }
    registry::set_stage(&store, "iris", 1, Stage::Production, false).unwrap();
    registry::set_stage(&store, "iris", 2, Stage::Production, true).unwrap();
    let entry = registry::get(&store, "iris").unwrap();
    let stages = entry.versions(&store).unwrap();
    let stages: Vec<Stage> = stages.iter().map(|version| version.about.stage).collect();
    assert_eq!(stages, [Stage::Archived, Stage::Production, Stage::None]);
    let latest = entry.latest(&store).unwrap();
    assert_eq!(latest.iter().map(|version| version.number).collect::<Vec<_>>(), [1, 2, 3]);
    let error = registry::set_stage(&store, "iris", 3, Stage::Archived, true).unwrap_err();
    assert!(matches!(error, Error::CannotArchive("Archived")), "{error}");
}

#[test]
fn what_a_version_consists_of_is_kept_when_its_run_is_gone() {
    let (sandbox, store) = sandbox();
    let run = sandbox.run_with_artifacts(&[("model/MLmodel", "flavors: {}"), ("log.txt", "x")]);
    let uri = format!("runs:/{}/model", run.id);
    registry::create(&store, "iris", &New::default()).unwrap();
    let new = NewVersion { source: uri, run: Some(run.id.to_string()), ..NewVersion::default() };
    let version = registry::register(&store, "iris", &new).unwrap();
    let content = source::content(&store, &version).unwrap();
    assert!(version.model.run_node.is_some());
    let graph = lineage::of_version(&store, &version).unwrap();
    let kinds: Vec<&str> = graph.nodes.iter().map(|node| node.kind).collect();
    assert_eq!(kinds[..2], ["model", "run"]);
    let gone = Change { name: run.id.ref_name(), expected: Expected::Any, new: None };
    store.writer().unwrap().commit(vec![gone]).unwrap();
    let options = gc::Options { grace: 0, ..gc::Options::default() };
    gc::collect(&store, &options, &mls::base::Silent).unwrap();
    assert!(store.has(&content).unwrap());
    // A version of another model may be made of it, by number or by alias.
    let copy = registered(&store, "copy", "models:/iris/1");
    assert_eq!(copy.model.content, Some(content));
}

#[test]
fn what_the_refs_of_another_store_say_of_models_is_checked() {
    let (_sandbox, store) = sandbox();
    registered(&store, "iris", "s3://b/x");
    registry::set_alias(&store, "iris", "champion", 1).unwrap();
    registry::describe_version(&store, "iris", 1, Some("x")).unwrap();
    let all = refs::list(&store, "models/").unwrap();
    assert_eq!(all.len(), 4);
    for found in &all {
        let bytes = store.read(&found.target).unwrap();
        assert!(model::fits(&found.name, &bytes), "{}", found.name);
    }
    let target = |name: &str| refs::get(&store, name).unwrap().unwrap();
    let model = target("models/iris/v1");
    for (name, target) in [
        ("models/other/registered", target("models/iris/registered")),
        ("models/iris/v03", model),
        ("models/iris", model),
        ("models/iris/x", model),
        ("models/%69ris/v3", model),
        ("models/iris/@v3", target("models/iris/@champion")),
    ] {
        assert!(!model::fits(name, &store.read(&target).unwrap()), "{name}");
    }
    for (name, target) in [("models/iris/registered", model), ("models/iris/@x", model)] {
        assert!(!model::fits(name, &store.read(&target).unwrap()), "{name}");
    }
}

#[test]
fn versions_that_come_without_their_model_are_still_found() {
    let (_sandbox, store) = sandbox();
    let made = registered(&store, "iris", "s3://b/x");
    let name = "models/lone/v7".to_owned();
    let change = Change { name, expected: Expected::Absent, new: Some(made.id) };
    store.writer().unwrap().commit(vec![change]).unwrap();
    let version = registry::resolve(&store, &Reference::parse("lone")).unwrap();
    assert_eq!((version.number, version.model.created), (7, NOON));
    assert_eq!(registered(&store, "lone", "s3://b/y").number, 8);
}

#[test]
fn what_a_deleted_model_left_behind_does_not_come_back_under_a_new_one() {
    let (_sandbox, store) = sandbox();
    let made = registered(&store, "iris", "s3://b/x");
    registry::remove(&store, "iris").unwrap();
    // As another store leaves it that was told of the end of the model alone.
    let name = "models/iris/v1".to_owned();
    let change = Change { name, expected: Expected::Absent, new: Some(made.id) };
    store.writer().unwrap().commit(vec![change]).unwrap();
    assert!(registry::find(&store, "iris").unwrap().is_none());
    assert_eq!(registered(&store, "iris", "s3://b/y").number, 2);
    assert_eq!(numbers(&store, "iris"), [2]);
}

#[test]
fn a_version_that_comes_from_elsewhere_keeps_its_number_and_its_time() {
    let (_sandbox, store) = sandbox();
    registry::create(&store, "iris", &New { created: Some(5), ..New::default() }).unwrap();
    let new = NewVersion {
        source: "s3://b/x".to_owned(),
        number: Some(7),
        created: Some(6),
        stage: Stage::Staging,
        updated: Some(9),
        ..NewVersion::default()
    };
    let version = registry::register(&store, "iris", &new).unwrap();
    assert_eq!((version.number, version.model.created, version.about.updated), (7, 6, 9));
    assert!(matches!(
        registry::register(&store, "iris", &new),
        Err(Error::VersionExists { number: 7, .. })
    ));
    assert_eq!(registered(&store, "iris", "s3://b/x").number, 8);
    let which = |which| registry::get(&store, "iris").unwrap().number(&which);
    assert_eq!(which(Which::Latest).unwrap(), 8);
    assert!(matches!(which(Which::Number(3)), Err(Error::NoVersion { .. })));
}

impl Sandbox {
    /// Records a run with these artifacts.
    fn run_with_artifacts(&self, files: &[(&str, &str)]) -> mls::track::Run {
        let mut run = crate::support::recorded::run("bold-fox-12");
        run.artifacts = Some(self.tree(files));
        self.record(&run);
        run
    }
}
