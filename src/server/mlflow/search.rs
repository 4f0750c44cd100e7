//! `runs/search`

use axum::extract::State as Extracted;
use axum::{Extension, Json};
use serde::Serialize;
use serde_json::Value;

use crate::server::limits::Limits;
use crate::server::mlflow::experiment_search::{View, view};
use crate::server::mlflow::failure::Failure;
use crate::server::mlflow::input::Input;
use crate::server::mlflow::wire::{Homes, WireRun};
use crate::server::mlflow::{grammar, page, rules};
use crate::server::route::{Right, Route};
use crate::server::state::{Shared, blocking};
use crate::track::ExperimentId;
use crate::track::filter::{self, Order};
use crate::track::search::{self, Deleted, Query};

const DEFAULT: i64 = 1000;
const MOST: i64 = 50_000;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::post("/api/2.0/mlflow/runs/search", Right::Read, search).within_limits()]
}

#[derive(Debug, Default, Serialize)]
struct Found {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    runs: Vec<WireRun>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
}

async fn search(
    Extracted(state): Extracted<Shared>,
    Extension(limits): Extension<Limits>,
    input: Input,
) -> Result<Json<Found>, Failure> {
    let mut query = query(&input)?;
    blocking(&state, move |state| {
        limits.keep(&state.store, &mut query.experiments)?;
        // MLflow takes none as none, and not as all.
        if query.experiments.is_empty() {
            return Ok(Json(Found::default()));
        }
        let mut homes = Homes::default();
        let mut runs = vec![];
        let next = search::each(&state.store, &query, &mut |run| -> Result<(), Failure> {
            let home = homes.of(state, &run.experiment)?;
            runs.push(WireRun::of_listed(&run, home));
            Ok(())
        })?;
        Ok(Json(Found { runs, next_page_token: next.map(page::token) }))
    })
    .await
}

fn query(input: &Input) -> Result<Query, Failure> {
    let most = input.maybe_int("max_results")?.unwrap_or(DEFAULT);
    if most > MOST {
        return Err(rules::invalid(
            "max_results",
            &Value::from(most),
            " Hint: Value was of type 'int'. See the API docs for more information about request parameters.",
        ));
    }
    let limit = page::size(most, MOST)?;
    let offset = page::offset(input.maybe_text("page_token")?)?;
    let deleted = match view(input, "run_view_type")? {
        View::Active => Deleted::Without,
        View::Deleted => Deleted::Only,
        View::All => Deleted::With,
    };
    let filter = grammar::filter(input.maybe_text("filter")?.unwrap_or(""))?;
    let mut sort = vec![];
    for text in input.texts("order_by")? {
        sort.extend(order(&text)?);
    }
    let ids = input.texts("experiment_ids")?;
    let experiments = ids.iter().map(|id| experiment(id)).collect::<Result<_, _>>()?;
    Ok(Query { filter, experiments, sort, offset, limit: Some(limit), deleted })
}

fn experiment(id: &str) -> Result<ExperimentId, Failure> {
    id.parse().map_err(|_| {
        Failure::invalid(format!(
            "Invalid experiment ID '{id}'. Experiment ID must be a valid integer."
        ))
    })
}

fn order(text: &str) -> Result<Vec<Order>, Failure> {
    let orders = filter::parse_order(text)
        .map_err(|error| Failure::invalid(format!("Invalid order_by clause '{text}': {error}")))?;
    match orders.len() {
        1 => Ok(orders),
        _ => Err(Failure::invalid(format!("Invalid order_by clause '{text}'."))),
    }
}
