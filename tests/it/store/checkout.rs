//! What comes out is what went in, lands where it was told to, and nowhere else.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;

use mls::base::{Digest, Silent};
use mls::store::checkout::{self, Options, Report};
use mls::store::tree::{Builder, Entry, FILE, FOLDER, SYMLINK, Target};
use mls::store::{Error, Link, Store};
use proptest::prelude::*;

use super::add::{add, content, keep};
use super::{noise, store};

fn write(store: &Store, link: &Link, to: &Path) -> Result<Report, Error> {
    checkout::write(store, link, to, &Options::default(), &Silent)
}

fn replace(store: &Store, link: &Link, to: &Path) -> Result<Report, Error> {
    checkout::write(store, link, to, &Options { replace: true }, &Silent)
}

fn blob(store: &Store, bytes: &[u8]) -> Link {
    let mut writer = store.writer().unwrap();
    let link = writer.blob(bytes).unwrap();
    keep(writer, link);
    link
}

/// A tree with one entry at `path`.
fn tree(store: &Store, path: &str, mode: u32, target: Target) -> Link {
    let mut builder = Builder::default();
    builder.insert(path.as_bytes(), Entry { name: vec![], mode, size: 1, target }).unwrap();
    let mut writer = store.writer().unwrap();
    let link = builder.write(&mut writer).unwrap();
    keep(writer, link);
    link
}

#[test]
fn a_folder_comes_out_as_it_went_in() {
    let top = tempfile::tempdir().unwrap();
    let (store, data, out) = (store(top.path()), top.path().join("data"), top.path().join("a/out"));
    fs::create_dir_all(data.join("a/b")).unwrap();
    fs::create_dir(data.join("empty")).unwrap();
    for at in 0..200 {
        fs::write(data.join(format!("a/{at}.txt")), format!("line {at}\n").repeat(at)).unwrap();
    }
    fs::write(data.join("a/b/program"), "#!").unwrap();
    fs::set_permissions(data.join("a/b/program"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(data.join("large"), noise("checkout", 9 << 20)).unwrap();
    fs::write(data.join("middle"), noise("middle", 300_000)).unwrap();
    symlink("a/b/program", data.join("link")).unwrap();
    let added = add(&store, &data);
    let report = write(&store, &added.link, &out).unwrap();
    assert_eq!(report, Report { files: 203, folders: 3, symlinks: 1, bytes: added.size });
    assert_eq!(add(&store, &out).link, added.link);
    assert_eq!(fs::metadata(out.join("a/b/program")).unwrap().permissions().mode() & 0o100, 0o100);
    assert_eq!(fs::metadata(out.join("large")).unwrap().nlink(), 1, "no link into the store");
    assert_eq!(fs::read_dir(out.join("a")).unwrap().count(), 201, "nothing is left beside");
}

#[test]
fn a_file_comes_out_under_the_name_that_was_asked_for() {
    let top = tempfile::tempdir().unwrap();
    let store = store(top.path());
    for bytes in [vec![], b"small".to_vec(), noise("file", 6 << 20)] {
        let (path, out) = (top.path().join("in"), top.path().join("out"));
        fs::write(&path, &bytes).unwrap();
        let added = add(&store, &path);
        let report = write(&store, &added.link, &out).unwrap();
        assert_eq!((report.files, report.bytes), (1, bytes.len() as u64));
        assert_eq!(Digest::of(&fs::read(&out).unwrap()), Digest::of(&bytes));
        assert!(matches!(write(&store, &added.link, &out), Err(Error::Exists(_))));
        replace(&store, &added.link, &out).unwrap();
        fs::remove_file(&out).unwrap();
    }
}

#[test]
fn what_is_there_is_replaced_only_when_told_and_a_folder_never() {
    let top = tempfile::tempdir().unwrap();
    let (store, out) = (store(top.path()), top.path().join("out"));
    let root = tree(&store, "x", FILE, Target::Content(blob(&store, b"n")));
    fs::create_dir(&out).unwrap();
    fs::write(out.join("x"), "old").unwrap();
    fs::write(out.join("mine"), "mine").unwrap();
    assert!(matches!(write(&store, &root, &out), Err(Error::Exists(_))));
    assert_eq!(fs::read(out.join("x")).unwrap(), b"old");
    replace(&store, &root, &out).unwrap();
    assert_eq!(fs::read(out.join("x")).unwrap(), b"n");
    assert_eq!(fs::read(out.join("mine")).unwrap(), b"mine");
    fs::remove_file(out.join("x")).unwrap();
    fs::create_dir(out.join("x")).unwrap();
    assert!(matches!(replace(&store, &root, &out), Err(Error::Exists(_))));
    assert_eq!(fs::read_dir(&out).unwrap().count(), 2, "no unfinished file is left");
}

#[test]
fn s06_nothing_is_written_through_a_symlink() {
    let top = tempfile::tempdir().unwrap();
    let (store, out, outside) =
        (store(top.path()), top.path().join("out"), top.path().join("outside"));
    let content = Target::Content(blob(&store, b"new"));
    fs::create_dir_all(&out).unwrap();
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("file"), "old").unwrap();
    symlink(&outside, out.join("folder")).unwrap();
    symlink(outside.join("file"), out.join("link")).unwrap();
    replace(&store, &tree(&store, "folder/file", FILE, content.clone()), &out).unwrap();
    replace(&store, &tree(&store, "link", FILE, content), &out).unwrap();
    assert_eq!(fs::read(outside.join("file")).unwrap(), b"old");
    assert_eq!(fs::read(out.join("folder/file")).unwrap(), b"new");
    assert_eq!(fs::read(out.join("link")).unwrap(), b"new");
}

#[test]
fn s06_names_that_pass_for_a_store_are_refused() {
    let top = tempfile::tempdir().unwrap();
    let store = store(top.path());
    let blob = blob(&store, b"x");
    for (at, name) in
        [".mlstore", ".MLSTORE/config.toml", "a/.mlstore. ", "MLSTOR~1", ".ml\u{200c}store"]
            .into_iter()
            .enumerate()
    {
        let root = tree(&store, name, FILE, Target::Content(blob));
        let out = top.path().join(format!("out-{at}"));
        assert!(matches!(write(&store, &root, &out), Err(Error::BadFileName { .. })), "{name}");
    }
    let link = tree(&store, ".mlstore", SYMLINK, Target::Symlink(b"/tmp".to_vec()));
    assert!(matches!(
        write(&store, &link, &top.path().join("out")),
        Err(Error::BadFileName { .. })
    ));
}

#[test]
fn x01_damaged_content_never_comes_out() {
    let top = tempfile::tempdir().unwrap();
    let (store, data) = (store(top.path()), top.path().join("data"));
    fs::create_dir(&data).unwrap();
    fs::write(data.join("large"), noise("damage", 2 << 20)).unwrap();
    fs::write(data.join("small"), noise("small", 40_000)).unwrap();
    let added = add(&store, &data);
    let expected = content(&store, &added.link);
    let pack =
        fs::read_dir(top.path().join(".mlstore/packs")).unwrap().next().unwrap().unwrap().path();
    let sound = fs::read(&pack).unwrap();
    fs::set_permissions(&pack, fs::Permissions::from_mode(0o644)).unwrap();
    for at in (100..sound.len()).step_by(sound.len() / 23) {
        let mut bytes = sound.clone();
        bytes[at] ^= 1;
        fs::write(&pack, &bytes).unwrap();
        let out = top.path().join(format!("out-{at}"));
        let again = Store::open(&top.path().join(".mlstore"), super::context()).unwrap();
        let written = write(&again, &added.link, &out);
        for (path, (_, bytes)) in &expected {
            if let Ok(found) = fs::read(out.join(std::str::from_utf8(path).unwrap())) {
                assert!(found == *bytes, "byte {at}");
            }
        }
        assert!(written.is_err() || out.join("large").exists());
    }
}

#[test]
fn a_missing_object_is_named_and_leaves_no_unfinished_file() {
    let top = tempfile::tempdir().unwrap();
    let (store, out) = (store(top.path()), top.path().join("out"));
    let lost = Link::blob(Digest::of(b"never stored"));
    let root = tree(&store, "x", FILE, Target::Content(lost));
    let Err(Error::Missing(link)) = write(&store, &root, &out) else { panic!() };
    assert_eq!(link, lost);
    assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
    let wrong = tree(&store, "x", FOLDER, Target::Content(blob(&store, b"no tree")));
    assert!(matches!(write(&store, &wrong, &top.path().join("o")), Err(Error::Malformed { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_tree_comes_back(files in prop::collection::btree_map("[a-c]{1,2}(/[a-d]{1,2}){0,3}", 0..2_000_000_usize, 0..12)) {
        let top = tempfile::tempdir().unwrap();
        let (store, data, out) = (store(top.path()), top.path().join("data"), top.path().join("out"));
        fs::create_dir(&data).unwrap();
        for (name, size) in &files {
            let path = data.join(name);
            let size = if size % 3 == 0 { *size } else { size % 9_000 };
            let _ = fs::create_dir_all(path.parent().unwrap()).and_then(|()| fs::write(&path, noise(name, size)));
        }
        let added = add(&store, &data);
        write(&store, &added.link, &out).unwrap();
        prop_assert_eq!(add(&store, &out).link, added.link);
    }
}
