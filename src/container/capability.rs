//! The rights of root in pieces: which of them a container has.

use rustix::thread::{self, CapabilitySet as C, CapabilitySets};

use super::{Error, Security};

/// Every capability by its number, as the kernel names them.
const NAMES: [&str; 41] = [
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "PERFMON",
    "BPF",
    "CHECKPOINT_RESTORE",
];

/// Docker's fourteen.
const DEFAULT: C = C::CHOWN
    .union(C::DAC_OVERRIDE)
    .union(C::FSETID)
    .union(C::FOWNER)
    .union(C::MKNOD)
    .union(C::NET_RAW)
    .union(C::SETGID)
    .union(C::SETUID)
    .union(C::SETFCAP)
    .union(C::SETPCAP)
    .union(C::NET_BIND_SERVICE)
    .union(C::SYS_CHROOT)
    .union(C::KILL)
    .union(C::AUDIT_WRITE);

/// Returns the rights that a container with this security has at most.
pub(super) fn wanted(security: &Security) -> Result<C, Error> {
    let everything = (0..NAMES.len()).fold(C::empty(), |all, number| all.union(one(number)));
    let sum = |names: &[String]| -> Result<C, Error> {
        let mut all = C::empty();
        for name in names {
            all |= find(name, everything)?;
        }
        Ok(all)
    };
    let (add, drop) = (sum(&security.add)?, sum(&security.drop)?);
    let default = if security.privileged { everything } else { DEFAULT };
    // As Docker: what is named alone goes before `ALL`, and of what is named twice the container has it.
    match (add == everything, drop == everything) {
        (true, true) => Err(Error::Invalid("all rights are both given and taken away".to_owned())),
        (true, false) => Ok(everything - drop),
        (false, _) => Ok((default - drop) | add),
    }
}

/// Makes `wanted` the most that this process and its children can ever have. Must come before a change of user.
pub(super) fn bound(wanted: C) -> std::io::Result<()> {
    for number in 0..64 {
        let known = thread::capability_is_in_bounding_set(one(number));
        if !wanted.contains(one(number)) && known == Ok(true) {
            thread::remove_capability_from_bounding_set(one(number))?;
        }
    }
    Ok(thread::clear_ambient_capability_set()?)
}

/// Gives up all rights but these; a user that is not root holds none.
///
/// None is inheritable, as a program with rights of its own in its file would otherwise gain it.
pub(super) fn keep(wanted: C, is_root: bool) -> std::io::Result<()> {
    let had = thread::capabilities(None)?;
    let kept = if is_root { wanted & had.permitted } else { C::empty() };
    let sets = CapabilitySets { effective: kept, permitted: kept, inheritable: C::empty() };
    Ok(thread::set_capabilities(None, sets)?)
}

/// Tells whether this process may mount.
pub(super) fn may_mount() -> bool {
    thread::capabilities(None).is_ok_and(|sets| sets.effective.contains(C::SYS_ADMIN))
}

const fn one(number: usize) -> C {
    C::from_bits_retain(1 << number)
}

/// Returns the right with this name.
pub(super) fn one_of(name: &str) -> Option<C> {
    let plain = name.strip_prefix("CAP_").unwrap_or(name);
    NAMES.iter().position(|known| *known == plain).map(one)
}

fn find(name: &str, everything: C) -> Result<C, Error> {
    let upper = name.to_ascii_uppercase();
    let plain = upper.strip_prefix("CAP_").unwrap_or(&upper);
    if plain == "ALL" {
        return Ok(everything);
    }
    let number = NAMES.iter().position(|known| *known == plain);
    number.map(one).ok_or_else(|| Error::Invalid(format!("no capability `{name}`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(add: &[&str], drop: &[&str]) -> Result<u64, String> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let security = Security { add: owned(add), drop: owned(drop), ..Security::default() };
        wanted(&security).map(|set| set.bits()).map_err(|error| error.to_string())
    }

    #[test]
    fn rights_are_docker_s_and_what_is_added_to_or_dropped_from_them() {
        assert_eq!(of(&[], &[]), Ok(0xa804_25fb));
        assert_eq!(of(&["cap_net_admin"], &["MKNOD"]), Ok(0xa004_35fb));
        assert_eq!(of(&[], &["ALL"]), Ok(0));
        assert_eq!(of(&["NET_ADMIN"], &["all"]), Ok(1 << 12));
        assert_eq!(of(&["ALL"], &["CHOWN"]), Ok((1 << 41) - 2));
        assert_eq!(of(&["CHOWN"], &["CHOWN"]), Ok(0xa804_25fb));
        assert!(of(&["ALL"], &["ALL"]).is_err());
        assert_eq!(of(&["ALL"], &[]), Ok((1 << 41) - 1));
        assert_eq!(of(&["ADMIN"], &[]), Err("no capability `ADMIN`".to_owned()));
    }
}
