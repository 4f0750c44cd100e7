//! What goes in is what lies on disk, read once, and nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use mls::base::{Clock, Digest, Silent};
use mls::store::add::{self, Added, Kind, Options};
use mls::store::tree::{EXECUTABLE, FILE, FOLDER, SYMLINK, Target};
use mls::store::{Change, Error, Expected, Link, Store, file, tree};
use proptest::prelude::*;

use super::{noise, store};

/// Options for files that were written a moment ago: as if they had lain there for a minute.
pub(crate) fn settled() -> Options {
    Options { clock: Clock::Shifted(60_000), ..Options::default() }
}

/// Adds `path` and makes it durable under a ref.
#[track_caller]
pub(crate) fn add(store: &Store, path: &Path) -> Added {
    let mut writer = store.writer().unwrap();
    let added = add::path(&mut writer, path, &settled(), &Silent).unwrap();
    keep(writer, added.link);
    added
}

pub(crate) fn keep(writer: mls::store::Writer<'_>, link: Link) {
    let name = format!("models/m{}/v1", link.digest.short());
    writer.commit(vec![Change { name, expected: Expected::Any, new: Some(link) }]).unwrap();
}

fn fails(store: &Store, path: &Path) -> Error {
    let mut writer = store.writer().unwrap();
    add::path(&mut writer, path, &settled(), &Silent).unwrap_err()
}

/// The mode of an entry, and its bytes or target.
type Kept = (u32, Vec<u8>);

/// Every path below a tree, with its mode and its bytes or target.
pub(crate) fn content(store: &Store, root: &Link) -> BTreeMap<Vec<u8>, Kept> {
    let mut found = BTreeMap::new();
    tree::walk(store, root, |path, entry| {
        let bytes = match &entry.target {
            Target::Symlink(target) => target.clone(),
            Target::Content(_) if entry.mode == FOLDER => vec![],
            Target::Content(link) => {
                let bytes = file::open(store, link)?.read_all(u64::MAX)?;
                assert_eq!(bytes.len() as u64, entry.size);
                bytes
            }
        };
        found.insert(path.to_vec(), (entry.mode, bytes));
        Ok::<(), Error>(())
    })
    .unwrap();
    found
}

#[test]
fn a_folder_comes_back_with_its_names_modes_and_links() {
    let top = tempfile::tempdir().unwrap();
    let (store, data) = (store(top.path()), top.path().join("data"));
    fs::create_dir_all(data.join("a/deep/er")).unwrap();
    fs::create_dir(data.join("empty")).unwrap();
    fs::write(data.join("a/deep/er/file.txt"), "text").unwrap();
    fs::write(data.join("a.txt"), "sorts after `a`").unwrap();
    fs::write(data.join("nothing"), "").unwrap();
    fs::write(data.join("program"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(data.join("program"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(data.join("large"), noise("large", 3 << 20)).unwrap();
    symlink("../nowhere", data.join("a/link")).unwrap();
    let odd = std::ffi::OsStr::from_bytes(b"\xff\xfe\n");
    fs::write(data.join(odd), "odd").unwrap();

    let added = add(&store, &data);
    assert_eq!((added.kind, added.files, added.digest), (Kind::Tree, 6, None));
    let expected: [(&[u8], Kept); 11] = [
        (b"a", (FOLDER, vec![])),
        (b"a/deep", (FOLDER, vec![])),
        (b"a/deep/er", (FOLDER, vec![])),
        (b"a/deep/er/file.txt", (FILE, b"text".to_vec())),
        (b"a/link", (SYMLINK, b"../nowhere".to_vec())),
        (b"a.txt", (FILE, b"sorts after `a`".to_vec())),
        (b"empty", (FOLDER, vec![])),
        (b"large", (FILE, noise("large", 3 << 20))),
        (b"nothing", (FILE, vec![])),
        (b"program", (EXECUTABLE, b"#!/bin/sh\n".to_vec())),
        (b"\xff\xfe\n", (FILE, b"odd".to_vec())),
    ];
    let expected = expected.map(|(path, entry)| (path.to_vec(), entry));
    assert!(content(&store, &added.link) == BTreeMap::from(expected));
    assert_eq!(tree::get(&store, &added.link, b"a/deep/er/file.txt").unwrap().size, 4);
}

#[test]
fn a_file_is_named_by_its_b3sum() {
    let top = tempfile::tempdir().unwrap();
    let store = store(top.path());
    for (name, bytes) in [("small", b"small".to_vec()), ("large", noise("b3sum", 2_500_000))] {
        let path = top.path().join(name);
        fs::write(&path, &bytes).unwrap();
        let added = add(&store, &path);
        assert_eq!(added.digest, Some(Digest::of(&bytes)));
        assert_eq!((added.kind, added.size, added.files), (Kind::File, bytes.len() as u64, 1));
        // The second time it is known without being read.
        assert_eq!(add(&store, &path), added);
        assert!(file::open(&store, &added.link).unwrap().read_all(1 << 30).unwrap() == bytes);
    }
}

#[test]
fn the_same_bytes_are_the_same_object_however_they_come() {
    let top = tempfile::tempdir().unwrap();
    let store = store(top.path());
    // A header that promises more than there is must not make the two ways differ.
    let lie = br#"{"a":{"dtype":"F32","data_offsets":[100000,90000000]}}"#;
    let tensors = [&(lie.len() as u64).to_le_bytes()[..], lie, &noise("lie", 2 << 20)].concat();
    for bytes in [
        vec![],
        b"x".to_vec(),
        noise("a", 100_000),
        noise("b", 1 << 20),
        noise("c", 5_000_001),
        tensors,
    ] {
        let path = top.path().join("file");
        fs::write(&path, &bytes).unwrap();
        let mut writer = store.writer().unwrap();
        let from_disk = add::path(&mut writer, &path, &settled(), &Silent).unwrap();
        assert_eq!(add::bytes(&mut writer, &bytes).unwrap(), from_disk);
        assert_eq!(add::reader(&mut writer, Cursor::new(&bytes), &Silent).unwrap(), from_disk);
    }
}

#[test]
fn what_is_there_already_is_not_stored_again() {
    let top = tempfile::tempdir().unwrap();
    let (store, path) = (store(top.path()), top.path().join("weights"));
    let mut bytes = noise("edit", 8 << 20);
    fs::write(&path, &bytes).unwrap();
    add(&store, &path);
    let before = packed(top.path());
    assert!(before > 8 << 20);
    bytes[4_000_000..4_000_100].fill(7);
    bytes.splice(1_000_000..1_000_000, noise("inserted", 1_000));
    fs::write(&path, &bytes).unwrap();
    add(&store, &path);
    let new = packed(top.path()) - before;
    assert!((1_000..700_000).contains(&new), "{new}");
}

#[test]
fn an_edited_file_is_cut_as_if_it_had_never_been_seen() {
    let top = tempfile::tempdir().unwrap();
    let (store, path) = (store(top.path()), top.path().join("weights"));
    let original = noise("guess", 5 << 20);
    let edits: [fn(&mut Vec<u8>); 8] = [
        |_| {},
        |bytes| bytes[3_000_000] ^= 1,
        |bytes| drop(bytes.splice(2_000_000..2_000_000, noise("more", 300_000))),
        |bytes| drop(bytes.drain(1_000_000..1_500_000)),
        |bytes| bytes.truncate(4_000_001),
        |bytes| bytes.extend(noise("tail", 77_777)),
        |bytes| bytes.rotate_left(2_345_678),
        |bytes| bytes.copy_within(0..2_000_000, 2_500_000),
    ];
    for edit in edits {
        fs::write(&path, &original).unwrap();
        add(&store, &path);
        let mut bytes = original.clone();
        edit(&mut bytes);
        fs::write(&path, &bytes).unwrap();
        let guessed = add(&store, &path);
        let mut writer = store.writer().unwrap();
        assert_eq!(add::bytes(&mut writer, &bytes).unwrap(), guessed);
    }
}

#[test]
fn x13_a_file_of_many_chunks_has_a_list_of_lists_and_an_edit_changes_one_of_them() {
    let top = tempfile::tempdir().unwrap();
    let (store, path) = (store(top.path()), top.path().join("many.safetensors"));
    // Each tensor is cut off by itself: 5,000 chunks in 40 MB.
    let tensors = (0..5_000).map(|at| {
        format!(r#""t{at}":{{"dtype":"I8","data_offsets":[{},{}]}}"#, at * 8192, (at + 1) * 8192)
    });
    let head = format!("{{{}}}", tensors.collect::<Vec<_>>().join(","));
    let mut bytes = (head.len() as u64).to_le_bytes().to_vec();
    bytes.extend(head.as_bytes());
    bytes.extend(noise("many", 5_000 * 8192));
    fs::write(&path, &bytes).unwrap();
    let first = add(&store, &path);
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let second = add(&store, &path);
    let mut file = file::open(&store, &second.link).unwrap();
    assert!(file.chunks().len() > 5_000, "{}", file.chunks().len());
    assert!(file.read_all(1 << 30).unwrap() == bytes);
    assert!(file.read_range(at as u64 - 9_000, 20_000).unwrap() == bytes[at - 9_000..at + 11_000]);
    let parts = |link: &Link| mls::store::object::links(&store.read(link).unwrap()).unwrap();
    let (old, new) = (parts(&first.link), parts(&second.link));
    assert!((2..100).contains(&old.len()), "{}", old.len());
    assert_eq!(new.iter().filter(|part| !old.contains(part)).count(), 1);
}

/// How many bytes all packs have.
fn packed(top: &Path) -> u64 {
    let packs = fs::read_dir(top.join(".mlstore/packs")).unwrap();
    packs.map(|pack| pack.unwrap().metadata().unwrap().len()).sum()
}

#[test]
fn similar_small_files_cost_far_less_than_their_size() {
    let top = tempfile::tempdir().unwrap();
    let (store, data) = (store(top.path()), top.path().join("data"));
    fs::create_dir(&data).unwrap();
    for at in 0..300 {
        let text =
            format!("{{\"step\": {at}, \"loss\": 0.{at}, \"tags\": [\"a\", \"b\"]}}\n").repeat(20);
        fs::write(data.join(format!("{at}.json")), text).unwrap();
    }
    let added = add(&store, &data);
    assert!(packed(top.path()) < added.size / 6, "{} of {}", packed(top.path()), added.size);
}

#[test]
fn the_store_is_not_added_to_itself() {
    let top = tempfile::tempdir().unwrap();
    let store = store(top.path());
    fs::write(top.path().join("file"), "x").unwrap();
    let added = add(&store, top.path());
    assert_eq!(content(&store, &added.link).into_keys().collect::<Vec<_>>(), [b"file"]);
}

#[test]
fn s06_a_name_that_passes_for_the_store_is_refused() {
    let top = tempfile::tempdir().unwrap();
    let (store, data) = (store(top.path()), top.path().join("data"));
    fs::create_dir_all(data.join(".MLStore")).unwrap();
    assert!(matches!(fails(&store, &data), Error::BadFileName { .. }));
}

#[test]
fn pipes_and_sockets_are_named_and_never_waited_for() {
    let top = tempfile::tempdir().unwrap();
    let (store, data) = (store(top.path()), top.path().join("data"));
    fs::create_dir(&data).unwrap();
    let pipe = data.join("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    let Error::WrongFileType { path, found, .. } = fails(&store, &data) else { panic!() };
    assert_eq!((path, found), (pipe.canonicalize().unwrap(), "a pipe"));
    fs::remove_file(&pipe).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(data.join("socket")).unwrap();
    assert!(matches!(fails(&store, &data), Error::WrongFileType { found: "a socket", .. }));
    assert!(matches!(
        fails(&store, Path::new("/dev/null")),
        Error::WrongFileType { found: "a device", .. }
    ));
}

#[test]
fn a_loop_of_links_is_no_loop() {
    let top = tempfile::tempdir().unwrap();
    let (store, data) = (store(top.path()), top.path().join("data"));
    fs::create_dir(&data).unwrap();
    symlink(".", data.join("self")).unwrap();
    symlink("..", data.join("up")).unwrap();
    assert_eq!(content(&store, &add(&store, &data).link).len(), 2);
}

#[test]
fn a_file_that_is_not_there_or_not_readable_is_named() {
    let top = tempfile::tempdir().unwrap();
    let store = store(top.path());
    let path = top.path().join("missing");
    let Error::Io { path: named, .. } = fails(&store, &path) else { panic!() };
    assert_eq!(named, path);
}

/// Changes the file while it is read: after the first bytes were taken, before the last.
struct Growing<'a> {
    path: &'a Path,
}

impl mls::base::Progress for Growing<'_> {
    fn start(&self, _: mls::base::Task, _: Option<u64>) {
        let mut bytes = fs::read(self.path).unwrap();
        bytes.extend([0; 100]);
        fs::write(self.path, bytes).unwrap();
    }
    fn advance(&self, _: mls::base::Task, _: u64) {}
    fn finish(&self, _: mls::base::Task) {}
}

#[test]
fn a_file_that_changed_after_it_was_found_is_stored_as_it_was_when_read() {
    let top = tempfile::tempdir().unwrap();
    let (store, path) = (store(top.path()), top.path().join("log"));
    for size in [1_000, 3 << 20] {
        fs::write(&path, noise("log", size)).unwrap();
        let mut writer = store.writer().unwrap();
        let added = add::path(&mut writer, &path, &settled(), &Growing { path: &path }).unwrap();
        assert_eq!(added.digest, Some(Digest::of(&fs::read(&path).unwrap())));
        assert_eq!(added.size, size as u64 + 100);
    }
}

#[test]
fn a_file_that_changes_while_it_is_read_is_an_error() {
    struct Endless<'a>(&'a Path);
    impl mls::base::Progress for Endless<'_> {
        fn start(&self, _: mls::base::Task, _: Option<u64>) {}
        // By then the first piece has been stored, and there is more than fits all buffers.
        fn advance(&self, _: mls::base::Task, _: u64) {
            use std::io::Write as _;
            let mut file = fs::OpenOptions::new().append(true).open(self.0).unwrap();
            file.write_all(b"more").unwrap();
        }
        fn finish(&self, _: mls::base::Task) {}
    }
    let top = tempfile::tempdir().unwrap();
    let (store, path) = (store(top.path()), top.path().join("large"));
    fs::write(&path, vec![0; 40 << 20]).unwrap();
    let mut writer = store.writer().unwrap();
    let failed = add::path(&mut writer, &path, &settled(), &Endless(&path)).unwrap_err();
    let Error::ChangedWhileRead(named) = failed else { panic!("{failed}") };
    assert_eq!(named, path.canonicalize().unwrap());
}

#[test]
fn x13_a_folder_of_many_names_is_split_and_one_name_more_changes_one_part() {
    let top = tempfile::tempdir().unwrap();
    let (store, data) = (store(top.path()), top.path().join("data"));
    fs::create_dir(&data).unwrap();
    for at in 0..6_000 {
        fs::write(data.join(format!("file-{at}")), "same").unwrap();
    }
    let first = add(&store, &data);
    assert_eq!(tree::read(&store, &first.link).unwrap().entries.len(), 6_000);
    let entry = tree::get(&store, &first.link, b"file-4321").unwrap();
    assert_eq!(entry.content(), Some(Link::blob(Digest::of(b"same"))));
    assert!(matches!(tree::get(&store, &first.link, b"file-x"), Err(Error::NoEntry { .. })));
    fs::write(data.join("another"), "same").unwrap();
    let second = add(&store, &data);
    let parts = |link: &Link| mls::store::object::links(&store.read(link).unwrap()).unwrap();
    let (old, new) = (parts(&first.link), parts(&second.link));
    assert!(old.len() > 3);
    assert_eq!(new.iter().filter(|part| !old.contains(part)).count(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_folder_reads_back(files in prop::collection::btree_map("[a-c]{1,2}(/[a-d.]{3,5}){0,3}", (0..3_000_000_usize, 0..3), 0..12)) {
        let top = tempfile::tempdir().unwrap();
        let (store, data) = (store(top.path()), top.path().join("data"));
        fs::create_dir(&data).unwrap();
        let mut expected = BTreeMap::new();
        for (name, (size, kind)) in &files {
            let size = if *kind == 0 { *size } else { size % 50_000 };
            let bytes = if *kind == 1 { vec![b'x'; size] } else { noise(name, size) };
            let path = data.join(name);
            let made = fs::create_dir_all(path.parent().unwrap()).and_then(|()| fs::write(&path, &bytes));
            if made.is_ok() && !name.split('/').any(|part| part == "..") {
                expected.insert(name.as_bytes().to_vec(), bytes);
            }
        }
        let added = add(&store, &data);
        let mut found = content(&store, &added.link);
        found.retain(|_, (mode, _)| *mode != FOLDER);
        prop_assert!(found.into_iter().map(|(path, (_, bytes))| (path, bytes)).eq(expected));
    }
}
