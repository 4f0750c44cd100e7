//! The filter before every system call in a container: equal to Docker's default profile.
//!
//! Programs of other architectures (32 bit) are killed by it, since the list knows the calls of one only.

mod calls;
#[cfg(test)]
mod machine;
mod names;
mod profile;
mod program;

use std::collections::BTreeMap;

use rustix::thread::CapabilitySet;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, sock_filter,
};

use super::Error;

/// `CLONE_NEW*`: what a container without `CAP_SYS_ADMIN` may not ask of `clone`.
const NAMESPACES: u64 = 0x7e02_0000;
/// `PER_LINUX`, `PER_LINUX32`, `UNAME26`, both, and the question which one it is.
const PERSONALITIES: [u64; 5] = [0, 8, 0x2_0000, 0x2_0008, 0xffff_ffff];
/// A socket to the host of a virtual machine, which no namespace keeps apart.
const AF_VSOCK: u64 = 40;

/// Returns the filter that `text` describes, as Docker's profiles and those of the OCI runtime specification do.
pub(super) fn filter_of(text: &str, capabilities: CapabilitySet) -> Result<BpfProgram, Error> {
    profile::filter(text, capabilities)
        .map_err(|why| Error::Invalid(format!("the profile for system calls is none: {why}")))
}

/// Returns the filter for a container with these capabilities.
pub(super) fn filter(capabilities: CapabilitySet) -> Result<BpfProgram, seccompiler::Error> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
    let lists = [calls::ALLOWED, calls::ALLOWED_HERE, calls::ALLOWED_NEWER];
    rules.extend(lists.into_iter().flatten().map(|call| (*call, vec![])));
    rules.insert(libc::SYS_socket, vec![first(SeccompCmpOp::Ne, AF_VSOCK)?]);
    let personalities = PERSONALITIES.map(|known| first(SeccompCmpOp::Eq, known));
    rules.insert(libc::SYS_personality, personalities.into_iter().collect::<Result<_, _>>()?);
    rules.insert(libc::SYS_clone, vec![first(SeccompCmpOp::MaskedEq(NAMESPACES), 0)?]);
    for (capability, calls) in calls::WITH {
        if capabilities.contains(*capability) {
            rules.extend(calls.iter().map(|call| (*call, vec![])));
        }
    }
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let target = std::env::consts::ARCH.try_into()?;
    let filter = SeccompFilter::new(rules, refused, SeccompAction::Allow, target)?;
    let mut program = unknown(capabilities);
    program.extend(BpfProgram::try_from(filter)?);
    Ok(program)
}

fn first(operator: SeccompCmpOp, value: u64) -> Result<SeccompRule, seccompiler::Error> {
    let condition = SeccompCondition::new(0, SeccompCmpArgLen::Dword, operator, value)?;
    Ok(SeccompRule::new(vec![condition])?)
}

/// Returns the first steps of the filter: what a C library falls back from is answered with `ENOSYS`.
fn unknown(capabilities: CapabilitySet) -> BpfProgram {
    const LOAD_NUMBER: u16 = 0x20;
    const IF_EQUAL: u16 = 0x15;
    const IF_AT_LEAST: u16 = 0x35;
    const RETURN: u16 = 0x06;
    const ENOSYS: u32 = 0x0005_0000 | libc::ENOSYS.unsigned_abs();
    // Calls of the x32 form have this bit and are refused further down.
    const X32: u32 = 0x4000_0000;
    let step = |code, jt, jf, k| sock_filter { code, jt, jf, k };
    // `clone3` hides its flags behind a pointer, which no filter can follow.
    let clone3 = match capabilities.contains(CapabilitySet::SYS_ADMIN) {
        true => u32::MAX,
        false => u32::try_from(libc::SYS_clone3).unwrap_or(u32::MAX),
    };
    vec![
        step(LOAD_NUMBER, 0, 0, 0),
        step(IF_EQUAL, 2, 0, clone3),
        step(IF_AT_LEAST, 0, 2, calls::UNKNOWN),
        step(IF_AT_LEAST, 1, 0, X32),
        step(RETURN, 0, 0, ENOSYS),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(program: &[sock_filter], number: u32, argument: u64) -> u32 {
        machine::answer(program, number, [argument, 0, 0, 0, 0, 0])
    }

    #[test]
    fn calls_are_let_through_refused_or_unknown_as_docker_has_it() {
        const ALLOW: u32 = 0x7fff_0000;
        const EPERM: u32 = 0x0005_0001;
        const ENOSYS: u32 = 0x0005_0026;
        let docker = filter(CapabilitySet::SYS_CHROOT).unwrap();
        let admin = filter(CapabilitySet::all()).unwrap();
        let of = |call: i64| u32::try_from(call).unwrap();
        for (call, argument, plain, with_all) in [
            (of(libc::SYS_read), 0, ALLOW, ALLOW),
            (of(libc::SYS_chroot), 0, ALLOW, ALLOW),
            (of(libc::SYS_mount), 0, EPERM, ALLOW),
            (of(libc::SYS_unshare), 0, EPERM, ALLOW),
            (of(libc::SYS_bpf), 0, EPERM, ALLOW),
            (of(libc::SYS_keyctl), 0, EPERM, EPERM),
            (of(libc::SYS_kexec_load), 0, EPERM, EPERM),
            (of(libc::SYS_io_uring_setup), 0, EPERM, EPERM),
            (of(libc::SYS_open_by_handle_at), 0, EPERM, ALLOW),
            (of(libc::SYS_clone), 0x11, ALLOW, ALLOW),
            (of(libc::SYS_clone), 0x1000_0011, EPERM, ALLOW),
            (of(libc::SYS_clone3), 0, ENOSYS, ALLOW),
            (of(libc::SYS_socket), 2, ALLOW, ALLOW),
            (of(libc::SYS_socket), 40, EPERM, EPERM),
            (of(libc::SYS_personality), 0xffff_ffff, ALLOW, ALLOW),
            (of(libc::SYS_personality), 0x4_0000, EPERM, EPERM),
            (451, 0, ALLOW, ALLOW),
            (457, 0, EPERM, EPERM),
            (467, 0, ENOSYS, ENOSYS),
            (0x3fff_ffff, 0, ENOSYS, ENOSYS),
            (0x4000_0000, 0, EPERM, EPERM),
        ] {
            assert_eq!(asked(&docker, call, argument), plain, "call {call} {argument:#x}");
            assert_eq!(asked(&admin, call, argument), with_all, "call {call} {argument:#x}");
        }
    }

    /// The profile that comes with podman and buildah is not Docker's. Where they answer differently, and why ours stays:
    ///
    /// - podman lets everybody ask for namespaces, mounts and keys and leaves the refusal to missing rights; Docker asks
    ///   for the right first, so that a hole in a call that only root may use is no hole in a container
    /// - what is newer than Debian's profile is unknown to it and let through by Docker's
    #[test]
    fn differences_from_the_profile_of_podman_are_those_that_are_argued() {
        let Ok(text) = std::fs::read_to_string("/usr/share/containers/seccomp.json") else {
            return;
        };
        let rights = CapabilitySet::from_bits_retain(0xa804_25fb);
        let (ours, theirs) = (filter(rights).unwrap(), profile::filter(&text, rights).unwrap());
        let lets = |program: &[sock_filter], name: &str| {
            names::number(name).is_some_and(|number| asked(program, number, 0) == program::ALLOW)
        };
        let (mut stricter, mut looser) = (vec![], vec![]);
        for name in names::all() {
            match (lets(&ours, name), lets(&theirs, name)) {
                (false, true) => stricter.push(name),
                (true, false) => looser.push(name),
                _ => {}
            }
        }
        stricter.sort_unstable();
        looser.sort_unstable();
        assert_eq!(stricter.join(" "), STRICTER);
        assert_eq!(looser.join(" "), LOOSER);
    }

    const STRICTER: &str = "clone3 fsconfig fsmount fsopen fspick get_mempolicy keyctl mbind mount mount_setattr move_mount \
        open_tree pidfd_getfd pivot_root reboot set_mempolicy setns syslog umount2 unshare";
    const LOOSER: &str = "cachestat fchmodat2 futex_requeue futex_wait futex_waitv futex_wake getxattrat listxattrat \
        map_shadow_stack mseal removexattrat setxattrat vmsplice";
}
