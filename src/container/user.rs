//! Who a name is inside: `/etc/passwd` and `/etc/group` of the root folder, read as what a stranger wrote.

use std::collections::HashMap;
use std::io::Read as _;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;

use rustix::fs::{self, Mode, OFlags};

use super::{Error, User, beneath};

/// Real ones have some kilobytes; more than this is not read.
const LARGEST: u64 = 4 << 20;
/// A process has no more groups than this.
const GROUPS: usize = 65_536;
/// The number that stands for "leave as it is" in system calls.
const NOBODY: u32 = u32::MAX;

/// A user with what a login would know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub user: User,
    pub home: String,
}

struct Account {
    name: String,
    uid: u32,
    gid: u32,
    home: String,
}

impl User {
    /// Looks `text` up beneath `root`: empty for root, `name`, `uid`, each with `:group` or `:gid`.
    ///
    /// A number need not be in the files. Without a group the user has its own and all it is a member of.
    pub fn find(root: &Path, text: &str) -> Result<Found, Error> {
        let how = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root_fd = fs::open(root, how, Mode::empty()).map_err(|error| Error::Io {
            action: "open",
            path: root.to_owned(),
            source: error.into(),
        })?;
        let (name, group) = match text.split_once(':') {
            Some((name, group)) => (name, Some(group).filter(|group| !group.is_empty())),
            None => (text, None),
        };
        let name = if name.is_empty() { "0" } else { name };
        let accounts = accounts(root_fd.as_fd())?;
        let number = number(name)?;
        let account = accounts.iter().find(|account| match number {
            Some(uid) => account.uid == uid,
            None => account.name == name,
        });
        let uid = account.map(|account| account.uid).or(number);
        let uid = uid.ok_or_else(|| {
            Error::Invalid(format!("no user `{}` in the image", name.escape_debug()))
        })?;
        let home = account.map_or("/", |account| account.home.as_str()).to_owned();
        let (gid, mut groups) = match (group, account) {
            (Some(group), _) => (self::group(root_fd.as_fd(), group)?, vec![]),
            (None, Some(account)) => (account.gid, member_of(root_fd.as_fd(), &account.name)?),
            (None, None) => (0, vec![]),
        };
        // The group is also among the further ones, as with Docker: a command that changes it does not leave it so.
        if !groups.contains(&gid) {
            groups.insert(0, gid);
        }
        Ok(Found { user: Self { uid, gid, groups }, home })
    }
}

/// Returns the names of users by number; the first name counts.
pub(super) fn names(root: BorrowedFd<'_>) -> HashMap<u32, String> {
    let accounts = accounts(root).unwrap_or_default();
    accounts.into_iter().rev().map(|account| (account.uid, account.name)).collect()
}

/// Returns the home of a user by number.
pub(super) fn home(root: impl AsFd, uid: u32) -> Option<String> {
    let accounts = accounts(root.as_fd()).ok()?;
    accounts.into_iter().find(|account| account.uid == uid).map(|account| account.home)
}

fn accounts(root: BorrowedFd<'_>) -> Result<Vec<Account>, Error> {
    let account = |line: &str| {
        let parts: Vec<&str> = line.split(':').collect();
        let [name, _, uid, gid, _, home, ..] = parts[..] else { return None };
        let home = if home.starts_with('/') { home } else { "/" };
        let (uid, gid) = (uid.parse().ok()?, gid.parse().ok()?);
        Some(Account { name: name.to_owned(), uid, gid, home: home.to_owned() })
    };
    Ok(file(root, "/etc/passwd")?.lines().filter_map(account).collect())
}

/// Returns name, number and members of each group.
fn groups(text: &str) -> impl Iterator<Item = (&str, u32, &str)> {
    text.lines().filter_map(|line| {
        let mut parts = line.splitn(4, ':');
        let (name, gid) = (parts.next()?, parts.nth(1)?.parse().ok()?);
        Some((name, gid, parts.next().unwrap_or_default()))
    })
}

fn group(root: BorrowedFd<'_>, name: &str) -> Result<u32, Error> {
    if let Some(number) = number(name)? {
        return Ok(number);
    }
    let text = file(root, "/etc/group")?;
    let found = groups(&text).find(|(known, ..)| *known == name).map(|(_, gid, _)| gid);
    found.ok_or_else(|| Error::Invalid(format!("no group `{}` in the image", name.escape_debug())))
}

fn member_of(root: BorrowedFd<'_>, user: &str) -> Result<Vec<u32>, Error> {
    let text = file(root, "/etc/group")?;
    let is_in = |members: &str| members.split(',').any(|member| member == user);
    let mut found: Vec<u32> = groups(&text)
        .filter(|(.., members)| is_in(members))
        .map(|(_, gid, _)| gid)
        .take(GROUPS)
        .collect();
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Returns the number that `text` is; nothing for a name.
fn number(text: &str) -> Result<Option<u32>, Error> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    match text.parse() {
        Ok(NOBODY) | Err(_) => {
            Err(Error::Invalid(format!("`{text}` is no number of a user or group")))
        }
        Ok(number) => Ok(Some(number)),
    }
}

/// Returns the text of a file beneath the root; nothing where there is none.
fn file(root: BorrowedFd<'_>, path: &str) -> Result<String, Error> {
    let failed = |source| Error::Io { action: "read", path: path.into(), source };
    let file = match beneath::read(root, path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(String::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut bytes = vec![];
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Error::Invalid(format!(
            "`{path}` in the image is larger than {LARGEST} bytes"
        )));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str) -> Result<(u32, u32, Vec<u32>, String), String> {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("etc")).unwrap();
        let passwd = "root:x:0:0:root:/root:/bin/sh\nada:x:1000:1000::/home/ada:\nbroken\n";
        let group = "root:x:0:\nwheel:x:10:ada,bob\nvideo:x:44:ada\nada:x:1000:\n";
        crate::base::fs::write_derived(&root.path().join("etc/passwd"), passwd.as_bytes()).unwrap();
        crate::base::fs::write_derived(&root.path().join("etc/group"), group.as_bytes()).unwrap();
        let found = User::find(root.path(), text).map_err(|error| error.to_string())?;
        Ok((found.user.uid, found.user.gid, found.user.groups, found.home))
    }

    #[test]
    fn c10_users_are_found_by_name_or_number_and_nothing_else() {
        for (text, expected) in [
            ("", (0, 0, vec![0], "/root")),
            ("ada", (1000, 1000, vec![1000, 10, 44], "/home/ada")),
            ("1000", (1000, 1000, vec![1000, 10, 44], "/home/ada")),
            ("ada:video", (1000, 44, vec![44], "/home/ada")),
            ("ada:", (1000, 1000, vec![1000, 10, 44], "/home/ada")),
            ("7:8", (7, 8, vec![8], "/")),
            ("7", (7, 0, vec![0], "/")),
            (":10", (0, 10, vec![10], "/root")),
        ] {
            let (uid, gid, groups, home) = expected;
            assert_eq!(find(text), Ok((uid, gid, groups, home.to_owned())), "{text}");
        }
        for (text, said) in [
            ("eve", "no user `eve` in the image"),
            ("ada:eve", "no group `eve` in the image"),
            ("4294967296", "`4294967296` is no number of a user or group"),
            ("4294967295", "`4294967295` is no number of a user or group"),
            ("-1", "`-1` is no number of a user or group"),
            ("root:4294967295", "`4294967295` is no number of a user or group"),
            ("a\nb", "no user `a\\nb` in the image"),
        ] {
            assert_eq!(find(text), Err(said.to_owned()), "{text}");
        }
    }
}
