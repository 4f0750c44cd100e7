//! Containers of an ordinary user, where they differ from root's.

use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;

use serde_json::Value;

use super::contained::{DOCKERFILE, soon};
use crate::support::{Said, Sandbox};

/// Nobody's number on any machine this is likely to run on.
pub(crate) const USER: u32 = 15_001;

struct User(Sandbox);

impl User {
    /// Nothing, having said so, where root's tests cannot become somebody else who has containers.
    fn new(what: &str) -> Option<Self> {
        let skipped = |why: &str| {
            crate::proof::tell(&format!("skipped: {what}: {why}"));
            None
        };
        if !rustix::process::geteuid().is_root() {
            return skipped("needs root to become an ordinary user");
        }
        let Some(busybox) = crate::container::busybox() else {
            return skipped("no static busybox");
        };
        let sandbox = Sandbox::new();
        sandbox.write("context/Dockerfile", DOCKERFILE);
        std::fs::copy(busybox, sandbox.path().join("context/busybox")).unwrap();
        give(sandbox.path().parent().unwrap(), USER);
        let user = Self(sandbox);
        let made = user.command(&["init"]).output();
        if !made.is_ok_and(|made| made.status.success()) {
            return skipped("that one cannot reach this program");
        }
        let built = user.mls(&["build", "-q", "-t", "box", "context"]);
        if built.code() != 0 {
            return skipped(&built.stderr());
        }
        Some(user)
    }

    fn command(&self, words: &[&str]) -> std::process::Command {
        let mut command = self.0.command(words);
        command.uid(USER).gid(USER);
        command
    }

    fn mls(&self, words: &[&str]) -> Said {
        self.0.finish(self.command(words))
    }

    #[track_caller]
    fn ok(&self, words: &[&str]) -> String {
        let said = self.mls(words);
        assert_eq!(said.code(), 0, "{said}");
        said.stdout().trim_end().to_owned()
    }
}

/// Makes a folder and all below it a user's own.
pub(crate) fn give(path: &Path, user: u32) {
    chown(path, Some(user), Some(user)).unwrap();
    if path.is_dir() {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::read_dir(path).unwrap().for_each(|entry| give(&entry.unwrap().path(), user));
    }
}

#[test]
fn a_container_of_an_ordinary_user_is_started_anew_and_looked_into() {
    let Some(user) = User::new("containers of an ordinary user, started anew") else { return };
    let script = "echo x; echo x >> /times; sleep 0.1";
    user.ok(&[
        "run",
        "-d",
        "--name",
        "again",
        "--restart",
        "always",
        "--network",
        "none",
        "box",
        "sh",
        "-c",
        script,
    ]);
    soon("it ran three times", || user.mls(&["logs", "again"]).stdout().lines().count() > 2);
    user.ok(&["stop", "-t", "0", "again"]);
    user.ok(&[
        "run",
        "-d",
        "--name",
        "one",
        "--network",
        "none",
        "-v",
        "kept:/kept",
        "box",
        "sleep",
        "4339",
    ]);
    assert!(!user.ok(&["exec", "one", "sh", "-c", "echo in > /data/new; echo $$"]).is_empty());
    let top: Value = serde_json::from_str(&user.ok(&["top", "one", "--format", "json"])).unwrap();
    assert_eq!((&top[0]["pid"], &top[0]["user"]), (&Value::from(1), &Value::from("root")), "{top}");
    assert_eq!(user.ok(&["diff", "one"]), "C /data\nA /data/new");
    std::fs::write(user.0.path().join("given"), "given").unwrap();
    user.ok(&["cp", "given", "one:/kept/given"]);
    assert_eq!(user.ok(&["exec", "one", "cat", "/kept/given"]), "given");
    user.ok(&["cp", "one:/data", "out"]);
    assert_eq!(user.0.read("out/new"), b"in\n");
    user.ok(&["commit", "one", "kept:2"]);
    assert_eq!(user.ok(&["run", "--rm", "--network", "none", "kept:2", "cat", "/data/new"]), "in");
    user.ok(&["kill", "one"]);
    user.ok(&["wait", "one"]);
    user.ok(&["cp", "one:/data/new", "stopped"]);
    assert_eq!(user.0.read("stopped"), b"in\n");
    assert!(user.command(&["export", "container", "one"]).output().unwrap().status.success());
    user.ok(&["rm", "-f", "again", "one"]);
    assert_eq!(user.ok(&["volume", "rm", "kept"]), "kept");
}
