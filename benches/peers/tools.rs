//! The tools beside each other: how each is told to begin, to add what lies in `work`, and to give it back.

use crate::measure::{self, Cost};
use std::path::{Path, PathBuf};

/// Scripts for `sh`, started in `work`; `$N` counts the adds, `$OUT` is where to put what comes back.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    program: &'static str,
    init: &'static str,
    add: &'static str,
    before_restore: &'static str,
    restore: &'static str,
    /// What lies in the store is counted here, after `settle`.
    store: &'static str,
    settle: &'static str,
}

pub(crate) const MLS: Tool = Tool {
    name: "mls",
    program: env!("CARGO_BIN_EXE_mls"),
    init: "$MLS init -q ..",
    add: "$MLS -q commit-run -e bench -a .",
    before_restore: "",
    restore: "$MLS -q checkout @ $OUT",
    store: ".mlstore",
    settle: "",
};

pub(crate) const CP: Tool = Tool {
    name: "cp",
    program: "cp",
    init: "mkdir ../store",
    add: "cp -r . ../store/$N",
    before_restore: "",
    restore: "cp -r ../store/$N $OUT",
    store: "store",
    settle: "",
};

const GIT: Tool = Tool {
    name: "git",
    program: "git",
    init: "git init -q",
    add: "git add -A",
    before_restore: "",
    restore: "git checkout-index -a --prefix=$OUT/",
    store: "work/.git",
    settle: "git commit -q -m $N; git gc -q",
};

const LFS: Tool = Tool {
    name: "git-lfs",
    program: "git-lfs",
    init: "git init -q && git lfs install --local >/dev/null && git lfs track '*.bin' '*.txt' >/dev/null",
    add: "git add -A",
    before_restore: "",
    restore: "git checkout-index -a --prefix=$OUT/",
    store: "work/.git",
    settle: "",
};

const RESTIC: Tool = Tool {
    name: "restic",
    program: "restic",
    init: "restic init -q -r ../store",
    add: "restic -q -r ../store backup .",
    before_restore: "",
    restore: "restic -q -r ../store restore latest --target $OUT",
    store: "store",
    settle: "",
};

const BORG: Tool = Tool {
    name: "borg",
    program: "borg",
    init: "borg init -e none ../store",
    add: "borg create ../store::a$N .",
    before_restore: "",
    restore: "mkdir -p $OUT && cd $OUT && borg extract ../store::a$N",
    store: "store",
    settle: "",
};

const DVC: Tool = Tool {
    name: "dvc",
    program: "dvc",
    init: "git init -q .. && cd .. && dvc init -q",
    add: "cd .. && dvc add -q work",
    before_restore: "cd .. && rm -rf work",
    restore: "cd $HOME && dvc checkout -q",
    store: ".dvc/cache",
    settle: "",
};

/// Returns those that are installed, having named those that are not.
pub(crate) fn installed() -> Vec<Tool> {
    let wanted = std::env::var("MLS_BENCH_TOOLS").ok();
    let mut tools = Vec::new();
    for tool in [CP, MLS, GIT, LFS, RESTIC, BORG, DVC] {
        if wanted.as_ref().is_some_and(|list| !list.split(',').any(|name| name == tool.name)) {
            continue;
        }
        let found = std::process::Command::new("sh")
            .args(["-c", "command -v \"$0\"", tool.program])
            .output()
            .is_ok_and(|output| output.status.success());
        if found {
            tools.push(tool);
        } else {
            println!("skipped: {}: not installed", tool.name);
        }
    }
    tools
}

/// One tool with a store of its own in a folder of its own.
pub(crate) struct Bench<'a> {
    pub(crate) tool: &'a Tool,
    pub(crate) folder: PathBuf,
    adds: usize,
}

impl<'a> Bench<'a> {
    /// Begins anew, with copies of `inputs` in `work`.
    pub(crate) fn new(folder: &Path, tool: &'a Tool, inputs: &[&Path]) -> Self {
        let folder = folder.join("run").join(tool.name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("work")).unwrap();
        let bench = Self { tool, folder, adds: 0 };
        for input in inputs {
            bench.put(input, input.file_name().unwrap().to_str().unwrap());
        }
        bench.run(tool.init);
        bench
    }

    /// Copies `input` to `work/name`, its times with it: what was just written counts as unsettled for some.
    pub(crate) fn put(&self, input: &Path, name: &str) {
        let to = self.folder.join("work").join(name);
        let status = std::process::Command::new("cp").arg("-rp").arg(input).arg(to).status();
        assert!(status.unwrap().success());
    }

    pub(crate) fn add(&mut self) -> Cost {
        self.adds += 1;
        self.run(self.tool.add)
    }

    pub(crate) fn restore(&self) -> Cost {
        let _ = std::fs::remove_dir_all(self.folder.join("out"));
        self.run(self.tool.before_restore);
        self.run(self.tool.restore)
    }

    /// Returns the bytes in the store, packed where the tool has a way to.
    pub(crate) fn stored(&self) -> u64 {
        self.run(self.tool.settle);
        measure::bytes(&self.folder.join(self.tool.store))
    }

    pub(crate) fn run(&self, script: &str) -> Cost {
        let at = if self.folder.join("work").exists() {
            self.folder.join("work")
        } else {
            self.folder.clone()
        };
        measure::script(&at, &environment(&self.folder, self.adds), script)
    }
}

pub(crate) fn environment(folder: &Path, adds: usize) -> Vec<(&'static str, String)> {
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    vec![
        ("HOME", text(folder)),
        ("XDG_CACHE_HOME", text(&folder.join("xdg"))),
        ("XDG_CONFIG_HOME", text(&folder.join("xdg"))),
        ("MLS", measure::program()),
        ("N", adds.to_string()),
        ("OUT", text(&folder.join("out"))),
        ("RESTIC_PASSWORD", "bench".to_owned()),
        ("BORG_BASE_DIR", text(folder)),
        ("BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK", "yes".to_owned()),
        ("DVC_NO_ANALYTICS", "1".to_owned()),
        ("GIT_CONFIG_GLOBAL", "/dev/null".to_owned()),
        ("GIT_AUTHOR_NAME", "bench".to_owned()),
        ("GIT_AUTHOR_EMAIL", "bench@localhost".to_owned()),
        ("GIT_COMMITTER_NAME", "bench".to_owned()),
        ("GIT_COMMITTER_EMAIL", "bench@localhost".to_owned()),
    ]
}
