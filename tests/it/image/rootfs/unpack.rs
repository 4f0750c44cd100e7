//! Layers as folders in the cache: the same as the layer says, whole or not there.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use mls::base::Silent;
use mls::image::layer::{Entry, Kind, Time};
use mls::image::rootfs;
use mls::store::{Link, Store};

use super::{Lab, file, folder, hard_link, is_root, same, symlink, tree_of_disk, tree_of_view};
use crate::store::{context, noise};

fn rich(path: &str, kind: Kind) -> Entry {
    let mtime = Time { seconds: 1_000_000_000, nanoseconds: 123_456_789 };
    let mut entry = Entry { uid: 7, gid: 8, mtime, ..Entry::new(path, kind, 0o750) };
    entry.xattrs.insert(b"user.note".to_vec(), b"\x00\xffx".to_vec());
    entry
}

#[test]
fn a_folder_is_what_the_layer_says() {
    let lab = Lab::new();
    let large = noise("large", 3 << 20);
    let mut capable = rich("bin/ping", Kind::File);
    let capability = *b"\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    capable.xattrs.insert(b"security.capability".to_vec(), capability.to_vec());
    let sized = |entry: Entry, size: usize| Entry { size: size as u64, ..entry };
    let layer = lab.layer(&[
        (rich(".", Kind::Directory), b""),
        (rich("bin", Kind::Directory), b""),
        (sized(capable, 4), b"ping"),
        (sized(Entry { mode: 0o6755, ..rich("bin/su", Kind::File) }, 2), b"su"),
        hard_link("bin/also", "bin/su"),
        (
            Entry {
                link: b"su".to_vec(),
                xattrs: Default::default(),
                ..rich("bin/link", Kind::Symlink)
            },
            b"",
        ),
        (sized(rich("large", Kind::File), large.len()), &large),
        file("empty", ""),
    ]);
    let lowers = lab.unpack(&[layer]).unwrap();
    assert_eq!(lowers.warnings, []);
    let view = lab.view(&[layer]).unwrap();
    if is_root() {
        same(&tree_of_view(&lab, &view), &tree_of_disk(&lowers.folders[0]));
    }
}

#[test]
fn a_sparse_file_is_whole_and_has_its_holes() {
    let lab = Lab::new();
    let top = lab.path().join("data");
    fs::create_dir(&top).unwrap();
    let holey = fs::File::create_new(top.join("holey")).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&holey, b"one", 1 << 20).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&holey, b"two", 9 << 20).unwrap();
    holey.set_len(40 << 20).unwrap();
    let tar = Command::new("tar")
        .args(["--sparse", "--format=pax", "-cf", "-", "-C"])
        .args([top.as_os_str(), "holey".as_ref()])
        .output()
        .unwrap();
    assert!(tar.status.success() && tar.stdout.len() < 1 << 20);
    let lowers = lab.unpack(&[lab.tar(&tar.stdout)]).unwrap();
    let made = lowers.folders[0].join("holey");
    assert_eq!(fs::read(&made).unwrap(), fs::read(top.join("holey")).unwrap());
    assert!(fs::metadata(&made).unwrap().blocks() * 512 < 1 << 20, "holes stay holes");
}

#[test]
fn a_layer_is_unpacked_once_and_what_leans_on_others_once_for_each_of_them() {
    let lab = Lab::new();
    let base =
        |mode| lab.layer(&[(Entry::new("etc", Kind::Directory, mode), b""), file("etc/a", "")]);
    let (one, other) = (base(0o700), base(0o711));
    let alone = lab.layer(&[folder("opt"), file("opt/x", "")]);
    let leaning = lab.layer(&[file("etc/b", "b")]);
    let first = lab.unpack(&[one, alone, leaning]).unwrap();
    let inode = |path: &Path| fs::metadata(path).unwrap().ino();
    let again = lab.unpack(&[one, alone, leaning]).unwrap();
    assert_eq!(first.folders, again.folders);
    let second = lab.unpack(&[other, alone, leaning]).unwrap();
    assert_eq!(inode(&first.folders[1]), inode(&second.folders[1]));
    assert_ne!(first.folders[2], second.folders[2]);
    let mode = |lowers: &rootfs::Lowers| {
        fs::metadata(lowers.folders[2].join("etc")).unwrap().mode() & 0o777
    };
    assert_eq!((mode(&first), mode(&second)), (0o700, 0o711), "what it leans on shows through");
}

#[test]
fn what_is_not_whole_is_never_believed() {
    let lab = Lab::new();
    let layer = lab.layer(&[file("a", "a")]);
    let folder = lab.unpack(&[layer]).unwrap().folders.remove(0);
    let place = folder.parent().unwrap().to_owned();
    fs::remove_file(folder.join("a")).unwrap();
    for (name, damage) in [
        ("another boot", Some(r#"{"boot":"x","inode":1,"has_root":false}"#)),
        ("a copy of the cache", Some(r#"{"boot":null,"inode":1,"has_root":false}"#)),
        ("half a record", Some("{\"boot\"")),
        ("no record", None),
    ] {
        fs::remove_file(place.join("about.json")).unwrap();
        if let Some(text) = damage {
            let mut file = fs::File::create_new(place.join("about.json")).unwrap();
            std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
        }
        let _ = fs::remove_file(folder.join("a"));
        let again = lab.unpack(&[layer]).unwrap();
        assert_eq!(fs::read_to_string(again.folders[0].join("a")).unwrap(), "a", "{name}");
    }
}

/// What a process of its own does, for tests that kill it: unpacks what `work` in its folder names.
#[test]
#[ignore = "run by other tests"]
fn worker() {
    let store = Store::open(Path::new(".mlstore"), context()).unwrap();
    let layers: Vec<Link> = fs::read_to_string("work")
        .unwrap()
        .lines()
        .map(|line| Link::node(line.parse().unwrap()))
        .collect();
    rootfs::unpack(&store, &layers, Path::new("layers"), &Silent).unwrap();
}

fn start(lab: &Lab, layers: &[Link]) -> Child {
    let names: Vec<String> = layers.iter().map(|link| link.digest.to_string()).collect();
    let work = lab.path().join("work");
    let _ = fs::remove_file(&work);
    let mut file = fs::File::create_new(work).unwrap();
    std::io::Write::write_all(&mut file, names.join("\n").as_bytes()).unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "image::rootfs::unpack::worker", "--ignored"])
        .current_dir(lab.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// A layer that takes a moment.
fn slow(lab: &Lab) -> Link {
    let mut entries = vec![folder("d")];
    entries.extend((0..3000).map(|at| file(&format!("d/{at:04}"), "some content")));
    entries.push(symlink("s", "d"));
    lab.layer(&entries)
}

#[test]
fn a_kill_at_any_moment_leaves_nothing_that_counts() {
    let lab = Lab::new();
    let layers = [slow(&lab), lab.layer(&[file("s/on-top", "")])];
    let reference = lab.unpack(&layers).unwrap();
    let wanted: Vec<_> = reference.folders.iter().map(|folder| tree_of_disk(folder)).collect();
    fs::remove_dir_all(lab.path().join("layers")).unwrap();
    for round in 0..12 {
        let mut child = start(&lab, &layers);
        std::thread::sleep(Duration::from_millis(5 + 15 * round));
        let _ = child.kill();
        child.wait().unwrap();
        if round % 4 == 3 {
            let lowers = lab.unpack(&layers).unwrap();
            for (folder, wanted) in lowers.folders.iter().zip(&wanted) {
                same(wanted, &tree_of_disk(folder));
            }
            let left = fs::read_dir(lab.path().join("layers")).unwrap();
            let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
            // Swept by the next one that has anything to make.
            assert!(
                left.iter().filter(|name| name.to_string_lossy().starts_with(".new-")).count() <= 4
            );
            fs::remove_dir_all(lab.path().join("layers")).unwrap();
        }
    }
}

#[test]
fn several_processes_at_once_come_to_the_same() {
    let lab = Lab::new();
    let layers = [slow(&lab), lab.layer(&[file("s/on-top", "")])];
    let mut children: Vec<Child> = (0..4).map(|_| start(&lab, &layers)).collect();
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }
    let lowers = lab.unpack(&layers).unwrap();
    assert_eq!(fs::read_dir(lowers.folders[0].join("d")).unwrap().count(), 3000);
    let names = fs::read_dir(lab.path().join("layers")).unwrap();
    let names: Vec<_> =
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(!names.iter().any(|name| name.starts_with(".new-")), "{names:?}");
}
