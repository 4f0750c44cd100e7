use std::path::{Path, PathBuf};

use mls::base::Silent;
use mls::store::{Change, Expected, Link, Store, fsck, operation, refs, repair};

use super::{Note, commit, context, store};

const EVERYTHING: fsck::Options = fsck::Options { read_data: true, partial: false };

fn packs(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder.join(".mlstore/packs")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|e| e == "pack")).collect()
}

/// Changes one bit of a file that may only be read.
fn flip(path: &Path, at: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[at] ^= 1;
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn open(folder: &Path) -> Store {
    Store::open(&folder.join(".mlstore"), context()).unwrap()
}

#[test]
fn a_sound_store_has_no_problems() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    commit(&store, "runs/a", "one");
    commit(&store, "runs/b", "two");
    let report = fsck::check(&store, &EVERYTHING, &Silent).unwrap();
    assert_eq!(report.problems, []);
    assert_eq!((report.refs, report.objects), (2, 6));
}

#[test]
fn x01_every_flipped_bit_of_a_pack_is_found_and_never_returned() {
    let folder = tempfile::tempdir().unwrap();
    let link = commit(&store(folder.path()), "runs/a", &"what was written ".repeat(20));
    let pack = packs(folder.path()).remove(0);
    let sound = std::fs::read(&pack).unwrap();
    let note: Note = open(folder.path()).read_node(&link).unwrap();
    for at in 0..sound.len() {
        flip(&pack, at);
        let store = open(folder.path());
        let report = fsck::check(&store, &EVERYTHING, &Silent).unwrap();
        assert!(!report.problems.is_empty(), "byte {at} of {}", sound.len());
        if let Ok(bytes) = store.read(&note.parts[0]) {
            assert_eq!(bytes, "what was written ".repeat(20).as_bytes(), "byte {at}");
        }
        std::fs::remove_file(&pack).unwrap();
        std::fs::write(&pack, &sound).unwrap();
    }
}

#[test]
fn x01_damage_is_named_with_the_refs_that_need_it() {
    let folder = tempfile::tempdir().unwrap();
    let store1 = store(folder.path());
    commit(&store1, "runs/a", "one");
    let before = packs(folder.path());
    commit(&store1, "runs/b", "two");
    let second = packs(folder.path()).into_iter().find(|path| !before.contains(path)).unwrap();
    std::fs::remove_file(second).unwrap();
    let report = fsck::check(&open(folder.path()), &fsck::Options::default(), &Silent).unwrap();
    let lost = report.problems.iter().find(|p| p.needed_by == ["runs/b"]);
    assert!(lost.is_some(), "{:#?}", report.problems);
    assert!(report.problems.iter().all(|p| !p.needed_by.contains(&"runs/a".to_owned())));
}

#[test]
fn x02_a_lost_database_is_made_again_from_the_packs() {
    let folder = tempfile::tempdir().unwrap();
    let first = store(folder.path());
    let a = commit(&first, "runs/a", "one");
    commit(&first, "runs/b", "two");
    let b = commit(&first, "runs/b", "three");
    commit(&first, "runs/c", "gone again");
    let last = operation::log(&first, None, None, 1).unwrap().remove(0);
    operation::undo(&first, &last).unwrap();
    let log = operation::log(&first, None, None, 100).unwrap();
    drop(first);
    let (again, steps) = repaired_without_database(folder.path());
    assert_eq!(steps, [repair::Step::Database { refs: 2, operations: 5 }]);
    let all = refs::list(&again, "").unwrap();
    assert_eq!(all.iter().map(|r| r.target).collect::<Vec<_>>(), [a, b]);
    assert_eq!(operation::log(&again, None, None, 100).unwrap(), log);
    assert_eq!(fsck::check(&again, &EVERYTHING, &Silent).unwrap().problems, []);
}

/// Takes the database away and has it made again.
fn repaired_without_database(folder: &Path) -> (Store, Vec<repair::Step>) {
    let path = folder.join(".mlstore");
    for name in ["meta.db", "meta.db-wal", "meta.db-shm"] {
        let _ = std::fs::remove_file(path.join(name));
    }
    repair::repair(&path, context(), &Silent).unwrap()
}

#[test]
fn x02_an_operation_that_moves_more_refs_than_a_node_lists_comes_back_whole() {
    const COUNT: usize = 10_000;
    let folder = tempfile::tempdir().unwrap();
    let first = store(folder.path());
    let mut writer = first.writer().unwrap();
    let note = Note { text: "one".to_owned(), parts: vec![] };
    let new = Some(writer.node(&note).unwrap());
    let all = (0..COUNT).map(|number| format!("runs/{number:05}"));
    let changes = all.map(|name| Change { name, expected: Expected::Absent, new });
    let made = writer.commit(changes.collect()).unwrap().unwrap();
    assert_eq!(made.operation.moves.len(), COUNT);
    assert_eq!(fsck::check(&first, &EVERYTHING, &Silent).unwrap().problems, []);
    drop(first);
    let (again, steps) = repaired_without_database(folder.path());
    assert_eq!(steps, [repair::Step::Database { refs: COUNT as u64, operations: 1 }]);
    assert_eq!(operation::log(&again, None, None, 9).unwrap(), std::slice::from_ref(&made));
    operation::undo(&again, &made).unwrap();
    assert_eq!(refs::count(&again, "").unwrap(), 0);
    assert_eq!(fsck::check(&again, &EVERYTHING, &Silent).unwrap().problems, []);
}

#[test]
fn x01_the_sound_objects_of_a_pack_without_a_table_are_saved() {
    let folder = tempfile::tempdir().unwrap();
    let link = commit(&store(folder.path()), "runs/a", "one");
    let pack = packs(folder.path()).remove(0);
    let size = std::fs::metadata(&pack).unwrap().len() as usize;
    for at in [size - 1, size - 70] {
        flip(&packs(folder.path())[0], at);
        assert!(open(folder.path()).read(&link).is_err());
        let (again, steps) =
            repair::repair(&folder.path().join(".mlstore"), context(), &Silent).unwrap();
        assert!(
            matches!(steps[..], [repair::Step::Pack { saved: 3, lost_frames: 0, .. }]),
            "{steps:?}"
        );
        assert_eq!(again.read_node::<Note>(&link).unwrap().text, "one");
        assert_eq!(fsck::check(&again, &EVERYTHING, &Silent).unwrap().problems, []);
    }
}

#[test]
fn x02_a_torn_database_is_found_and_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let link: Link = commit(&store(folder.path()), "runs/a", "one");
    let path = folder.path().join(".mlstore");
    for torn in [&b""[..], &[0; 4096], b"SQLite format 3\0"] {
        for name in ["meta.db-wal", "meta.db-shm"] {
            let _ = std::fs::remove_file(path.join(name));
        }
        std::fs::write(path.join("meta.db"), torn).unwrap();
        let report = fsck::check(&open(folder.path()), &EVERYTHING, &Silent).unwrap();
        assert!(!report.problems.is_empty(), "{} bytes", torn.len());
        let (again, _) = repair::repair(&path, context(), &Silent).unwrap();
        assert_eq!(refs::get(&again, "runs/a").unwrap(), Some(link));
    }
}

#[test]
fn x02_a_torn_format_is_written_again_where_a_pack_proves_it() {
    let folder = tempfile::tempdir().unwrap();
    commit(&store(folder.path()), "runs/a", "one");
    let path = folder.path().join(".mlstore");
    std::fs::write(path.join("format"), "").unwrap();
    assert!(Store::open(&path, context()).is_err());
    let (_, steps) = repair::repair(&path, context(), &Silent).unwrap();
    assert_eq!(steps, [repair::Step::Format]);
}

#[test]
fn x01_operations_that_the_database_forgot_are_found_and_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".mlstore");
    let first = store(folder.path());
    commit(&first, "runs/a", "one");
    drop(first);
    let names = ["meta.db", "meta.db-wal"];
    let before = names.map(|name| std::fs::read(path.join(name)).unwrap());
    let links =
        ["two", "three"].map(|text| commit(&open(folder.path()), &format!("runs/{text}"), text));
    let _ = std::fs::remove_file(path.join("meta.db-shm"));
    for (name, bytes) in names.iter().zip(before) {
        std::fs::write(path.join(name), bytes).unwrap();
    }
    let report = fsck::check(&open(folder.path()), &EVERYTHING, &Silent).unwrap();
    assert_eq!(report.problems.len(), 1, "{:#?}", report.problems);
    let (again, steps) = repair::repair(&path, context(), &Silent).unwrap();
    assert_eq!(steps, [repair::Step::Database { refs: 3, operations: 3 }]);
    assert_eq!(refs::get(&again, "runs/two").unwrap(), Some(links[0]));
    assert_eq!(refs::get(&again, "runs/three").unwrap(), Some(links[1]));
}
