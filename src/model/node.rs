//! What is kept of a model: four records.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::model::Error;
use crate::store::Link;

/// The tag by which MLflow tells a prompt from a model.
pub const PROMPT_TAG: &str = "mlflow.prompt.is_prompt";

/// A name that versions are registered under. It stays when the model is deleted, so that no number is given twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "registered-model")]
pub struct Registered {
    pub name: String,
    /// Milliseconds since 1970 (UTC), as every time here.
    pub created: i64,
    /// When the model last changed as MLflow sees it: tags and aliases do not count.
    pub updated: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// The last number that was given to a version.
    pub last: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<i64>,
    /// What the model is called since it was renamed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed: Option<String>,
    /// When this version of the node was made.
    pub edited: i64,
    /// The versions of the node before this one, by name: two after a merge.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub previous: Vec<ByteBuf>,
}

/// One version of a model: what it is. It never changes, and does not know its number.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "type", rename = "model")]
pub struct Model {
    pub created: i64,
    /// The address it was registered from, as it was given.
    pub source: String,
    /// Where MLflow's clients download it from, if that is not the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The id of the run that made it; by id, since an edit of the run makes another node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_link: Option<String>,
    /// The run as it was then, if it had ended: it travels with the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_node: Option<Link>,
    /// The id of the logged model (`m-…`) that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logged_model: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// What was said of it when it was registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// A tree or a file: what the source led to, if that was in the store and complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Link>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flavors: Vec<String>,
    /// JSON, where it was told or found when the version was registered; else the content says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

/// What is said of a version: all of it, so that the last one counts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "type", rename = "about-model")]
pub struct About {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Stage::is_none")]
    pub stage: Stage,
    /// When the version last changed as MLflow sees it: tags do not count.
    pub updated: i64,
    pub edited: i64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub previous: Vec<ByteBuf>,
}

/// A name for a version that may move to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "alias")]
pub struct Alias {
    /// The number tells which version is meant: two may have the same content.
    pub version: u64,
    /// The model that had the number, so that an alias is never without one.
    pub model: Link,
    pub edited: i64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub previous: Vec<ByteBuf>,
}

/// MLflow's stages of a version, spelled as MLflow spells them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub enum Stage {
    #[default]
    None,
    Staging,
    Production,
    Archived,
}

impl Stage {
    pub const ALL: [Self; 4] = [Self::None, Self::Staging, Self::Production, Self::Archived];

    /// Returns the word that MLflow uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Staging => "Staging",
            Self::Production => "Production",
            Self::Archived => "Archived",
        }
    }

    /// Tells whether versions in this stage are in use, so that another can take their place.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Staging | Self::Production)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
    fn is_none(&self) -> bool {
        *self == Self::None
    }
}

impl FromStr for Stage {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|stage| stage.as_str().eq_ignore_ascii_case(text));
        found.ok_or_else(|| Error::BadStage(text.chars().take(120).collect()))
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Model {
    /// Returns what is said of the version as long as nobody has said more.
    pub fn about(&self) -> About {
        About {
            description: self.description.clone(),
            tags: self.tags.clone(),
            stage: Stage::None,
            updated: self.created,
            edited: self.created,
            previous: vec![],
        }
    }
}

/// Tells whether tags make a prompt of what has them.
pub fn is_prompt(tags: &BTreeMap<String, String>) -> bool {
    tags.get(PROMPT_TAG).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}
