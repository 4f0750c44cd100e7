use std::io::Read as _;

use mls::base::Silent;
use mls::store::{Durability, Link, Store, add, file, gc, tree};
use mls::track::artifact::{self, ArtifactPath, Content, Found, Holder, Part};
use mls::track::{Error, RunId, live, name};

use super::live::{run, seal, store};

fn begin(store: &Store) -> (RunId, Holder) {
    let id = name::id();
    live::create(store, &run(&id), None, &[]).unwrap();
    (id.clone(), Holder::Run(id))
}

fn path(text: &str) -> ArtifactPath {
    ArtifactPath::parse(text).unwrap()
}

fn put(store: &Store, holder: &Holder, at: &str, bytes: &[u8]) -> Result<(), Error> {
    artifact::check_room(store, holder, &path(at))?;
    let content = Content::of(bytes.to_vec());
    store.transact(Durability::Full, |db| artifact::put(store, db, holder, &path(at), &content))
}

fn remove(store: &Store, holder: &Holder, at: &str) -> bool {
    let in_base = artifact::in_base(store, holder, &path(at)).unwrap();
    store
        .transact(Durability::Full, |db| artifact::remove(store, db, holder, &path(at), in_base))
        .unwrap()
}

fn read(store: &Store, holder: &Holder, at: &str) -> Option<Vec<u8>> {
    match artifact::find(store, holder, &path(at)).unwrap() {
        Found::File(found) => Some(found.bytes.clone().unwrap_or_else(|| {
            let mut bytes = vec![];
            file::open(store, &found.link).unwrap().read_to_end(&mut bytes).unwrap();
            bytes
        })),
        _ => None,
    }
}

fn names(store: &Store, holder: &Holder, at: &str) -> Vec<(String, Option<u64>)> {
    let listed = artifact::list(store, holder, &path(at)).unwrap();
    listed.into_iter().map(|listed| (listed.name, listed.size)).collect()
}

fn in_tree(store: &Store, tree: &Link) -> Vec<String> {
    let mut paths = vec![];
    tree::walk(store, tree, |path, entry| {
        if entry.mode != tree::FOLDER {
            paths.push(String::from_utf8(path.to_vec()).unwrap());
        }
        Ok::<_, mls::store::Error>(())
    })
    .unwrap();
    paths
}

#[test]
fn what_is_staged_is_there_at_once_and_becomes_the_tree_of_the_run() {
    let (_folder, store) = store();
    let (id, holder) = begin(&store);
    put(&store, &holder, "model/MLmodel", b"flavors").unwrap();
    put(&store, &holder, "model/data/x.bin", &[7; 70_000]).unwrap();
    put(&store, &holder, "notes.txt", b"first").unwrap();
    put(&store, &holder, "notes.txt", b"second").unwrap();
    assert_eq!(read(&store, &holder, "notes.txt").unwrap(), b"second");
    assert_eq!(
        names(&store, &holder, ""),
        [("model".to_owned(), None), ("notes.txt".to_owned(), Some(6))]
    );
    assert_eq!(
        names(&store, &holder, "model"),
        [("MLmodel".to_owned(), Some(7)), ("data".to_owned(), None)]
    );
    assert_eq!(names(&store, &holder, "notes.txt"), []);
    assert_eq!(artifact::inline_bytes(&store).unwrap(), 7 + 70_000 + 6);

    let tree = seal(&store, &id).artifacts.unwrap();
    assert_eq!(in_tree(&store, &tree), ["model/MLmodel", "model/data/x.bin", "notes.txt"]);
    assert_eq!(artifact::inline_bytes(&store).unwrap(), 0);
    assert_eq!(read(&store, &holder, "notes.txt").unwrap(), b"second");
    assert_eq!(names(&store, &holder, "model/data"), [("x.bin".to_owned(), Some(70_000))]);
    put(&store, &holder, "late.txt", b"x").unwrap();
    assert!(live::is_live(&store, &id).unwrap());
    let again = seal(&store, &id);
    assert_eq!((in_tree(&store, &again.artifacts.unwrap()).len(), again.previous.len()), (4, 1));
}

#[test]
fn a_file_in_the_way_of_a_folder_is_told_and_nothing_changes() {
    let (_folder, store) = store();
    let (_, holder) = begin(&store);
    put(&store, &holder, "a/b", b"1").unwrap();
    for at in ["a", "a/b/c", "a/b/c/d"] {
        let error = put(&store, &holder, at, b"2").unwrap_err();
        assert!(matches!(error, Error::ArtifactInTheWay { .. }), "{at}: {error}");
    }
    assert!(matches!(put(&store, &holder, "", b"2"), Err(Error::BadName { .. })));
    put(&store, &holder, "a-b", b"3").unwrap();
    assert_eq!(read(&store, &holder, "a/b").unwrap(), b"1");
    let nobody = Holder::Run(name::id());
    assert!(matches!(put(&store, &nobody, "a", b"2"), Err(Error::NoRun(_))));
}

#[test]
fn what_was_sealed_before_shows_through_until_it_is_replaced_or_removed() {
    let (_folder, store) = store();
    let mut writer = store.writer().unwrap();
    let mut builder = tree::Builder::default();
    for at in ["kept/deep/x", "kept/y", "gone/a", "gone/b", "swap", "top"] {
        let added = add::bytes(&mut writer, at.as_bytes()).unwrap();
        let target = tree::Target::Content(added.link);
        let entry = tree::Entry { name: vec![], mode: tree::FILE, size: added.size, target };
        builder.insert(at.as_bytes(), entry).unwrap();
    }
    let base = builder.write(&mut writer).unwrap();
    let id = name::id();
    let record = mls::track::Run { artifacts: Some(base), ..run(&id) };
    live::begin(writer, &record, None, &[base]).unwrap();
    let holder = Holder::Run(id.clone());

    assert_eq!(read(&store, &holder, "kept/deep/x").unwrap(), b"kept/deep/x");
    let clash = put(&store, &holder, "kept/y/z", b"1").unwrap_err();
    assert!(matches!(clash, Error::ArtifactInTheWay { .. }), "{clash}");
    let clash = put(&store, &holder, "gone", b"1").unwrap_err();
    assert!(matches!(clash, Error::ArtifactInTheWay { .. }), "{clash}");
    assert!(remove(&store, &holder, "gone"));
    assert!(!remove(&store, &holder, "gone"));
    assert!(!remove(&store, &holder, "never"));
    put(&store, &holder, "gone", b"a file").unwrap();
    put(&store, &holder, "top", b"another").unwrap();
    put(&store, &holder, "kept/new", b"n").unwrap();
    assert!(remove(&store, &holder, "swap"));
    put(&store, &holder, "swap/inner", b"s").unwrap();
    assert_eq!(read(&store, &holder, "gone/a"), None);
    assert_eq!(names(&store, &holder, "kept").len(), 3);
    assert_eq!(names(&store, &holder, "swap"), [("inner".to_owned(), Some(1))]);

    let tree = seal(&store, &id).artifacts.unwrap();
    let expected = ["gone", "kept/deep/x", "kept/new", "kept/y", "swap/inner", "top"];
    assert_eq!(in_tree(&store, &tree), expected);
    assert_eq!(read(&store, &holder, "top").unwrap(), b"another");
}

#[test]
fn a_change_while_the_tree_is_made_is_not_lost() {
    let (_folder, store) = store();
    let (_, holder) = begin(&store);
    put(&store, &holder, "a", b"1").unwrap();
    let mut writer = store.writer().unwrap();
    let folded = artifact::fold(&mut writer, &holder, None).unwrap();
    put(&store, &holder, "b", b"2").unwrap();
    let done = writer.commit_with(vec![], |db| artifact::forget(&store, db, &holder, &folded));
    assert!(matches!(done, Err(Error::ArtifactsChanged(_))), "{done:?}");
    assert_eq!(names(&store, &holder, "").len(), 2);
}

#[test]
fn bytes_move_into_packs_and_gc_leaves_them_there() {
    let (_folder, store) = store();
    let (id, holder) = begin(&store);
    for number in 0..50 {
        put(&store, &holder, &format!("f/{number}"), format!("content {number}").as_bytes())
            .unwrap();
    }
    let staged = artifact::inline_bytes(&store).unwrap();
    assert_eq!(artifact::settle(&store).unwrap(), staged);
    assert_eq!(artifact::inline_bytes(&store).unwrap(), 0);
    gc::collect(&store, &gc::Options::default(), &Silent).unwrap();
    assert_eq!(read(&store, &holder, "f/49").unwrap(), b"content 49");
    put(&store, &holder, "f/0", b"again").unwrap();
    let tree = seal(&store, &id).artifacts.unwrap();
    assert_eq!(in_tree(&store, &tree).len(), 50);
    assert_eq!(read(&store, &holder, "f/0").unwrap(), b"again");
}

#[test]
fn an_upload_in_parts_is_the_file_as_if_it_had_come_at_once() {
    let (_folder, store) = store();
    let (id, holder) = begin(&store);
    let whole: Vec<u8> = (0..5_000_000_u32).flat_map(|n| (n ^ (n >> 7)).to_le_bytes()).collect();
    let upload = artifact::begin(&store, &holder, &path("big.bin")).unwrap();
    let pieces: Vec<&[u8]> = whole.chunks(7_000_000).collect();
    let mut parts = vec![];
    for (index, piece) in pieces.iter().enumerate().rev() {
        let number = index as i64 + 1;
        artifact::part(&store, &upload.id, number, &b"of an attempt that broke"[..], &Silent)
            .unwrap();
        let link = artifact::part(&store, &upload.id, number, *piece, &Silent).unwrap();
        parts.insert(0, Part { number, digest: Some(link.digest.to_string()) });
    }
    gc::collect(&store, &gc::Options::default(), &Silent).unwrap();
    let mut wrong = parts.clone();
    wrong[1].digest = Some("0".repeat(64));
    for wrong in [&wrong[..], &parts[1..], &[]] {
        let error = artifact::complete(&store, &upload, wrong, &Silent).unwrap_err();
        assert!(matches!(error, Error::NoPart { .. }), "{error}");
    }
    assert_eq!(read(&store, &holder, "big.bin"), None);
    artifact::complete(&store, &upload, &parts, &Silent).unwrap();
    assert!(artifact::upload_of(&store, &upload.id).is_err());
    let Found::File(found) = artifact::find(&store, &holder, &path("big.bin")).unwrap() else {
        panic!("it is a file");
    };
    let mut writer = store.writer().unwrap();
    let at_once = add::bytes(&mut writer, &whole).unwrap();
    assert_eq!((found.link, found.size), (at_once.link, whole.len() as u64));
    drop(writer);
    seal(&store, &id);
    assert!(read(&store, &holder, "big.bin").unwrap() == whole);
}

#[test]
fn an_upload_that_is_aborted_leaves_nothing() {
    let (_folder, store) = store();
    let (_, holder) = begin(&store);
    let upload = artifact::begin(&store, &holder, &path("x")).unwrap();
    artifact::part(&store, &upload.id, 1, &b"abc"[..], &Silent).unwrap();
    artifact::abort(&store, &upload.id).unwrap();
    artifact::abort(&store, &upload.id).unwrap();
    let error = artifact::part(&store, &upload.id, 2, &b"abc"[..], &Silent).unwrap_err();
    assert!(matches!(error, Error::NoUpload(_)), "{error}");
    assert_eq!(names(&store, &holder, ""), []);
    let held: i64 =
        store.meta(|db| db.query_row("SELECT count(*) FROM held", [], |row| row.get(0))).unwrap();
    assert_eq!(held, 0);
}

#[test]
fn h15_a_file_is_never_missing_while_its_run_is_sealed() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let (_folder, store) = store();
    for _ in 0..20 {
        let (id, holder) = begin(&store);
        put(&store, &holder, "plots/a.txt", b"alpha").unwrap();
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    assert_eq!(names(&store, &holder, "plots").len(), 1);
                    let found = artifact::find(&store, &holder, &path("plots/a.txt")).unwrap();
                    assert!(matches!(found, Found::File(_)), "{found:?}");
                }
            });
            seal(&store, &id);
            done.store(true, Ordering::Relaxed);
            reader.join().unwrap();
        });
    }
}
