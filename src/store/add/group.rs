//! Which files are read together: small ones that look alike share a frame, and so what they have in common is stored once.

use crate::store::Link;
use crate::store::stamp::Stamp;

/// A file up to this size shares a frame with others.
pub(super) const SMALL: u64 = 64 << 10;

/// Small files are gathered up to so many bytes.
const GROUP_BYTES: u64 = 512 << 10;

/// And up to so many: a frame's head counts them in 16 bits.
const GROUP_FILES: usize = 4096;

/// A file that has to be read.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    /// Which folder of the walk, and which entry there.
    pub(super) folder: usize,
    pub(super) entry: usize,
    /// Below the root.
    pub(super) path: Vec<u8>,
    pub(super) stamp: Stamp,
    /// What the file was when it was last added.
    pub(super) before: Option<Link>,
}

impl Pending {
    fn name(&self) -> &[u8] {
        self.path.rsplit(|byte| *byte == b'/').next().unwrap_or_default()
    }

    fn extension(&self) -> &[u8] {
        let name = self.name();
        name.iter().rposition(|byte| *byte == b'.').map_or(&[], |dot| &name[dot..])
    }
}

/// Puts files in the order in which they are read: the small ones by kind first, then by where they lie.
pub(super) fn groups(mut files: Vec<Pending>) -> Vec<Vec<Pending>> {
    files.sort_by(|a, b| {
        let [(a_large, a_at), (b_large, b_at)] =
            [a, b].map(|file| (file.stamp.size > SMALL, (file.folder, file.entry)));
        let kinds = || if a_large { a_at.cmp(&b_at) } else { a.extension().cmp(b.extension()) };
        a_large.cmp(&b_large).then_with(kinds).then(a_at.cmp(&b_at))
    });
    let (mut groups, mut group, mut size) = (vec![], vec![], 0);
    for file in files {
        let alone = file.stamp.size > SMALL;
        if alone || size + file.stamp.size > GROUP_BYTES || group.len() == GROUP_FILES {
            groups.push(std::mem::take(&mut group));
            size = 0;
        }
        size += file.stamp.size;
        group.push(file);
    }
    groups.push(group);
    groups.retain(|group: &Vec<Pending>| !group.is_empty());
    groups
}
