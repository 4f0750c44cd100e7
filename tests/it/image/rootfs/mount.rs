//! Mounted layers: what is seen, whatever way they are mounted, and what stays behind.

use std::fs;
use std::path::Path;

use mls::image::rootfs::{How, Mounted};
use mls::store::Link;

use super::{Lab, file, folder, has, is_root, same, symlink, tree_of_disk, tree_of_view};

fn layers(lab: &Lab) -> Vec<Link> {
    vec![
        lab.layer(&[
            folder("a"),
            file("a/1", "1"),
            file("a/2", "2"),
            folder("b"),
            file("b/x", "x"),
            file("f", "lower"),
        ]),
        lab.layer(&[
            file("a/.wh.1", ""),
            folder("b"),
            file("b/.wh..wh..opq", ""),
            file("b/y", "y"),
        ]),
        lab.layer(&[
            symlink("l", "a"),
            file("l/3", "3"),
            file(".wh.f", ""),
            folder("f"),
            file("f/in", ""),
        ]),
    ]
}

fn mounts() -> String {
    fs::read_to_string("/proc/self/mountinfo").unwrap()
}

fn with(lab: &Lab, layers: &[Link], how: How) -> Mounted {
    let lowers = lab.unpack(layers).unwrap();
    let mounted = Mounted::with(&lowers, &lab.path().join("mounts"), &[how]).unwrap();
    assert_eq!(mounted.how(), how);
    mounted
}

#[test]
fn every_way_shows_what_the_view_says() {
    if !is_root() {
        println!("skipped: only root can mount");
        return;
    }
    let lab = Lab::new();
    let layers = layers(&lab);
    let wanted = tree_of_view(&lab, &lab.view(&layers).unwrap());
    for how in [How::Overlay, How::Fuse, How::Copy] {
        if how == How::Fuse && !(has("fuse-overlayfs") && Path::new("/dev/fuse").exists()) {
            continue;
        }
        let mounted = with(&lab, &layers, how);
        let place = mounted.path().to_str().unwrap().to_owned();
        same(&wanted, &tree_of_disk(mounted.path()));
        fs::remove_dir_all(mounted.path().join("a")).unwrap();
        let folder = mounted.scratch().to_owned();
        mounted.close().unwrap();
        assert!(!folder.exists() && !mounts().contains(&place), "{how:?}");
        assert!(lab.unpack(&layers).unwrap().folders[0].join("a/2").exists());
    }
}

#[test]
fn more_layers_than_one_option_holds() {
    if !is_root() {
        println!("skipped: only root can mount");
        return;
    }
    let lab = Lab::new();
    let layers: Vec<Link> =
        (0..300).map(|at| lab.layer(&[file(&format!("f{at:03}"), ""), file("same", "")])).collect();
    let mounted = with(&lab, &layers, How::Overlay);
    assert_eq!(fs::read_dir(mounted.path()).unwrap().count(), 301);
}

#[test]
fn no_layer_at_all_is_an_empty_root() {
    if !is_root() {
        println!("skipped: only root can mount");
        return;
    }
    let lab = Lab::new();
    let mounted = lab.mount(&[]);
    assert_eq!(fs::read_dir(mounted.path()).unwrap().count(), 0);
    fs::create_dir(mounted.path().join("x")).unwrap();
}

#[test]
fn what_a_dead_process_left_is_unmounted_and_swept() {
    if !is_root() {
        println!("skipped: only root can mount");
        return;
    }
    let lab = Lab::new();
    let mounted = lab.mount(&layers(&lab));
    let folder = mounted.scratch().to_owned();
    // As if its process had been killed: what it held open is closed, what it mounted stays.
    std::mem::forget(mounted);
    fs::remove_file(folder.join("lock")).unwrap();
    let next = lab.mount(&layers(&lab));
    assert!(!folder.exists());
    assert!(!mounts().contains(folder.to_str().unwrap()));
    drop(next);
}
