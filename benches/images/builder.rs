//! Those that build, each with a storage of its own.

use std::path::{Path, PathBuf};

use crate::measure::{self, Cost};

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Tool {
    Mls,
    Buildah,
}

impl Tool {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mls => "mls",
            Self::Buildah => "buildah",
        }
    }
}

/// Returns whether a program is installed, having said so where it is not.
pub(crate) fn has(program: &str) -> bool {
    let found = std::process::Command::new(program).arg("--version").output().is_ok();
    if !found {
        println!("skipped: {program}: not installed");
    }
    found
}

/// One tool and its storage, which is empty in the beginning.
pub(crate) struct Builder {
    pub(crate) tool: Tool,
    pub(crate) folder: PathBuf,
}

impl Builder {
    pub(crate) fn new(top: &Path, tool: Tool) -> Self {
        let folder = top.join("store");
        // What was mounted by a run that was cut off goes first.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let builder = Self { tool, folder };
        if tool == Tool::Mls {
            builder.run("$MLS init -q .");
        }
        builder
    }

    /// Runs a script in the storage's folder; `$MLS` is the program, `$BUILDAH` the other one with its storage.
    pub(crate) fn run(&self, script: &str) -> Cost {
        let top = self.folder.display();
        let buildah =
            format!("buildah --storage-driver overlay --root {top}/root --runroot {top}/run");
        let environment = [("MLS", measure::program()), ("BUILDAH", buildah)];
        measure::script(&self.folder, &environment, script)
    }

    /// Builds a context as the image `x:1`.
    pub(crate) fn build(&self, context: &Path) -> Cost {
        let context = context.display();
        self.run(&match self.tool {
            Tool::Mls => format!("exec $MLS -q build -t x:1 {context}"),
            Tool::Buildah => format!(
                "exec $BUILDAH bud -q --layers --isolation chroot --network host -t x:1 {context}"
            ),
        })
    }

    /// Returns the bytes of all that is stored, without folders that are unpacked anew when they are missing.
    pub(crate) fn stored(&self) -> u64 {
        match self.tool {
            Tool::Mls => measure::bytes(&self.folder.join(".mlstore/packs")),
            Tool::Buildah => measure::bytes(&self.folder.join("root")),
        }
    }
}

impl Drop for Builder {
    fn drop(&mut self) {
        if self.tool == Tool::Buildah {
            let _ = std::panic::catch_unwind(|| self.run("$BUILDAH rmi -a -f || true"));
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
