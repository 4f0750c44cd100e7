//! What a logged model is.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::store::Link;
use crate::track::{ExperimentId, ParseIdError};

/// The refs of logged models begin so.
pub const PREFIX: &str = "logged-models/";

/// `m-` and 32 lower-case hex digits, as MLflow names its logged models.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModelId(String);

/// A logged model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "logged-model")]
pub struct LoggedModel {
    pub id: ModelId,
    pub name: String,
    pub experiment: ExperimentId,
    pub status: ModelStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_type: Option<String>,
    /// The run that made it, by id: an edit of the run makes another node. MLflow takes any text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_run: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// A tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifacts: Option<Link>,
    /// Milliseconds since 1970 (UTC), as every time here.
    pub created: i64,
    /// When its state last changed; MLflow does not count params and tags.
    pub updated: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<i64>,
    /// When this version of the node was made.
    pub edited: i64,
    /// The versions before this one, by name: two after a merge of two edits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub previous: Vec<ByteBuf>,
}

/// MLflow's states of a logged model, spelled as MLflow's client spells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ModelStatus {
    Unspecified,
    Pending,
    Ready,
    Failed,
}

impl ModelId {
    /// Makes an id: 16 random bytes.
    pub fn random() -> Self {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the system has randomness");
        Self(format!("m-{:032x}", u128::from_be_bytes(bytes)))
    }

    /// Returns the name of the ref that points at the model.
    pub fn ref_name(&self) -> String {
        format!("{PREFIX}{}", self.0)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ModelId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        match text.strip_prefix("m-") {
            Some(rest) if rest.len() == 32 && rest.bytes().all(hex) => Ok(Self(text.to_owned())),
            _ => Err(ParseIdError::new(text, "id of a logged model")),
        }
    }
}

impl TryFrom<String> for ModelId {
    type Error = ParseIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ModelId> for String {
    fn from(id: ModelId) -> Self {
        id.0
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ModelStatus {
    /// Returns the word that MLflow's API uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unspecified => "LOGGED_MODEL_STATUS_UNSPECIFIED",
            Self::Pending => "LOGGED_MODEL_PENDING",
            Self::Ready => "LOGGED_MODEL_READY",
            Self::Failed => "LOGGED_MODEL_UPLOAD_FAILED",
        }
    }

    /// Returns the number that MLflow's database uses, and its filters compare.
    pub fn number(self) -> i64 {
        match self {
            Self::Unspecified => 0,
            Self::Pending => 1,
            Self::Ready => 2,
            Self::Failed => 3,
        }
    }

    /// Reads the word of the API, or its number.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Unspecified, Self::Pending, Self::Ready, Self::Failed]
            .into_iter()
            .find(|status| status.as_str() == text || status.number().to_string() == text)
    }
}
