//! Aliases of models.

use axum::extract::State;
use axum::http::Method;

use super::wire::OneVersion;
use super::{Answer, answer, model_name, nothing, number, version};
use crate::model::name::{self, LATEST};
use crate::model::registry;
use crate::model::{Which, search};
use crate::server::mlflow::failure::Failure;
use crate::server::mlflow::input::Input;
use crate::server::mlflow::subject::Subject;
use crate::server::mlflow::webhooks::Tell;
use crate::server::route::{Right, Route};
use crate::server::state::Shared;

const ALIAS: &str = "/api/2.0/mlflow/registered-models/alias";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post(ALIAS, Right::Write, set).about(&[Subject::ChangedModel("name")]),
        Route::get(ALIAS, Right::Read, get).about(&[Subject::Model("name")]),
        Route::on(Method::DELETE, ALIAS, Right::Write, remove)
            .about(&[Subject::ChangedModel("name")]),
    ]
}

async fn set(State(state): State<Shared>, input: Input) -> Answer {
    let name = model_name(&input)?;
    let alias = alias(&input)?;
    match name::check_alias(&alias) {
        Ok(()) => {}
        Err(_) if alias.eq_ignore_ascii_case(LATEST) => {
            return Err(Failure::invalid("'latest' alias name (case insensitive) is reserved."));
        }
        Err(_) if name::number(&alias).is_some() => {
            return Err(Failure::invalid(format!("Version alias name '{alias}' is reserved.")));
        }
        Err(error) => return Err(error.into()),
    }
    let number = number(&input)?;
    answer(&state, move |state| {
        let (_, found) = version(&state.store, &name, number)?;
        state.telling(|registry| registry::set_alias(registry, &name, &alias, found.number))?;
        Ok(nothing())
    })
    .await
}

async fn get(State(state): State<Shared>, input: Input) -> Answer {
    let name = model_name(&input)?;
    let alias = alias(&input)?;
    answer(&state, move |state| {
        let which = match alias.eq_ignore_ascii_case(LATEST) {
            true => Which::Latest,
            false => Which::Alias(alias),
        };
        let (entry, version) = search::version(&state.store, &name, &which)?;
        Ok(OneVersion::of(&entry, version))
    })
    .await
}

async fn remove(State(state): State<Shared>, input: Input) -> Answer {
    let name = model_name(&input)?;
    let alias = alias(&input)?;
    answer(&state, move |state| {
        state.telling(|registry| registry::remove_alias(registry, &name, &alias))?;
        Ok(nothing())
    })
    .await
}

/// Returns the alias of a request, checked for its form and length with MLflow's words.
fn alias(input: &Input) -> Result<String, Failure> {
    let alias = input.text("alias")?;
    if !alias.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-') {
        return Err(Failure::invalid(format!(
            "Invalid alias name: '{alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-)."
        )));
    }
    if alias.chars().count() > 255 {
        return Err(Failure::invalid(
            "'Registered model alias name' exceeds the maximum length of 255 characters",
        ));
    }
    Ok(alias.to_owned())
}
