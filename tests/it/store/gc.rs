use std::time::Duration;

use mls::base::{Clock, Silent};
use mls::store::{Change, Expected, Link, Store, Writer, gc, history, refs};
use proptest::prelude::*;

use super::{Note, commit, context, store};

const NOTHING_KEPT: gc::Options =
    gc::Options { grace: 0, history: 0, patience: Duration::ZERO, dry_run: false };

fn remove(store: &Store, name: &str) {
    let change = Change { name: name.to_owned(), expected: Expected::Any, new: None };
    store.writer().unwrap().commit(vec![change]).unwrap();
}

fn later(folder: &std::path::Path, days: i64) -> Store {
    let clock = Clock::Shifted(days * 86_400_000);
    Store::open(&folder.join(".mlstore"), mls::store::Context { clock, ..context() }).unwrap()
}

#[test]
fn what_no_ref_needs_goes_and_the_rest_stays() {
    let folder = tempfile::tempdir().unwrap();
    drop(store(folder.path()));
    let store = later(folder.path(), 0);
    let keep = commit(&store, "runs/a", "keep");
    let gone = commit(&store, "runs/b", "gone");
    remove(&store, "runs/b");
    commit(&store, "runs/c", "the last operation needs what it moved");
    let report = gc::collect(&store, &NOTHING_KEPT, &Silent).unwrap();
    assert!(report.removed > 0 && report.forgotten == 3, "{report:?}");
    assert!(!store.has(&gone).unwrap());
    let note: Note = store.read_node(&keep).unwrap();
    assert_eq!(store.read(&note.parts[0]).unwrap(), b"keep");
}

#[test]
fn what_an_undo_would_need_stays() {
    let folder = tempfile::tempdir().unwrap();
    drop(store(folder.path()));
    let store = later(folder.path(), 30);
    let gone = commit(&store, "runs/b", "removed a moment ago");
    remove(&store, "runs/b");
    gc::collect(&store, &gc::Options::default(), &Silent).unwrap();
    assert!(store.has(&gone).unwrap());
    let later = later(folder.path(), 130);
    commit(&later, "runs/c", "a day later");
    gc::collect(&later, &gc::Options::default(), &Silent).unwrap();
    assert!(!later.has(&gone).unwrap());
}

#[test]
fn x08_a_clock_ten_years_back_takes_nothing_away() {
    let folder = tempfile::tempdir().unwrap();
    drop(store(folder.path()));
    let store = later(folder.path(), 0);
    let mut writer = store.writer().unwrap();
    let young = writer.blob(b"nobody needs this yet").unwrap();
    writer.commit(vec![]).unwrap();
    gc::collect(
        &later(folder.path(), -3650),
        &gc::Options { history: 0, ..Default::default() },
        &Silent,
    )
    .unwrap();
    assert!(store.has(&young).unwrap());
}

#[test]
fn x09_what_a_living_writer_counts_on_stays() {
    let folder = tempfile::tempdir().unwrap();
    drop(store(folder.path()));
    let store = later(folder.path(), 0);
    let mut first = store.writer().unwrap();
    let blob = first.blob(b"without a ref").unwrap();
    first.commit(vec![]).unwrap();
    commit(&store, "runs/a", "a");

    let mut writer = store.writer().unwrap();
    assert!(writer.has(&blob).unwrap());
    let other = later(folder.path(), 0);
    let report = gc::collect(&other, &NOTHING_KEPT, &Silent).unwrap();
    assert!(report.waiting > 0, "{report:?}");
    let node = writer.node(&Note { text: "found it".to_owned(), parts: vec![blob] }).unwrap();
    let change = Change { name: "runs/b".to_owned(), expected: Expected::Absent, new: Some(node) };
    writer.commit(vec![change]).unwrap();

    gc::collect(&other, &NOTHING_KEPT, &Silent).unwrap();
    assert_eq!(other.read(&blob).unwrap(), b"without a ref");
    let mut later_writer = other.writer().unwrap();
    assert!(later_writer.has(&blob).unwrap(), "it has its name back");
}

#[test]
fn x04_what_a_dead_writer_left_is_swept() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let left = folder.path().join(".mlstore/incoming/1-dead");
    std::fs::create_dir(&left).unwrap();
    std::fs::write(left.join("lease"), "1\n1\nmls commit-run\n").unwrap();
    std::fs::write(left.join("1.pack"), vec![0; 1000]).unwrap();
    let report = gc::collect(&store, &gc::Options::default(), &Silent).unwrap();
    assert!(report.freed >= 1000);
    assert!(!left.exists());
}

#[test]
fn what_live_work_holds_stays_until_it_is_released() {
    let folder = tempfile::tempdir().unwrap();
    drop(store(folder.path()));
    let store = later(folder.path(), 0);
    let mut writer = store.writer().unwrap();
    let blob = writer.blob(b"an artifact of a run that goes on").unwrap();
    writer.commit(vec![]).unwrap();
    history::hold(&store, "run 1", &blob).unwrap();
    gc::collect(&store, &NOTHING_KEPT, &Silent).unwrap();
    assert!(store.has(&blob).unwrap());
}

#[test]
fn a_preview_removes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    drop(store(folder.path()));
    let store = later(folder.path(), 0);
    let mut writer = store.writer().unwrap();
    let blob = writer.blob(b"nobody needs this").unwrap();
    writer.commit(vec![]).unwrap();
    let options = gc::Options { dry_run: true, ..NOTHING_KEPT };
    let report = gc::collect(&store, &options, &Silent).unwrap();
    assert_eq!(report.removed, 1);
    assert!(store.has(&blob).unwrap());
}

#[test]
fn many_small_packs_become_few_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let links: Vec<Link> =
        (0..60).map(|n| commit(&store, &format!("runs/{n}"), &format!("text {n}"))).collect();
    for _ in 0..3 {
        mls::store::repack::maintain(&store).unwrap();
    }
    let packs = std::fs::read_dir(folder.path().join(".mlstore/packs")).unwrap().count();
    assert!(packs < 20, "{packs}");
    for (n, link) in links.iter().enumerate() {
        let note: Note = store.read_node(link).unwrap();
        assert_eq!(store.read(&note.parts[0]).unwrap(), format!("text {n}").as_bytes());
    }
    assert_eq!(refs::count(&store, "runs/").unwrap(), 60);
}

/// What can happen to a store, in any order.
#[derive(Debug, Clone)]
enum Step {
    /// Writer `.0` begins, or is dropped where there is one already.
    Begin(usize),
    /// Writer `.0` needs blob `.1`: it counts on it where it is there, and writes it where not.
    Need(usize, u8),
    /// Writer `.0` commits a node with all it needs as ref `.1`.
    Commit(usize, u8),
    Remove(u8),
    Collect,
    Maintain,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..2_usize).prop_map(Step::Begin),
        8 => (0..2_usize, 0..5_u8).prop_map(|(w, b)| Step::Need(w, b)),
        5 => (0..2_usize, 0..2_u8).prop_map(|(w, r)| Step::Commit(w, r)),
        4 => (0..2_u8).prop_map(Step::Remove),
        3 => Just(Step::Collect),
        1 => Just(Step::Maintain),
    ];
    proptest::collection::vec(step, 20..80)
}

/// Follows every ref and reads everything.
fn assert_complete(store: &Store, after: &str) {
    for r in refs::list(store, "").unwrap() {
        let note: Note = store.read_node(&r.target).unwrap_or_else(|e| panic!("{after}: {e}"));
        for part in note.parts {
            store.read(&part).unwrap_or_else(|e| panic!("{after}: {}: {e}", r.name));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..Default::default() })]

    #[test]
    fn x09_no_order_of_writers_and_gc_loses_what_a_ref_needs(steps in steps()) {
        let folder = tempfile::tempdir().unwrap();
        drop(store(folder.path()));
        let (store, collector) = (later(folder.path(), 0), later(folder.path(), 0));
        let mut writers: [Option<(Writer<'_>, Vec<Link>)>; 2] = Default::default();
        for step in steps {
            let name = format!("{step:?}");
            match step {
                Step::Begin(w) => {
                    writers[w] = match writers[w].take() {
                        Some(_) => None,
                        None => Some((store.writer().unwrap(), vec![])),
                    };
                }
                Step::Need(w, b) => if let Some((writer, needs)) = &mut writers[w] {
                    needs.push(writer.blob(&[b; 100]).unwrap());
                },
                Step::Commit(w, r) => if let Some((mut writer, parts)) = writers[w].take() {
                    let node = writer.node(&Note { text: name.clone(), parts }).unwrap();
                    let name = format!("runs/{r}");
                    writer.commit(vec![Change { name, expected: Expected::Any, new: Some(node) }]).unwrap();
                },
                Step::Remove(r) => remove(&store, &format!("runs/{r}")),
                Step::Collect => drop(gc::collect(&collector, &NOTHING_KEPT, &Silent).unwrap()),
                Step::Maintain => mls::store::repack::maintain(&collector).unwrap(),
            }
            assert_complete(&store, &name);
            assert_complete(&later(folder.path(), 0), &name);
        }
    }
}

/// A file system of its own for a test, where this process may make one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn new(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m,mode=755"), "tmpfs"])
            .arg(folder.path())
            .output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(self.0.path()).output();
    }
}

#[test]
fn x05_gc_makes_room_on_a_full_disk() {
    let Some(disk) = SmallDisk::new(8) else {
        crate::proof::tell("skipped: gc on a full disk: no right to mount a tmpfs");
        return;
    };
    let folder = disk.0.path();
    drop(store(folder));
    let store = later(folder, 0);
    commit(&store, "runs/a", "kept");
    let noise: Vec<u8> =
        (0..500_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let mut writer = store.writer().unwrap();
    writer.blob(&noise).unwrap();
    writer.commit(vec![]).unwrap();
    let filler = std::fs::File::create(folder.join("filler")).unwrap();
    let full = (0..100_000).find_map(|_| std::io::Write::write_all(&mut &filler, &[1; 4096]).err());
    assert_eq!(full.unwrap().kind(), std::io::ErrorKind::StorageFull);
    assert!(
        store
            .writer()
            .and_then(|mut w| {
                w.blob(&noise[1..])?;
                w.commit(vec![])
            })
            .is_err()
    );
    let report = gc::collect(&store, &NOTHING_KEPT, &Silent).unwrap();
    assert!(report.freed > 1_000_000, "{report:?}");
    commit(&store, "runs/b", "there is room again");
    assert_complete(&store, "gc on a full disk");
}
