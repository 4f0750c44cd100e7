//! Webhooks: who wants to be told of what happens in the registry, and telling them.
//!
//! `table` keeps who wants to know, `tell` has what they are to be told kept as `pending` together with the change that it is about,
//! `address` says where a message may go, `courier` brings it there. What a receiver answers is never shown to the one who asked for it.

mod address;
mod courier;
mod event;
mod pending;
mod table;
mod tell;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Method;
use serde_json::{Value, json};

use crate::server::mlflow::failure::Failure;
use crate::server::mlflow::input::{Input, missing};
use crate::server::mlflow::page;
use crate::server::route::{Right, Route};
use crate::server::state::{self, Shared, blocking};

pub(in crate::server) use courier::Courier;
use event::Event;
use table::{Edit, Hook, Secret};
pub(super) use tell::Tell;

const ALL: &str = "/api/2.0/mlflow/webhooks";
const ONE: &str = "/api/2.0/mlflow/webhooks/{id}";
/// So many webhooks are on one page at most.
const MOST: i64 = 1000;
const USUAL: i64 = 100;

/// Addresses may hold secrets and are kept where the operator alone should look, so all of it is the administrator's.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post(ALL, Right::Admin, create),
        Route::get(ALL, Right::Admin, list),
        Route::get(ONE, Right::Admin, get),
        Route::on(Method::PATCH, ONE, Right::Admin, update),
        Route::on(Method::DELETE, ONE, Right::Admin, remove),
        Route::post("/api/2.0/mlflow/webhooks/{id}/test", Right::Admin, test),
    ]
}

type Answer = Result<Json<Value>, Failure>;

async fn create(State(state): State<Shared>, input: Input) -> Answer {
    input.text("name")?;
    input.text("url")?;
    if !input.0.contains_key("events") {
        return Err(missing("events"));
    }
    let mut edit = edit(&input)?;
    if edit.events.is_none() {
        return Err(no_events());
    }
    edit.active.get_or_insert(true);
    blocking(&state, move |state| {
        check_url(state, &edit)?;
        Ok(Json(json!({ "webhook": wire(&table::create(&state.store, edit)?) })))
    })
    .await
}

async fn list(State(state): State<Shared>, input: Input) -> Answer {
    let limit = input.maybe_int("max_results")?.filter(|limit| *limit != 0).unwrap_or(USUAL);
    let limit = page::size(limit, MOST)?;
    let offset = page::offset(input.maybe_text("page_token")?)?;
    blocking(&state, move |state| {
        let mut found = table::list(&state.store, offset, limit + 1)?;
        let more = found.len() > limit;
        found.truncate(limit);
        let mut answer = json!({});
        if !found.is_empty() {
            answer["webhooks"] = found.iter().map(wire).collect();
        }
        if more {
            answer["next_page_token"] = page::token(offset + limit).into();
        }
        Ok(Json(answer))
    })
    .await
}

async fn get(State(state): State<Shared>, Path(id): Path<String>) -> Answer {
    blocking(&state, move |state| {
        Ok(Json(json!({ "webhook": wire(&table::get(&state.store, &id)?) })))
    })
    .await
}

async fn update(State(state): State<Shared>, Path(id): Path<String>, input: Input) -> Answer {
    let edit = edit(&input)?;
    blocking(&state, move |state| {
        table::get(&state.store, &id)?;
        check_url(state, &edit)?;
        Ok(Json(json!({ "webhook": wire(&table::update(&state.store, &id, &edit)?) })))
    })
    .await
}

async fn remove(State(state): State<Shared>, Path(id): Path<String>) -> Answer {
    blocking(&state, move |state| {
        table::remove(&state.store, &id)?;
        Ok(Json(json!({})))
    })
    .await
}

async fn test(State(state): State<Shared>, Path(id): Path<String>, input: Input) -> Answer {
    let asked = match input.0.get("event") {
        None | Some(Value::Null) => None,
        Some(Value::Object(fields)) => Some(event_of(&Input(fields.clone()))?),
        Some(_) => return Err(missing("event")),
    };
    let (hook, now) = blocking(&state, move |state| {
        table::get(&state.store, &id).map(|hook| (hook, state.store.now()))
    })
    .await?;
    let event = asked.or(hook.events.first().copied()).ok_or_else(no_events)?;
    let result = match state.courier.test(&hook, event, now).await {
        Ok(status) => json!({"success": status < 400, "response_status": status}),
        Err(reason) => {
            json!({"success": false, "error_message": format!("Failed to test webhook: {reason}")})
        }
    };
    Ok(Json(json!({ "result": result })))
}

fn check_url(state: &state::State, edit: &Edit) -> Result<(), Failure> {
    match &edit.url {
        Some(url) => state.courier.reach().check(url).map(|_| ()).map_err(Failure::invalid),
        None => Ok(()),
    }
}

/// Reads what a request sets.
fn edit(input: &Input) -> Result<Edit, Failure> {
    let text = |name| Ok::<_, Failure>(input.maybe_text(name)?.map(str::to_owned));
    let name = text("name")?.filter(|name| !name.is_empty());
    if let Some(name) = &name {
        check_name(name)?;
    }
    let events = input.objects("events")?;
    let events = events.iter().map(event_of).collect::<Result<Vec<_>, _>>()?;
    let active = match input.maybe_text("status")?.filter(|status| !status.is_empty()) {
        None => None,
        Some("ACTIVE") => Some(true),
        Some("DISABLED") => Some(false),
        Some(other) => return Err(Failure::invalid(format!("Invalid webhook status: {other}"))),
    };
    let long = |name: &'static str, limit: usize| -> Result<Option<String>, Failure> {
        match text(name)? {
            Some(text) if text.chars().count() > limit => Err(Failure::invalid(format!(
                "'{name}' exceeds the maximum length of {limit} characters"
            ))),
            other => Ok(other),
        }
    };
    Ok(Edit {
        name,
        url: long("url", 2048)?.filter(|url| !url.is_empty()),
        description: long("description", 1000)?,
        secret: long("secret", 1000)?.map(Secret),
        active,
        events: Some(events).filter(|events| !events.is_empty()),
    })
}

fn check_name(name: &str) -> Result<(), Failure> {
    let ends = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let within = |c: char| ends(c) || matches!(c, '.' | '_' | '-');
    match name.len() <= 63
        && name.starts_with(ends)
        && name.ends_with(ends)
        && name.chars().all(within)
    {
        true => Ok(()),
        false => Err(Failure::invalid(format!(
            "Webhook name '{name}' is invalid. It must start and end with a letter or digit, be less than 63 characters long, and contain only letters, digits, dots (.), underscores (_), and hyphens (-)."
        ))),
    }
}

fn event_of(input: &Input) -> Result<Event, Failure> {
    let (entity, action) = (input.text("entity")?, input.text("action")?);
    Event::of(entity, action).ok_or_else(|| {
        let (entity, action) = (entity.to_lowercase(), action.to_lowercase());
        Failure::invalid(format!("Invalid action '{action}' for entity '{entity}'."))
    })
}

fn no_events() -> Failure {
    Failure::invalid("Webhook events must be a non-empty list of WebhookEvent objects: [].")
}

/// Returns a webhook as MLflow's clients read it: all but the secret.
fn wire(hook: &Hook) -> Value {
    let event = |event: &Event| {
        let (entity, action) = event.words();
        json!({"entity": entity.to_uppercase(), "action": action.to_uppercase()})
    };
    let mut shown = json!({
        "webhook_id": hook.id,
        "name": hook.name,
        "url": hook.url,
        "events": hook.events.iter().map(event).collect::<Vec<_>>(),
        "status": if hook.active { "ACTIVE" } else { "DISABLED" },
        "creation_timestamp": hook.created,
        "last_updated_timestamp": hook.updated,
    });
    if !hook.description.is_empty() {
        shown["description"] = hook.description.clone().into();
    }
    shown
}
