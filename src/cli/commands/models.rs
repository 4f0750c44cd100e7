use std::collections::BTreeMap;

use mls::base::{size::human, time};
use mls::model::registry::{self, Entry, Version};
use mls::model::search::{self, Query};
use mls::model::{Stage, source};
use mls::store::{Link, Store};
use serde_json::{Value, json};

use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::style::{LABEL, LITERAL};
use crate::cli::table::{Cell, Column, Table};
use crate::cli::{help, thing};

/// List models, or the versions of one
///
/// A model is a name with numbered versions under it; aliases such as `champion` say which version counts.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::reads(
    &[
        ("mls models", "list all models"),
        ("mls models iris", "list the versions of one model, newest first"),
        ("mls models --format json", "all models with their versions, for a script"),
    ],
    &[Exit::NotFound],
))]
pub(crate) struct Args {
    /// List the versions of this model
    name: Option<String>,
    /// List prompts, which MLflow keeps beside the models
    #[arg(long, conflicts_with = "name")]
    prompts: bool,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    match &args.name {
        Some(name) => versions(session, &store, &registry::get(&store, name)?),
        None => models(session, &store, args.prompts),
    }
}

fn models(session: &Session, store: &Store, prompts: bool) -> Result<(), CommandError> {
    let filter = if prompts { "tags.`mlflow.prompt.is_prompt` = 'true'" } else { "" };
    let found = search::models(store, &Query { filter, ..Query::default() })?.items;
    let mut table = Table::new([
        Column::new("name").cut(),
        Column::new("versions").right(),
        Column::new("latest"),
        Column::new("aliases").cut(),
        Column::new("updated"),
        Column::new("description").cut(),
    ]);
    let now = store.now();
    for entry in &found {
        let latest = entry.numbers().next_back().map(|number| format!("v{number}"));
        let aliases: Vec<String> =
            entry.aliases().map(|(alias, number)| format!("{alias}=v{number}")).collect();
        let record = &entry.registered;
        table.row([
            Cell::new(entry.name()).style(LITERAL),
            entry.numbers().count().to_string().into(),
            latest.unwrap_or_default().into(),
            aliases.join(", ").into(),
            Cell::new(time::ago(record.updated, now))
                .raw(time::rfc3339(record.updated))
                .style(LABEL),
            record.description.clone().unwrap_or_default().into(),
        ]);
    }
    let values = match session.ui.format.is_json() {
        true => found.iter().map(|entry| as_json(store, entry)).collect::<Result<Vec<_>, _>>()?,
        false => vec![],
    };
    let nothing = if prompts { "There are no prompts." } else { "There are no models." };
    session.ui.list(&table, &values, nothing)
}

fn versions(session: &Session, store: &Store, entry: &Entry) -> Result<(), CommandError> {
    if session.ui.format.is_json() {
        return session.ui.list(&Table::default(), &[as_json(store, entry)?], "");
    }
    let mut found = entry.versions(store)?;
    found.reverse();
    let mut table = Table::new([
        Column::new("version"),
        Column::new("aliases").cut(),
        Column::new("stage"),
        Column::new("run"),
        Column::new("size").right(),
        Column::new("created"),
        Column::new("source").cut(),
    ]);
    let now = store.now();
    for version in &found {
        let created = version.model.created;
        let run = version.model.run.as_deref().unwrap_or_default();
        let size = size(store, version)?;
        let stage = Some(version.about.stage).filter(|stage| *stage != Stage::None);
        table.row([
            Cell::new(format!("v{}", version.number)).style(LITERAL),
            entry.aliases_of(version.number).join(", ").into(),
            stage.map_or("", Stage::as_str).into(),
            Cell::new(run.get(..12).unwrap_or(run)).raw(run),
            Cell::new(size.map(human).unwrap_or_default())
                .raw(size.map(|size| size.to_string()).unwrap_or_default()),
            Cell::new(time::ago(created, now)).raw(time::rfc3339(created)).style(LABEL),
            Cell::new(&version.model.source).style(LABEL),
        ]);
    }
    let nothing = format!("Model `{}` has no versions.", entry.name());
    session.ui.list::<Value>(&table, &[], &nothing)
}

/// Returns a model as scripts read it.
fn as_json(store: &Store, entry: &Entry) -> Result<Value, CommandError> {
    let record = &entry.registered;
    let versions = entry.versions(store)?;
    let versions = versions
        .iter()
        .map(|version| version_json(store, entry, version))
        .collect::<Result<Vec<_>, _>>()?;
    let aliases: BTreeMap<&str, u64> = entry.aliases().collect();
    Ok(json!({
        "name": record.name,
        "versions": versions,
        "aliases": aliases,
        "description": record.description,
        "tags": record.tags,
        "created_at": time::rfc3339(record.created),
        "updated_at": time::rfc3339(record.updated),
    }))
}

fn version_json(store: &Store, entry: &Entry, version: &Version) -> Result<Value, CommandError> {
    let Version { number, id, model, about, .. } = version;
    Ok(json!({
        "version": number,
        "ref": version.reference().to_string(),
        "id": id.to_string(),
        "flavors": model.flavors,
        "aliases": entry.aliases_of(*number),
        "run": model.run,
        "size": size(store, version)?,
        "created_at": time::rfc3339(model.created),
        "updated_at": time::rfc3339(about.updated),
        "source": model.source,
        "content": content(store, version)?.map(|link| link.to_string()),
        "stage": about.stage.as_str(),
        "description": about.description,
        "tags": about.tags,
    }))
}

/// Returns what a version consists of, if that is in the store.
fn content(store: &Store, version: &Version) -> Result<Option<Link>, CommandError> {
    match source::content(store, version) {
        Ok(link) => Ok(Some(link)),
        Err(mls::model::Error::NoContent { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn size(store: &Store, version: &Version) -> Result<Option<u64>, CommandError> {
    let content = content(store, version)?;
    Ok(content.map(|link| thing::extent(store, &link)).transpose()?.map(|(_, bytes)| bytes))
}
