//! Registered models as plain records, for the way out to MLflow.

use crate::model::registry::{self, Entry, Version};
use crate::model::source::{self, Source};
use crate::model::{Error, Stage};
use crate::store::Store;
use crate::track::import::{RegisteredRecord, VersionRecord};

/// Returns all models with their versions, in order of their names and numbers.
pub fn list(store: &Store) -> Result<Vec<RegisteredRecord>, Error> {
    registry::list(store)?.iter().map(|entry| model(store, entry)).collect()
}

fn model(store: &Store, entry: &Entry) -> Result<RegisteredRecord, Error> {
    let record = &entry.registered;
    let versions = entry.versions(store)?.into_iter().map(|version| self::version(store, version));
    let mut versions: Vec<VersionRecord> = versions.collect::<Result<_, _>>()?;
    if versions.last().map_or(0, |last| last.number) < record.last {
        // The last number was given and taken back; nobody gives it again.
        let (created, updated) = (record.updated, record.updated);
        let gone = VersionRecord { number: record.last, created, updated, ..Default::default() };
        versions.push(VersionRecord { deleted: true, ..gone });
    }
    Ok(RegisteredRecord {
        name: record.name.clone(),
        created: record.created,
        updated: record.updated,
        description: record.description.clone(),
        tags: record.tags.clone(),
        aliases: entry.aliases().map(|(alias, number)| (alias.to_owned(), number)).collect(),
        versions,
    })
}

fn version(store: &Store, version: Version) -> Result<VersionRecord, Error> {
    let Version { number, model, about, .. } = version;
    let location = match Source::parse(&model.source) {
        Source::Run { id, path } => Some(format!("runs:/{id}/{path}")),
        Source::Logged { id, path } => Some(format!("models:/{id}/{path}")),
        _ => None,
    };
    let content = match model.content {
        Some(content) => Some(content),
        None => source::follow(store, &model.source)?,
    };
    Ok(VersionRecord {
        number,
        created: model.created,
        updated: about.updated,
        description: about.description,
        user: model.user,
        stage: Stage::as_str(about.stage).to_owned(),
        source: model.source,
        location: location.or(model.location),
        run: model.run,
        run_link: model.run_link,
        logged_model: model.logged_model,
        tags: about.tags,
        deleted: false,
        content,
    })
}
