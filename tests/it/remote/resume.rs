use std::path::Path;

use mls::remote::Error;
use mls::store::gc;

use super::*;

/// The packs that wait in quarantine.
fn waiting(store: &Store) -> usize {
    let folders = std::fs::read_dir(store.folder().join("incoming")).unwrap();
    let packs = |folder: &Path| {
        let files = std::fs::read_dir(folder).unwrap();
        let pack = |path: &Path| path.extension().is_some_and(|extension| extension == "pack");
        files.filter(|file| pack(&file.as_ref().unwrap().path())).count()
    };
    folders.map(|folder| packs(&folder.unwrap().path())).sum()
}

#[test]
fn a_transfer_that_was_cut_off_goes_on_where_it_was() {
    let pair = Pair::new();
    commit(&pair.hub, "runs/a", "large", 1800);
    spoil(&pair, 1);
    assert!(matches!(pair.fetch(), Err(Error::Store(_))));
    assert!(refs::list(&pair.here, "").unwrap().is_empty());
    let left = waiting(&pair.here);
    assert!(left >= 1, "what arrived whole is kept");
    assert!(!has_packs(&pair.here), "and nobody sees it");
    spoil(&pair, 1); // the same bit again: it is whole
    pair.fetch().unwrap();
    assert_eq!(waiting(&pair.here), 0);
    is_sound(&pair.here);
}

#[test]
fn what_a_transfer_left_is_swept_by_gc() {
    let pair = Pair::new();
    commit(&pair.hub, "runs/a", "large", 1800);
    spoil(&pair, 1);
    assert!(pair.fetch().is_err());
    assert!(waiting(&pair.here) >= 1);
    gc::collect(&pair.here, &gc::Options::default(), &Silent).unwrap();
    assert_eq!(waiting(&pair.here), 0);
}

#[test]
fn s01_what_was_left_is_verified_again() {
    let pair = Pair::new();
    commit(&pair.hub, "runs/a", "large", 1800);
    spoil(&pair, 1);
    assert!(pair.fetch().is_err());
    spoil(&pair, 1);
    for folder in std::fs::read_dir(pair.here.folder().join("incoming")).unwrap() {
        for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "pack") {
                // A file of its own, so that the other store's pack stays whole.
                let mut bytes = std::fs::read(&path).unwrap();
                bytes[30_000] ^= 1;
                std::fs::remove_file(&path).unwrap();
                std::fs::write(&path, bytes).unwrap();
            }
        }
    }
    match pair.fetch() {
        Ok(_) => is_sound(&pair.here),
        Err(_) => {
            assert!(refs::list(&pair.here, "").unwrap().is_empty());
            assert!(!has_packs(&pair.here));
        }
    }
    pair.fetch().unwrap();
    is_sound(&pair.here);
}

/// Flips one bit in the middle of one pack of the other store.
fn spoil(pair: &Pair, which: usize) {
    let entries = std::fs::read_dir(pair.hub.folder().join("packs")).unwrap();
    let mut packs: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    packs.retain(|path| path.extension().is_some_and(|extension| extension == "pack"));
    packs.sort_by_key(|path| std::cmp::Reverse(std::fs::metadata(path).unwrap().len()));
    let path = &packs[which];
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn has_packs(store: &Store) -> bool {
    std::fs::read_dir(store.folder().join("packs"))
        .unwrap()
        .any(|entry| entry.unwrap().path().extension().is_some_and(|e| e == "pack"))
}

#[test]
fn x04_a_node_that_is_there_alone_hides_nothing_that_it_needs() {
    let pair = Pair::new();
    let link = commit(&pair.hub, "runs/a", "hello", 3);
    let node: Note = pair.hub.read_node(&link).unwrap();
    // As a process leaves it that dies between the names of two packs.
    let mut writer = pair.here.writer().unwrap();
    writer.node(&node).unwrap();
    writer.commit(vec![]).unwrap();
    let report = pair.fetch().unwrap();
    assert_eq!(report.sent.objects, 3);
    is_sound(&pair.here);
}

#[test]
fn a_clone_that_was_cut_off_goes_on_when_it_is_started_again() {
    // As far as a clone gets that dies before its first ref.
    let steps: [fn(&Pair); 4] = [
        |pair| std::fs::create_dir_all(pair.path("clone/.mlstore")).unwrap(),
        |pair| std::fs::create_dir_all(pair.path("clone/.mlstore/packs")).unwrap(),
        |pair| drop(make(pair.folder.path(), "clone")),
        |pair| {
            remote::add(&make(pair.folder.path(), "clone"), "origin", &pair.url()).unwrap();
        },
    ];
    for step in steps {
        let pair = Pair::new();
        let link = commit(&pair.hub, "runs/a", "content", 3);
        step(&pair);
        let (clone, _) = pair.clone_to("clone");
        assert_eq!(get(&clone, "runs/a"), Some(link));
        is_sound(&clone);
    }
}
