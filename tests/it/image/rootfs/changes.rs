//! What was changed in a mounted root, as a layer: on top of those below it comes to the same root again.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink as link_to};
use std::path::Path;

use mls::image::layer::{self, Kind, Maker};
use mls::image::rootfs::{self, Change, How, Mounted, Stubs};
use mls::store::Link;

use super::{Lab, Tree, file, folder, has, is_root, keep, tree_of_disk, tree_of_view};

fn base(lab: &Lab) -> Vec<Link> {
    vec![lab.layer(&[
        folder("etc"),
        file("etc/hosts", "127.0.0.1"),
        file("etc/passwd", "root"),
        folder("var"),
        folder("var/lib"),
        file("var/lib/one", "1"),
        file("var/lib/two", "2"),
        folder("opt"),
        folder("opt/deep"),
        file("opt/deep/x", "x"),
        file("opt/y", "y"),
        file("plain", "plain"),
    ])]
}

/// What a container might do.
fn work(root: &Path) {
    let at = |path: &str| root.join(path);
    let write = |path: &str, text: &str| {
        let mut file =
            fs::File::options().write(true).create(true).truncate(true).open(at(path)).unwrap();
        std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
    };
    write("etc/new", "new");
    write("etc/passwd", "root\nada");
    fs::remove_file(at("var/lib/one")).unwrap();
    fs::remove_dir_all(at("opt")).unwrap();
    fs::create_dir(at("opt")).unwrap();
    fs::create_dir(at("opt/deep")).unwrap();
    write("opt/z", "z");
    fs::set_permissions(at("plain"), Permissions::from_mode(0o600)).unwrap();
    fs::hard_link(at("etc/new"), at("etc/also-new")).unwrap();
    link_to("new", at("etc/link")).unwrap();
    drop(std::os::unix::net::UnixListener::bind(at("etc/socket")).unwrap());
    rustix::fs::setxattr(at("etc/new"), "user.note", b"1", rustix::fs::XattrFlags::empty())
        .unwrap();
    // What a runtime makes to mount upon.
    write("etc/resolv.conf", "");
    write("etc/hostname", "");
    for folder in ["proc", "sys", "dev", "run", "run/secrets"] {
        fs::create_dir(at(folder)).unwrap();
    }
    write("run/secrets/key", "");
}

#[test]
fn every_way_of_mounting_gives_the_same_changes() {
    if !is_root() {
        println!("skipped: only root can mount");
        return;
    }
    let lab = Lab::new();
    let layers = base(&lab);
    let mut stubs = Stubs::default();
    stubs.add(Path::new("/run/secrets/key"));
    for how in [How::Overlay, How::Fuse, How::Copy] {
        if how == How::Fuse && !(has("fuse-overlayfs") && Path::new("/dev/fuse").exists()) {
            continue;
        }
        let lowers = lab.unpack(&layers).unwrap();
        let mounted = Mounted::with(&lowers, &lab.path().join("mounts"), &[how]).unwrap();
        work(mounted.path());
        let view = lab.view(&layers).unwrap();
        let changes = rootfs::changes(&mounted, &view, &stubs).unwrap();
        let said: Vec<String> = changes
            .list
            .iter()
            .map(|change| match change {
                Change::Made { path, inode } => {
                    format!("{} {:?}", String::from_utf8_lossy(path), inode.kind)
                }
                Change::HardLink { path, to, .. } => {
                    format!("{} = {}", String::from_utf8_lossy(path), String::from_utf8_lossy(to))
                }
                Change::Whiteout { path } => format!("-{}", String::from_utf8_lossy(path)),
            })
            .collect();
        let wanted = [
            "etc Folder",
            "etc/also-new File",
            "etc/link Symlink",
            "etc/new = etc/also-new",
            "etc/passwd File",
            "opt Folder",
            "-opt/y",
            "opt/deep Folder",
            "-opt/deep/x",
            "opt/z File",
            "plain File",
            "var Folder",
            "var/lib Folder",
            "-var/lib/one",
        ];
        let mut wanted = wanted.to_vec();
        if how == How::Copy {
            wanted.retain(|line| *line != "var Folder"); // only overlayfs copies folders up
            let at = wanted.iter().position(|line| *line == "var/lib Folder").unwrap();
            wanted.insert(at, "var Folder");
        }
        assert_eq!(said, wanted, "{how:?}");
        let mut writer = lab.store.writer().unwrap();
        let mut maker = Maker::begin(&mut writer, None);
        changes.write(&mut maker).unwrap();
        let added = maker.finish().unwrap();
        keep(writer, added.link);
        let names: Vec<String> = layer::entries(&lab.store, &added.link)
            .unwrap()
            .map(|entry| String::from_utf8(entry.unwrap().path).unwrap())
            .collect();
        assert!(names.iter().any(|name| name == "var/lib/.wh.one"), "{names:?}");
        // Laid on top again, it is what was there, but for what never travels.
        let mut wanted = tree_of_disk(mounted.path());
        for path in [
            "etc/socket",
            "etc/resolv.conf",
            "etc/hostname",
            "proc",
            "sys",
            "dev",
            "run",
            "run/secrets",
            "run/secrets/key",
        ] {
            wanted.remove(path);
        }
        let made = tree_of_view(&lab, &lab.view(&[layers[0], added.link]).unwrap());
        // Times in a layer made here are whole seconds, and that of the root is nobody's.
        let plain = |mut tree: Tree| {
            tree.remove("");
            tree.values_mut().for_each(|seen| seen.mtime.1 = 0);
            tree
        };
        assert_eq!(plain(made), plain(wanted), "{how:?}");
    }
}

#[test]
fn nothing_done_is_no_change() {
    if !is_root() {
        println!("skipped: only root can mount");
        return;
    }
    let lab = Lab::new();
    let layers = base(&lab);
    for how in [How::Overlay, How::Copy] {
        let lowers = lab.unpack(&layers).unwrap();
        let mounted = Mounted::with(&lowers, &lab.path().join("mounts"), &[how]).unwrap();
        let read = fs::read(mounted.path().join("etc/passwd")).unwrap();
        assert_eq!(read, b"root");
        // A stub of a mount changes the time of its folder, and that is no change either.
        fs::create_dir(mounted.path().join("proc")).unwrap();
        fs::File::create_new(mounted.path().join("etc/resolv.conf")).unwrap();
        let view = lab.view(&layers).unwrap();
        let changes = rootfs::changes(&mounted, &view, &Stubs::default()).unwrap();
        assert_eq!(changes.list, [], "{how:?}");
    }
}

#[test]
fn a_stub_that_was_written_to_is_a_change_and_so_is_one_of_the_image() {
    if !is_root() {
        println!("skipped: only root can mount");
        return;
    }
    let lab = Lab::new();
    let layers = base(&lab);
    let mounted = lab.mount(&layers);
    fs::remove_file(mounted.path().join("etc/hosts")).unwrap();
    let mut file = fs::File::create_new(mounted.path().join("etc/resolv.conf")).unwrap();
    std::io::Write::write_all(&mut file, b"nameserver ::1").unwrap();
    fs::create_dir_all(mounted.path().join("sys/x")).unwrap();
    let made = lab.commit(&mounted, &layers);
    let names: Vec<(String, Kind)> = layer::entries(&lab.store, &made)
        .unwrap()
        .map(Result::unwrap)
        .map(|entry| (String::from_utf8(entry.path).unwrap(), entry.kind))
        .map(|(path, kind)| (path.trim_end_matches('/').to_owned(), kind))
        .collect();
    let wanted = [
        ("etc", Kind::Directory),
        ("etc/.wh.hosts", Kind::File),
        ("etc/resolv.conf", Kind::File),
        ("sys", Kind::Directory),
        ("sys/x", Kind::Directory),
    ];
    assert_eq!(names, wanted.map(|(path, kind)| (path.to_owned(), kind)));
}

#[test]
fn a_name_that_would_be_a_whiteout_is_refused() {
    if !is_root() {
        println!("skipped: only root can mount");
        return;
    }
    let lab = Lab::new();
    let layers = base(&lab);
    let mounted = lab.mount(&layers);
    fs::File::create_new(mounted.path().join("etc/.wh.passwd")).unwrap();
    let view = lab.view(&layers).unwrap();
    let refused = rootfs::changes(&mounted, &view, &Stubs::default());
    assert!(matches!(refused, Err(rootfs::Error::NoName { .. })), "{refused:?}");
}
