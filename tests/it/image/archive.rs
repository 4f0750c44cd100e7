//! Images in files: ours read by others, theirs read by us, hostile ones by nobody.

use std::process::Command;

use serde_json::{Value, json};

use crate::server::oci::tools::{image, run, there};
use crate::support::Sandbox;

/// Returns id and digest of the only image that is called so.
fn told(sandbox: &Sandbox, name: &str) -> (String, String) {
    let all = sandbox.json(["images"]);
    let found = all.as_array().unwrap().iter().find(|one| one["ref"] == name);
    let found = found.unwrap_or_else(|| panic!("no {name}: {all}"));
    let text = |key: &str| found[key].as_str().unwrap().to_owned();
    (text("id"), text("digest"))
}

#[test]
fn what_is_saved_is_loaded_again_in_every_form() {
    let (one, other) = (Sandbox::with_store(), Sandbox::with_store());
    image(&one);
    one.ok(["tag", "train:1", "registry.example.com/team/train:2"]);
    let (id, digest) = told(&one, "train:1");
    for (form, path) in
        [("docker-archive", "d.tar"), ("oci-archive", "o.tar"), ("oci-layout", "layout")]
    {
        one.ok([
            "save",
            "--format",
            form,
            "train:1",
            "registry.example.com/team/train:2",
            "-o",
            path,
        ]);
        let path = one.path().join(path);
        let said = other.ok(["load", "-i", path.to_str().unwrap()]);
        assert!(said.contains("Loaded image: train:1\n"), "{said}");
        assert_eq!(told(&other, "train:1"), (id.clone(), digest.clone()), "{form}");
        assert_eq!(told(&other, "registry.example.com/team/train:2").0, id);
        other.ok(["rmi", "-f", "train:1", "registry.example.com/team/train:2"]);
        other.ok(["gc", "--grace", "0"]);
    }
    // Packed, and through a pipe.
    run(&one, "gzip", &["-k", "d.tar"]);
    run(&one, "xz", &["-k", "-1", "o.tar"]);
    for path in ["d.tar.gz", "o.tar.xz"] {
        let mut command = other.command(["load"]);
        command.stdin(std::fs::File::open(one.path().join(path)).unwrap());
        let said = other.finish(command);
        assert_eq!(said.code(), 0, "{said}");
        assert_eq!(told(&other, "train:1").0, id);
    }
    assert_eq!(other.mls(["fsck"]).code(), 0);
}

#[test]
fn skopeo_reads_what_we_save_and_we_read_what_it_saves() {
    if !there("skopeo") {
        return;
    }
    let (one, other) = (Sandbox::with_store(), Sandbox::with_store());
    image(&one);
    let (id, digest) = told(&one, "train:1");
    one.ok(["save", "train:1", "-o", "d.tar"]);
    one.ok(["save", "--format", "oci-archive", "train:1", "-o", "o.tar"]);
    let copy = |from: &str, to: &str| {
        run(&one, "skopeo", &["copy", "--insecure-policy", from, to]);
    };
    copy("docker-archive:d.tar", "oci-archive:od.tar:from:docker");
    copy("oci-archive:o.tar:train:1", "docker-archive:do.tar:from:oci");
    let (from, to) = ("oci-archive:o.tar:train:1", "oci:lay:from:layout");
    run(&one, "skopeo", &["copy", "--insecure-policy", "--preserve-digests", from, to]);
    for (path, name, same) in [
        ("od.tar", "from:docker", false),
        ("do.tar", "docker.io/library/from:oci", true),
        ("lay", "from:layout", true),
    ] {
        let path = one.path().join(path);
        other.ok(["load", "-i", path.to_str().unwrap()]);
        let found = told(&other, name);
        assert_eq!(found.0, id, "{name}");
        assert!(!same || found.1 == digest, "{name}: {found:?} {digest}");
    }
}

#[test]
fn podman_loads_what_we_save_and_saves_what_we_load() {
    if !there("podman") {
        return;
    }
    let (one, other) = (Sandbox::with_store(), Sandbox::with_store());
    image(&one);
    let (id, _) = told(&one, "train:1");
    one.ok(["save", "train:1", "-o", "d.tar"]);
    let own = |args: &[&str]| {
        let top = one.path();
        let (root, runroot) = (top.join("podman"), top.join("podman-run"));
        let mut all = vec![
            "--root",
            root.to_str().unwrap(),
            "--runroot",
            runroot.to_str().unwrap(),
            "--storage-driver",
            "vfs",
            "--cgroup-manager",
            "cgroupfs",
            "--runtime",
            "runc",
        ];
        all.extend(args);
        run(&one, "podman", &all)
    };
    own(&["load", "-i", "d.tar"]);
    let shown = own(&["images", "--no-trunc", "--format", "{{.ID}}"]);
    assert!(shown.contains(&id), "{shown} {id}");
    own(&["tag", &id[7..], "localhost/back:1"]);
    for (form, path) in [("docker-archive", "pd.tar"), ("oci-archive", "po.tar")] {
        own(&["save", "--format", form, "-o", path, "localhost/back:1"]);
        let path = one.path().join(path);
        other.ok(["load", "-i", path.to_str().unwrap()]);
        let found = told(&other, "back:1").0;
        assert!(form == "oci-archive" || found == id, "{form}: {found} {id}");
        other.ok(["rmi", "-f", "back:1"]);
    }
}

/// Makes a tar of files by name with Python, which writes any name.
fn tar(sandbox: &Sandbox, path: &str, files: &[(&str, &[u8])], link: Option<(&str, &str)>) {
    for (number, (_, bytes)) in files.iter().enumerate() {
        sandbox.write(format!("part{number}"), bytes);
    }
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    let program = "import sys, json, tarfile, os
path, names, link = json.loads(sys.argv[1])
with tarfile.open(path, 'w') as tar:
    for number, name in enumerate(names):
        entry = tarfile.TarInfo(name)
        entry.size = os.path.getsize(f'part{number}')
        tar.addfile(entry, open(f'part{number}', 'rb'))
    if link:
        entry = tarfile.TarInfo(link[0])
        entry.type, entry.linkname = tarfile.SYMTYPE, link[1]
        tar.addfile(entry)
";
    let args = json!([path, names, link]).to_string();
    let done =
        Command::new("python3").current_dir(sandbox.path()).args(["-c", program, &args]).status();
    assert!(done.unwrap().success());
}

/// What it is, its files, a link in it, the exit codes that are right.
type Case<'a> = (&'a str, Vec<(&'a str, &'a [u8])>, Option<(&'a str, &'a str)>, &'a [i32]);

#[test]
fn t12_archives_that_lie_are_refused_and_leave_nothing() {
    let sandbox = Sandbox::with_store();
    let config = |diff_ids: Value| {
        json!({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": diff_ids}}).to_string()
    };
    let layer = vec![0; 1024];
    let other = mls::remote::registry::Digest::of(b"other").to_string();
    let manifest = |config: &str, layers: &[&str]| {
        json!([{"Config": config, "RepoTags": ["x:1"], "Layers": layers}]).to_string()
    };
    let good = config(json!([mls::remote::registry::Digest::of(&layer)]));
    let lying = config(json!([other]));
    let few = config(json!([]));
    let (sound, missing) = (manifest("c.json", &["l.tar"]), manifest("c.json", &["nowhere.tar"]));
    let outside = manifest("../../../../etc/passwd", &[]);
    let cases: Vec<Case<'_>> = vec![
        (
            "another layer",
            vec![
                ("c.json", lying.as_bytes()),
                ("l.tar", &layer),
                ("manifest.json", sound.as_bytes()),
            ],
            None,
            &[6],
        ),
        (
            "fewer layers",
            vec![
                ("c.json", few.as_bytes()),
                ("l.tar", &layer),
                ("manifest.json", sound.as_bytes()),
            ],
            None,
            &[6],
        ),
        (
            "no such layer",
            vec![("c.json", good.as_bytes()), ("manifest.json", missing.as_bytes())],
            None,
            &[6],
        ),
        ("config outside", vec![("manifest.json", outside.as_bytes())], None, &[6, 12]),
        (
            "entry outside",
            vec![("../../evil", b"x"), ("manifest.json", sound.as_bytes())],
            None,
            &[12],
        ),
        (
            "link outside",
            vec![("c.json", good.as_bytes()), ("manifest.json", sound.as_bytes())],
            Some(("l.tar", "../../../etc/passwd")),
            &[12],
        ),
        (
            "link to itself",
            vec![("c.json", good.as_bytes()), ("manifest.json", sound.as_bytes())],
            Some(("l.tar", "l.tar")),
            &[6],
        ),
        ("no manifest", vec![("x", b"y")], None, &[6]),
        ("no json", vec![("manifest.json", b"{")], None, &[6]),
    ];
    for (what, files, link, codes) in cases {
        tar(&sandbox, "evil.tar", &files, link);
        let said = sandbox.mls(["load", "-i", "evil.tar"]);
        assert!(codes.contains(&said.code()), "{what}: {said}");
        assert_eq!(sandbox.json(["images"]), json!([]), "{what}");
    }
    for bytes in [b"".as_slice(), b"\x1f\x8b garbage", &[0; 10_240], &[7; 700]] {
        sandbox.write("evil.tar", bytes);
        let said = sandbox.mls(["load", "-i", "evil.tar"]);
        assert!([1, 6].contains(&said.code()), "{said}");
    }
    assert_eq!(sandbox.mls(["fsck"]).code(), 0);
}

#[test]
fn r01_a_layout_whose_digests_are_none_is_refused() {
    let sandbox = Sandbox::with_store();
    let hostile = |index: Value| {
        sandbox.write("lay/oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#);
        sandbox.write("lay/index.json", index.to_string());
        sandbox.mls(["load", "-i", "lay"]).code()
    };
    let media = "application/vnd.oci.image.manifest.v1+json";
    let index = |digest: &str| json!({"schemaVersion": 2, "manifests": [{"mediaType": media, "digest": digest, "size": 2}]});
    assert_eq!(hostile(index("sha256:../../etc/passwd")), 6);
    assert_eq!(hostile(json!({"schemaVersion": 2, "manifests": []})), 6);
    let digest = mls::remote::registry::Digest::of(b"{}");
    assert_eq!(hostile(index(&digest.to_string())), 5, "it is not there");
    sandbox.write(format!("lay/blobs/sha256/{}", digest.hex()), b"[]");
    assert_eq!(hostile(index(&digest.to_string())), 6, "other bytes");
}
