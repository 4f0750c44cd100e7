use std::collections::BTreeMap;

use mls::store::{Change, Expected, Link, Store, refs};
use mls::track::edit::{self, Edit};
use mls::track::{Experiment, Run, RunId, live, merge, name};
use proptest::prelude::*;

use super::live::{run, seal, store};

fn sealed(store: &Store) -> RunId {
    let id = name::id();
    live::create(store, &run(&id), None, &[]).unwrap();
    seal(store, &id);
    id
}

fn tag(key: &str, value: &str) -> Edit {
    Edit { tags: [(key.to_owned(), value.to_owned())].into(), ..Edit::default() }
}

fn head(store: &Store, id: &RunId) -> (Link, Run) {
    edit::get(store, id).unwrap().unwrap()
}

#[test]
fn an_edit_names_the_version_before() {
    let (_folder, store) = store();
    let id = sealed(&store);
    let (old, _) = head(&store, &id);
    assert!(edit::edit(&store, &id, &tag("a", "1")).unwrap());
    assert!(!edit::edit(&store, &id, &tag("a", "1")).unwrap(), "the same again changes nothing");
    let (_, run) = head(&store, &id);
    assert_eq!(run.previous[0].as_slice(), old.digest.as_bytes());
    assert_eq!(run.tags["a"], "1");
    let untag = Edit { untag: ["a".to_owned()].into(), ..Edit::default() };
    edit::edit(&store, &id, &untag).unwrap();
    assert!(head(&store, &id).1.tags.is_empty());
}

#[test]
fn a_removed_run_can_be_restored() {
    let (_folder, store) = store();
    let id = sealed(&store);
    assert!(edit::remove(&store, &id).unwrap());
    assert!(!edit::remove(&store, &id).unwrap());
    assert!(head(&store, &id).1.deleted.is_some());
    assert!(edit::restore(&store, &id).unwrap());
    assert!(head(&store, &id).1.deleted.is_none());
}

/// Puts a ref back, so that the next edit makes another branch of history.
fn point_at(store: &Store, id: &RunId, link: Link) {
    let change = Change { name: id.ref_name(), expected: Expected::Any, new: Some(link) };
    store.writer().unwrap().commit(vec![change]).unwrap();
}

fn merged(store: &Store, id: &RunId, ours: Link, theirs: Link) -> Link {
    let mut writer = store.writer().unwrap();
    let link = merge::reference(&mut writer, &id.ref_name(), &ours, &theirs).unwrap().unwrap();
    writer.commit(vec![]).unwrap();
    link
}

#[test]
fn edits_on_both_sides_merge_key_by_key() {
    let (_folder, store) = store();
    let id = sealed(&store);
    for (key, value) in [("same", "0"), ("gone", "0"), ("ours", "0"), ("both", "0")] {
        edit::edit(&store, &id, &tag(key, value)).unwrap();
    }
    let (base, _) = head(&store, &id);
    edit::edit(&store, &id, &tag("ours", "1")).unwrap();
    edit::edit(&store, &id, &tag("both", "1")).unwrap();
    let (ours, _) = head(&store, &id);
    point_at(&store, &id, base);
    let untag = Edit { untag: ["gone".to_owned()].into(), ..Edit::default() };
    edit::edit(&store, &id, &untag).unwrap();
    edit::edit(&store, &id, &tag("theirs", "1")).unwrap();
    edit::edit(&store, &id, &tag("both", "2")).unwrap();
    let (theirs, _) = head(&store, &id);

    let link = merged(&store, &id, ours, theirs);
    assert_eq!(link, merged(&store, &id, theirs, ours), "both sides make the same node");
    let run: Run = store.read_node(&link).unwrap();
    let expected = [("both", "2"), ("ours", "1"), ("same", "0"), ("theirs", "1")];
    let expected: BTreeMap<String, String> =
        expected.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    assert_eq!(run.tags, expected);
    assert_eq!(run.previous.len(), 2, "nothing is dropped from the history");

    assert_eq!(merged(&store, &id, base, theirs), theirs, "one that came later is the answer");
    assert_eq!(merged(&store, &id, link, ours), link);
}

#[test]
fn other_refs_are_not_merged() {
    let (_folder, store) = store();
    let mut writer = store.writer().unwrap();
    let link = writer.blob(b"x").unwrap();
    assert_eq!(merge::reference(&mut writer, "models/iris/v1", &link, &link).unwrap(), None);
}

#[test]
fn one_experiment_made_twice_becomes_one() {
    let (_folder, store) = store();
    let id = sealed(&store);
    let name = head(&store, &id).1.experiment.ref_name();
    let ours = refs::get(&store, &name).unwrap().unwrap();
    let other: Experiment = store.read_node(&ours).unwrap();
    let other = Experiment { created: other.created - 5, edited: other.edited - 5, ..other };
    let mut writer = store.writer().unwrap();
    let theirs = writer.node(&other).unwrap();
    writer.commit(vec![]).unwrap();
    let mut writer = store.writer().unwrap();
    let link = merge::reference(&mut writer, &name, &ours, &theirs).unwrap().unwrap();
    writer.commit(vec![]).unwrap();
    assert_eq!(store.read_node::<Experiment>(&link).unwrap().created, other.created);
}

type Edits = Vec<(u8, Option<u8>)>;

fn edits() -> impl Strategy<Value = Edits> {
    proptest::collection::vec((0..4_u8, proptest::option::of(0..3_u8)), 0..5)
}

fn apply(store: &Store, id: &RunId, edits: &Edits) -> Link {
    for (key, value) in edits {
        let key = format!("k{key}");
        let change = match value {
            Some(value) => tag(&key, &value.to_string()),
            None => Edit { untag: [key].into(), ..Edit::default() },
        };
        edit::edit(store, id, &change).unwrap();
    }
    head(store, id).0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn a_merge_is_the_same_from_both_sides_and_keeps_what_one_side_changed(
        base in edits(), ours in edits(), theirs in edits(),
    ) {
        let (_folder, store) = store();
        let id = sealed(&store);
        let base = apply(&store, &id, &base);
        let our_link = apply(&store, &id, &ours);
        point_at(&store, &id, base);
        // The clock stands still: without this, the same edit on both sides would be one node.
        edit::edit(&store, &id, &tag("side", "theirs")).unwrap();
        let their_link = apply(&store, &id, &theirs);
        let link = merged(&store, &id, our_link, their_link);
        prop_assert_eq!(link, merged(&store, &id, their_link, our_link));
        let tags = |link: &Link| store.read_node::<Run>(link).unwrap().tags;
        let (base, our, their, both) = (tags(&base), tags(&our_link), tags(&their_link), tags(&link));
        for key in (0..4).map(|key| format!("k{key}")) {
            let [base, our, their, both] = [&base, &our, &their, &both].map(|tags| tags.get(&key));
            if our == base {
                prop_assert_eq!(both, their);
            } else if their == base {
                prop_assert_eq!(both, our);
            } else {
                prop_assert!(both == our || both == their);
            }
        }
    }
}
