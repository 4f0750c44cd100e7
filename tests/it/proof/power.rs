//! The power goes: ext4 on a loop device is shut down under the program, without its journal being written out.
//!
//! A writer that never syncs must lose data here, else the harness proves nothing; git runs beside it for comparison.

use super::disk::Mounted;
use super::witness::Witness;
use super::{Dice, count, have, mls, root, succeed, tell};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// FS_IOC_SHUTDOWN with "do not flush the log": what was not yet on the disk is gone. Prints when it was about to.
const CUT: &str = "use Time::HiRes; open(my $f, '<', $ARGV[0]) or die $!; my $how = pack('L', 2);
    my $now = Time::HiRes::time; ioctl($f, 0x8004587d, $how) or die $!; printf '%.6f', $now";

/// An ext4 in a file, mounted; its power can be cut.
struct Disk {
    image: PathBuf,
    mounted: Option<Mounted>,
    at: PathBuf,
}

impl Disk {
    fn new(folder: &Path) -> Option<Self> {
        let (image, at) = (folder.join("image"), folder.join("disk"));
        std::fs::File::create(&image).unwrap().set_len(256 << 20).unwrap();
        std::fs::create_dir(&at).unwrap();
        succeed(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image).env("PATH", paths()));
        let mut disk = Self { image, mounted: None, at };
        disk.mount_alive().then_some(disk)
    }

    fn mount(&mut self) -> bool {
        let output = Command::new("mount")
            .args(["-o", "loop,commit=1"])
            .args([&self.image, &self.at])
            .output()
            .unwrap();
        if !output.status.success() {
            tell(&format!(
                "skipped: power cuts: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            ));
            return false;
        }
        self.mounted = Some(Mounted(self.at.clone()));
        true
    }

    /// Mounts the disk anew. A container that another test begins meanwhile may still see the one that was cut, and then
    /// that one comes back.
    fn mount_alive(&mut self) -> bool {
        let start = Instant::now();
        loop {
            if !self.mount() {
                return false;
            }
            match std::fs::write(self.at.join(".anchor"), b"") {
                Ok(()) => return true,
                Err(error) => assert!(start.elapsed() < Duration::from_secs(20), "{error}"),
            }
            self.unmount();
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn unmount(&mut self) {
        let output = Command::new("umount").arg(&self.at).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::mem::forget(self.mounted.take());
    }

    /// Returns when the power went; none where the file system cannot be cut.
    fn cut(&self) -> Option<f64> {
        let output =
            Command::new("perl").args(["-e", CUT]).arg(self.at.join(".anchor")).output().unwrap();
        if !output.status.success() {
            tell(&format!(
                "skipped: power cuts: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            ));
        }
        let time = String::from_utf8_lossy(&output.stdout).parse().ok();
        time.filter(|_| output.status.success())
    }

    fn restart(&mut self) {
        self.unmount();
        assert!(self.mount_alive());
    }
}

fn paths() -> std::ffi::OsString {
    let mut paths = std::env::var_os("PATH").unwrap_or_default();
    paths.push(":/usr/sbin:/sbin");
    paths
}

fn ready() -> bool {
    root("power cuts")
        && have("mkfs.ext4", "power cuts")
        && have("perl", "power cuts")
        && have("losetup", "power cuts")
}

/// Cuts the power `delay` after now, from another thread, while `work` runs. Returns when it was cut.
fn cut_during(disk: &Disk, delay: Duration, mut work: impl FnMut()) -> Option<f64> {
    std::thread::scope(|scope| {
        let cutter = scope.spawn(|| {
            // The moment is what is drawn at random.
            std::thread::sleep(delay);
            disk.cut()
        });
        while !cutter.is_finished() {
            work();
        }
        cutter.join().unwrap()
    })
}

#[test]
fn x03_power_cuts_lose_nothing_acknowledged() {
    if !ready() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let Some(mut disk) = Disk::new(folder.path()) else { return };
    let mut dice = Dice::new("power cuts");
    let mut witness = Witness::init(disk.at.join("store"));
    let remote = folder.path().join("remote");
    std::fs::create_dir(&remote).unwrap();
    succeed(&mut mls(&remote, &["init"]));
    succeed(&mut mls(&witness.store, &["remote", "add", "origin", remote.to_str().unwrap()]));
    let cuts = count(100, 6);
    let mut posthumous = 0;
    for cut in 0..cuts {
        if cut > 0 && cut % 25 == 0 {
            // A cut in the first moments of a store's life, and a disk that does not run full.
            std::fs::remove_dir_all(&witness.store).unwrap();
            witness = Witness::init(disk.at.join("store"));
            succeed(&mut mls(
                &witness.store,
                &["remote", "add", "origin", remote.to_str().unwrap()],
            ));
        }
        let delay = Duration::from_micros(dice.below(700_000));
        let before = witness.acknowledged();
        let mut times = Vec::new();
        let done = cut_during(&disk, delay, || {
            let size = if dice.below(5) == 0 { 1_200_000 } else { 8_000 };
            let bytes = dice.bytes(size);
            let mut attempt = witness.attempt(&bytes);
            let output = attempt.command.output().unwrap();
            if output.status.success() {
                times.push(now());
                witness.acknowledge(&attempt, &output.stdout);
            }
            match dice.below(6) {
                0 => drop(mls(&witness.store, &["-y", "gc", "--grace", "0s"]).output()),
                1 => drop(mls(&witness.store, &["push", "origin"]).output()),
                _ => {}
            }
        });
        let Some(cut_at) = done else { return };
        // Under a real cut nobody would have said so any more. Linux answers 0 to a sync that began before this shutdown and
        // whose journal was given up under it.
        let in_time = before + times.iter().filter(|time| **time < cut_at).count();
        posthumous += witness.acknowledged() - in_time;
        witness.forget_from(in_time);
        disk.restart();
        witness.check();
        witness.check_bytes(&witness.store, 20);
        witness.commit(b"after the cut");
    }
    witness.check_bytes(&witness.store, usize::MAX);
    let (unsynced, corrupt) = without_sync(&mut disk, &mut dice, count(12, 2));
    assert!(unsynced > 0, "a writer without fsync lost nothing: this harness proves nothing");
    let git = git_beside(&mut disk, &mut dice, count(12, 2));
    tell(&format!(
        "proof: cuts={cuts} acknowledged={} (and {posthumous} after the cut, not counted) lost=0 corrupt=0; control without fsync: lost or corrupt={corrupt} of {unsynced}; {git}",
        witness.acknowledged()
    ));
}

#[expect(clippy::disallowed_methods, reason = "compared with the clock of another program")]
fn now() -> f64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_secs_f64()
}

/// Files written, renamed and "acknowledged" without a sync. Returns how many there were, and how many came back wrong.
fn without_sync(disk: &mut Disk, dice: &mut Dice, cuts: usize) -> (usize, usize) {
    let (mut written, mut wrong) = (0, 0);
    for cut in 0..cuts {
        let folder = disk.at.join(format!("control{cut}"));
        std::fs::create_dir(&folder).unwrap();
        let bytes = dice.bytes(8_000);
        let mut names = Vec::new();
        cut_during(disk, Duration::from_millis(300 + dice.below(400)), || {
            let name = folder.join(names.len().to_string());
            let temporary = name.with_extension("tmp");
            let made = std::fs::write(&temporary, &bytes)
                .and_then(|()| std::fs::rename(&temporary, &name));
            if made.is_ok() {
                names.push(name);
            }
        });
        disk.restart();
        written += names.len();
        wrong +=
            names.iter().filter(|name| std::fs::read(name).ok().as_ref() != Some(&bytes)).count();
        let _ = std::fs::remove_dir_all(&folder);
    }
    if wrong == 0 { (0, 0) } else { (written, wrong) }
}

/// The same cuts under git with its defaults: how often its own fsck fails or an acknowledged commit is gone.
fn git_beside(disk: &mut Disk, dice: &mut Dice, cuts: usize) -> String {
    if !have("git", "git beside power cuts") {
        return "git: not installed".to_owned();
    }
    let (mut broken, mut lost) = (0, 0);
    for cut in 0..cuts {
        let folder = disk.at.join(format!("git{cut}"));
        std::fs::create_dir(&folder).unwrap();
        let git = |args: &[&str]| {
            Command::new("git")
                .args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "gc.auto=0", "-C"])
                .arg(&folder)
                .args(args)
                .output()
                .unwrap()
        };
        git(&["init", "-q"]);
        let mut last = String::new();
        let start = Instant::now();
        cut_during(disk, Duration::from_millis(300 + dice.below(400)), || {
            let bytes = dice.bytes(8_000);
            let _ = std::fs::write(folder.join("file"), bytes);
            git(&["add", "file"]);
            let name = format!("after {:?}", start.elapsed());
            if git(&["commit", "-q", "-m", &name]).status.success() {
                let head = git(&["rev-parse", "HEAD"]);
                last = String::from_utf8_lossy(&head.stdout).trim().to_owned();
            }
        });
        disk.restart();
        broken += usize::from(!git(&["fsck", "--full"]).status.success());
        lost +=
            usize::from(!git(&["cat-file", "-e", &format!("{last}^{{tree}}")]).status.success());
        let _ = std::fs::remove_dir_all(&folder);
    }
    format!("git: fsck failed {broken} of {cuts}, last commit lost {lost}")
}
