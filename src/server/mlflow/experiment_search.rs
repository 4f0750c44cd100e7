//! `experiments/search`: MLflow's grammar over what experiments have.

use std::cmp::Ordering;

use axum::extract::State as Extracted;
use axum::{Extension, Json};
use serde::Serialize;

use crate::server::limits::Limits;
use crate::server::mlflow::experiments::Wire;
use crate::server::mlflow::failure::Failure;
use crate::server::mlflow::input::Input;
use crate::server::mlflow::page;
use crate::server::route::{Right, Route};
use crate::server::state::{Shared, blocking};
use crate::server::token::Kind;
use crate::track::filter::{self, Clause, Comparator, Expr, Literal, Pattern, Test};
use crate::track::{Experiment, experiment};

const MOST: i64 = 50_000;

pub(super) fn routes() -> Vec<Route> {
    let path = "/api/2.0/mlflow/experiments/search";
    vec![
        Route::get(path, Right::Read, search).within_limits(),
        Route::post(path, Right::Read, search).within_limits(),
    ]
}

#[derive(Debug, Serialize)]
struct Found {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    experiments: Vec<Wire>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
}

/// Which of those that were removed are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    Active,
    Deleted,
    All,
}

/// Reads a view by its name or its number.
pub(super) fn view(input: &Input, name: &str) -> Result<View, Failure> {
    use serde_json::Value;
    let word = match input.0.get(name) {
        None | Some(Value::Null) => return Ok(View::Active),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    match word.as_str() {
        "ACTIVE_ONLY" | "1" | "" => Ok(View::Active),
        "DELETED_ONLY" | "2" => Ok(View::Deleted),
        "ALL" | "3" => Ok(View::All),
        _ => Err(Failure::invalid(format!(
            "Invalid value '{word}' for parameter '{name}' supplied."
        ))),
    }
}

async fn search(
    Extracted(state): Extracted<Shared>,
    Extension(limits): Extension<Limits>,
    input: Input,
) -> Result<Json<Found>, Failure> {
    let most = page::size(input.maybe_int("max_results")?.unwrap_or(0), MOST)?;
    let offset = page::offset(input.maybe_text("page_token")?)?;
    let view = view(&input, "view_type")?;
    let text = input.maybe_text("filter")?.unwrap_or("").to_owned();
    let filter = parse(&text)?;
    let orders: Vec<Order> =
        input.texts("order_by")?.iter().map(|text| order(text)).collect::<Result<_, _>>()?;
    blocking(&state, move |state| {
        let mut found = experiment::list(&state.store, true)?;
        found.retain(|experiment| limits.allow(Kind::Experiment, &experiment.name));
        found.retain(|experiment| match view {
            View::Active => experiment.deleted.is_none(),
            View::Deleted => experiment.deleted.is_some(),
            View::All => true,
        });
        found.retain(|experiment| filter.iter().all(|condition| condition.holds(experiment)));
        found.sort_by(|a, b| compare(&orders, a, b));
        let next = offset.saturating_add(most);
        let next_page_token = (found.len() > next).then(|| page::token(next));
        let experiments = found.iter().skip(offset).take(most).map(Wire::from).collect();
        Ok(Json(Found { experiments, next_page_token }))
    })
    .await
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attribute {
    Name,
    Id,
    Created,
    Edited,
}

#[derive(Debug)]
enum Condition {
    Number(Attribute, Comparator, f64),
    Text(Attribute, TextTest),
    Tag(String, TextTest),
    HasTag(String, bool),
}

#[derive(Debug)]
enum TextTest {
    Equal(String),
    Unequal(String),
    Like(Pattern),
    Among(Vec<String>, bool),
}

impl TextTest {
    fn holds(&self, text: &str) -> bool {
        match self {
            Self::Equal(wanted) => text == wanted,
            Self::Unequal(wanted) => text != wanted,
            Self::Like(pattern) => pattern.matches(text),
            Self::Among(values, negated) => values.iter().any(|value| value == text) != *negated,
        }
    }
}

impl Condition {
    fn holds(&self, experiment: &Experiment) -> bool {
        match self {
            Self::Number(Attribute::Created, comparator, value) => {
                comparator.holds(experiment.created as f64, *value)
            }
            Self::Number(_, comparator, value) => {
                comparator.holds(experiment.edited as f64, *value)
            }
            Self::Text(Attribute::Id, test) => test.holds(experiment.id.as_str()),
            Self::Text(_, test) => test.holds(&experiment.name),
            Self::Tag(key, test) => experiment.tags.get(key).is_some_and(|value| test.holds(value)),
            Self::HasTag(key, has) => experiment.tags.contains_key(key) == *has,
        }
    }
}

fn attribute(key: &str) -> Result<Attribute, Failure> {
    match key {
        "name" => Ok(Attribute::Name),
        "experiment_id" => Ok(Attribute::Id),
        "creation_time" => Ok(Attribute::Created),
        "last_update_time" => Ok(Attribute::Edited),
        _ => Err(Failure::invalid(format!(
            "Invalid attribute key '{key}' specified. Valid keys are '{{'name', 'experiment_id', 'creation_time', 'last_update_time'}}'"
        ))),
    }
}

fn parse(text: &str) -> Result<Vec<Condition>, Failure> {
    let parsed = filter::parse(text).map_err(|error| {
        Failure::invalid(format!("Invalid clause(s) in filter string: {error}"))
    })?;
    let parts = match parsed {
        Expr::And(parts) => parts,
        one => vec![one],
    };
    parts
        .into_iter()
        .map(|part| match part {
            Expr::Is(clause) => condition(clause),
            _ => {
                Err(Failure::invalid("Invalid clause(s) in filter string: only AND joins clauses"))
            }
        })
        .collect()
}

fn condition(clause: Clause) -> Result<Condition, Failure> {
    let Clause { name, test, .. } = clause;
    match name.entity.as_deref() {
        Some("tag" | "tags") => Ok(match test {
            Test::Null { negated } => Condition::HasTag(name.key, negated),
            test => Condition::Tag(name.key.clone(), text_test(&name.key, test)?),
        }),
        None | Some("attribute" | "attributes" | "attr") => match attribute(&name.key)? {
            at @ (Attribute::Created | Attribute::Edited) => match test {
                Test::Compare(comparator, Literal::Number(number)) => {
                    Ok(Condition::Number(at, comparator, number.parse().unwrap_or(f64::NAN)))
                }
                _ => Err(Failure::invalid(format!(
                    "Expected numeric value type for numeric attribute: {}.",
                    name.key
                ))),
            },
            Attribute::Name if matches!(test, Test::Among { .. }) => Err(Failure::invalid(
                "Only ['experiment_id'] attributes support comparison with a list of quoted string values.",
            )),
            at => Ok(Condition::Text(at, text_test(&name.key, test)?)),
        },
        Some(entity) => Err(Failure::invalid(format!(
            "Invalid entity type '{entity}'. Valid entity types are ('attribute', 'tag', 'tags')"
        ))),
    }
}

fn text_test(key: &str, test: Test) -> Result<TextTest, Failure> {
    Ok(match test {
        Test::Compare(Comparator::Equal, Literal::Text(text)) => TextTest::Equal(text),
        Test::Compare(Comparator::NotEqual, Literal::Text(text)) => TextTest::Unequal(text),
        Test::Compare(Comparator::Equal | Comparator::NotEqual, Literal::Number(number)) => {
            return Err(Failure::invalid(format!(
                "Expected a quoted string value for attributes. Got value {number}"
            )));
        }
        Test::Compare(comparator, _) => {
            return Err(Failure::invalid(format!(
                "Invalid comparator '{comparator}' not one of '{{'!=', '=', 'LIKE', 'ILIKE', 'IN', 'NOT IN'}}'"
            )));
        }
        Test::Like { pattern, any_case } => {
            TextTest::Like(Pattern::new(&pattern, any_case).map_err(Failure::invalid)?)
        }
        Test::Among { values, negated } => TextTest::Among(values, negated),
        Test::Null { .. } => {
            return Err(Failure::invalid(format!(
                "IS NULL / IS NOT NULL is only supported for tags, not for attribute '{key}'"
            )));
        }
    })
}

type Order = (Attribute, bool);

fn order(text: &str) -> Result<Order, Failure> {
    let text = text.trim();
    let (name, descending) = match text.rsplit_once(char::is_whitespace) {
        Some((name, word)) if word.eq_ignore_ascii_case("desc") => (name, true),
        Some((name, word)) if word.eq_ignore_ascii_case("asc") => (name, false),
        _ => (text, false),
    };
    let name = name.trim();
    let key = name.strip_prefix("attributes.").or(name.strip_prefix("attribute."));
    if name.starts_with("tag") {
        return Err(Failure::invalid("Invalid order_by entity: tag"));
    }
    let key = key.unwrap_or(name).trim_matches('`');
    Ok((attribute(key)?, descending))
}

fn compare(orders: &[Order], a: &Experiment, b: &Experiment) -> Ordering {
    // Ids are numbers to MLflow.
    let id = |experiment: &Experiment| {
        (experiment.id.as_str().parse::<i64>().unwrap_or(i64::MAX), experiment.id.clone())
    };
    for (at, descending) in orders {
        let ordering = match at {
            Attribute::Name => a.name.cmp(&b.name),
            Attribute::Id => id(a).cmp(&id(b)),
            Attribute::Created => a.created.cmp(&b.created),
            Attribute::Edited => a.edited.cmp(&b.edited),
        };
        let ordering = if *descending { ordering.reverse() } else { ordering };
        if ordering.is_ne() {
            return ordering;
        }
    }
    match orders.is_empty() {
        true => b.created.cmp(&a.created).then_with(|| id(a).cmp(&id(b))),
        false => id(b).cmp(&id(a)),
    }
}
