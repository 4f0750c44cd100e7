//! What a container uses: read from its groups.

use std::fs;
use std::path::Path;

use super::Groups;
use super::hierarchy::Version;

/// What was used; nothing where the machine does not count it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Nanoseconds of processors, since the start.
    pub cpu: Option<u64>,
    /// Bytes, without files that the kernel could forget.
    pub memory: Option<u64>,
    /// The limit for it.
    pub memory_limit: Option<u64>,
    /// Bytes from and to disks, since the start.
    pub read: Option<u64>,
    pub written: Option<u64>,
    /// Processes and threads.
    pub processes: Option<u64>,
}

impl Groups {
    /// Returns what the container uses.
    pub fn stats(&self) -> Stats {
        match self.version {
            Version::Two => self.of_two(),
            Version::One => self.of_one(),
            Version::None => Stats::default(),
        }
    }

    fn of_two(&self) -> Stats {
        let Some(folder) = self.folder("") else { return Stats::default() };
        let io = fs::read_to_string(folder.join("io.stat")).ok();
        let sum = |key: &str| Some(pairs(io.as_deref()?, key));
        let used = number(&folder.join("memory.current"));
        let files = line(&folder.join("memory.stat"), "inactive_file ");
        Stats {
            cpu: line(&folder.join("cpu.stat"), "usage_usec ")
                .map(|time| time.saturating_mul(1000)),
            memory: used.map(|used| used.saturating_sub(files.unwrap_or(0))),
            memory_limit: number(&folder.join("memory.max")),
            read: sum("rbytes="),
            written: sum("wbytes="),
            processes: number(&folder.join("pids.current")),
        }
    }

    fn of_one(&self) -> Stats {
        let file = |controller: &str, name: &str| Some(self.folder(controller)?.join(name));
        let count = |controller: &str, name: &str| number(&file(controller, name)?);
        let files = || line(&file("memory", "memory.stat")?, "total_inactive_file ");
        let used = count("memory", "memory.usage_in_bytes");
        let io =
            || fs::read_to_string(file("blkio", "blkio.throttle.io_service_bytes_recursive")?).ok();
        let io = io();
        let sum = |word: &str| Some(words(io.as_deref()?, word));
        Stats {
            cpu: count("cpuacct", "cpuacct.usage"),
            memory: used.map(|used| used.saturating_sub(files().unwrap_or(0))),
            // Without a limit the number is the largest multiple of a page.
            memory_limit: count("memory", "memory.limit_in_bytes").filter(|bytes| *bytes < 1 << 62),
            read: sum("Read"),
            written: sum("Write"),
            processes: count("pids", "pids.current"),
        }
    }
}

fn number(path: &Path) -> Option<u64> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// Returns the number behind `name` at the start of a line.
pub(super) fn line(path: &Path, name: &str) -> Option<u64> {
    let text = fs::read_to_string(path).ok()?;
    text.lines().find_map(|line| line.strip_prefix(name))?.trim().parse().ok()
}

/// Sums `key=number` over all disks.
fn pairs(text: &str, key: &str) -> u64 {
    let of = |word: &str| word.strip_prefix(key)?.parse::<u64>().ok();
    text.split_whitespace().filter_map(of).fold(0, u64::saturating_add)
}

/// Sums `8:0 Read number` over all disks.
fn words(text: &str, word: &str) -> u64 {
    let of = |line: &str| {
        let mut parts = line.split_whitespace().skip(1);
        parts.next().filter(|found| *found == word)?;
        parts.next()?.parse::<u64>().ok()
    };
    text.lines().filter_map(of).fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(files: &[(&str, &str)]) -> tempfile::TempDir {
        let top = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = top.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            crate::base::fs::write_derived(&path, text.as_bytes()).unwrap();
        }
        top
    }

    fn expected(memory_limit: Option<u64>) -> Stats {
        Stats {
            cpu: Some(5000),
            memory: Some(60),
            memory_limit,
            read: Some(3),
            written: Some(12),
            processes: Some(2),
        }
    }

    #[test]
    fn version_2_is_read() {
        let top = made(&[
            ("cpu.stat", "usage_usec 5\nuser_usec 4\n"),
            ("memory.current", "100\n"),
            ("memory.stat", "anon 60\ninactive_file 40\n"),
            ("memory.max", "max\n"),
            ("io.stat", "8:0 rbytes=1 wbytes=5 rios=1\n8:16 rbytes=2 wbytes=7\n"),
            ("pids.current", "2\n"),
        ]);
        let folders = vec![(String::new(), top.path().to_owned())];
        assert_eq!(Groups { version: Version::Two, folders }.stats(), expected(None));
    }

    #[test]
    fn version_1_is_read() {
        let top = made(&[
            ("cpuacct/cpuacct.usage", "5000\n"),
            ("memory/memory.usage_in_bytes", "100\n"),
            ("memory/memory.stat", "inactive_file 9\ntotal_inactive_file 40\n"),
            ("memory/memory.limit_in_bytes", "500\n"),
            (
                "blkio/blkio.throttle.io_service_bytes_recursive",
                "8:0 Read 3\n8:0 Write 12\nTotal 15\n",
            ),
            ("pids/pids.current", "2\n"),
        ]);
        let folder = |name: &str| (name.to_owned(), top.path().join(name));
        let folders = ["cpuacct", "memory", "blkio", "pids"].map(folder).to_vec();
        assert_eq!(Groups { version: Version::One, folders }.stats(), expected(Some(500)));
        assert_eq!(Groups::default().stats(), Stats::default());
    }
}
