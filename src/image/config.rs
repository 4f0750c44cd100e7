//! The config of an image: what it runs, what it was made of, the digests of its layers' tars.
//!
//! As with manifests, the bytes that came are kept; only [`Config::encode`] makes bytes, of configs that begin here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::manifest::{MAX_ENTRIES, nullable};
use crate::image::Error;
use crate::remote::registry::Digest;

/// No config is larger.
pub const MAX_BYTES: u64 = 8 << 20;

/// A config. Keys that have no meaning here are in the bytes alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    #[serde(default)]
    pub architecture: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    #[serde(default)]
    pub os: String,
    #[serde(default, rename = "os.version", skip_serializing_if = "Option::is_none")]
    pub os_version: Option<String>,
    #[serde(
        default,
        rename = "os.features",
        deserialize_with = "nullable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub os_features: Vec<String>,
    #[serde(default, deserialize_with = "nullable")]
    pub config: Settings,
    #[serde(default)]
    pub rootfs: RootFs,
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Step>,
}

/// How a container of the image runs, in Docker's names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Settings {
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub user: String,
    #[serde(deserialize_with = "nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub exposed_ports: BTreeMap<String, Nothing>,
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entrypoint: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cmd: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<Healthcheck>,
    /// A command is one string for Windows to split.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub args_escaped: Option<bool>,
    #[serde(deserialize_with = "nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub volumes: BTreeMap<String, Nothing>,
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub working_dir: String,
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub on_build: Vec<String>,
    #[serde(deserialize_with = "nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_signal: Option<String>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_timeout: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shell: Option<Vec<String>>,
}

/// `{}`: sets are maps in Go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nothing {}

/// How Docker finds out whether a container is well; times are nanoseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Healthcheck {
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub test: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_period: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_interval: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootFs {
    #[serde(rename = "type", default = "layers")]
    pub kind: String,
    #[serde(default, deserialize_with = "nullable")]
    pub diff_ids: Vec<Digest>,
}

impl Default for RootFs {
    fn default() -> Self {
        Self { kind: layers(), diff_ids: vec![] }
    }
}

fn layers() -> String {
    "layers".to_owned()
}

/// What made a layer, or changed the config alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "is_false")]
    pub empty_layer: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Config {
    /// Reads a config.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let size = bytes.len() as u64;
        if size > MAX_BYTES {
            return Err(Error::TooLarge { what: "a config", size, limit: MAX_BYTES });
        }
        let config: Self = serde_json::from_slice(bytes).map_err(|error| bad(error.to_string()))?;
        match config.rootfs.diff_ids.len() > MAX_ENTRIES || config.history.len() > MAX_ENTRIES {
            true => Err(bad(format!("it names more than {MAX_ENTRIES} layers or steps"))),
            false => Ok(config),
        }
    }

    /// Checks that it tells of as many layers as its manifest does.
    pub fn check_layers(&self, layers: usize) -> Result<(), Error> {
        let told = self.rootfs.diff_ids.len();
        match told == layers {
            true => Ok(()),
            false => Err(bad(format!("it tells of {told} layers and its manifest of {layers}"))),
        }
    }

    /// Returns its bytes: the same for the same config, in every version of this program.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("all of its keys are texts")
    }

    /// Returns the steps with the number of the layer that each made, as far as both can be told together.
    pub fn steps(&self) -> Vec<(&Step, Option<usize>)> {
        let mut layer = 0;
        let steps = self.history.iter().map(|step| {
            let own = (!step.empty_layer && layer < self.rootfs.diff_ids.len()).then_some(layer);
            layer += usize::from(!step.empty_layer);
            (step, own)
        });
        steps.collect()
    }

    /// Returns when it was made, in milliseconds since 1970; nothing where it does not say so in a readable way.
    pub fn created(&self) -> Option<i64> {
        let created: jiff::Timestamp = self.created.as_deref()?.parse().ok()?;
        Some(created.as_millisecond())
    }
}

/// Returns the `config` part of a config as it was written, with all that Docker puts there.
pub fn raw_settings(bytes: &[u8]) -> Option<Value> {
    let mut all: Value = serde_json::from_slice(bytes).ok()?;
    all.get_mut("config").map(Value::take)
}

fn bad(reason: impl Into<String>) -> Error {
    Error::BadConfig(reason.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_config_of_docker_is_read_with_its_nulls() {
        let bytes = br#"{"architecture":"amd64","config":{"Hostname":"","User":"","Env":["PATH=/bin"],
            "Cmd":["sh"],"Volumes":null,"WorkingDir":"","Entrypoint":null,"OnBuild":null,"Labels":null,
            "ExposedPorts":{"80/tcp":{}},"Healthcheck":{"Test":["NONE"]}},"created":"2024-01-02T03:04:05.123456789Z",
            "docker_version":"20","history":[{"created_by":"a"},{"created_by":"b","empty_layer":true}],
            "os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"#;
        let config = Config::parse(bytes).unwrap();
        assert_eq!(config.config.cmd.as_deref(), Some(&["sh".to_owned()][..]));
        assert_eq!(config.created(), Some(1_704_164_645_123));
        assert_eq!(
            config.steps().iter().map(|(_, layer)| *layer).collect::<Vec<_>>(),
            [None, None]
        );
        assert!(config.check_layers(1).is_err());
        let again = Config::parse(&config.encode()).unwrap();
        assert_eq!(again, config);
    }

    #[test]
    fn t12_a_config_without_measure_is_refused() {
        let digest = Digest::of(b"");
        let many = RootFs { diff_ids: vec![digest; MAX_ENTRIES + 1], ..RootFs::default() };
        let config = Config { rootfs: many, ..Config::default() };
        assert!(Config::parse(&config.encode()).is_err());
        assert!(Config::parse(&vec![b' '; MAX_BYTES as usize + 1]).is_err());
        assert!(Config::parse(br#"{"rootfs":{"diff_ids":["sha256:../../x"]}}"#).is_err());
    }
}
