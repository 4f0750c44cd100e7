//! The filter before every system call in a container: equal to Docker's default profile.
//!
//! ```text
//! calls (Docker's default) ──┐
//!                            ├──► rules by name ──► program: architecture, then number, then arguments
//! profile (a user's own)  ───┘         names: the numbers in each form
//! ```

mod calls;
#[cfg(test)]
mod machine;
mod names;
mod profile;
mod program;

use rustix::thread::CapabilitySet;

use super::Error;
use names::Abi;
use program::{ALLOW, Condition, ERRNO, Rule, Rules, Test};

pub(super) use program::Instruction;

/// Returns the filter that `text` describes, as Docker's profiles and those of the OCI runtime specification do.
pub(super) fn filter_of(
    text: &str,
    capabilities: CapabilitySet,
) -> Result<Vec<Instruction>, Error> {
    profile::filter(text, capabilities)
        .map_err(|why| Error::Invalid(format!("the profile for system calls is none: {why}")))
}

/// Returns the filter for a container with these capabilities.
pub(super) fn filter(capabilities: CapabilitySet) -> Vec<Instruction> {
    const EPERM: u32 = ERRNO | libc::EPERM.unsigned_abs();
    const ENOSYS: u32 = ERRNO | libc::ENOSYS.unsigned_abs();
    let always = |answer| Rule { conditions: vec![], answer };
    let allowed = [calls::ALLOWED, calls::ALLOWED_HERE].into_iter().flatten();
    let mut rules: Rules<'_> = allowed.map(|call| (*call, vec![always(ALLOW)])).collect();
    let mut sockets = calls::NO_SOCKETS.map(|family| first(u32::MAX, family, EPERM)).to_vec();
    sockets.push(always(ALLOW));
    rules.insert("socket", sockets);
    let known = calls::PERSONALITIES.map(|known| first(u32::MAX, known, ALLOW));
    rules.insert("personality", known.to_vec());
    rules.insert("clone", vec![first(calls::NAMESPACES, 0, ALLOW)]);
    // It hides its flags behind a pointer, which no filter can follow; C libraries fall back to `clone`.
    rules.insert("clone3", vec![always(ENOSYS)]);
    for (capability, calls) in calls::WITH {
        if capabilities.contains(*capability) {
            rules.extend(calls.iter().map(|call| (*call, vec![always(ALLOW)])));
        }
    }
    program::compile(&rules, Abi::ALL, EPERM).expect("the list is short enough for the kernel")
}

/// Returns a rule about the first argument, of which the kernel takes the lower half only: the rest is not looked at.
fn first(mask: u32, value: u64, answer: u32) -> Rule {
    let test = Test::Masked(mask.into());
    Rule { conditions: vec![Condition { argument: 0, test, value }], answer }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(program: &[Instruction], abi: Abi, number: u32, argument: u64) -> u32 {
        machine::answer(program, abi, number, [argument, 0, 0, 0, 0, 0])
    }

    #[test]
    fn calls_are_let_through_refused_or_unknown_as_docker_has_it() {
        const EPERM: u32 = ERRNO | 1;
        const ENOSYS: u32 = ERRNO | 38;
        let docker = filter(CapabilitySet::SYS_CHROOT);
        let admin = filter(CapabilitySet::all());
        assert!(admin.len() < 1000, "{}", admin.len());
        for abi in Abi::ALL {
            for (call, argument, plain, with_all) in [
                ("read", 0, ALLOW, ALLOW),
                ("chroot", 0, ALLOW, ALLOW),
                ("mount", 0, EPERM, ALLOW),
                ("unshare", 0, EPERM, ALLOW),
                ("bpf", 0, EPERM, ALLOW),
                ("keyctl", 0, EPERM, EPERM),
                ("kexec_load", 0, EPERM, EPERM),
                ("io_uring_setup", 0, EPERM, EPERM),
                ("open_by_handle_at", 0, EPERM, ALLOW),
                ("clone", 0x11, ALLOW, ALLOW),
                ("clone", 0x1000_0011, EPERM, ALLOW),
                ("clone", 0x1_0000_0011, ALLOW, ALLOW),
                ("clone3", 0, ENOSYS, ALLOW),
                ("socket", 2, ALLOW, ALLOW),
                ("socket", 38, EPERM, EPERM),
                ("socket", 40, EPERM, EPERM),
                ("socket", 0x1_0000_0028, EPERM, EPERM),
                ("personality", 0xffff_ffff, ALLOW, ALLOW),
                ("personality", 0x4_0000, EPERM, EPERM),
                ("cachestat", 0, ALLOW, ALLOW),
                ("lsm_get_self_attr", 0, EPERM, ALLOW),
            ] {
                let number = abi.number(call).unwrap();
                assert_eq!(asked(&docker, *abi, number, argument), plain, "{abi:?} {call}");
                assert_eq!(asked(&admin, *abi, number, argument), with_all, "{abi:?} {call}");
            }
            for number in [abi.unknown(), abi.first() | 0x3fff_ffff] {
                assert_eq!(asked(&docker, *abi, number, 0), ENOSYS, "{abi:?} {number:#x}");
            }
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn programs_of_32_bits_may_ask_what_theirs_may() {
        let docker = filter(CapabilitySet::empty());
        for (name, expected) in [
            ("socketcall", ALLOW),
            ("ipc", ALLOW),
            ("waitpid", ALLOW),
            ("clock_gettime64", ALLOW),
            ("umount", ERRNO | 1),
            ("stime", ERRNO | 1),
            ("vm86", ERRNO | 1),
            ("iopl", ERRNO | 1),
        ] {
            let number = Abi::I386.number(name).unwrap();
            assert_eq!(asked(&docker, Abi::I386, number, 0), expected, "{name}");
        }
    }

    /// The profile that comes with podman and buildah is not Docker's. Where they answer differently, and why ours stays:
    ///
    /// - podman lets everybody ask for namespaces, mounts and keys and leaves the refusal to missing rights; Docker asks
    ///   for the right first, so that a hole in a call that only root may use is no hole in a container
    /// - what only i386 has for signals and folders, and no C library of today uses, is left out by Docker
    /// - what is newer than Debian's profile is unknown to it and let through by Docker's
    #[test]
    fn differences_from_the_profile_of_podman_are_those_that_are_argued() {
        let Ok(text) = std::fs::read_to_string("/usr/share/containers/seccomp.json") else {
            return;
        };
        let rights = CapabilitySet::from_bits_retain(0xa804_25fb);
        let (ours, theirs) = (filter(rights), profile::filter(&text, rights).unwrap());
        let lets = |program: &[Instruction], name: &str| {
            let asked = |abi: &Abi| Some(asked(program, *abi, abi.number(name)?, 0) == ALLOW);
            Abi::ALL.iter().any(|abi| asked(abi) == Some(true))
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
        open_tree pidfd_getfd pivot_root readdir reboot set_mempolicy setns sigaction signal sigpending sigsuspend syslog \
        umount umount2 unshare";
    const LOOSER: &str = "cachestat fchmodat2 futex_requeue futex_wait futex_waitv futex_wake getxattrat io_pgetevents \
        io_pgetevents_time64 listmount listxattrat map_shadow_stack mseal removexattrat setxattrat statmount uretprobe \
        vmsplice";
}
