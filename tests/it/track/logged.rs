use std::collections::BTreeMap;

use mls::store::{Durability, Store};
use mls::track::artifact::{self, ArtifactPath, Content, Found, Holder};
use mls::track::logged::{
    self, LoggedModel, Measured, ModelId, ModelStatus, New, OnDataset, Order, Query,
};
use mls::track::{Error, ExperimentId, experiment, merge};

use super::live::{NOW, store};

fn new(name: &str, params: &[(&str, &str)]) -> New {
    New {
        experiment: ExperimentId::for_name("Default"),
        name: Some(name.to_owned()),
        source_run: None,
        model_type: None,
        params: params
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        tags: BTreeMap::new(),
    }
}

fn stage(store: &Store, id: &ModelId, at: &str, bytes: &[u8]) {
    let (holder, path) = (Holder::Model(id.clone()), ArtifactPath::parse(at).unwrap());
    artifact::check_room(store, &holder, &path).unwrap();
    let content = Content::of(bytes.to_vec());
    store
        .transact(Durability::Full, |db| artifact::put(store, db, &holder, &path, &content))
        .unwrap();
}

#[test]
fn a_model_takes_its_files_in_when_it_is_ready_and_keeps_its_history() {
    let (_folder, store) = store();
    let model = logged::create(&store, new("forest", &[("depth", "3")])).unwrap();
    assert_eq!((model.status, model.created), (ModelStatus::Pending, NOW));
    stage(&store, &model.id, "MLmodel", b"flavors");
    stage(&store, &model.id, "data/model.skops", b"...");
    let ready = logged::finalize(&store, &model.id, ModelStatus::Ready).unwrap();
    assert_eq!(ready.status, ModelStatus::Ready);
    assert!(ready.artifacts.is_some() && ready.previous.len() == 1);
    stage(&store, &model.id, "late.txt", b"late");
    let sealed = logged::seal(&store, &model.id).unwrap();
    assert_eq!(logged::seal(&store, &model.id).unwrap(), sealed);
    let holder = Holder::Model(model.id.clone());
    let listed = artifact::list(&store, &holder, &ArtifactPath::default()).unwrap();
    assert_eq!(listed.len(), 3);
    let late = artifact::find(&store, &holder, &ArtifactPath::parse("late.txt").unwrap()).unwrap();
    assert!(matches!(late, Found::File(found) if found.bytes.is_none() && found.size == 4));
    logged::remove(&store, &model.id).unwrap();
    assert!(logged::get(&store, &model.id).unwrap().unwrap().1.deleted.is_some());
}

#[test]
fn names_follow_the_rules_of_mlflow_and_experiments_must_be_there() {
    let (_folder, store) = store();
    for name in ["", "a/b", "a:b", "a.b", "a%b", "a\"b", "a'b"] {
        assert!(matches!(logged::create(&store, new(name, &[])), Err(Error::BadName { .. })));
    }
    let unnamed = logged::create(&store, New { name: None, ..new("", &[]) }).unwrap();
    assert!(!unnamed.name.is_empty());
    let nowhere = New { experiment: ExperimentId::for_name("nowhere"), ..new("a", &[]) };
    assert!(matches!(logged::create(&store, nowhere), Err(Error::NoExperiment(_))));
    let made = experiment::create(&store, "old").unwrap();
    experiment::remove(&store, "old").unwrap();
    let removed = New { experiment: made.id, ..new("a", &[]) };
    assert!(matches!(logged::create(&store, removed), Err(Error::ExperimentIsRemoved(_))));
    assert!("m-0123".parse::<ModelId>().is_err());
}

#[test]
fn two_who_change_one_model_at_once_both_succeed() {
    let (_folder, store) = store();
    let model = logged::create(&store, new("forest", &[])).unwrap();
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let (store, id) = (&store, &model.id);
            scope.spawn(move || {
                for number in 0..5 {
                    logged::edit(store, id, |model| {
                        model.tags.insert(format!("{writer}-{number}"), String::new());
                        Ok(())
                    })
                    .unwrap();
                }
            });
        }
    });
    assert_eq!(logged::get(&store, &model.id).unwrap().unwrap().1.tags.len(), 20);
}

#[test]
fn two_edits_of_one_model_in_two_stores_become_one() {
    let (_folder, store) = store();
    let model = logged::create(&store, new("forest", &[])).unwrap();
    let (_, base) = logged::get(&store, &model.id).unwrap().unwrap();
    let mut writer = store.writer().unwrap();
    let (base_link, _) = logged::get(&store, &model.id).unwrap().unwrap();
    let mut version = |change: &dyn Fn(&mut LoggedModel)| {
        let mut edited = base.clone();
        change(&mut edited);
        edited.previous = vec![serde_bytes::ByteBuf::from(base_link.digest.as_bytes())];
        edited.edited += 1;
        writer.node(&edited).unwrap()
    };
    let ours = version(&|model| drop(model.tags.insert("a".to_owned(), "1".to_owned())));
    let theirs = version(&|model| model.status = ModelStatus::Ready);
    writer.commit(vec![]).unwrap();
    let mut writer = store.writer().unwrap();
    let merged =
        merge::reference(&mut writer, &model.id.ref_name(), &ours, &theirs).unwrap().unwrap();
    writer.commit(vec![]).unwrap();
    let merged: LoggedModel = store.read_node(&merged).unwrap();
    assert_eq!((merged.tags.len(), merged.status), (1, ModelStatus::Ready));
}

fn found(
    store: &Store,
    filter: &str,
    datasets: &[OnDataset],
    order: &[(&str, bool)],
) -> Vec<String> {
    let order = order.iter().map(|(field, descending)| Order {
        entity: Order::field(field).unwrap(),
        descending: *descending,
        dataset: None,
    });
    let query = Query {
        experiments: vec![ExperimentId::for_name("Default")],
        filter: logged::parse(filter).unwrap(),
        datasets: datasets.to_vec(),
        order: order.collect(),
    };
    let measured = |id: &ModelId| {
        let model = logged::get(store, id)?.unwrap().1;
        let Some(depth) = model.params.get("depth") else { return Ok(vec![]) };
        Ok(vec![Measured {
            key: "acc".to_owned(),
            value: depth.parse::<f64>().unwrap() / 10.0,
            time: NOW,
            step: 0,
            run: String::new(),
            dataset_name: Some("iris".to_owned()),
            dataset_digest: Some("d1".to_owned()),
        }])
    };
    let models = logged::search(store, &query, &measured).unwrap();
    models.into_iter().map(|model| model.name).collect()
}

#[test]
fn models_are_found_by_what_they_say_and_what_was_measured_of_them() {
    let (_folder, store) = store();
    for (name, params) in [("a", vec![("depth", "3")]), ("b", vec![("depth", "7")]), ("c", vec![])]
    {
        let model = logged::create(&store, new(name, &params)).unwrap();
        if name == "b" {
            logged::finalize(&store, &model.id, ModelStatus::Ready).unwrap();
        }
    }
    let gone = logged::create(&store, new("gone", &[])).unwrap();
    logged::remove(&store, &gone.id).unwrap();
    let by_name = [("name", false)];
    for (filter, names) in [
        ("", "abc"),
        ("name = 'a'", "a"),
        ("name != 'a'", "bc"),
        ("name LIKE 'A' ", ""),
        ("attributes.name ILIKE 'A'", "a"),
        ("name IN ('a', 'c')", "ac"),
        ("name NOT IN ('a')", "bc"),
        ("params.depth = '3'", "a"),
        ("params.depth != '3'", "b"),
        ("metrics.acc > 0.5", "b"),
        ("metrics.acc > 0.1 AND name = 'a'", "a"),
        ("metrics.`acc` <= 0.3", "a"),
        ("status = 'READY'", "b"),
        ("status != 'READY'", "ac"),
        ("creation_timestamp > 0", "abc"),
        ("creation_time < 5", ""),
        ("model_type = 'x'", ""),
    ] {
        assert_eq!(found(&store, filter, &[], &by_name).concat(), names, "{filter}");
    }
    for (field, descending, names) in [
        ("name", true, "cba"),
        ("metrics.acc", false, "abc"),
        ("metrics.acc", true, "bac"),
        ("status", true, "b"),
    ] {
        let found = found(&store, "", &[], &[(field, descending), ("name", false)]).concat();
        assert!(found.starts_with(names), "{field}: {found}");
    }
    let on = |name: &str, digest: Option<&str>| {
        [OnDataset { name: name.to_owned(), digest: digest.map(str::to_owned) }]
    };
    assert_eq!(found(&store, "", &on("iris", None), &by_name).concat(), "ab");
    assert_eq!(found(&store, "metrics.acc > 0.5", &on("iris", Some("d1")), &by_name).concat(), "b");
    assert_eq!(found(&store, "", &on("wine", None), &by_name).concat(), "");
    for bad in ["metric.acc > 1", "metrics.acc > 'x'", "name > 'a'", "nothing = 'a'", "name ="] {
        assert!(logged::parse(bad).is_err(), "{bad}");
    }
}
