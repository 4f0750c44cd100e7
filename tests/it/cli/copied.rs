//! `mls cp`, both ways, by Docker's rules, and what a hostile container does about it.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::process::Stdio;

use super::contained::sandbox;
use crate::support::Sandbox;

fn cat(sandbox: &Sandbox, name: &str, path: &str) -> String {
    sandbox.ok(["exec", name, "cat", path])
}

#[test]
fn files_go_into_a_container_and_out_of_it_by_dockers_rules() {
    let Some(sandbox) = sandbox("cp") else { return };
    sandbox.ok([
        "run",
        "-d",
        "--name",
        "one",
        "--network",
        "none",
        "-v",
        "kept:/kept",
        "box",
        "sleep",
        "4335",
    ]);
    sandbox.write("tree/a", "a");
    sandbox.write("tree/sub/b", "b");
    symlink("a", sandbox.path().join("tree/link")).unwrap();
    fs::hard_link(sandbox.path().join("tree/a"), sandbox.path().join("tree/second")).unwrap();
    // What is not there gets the name, what is there takes it in, `/.` is the content alone.
    sandbox.ok(["cp", "tree/a", "one:/data/named"]);
    assert_eq!(cat(&sandbox, "one", "/data/named"), "a");
    sandbox.ok(["cp", "tree/sub/b", "one:/data"]);
    assert_eq!(cat(&sandbox, "one", "/data/b"), "b");
    sandbox.ok(["cp", "tree", "one:/new"]);
    sandbox.ok(["cp", "tree", "one:/data/"]);
    sandbox.ok(["cp", "tree/.", "one:/kept"]);
    let list = ["exec", "one", "find", "/new", "/data/tree", "/kept"];
    let mut found: Vec<String> = sandbox.ok(list).lines().map(str::to_owned).collect();
    found.sort();
    let names = ["", "/a", "/link", "/second", "/sub", "/sub/b"];
    let expected = ["/data/tree", "/kept", "/new"]
        .iter()
        .flat_map(|top| names.map(|name| format!("{top}{name}")));
    assert_eq!(found, expected.collect::<Vec<_>>());
    assert_eq!(sandbox.ok(["exec", "one", "readlink", "/new/link"]), "a");
    assert_eq!(sandbox.ok(["exec", "one", "stat", "-c", "%u %h", "/new/a"]), "0 2");
    // What cannot be.
    for (words, code) in [
        (["cp", "tree", "one:/data/named"], 2),
        (["cp", "tree/a", "one:/data/none/"], 2),
        (["cp", "tree/a", "one:/none/a"], 5),
        (["cp", "none", "one:/data"], 5),
        (["cp", "one:/none", "."], 5),
        (["cp", "one:/data/named/", "."], 1),
        (["cp", "one:/a", "one:/b"], 2),
        (["cp", "a", "b"], 2),
    ] {
        let said = sandbox.mls(words);
        assert_eq!(said.code(), code, "{said}");
    }
    // Out, again by the same rules; what comes out is the user's.
    sandbox.ok([
        "exec",
        "one",
        "sh",
        "-c",
        "chown 7:8 /new/a; chmod 4755 /new/a; mknod /new/null c 1 3",
    ]);
    let said = sandbox.mls(["cp", "one:/new", "out"]);
    assert!(said.stderr().contains("left out: `out/null` (device)"), "{said}");
    assert_eq!(sandbox.read("out/sub/b"), b"b");
    let meta = fs::metadata(sandbox.path().join("out/a")).unwrap();
    let own = rustix::process::geteuid().as_raw();
    assert_eq!((meta.uid(), meta.mode() & 0o7777, meta.nlink()), (own, 0o755, 2));
    assert_eq!(fs::read_link(sandbox.path().join("out/link")).unwrap().to_str(), Some("a"));
    sandbox.ok(["cp", "-L", "one:/new/link", "followed"]);
    assert!(fs::symlink_metadata(sandbox.path().join("followed")).unwrap().is_file());
    if own == 0 {
        sandbox.ok(["cp", "-a", "one:/new/a", "owned"]);
        assert_eq!(fs::metadata(sandbox.path().join("owned")).unwrap().uid(), 7);
    }
    // What is mounted over is written in place.
    sandbox.write("hosts", "127.0.0.1 mine\n");
    sandbox.ok(["cp", "hosts", "one:/etc/hosts"]);
    assert_eq!(cat(&sandbox, "one", "/etc/hosts"), "127.0.0.1 mine");
    let copied = sandbox.json(["cp", "tree", "one:/json"]);
    assert_eq!(
        (copied["files"].as_u64(), copied["bytes"].as_u64()),
        (Some(6), Some(2)),
        "{copied}"
    );
    // The same while it does not run, volumes as well.
    sandbox.ok(["kill", "one"]);
    sandbox.ok(["wait", "one"]);
    sandbox.ok(["cp", "one:/kept/sub/b", "stopped"]);
    assert_eq!(sandbox.read("stopped"), b"b");
    sandbox.ok(["cp", "tree/a", "one:/kept/late"]);
    sandbox.ok(["cp", "tree/a", "one:/late"]);
    sandbox.ok(["start", "one"]);
    assert_eq!(sandbox.ok(["exec", "one", "cat", "/kept/late", "/late"]), "aa");
    let fixed = sandbox.mls(["create", "--name", "fixed", "--read-only", "box"]);
    assert_eq!(fixed.code(), 0);
    assert_eq!(sandbox.mls(["cp", "tree/a", "fixed:/x"]).code(), 3);
    sandbox.ok(["rm", "-f", "one", "fixed"]);
}

#[test]
fn a_tar_goes_through_standard_input_and_output() {
    let Some(sandbox) = sandbox("cp of a tar") else { return };
    sandbox.ok(["run", "-d", "--name", "one", "--network", "none", "box", "sleep", "4336"]);
    let tar = sandbox.command(["cp", "one:/data", "-"]).output().unwrap();
    assert!(tar.status.success());
    let into = |target: &str, bytes: &[u8]| {
        let mut command = sandbox.command(["cp", "-", target]);
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(bytes);
        let output = child.wait_with_output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(into("one:/tmp", &tar.stdout).0, 0);
    assert_eq!(cat(&sandbox, "one", "/tmp/data/seed"), "seed");
    assert_eq!(into("one:/none", &tar.stdout).0, 5);
    // A name that leads out is refused; a link that leads to the root leads to the container's.
    let mut hostile = tar::Builder::new(vec![]);
    let mut header = tar::Header::new_gnu();
    header.set_size(4);
    header.set_mode(0o644);
    header.as_gnu_mut().unwrap().name[..10].copy_from_slice(b"../escaped");
    header.set_cksum();
    hostile.append(&header, &b"evil"[..]).unwrap();
    let (code, said) = into("one:/tmp", &hostile.into_inner().unwrap());
    assert!(code == 2 && said.contains("leads out of it"), "{code} {said}");
    let mut through = tar::Builder::new(vec![]);
    let mut link = tar::Header::new_gnu();
    link.set_entry_type(tar::EntryType::Symlink);
    link.set_size(0);
    through.append_link(&mut link, "way", sandbox.path()).unwrap();
    let mut file = tar::Header::new_gnu();
    file.set_size(4);
    file.set_mode(0o644);
    through.append_data(&mut file, "way/escaped", &b"evil"[..]).unwrap();
    into("one:/tmp", &through.into_inner().unwrap());
    assert!(!sandbox.path().join("escaped").exists());
    sandbox.ok(["rm", "-f", "one"]);
}

/// What `setcap cap_net_raw=ep` writes.
const RIGHTS: &[u8] = &[1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

#[test]
fn c09_rights_of_programs_go_along_with_their_owners_and_devices_stay_inside() {
    let Some(sandbox) = sandbox("C09: cp of rights") else { return };
    let tool = sandbox.write("tool", "program");
    let none = rustix::fs::XattrFlags::empty();
    if rustix::fs::setxattr(&tool, "security.capability", RIGHTS, none).is_err() {
        return crate::proof::tell("skipped: C09: cp of rights: only root gives them");
    }
    let rights = |name: &str| {
        let mut value = [0; 64];
        let path = sandbox.path().join(name);
        let read = rustix::fs::getxattr(&path, "security.capability", &mut value);
        read.map_or(vec![], |length| value[..length].to_vec())
    };
    sandbox.ok(["run", "-d", "--name", "one", "--network", "none", "box", "sleep", "4339"]);
    sandbox.ok(["exec", "one", "sh", "-c", "mkdir /all; mknod /all/full c 1 7"]);
    sandbox.ok(["cp", "tool", "one:/all/tool"]);
    sandbox.ok(["cp", "-a", "one:/all/tool", "kept"]);
    assert_eq!(rights("kept"), RIGHTS);
    let said = sandbox.mls(["cp", "one:/all", "out"]);
    assert!(said.stderr().contains("left out: `out/full` (device) and 1 more"), "{said}");
    assert_eq!((rights("out/tool"), sandbox.path().join("out/full").exists()), (vec![], false));
    // A tar has both, and a container takes both from it.
    let tar = sandbox.command(["cp", "one:/all/.", "-"]).output().unwrap();
    let mut command = sandbox.command(["cp", "-", "one:/tmp"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&tar.stdout).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(
        sandbox.ok(["exec", "one", "stat", "-c", "%F %t:%T", "/tmp/full"]),
        "character special file 1:7"
    );
    sandbox.ok(["cp", "-a", "one:/tmp/tool", "again"]);
    assert_eq!(rights("again"), RIGHTS);
    sandbox.ok(["rm", "-f", "one"]);
}

/// The container swaps a folder for a link to the root, and a file for a link to one of the host's, as fast as it can.
#[test]
fn c09_proof_links_that_are_swapped_while_it_copies_lead_nowhere_outside() {
    let Some(sandbox) = sandbox("C09: cp") else { return };
    let secret = sandbox.write("secret/file", "of the host");
    let folder = sandbox.path().join("secret");
    let script = format!(
        "mkdir -p /race/real /race/spare; echo inside > /race/real/file; cd /race; \
         while true; do mv real away; ln -s {} real; rm real; mv away real; \
         rm -f real/file; ln -s {} real/file; rm real/file; echo inside > real/file; done",
        folder.display(),
        secret.display()
    );
    sandbox.ok(["run", "-d", "--name", "one", "--network", "none", "box", "sh", "-c", &script]);
    sandbox.write("given", "evil");
    let before = fs::read_dir(&folder).unwrap().count();
    for number in 0..crate::proof::count(3_400, 40) {
        let target = format!("out{number}");
        // It may fail, where what is copied is gone that moment; it may not reach outside.
        let _ = sandbox.mls(["cp", "-L", "one:/race/real/file", &target]);
        let _ = sandbox.mls(["cp", "given", "one:/race/real/file"]);
        let _ = sandbox.mls(["cp", "given", "one:/race/real/"]);
        let got = fs::read(sandbox.path().join(&target)).unwrap_or_default();
        assert!(!got.starts_with(b"of the host"), "{number}");
    }
    assert_eq!(fs::read(&secret).unwrap(), b"of the host");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), before);
    // A device is no file, whatever it is called; nor is what the kernel tells of other processes out of reach of links.
    sandbox.ok(["exec", "one", "mknod", "/device", "b", "8", "0"]);
    let said = sandbox.mls(["cp", "one:/device", "device"]);
    assert!(said.stderr().contains("left out"), "{said}");
    assert!(!sandbox.path().join("device").exists());
    assert_ne!(sandbox.mls(["cp", "-L", "one:/proc/1/root", "rooted"]).code(), 0);
    sandbox.ok(["rm", "-f", "one"]);
}
