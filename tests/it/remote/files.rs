//! S07: the files of a store in a folder, which are shared where that is safe and refused where they are not what they seem.

use mls::remote::Error;
use mls::store;

use super::*;

#[test]
fn whole_packs_are_shared_and_not_copied() {
    let pair = Pair::new();
    commit(&pair.here, "notes/a", "large", 1800); // 108 MB: two full packs and a rest
    let report = pair.push().unwrap();
    assert!(report.sent.shared > 96_000_000, "{:?}", report.sent);
    assert!(report.sent.copied < 20_000_000, "{:?}", report.sent);
    is_sound(&pair.hub);
    let (clone, report) = pair.clone_to("clone");
    assert!(report.sent.shared > 96_000_000, "{:?}", report.sent);
    is_sound(&clone);
}

#[test]
fn s07_links_pipes_and_folders_among_packs_are_refused() {
    for what in ["link", "pipe", "folder"] {
        let pair = Pair::new();
        commit(&pair.hub, "notes/a", "content", 3);
        let packs = pair.hub.folder().join("packs");
        let pack = std::fs::read_dir(&packs).unwrap().map(|entry| entry.unwrap().path());
        let pack = pack.into_iter().find(|p| p.extension().is_some_and(|e| e == "pack")).unwrap();
        let aside = pair.path("aside");
        std::fs::rename(&pack, &aside).unwrap();
        match what {
            "link" => std::os::unix::fs::symlink(&aside, &pack).unwrap(),
            "pipe" => {
                let status = std::process::Command::new("mkfifo").arg(&pack).status().unwrap();
                assert!(status.success());
            }
            _ => std::fs::create_dir(&pack).unwrap(),
        }
        let outcome = pair.fetch();
        assert!(
            matches!(outcome, Err(Error::Store(store::Error::WrongFileType { .. }))),
            "{what}: {outcome:?}"
        );
        is_untouched(&pair.here);
    }
}

#[test]
fn s07_a_store_of_another_user_is_opened_only_on_request_and_copied_from() {
    if !is_root() {
        return; // only root can give a file away
    }
    let pair = Pair::new();
    commit(&pair.hub, "notes/a", "large", 900);
    for path in ["", "packs", "incoming", "meta.db"] {
        std::os::unix::fs::chown(pair.hub.folder().join(path), Some(12345), None).unwrap();
    }
    for entry in std::fs::read_dir(pair.hub.folder().join("packs")).unwrap() {
        std::os::unix::fs::chown(entry.unwrap().path(), Some(12345), None).unwrap();
    }
    let refused = Peer::open(&pair.url(), context(), Trust::Own);
    assert!(matches!(refused, Err(Error::Store(store::Error::ForeignOwner(_)))));
    let trusted = Peer::open(&pair.url(), context(), Trust::Any).unwrap();
    let report = fetch_into(&pair.here, &trusted, false).unwrap();
    assert_eq!(report.sent.shared, 0);
    assert!(report.sent.copied > 50_000_000);
    is_sound(&pair.here);
}

fn is_root() -> bool {
    std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap()) == 0
}
