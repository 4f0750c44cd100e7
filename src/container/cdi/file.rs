//! One specification: read as what a tool wrote, believed only where root alone could have written it.

use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use serde::Deserialize;

use super::Hook;
use crate::container::Error;

/// Those of machines with many GPUs have some hundred kilobytes.
const LARGEST: u64 = 8 << 20;
const VERSIONS: [&str; 8] =
    ["0.3.0", "0.4.0", "0.5.0", "0.6.0", "0.7.0", "0.8.0", "1.0.0", "1.1.0"];
/// How long a hook may take where the specification does not say.
const TIMEOUT: u64 = 60;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    cdi_version: String,
    pub(super) kind: String,
    pub(super) devices: Vec<NamedDevice>,
    #[serde(default)]
    pub(super) container_edits: ContainerEdits,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NamedDevice {
    pub(super) name: String,
    #[serde(default)]
    pub(super) container_edits: ContainerEdits,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ContainerEdits {
    pub(super) env: Vec<String>,
    pub(super) device_nodes: Vec<DeviceNode>,
    pub(super) mounts: Vec<MountEdit>,
    pub(super) hooks: Vec<HookEdit>,
    pub(super) additional_gids: Vec<u32>,
    pub(super) intel_rdt: Option<serde_json::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeviceNode {
    pub(super) path: String,
    pub(super) host_path: Option<String>,
    pub(super) permissions: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MountEdit {
    pub(super) host_path: String,
    pub(super) container_path: String,
    #[serde(default)]
    pub(super) options: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HookEdit {
    hook_name: String,
    path: String,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    env: Vec<String>,
    timeout: Option<u64>,
}

impl HookEdit {
    /// Returns the hook where it is one that is run.
    pub(super) fn checked(&self) -> Result<Hook, Error> {
        if self.hook_name != "createContainer" {
            let what = format!("the hook `{}` of a device", self.hook_name.escape_debug());
            return Err(Error::Unsupported {
                what,
                why: "only `createContainer` is run".to_owned(),
            });
        }
        trusted(Path::new(&self.path))?;
        Ok(Hook {
            path: self.path.clone(),
            args: self.args.clone(),
            env: self.env.clone(),
            timeout: self.timeout.unwrap_or(TIMEOUT).min(TIMEOUT),
        })
    }
}

/// Returns the specification; nothing for a file that is none by its name.
pub(super) fn read(path: &Path) -> Result<Option<Document>, Error> {
    let is = |name: &str| path.extension().is_some_and(|extension| extension == name);
    if !is("json") && !is("yaml") {
        return Ok(None);
    }
    trusted(path)?;
    let failed = |source| Error::Io { action: "read", path: path.to_owned(), source };
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(LARGEST + 1).read_to_string(&mut text).map_err(failed)?;
    let wrong = |why: String| {
        Err(Error::Invalid(format!("`{}` is no CDI specification: {why}", path.display())))
    };
    if text.len() as u64 > LARGEST {
        return wrong(format!("it is larger than {LARGEST} bytes"));
    }
    let parsed: Result<Document, String> = match is("json") {
        true => serde_json::from_str(&text).map_err(|error| error.to_string()),
        false => serde_norway::from_str(&text).map_err(|error| error.to_string()),
    };
    match parsed {
        Ok(document) if VERSIONS.contains(&document.cdi_version.as_str()) => Ok(Some(document)),
        Ok(document) => wrong(format!("version `{}`", document.cdi_version.escape_debug())),
        Err(error) => wrong(error),
    }
}

/// What others than root may write decides over devices and programs of this machine.
fn trusted(path: &Path) -> Result<(), Error> {
    let failed = |source| Error::Io { action: "look at", path: path.to_owned(), source };
    let found = std::fs::metadata(path).map_err(failed)?;
    let own = rustix::process::geteuid().as_raw();
    // In a user namespace root of the machine is nobody that has a number there.
    let overflow = std::fs::read_to_string("/proc/sys/kernel/overflowuid");
    let overflow = overflow.ok().and_then(|text| text.trim().parse().ok()).unwrap_or(65_534);
    let owner = [0, own, overflow].contains(&found.uid());
    match owner && found.mode() & 0o022 == 0 && path.is_absolute() {
        true => Ok(()),
        false => Err(Error::Invalid(format!(
            "`{}` is not believed: others than root may write it",
            path.display()
        ))),
    }
}
