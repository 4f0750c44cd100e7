//! `runs/search`

use axum::Json;
use axum::extract::State as Extracted;
use serde::Serialize;
use serde_json::Value;

use crate::server::mlflow::experiment_search::{View, view};
use crate::server::mlflow::failure::Failure;
use crate::server::mlflow::input::Input;
use crate::server::mlflow::wire::{Homes, WireRun};
use crate::server::mlflow::{page, rules};
use crate::server::route::{Right, Route};
use crate::server::state::{Shared, blocking};
use crate::track::ExperimentId;
use crate::track::filter::{
    self, Attribute, Condition, Expr, Field, Filter, NumberField, Order, ParseError, TextField,
    TextTest,
};
use crate::track::search::{self, Deleted, Query};

const DEFAULT: i64 = 1000;
const MOST: i64 = 50_000;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::post("/api/2.0/mlflow/runs/search", Right::Read, search)]
}

#[derive(Debug, Default, Serialize)]
struct Found {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    runs: Vec<WireRun>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
}

async fn search(Extracted(state): Extracted<Shared>, input: Input) -> Result<Json<Found>, Failure> {
    let query = query(&input)?;
    // MLflow takes none as none, and not as all.
    if query.experiments.is_empty() {
        return Ok(Json(Found::default()));
    }
    blocking(&state, move |state| {
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
    let filter = filter(input.maybe_text("filter")?.unwrap_or(""))?;
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

fn wrong(error: &ParseError) -> Failure {
    Failure::invalid(format!("Invalid clause(s) in filter string: {error}"))
}

/// Parses a filter; what `mls` understands beyond MLflow is refused as MLflow refuses it.
fn filter(text: &str) -> Result<Filter, Failure> {
    let filter = filter::parse_runs(text).map_err(|error| wrong(&error))?;
    let joined =
        |word: &str| Err(Failure::invalid(format!("Invalid clause(s) in filter string: '{word}'")));
    match &filter {
        Expr::Or(_) => return joined("or"),
        Expr::Not(_) => return joined("not"),
        Expr::And(parts) => {
            for part in parts {
                match part {
                    Expr::Or(_) => return joined("or"),
                    Expr::Not(_) => return joined("not"),
                    Expr::And(_) => return joined("("),
                    Expr::Is(condition) => allowed(condition)?,
                }
            }
        }
        Expr::Is(condition) => allowed(condition)?,
    }
    Ok(filter)
}

fn allowed(condition: &Condition) -> Result<(), Failure> {
    let refused = |what: String| Err(Failure::invalid(what));
    match condition {
        Condition::Number { field: NumberField::Duration, .. } => {
            refused("Invalid attribute key 'duration' specified.".to_owned())
        }
        Condition::Present { field, .. } => match field {
            Field::Text(TextField::Param(_) | TextField::Tag(_)) => Ok(()),
            other => refused(format!(
                "Invalid comparator 'IS NULL' for '{other}'; only params and tags may be absent."
            )),
        },
        Condition::Text { field: TextField::Attribute(attribute), test } => match attribute {
            Attribute::Experiment | Attribute::ExperimentId => {
                refused(format!("Invalid attribute key '{}' specified.", attribute.as_str()))
            }
            Attribute::Id => Ok(()),
            _ if matches!(test, TextTest::Among { .. }) => refused(format!(
                "Only the attributes in {{'run_id'}} support comparison with a list of quoted string values; '{}' does not.",
                attribute.as_str()
            )),
            _ => Ok(()),
        },
        Condition::Text {
            field: TextField::Param(_) | TextField::Tag(_),
            test: TextTest::Among { .. },
        } => {
            refused("Invalid comparator 'IN' not one of '{'=', '!=', 'LIKE', 'ILIKE'}'".to_owned())
        }
        _ => Ok(()),
    }
}

fn order(text: &str) -> Result<Vec<Order>, Failure> {
    let orders = filter::parse_order(text)
        .map_err(|error| Failure::invalid(format!("Invalid order_by clause '{text}': {error}")))?;
    match orders.len() {
        1 => Ok(orders),
        _ => Err(Failure::invalid(format!("Invalid order_by clause '{text}'."))),
    }
}
