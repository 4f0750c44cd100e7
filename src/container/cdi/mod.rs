//! Devices by name, as `nvidia.com/gpu=0`: what the Container Device Interface's specifications say a container needs.
//!
//! ```text
//! /etc/cdi/*.{json,yaml}, /run/cdi/*      written by the maker's tool: `nvidia-ctk cdi generate`
//!   kind: nvidia.com/gpu
//!   devices: [{name, containerEdits}]     for those that are asked for
//!   containerEdits                        for all of them: nodes, mounts, variables, hooks
//! ```
//!
//! A specification opens devices and names programs to be run beside the container, so one that others than root could have
//! written is refused. Hooks at `createContainer` are run, as podman does: without them (links to libraries, the cache of
//! the linker) the maker's libraries are not found. Other hooks are refused and not left out.

mod file;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use self::file::{ContainerEdits, Document};
use super::{Device, Error, Mount, Source, Spec};

/// Where specifications are; of two with the same device the later one holds.
pub const FOLDERS: [&str; 2] = ["/etc/cdi", "/var/run/cdi"];

/// A program of the host, run before the container's command with what the OCI runtime specification gives to hooks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hook {
    pub path: String,
    /// Its own name first.
    pub args: Vec<String>,
    pub env: Vec<String>,
    /// Seconds.
    pub timeout: u64,
}

/// Returns the names of devices that `--gpus` means: `all`, a number of them, or `device=0,1`.
pub fn gpus(text: &str) -> Result<Vec<String>, Error> {
    let wrong = || Error::Invalid(format!("`{}` names no GPUs", text.escape_debug()));
    let text = text.trim_matches('"');
    let names: Vec<String> = match text.strip_prefix("device=") {
        Some(list) => list.split(',').map(str::to_owned).collect(),
        None if text == "all" => vec!["all".to_owned()],
        None => match text.parse::<u16>() {
            Ok(count @ 1..=64) => (0..count).map(|number| number.to_string()).collect(),
            _ => return Err(wrong()),
        },
    };
    let name = |name: &String| match is_name(name) {
        true => Ok(format!("nvidia.com/gpu={name}")),
        false => Err(wrong()),
    };
    names.iter().map(name).collect()
}

/// Tells whether a device is asked for by such a name and not by its path.
pub fn is_device(text: &str) -> bool {
    split(text).is_some()
}

/// Returns the names of all devices that are described.
pub fn known(folders: &[&Path]) -> Result<Vec<String>, Error> {
    Ok(read(folders)?.iter().flat_map(names).collect())
}

/// Gives `spec` all that the devices with these names need.
pub fn apply(folders: &[&Path], names: &[String], spec: &mut Spec) -> Result<(), Error> {
    if names.is_empty() {
        return Ok(());
    }
    let documents = read(folders)?;
    let mut used: Vec<&Document> = vec![];
    for name in names {
        let (kind, device) = split(name).ok_or_else(|| {
            Error::Invalid(format!("`{}` is no device as `vendor/class=name`", name.escape_debug()))
        })?;
        let found = documents.iter().rev().filter(|document| document.kind == kind);
        let found =
            found.flat_map(|document| document.devices.iter().map(move |one| (document, one)));
        let Some((document, device)) = found.into_iter().find(|(_, one)| one.name == device) else {
            return Err(missing(name, &documents, folders));
        };
        edit(spec, &device.container_edits)?;
        if !used.iter().any(|one| std::ptr::eq(*one, document)) {
            used.push(document);
        }
    }
    used.into_iter().try_for_each(|document| edit(spec, &document.container_edits))
}

fn read(folders: &[&Path]) -> Result<Vec<Document>, Error> {
    let mut documents = vec![];
    for folder in folders {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(_) => continue,
        };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            documents.extend(file::read(&path)?);
        }
    }
    Ok(documents)
}

fn names(document: &Document) -> Vec<String> {
    document.devices.iter().map(|one| format!("{}={}", document.kind, one.name)).collect()
}

fn missing(name: &str, documents: &[Document], folders: &[&Path]) -> Error {
    let known = documents.iter().flat_map(names).take(20);
    let known: Vec<String> = known.map(|name| format!("`{name}`")).collect();
    let places: Vec<String> =
        folders.iter().map(|folder| format!("`{}`", folder.display())).collect();
    let why = match known.as_slice() {
        [] => format!(
            "no CDI specification in {} (for NVIDIA: `nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml`)",
            places.join(" and ")
        ),
        known => format!("the specifications know {}", known.join(", ")),
    };
    Error::Unsupported { what: format!("the device `{}`", name.escape_debug()), why }
}

fn edit(spec: &mut Spec, edits: &ContainerEdits) -> Result<(), Error> {
    if edits.intel_rdt.is_some() {
        let what = "a device with a share of the processor's cache".to_owned();
        let why = "Intel RDT is not known here".to_owned();
        return Err(Error::Unsupported { what, why });
    }
    spec.env.extend(edits.env.iter().cloned());
    for node in &edits.device_nodes {
        let host = node.host_path.clone().unwrap_or_else(|| node.path.clone());
        let access = node.permissions.as_deref().unwrap_or("rwm");
        spec.devices.push(Device::new(host.into(), node.path.clone(), access)?);
    }
    for mount in &edits.mounts {
        let has = |name: &str| mount.options.iter().any(|option| option == name);
        spec.mounts.push(Mount {
            target: mount.container_path.clone(),
            source: Source::Bind(mount.host_path.clone().into()),
            read_only: !has("rw"),
        });
    }
    let groups = edits.additional_gids.iter().filter(|gid| **gid != 0);
    spec.user.groups.extend(groups);
    for hook in &edits.hooks {
        spec.hooks.push(hook.checked()?);
    }
    Ok(())
}

fn split(text: &str) -> Option<(&str, &str)> {
    let (kind, device) = text.split_once('=')?;
    let (vendor, class) = kind.split_once('/')?;
    let good = is_name(device) && is_name(class) && vendor.contains('.') && is_name(vendor);
    good.then_some((kind, device))
}

fn is_name(text: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || "_-.:".contains(c);
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.len() < 256
        && text.chars().all(good)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_named_as_their_maker_does() {
        for (text, expected) in [
            ("all", Some("nvidia.com/gpu=all")),
            ("2", Some("nvidia.com/gpu=0 nvidia.com/gpu=1")),
            ("device=0,GPU-7f", Some("nvidia.com/gpu=0 nvidia.com/gpu=GPU-7f")),
            ("\"device=1\"", Some("nvidia.com/gpu=1")),
            ("0", None),
            ("65", None),
            ("device=", None),
            ("device=../x", None),
            ("some", None),
        ] {
            assert_eq!(gpus(text).ok().map(|names| names.join(" ")).as_deref(), expected, "{text}");
        }
        assert!(is_device("vendor.com/class=name") && !is_device("/dev/a:/dev/b"));
        assert!(!is_device("/dev/a=b") && !is_device("vendor/class=name"));
    }
}
