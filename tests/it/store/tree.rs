//! Trees: building, comparing, and what is refused in one.

use mls::base::Digest;
use mls::store::tree::{Builder, Difference, EXECUTABLE, Entry, FILE, FOLDER, SYMLINK, Target};
use mls::store::{Error, Link, Store, tree};
use proptest::prelude::*;
use serde::Serialize;

use super::add::keep;
use super::store;

fn text(content: &str) -> Entry {
    let target = Target::Content(Link::blob(Digest::of(content.as_bytes())));
    Entry { name: vec![], mode: FILE, size: content.len() as u64, target }
}

fn build(store: &Store, files: &[(&str, &str)]) -> Link {
    let mut builder = Builder::default();
    for (path, content) in files {
        builder.insert(path.as_bytes(), text(content)).unwrap();
    }
    write(store, builder)
}

fn write(store: &Store, builder: Builder) -> Link {
    let mut writer = store.writer().unwrap();
    let link = builder.write(&mut writer).unwrap();
    keep(writer, link);
    link
}

fn paths(store: &Store, root: &Link) -> Vec<String> {
    let mut paths = vec![];
    tree::walk(store, root, |path, _| {
        paths.push(String::from_utf8(path.to_vec()).unwrap());
        Ok::<(), Error>(())
    })
    .unwrap();
    paths
}

#[test]
fn a_tree_does_not_depend_on_the_order_of_its_making() {
    let top = tempfile::tempdir().unwrap();
    let store = store(top.path());
    let files = [("b", "1"), ("a/x", "2"), ("a.b", "3"), ("a/y/z", "4"), ("a-b", "5")];
    let mut backwards = files;
    backwards.reverse();
    let root = build(&store, &files);
    assert_eq!(build(&store, &backwards), root);
    assert_eq!(paths(&store, &root), ["a", "a/x", "a/y", "a/y/z", "a-b", "a.b", "b"]);
    let folder = tree::get(&store, &root, b"a").unwrap();
    assert_eq!((folder.mode, folder.size), (FOLDER, 2));
    assert_eq!(tree::get(&store, &root, b"./a//y/z").unwrap().size, 1);
    assert_eq!(tree::get(&store, &root, b"").unwrap().folder(), Some(root));
}

#[test]
fn what_comes_later_takes_the_place_of_what_is_in_its_way() {
    let top = tempfile::tempdir().unwrap();
    let store = store(top.path());
    let root = build(&store, &[("a/b/c", "1"), ("a", "2"), ("x", "3"), ("x/y", "4")]);
    assert_eq!(paths(&store, &root), ["a", "x", "x/y"]);
}

#[test]
fn differences_are_told_path_by_path() {
    let top = tempfile::tempdir().unwrap();
    let store = store(top.path());
    let old = build(&store, &[("same/x", "1"), ("gone/y", "2"), ("turns", "3"), ("edited", "4")]);
    let new = build(&store, &[("same/x", "1"), ("turns/z", "5"), ("edited", "6"), ("new", "7")]);
    let found = tree::diff(&store, Some(&old), Some(&new)).unwrap();
    let told = |difference: &Difference| {
        let path = String::from_utf8(difference.path.clone()).unwrap();
        (path, difference.old.is_some(), difference.new.is_some())
    };
    let expected = [
        ("edited", true, true),
        ("gone/y", true, false),
        ("new", false, true),
        ("turns", true, false),
        ("turns/z", false, true),
    ];
    let expected = expected.map(|(path, old, new)| (path.to_owned(), old, new));
    assert_eq!(found.iter().map(told).collect::<Vec<_>>(), expected);
    assert_eq!(tree::diff(&store, Some(&old), Some(&old)).unwrap(), []);
    assert_eq!(tree::diff(&store, None, Some(&new)).unwrap().len(), 4);
}

#[test]
fn a_mode_or_a_link_makes_a_difference() {
    let top = tempfile::tempdir().unwrap();
    let store = store(top.path());
    let with = |entry: Entry| {
        let mut builder = Builder::default();
        builder.insert(b"x", entry).unwrap();
        write(&store, builder)
    };
    let plain = with(text("1"));
    let program = with(Entry { mode: EXECUTABLE, ..text("1") });
    let target = Target::Symlink(b"/etc".to_vec());
    let link = with(Entry { mode: SYMLINK, size: 0, target, ..text("") });
    for (a, b) in [(plain, program), (program, link), (link, plain)] {
        assert_eq!(tree::diff(&store, Some(&a), Some(&b)).unwrap().len(), 1);
    }
}

#[test]
fn x13_a_tree_of_100_000_folders_in_each_other_is_walked_without_recursion() {
    let top = tempfile::tempdir().unwrap();
    let store = store(top.path());
    let mut writer = store.writer().unwrap();
    let mut link = tree::write(&mut writer, vec![]).unwrap().0;
    for _ in 0..100_000 {
        let target = Target::Content(link);
        let entry = Entry { name: b"d".to_vec(), mode: FOLDER, size: 0, target };
        link = tree::write(&mut writer, vec![entry]).unwrap().0;
    }
    keep(writer, link);
    let mut depth = 0;
    tree::walk(&store, &link, |_, _| {
        depth += 1;
        Ok::<(), Error>(())
    })
    .unwrap();
    assert_eq!(depth, 100_000);
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "tree")]
struct Forged {
    entries: Vec<(serde_bytes::ByteBuf, u32, u64, Link)>,
}

fn forged(store: &Store, names: &[&[u8]], mode: u32) -> Result<tree::Tree, Error> {
    let mut writer = store.writer().unwrap();
    let link = writer.blob(b"x").unwrap();
    let row = |name: &&[u8]| (serde_bytes::ByteBuf::from(*name), mode, 1, link);
    let root = writer.node(&Forged { entries: names.iter().map(row).collect() }).unwrap();
    keep(writer, root);
    tree::read(store, &root)
}

#[test]
fn t13_names_that_lead_out_and_lists_out_of_order_are_refused() {
    let top = tempfile::tempdir().unwrap();
    let store = store(top.path());
    let long = [b'a'; 4097];
    for name in [b"..".as_slice(), b".", b"", b"a/b", b"/etc", b"a\0b", &long] {
        assert!(matches!(forged(&store, &[name], FILE), Err(Error::Malformed { .. })), "{name:?}");
    }
    for names in [[b"b".as_slice(), b"a"], [b"a", b"a"]] {
        assert!(matches!(forged(&store, &names, FILE), Err(Error::Malformed { .. })));
    }
    for mode in [0, 0o104_755, 0o60_000, 0o100_777] {
        assert!(matches!(forged(&store, &[b"a"], mode), Err(Error::Malformed { .. })));
    }
    assert_eq!(forged(&store, &[b"\xff", b"\xff\xff"], FILE).unwrap().entries.len(), 2);
    assert!(Builder::default().insert(b"a/../b", text("x")).is_err());
    assert!(Builder::default().insert(b"/a", text("x")).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_difference_of_two_trees_is_the_difference_of_their_paths(
        old in prop::collection::btree_map("[ab]{1,2}(/[ab.]b){0,2}", 0..3_u8, 0..8),
        new in prop::collection::btree_map("[ab]{1,2}(/[ab.]b){0,2}", 0..3_u8, 0..8),
    ) {
        let top = tempfile::tempdir().unwrap();
        let store = store(top.path());
        let build = |files: &std::collections::BTreeMap<String, u8>| {
            let mut builder = Builder::default();
            for (path, content) in files {
                builder.insert(path.as_bytes(), text(&content.to_string())).unwrap();
            }
            write(&store, builder)
        };
        let (old, new) = (build(&old), build(&new));
        let files = |root: &Link| {
            let mut files = std::collections::BTreeMap::new();
            tree::walk(&store, root, |path, entry| {
                if entry.mode != FOLDER {
                    files.insert(path.to_vec(), entry.clone());
                }
                Ok::<(), Error>(())
            }).unwrap();
            files
        };
        let (a, b) = (files(&old), files(&new));
        let mut expected: Vec<Vec<u8>> = a.keys().chain(b.keys()).filter(|path| a.get(*path) != b.get(*path)).cloned().collect();
        expected.sort();
        expected.dedup();
        let mut found: Vec<Vec<u8>> = tree::diff(&store, Some(&old), Some(&new)).unwrap().into_iter().map(|d| d.path).collect();
        found.sort();
        prop_assert_eq!(found, expected);
    }
}
