//! An unchanged file costs a `stat`; a changed one is never taken for unchanged; a bad cache is no cache.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use mls::base::{Clock, Digest, Progress, Silent, Task};
use mls::store::add::{self, Added, Options};
use mls::store::tree::{self, FILE, SYMLINK, Target};
use mls::store::{Link, Store};

use super::add::{add, content, keep, settled};
use super::store;

/// Counts the bytes that are read.
#[derive(Default)]
struct Read(AtomicU64);

impl Progress for Read {
    fn start(&self, _: Task, _: Option<u64>) {}
    fn advance(&self, _: Task, amount: u64) {
        self.0.fetch_add(amount, Ordering::Relaxed);
    }
    fn finish(&self, _: Task) {}
}

/// Adds `path`; returns what was added, and how many bytes were read for it.
fn read(store: &Store, path: &Path, options: &Options) -> (Added, u64) {
    let (mut writer, read) = (store.writer().unwrap(), Read::default());
    let added = add::path(&mut writer, path, options, &read).unwrap();
    keep(writer, added.link);
    (added, read.0.into_inner())
}

struct Fixture {
    top: tempfile::TempDir,
    store: Store,
    data: PathBuf,
}

/// A folder of 7 bytes in two files, added once.
fn fixture() -> Fixture {
    let top = tempfile::tempdir().unwrap();
    let (store, data) = (store(top.path()), top.path().join("data"));
    fs::create_dir_all(data.join("sub")).unwrap();
    fs::write(data.join("one"), "one").unwrap();
    fs::write(data.join("sub/two"), "two!").unwrap();
    add(&store, &data);
    Fixture { top, store, data }
}

fn caches(top: &Path) -> Vec<PathBuf> {
    let cache = fs::read_dir(top.join(".mlstore/cache")).unwrap();
    cache.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn nothing_is_read_where_nothing_changed() {
    let Fixture { top: _top, store, data } = fixture();
    assert_eq!(read(&store, &data, &settled()).1, 0);
    assert_eq!(read(&store, &data, &Options { cached: false, ..settled() }).1, 7);
    // A single file has a cache of its own.
    assert_eq!(read(&store, &data.join("one"), &settled()).1, 3);
    assert_eq!(read(&store, &data.join("one"), &settled()).1, 0);
}

#[test]
fn only_what_changed_is_read() {
    let Fixture { top: _top, store, data } = fixture();
    fs::write(data.join("sub/two"), "TWO!").unwrap();
    let (added, read_bytes) = read(&store, &data, &settled());
    assert_eq!(read_bytes, 4);
    let found = content(&store, &added.link);
    assert_eq!(found[&b"sub/two"[..]].1, b"TWO!");
    assert_eq!(found[&b"one"[..]].1, b"one");
}

#[test]
fn files_that_come_go_or_are_renamed_are_seen() {
    let Fixture { top: _top, store, data } = fixture();
    let names = |store: &Store| {
        let (added, _) = read(store, &data, &settled());
        let names =
            content(store, &added.link).into_keys().map(|name| String::from_utf8(name).unwrap());
        assert_eq!(
            added.files,
            fs::read_dir(&data).unwrap().filter(|e| e.as_ref().unwrap().path().is_file()).count()
                as u64
                + fs::read_dir(data.join("sub")).map_or(0, Iterator::count) as u64
        );
        names.collect::<Vec<_>>()
    };
    fs::write(data.join("sub/three"), "three").unwrap();
    assert_eq!(names(&store), ["one", "sub", "sub/three", "sub/two"]);
    fs::remove_file(data.join("sub/two")).unwrap();
    assert_eq!(names(&store), ["one", "sub", "sub/three"]);
    fs::write(data.join("other"), "other").unwrap();
    fs::rename(data.join("other"), data.join("one")).unwrap();
    assert_eq!(names(&store), ["one", "sub", "sub/three"]);
    fs::remove_dir_all(data.join("sub")).unwrap();
    assert_eq!(names(&store), ["one"]);
    fs::create_dir(data.join("sub")).unwrap();
    assert_eq!(names(&store), ["one", "sub"]);
}

#[test]
fn x08_a_file_as_young_as_the_cache_is_read_again() {
    let Fixture { top: _top, store, data } = fixture();
    // Written in the same tick of the clock as the cache: the next edit might not move its time.
    fs::write(data.join("one"), "ONE").unwrap();
    let now = Options { clock: Clock::System, ..settled() };
    let ahead = Options { clock: Clock::Shifted(-60_000), ..settled() };
    for options in [&ahead, &ahead, &now] {
        assert!(read(&store, &data, options).1 >= 3);
    }
}

#[test]
fn x01_a_damaged_cache_counts_as_none() {
    let Fixture { top, store, data } = fixture();
    let [cache] = &caches(top.path())[..] else { panic!() };
    let sound = fs::read(cache).unwrap();
    let without_commit = || {
        let read = Read::default();
        add::path(&mut store.writer().unwrap(), &data, &settled(), &read).unwrap();
        read.0.into_inner()
    };
    for at in (0..sound.len()).step_by(7) {
        let mut bytes = sound.clone();
        bytes[at] ^= 0x10;
        fs::write(cache, &bytes).unwrap();
        assert_eq!(without_commit(), 7, "{at}");
        fs::write(cache, &sound[..at]).unwrap();
        assert_eq!(without_commit(), 7, "{at}");
    }
    read(&store, &data, &settled());
    assert_eq!(read(&store, &data, &settled()).1, 0);
    fs::remove_dir_all(top.path().join(".mlstore/cache")).unwrap();
    assert_eq!(read(&store, &data, &settled()).1, 7);
}

#[test]
fn what_was_never_committed_is_stored_again() {
    let top = tempfile::tempdir().unwrap();
    let (store, data) = (store(top.path()), top.path().join("data"));
    fs::create_dir(&data).unwrap();
    fs::write(data.join("one"), "one").unwrap();
    let mut writer = store.writer().unwrap();
    add::path(&mut writer, &data, &settled(), &Silent).unwrap();
    drop(writer);
    assert_eq!(caches(top.path()), [] as [PathBuf; 0]);
    let (added, read_bytes) = read(&store, &data, &settled());
    assert_eq!(read_bytes, 3);
    assert_eq!(content(&store, &added.link).len(), 1);
}

#[test]
fn a_folder_of_very_many_names_is_written_in_pieces_and_is_the_same_folder() {
    const MANY: u32 = 70_000;
    let top = tempfile::tempdir().unwrap();
    let store = store(top.path());
    let folder = top.path().join("many");
    fs::create_dir_all(folder.join("n40000/below")).unwrap();
    fs::write(folder.join("n40000/below/file"), "deep").unwrap();
    fs::write(folder.join("n00007x"), "a file").unwrap();
    for number in (0..MANY).filter(|number| *number != 40_000) {
        symlink(number.to_string(), folder.join(format!("n{number:05}"))).unwrap();
    }
    let built = |file: &str| {
        let mut builder = tree::Builder::default();
        let blob = |text: &str| Target::Content(Link::blob(Digest::of(text.as_bytes())));
        let entry = |mode, size, target| tree::Entry { name: vec![], mode, size, target };
        for number in (0..MANY).filter(|number| *number != 40_000) {
            let target = Target::Symlink(number.to_string().into_bytes());
            builder.insert(format!("n{number:05}").as_bytes(), entry(SYMLINK, 0, target)).unwrap();
        }
        builder.insert(b"n40000/below/file", entry(FILE, 4, blob("deep"))).unwrap();
        let size = file.len() as u64;
        builder.insert(b"n00007x", entry(FILE, size, blob(file))).unwrap();
        let mut writer = store.writer().unwrap();
        builder.write(&mut writer).unwrap()
    };
    let first = add(&store, &folder);
    assert_eq!((first.files, first.size), (2, 10));
    assert_eq!(first.link, built("a file"));
    assert_eq!(add(&store, &folder).link, first.link, "as it is known");
    fs::write(folder.join("n00007x"), "another file").unwrap();
    assert_eq!(add(&store, &folder).link, built("another file"), "as all but one is known");
}
