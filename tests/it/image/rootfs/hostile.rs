//! Layers made to reach out of their folder. What lies outside is looked at afterwards.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use mls::image::layer::{Entry, Kind};
use mls::image::rootfs::Error;
use mls::store::Link;

use super::{Lab, file, folder, hard_link, is_root, symlink, tree_of_disk};

/// A laboratory with something to be harmed in it.
fn lab() -> (Lab, PathBuf) {
    let lab = Lab::new();
    let host = lab.path().join("host");
    fs::create_dir(&host).unwrap();
    fs::write(host.join("shadow"), "secret").unwrap();
    fs::set_permissions(&host, fs::Permissions::from_mode(0o750)).unwrap();
    (lab, host)
}

/// Looks at layers and unpacks them; the host must be as it was, whatever comes of it.
#[track_caller]
fn harmless(lab: &Lab, host: &Path, layers: &[Link]) -> Result<mls::image::rootfs::Lowers, Error> {
    let before = tree_of_disk(host);
    let names = |path: PathBuf| -> Vec<_> {
        let mut names: Vec<_> =
            fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let top = names("/".into());
    let viewed = lab.view(layers);
    let unpacked = lab.unpack(layers);
    assert_eq!(viewed.is_ok(), unpacked.is_ok(), "{viewed:?} {unpacked:?}");
    assert_eq!(tree_of_disk(host), before);
    assert_eq!(names("/".into()), top);
    let mut beside: Vec<_> = names(lab.path().to_owned());
    beside.retain(|name| name != "layers");
    assert_eq!(beside, [".mlstore", "host"]);
    unpacked
}

#[test]
fn t01_names_that_lead_out_are_refused_and_absolute_ones_are_the_images_own() {
    let (lab, host) = lab();
    for name in ["../x", "a/../../x", "./../x", "..", "a/b/../../..", "/../x"] {
        let layer = lab.layer(&[file(name, "evil")]);
        let refused = harmless(&lab, &host, &[layer]);
        assert!(matches!(refused, Err(Error::Unsafe { .. })), "{name}: {refused:?}");
    }
    let layer = lab.layer(&[
        file("/abs", "1"),
        file("./dot", "2"),
        file("a/../b", "3"),
        file("C:\\x", "4"),
        file("back\\slash", "5"),
        file("//two//slashes", "6"),
    ]);
    let lowers = harmless(&lab, &host, &[layer]).unwrap();
    let names: Vec<String> = tree_of_disk(&lowers.folders[0]).into_keys().collect();
    assert_eq!(names, ["", "C:\\x", "abs", "b", "back\\slash", "dot", "two", "two/slashes"]);
}

#[test]
fn t02_symlinks_lead_to_the_image_only() {
    let (lab, host) = lab();
    let outside = host.to_str().unwrap();
    let one = lab.layer(&[
        symlink("abs", outside),
        file("abs/x", "evil"),
        symlink("rel", "../../../../../../../../../../tmp"),
        file("rel/y", "evil"),
        symlink("a", "b"),
        symlink("b", "c"),
        symlink("c", ".."),
        file("a/z", "evil"),
        symlink("last", &format!("{outside}/shadow")),
        file("last", "a file in the place of the link"),
    ]);
    let lowers = harmless(&lab, &host, &[one]).unwrap();
    let root = &lowers.folders[0];
    assert_eq!(fs::read_to_string(root.join("z")).unwrap(), "evil");
    assert_eq!(fs::read_to_string(root.join("tmp/y")).unwrap(), "evil");
    let inside = root.join(outside.trim_start_matches('/')).join("x");
    assert_eq!(fs::read_to_string(inside).unwrap(), "evil");
    assert!(fs::symlink_metadata(root.join("last")).unwrap().is_file());
}

#[test]
fn t02_a_symlink_of_a_lower_layer_leads_to_the_image_only_too() {
    let (lab, host) = lab();
    let lower = lab.layer(&[symlink("a", host.to_str().unwrap()), symlink("bin", "usr/bin")]);
    let upper = lab.layer(&[file("a/x", "evil"), file("a/.wh.shadow", ""), file("bin/sh", "sh")]);
    let lowers = harmless(&lab, &host, &[lower, upper]).unwrap();
    let root = &lowers.folders[1];
    assert!(fs::symlink_metadata(root.join("a")).is_err(), "the link itself stays in its layer");
    assert_eq!(fs::read_to_string(root.join("usr/bin/sh")).unwrap(), "sh");
}

#[test]
fn t02_a_loop_of_symlinks_is_refused() {
    let (lab, host) = lab();
    let layer = lab.layer(&[symlink("a", "b"), symlink("b", "a"), file("a/x", "")]);
    assert!(matches!(harmless(&lab, &host, &[layer]), Err(Error::Malformed { .. })));
}

#[test]
fn t03_the_root_stays_a_folder() {
    let (lab, host) = lab();
    let plain = lab.layer(&[file("x", "")]);
    for name in [".", "/", "./", "a/.."] {
        for first in [
            symlink(name, host.to_str().unwrap()),
            hard_link(name, "x"),
            (Entry::new(name, Kind::Fifo, 0o644), &b""[..]),
        ] {
            let layer = lab.layer(&[first, file("evil", "")]);
            for layers in [&[layer, plain][..], &[plain, layer, plain]] {
                let refused = harmless(&lab, &host, layers);
                assert!(matches!(refused, Err(Error::Unsafe { .. })), "{name:?} {refused:?}");
            }
        }
    }
    let layer = lab.layer(&[(Entry::new("./", Kind::Directory, 0o711), b"")]);
    let lowers = harmless(&lab, &host, &[layer]).unwrap();
    assert_eq!(fs::metadata(&lowers.folders[0]).unwrap().mode() & 0o777, 0o711);
}

#[test]
fn t04_hard_links_name_files_of_the_image_and_follow_nothing() {
    let (lab, host) = lab();
    let shadow = host.join("shadow");
    let shadow = shadow.to_str().unwrap();
    let lower = lab.layer(&[file("lower", "from below"), symlink("s", shadow), folder("d")]);
    for target in
        [shadow, "/etc/shadow", "Cargo.toml", "later", "s/x", "x", "d", "/", "../host/shadow"]
    {
        let layer = lab.layer(&[hard_link("x", target), file("later", "")]);
        let refused = harmless(&lab, &host, &[lower, layer]);
        assert!(
            matches!(refused, Err(Error::Malformed { .. } | Error::Unsafe { .. })),
            "{target}: {refused:?}"
        );
    }
    let layer = lab.layer(&[hard_link("new", "lower"), hard_link("t", "s")]);
    let lowers = harmless(&lab, &host, &[lower, layer]).unwrap();
    let root = &lowers.folders[1];
    assert_eq!(fs::read_to_string(root.join("new")).unwrap(), "from below");
    assert_eq!(
        fs::metadata(root.join("lower")).unwrap().ino(),
        fs::metadata(root.join("new")).unwrap().ino()
    );
    assert_eq!(fs::read_link(root.join("t")).unwrap(), PathBuf::from(shadow));
    assert_eq!(fs::metadata(shadow).unwrap().nlink(), 1);
}

#[test]
fn t07_a_folder_takes_the_place_of_a_symlink_and_changes_nothing_behind_it() {
    let (lab, host) = lab();
    let owned = |mode| Entry { uid: 1234, gid: 1234, ..Entry::new("a", Kind::Directory, mode) };
    let link = symlink("a", host.to_str().unwrap());
    let lower = lab.layer(std::slice::from_ref(&link));
    let both = lab.layer(&[link, (owned(0o777), b""), file("a/x", "")]);
    let upper = lab.layer(&[(owned(0o777), b""), file("a/x", "")]);
    for layers in [&[both][..], &[lower, upper]] {
        let lowers = harmless(&lab, &host, layers).unwrap();
        let made = fs::symlink_metadata(lowers.folders.last().unwrap().join("a")).unwrap();
        assert!(made.is_dir());
        assert_eq!(made.mode() & 0o777, 0o777);
    }
}

#[test]
fn t10_what_overlayfs_steers_itself_by_is_dropped() {
    let (lab, host) = lab();
    let mut entry = Entry::new("d", Kind::Directory, 0o755);
    for name in [
        "trusted.overlay.opaque",
        "trusted.overlay.redirect",
        "user.overlay.opaque",
        "user.overlay.origin",
        "user.fuseoverlayfs.opaque",
        "user.kept",
    ] {
        entry.xattrs.insert(name.into(), b"y".to_vec());
    }
    let lower = lab.layer(&[folder("d"), file("d/below", "")]);
    let upper = lab.layer(&[(entry, b"")]);
    let view = lab.view(&[lower, upper]).unwrap();
    let kept = &view.get(b"d").unwrap().unwrap().inode.xattrs;
    assert_eq!(kept.len(), 1);
    assert!(view.get(b"d/below").unwrap().is_some());
    let lowers = harmless(&lab, &host, &[lower, upper]).unwrap();
    let on_disk = crate::image::trees::xattrs(&lowers.folders[1].join("d"));
    assert_eq!(on_disk, ["user.kept=[121]"]);
    let mut names = [0; 4096];
    let length = rustix::fs::llistxattr(lowers.folders[1].join("d"), &mut names[..]).unwrap();
    assert_eq!(&names[..length], b"user.kept\0");
}

#[test]
fn t10_devices_and_numbers_are_kept_and_never_opened() {
    let (lab, host) = lab();
    let node = |path: &str, kind, device| {
        (
            Entry {
                device,
                mtime: mls::image::layer::Time { seconds: 9, nanoseconds: 5 },
                ..Entry::new(path, kind, 0o4711)
            },
            &b""[..],
        )
    };
    let far =
        Entry { uid: u32::MAX - 1, gid: u32::MAX - 1, ..Entry::new("far", Kind::File, 0o6755) };
    let layer = lab.layer(&[
        node("null", Kind::CharDevice, (1, 3)),
        node("disk", Kind::BlockDevice, (254, 0)),
        node("fifo", Kind::Fifo, (0, 0)),
        node("whiteout", Kind::CharDevice, (0, 0)),
        (far, b""),
    ]);
    let lowers = harmless(&lab, &host, &[layer]).unwrap();
    let root = &lowers.folders[0];
    if is_root() {
        let tree = tree_of_disk(root);
        let seen = |path: &str| {
            let seen = &tree[path];
            (seen.kind, seen.mode, seen.owner, seen.mtime, seen.content.as_str())
        };
        let (root, time) = ((0, 0), (9, 5));
        assert_eq!(seen("null"), ("character device", 0o4711, root, time, "(1, 3)"));
        assert_eq!(seen("disk"), ("block device", 0o4711, root, time, "(254, 0)"));
        assert_eq!(seen("fifo"), ("fifo", 0o4711, root, time, ""));
        let far = &tree["far"];
        assert_eq!((far.mode, far.owner), (0o6755, (4_294_967_294, 4_294_967_294)));
    }
    // A device 0:0 is how overlayfs says that something is gone: a layer says it by a name.
    assert!(fs::symlink_metadata(root.join("whiteout")).is_err());
    assert!(lowers.warnings.iter().any(|warning| warning.path == "whiteout"));
    for (uid, gid) in [(u32::MAX, 0), (0, u32::MAX)] {
        let layer = lab.layer(&[(Entry { uid, gid, ..Entry::new("x", Kind::File, 0o644) }, b"")]);
        assert!(harmless(&lab, &host, &[layer]).is_err());
    }
}
