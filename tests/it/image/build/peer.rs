//! buildah with a storage of its own, whose images lie open as folders.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mls::image::config::Config;
use serde_json::Value;

use super::lab::{Built, Lab};
use crate::image::trees;
use crate::proof::tell;

/// Debian's buildah.
#[derive(Debug)]
pub(crate) struct Peer {
    folder: PathBuf,
    top: PathBuf,
}

impl Peer {
    /// Nothing, having said so, where there is no buildah; else one that has the image `base` of `lab`.
    pub(crate) fn new(lab: &Lab, what: &str) -> Option<Self> {
        if Command::new("buildah").arg("--version").output().is_err() {
            tell(&format!("skipped: {what}: `buildah` is not installed"));
            return None;
        }
        let peer = Self { folder: lab.path(), top: lab.path().join("buildah") };
        lab.sandbox.ok(["save", "base", "-o", "base.tar"]);
        let id = peer.run(&["pull", "--quiet", "docker-archive:base.tar"]).unwrap();
        peer.run(&["tag", id.trim(), "localhost/base:latest"]).unwrap();
        Some(peer)
    }

    /// Runs it; what it says on its stdout, or all of it where it failed.
    pub(crate) fn run(&self, args: &[&str]) -> Result<String, String> {
        let done = Command::new("buildah")
            .args(["--storage-driver", "vfs", "--root"])
            .arg(self.top.join("root"))
            .arg("--runroot")
            .arg(self.top.join("run"))
            .args(args)
            .current_dir(&self.folder)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        match done.status.success() {
            true => Ok(said),
            false => Err(said + &String::from_utf8_lossy(&done.stderr)),
        }
    }

    /// Builds a Dockerfile.
    pub(crate) fn build(
        &self,
        file: &Path,
        context: &Path,
        flags: &[String],
    ) -> Result<Built, String> {
        let id_file = self.top.join("id");
        let mut args = vec!["bud", "--quiet", "--format", "docker", "--isolation", "chroot"];
        args.extend(["--pull-never", "--identity-label=false"]);
        args.extend(["--network", "host", "--iidfile", id_file.to_str().unwrap()]);
        args.extend(flags.iter().map(String::as_str));
        args.extend(["-f", file.to_str().unwrap(), context.to_str().unwrap()]);
        self.run(&args)?;
        let id = fs::read_to_string(id_file).unwrap();
        Ok(self.read(id.trim().trim_start_matches("sha256:")))
    }

    /// Reads an image where it lies: `vfs` keeps each layer as a whole folder.
    fn read(&self, id: &str) -> Built {
        let images = self.top.join("root/vfs-images");
        let known: Value =
            serde_json::from_slice(&fs::read(images.join("images.json")).unwrap()).unwrap();
        let image = known.as_array().unwrap().iter().find(|image| image["id"] == id).unwrap();
        let config = fs::read_dir(images.join(id)).unwrap().find_map(|entry| {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            let value: Value = serde_json::from_slice(&bytes).ok()?;
            value.get("rootfs").is_some().then(|| Config::parse(&bytes).unwrap())
        });
        let layer = image["layer"].as_str().unwrap();
        let tree = trees::of_disk(&self.top.join("root/vfs/dir").join(layer));
        Built { config: config.unwrap(), tree }
    }
}
