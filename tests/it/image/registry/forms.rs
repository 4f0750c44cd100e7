//! Images in every form of a layer that people have: they go as they came, with the same digest.

use std::fs;
use std::path::Path;
use std::process::Command;

use mls::remote::registry::Digest;

use super::real::{Registry, gzip, layout, skopeo};
use crate::remote::registry::noise;
use crate::server::oci::tools::{run, there};
use crate::support::Sandbox;
use crate::support::registry::TAR;

/// A tar with something of everything: text, noise, nothing.
fn tar() -> Vec<u8> {
    let mut tar = tar::Builder::new(vec![]);
    let text = b"words that come again and again, and once 17 more\n".repeat(9_000);
    for (name, content) in
        [("etc/motd", text), ("data/noise", noise("forms", 300_000)), ("data/empty", vec![])]
    {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, content.as_slice()).unwrap();
    }
    tar.into_inner().unwrap()
}

/// Packs as eStargz does: a member for every few bytes, one for the table of contents, and a footer that says where that is.
fn estargz(tar: &[u8]) -> Vec<u8> {
    let mut all: Vec<u8> = tar.chunks(100_000).flat_map(gzip).collect();
    let place = all.len();
    // 51 bytes: a member of nothing, whose header has the place in an extra field.
    let mut footer = vec![0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 26, 0, b'S', b'G', 22, 0];
    footer.extend(format!("{place:016x}STARGZ").bytes());
    footer.extend([1, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0]);
    all.extend(footer);
    all
}

/// Returns the digest of the only image of a layout.
fn digest(layout: &Path) -> Digest {
    let index: serde_json::Value =
        serde_json::from_slice(&fs::read(layout.join("index.json")).unwrap()).unwrap();
    index["manifests"][0]["digest"].as_str().unwrap().parse().unwrap()
}

/// What is loaded and pushed, and what is pulled and pushed elsewhere, has the digest that it had.
fn goes_as_it_came(registry: &Registry, sandbox: &Sandbox, form: &str) {
    let layout = sandbox.path().join(form);
    let wanted = digest(&layout);
    let said = |sandbox: &Sandbox, args: &[&str]| {
        let said = registry.said(sandbox, args);
        assert_eq!(said.code(), 0, "{form}: {said}");
        said.stdout().trim().to_owned()
    };
    let loaded: serde_json::Value = serde_json::from_str(&said(
        sandbox,
        &["load", "-i", layout.to_str().unwrap(), "--format", "json"],
    ))
    .unwrap();
    assert_eq!(loaded[0]["digest"], wanted.to_string(), "{form}");
    let id = loaded[0]["digest"].as_str().unwrap();
    let name = format!("{}/forms/{}:1", registry.host, form.to_lowercase());
    assert_eq!(said(sandbox, &["push", "-q", id, &name]), wanted.to_string(), "{form}");
    let other = Sandbox::with_store();
    assert_eq!(registry.login(&other, "secret"), 0);
    assert_eq!(said(&other, &["pull", "-q", &name]), wanted.to_string(), "{form}");
    let elsewhere = format!("{}/elsewhere/{}:2", registry.host, form.to_lowercase());
    assert_eq!(said(&other, &["push", "-q", &name, &elsewhere]), wanted.to_string(), "{form}");
    // Skopeo holds every blob of it against its digest.
    let back = other.path().join("back");
    skopeo(registry, &format!("docker://{elsewhere}"), &format!("dir:{}", back.display()))
        .unwrap_or_else(|| panic!("{form}"));
    assert_eq!(Digest::of(&fs::read(back.join("manifest.json")).unwrap()), wanted, "{form}");
}

/// Runs buildah or podman with a storage of its own.
fn in_own_storage(sandbox: &Sandbox, program: &str, args: &[&str]) -> String {
    let top = sandbox.home().join(program);
    let top = top.to_str().unwrap();
    let (root, runroot) = (format!("{top}/root"), format!("{top}/run"));
    let mut all = vec!["--root", &root, "--runroot", &runroot, "--storage-driver", "vfs"];
    all.extend(args);
    run(sandbox, program, &all)
}

#[test]
fn layers_in_every_form_go_as_they_came() {
    let Some(registry) = Registry::start() else { return };
    if !there("skopeo") {
        return;
    }
    let sandbox = Sandbox::with_store();
    assert_eq!(registry.login(&sandbox, "secret"), 0);
    let tar = tar();
    let folder = |form: &str| sandbox.path().join(form);
    layout(&folder("plain"), &tar, TAR, <[u8]>::to_vec);
    layout(&folder("estargz"), &tar, &format!("{TAR}+gzip"), estargz);
    for form in ["gzip", "zstd", "zstd:chunked"] {
        let to = format!("oci:{}:train:1", form.replace(':', "-"));
        let args = ["copy", "--insecure-policy", "--dest-compress", "--dest-compress-format"];
        run(&sandbox, "skopeo", &[&args[..], &[form, "oci:plain:train:1", &to]].concat());
    }
    for form in ["plain", "estargz", "gzip", "zstd", "zstd-chunked"] {
        goes_as_it_came(&registry, &sandbox, form);
    }
}

#[test]
fn images_of_buildah_and_podman_go_as_they_came() {
    // Both want to be root, or a user with sub-ids.
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    let Some(registry) = Registry::start().filter(|_| is_root) else { return };
    if !there("skopeo") || !there("buildah") || !there("podman") {
        return;
    }
    let sandbox = Sandbox::with_store();
    assert_eq!(registry.login(&sandbox, "secret"), 0);
    sandbox.write("root.tar", tar());
    let container = in_own_storage(&sandbox, "buildah", &["from", "scratch"]);
    in_own_storage(&sandbox, "buildah", &["add", &container, "root.tar", "/"]);
    let args = ["commit", "-q", "--format", "oci", &container, "oci:buildah:train:1"];
    in_own_storage(&sandbox, "buildah", &args);
    in_own_storage(&sandbox, "podman", &["import", "-q", "root.tar", "train:1"]);
    let args = ["save", "-q", "--format", "oci-dir", "-o", "podman", "train:1"];
    in_own_storage(&sandbox, "podman", &args);
    for form in ["buildah", "podman"] {
        goes_as_it_came(&registry, &sandbox, form);
    }
}
