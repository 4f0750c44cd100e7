use mls::base::Digest;
use mls::store::{Change, Error, Expected, Link, Store, operation, refs};

use super::{Note, commit, context, store};

fn change(name: &str, expected: Expected, new: Option<Link>) -> Vec<Change> {
    vec![Change { name: name.to_owned(), expected, new }]
}

#[test]
fn what_was_committed_is_there_for_the_next_program() {
    let folder = tempfile::tempdir().unwrap();
    let link = commit(&store(folder.path()), "runs/a", "hello");
    let again = Store::open(&folder.path().join(".mlstore"), context()).unwrap();
    assert_eq!(refs::get(&again, "runs/a").unwrap(), Some(link));
    let note: Note = again.read_node(&link).unwrap();
    assert_eq!(again.read(&note.parts[0]).unwrap(), b"hello");
    assert_eq!(note.parts[0], Link::blob(Digest::of(b"hello")));
}

#[test]
fn a_writer_that_is_dropped_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let mut writer = store.writer().unwrap();
    let link = writer.blob(b"lost").unwrap();
    drop(writer);
    assert!(!store.has(&link).unwrap());
    let incoming = folder.path().join(".mlstore/incoming");
    assert_eq!(std::fs::read_dir(incoming).unwrap().count(), 0);
}

#[test]
fn a_ref_that_is_not_where_it_was_expected_stays() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let first = commit(&store, "runs/a", "one");
    let mut writer = store.writer().unwrap();
    let other = writer.blob(b"two").unwrap();
    let refused = writer.commit(change("runs/a", Expected::Absent, Some(other)));
    assert!(matches!(refused, Err(Error::RefMoved { found: Some(found), .. }) if found == first));
    assert_eq!(refs::get(&store, "runs/a").unwrap(), Some(first));
}

#[test]
fn an_undo_and_its_undo_bring_back_what_was() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let first = commit(&store, "runs/a", "one");
    let second = commit(&store, "runs/a", "two");
    let last = || operation::log(&store, None, None, 1).unwrap().remove(0);
    let undone = operation::undo(&store, &last()).unwrap().unwrap();
    assert_eq!(refs::get(&store, "runs/a").unwrap(), Some(first));
    assert_eq!(undone.operation.number, 3);
    operation::undo(&store, &last()).unwrap();
    assert_eq!(refs::get(&store, "runs/a").unwrap(), Some(second));
    assert_eq!(operation::log(&store, Some("runs/a"), None, 10).unwrap().len(), 4);
}

#[test]
fn operations_of_two_writers_make_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let (mut a, mut b) = (store.writer().unwrap(), store.writer().unwrap());
    let (x, y) = (a.blob(b"x").unwrap(), b.blob(b"y").unwrap());
    std::thread::scope(|scope| {
        scope.spawn(|| a.commit(change("runs/a", Expected::Absent, Some(x))).unwrap());
        scope.spawn(|| b.commit(change("runs/b", Expected::Absent, Some(y))).unwrap());
    });
    let log = operation::log(&store, None, None, 10).unwrap();
    assert_eq!(log.iter().map(|l| l.operation.number).collect::<Vec<_>>(), [2, 1]);
    let newest: mls::store::Operation = store.read_node(&Link::node(log[0].digest)).unwrap();
    assert_eq!(newest.previous.unwrap().as_slice(), log[1].digest.as_bytes());
}

#[test]
fn x12_a_blob_with_the_bytes_of_a_node_is_no_node() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let node = commit(&store, "runs/a", "one");
    let mut writer = store.writer().unwrap();
    let blob = writer.blob(&store.read(&node).unwrap()).unwrap();
    writer.commit(change("runs/b", Expected::Any, Some(blob))).unwrap();
    assert_eq!(blob.digest, node.digest);
    assert!(store.read_node::<Note>(&node).is_ok());
    assert!(matches!(store.read_node::<Note>(&blob), Err(Error::Malformed { .. })));
}

#[test]
fn x14_a_store_of_another_format_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(store(folder.path()));
    let path = folder.path().join(".mlstore");
    for (text, unsupported) in [("mls store format 2\n", true), ("", false), ("rubbish", false)] {
        std::fs::remove_file(path.join("format")).unwrap();
        mls::base::fs::write_atomic(&path.join("format"), text.as_bytes()).unwrap();
        let error = Store::open(&path, context()).unwrap_err();
        assert_eq!(matches!(error, Error::UnsupportedFormat { .. }), unsupported, "{error}");
        assert!(Store::init(&path, context()).is_err(), "init must not take it over");
    }
}

#[test]
fn a_lost_database_is_not_taken_for_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    drop(store(folder.path()));
    let path = folder.path().join(".mlstore");
    std::fs::remove_file(path.join("meta.db")).unwrap();
    let again = Store::open(&path, context()).unwrap();
    assert!(refs::list(&again, "runs/").is_err());
}
