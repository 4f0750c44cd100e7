//! What builds keep, and when gc lets it go.

use std::fs;

use mls::base::Silent;
use mls::image::{catalog, rootfs};

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
