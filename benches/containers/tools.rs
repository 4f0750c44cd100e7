//! The tools beside each other: the same root folder as an image of each, and as a bundle for bare runtimes.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::measure;

/// Words of the shell that run something with each tool.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    /// The program with its global flags.
    pub(crate) call: String,
    /// For one that has images: how it runs a container without a network.
    pub(crate) run: Option<String>,
}

/// What is done in the end, whatever happens before.
pub(crate) struct Guard {
    folder: PathBuf,
    script: String,
}

impl Guard {
    pub(crate) fn new(folder: &Path, script: String) -> Self {
        Self { folder: folder.to_owned(), script }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = Command::new("sh")
            .args(["-c", &self.script])
            .current_dir(&self.folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}

pub(crate) fn sh(folder: &Path, script: &str) -> String {
    let output = Command::new("sh").args(["-c", script]).current_dir(folder).output().unwrap();
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\n{why}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn installed(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Makes a root folder with busybox, and returns it with an archive of it.
fn root(folder: &Path) -> (PathBuf, PathBuf) {
    let root = folder.join("rootfs");
    for name in ["bin", "etc", "tmp", "proc", "sys", "dev"] {
        std::fs::create_dir_all(root.join(name)).unwrap();
    }
    std::fs::copy("/bin/busybox", root.join("bin/busybox")).unwrap();
    for name in ["sh", "true", "sleep", "nc", "head"] {
        symlink("busybox", root.join("bin").join(name)).unwrap();
    }
    let archive = folder.join("root.tar");
    sh(folder, "tar -C rootfs -cf root.tar .");
    (root, archive)
}

/// Returns the tools that are installed, each with an image `box:1`.
pub(crate) fn prepare(folder: &Path) -> Vec<Tool> {
    let (_, archive) = root(folder);
    let program = measure::program();
    let mls = format!("{program} --store {}", folder.join("store").display());
    sh(folder, &format!("mkdir store && cd store && {program} init"));
    sh(folder, &format!("{mls} import image {} box:1", archive.display()));
    let run = "run --network none".to_owned();
    let mut tools = vec![Tool { name: "mls", call: mls, run: Some(run) }];
    if installed("podman") {
        let top = folder.display();
        let call = format!(
            "podman --root {top}/podman --runroot {top}/podman.run --runtime runc --cgroup-manager cgroupfs"
        );
        sh(folder, &format!("{call} import {} box:1", archive.display()));
        // Its own limits may be more than this machine lets anybody have.
        let limits = "--ulimit nofile=1024:1024 --ulimit nproc=1024:1024";
        let run = Some(format!("run --network none {limits}"));
        tools.push(Tool { name: "podman", call, run });
    }
    for (name, call) in [("runc", "runc"), ("crun", "crun")] {
        if installed(name) && bundle(folder, name) {
            tools.push(Tool { name, call: call.to_owned(), run: None });
        }
    }
    tools
}

/// Makes a bundle that does nothing, with limits that this machine allows; tells whether it runs.
fn bundle(folder: &Path, name: &str) -> bool {
    let at = folder.join(name);
    std::fs::create_dir(&at).unwrap();
    sh(&at, "ln -s ../rootfs rootfs && runc spec");
    let text = std::fs::read_to_string(at.join("config.json")).unwrap();
    let mut config: serde_json::Value = serde_json::from_str(&text).unwrap();
    config["process"]["terminal"] = false.into();
    config["process"]["args"] = serde_json::json!(["/bin/true"]);
    config["process"]["rlimits"] = serde_json::json!([]);
    config["root"]["path"] = folder.join("rootfs").display().to_string().into();
    std::fs::write(at.join("config.json"), config.to_string()).unwrap();
    let id = format!("bench-{}", std::process::id());
    let output = Command::new(name).args(["run", "--bundle"]).arg(&at).arg(id).output().unwrap();
    if !output.status.success() {
        eprintln!("without {name}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    output.status.success()
}
