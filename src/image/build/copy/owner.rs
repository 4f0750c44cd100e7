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

/// Whose a command is, and the further groups it has.
///
/// As everywhere in Docker's world, a number that the image knows means that user; one that it does not know has root's group.
pub fn find_runner(store: &Store, view: &View, text: &str) -> Result<(Owner, Vec<u32>), Error> {
    let (user, group) = text.split_once(':').unwrap_or((text, ""));
    let user = if user.is_empty() { "0" } else { user };
    let id = number(user);
    let known = rows(store, view, "etc/passwd")?.into_iter().find(|row| {
        row.first().is_some_and(|name| name == user)
            || (id.is_some() && row.get(2).and_then(|uid| number(uid)) == id)
    });
    let mut owner = match (&known, id) {
        (Some(row), _) => {
            let field = |at: usize| row.get(at).and_then(|text| number(text)).unwrap_or(0);
            Owner { uid: field(2), gid: field(3) }
        }
        (None, Some(uid)) => Owner { uid, gid: 0 },
        (None, None) => find(store, view, user)?,
    };
    if !group.is_empty() {
        // A group that is named is the only one.
        owner.gid = find(store, view, &format!("0:{group}"))?.gid;
        return Ok((owner, vec![]));
    }
    let name = known.and_then(|row| row.into_iter().next());
    let groups = match name {
        Some(name) => groups(store, view, &name)?,
        None => vec![],
    };
    Ok((owner, groups))
}

/// Returns the groups beside their own that `user` is in.
fn groups(store: &Store, view: &View, user: &str) -> Result<Vec<u32>, Error> {
    let mut rows = rows(store, view, "etc/group")?;
    rows.retain(|row| row.get(3).is_some_and(|all| all.split(',').any(|one| one == user)));
    Ok(rows.iter().filter_map(|row| number(row.get(2)?)).collect())
}

fn number(text: &str) -> Option<u32> {
    // The largest stands for `no change` in system calls.
    text.parse().ok().filter(|number| *number != u32::MAX)
}

fn row(store: &Store, view: &View, path: &str, name: &str) -> Result<Option<Vec<String>>, Error> {
    let mut rows = rows(store, view, path)?.into_iter();
    Ok(rows.find(|row| row.first().is_some_and(|first| first == name)))
}

fn rows(store: &Store, view: &View, path: &str) -> Result<Vec<Vec<String>>, Error> {
    let text = view.read(store, path.as_bytes(), MAX_LIST)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    Ok(text.lines().map(|line| line.split(':').map(str::to_owned).collect()).collect())
}
