//! Searching logged models: MLflow's grammar for them, over what their nodes say and what runs measured of them.
//!
//! A clause about a param, a tag or a metric that a model lacks does not hold, whatever it asks; of metrics one point that
//! holds is enough.

use std::cmp::Ordering;

use crate::store::{Store, refs};
use crate::track::filter::{
    self, Clause, Comparator, Expr, Literal, Name, ParseError, Test, TextTest, text_test,
};
use crate::track::logged::{LoggedModel, ModelId, ModelStatus, PREFIX};
use crate::track::{Error, ExperimentId};

/// A point that a run measured of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    pub key: String,
    pub value: f64,
    pub time: i64,
    pub step: i64,
    pub run: String,
    pub dataset_name: Option<String>,
    pub dataset_digest: Option<String>,
}

/// What a clause is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entity {
    Attribute(Attribute),
    Metric(String),
    Param(String),
    Tag(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribute {
    Id,
    Name,
    ExperimentId,
    ModelType,
    SourceRun,
    Status,
    StatusMessage,
    Created,
    Updated,
}

/// One question about a model.
#[derive(Debug, Clone, PartialEq)]
pub enum Comparison {
    Number { entity: Entity, comparator: Comparator, value: f64 },
    Text { entity: Entity, test: TextTest },
}

/// A data set that metrics must have been measured on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDataset {
    pub name: String,
    pub digest: Option<String>,
}

/// Sorts by one field; what lacks it comes last in both directions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub entity: Entity,
    pub descending: bool,
    pub dataset: Option<OnDataset>,
}

/// What is looked for.
#[derive(Debug, Clone)]
pub struct Query {
    pub experiments: Vec<ExperimentId>,
    pub filter: Expr<Comparison>,
    pub datasets: Vec<OnDataset>,
    pub order: Vec<Order>,
}

/// Parses a filter.
pub fn parse(text: &str) -> Result<Expr<Comparison>, ParseError> {
    filter::parse(text)?.try_map(&mut |clause| comparison(text, clause))
}

impl Order {
    /// Reads a field as MLflow names it: `metrics.KEY` or an attribute.
    pub fn field(text: &str) -> Option<Entity> {
        match text.split_once('.') {
            Some(("metrics", key)) => Some(Entity::Metric(key.trim_matches('`').to_owned())),
            Some(_) => None,
            None => attribute(text).map(Entity::Attribute),
        }
    }
}

fn attribute(key: &str) -> Option<Attribute> {
    Some(match key {
        "model_id" => Attribute::Id,
        "name" => Attribute::Name,
        "experiment_id" => Attribute::ExperimentId,
        "model_type" => Attribute::ModelType,
        "source_run_id" => Attribute::SourceRun,
        "status" => Attribute::Status,
        "status_message" => Attribute::StatusMessage,
        "creation_time" | "creation_timestamp" | "creation_timestamp_ms" => Attribute::Created,
        "last_updated_timestamp" | "last_updated_timestamp_ms" => Attribute::Updated,
        _ => return None,
    })
}

fn comparison(text: &str, clause: Clause) -> Result<Comparison, ParseError> {
    let Clause { name, test, test_at, value_at } = clause;
    let entity = entity(text, &name)?;
    let error = |at, reason: String| ParseError::new(text, at, reason);
    let number = matches!(
        entity,
        Entity::Metric(_) | Entity::Attribute(Attribute::Created | Attribute::Updated)
    );
    match test {
        Test::Null { .. } => Err(error(test_at, format!("`{name}` is not compared with NULL"))),
        Test::Compare(comparator, value) if number => {
            let digits = match value {
                Literal::Number(digits) | Literal::Text(digits) => digits,
            };
            let value = digits
                .parse()
                .map_err(|_| error(value_at, format!("`{name}` compares with a number")))?;
            Ok(Comparison::Number { entity, comparator, value })
        }
        _ if number => {
            Err(error(test_at, format!("`{name}` is a number, which LIKE and IN do not compare")))
        }
        Test::Compare(comparator, Literal::Number(digits)) => {
            let test = Test::Compare(comparator, Literal::Text(digits));
            Ok(Comparison::Text { entity, test: text_test(text, &name, test, test_at, value_at)? })
        }
        test => {
            Ok(Comparison::Text { entity, test: text_test(text, &name, test, test_at, value_at)? })
        }
    }
}

fn entity(text: &str, name: &Name) -> Result<Entity, ParseError> {
    let key = name.key.clone();
    match name.entity.as_deref() {
        Some("metrics") => Ok(Entity::Metric(key)),
        Some("params") => Ok(Entity::Param(key)),
        Some("tags") => Ok(Entity::Tag(key)),
        Some("attributes") | None => attribute(&key).map(Entity::Attribute).ok_or_else(|| {
            ParseError::new(text, name.at, format!("`{name}` is no attribute of a logged model"))
        }),
        Some(other) => {
            let known = "['attributes', 'metrics', 'params', 'tags']";
            let reason = format!("Invalid entity type: '{other}'. Expected one of {known}.");
            Err(ParseError::new(text, name.at, reason))
        }
    }
}

/// Returns the models that `query` asks for, in their order; `measured` tells what runs measured of one.
pub fn search(
    store: &Store,
    query: &Query,
    measured: &dyn Fn(&ModelId) -> Result<Vec<Measured>, Error>,
) -> Result<Vec<LoggedModel>, Error> {
    let wants_metrics = !query.datasets.is_empty()
        || query.order.iter().any(|order| matches!(order.entity, Entity::Metric(_)))
        || query
            .filter
            .leaves()
            .any(|leaf| matches!(leaf, Comparison::Number { entity: Entity::Metric(_), .. }));
    let mut found = vec![];
    for reference in refs::list(store, PREFIX)? {
        let model: LoggedModel = store.read_node(&reference.target)?;
        if model.deleted.is_some() || !query.experiments.contains(&model.experiment) {
            continue;
        }
        let points = if wants_metrics { measured(&model.id)? } else { vec![] };
        if holds(query, &model, &points) {
            found.push((model, points));
        }
    }
    found.sort_by(|(a, a_points), (b, b_points)| {
        let by = |order: &Order| compare(order, (a, a_points), (b, b_points));
        query
            .order
            .iter()
            .map(by)
            .find(|ordering| ordering.is_ne())
            .unwrap_or_else(|| b.created.cmp(&a.created).then_with(|| a.id.cmp(&b.id)))
    });
    Ok(found.into_iter().map(|(model, _)| model).collect())
}

fn holds(query: &Query, model: &LoggedModel, points: &[Measured]) -> bool {
    let about_metrics = query
        .filter
        .leaves()
        .any(|leaf| matches!(leaf, Comparison::Number { entity: Entity::Metric(_), .. }));
    let measured_on = query.datasets.is_empty()
        || about_metrics
        || points.iter().any(|point| is_on(&query.datasets, point));
    measured_on && all_hold(&query.filter, model, points, &query.datasets)
}

fn all_hold(
    expr: &Expr<Comparison>,
    model: &LoggedModel,
    points: &[Measured],
    datasets: &[OnDataset],
) -> bool {
    match expr {
        Expr::And(parts) => parts.iter().all(|part| all_hold(part, model, points, datasets)),
        Expr::Or(parts) => parts.iter().any(|part| all_hold(part, model, points, datasets)),
        Expr::Not(part) => !all_hold(part, model, points, datasets),
        Expr::Is(Comparison::Number { entity, comparator, value }) => match entity {
            Entity::Metric(key) => points
                .iter()
                .filter(|point| point.key == *key)
                .filter(|point| datasets.is_empty() || is_on(datasets, point))
                .any(|point| compares(point.value, *comparator, *value)),
            Entity::Attribute(Attribute::Created) => {
                compares(model.created as f64, *comparator, *value)
            }
            _ => compares(model.updated as f64, *comparator, *value),
        },
        Expr::Is(Comparison::Text { entity, test }) => match (entity, texts(model, entity)) {
            (Entity::Attribute(Attribute::Status), spellings) => match test {
                TextTest::NotEqual(_) | TextTest::Among { negated: true, .. } => {
                    spellings.iter().all(|text| test.holds(text))
                }
                _ => spellings.iter().any(|text| test.holds(text)),
            },
            (_, texts) => texts.iter().any(|text| test.holds(text)),
        },
    }
}

/// Returns the text of a field, if the model has it; a state has two spellings.
fn texts(model: &LoggedModel, entity: &Entity) -> Vec<String> {
    let text = match entity {
        Entity::Param(key) => model.params.get(key).cloned(),
        Entity::Tag(key) => model.tags.get(key).cloned(),
        Entity::Metric(_) => None,
        Entity::Attribute(attribute) => match attribute {
            Attribute::Id => Some(model.id.to_string()),
            Attribute::Name => Some(model.name.clone()),
            Attribute::ExperimentId => Some(model.experiment.to_string()),
            Attribute::ModelType => model.model_type.clone(),
            Attribute::SourceRun => model.source_run.clone(),
            Attribute::StatusMessage => model.status_message.clone(),
            Attribute::Status => return spellings(model.status),
            Attribute::Created | Attribute::Updated => None,
        },
    };
    text.into_iter().collect()
}

fn spellings(status: ModelStatus) -> Vec<String> {
    let short = match status {
        ModelStatus::Unspecified => "UNSPECIFIED",
        ModelStatus::Pending => "PENDING",
        ModelStatus::Ready => "READY",
        ModelStatus::Failed => "FAILED",
    };
    vec![short.to_owned(), status.as_str().to_owned(), status.number().to_string()]
}

fn is_on(datasets: &[OnDataset], point: &Measured) -> bool {
    datasets.iter().any(|dataset| {
        point.dataset_name.as_ref() == Some(&dataset.name)
            && (dataset.digest.is_none() || point.dataset_digest == dataset.digest)
    })
}

fn compares(value: f64, comparator: Comparator, wanted: f64) -> bool {
    match comparator {
        Comparator::Equal => value == wanted,
        Comparator::NotEqual => value != wanted,
        Comparator::Less => value < wanted,
        Comparator::LessOrEqual => value <= wanted,
        Comparator::Greater => value > wanted,
        Comparator::GreaterOrEqual => value >= wanted,
    }
}

type Candidate<'a> = (&'a LoggedModel, &'a [Measured]);

fn compare<'a>(
    order: &Order,
    (a, a_points): (&'a LoggedModel, &'a Vec<Measured>),
    (b, b_points): (&'a LoggedModel, &'a Vec<Measured>),
) -> Ordering {
    let turned = |ordering: Ordering| if order.descending { ordering.reverse() } else { ordering };
    let numbers = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) if a.is_nan() || b.is_nan() => a.is_nan().cmp(&b.is_nan()),
        (Some(a), Some(b)) => turned(a.total_cmp(&b)),
        (a, b) => b.is_some().cmp(&a.is_some()),
    };
    match &order.entity {
        Entity::Metric(key) => {
            let last = |(_, points): Candidate<'_>| last_of(points, key, order.dataset.as_ref());
            numbers(last((a, a_points)), last((b, b_points)))
        }
        Entity::Attribute(Attribute::Created) => turned(a.created.cmp(&b.created)),
        Entity::Attribute(Attribute::Updated) => turned(a.updated.cmp(&b.updated)),
        Entity::Attribute(Attribute::Status) => turned(a.status.number().cmp(&b.status.number())),
        entity => match (texts(a, entity).pop(), texts(b, entity).pop()) {
            (Some(a), Some(b)) => turned(a.cmp(&b)),
            (a, b) => b.is_some().cmp(&a.is_some()),
        },
    }
}

/// Returns the last value of a metric: by time, then step, then run.
fn last_of(points: &[Measured], key: &str, dataset: Option<&OnDataset>) -> Option<f64> {
    points
        .iter()
        .filter(|point| point.key == key)
        .filter(|point| dataset.is_none_or(|wanted| is_on(std::slice::from_ref(wanted), point)))
        .max_by(|a, b| (a.time, a.step).cmp(&(b.time, b.step)).then_with(|| b.run.cmp(&a.run)))
        .map(|point| point.value)
}
