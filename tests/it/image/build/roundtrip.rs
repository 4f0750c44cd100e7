//! Images that go to and fro: built there and built upon here, and the other way round.

use serde_json::Value;

use super::lab::Lab;
use super::peer::Peer;
use crate::support::Said;

/// Runs a program in the lab's folder.
#[track_caller]
fn run(lab: &Lab, program: &str, args: &[&str]) -> String {
    let mut command = lab.sandbox.program(program);
    let said: Said = lab.sandbox.finish({
        command.args(args);
        command
    });
    assert_eq!(said.code(), 0, "{program} {args:?}: {said}");
    said.stdout()
}

fn there(program: &str, what: &str) -> bool {
    let found = std::process::Command::new(program).arg("--version").output().is_ok();
    if !found {
        crate::proof::tell(&format!("skipped: {what}: `{program}` is not installed"));
    }
    found
}

/// Returns the digests of an image's layers as they travel.
fn layers(lab: &Lab, place: &str) -> Vec<String> {
    let raw = run(lab, "skopeo", &["inspect", "--raw", place]);
    let manifest: Value = serde_json::from_str(&raw).unwrap();
    let layers = manifest["layers"].as_array().unwrap().iter();
    layers.map(|layer| layer["digest"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_image_of_buildah_is_built_upon_and_keeps_its_layers() {
    let what = "a round trip by buildah";
    let Some(lab) = Lab::new(what) else { return };
    let Some(peer) = Peer::new(&lab, what) else { return };
    if !there("skopeo", what) {
        return;
    }
    let context = lab.context("theirs", "FROM base\nRUN echo theirs > /theirs\nLABEL theirs=1\n");
    let flags = ["--layers", "-t", "localhost/theirs:1"].map(str::to_owned);
    peer.build(&context.join("Dockerfile"), &context, &flags).unwrap();
    peer.run(&["push", "localhost/theirs:1", "oci-archive:theirs.tar:localhost/theirs:1"]).unwrap();
    let before = layers(&lab, "oci-archive:theirs.tar:localhost/theirs:1");
    lab.sandbox.ok(["load", "-i", "theirs.tar"]);
    lab.context("ours", "FROM localhost/theirs:1\nRUN cat /theirs > /ours; rm /theirs\n");
    let said = lab.build("ours", &[]);
    assert_eq!(said.code(), 0, "{said}");
    lab.sandbox.ok(["save", "--format", "oci-archive", "ours", "-o", "ours.tar"]);
    let after = layers(&lab, "oci-archive:ours.tar");
    assert_eq!((&after[..before.len()], after.len()), (&before[..], before.len() + 1));
    // And they build upon that, and it comes back.
    let id = peer.run(&["pull", "--quiet", "oci-archive:ours.tar"]).unwrap();
    peer.run(&["tag", id.trim(), "localhost/ours:1"]).unwrap();
    let context = lab.context("again", "FROM localhost/ours:1\nRUN cp /ours /again\n");
    let flags = ["-t", "localhost/again:1"].map(str::to_owned);
    let theirs = peer.build(&context.join("Dockerfile"), &context, &flags).unwrap();
    peer.run(&["push", "localhost/again:1", "docker-archive:again.tar:localhost/again:1"]).unwrap();
    lab.sandbox.ok(["load", "-i", "again.tar"]);
    let ours = lab.read("localhost/again:1");
    assert_eq!(ours.config.rootfs.diff_ids, theirs.config.rootfs.diff_ids);
    assert_eq!(ours.tree["again"].content, theirs.tree["again"].content);
    assert!(!ours.tree.contains_key("theirs"));
}

#[test]
fn podman_runs_what_was_built_here() {
    let what = "images in podman";
    let Some(lab) = Lab::new(what) else { return };
    if !there("podman", what) || !there("runc", what) {
        return;
    }
    lab.context(
        "c",
        "FROM base\nRUN echo 'ada:x:4711:4711::/:/bin/sh' >> /etc/passwd && mkdir -m 700 /data && echo hello > /data/x \
         && chown -R ada /data && ln /data/x /data/y\nWORKDIR /data\nUSER ada\nENV A=\"b c\"\n\
         COPY --chown=ada <<'run' /bin/run\n#!/bin/sh\necho $(cat x) $(stat -c %h y) $(id -un) $A $1\nrun\n\
         RUN chmod 755 /bin/run\nENTRYPOINT [\"/bin/run\"]\nCMD [\"by\"]\n",
    );
    let said = lab.build("c", &[]);
    assert_eq!(said.code(), 0, "{said}");
    lab.sandbox.ok(["save", "c", "-o", "c.tar"]);
    let top = lab.path();
    let (root, runroot) = (top.join("podman"), top.join("podman-run"));
    let podman = |args: &[&str]| {
        let mut all =
            vec!["--root", root.to_str().unwrap(), "--runroot", runroot.to_str().unwrap()];
        all.extend(["--storage-driver", "vfs", "--cgroup-manager", "cgroupfs"]);
        all.extend(["--runtime", "runc", "--events-backend", "file"]);
        all.extend(args);
        run(&lab, "podman", &all)
    };
    podman(&["load", "-i", "c.tar"]);
    let limits = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"];
    let ran = podman(&[&["run", "--rm", "--network", "none"][..], &limits, &["c"]].concat());
    assert_eq!(ran, "hello 2 ada b c by\n");
}
