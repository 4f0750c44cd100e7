//! Other programs' images, unpacked here and by them: the same, file by file. And all of it as an ordinary user.

use std::fs;
use std::path::Path;
use std::process::Command;

use mls::base::Silent;
use mls::image::layer::{Entry, Kind};
use mls::image::rootfs::{self, How, Mounted, Stubs, View};
use mls::store::{Link, Store};

use super::{Lab, Tree, file, folder, has, is_root, same, symlink, tree_of_disk, tree_of_view};
use crate::store::context;

#[track_caller]
fn sh(folder: &Path, script: &str) {
    let said = Command::new("sh").args(["-euc", script]).current_dir(folder).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
}

/// Returns the layers of the image `tag` in the layout `layout`, added to the store.
fn layers(lab: &Lab, tag: &str) -> Vec<Link> {
    let layout = lab.path().join("layout");
    let json = |path: &Path| -> serde_json::Value {
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    };
    let blob = |digest: &serde_json::Value| {
        layout.join("blobs").join(digest.as_str().unwrap().replace(':', "/"))
    };
    let index = json(&layout.join("index.json"));
    let named = index["manifests"]
        .as_array()
        .unwrap()
        .iter()
        .find(|manifest| manifest["annotations"]["org.opencontainers.image.ref.name"] == tag);
    let manifest = json(&blob(&named.unwrap()["digest"]));
    let layers = manifest["layers"].as_array().unwrap().iter();
    layers.map(|layer| lab.tar(&fs::read(blob(&layer["digest"])).unwrap())).collect()
}

#[test]
fn umoci_unpacks_the_same() {
    if !is_root() || !has("umoci") {
        return;
    }
    let lab = Lab::new();
    sh(
        lab.path(),
        "umoci init --layout layout
        umoci new --image layout:a
        umoci unpack --image layout:a one
        cp -a /etc /bin one/rootfs/
        mkdir -p one/rootfs/var/lib/x one/rootfs/tmp one/rootfs/dev
        chmod 1777 one/rootfs/tmp
        mknod one/rootfs/dev/null c 1 3; mkfifo one/rootfs/var/fifo
        echo 1 > one/rootfs/var/lib/x/one; ln one/rootfs/var/lib/x/one one/rootfs/var/lib/x/two
        chown 33:44 one/rootfs/var/lib/x/one; chmod 6755 one/rootfs/var/lib/x/one
        umoci repack --image layout:b one
        umoci unpack --image layout:b two
        rm -r two/rootfs/etc/ssl two/rootfs/var/lib/x
        mkdir two/rootfs/var/lib/x; echo new > two/rootfs/var/lib/x/new
        rm two/rootfs/etc/hostname; ln -s hosts two/rootfs/etc/hostname
        echo more >> two/rootfs/etc/passwd; chmod 600 two/rootfs/etc/group
        umoci repack --image layout:c two
        umoci unpack --image layout:c three",
    );
    let layers = layers(&lab, "c");
    assert_eq!(layers.len(), 2);
    let without_root = |mut tree: Tree| {
        tree.remove("");
        tree
    };
    let wanted = without_root(tree_of_disk(&lab.path().join("three/rootfs")));
    assert!(wanted.len() > 300);
    same(&wanted, &without_root(tree_of_view(&lab, &lab.view(&layers).unwrap())));
    let mounted = lab.mount(&layers);
    same(&wanted, &without_root(tree_of_disk(mounted.path())));
}

/// What an ordinary user's process does in a user namespace of its own.
#[test]
#[ignore = "run by other tests"]
fn ordinary() {
    let store = Store::open(Path::new(".mlstore"), context()).unwrap();
    let text = fs::read_to_string("work").unwrap();
    let layers: Vec<Link> = text.lines().map(|line| Link::node(line.parse().unwrap())).collect();
    let lowers = rootfs::unpack(&store, &layers, Path::new("layers"), &Silent).unwrap();
    assert!(lowers.warnings.iter().any(|w| w.path == "null" && w.reason.contains("device")));
    assert!(lowers.warnings.iter().any(|w| w.path == "a/owned" && w.reason.contains("owner")));
    let view = View::of(&store, &layers).unwrap();
    for how in [How::Overlay, How::Copy] {
        let mounted = Mounted::with(&lowers, Path::new("mounts"), &[how]).unwrap();
        let at = |path: &str| mounted.path().join(path);
        assert!(!at("b/hidden").exists() && at("b/shown").exists() && !at("a/gone").exists());
        fs::remove_file(at("a/owned")).unwrap();
        fs::create_dir(at("proc")).unwrap();
        fs::hard_link(at("b/shown"), at("b/twice")).unwrap();
        let changes = rootfs::changes(&mounted, &view, &Stubs::default()).unwrap();
        let said: Vec<String> = changes.list.iter().map(|change| format!("{change:?}")).collect();
        assert!(said.iter().any(|line| line.starts_with("Whiteout")), "{how:?} {said:#?}");
        assert!(said.iter().any(|line| line.starts_with("HardLink")), "{how:?} {said:#?}");
        mounted.close().unwrap();
    }
}

#[test]
fn an_ordinary_user_unpacks_and_mounts_in_a_namespace_of_its_own() {
    if !is_root() || !has("setpriv") || !has("unshare") {
        return;
    }
    let lab = Lab::new();
    let owned = Entry { uid: 33, gid: 33, ..Entry::new("a/owned", Kind::File, 0o644) };
    let null = Entry { device: (1, 3), ..Entry::new("null", Kind::CharDevice, 0o666) };
    let layers = [
        lab.layer(&[
            folder("a"),
            (owned, b""),
            file("a/gone", ""),
            folder("b"),
            file("b/hidden", ""),
            (null, b""),
        ]),
        lab.layer(&[
            file("a/.wh.gone", ""),
            folder("b"),
            file("b/.wh..wh..opq", ""),
            file("b/shown", "1"),
            symlink("s", "b"),
        ]),
    ];
    let names: Vec<String> = layers.iter().map(|link| link.digest.to_string()).collect();
    let mut work = fs::File::create_new(lab.path().join("work")).unwrap();
    std::io::Write::write_all(&mut work, names.join("\n").as_bytes()).unwrap();
    sh(lab.path(), "chown -R 1500:1500 .");
    let said = Command::new("setpriv")
        .args(["--reuid", "1500", "--regid", "1500", "--clear-groups"])
        .args(["unshare", "--user", "--map-root-user", "--mount"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "image::rootfs::peers::ordinary", "--ignored", "--nocapture"])
        .current_dir(lab.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&said.stdout) + String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success() && text.contains("1 passed"), "{text}");
}
