//! A store in which things can be built: with a base image that is nothing but a static busybox.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use mls::base::Clock;
use mls::image::catalog;
use mls::image::config::Config;
use mls::image::rootfs::View;
use mls::store::{Context, Store};

use crate::image::trees::{self, Tree};
use crate::proof::tell;
use crate::support::{Said, Sandbox};

/// What a built image is.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) config: Config,
    pub(crate) tree: Tree,
}

/// A sandbox with a store, and in it the image `base`.
#[derive(Debug)]
pub(crate) struct Lab {
    pub(crate) sandbox: Sandbox,
}

const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1001:User:/home/user:/bin/sh\n\
nobody:x:65534:65534::/:/bin/false\n";
const GROUP: &str = "root:x:0:\ngroup:x:77:user\nusers:x:1001:\nnogroup:x:65534:\n";

impl Lab {
    /// Nothing, having said why, where `what` cannot be tried on this machine.
    pub(crate) fn new(what: &str) -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            tell(&format!("skipped: {what}: needs root"));
            return None;
        }
        let Some(busybox) = crate::container::busybox() else {
            tell(&format!("skipped: {what}: no static `busybox`"));
            return None;
        };
        let lab = Self { sandbox: Sandbox::with_store() };
        lab.make_base(busybox);
        Some(lab)
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.sandbox.path()
    }

    fn make_base(&self, busybox: &Path) {
        let root = self.path().join("base/root");
        let folders =
            ["bin", "usr/bin", "etc/deep/sub", "tmp", "root", "home/user", "var/lib", "dev"];
        for folder in folders {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        fs::copy(busybox, root.join("bin/busybox")).unwrap();
        let listed = self.sandbox.program(busybox).arg("--list").output().unwrap();
        for name in String::from_utf8(listed.stdout).unwrap().lines() {
            if name != "busybox" {
                symlink("busybox", root.join("bin").join(name)).unwrap();
            }
        }
        let files = [
            ("etc/passwd", PASSWD),
            ("etc/group", GROUP),
            ("etc/deep/one", "1\n"),
            ("etc/deep/sub/two", "2\n"),
        ];
        for (path, text) in files {
            fs::write(root.join(path), text).unwrap();
        }
        fs::set_permissions(root.join("tmp"), fs::Permissions::from_mode(0o1777)).unwrap();
        let text = "FROM scratch\nCOPY root /\nENV PATH=/bin:/usr/bin\n";
        fs::write(self.path().join("base/Dockerfile"), text).unwrap();
        self.sandbox.ok(["build", "-t", "base", "base"]);
    }

    /// Writes a Dockerfile into a context `name` of its own; returns the context.
    pub(crate) fn context(&self, name: &str, dockerfile: &str) -> PathBuf {
        self.sandbox.write(format!("{name}/Dockerfile"), dockerfile);
        self.path().join(name)
    }

    /// Builds the context `name` as the image `name`.
    pub(crate) fn build(&self, name: &str, more: &[&str]) -> Said {
        self.sandbox.mls(["build", "-t", name].iter().chain(more).chain([&name]))
    }

    pub(crate) fn store(&self) -> Store {
        let context = Context {
            actor: "ada@lab".to_owned(),
            command: "mls test".to_owned(),
            clock: Clock::System,
        };
        Store::open(&self.sandbox.store(), context).unwrap()
    }

    /// Reads an image of the store.
    pub(crate) fn read(&self, name: &str) -> Built {
        let store = self.store();
        let image = catalog::resolve(&store, name).unwrap().image;
        let config = catalog::config_of(&store, &image).unwrap();
        let view = View::of(&store, &catalog::layers(&store, &image).unwrap()).unwrap();
        Built { config, tree: trees::of_view(&store, &view) }
    }
}

/// What the head of a file of the corpus asks for: `# build-arg NAME=value`, `# target NAME`.
pub(crate) fn flags(text: &str) -> Vec<String> {
    let asked = text.lines().filter_map(|line| {
        let (name, value) = line.strip_prefix("# ")?.split_once(' ')?;
        ["build-arg", "target"].contains(&name).then(|| [format!("--{name}"), value.to_owned()])
    });
    asked.flatten().collect()
}

/// Returns the files of a folder by their names without extension.
pub(crate) fn texts(folder: &str, extension: &str) -> BTreeMap<String, (PathBuf, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let paths = paths.filter(|path| path.extension().is_some_and(|found| found == extension));
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    paths.map(|path| (name(&path), (path.clone(), fs::read_to_string(path).unwrap()))).collect()
}
