//! Containers from the command line as those see them who attack them, beside podman, and under faults.
//!
//! The ids in the names of tests are those of the list of abuse.

mod beside_podman;
mod escapes;
mod faults;
mod full_rights;
mod odd;
mod old_programs;
mod outside;
mod served;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use mls::remote::registry::Digest;
use serde_json::{Value, json};

use crate::container::{APPLETS, busybox};
use crate::proof::tell;
use crate::support::registry::{CONFIG, MANIFEST};
use crate::support::{Said, Sandbox};

const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// A layer of an image, as it is written.
pub(super) struct Layer(tar::Builder<Vec<u8>>);

impl Layer {
    fn entry(&mut self, kind: tar::EntryType, path: &str, mode: u32, bytes: &[u8], link: &str) {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_size(bytes.len() as u64);
        match link {
            "" => self.0.append_data(&mut header, path, bytes).unwrap(),
            link => self.0.append_link(&mut header, path, link).unwrap(),
        }
    }

    pub(super) fn folder(&mut self, path: &str, mode: u32) {
        self.entry(tar::EntryType::Directory, path, mode, b"", "");
    }

    pub(super) fn file(&mut self, path: &str, mode: u32, bytes: &[u8]) {
        self.entry(tar::EntryType::Regular, path, mode, bytes, "");
    }

    pub(super) fn link(&mut self, path: &str, to: &str) {
        self.entry(tar::EntryType::Symlink, path, 0o777, b"", to);
    }
}

/// What every image here has: busybox, root and `ada`.
static GROUND: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut layer = Layer(tar::Builder::new(vec![]));
    for (path, mode) in [("bin", 0o755), ("etc", 0o755), ("root", 0o700), ("tmp", 0o1777)] {
        layer.folder(path, mode);
    }
    layer.file("bin/busybox", 0o755, &fs::read(busybox().unwrap()).unwrap());
    for name in APPLETS {
        layer.link(&format!("bin/{name}"), "busybox");
    }
    let users = b"root::0:0:root:/root:/bin/sh\nada:x:7:8:ada:/tmp:/bin/sh\n";
    layer.file("etc/passwd", 0o644, users);
    layer.file("etc/group", 0o644, b"root:x:0:\nada:x:8:\nextra:x:99:ada\n");
    layer.0.into_inner().unwrap()
});

/// A store with the image `box`.
pub(super) struct Boxed {
    pub(super) sandbox: Sandbox,
}

impl Boxed {
    /// Nothing, having said why, where this machine has no containers.
    pub(super) fn new(what: &str) -> Option<Self> {
        if busybox().is_none() {
            tell(&format!("skipped: {what}: no static `busybox`"));
            return None;
        }
        let boxed = Self { sandbox: Sandbox::with_store() };
        boxed.image("box", &json!({"Cmd": ["sh"]}), |_| {});
        let tried = boxed.run(&[], "true");
        if tried.code() != 0 {
            tell(&format!("skipped: {what}: {}", tried.stderr()));
            return None;
        }
        Some(boxed)
    }

    /// As [`Self::new`], for what only root can do.
    pub(super) fn of_root(what: &str) -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            tell(&format!("skipped: {what}: needs root"));
            return None;
        }
        Self::new(what)
    }

    pub(super) fn mls(&self, args: &[&str]) -> Said {
        self.sandbox.mls(args)
    }

    /// Runs a script in a new container without a network.
    pub(super) fn run(&self, flags: &[&str], script: &str) -> Said {
        let all = [&["run", "--rm", "--network", "none"], flags, &["box", "sh", "-c", script]];
        self.mls(&all.concat())
    }

    /// Starts a container in the background that runs a script, and returns once it has said `ready`.
    #[track_caller]
    pub(super) fn begin(&self, name: &str, flags: &[&str], script: &str) {
        let script = format!("{script}; echo ready; exec sleep 1000");
        let all = [
            &["run", "-d", "--network", "none", "--name", name],
            flags,
            &["box", "sh", "-c", &script],
        ];
        let said = self.mls(&all.concat());
        assert_eq!(said.code(), 0, "{said}");
        super::contained::soon("it is ready", || {
            self.mls(&["logs", name]).stdout().contains("ready")
        });
    }

    /// Writes a layout with an image whose config is what is given, whatever that says, and loads it.
    pub(super) fn image(&self, name: &str, config: &Value, more: impl FnOnce(&mut Layer)) {
        let said = self.load(name, config, more);
        assert_eq!(said.code(), 0, "{name}: {said}");
    }

    pub(super) fn load(&self, name: &str, config: &Value, more: impl FnOnce(&mut Layer)) -> Said {
        let folder = self.layout(name, config, more);
        let said = self.mls(&["load", "-i", folder.to_str().unwrap()]);
        fs::remove_dir_all(folder).unwrap();
        said
    }

    /// Returns the folder of the layout.
    pub(super) fn layout(
        &self,
        name: &str,
        config: &Value,
        more: impl FnOnce(&mut Layer),
    ) -> PathBuf {
        let folder = self.sandbox.path().join(format!("layout-{name}"));
        let blobs = folder.join("blobs/sha256");
        fs::create_dir_all(&blobs).unwrap();
        let keep = |kind: &str, bytes: &[u8]| {
            let digest = Digest::of(bytes);
            fs::write(blobs.join(digest.hex()), bytes).unwrap();
            json!({"mediaType": kind, "digest": digest, "size": bytes.len()})
        };
        let mut own = Layer(tar::Builder::new(vec![]));
        more(&mut own);
        let layers = [GROUND.clone(), own.0.into_inner().unwrap()];
        let contents = layers.iter().map(|layer| Digest::of(layer).to_string()).collect::<Vec<_>>();
        let config = json!({"architecture": "amd64", "os": "linux", "config": config,
            "rootfs": {"type": "layers", "diff_ids": contents}});
        let config = keep(CONFIG, config.to_string().as_bytes());
        let layers = layers.iter().map(|layer| keep(LAYER, layer)).collect::<Vec<_>>();
        let manifest =
            json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers});
        let mut manifest = keep(MANIFEST, manifest.to_string().as_bytes());
        manifest["annotations"] =
            json!({"org.opencontainers.image.ref.name": format!("{name}:latest")});
        let index = json!({"schemaVersion": 2, "manifests": [manifest]});
        fs::write(folder.join("index.json"), index.to_string()).unwrap();
        fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
        folder
    }
}

/// Containers that a test left, having failed, are not to outlive it.
impl Drop for Boxed {
    fn drop(&mut self) {
        let ids = self.mls(&["ps", "-aq"]).stdout();
        for id in ids.lines() {
            let _ = self.mls(&["rm", "-f", id]);
        }
    }
}

/// Returns the program that tries what a container is not to be able to do; nothing, having said why, without a compiler.
pub(super) fn probe(what: &str, folder: &Path) -> Option<Vec<u8>> {
    let to = folder.join("probe");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cli/boxed/probe.c");
    let made =
        Command::new("cc").args(["-static", "-O1", "-w", "-o"]).args([&to, &source]).output();
    match made {
        Ok(output) if output.status.success() => Some(fs::read(to).unwrap()),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            tell(&format!("skipped: {what}: {}", said.lines().next().unwrap_or("no static libc")));
            None
        }
        Err(error) => {
            tell(&format!("skipped: {what}: `cc`: {error}"));
            None
        }
    }
}
