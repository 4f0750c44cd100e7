//! Models as a whole.

use axum::Extension;
use axum::extract::State;
use axum::http::Method;

use super::wire::{ModelVersion, Models, OneModel, RegisteredModel, Versions};
use super::{Answer, answer, check_name, filled, model_name, nothing, tags};
use crate::model::registry::{self, New, Tags};
use crate::model::search::{self, Query};
use crate::model::{Error, Stage, is_prompt};
use crate::server::limits::Limits;
use crate::server::mlflow::failure::{Code, Failure};
use crate::server::mlflow::input::Input;
use crate::server::mlflow::page;
use crate::server::mlflow::subject::Subject;
use crate::server::mlflow::webhooks::Tell;
use crate::server::route::{Right, Route};
use crate::server::state::Shared;
use crate::server::token::Kind;

/// So many models are on one page at most.
const MOST: i64 = 1000;
const USUAL: i64 = 100;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/2.0/mlflow/registered-models/create", Right::Write, create)
            .about(&[Subject::ChangedModel("name")]),
        Route::get("/api/2.0/mlflow/registered-models/get", Right::Read, get)
            .about(&[Subject::Model("name")]),
        Route::get("/api/2.0/mlflow/registered-models/search", Right::Read, find).within_limits(),
        Route::on(Method::PATCH, "/api/2.0/mlflow/registered-models/update", Right::Write, update)
            .about(&[Subject::ChangedModel("name")]),
        Route::post("/api/2.0/mlflow/registered-models/rename", Right::Write, rename)
            .about(&[Subject::ChangedModel("name"), Subject::ChangedModel("new_name")]),
        Route::on(Method::DELETE, "/api/2.0/mlflow/registered-models/delete", Right::Write, remove)
            .about(&[Subject::ChangedModel("name")]),
        Route::get(LATEST, Right::Read, latest).about(&[Subject::Model("name")]),
        Route::post(LATEST, Right::Read, latest).about(&[Subject::Model("name")]),
        Route::post("/api/2.0/mlflow/registered-models/set-tag", Right::Write, set_tag)
            .about(&[Subject::ChangedModel("name")]),
        Route::on(
            Method::DELETE,
            "/api/2.0/mlflow/registered-models/delete-tag",
            Right::Write,
            remove_tag,
        )
        .about(&[Subject::ChangedModel("name")]),
    ]
}

const LATEST: &str = "/api/2.0/mlflow/registered-models/get-latest-versions";

async fn create(State(state): State<Shared>, input: Input) -> Answer {
    let name = model_name(&input)?;
    let new =
        New { description: filled(&input, "description")?, tags: tags(&input)?, created: None };
    answer(&state, move |state| {
        let made = state.telling(|registry| registry::create(registry, &name, &new));
        let entry = made.map_err(|error| match error {
            Error::ModelExists { name, is_prompt: was } => taken(&name, was, is_prompt(&new.tags)),
            other => other.into(),
        })?;
        OneModel::of(&state.store, &entry)
    })
    .await
}

/// MLflow's words for a name that a model or a prompt has already.
fn taken(name: &str, was_prompt: bool, is_prompt: bool) -> Failure {
    let kind = |prompt| if prompt { "Prompt" } else { "Registered Model" };
    let message = match was_prompt == is_prompt {
        true => format!("{} (name={name}) already exists.", kind(is_prompt)),
        false => format!(
            "Tried to create a {} with name '{name}', but the name is already taken by a {}. MLflow does not allow creating a model and a prompt with the same name.",
            kind(is_prompt).to_lowercase(),
            kind(was_prompt).to_lowercase()
        ),
    };
    Failure::new(Code::ResourceAlreadyExists, message)
}

async fn get(State(state): State<Shared>, input: Input) -> Answer {
    let name = model_name(&input)?;
    answer(&state, move |state| OneModel::of(&state.store, &registry::get(&state.store, &name)?))
        .await
}

async fn find(
    State(state): State<Shared>,
    Extension(limits): Extension<Limits>,
    input: Input,
) -> Answer {
    let filter = input.maybe_text("filter")?.unwrap_or_default().to_owned();
    let limit = page::size(input.maybe_int("max_results")?.unwrap_or(USUAL), MOST)?;
    let offset = page::offset(input.maybe_text("page_token")?)?;
    let order_by = input.texts("order_by")?;
    answer(&state, move |state| {
        let among = |name: &str| limits.allow(Kind::Model, name);
        let query = Query { filter: &filter, order_by: &order_by, among: &among, offset, limit };
        let found = search::models(&state.store, &query)?;
        let models = found.items.iter().map(|entry| RegisteredModel::of(&state.store, entry));
        Ok(Models {
            registered_models: models.collect::<Result<_, _>>()?,
            next_page_token: found.more.then(|| page::token(offset + limit)),
        })
    })
    .await
}

async fn update(State(state): State<Shared>, input: Input) -> Answer {
    let name = model_name(&input)?;
    let description = filled(&input, "description")?;
    answer(&state, move |state| {
        let entry = registry::describe(&state.store, &name, description.as_deref())?;
        OneModel::of(&state.store, &entry)
    })
    .await
}

async fn rename(State(state): State<Shared>, input: Input) -> Answer {
    let name = model_name(&input)?;
    let new = input.text("new_name")?.to_owned();
    check_name(&new, "new_name")?;
    answer(&state, move |state| {
        let entry = registry::rename(&state.store, &name, &new)?;
        OneModel::of(&state.store, &entry)
    })
    .await
}

async fn remove(State(state): State<Shared>, input: Input) -> Answer {
    let name = model_name(&input)?;
    answer(&state, move |state| {
        registry::remove(&state.store, &name)?;
        Ok(nothing())
    })
    .await
}

async fn latest(State(state): State<Shared>, input: Input) -> Answer {
    let name = model_name(&input)?;
    let wanted = input.texts("stages")?;
    let wanted: Vec<Stage> =
        wanted.iter().map(|stage| stage.parse()).collect::<Result<_, Error>>()?;
    answer(&state, move |state| {
        let entry = registry::get(&state.store, &name)?;
        let mut found = entry.latest(&state.store)?;
        found.retain(|version| wanted.is_empty() || wanted.contains(&version.about.stage));
        let versions = found.into_iter().map(|version| {
            let aliases = entry.aliases_of(version.number);
            ModelVersion::of(version, aliases)
        });
        Ok(Versions { model_versions: versions.collect(), next_page_token: None })
    })
    .await
}

async fn set_tag(State(state): State<Shared>, input: Input) -> Answer {
    let name = model_name(&input)?;
    let key = input.text("key")?.to_owned();
    let value = input.maybe_text("value")?.unwrap_or_default().to_owned();
    answer(&state, move |state| {
        let tags = Tags::set(&key, &value);
        state.telling(|registry| registry::tag(registry, &name, &tags))?;
        Ok(nothing())
    })
    .await
}

async fn remove_tag(State(state): State<Shared>, input: Input) -> Answer {
    let name = model_name(&input)?;
    let key = input.text("key")?.to_owned();
    answer(&state, move |state| {
        let tags = Tags::unset(&key);
        state.telling(|registry| registry::tag(registry, &name, &tags))?;
        Ok(nothing())
    })
    .await
}
