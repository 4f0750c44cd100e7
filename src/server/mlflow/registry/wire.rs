//! Models and versions as MLflow's clients read them: numbers as texts, empty lists left out.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::registry::{Entry, Version};
use crate::server::mlflow::failure::Failure;
use crate::store::Store;

#[derive(Debug, Serialize)]
pub(super) struct RegisteredModel {
    name: String,
    creation_timestamp: i64,
    last_updated_timestamp: i64,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    latest_versions: Vec<ModelVersion>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<Alias>,
}

#[derive(Debug, Serialize)]
pub(super) struct ModelVersion {
    name: String,
    version: String,
    creation_timestamp: i64,
    last_updated_timestamp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    current_stage: &'static str,
    description: String,
    source: String,
    run_id: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
    run_link: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Tag {
    key: String,
    value: String,
}

#[derive(Debug, Serialize)]
struct Alias {
    alias: String,
    version: String,
}

#[derive(Debug, Serialize)]
pub(super) struct OneModel {
    registered_model: RegisteredModel,
}

#[derive(Debug, Serialize)]
pub(super) struct OneVersion {
    model_version: ModelVersion,
}

#[derive(Debug, Serialize)]
pub(super) struct Models {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) registered_models: Vec<RegisteredModel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_page_token: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Versions {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) model_versions: Vec<ModelVersion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_page_token: Option<String>,
}

impl RegisteredModel {
    /// Reads what else is shown of a model: the latest version of each stage.
    pub(super) fn of(store: &Store, entry: &Entry) -> Result<Self, Failure> {
        let latest = entry.latest(store)?;
        let record = &entry.registered;
        let alias = |(alias, version): (&str, u64)| Alias {
            alias: alias.to_owned(),
            version: version.to_string(),
        };
        Ok(Self {
            name: record.name.clone(),
            creation_timestamp: record.created,
            last_updated_timestamp: record.updated,
            description: record.description.clone().unwrap_or_default(),
            latest_versions: latest
                .into_iter()
                .map(|version| ModelVersion::of(version, vec![]))
                .collect(),
            tags: tags(&record.tags),
            aliases: entry.aliases().map(alias).collect(),
        })
    }
}

impl ModelVersion {
    /// MLflow shows aliases in some answers and not in others.
    pub(super) fn of(version: Version, aliases: Vec<String>) -> Self {
        let Version { name, number, model, about, .. } = version;
        Self {
            name,
            version: number.to_string(),
            creation_timestamp: model.created,
            last_updated_timestamp: about.updated,
            user_id: model.user,
            current_stage: about.stage.as_str(),
            description: about.description.unwrap_or_default(),
            source: model.source,
            run_id: model.run.unwrap_or_default(),
            status: "READY",
            tags: tags(&about.tags),
            run_link: model.run_link.unwrap_or_default(),
            aliases,
        }
    }
}

impl OneModel {
    pub(super) fn of(store: &Store, entry: &Entry) -> Result<Self, Failure> {
        Ok(Self { registered_model: RegisteredModel::of(store, entry)? })
    }
}

impl OneVersion {
    /// A version with the aliases that it has.
    pub(super) fn of(entry: &Entry, version: Version) -> Self {
        let aliases = entry.aliases_of(version.number);
        Self { model_version: ModelVersion::of(version, aliases) }
    }
}

fn tags(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect()
}
