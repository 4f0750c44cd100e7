//! `--chown` and `USER`: names and numbers, looked up in the image and nowhere else.

use crate::image::Error;
use crate::image::build;
use crate::image::rootfs::View;
use crate::store::Store;

/// No list of users is read beyond this.
const MAX_LIST: u64 = 16 << 20;

/// Whose something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Owner {
    pub uid: u32,
    pub gid: u32,
}

/// Reads `user[:group]`; a number without a group stands for both, a name has the group that the image gives it.
pub fn find(store: &Store, view: &View, text: &str) -> Result<Owner, Error> {
    let (user, group) = match text.split_once(':') {
        Some((user, group)) => (user, Some(group)),
        None => (text, None),
    };
    let unknown = |what: &'static str, name: &str, list: &'static str| build::Error::NoSuchOwner {
        what,
        name: name.to_owned(),
        list,
    };
    let mut owner = match (user, number(user)) {
        ("", _) => Owner::default(),
        (_, Some(uid)) => Owner { uid, gid: uid },
        _ => {
            let row = row(store, view, "etc/passwd", user)?;
            let ids = row.and_then(|row| Some((number(row.get(2)?)?, number(row.get(3)?)?)));
            let (uid, gid) = ids.ok_or_else(|| unknown("user", user, "/etc/passwd"))?;
            Owner { uid, gid }
        }
    };
    if let Some(group) = group.filter(|group| !group.is_empty()) {
        owner.gid = match number(group) {
            Some(gid) => gid,
            None => {
                let row = row(store, view, "etc/group", group)?;
                let gid = row.and_then(|row| number(row.get(2)?));
                gid.ok_or_else(|| unknown("group", group, "/etc/group"))?
            }
        };
    }
    Ok(owner)
}

/// Returns the groups beside their own that `user` is in; none where the user is only a number.
pub fn groups(store: &Store, view: &View, user: &str) -> Result<Vec<u32>, Error> {
    let text = view.read(store, b"etc/group", MAX_LIST)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let rows = text.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let among =
        rows.filter(|row| row.get(3).is_some_and(|all| all.split(',').any(|one| one == user)));
    Ok(among.filter_map(|row| number(row.get(2)?)).collect())
}

fn number(text: &str) -> Option<u32> {
    // The largest stands for `no change` in system calls.
    text.parse().ok().filter(|number| *number != u32::MAX)
}

fn row(store: &Store, view: &View, path: &str, name: &str) -> Result<Option<Vec<String>>, Error> {
    let text = view.read(store, path.as_bytes(), MAX_LIST)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let mut rows = text.lines().map(|line| line.split(':').map(str::to_owned).collect::<Vec<_>>());
    Ok(rows.find(|row| row.first().is_some_and(|first| first == name)))
}
