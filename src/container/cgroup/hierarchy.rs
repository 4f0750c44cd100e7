//! Where control groups lie on this machine, and beneath which of them ours are made.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

const TOP: &str = "/sys/fs/cgroup";
const VERSION_2: u32 = 0x6367_7270;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Version {
    Two,
    /// Or both at once: then version 1 has the controllers.
    One,
    #[default]
    None,
}

/// What there is, and where this process is in it.
#[derive(Debug)]
pub(super) struct Hierarchy {
    pub(super) top: PathBuf,
    pub(super) version: Version,
    /// The lines of `/proc/self/cgroup`: controllers (none for version 2) and path.
    pub(super) own: Vec<(String, String)>,
    pub(super) root: bool,
}

impl Hierarchy {
    pub(super) fn here() -> Self {
        let text = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let own = lines(&text);
        let version = match rustix::fs::statfs(TOP) {
            Ok(found) if u32::try_from(found.f_type).ok() == Some(VERSION_2) => Version::Two,
            Ok(_) if own.iter().any(|(names, _)| !names.is_empty()) => Version::One,
            _ => Version::None,
        };
        let root = rustix::process::geteuid().is_root();
        Self { top: PathBuf::from(TOP), version, own, root }
    }

    /// Returns the folder for our groups with this controller.
    pub(super) fn base(&self, controller: &str) -> io::Result<PathBuf> {
        match self.version {
            Version::Two => self.base_of_two(),
            Version::One => self.base_of_one(controller),
            Version::None => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// Of version 2, a group that has groups below it holds no processes itself: so the top, or beside the caller's own.
    fn base_of_two(&self) -> io::Result<PathBuf> {
        let own = self.own.iter().find(|(names, _)| names.is_empty());
        let (_, path) = own.ok_or(io::ErrorKind::NotFound)?;
        if self.root && writable(&self.top.join("cgroup.subtree_control")) {
            return Ok(self.top.clone());
        }
        let own = self.top.join(path.trim_start_matches('/'));
        let above = own.parent().filter(|above| above.starts_with(&self.top));
        Ok(above.unwrap_or(&self.top).to_owned())
    }

    /// Of version 1, below the caller's own group, whose limits then hold for us, too.
    fn base_of_one(&self, controller: &str) -> io::Result<PathBuf> {
        let is_it = |names: &str| names.split(',').any(|name| name == controller);
        let own = self.own.iter().find(|(names, _)| is_it(names));
        let (names, path) = own.ok_or(io::ErrorKind::NotFound)?;
        let top = [names.as_str(), controller].map(|name| self.top.join(name));
        let top = top.into_iter().find(|folder| folder.is_dir());
        let top = top.ok_or(io::ErrorKind::NotFound)?;
        let own = top.join(path.trim_start_matches('/'));
        Ok(if own.is_dir() { own } else { top })
    }
}

fn lines(text: &str) -> Vec<(String, String)> {
    let line = |line: &str| {
        let mut parts = line.splitn(3, ':').skip(1);
        Some((parts.next()?.to_owned(), parts.next()?.to_owned()))
    };
    text.lines().filter_map(line).collect()
}

fn writable(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hierarchy(version: Version, own: &str, root: bool) -> (tempfile::TempDir, Hierarchy) {
        let top = tempfile::tempdir().unwrap();
        let made = Hierarchy { top: top.path().to_owned(), version, own: lines(own), root };
        (top, made)
    }

    #[test]
    fn groups_of_version_2_are_beside_the_caller_s_own_or_at_the_top() {
        let own = "0::/user.slice/user-7.slice/user@7.service/app.slice/shell.scope\n";
        let (top, found) = hierarchy(Version::Two, own, false);
        let expected = top.path().join("user.slice/user-7.slice/user@7.service/app.slice");
        assert_eq!(found.base("memory").unwrap(), expected);
        let (top, found) = hierarchy(Version::Two, "0::/\n", false);
        assert_eq!(found.base("memory").unwrap(), top.path());
        let (top, found) = hierarchy(Version::Two, own, true);
        let control = top.path().join("cgroup.subtree_control");
        crate::base::fs::write_derived(&control, b"").unwrap();
        assert_eq!(found.base("memory").unwrap(), top.path());
    }

    #[test]
    fn groups_of_version_1_are_below_the_caller_s_own_for_each_controller() {
        let own = "4:memory:/job\n3:cpu,cpuacct:/\n2:name=systemd:/\n0::/\n";
        let (top, found) = hierarchy(Version::One, own, true);
        fs::create_dir_all(top.path().join("memory/job")).unwrap();
        fs::create_dir_all(top.path().join("cpu,cpuacct")).unwrap();
        assert_eq!(found.base("memory").unwrap(), top.path().join("memory/job"));
        assert_eq!(found.base("cpuacct").unwrap(), top.path().join("cpu,cpuacct"));
        assert_eq!(found.base("pids").unwrap_err().kind(), io::ErrorKind::NotFound);
        let (_top, none) = hierarchy(Version::None, "", true);
        assert_eq!(none.base("pids").unwrap_err().kind(), io::ErrorKind::Unsupported);
    }
}
