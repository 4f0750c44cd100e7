//! What builds keep, and when gc lets it go.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use mls::base::Silent;
use mls::image::{catalog, prune, rootfs};

use super::lab::Lab;

#[test]
fn steps_and_unpacked_layers_that_nothing_uses_go_and_images_stay_whole() {
    let Some(lab) = Lab::new("gc of builds") else { return };
    lab.context("kept", "FROM base\nRUN echo kept > /kept\nRUN echo more > /more\n");
    lab.context("gone", "FROM base\nRUN echo gone > /gone\nRUN echo gone too > /more\n");
    for name in ["kept", "gone"] {
        let said = lab.build(name, &[]);
        assert_eq!(said.code(), 0, "{said}");
    }
    lab.sandbox.ok(["rmi", "gone"]);
    let gc = |more: &[&str]| lab.sandbox.json(["gc", "--grace", "0"].iter().chain(more));
    // Nothing is old.
    let young = gc(&[]);
    assert_eq!((&young["forgotten_steps"], &young["unpacked_layers"]), (&0.into(), &0.into()));
    lab.sandbox.ok(["config", "set", "gc.builds", "0"]);
    let folders = || {
        let all = fs::read_dir(lab.sandbox.store().join("cache/layers")).unwrap().flatten();
        let names = all.map(|entry| entry.file_name().into_string().unwrap());
        names.filter(|name| !name.starts_with('.')).collect::<Vec<_>>()
    };
    let before = folders();
    let would = gc(&["--dry-run"]);
    assert_eq!(folders(), before);
    let old = {
        let store = lab.store();
        let image = catalog::resolve(&store, "base").unwrap().image;
        let layers = catalog::layers(&store, &image).unwrap();
        let cache = lab.sandbox.store().join("cache/layers");
        let used = rootfs::unpack(&store, &layers, &cache, &Silent).unwrap();
        let old = gc(&[]);
        // What is in use stays.
        assert!(used.folders.iter().all(|folder| folder.exists()));
        old
    };
    // Two steps, and what the image as a whole was known by.
    assert!(old["forgotten_steps"].as_u64().unwrap() >= 2, "{old}");
    assert_eq!(old["forgotten_steps"], would["forgotten_steps"]);
    assert!(old["unpacked_layers"].as_u64().unwrap() >= 1, "{old}");
    assert_eq!(folders().len(), 2, "a folder and its lock: {:?}", folders());
    gc(&[]);
    assert_eq!(folders(), Vec::<String>::new());
    let said = lab.build("kept", &[]);
    assert_eq!((said.code(), said.stderr().matches("CACHED").count()), (0, 2), "{said}");
    let said = lab.build("gone", &[]);
    assert_eq!((said.code(), said.stderr().matches("CACHED").count()), (0, 0), "{said}");
    assert!(lab.read("gone").tree.contains_key("gone"));
    assert_eq!(lab.sandbox.mls(["fsck"]).code(), 0);
}

/// Says that a file was last used so many hours ago.
fn age(path: &Path, hours: u64) {
    let time = SystemTime::now() - Duration::from_secs(hours * 3600);
    fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

/// Returns the files of a folder of the store whose names begin with `prefix`.
fn files(lab: &Lab, folder: &str, prefix: &str) -> Vec<PathBuf> {
    let all = fs::read_dir(lab.sandbox.store().join(folder)).into_iter().flatten().flatten();
    let mut all: Vec<PathBuf> = all.map(|entry| entry.path()).collect();
    all.retain(|path| path.file_name().unwrap().to_str().unwrap().starts_with(prefix));
    all.sort();
    all
}

#[test]
fn caches_of_run_and_what_is_known_of_contexts_go_when_nothing_has_used_them() {
    let Some(lab) = Lab::new("gc of cache mounts") else { return };
    let run = "FROM base\nCOPY Dockerfile /\n\
        RUN --mount=type=cache,target=/c echo WORD >> /c/x; cp /c/x /seen\n";
    let seen = |word: &str| {
        lab.context("c", &run.replace("WORD", word));
        let said = lab.build("c", &[]);
        assert_eq!(said.code(), 0, "{said}");
        lab.sandbox.ok(["checkout", "c", "/seen", word]);
        String::from_utf8(lab.sandbox.read(format!("{word}/seen"))).unwrap()
    };
    assert_eq!((seen("one"), seen("two")), ("one\n".to_owned(), "one\ntwo\n".to_owned()));
    let locks = files(&lab, "cache/build-mounts", "lock-");
    let contexts = files(&lab, "cache", "context-");
    assert_eq!((locks.len(), contexts.is_empty()), (1, false));
    let gone = || lab.sandbox.json(["gc"])["cache_mounts"].as_u64().unwrap();
    assert_eq!(gone(), 0, "it was used just now");
    age(&locks[0], 31 * 24);
    contexts.iter().for_each(|path| age(path, 31 * 24));
    let held = fs::File::open(&locks[0]).unwrap();
    held.lock_shared().unwrap();
    assert_eq!(gone(), 0, "somebody uses it");
    assert!(contexts.iter().all(|path| !path.exists()));
    drop(held);
    // A build notes its use.
    assert_eq!(seen("three"), "one\ntwo\nthree\n");
    assert_eq!(gone(), 0, "it was used again");
    age(&locks[0], 31 * 24);
    assert_eq!(lab.sandbox.json(["gc", "--dry-run"])["cache_mount_bytes"], 14);
    assert_eq!(gone(), 1);
    assert!(fs::read_dir(lab.sandbox.store().join("cache/build-mounts")).unwrap().next().is_none());
    assert_eq!(seen("four"), "four\n");
}

#[test]
fn what_was_used_longest_ago_goes_first_until_the_rest_is_small_enough() {
    let Some(lab) = Lab::new("a size for caches") else { return };
    let mounts = lab.sandbox.store().join("cache/build-mounts");
    for (name, hours) in [("a", 30), ("b", 40), ("c", 20), ("d", 1)] {
        fs::create_dir_all(mounts.join(name).join("0")).unwrap();
        fs::write(mounts.join(name).join("0/file"), vec![0; 100_000]).unwrap();
        fs::write(mounts.join(format!("lock-{name}")), "").unwrap();
        age(&mounts.join(format!("lock-{name}")), hours);
    }
    let store = lab.store();
    let prune = |size: u64, dry_run: bool| {
        let options = prune::Options { unused: 1 << 40, size: Some(size), dry_run };
        prune::prune(&store, &options).unwrap().mounts
    };
    // The least size with which all stays.
    let (mut low, mut high) = (0_u64, 1 << 40);
    while low < high {
        let middle = low.midpoint(high);
        match prune(middle, true).count {
            0 => high = middle,
            _ => low = middle + 1,
        }
    }
    let is_there = |name: &str| mounts.join(name).exists();
    assert_eq!(prune(low, false).count, 0);
    assert_eq!(prune(low - 1, false), prune::Pruned { count: 1, bytes: 100_000 });
    assert!(!is_there("b") && is_there("a"));
    assert_eq!(prune(low - 150_000, false).count, 1);
    assert!(!is_there("a") && is_there("c"));
    assert_eq!(prune(0, false).count, 1);
    assert!(!is_there("c") && is_there("d"), "what may be in use stays");
    assert_eq!(lab.build("base", &[]).code(), 0);
}
