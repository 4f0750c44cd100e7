//! What this machine can do for containers.

use std::ffi::OsStr;
use std::path::Path;

use mls::container::{self, Support, cdi};

use super::{Finding, finding};
use crate::cli::environment;

pub(super) fn findings() -> Vec<Finding> {
    let support = container::support();
    vec![
        finding("kernel", support.kernel.clone(), "a distribution of 2022 or later"),
        namespaces(&support),
        users(&support),
        finding(
            "overlay",
            support.overlay.clone().map(|()| "layers are laid over each other".to_owned()),
            "package `fuse-overlayfs`; without it layers are copied",
        ),
        limits(&support),
        program("fuse-overlayfs", "package `fuse-overlayfs`, only where overlay is missing"),
        finding(
            "filter",
            support.filter.clone().map(|()| "system calls are filtered".to_owned()),
            "a kernel with `CONFIG_SECCOMP_FILTER`",
        ),
        gpus(),
        finding(
            "network",
            support.outside.clone().map(|()| "private networks reach the outside".to_owned()),
            match rustix::process::geteuid().is_root() {
                true => "package `nftables` or `iptables`",
                false => {
                    "package `passt`, and `chmod 666 /dev/net/tun`; published ports work without"
                }
            },
        ),
        finding(
            "pause",
            support.accounts.clone().map(|()| "containers can be paused and measured".to_owned()),
            "root, or control groups of version 2 delegated to the user by systemd",
        ),
        program("pasta", "package `passt`, for private networks of ordinary users"),
    ]
}

fn namespaces(support: &Support) -> Finding {
    let who = match rustix::process::geteuid().is_root() {
        true => "as root",
        false => "as root of a user namespace",
    };
    let found = support.namespaces.clone().map(|_| who.to_owned());
    finding(
        "containers",
        found,
        "`sysctl -w user.max_user_namespaces=10000`, and where they are known \
         `kernel.unprivileged_userns_clone=1` and `kernel.apparmor_restrict_unprivileged_userns=0`",
    )
}

fn users(support: &Support) -> Finding {
    let found = match support.namespaces {
        Ok(1) => Err("a container has one user".to_owned()),
        Ok(count) => Ok(format!("{count} in a container")),
        Err(_) => Err("no container".to_owned()),
    };
    finding(
        "users",
        found,
        "package `uidmap`, and a line `NAME:100000:65536` in `/etc/subuid` and `/etc/subgid`",
    )
}

fn limits(support: &Support) -> Finding {
    let version = match support.groups {
        Some(version) => format!("control groups of version {version}"),
        None => "no control groups".to_owned(),
    };
    let missing: Vec<&str> =
        support.limits.iter().filter(|(_, held)| held.is_err()).map(|(name, _)| *name).collect();
    let found = match missing.as_slice() {
        [] => Ok(format!("{version}: memory, processors, processes")),
        missing => Err(format!("{version}: none for {}", missing.join(", "))),
    };
    finding(
        "limits",
        found,
        "root, or control groups of version 2 delegated to the user by systemd",
    )
}

/// The devices that makers have described for containers.
fn gpus() -> Finding {
    let names = cdi::known(&cdi::FOLDERS.map(Path::new));
    let found = match names {
        Err(error) => Err(error.to_string()),
        Ok(names) if names.is_empty() => Err("no device has a CDI specification".to_owned()),
        Ok(names) => Ok(names.join(", ")),
    };
    finding(
        "devices",
        found,
        "for NVIDIA: package `nvidia-container-toolkit`, then `nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml`",
    )
}

fn program(name: &'static str, hint: &'static str) -> Finding {
    let path = environment::variables().remove(OsStr::new("PATH")).unwrap_or_default();
    let file =
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
    let found = file.map(|file| file.display().to_string());
    finding(name, found.ok_or_else(|| "not installed".to_owned()), hint)
}
