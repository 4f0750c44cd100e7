//! Versions of models.

use axum::Extension;
use axum::extract::State;
use axum::http::Method;
use serde_json::json;

use super::wire::{ModelVersion, OneVersion, Versions};
use super::{Answer, answer, filled, model_name, nothing, number, source, tags, version};
use crate::model::registry::{self, NewVersion, Tags};
use crate::model::search::{self, Query};
use crate::model::source::Source;
use crate::model::{Stage, is_prompt};
use crate::server::limits::Limits;
use crate::server::mlflow::artifacts::version_uri;
use crate::server::mlflow::failure::Failure;
use crate::server::mlflow::input::Input;
use crate::server::mlflow::page;
use crate::server::mlflow::subject::Subject;
use crate::server::mlflow::webhooks::Tell;
use crate::server::route::{Right, Route};
use crate::server::state::Shared;
use crate::server::token::Kind;

/// So many versions are on one page at most.
const MOST: i64 = 200_000;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/2.0/mlflow/model-versions/create", Right::Write, create)
            .about(&[Subject::ChangedModel("name"), Subject::Source]),
        Route::get("/api/2.0/mlflow/model-versions/get", Right::Read, get)
            .about(&[Subject::Model("name")]),
        Route::get("/api/2.0/mlflow/model-versions/search", Right::Read, find).within_limits(),
        Route::on(Method::PATCH, "/api/2.0/mlflow/model-versions/update", Right::Write, update)
            .about(&[Subject::ChangedModel("name")]),
        Route::on(Method::DELETE, "/api/2.0/mlflow/model-versions/delete", Right::Write, remove)
            .about(&[Subject::ChangedModel("name")]),
        Route::post("/api/2.0/mlflow/model-versions/transition-stage", Right::Write, set_stage)
            .about(&[Subject::ChangedModel("name")]),
        Route::get("/api/2.0/mlflow/model-versions/get-download-uri", Right::Read, download_uri)
            .about(&[Subject::Model("name")]),
        Route::post("/api/2.0/mlflow/model-versions/set-tag", Right::Write, set_tag)
            .about(&[Subject::ChangedModel("name")]),
        Route::on(
            Method::DELETE,
            "/api/2.0/mlflow/model-versions/delete-tag",
            Right::Write,
            remove_tag,
        )
        .about(&[Subject::ChangedModel("name")]),
    ]
}

async fn create(State(state): State<Shared>, input: Input) -> Answer {
    let name = model_name(&input)?;
    let wanted = source::Wanted {
        source: input.text("source")?.to_owned(),
        run: input.maybe_text("run_id")?.map(str::to_owned),
        model: input.maybe_text("model_id")?.map(str::to_owned),
    };
    let (tags, description) = (tags(&input)?, filled(&input, "description")?);
    let run_link = filled(&input, "run_link")?;
    answer(&state, move |state| {
        let store = &state.store;
        let checked = if is_prompt(&tags) { wanted.of_prompt()? } else { wanted.check(store)? };
        let new = NewVersion {
            source: checked.source,
            location: checked.location,
            run: checked.run,
            run_link,
            logged_model: checked.model,
            description,
            tags,
            ..NewVersion::default()
        };
        let version = state.telling(|registry| registry::register(registry, &name, &new))?;
        if let Some(model) = &new.logged_model {
            source::note_version(store, model, &name, version.number)?;
        }
        Ok(OneVersion::of(&registry::get(store, &name)?, version))
    })
    .await
}

async fn get(State(state): State<Shared>, input: Input) -> Answer {
    let (name, number) = (model_name(&input)?, number(&input)?);
    answer(&state, move |state| {
        let (entry, version) = version(&state.store, &name, number)?;
        Ok(OneVersion::of(&entry, version))
    })
    .await
}

async fn find(
    State(state): State<Shared>,
    Extension(limits): Extension<Limits>,
    input: Input,
) -> Answer {
    let filter = input.maybe_text("filter")?.unwrap_or_default().to_owned();
    let limit = page::size(input.maybe_int("max_results")?.unwrap_or(MOST), MOST)?;
    let offset = page::offset(input.maybe_text("page_token")?)?;
    let order_by = input.texts("order_by")?;
    answer(&state, move |state| {
        let among = |name: &str| limits.allow(Kind::Model, name);
        let query = Query { filter: &filter, order_by: &order_by, among: &among, offset, limit };
        let found = search::versions(&state.store, &query)?;
        let shown = |version| ModelVersion::of(version, vec![]);
        Ok(Versions {
            model_versions: found.items.into_iter().map(shown).collect(),
            next_page_token: found.more.then(|| page::token(offset + limit)),
        })
    })
    .await
}

async fn update(State(state): State<Shared>, input: Input) -> Answer {
    let (name, number) = (model_name(&input)?, number(&input)?);
    let description = filled(&input, "description")?;
    answer(&state, move |state| {
        let (entry, found) = version(&state.store, &name, number)?;
        let described =
            registry::describe_version(&state.store, &name, found.number, description.as_deref())?;
        Ok(OneVersion::of(&entry, described))
    })
    .await
}

async fn remove(State(state): State<Shared>, input: Input) -> Answer {
    let (name, number) = (model_name(&input)?, number(&input)?);
    answer(&state, move |state| {
        let (_, found) = version(&state.store, &name, number)?;
        registry::remove_version(&state.store, &name, found.number)?;
        Ok(nothing())
    })
    .await
}

async fn set_stage(State(state): State<Shared>, input: Input) -> Answer {
    let (name, number) = (model_name(&input)?, number(&input)?);
    let stage: Stage = input.text("stage")?.parse().map_err(Failure::from)?;
    let archive = input.maybe_bool("archive_existing_versions")?.unwrap_or(false);
    answer(&state, move |state| {
        let (entry, found) = version(&state.store, &name, number)?;
        let moved = registry::set_stage(&state.store, &name, found.number, stage, archive)?;
        Ok(OneVersion::of(&entry, moved))
    })
    .await
}

async fn download_uri(
    State(state): State<Shared>,
    Extension(limits): Extension<Limits>,
    input: Input,
) -> Answer {
    let (name, number) = (model_name(&input)?, number(&input)?);
    answer(&state, move |state| {
        let found = version(&state.store, &name, number)?.1;
        let uri = found.model.location.unwrap_or(found.model.source);
        // What was registered from a file of this machine is in the store, and is downloaded from there; so is what came
        // from a run that whoever asks need not see.
        let uri = match (Source::parse(&uri), found.model.content) {
            (Source::Elsewhere, Some(_)) => version_uri(&name, found.number),
            (_, Some(_)) if limits.get().is_some() => version_uri(&name, found.number),
            _ => uri,
        };
        Ok(json!({ "artifact_uri": uri }))
    })
    .await
}

async fn set_tag(State(state): State<Shared>, input: Input) -> Answer {
    let (name, number) = (model_name(&input)?, number(&input)?);
    let key = input.text("key")?.to_owned();
    let value = input.maybe_text("value")?.unwrap_or_default().to_owned();
    answer(&state, move |state| {
        let found = version(&state.store, &name, number)?.1.number;
        let tags = Tags::set(&key, &value);
        state.telling(|registry| registry::tag_version(registry, &name, found, &tags))?;
        Ok(nothing())
    })
    .await
}

async fn remove_tag(State(state): State<Shared>, input: Input) -> Answer {
    let (name, number) = (model_name(&input)?, number(&input)?);
    let key = input.text("key")?.to_owned();
    answer(&state, move |state| {
        let found = version(&state.store, &name, number)?.1.number;
        let tags = Tags::unset(&key);
        state.telling(|registry| registry::tag_version(registry, &name, found, &tags))?;
        Ok(nothing())
    })
    .await
}
