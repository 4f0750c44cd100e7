//! Searching logged models: the question as MLflow's client puts it, and pages that know which question they belong to.

use axum::extract::State;
use axum::{Extension, Json};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::server::limits::Limits;
use crate::server::mlflow::failure::Failure;
use crate::server::mlflow::input::Input;
use crate::server::mlflow::logged_models::wire::{self, measured};
use crate::server::state::{Shared, blocking};
use crate::track::logged::{self, OnDataset, Order, Query};

/// What MLflow answers where nothing is said.
const PAGE: usize = 100;

/// More is never answered at once.
const MOST: i64 = 50_000;

pub(super) async fn search(
    State(state): State<Shared>,
    Extension(limits): Extension<Limits>,
    input: Input,
) -> Result<Json<Value>, Failure> {
    let ids = input.texts("experiment_ids")?;
    if ids.is_empty() {
        return Err(crate::server::mlflow::input::missing("experiment_ids"));
    }
    let filter = input.maybe_text("filter")?.unwrap_or_default().to_owned();
    let mut query = Query {
        experiments: ids.iter().filter_map(|id| id.parse().ok()).collect(),
        filter: logged::parse(&filter).map_err(|error| {
            Failure::invalid(format!("Invalid filter string: '{}'. {error}", brief(&filter)))
        })?,
        datasets: input.objects("datasets")?.iter().map(dataset).collect::<Result<_, _>>()?,
        order: input.objects("order_by")?.iter().map(order).collect::<Result<_, _>>()?,
    };
    let size = match input.maybe_int("max_results")? {
        None | Some(0) => PAGE,
        Some(size) if (1..=MOST).contains(&size) => size as usize,
        Some(size) => {
            return Err(Failure::invalid(format!(
                "Invalid value for request parameter max_results. It must be at most {MOST}, but got value {size}"
            )));
        }
    };
    let question = json!({
        "experiment_ids": ids,
        "filter_string": (!filter.is_empty()).then_some(filter),
        "order_by": input.0.get("order_by").filter(|order| **order != json!([])),
    });
    let token = input.maybe_text("page_token")?.filter(|token| !token.is_empty());
    let start = token.map_or(Ok(0), |token| offset(token, &question))?;
    let (models, more) = blocking(&state, move |state| -> Result<_, Failure> {
        let store = &state.store;
        limits.keep(store, &mut query.experiments)?;
        let found = logged::search(store, &query, &|id| measured(store, id))?;
        let page = found.iter().skip(start).take(size);
        let models: Vec<wire::Model> =
            page.map(|model| wire::Model::read(store, model)).collect::<Result<_, _>>()?;
        Ok((models, found.len() > start.saturating_add(size)))
    })
    .await?;
    let mut answer = Map::new();
    if !models.is_empty() {
        answer.insert("models".to_owned(), json!(models));
    }
    if more {
        answer.insert("next_page_token".to_owned(), json!(page_token(question, start + size)));
    }
    Ok(Json(Value::Object(answer)))
}

fn dataset(input: &Input) -> Result<OnDataset, Failure> {
    match input.maybe_text("dataset_name")?.filter(|name| !name.is_empty()) {
        Some(name) => Ok(OnDataset { name: name.to_owned(), digest: digest(input)? }),
        None => Err(Failure::invalid("`dataset_name` in the `datasets` clause must be specified.")),
    }
}

fn digest(input: &Input) -> Result<Option<String>, Failure> {
    let digest = input.maybe_text("dataset_digest")?.filter(|digest| !digest.is_empty());
    Ok(digest.map(str::to_owned))
}

fn order(input: &Input) -> Result<Order, Failure> {
    let field = input.text("field_name")?;
    let entity = Order::field(field).ok_or_else(|| {
        let only = if field.contains('.') { ". Only metrics are supported." } else { "" };
        Failure::invalid(format!("Invalid order by field name: {}{only}", brief(field)))
    })?;
    let name = input.maybe_text("dataset_name")?.filter(|name| !name.is_empty());
    let dataset = match name {
        Some(name) => Some(OnDataset { name: name.to_owned(), digest: digest(input)? }),
        None => None,
    };
    Ok(Order { entity, descending: !input.maybe_bool("ascending")?.unwrap_or(true), dataset })
}

fn brief(text: &str) -> String {
    text.chars().take(200).collect()
}

/// A page belongs to one question, which it says itself; so it needs no secret.
fn page_token(mut question: Value, offset: usize) -> String {
    question["offset"] = json!(offset);
    STANDARD.encode(question.to_string())
}

fn offset(token: &str, question: &Value) -> Result<usize, Failure> {
    let bad = || Failure::invalid(format!("Invalid page token: {}", brief(token)));
    let bytes = STANDARD.decode(token).map_err(|_| bad())?;
    let mut told: Value = serde_json::from_slice(&bytes).map_err(|_| bad())?;
    let fields = told.as_object_mut().ok_or_else(bad)?;
    let offset =
        fields.shift_remove("offset").and_then(|offset| offset.as_u64()).ok_or_else(bad)?;
    for (field, what) in [
        ("experiment_ids", "Experiment IDs"),
        ("filter_string", "Filter string"),
        ("order_by", "Order by"),
    ] {
        if told[field] != question[field] {
            return Err(Failure::invalid(format!(
                "{what} in the page token do not match the requested one."
            )));
        }
    }
    Ok(offset as usize)
}
