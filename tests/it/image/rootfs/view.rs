//! Layers merged in memory.

use mls::image::layer::{Entry, Kind};
use mls::image::rootfs::{Error, View};

use super::{Lab, file, folder, hard_link, symlink};

fn paths(view: &View) -> Vec<String> {
    let mut paths = vec![];
    view.walk(b"", |found| {
        paths.push(String::from_utf8_lossy(&found.path).into_owned());
        Ok::<(), Error>(())
    })
    .unwrap();
    paths
}

fn read(lab: &Lab, view: &View, path: &str) -> Option<String> {
    let bytes = view.read(&lab.store, path.as_bytes(), 1 << 20).unwrap();
    bytes.map(|bytes| String::from_utf8(bytes).unwrap())
}

#[test]
fn upper_layers_win_and_folders_keep_what_lower_ones_have_in_them() {
    let lab = Lab::new();
    let layers = [
        lab.layer(&[folder("etc"), file("etc/a", "1"), file("etc/b", "1"), file("x", "file")]),
        lab.layer(&[
            (Entry::new("etc", Kind::Directory, 0o700), b""),
            file("etc/b", "22"),
            folder("x"),
            file("x/y", "in a folder"),
        ]),
    ];
    let view = lab.view(&layers).unwrap();
    assert_eq!(paths(&view), ["", "etc", "etc/a", "etc/b", "x", "x/y"]);
    assert_eq!(read(&lab, &view, "/etc/b").as_deref(), Some("22"));
    assert_eq!(view.get(b"etc").unwrap().unwrap().inode.mode, 0o700);
    assert_eq!(view.len(), 6);
}

#[test]
fn symlinks_lead_through_the_image_and_stop_at_its_root() {
    let lab = Lab::new();
    let view = lab
        .view(&[lab.layer(&[
            folder("usr"),
            folder("usr/bin"),
            file("usr/bin/sh", "#!"),
            symlink("bin", "usr/bin"),
            symlink("up", "../../../../usr/./bin/"),
            symlink("sh", "/bin/sh"),
            symlink("loop", "loop"),
            symlink("dangling", "usr/lib/x"),
        ])])
        .unwrap();
    for path in ["sh", "/bin/sh", "up/sh", "../../bin//sh", "usr/../bin/./sh"] {
        let found = view.resolve(path.as_bytes()).unwrap().unwrap();
        assert_eq!(found.path, b"usr/bin/sh", "{path}");
    }
    assert_eq!(view.get(b"bin").unwrap().unwrap().path, b"bin");
    assert_eq!(view.get(b"bin/").unwrap().unwrap().path, b"usr/bin");
    assert!(matches!(view.resolve(b"loop/x"), Err(Error::Loop(_))));
    assert!(view.resolve(b"dangling").unwrap().is_none());
    assert!(view.get(b"usr/bin/sh/x").unwrap().is_none());
    let (found, missing) = view.nearest(b"bin/new/file").unwrap();
    assert_eq!((found.path, missing), (b"usr/bin".to_vec(), b"new/file".to_vec()));
    let (found, missing) = view.nearest(b"dangling").unwrap();
    assert_eq!((found.path, missing), (b"usr".to_vec(), b"lib/x".to_vec()));
    let names: Vec<_> = view.list(b"bin").unwrap().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, [b"sh"]);
}

#[test]
fn t08_whiteouts_take_away_what_lower_layers_have_wherever_they_stand() {
    let lab = Lab::new();
    let lower = lab.layer(&[
        folder("a"),
        file("a/gone", ""),
        file("a/kept", ""),
        folder("b"),
        file("b/1", ""),
        folder("b/2"),
        file("b/2/3", ""),
        folder("proc"),
        file("both", "lower"),
        symlink("link", "/a"),
    ]);
    // The whiteouts come after what the same layer has: the order in a layer says nothing.
    let upper = lab.layer(&[
        file("a/.wh.gone", ""),
        file("a/.wh.nothing", ""),
        folder("b/2"),
        file("b/2/new", ""),
        file("b/.wh..wh..opq", ""),
        file(".wh.proc", ""),
        file("both", "upper"),
        file(".wh.both", ""),
        file("nowhere/.wh.x", ""),
        file(".wh..wh.plnk", ""),
    ]);
    let view = lab.view(&[lower, upper]).unwrap();
    assert_eq!(paths(&view), ["", "a", "a/kept", "b", "b/2", "b/2/new", "both", "link"]);
    assert_eq!(read(&lab, &view, "both").as_deref(), Some("upper"));
    let through = lab.layer(&[file("link/.wh.kept", "")]);
    let view = lab.view(&[lower, upper, through]).unwrap();
    assert!(view.get(b"a/kept").unwrap().is_none());
    let all = lab.layer(&[file(".wh..wh..opq", ""), file("only", "")]);
    assert_eq!(paths(&lab.view(&[lower, upper, all]).unwrap()), ["", "only"]);
}

#[test]
fn t08_a_whiteout_of_no_name_is_refused() {
    let lab = Lab::new();
    for name in [".wh.", ".wh..", ".wh...", ".wh./x", "a/.wh.b/c", "a/.wh..wh..opq/c"] {
        let layer = lab.layer(&[folder("a"), file(name, "")]);
        assert!(matches!(lab.view(&[layer]), Err(Error::Malformed { .. })), "{name}");
        assert!(matches!(lab.unpack(&[layer]), Err(Error::Malformed { .. })), "{name}");
    }
}

#[test]
fn hard_links_are_one_file_with_several_names() {
    let lab = Lab::new();
    let lower = lab.layer(&[file("a", "1"), hard_link("b", "a"), symlink("s", "a")]);
    let upper = lab.layer(&[hard_link("c", "/b"), hard_link("t", "s"), file("a", "2")]);
    let view = lab.view(&[lower, upper]).unwrap();
    let id = |path: &str| view.get(path.as_bytes()).unwrap().unwrap().id;
    assert_eq!(id("b"), id("c"));
    assert_ne!(id("a"), id("b"));
    assert_eq!(view.get(b"t").unwrap().unwrap().inode.target, (*b"a").into());
    assert_eq!(read(&lab, &view, "c").as_deref(), Some("1"));
}

#[test]
fn a_file_of_the_image_is_read_up_to_a_limit() {
    let lab = Lab::new();
    let passwd = "root:x:0:0:root:/root:/bin/sh\n";
    let view = lab
        .view(&[lab.layer(&[
            folder("etc"),
            file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"),
            symlink("etc/alias", "passwd"),
        ])])
        .unwrap();
    assert_eq!(read(&lab, &view, "/etc/alias").as_deref(), Some(passwd));
    assert_eq!(read(&lab, &view, "/etc"), None);
    assert_eq!(read(&lab, &view, "/etc/group"), None);
    assert!(matches!(view.read(&lab.store, b"etc/passwd", 5), Err(Error::TooLarge { .. })));
}
