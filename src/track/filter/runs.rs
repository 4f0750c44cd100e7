//! What a filter may ask of runs: MLflow's entities, keys and comparators, and a few more.
//!
//! Beyond MLflow: IN for every text, IS NULL for metrics, NaN and infinities, times as quoted dates, and the
//! attributes `experiment`, `experiment_id` and `duration`.

use std::fmt;

use crate::base::time;
use crate::track::filter::{
    Clause, Comparator, Expr, Literal, Name, ParseError, Pattern, Test, parse,
};

/// A filter that runs can be asked.
pub type Filter = Expr<Condition>;

/// One question about a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Holds for no run that lacks the number.
    Number { field: NumberField, comparator: Comparator, value: f64 },
    /// Holds for no run that lacks the text; of datasets, if it holds for any.
    Text { field: TextField, test: TextTest },
    /// Holds where the run has the field, or where it lacks it.
    Present { field: Field, present: bool },
}

#[derive(Debug, Clone, PartialEq)]
pub enum TextTest {
    Equal(String),
    NotEqual(String),
    Like(Pattern),
    Among { values: Vec<String>, negated: bool },
}

/// What a run can be asked for, or sorted by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Field {
    Number(NumberField),
    Text(TextField),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum NumberField {
    /// The last value of a metric.
    Metric(String),
    Started,
    Ended,
    Duration,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TextField {
    Param(String),
    Tag(String),
    Attribute(Attribute),
    Dataset(DatasetField),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Attribute {
    Id,
    Name,
    User,
    Status,
    ArtifactUri,
    Experiment,
    ExperimentId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DatasetField {
    Name,
    Digest,
    Context,
}

/// Parses a filter about runs.
pub fn parse_runs(text: &str) -> Result<Filter, ParseError> {
    parse(text)?.try_map(&mut |clause| condition(text, clause))
}

/// Returns what `name`, which stands in `text`, means of a run.
pub fn field(text: &str, name: &Name) -> Result<Field, ParseError> {
    let key = || name.key.clone();
    let Some(entity) = &name.entity else {
        return attribute(text, name);
    };
    match entity.to_ascii_lowercase().as_str() {
        "metric" | "metrics" => Ok(NumberField::Metric(key()).into()),
        "param" | "params" | "parameter" | "parameters" => Ok(TextField::Param(key()).into()),
        // MLflow keeps the name of a run twice, as a tag too.
        "tag" | "tags" if name.key == "mlflow.runName" => {
            Ok(TextField::Attribute(Attribute::Name).into())
        }
        "tag" | "tags" => Ok(TextField::Tag(key()).into()),
        "attribute" | "attributes" | "attr" | "run" => attribute(text, name),
        "dataset" | "datasets" => dataset(text, name),
        _ => {
            let known = "metrics, params, tags, attributes and datasets";
            Err(error(text, name.at, format!("a run has no `{}`, but {known}", brief(entity))))
        }
    }
}

fn attribute(text: &str, name: &Name) -> Result<Field, ParseError> {
    let attribute = match name.key.to_ascii_lowercase().as_str() {
        "start_time" | "created" | "started" | "started_at" => {
            return Ok(Field::Number(NumberField::Started));
        }
        "end_time" | "ended" | "ended_at" => return Ok(Field::Number(NumberField::Ended)),
        "duration" => return Ok(Field::Number(NumberField::Duration)),
        "run_id" | "id" | "run_uuid" => Attribute::Id,
        "run_name" | "run name" | "name" => Attribute::Name,
        "user_id" | "user" => Attribute::User,
        "status" => Attribute::Status,
        "artifact_uri" => Attribute::ArtifactUri,
        "experiment" | "experiment_name" => Attribute::Experiment,
        "experiment_id" => Attribute::ExperimentId,
        _ => {
            let key = brief(&name.key);
            let reason = format!(
                "`{key}` is no attribute of a run; others are written metrics.KEY, params.KEY, tags.KEY"
            );
            return Err(error(text, name.at, reason));
        }
    };
    Ok(Field::Text(TextField::Attribute(attribute)))
}

fn dataset(text: &str, name: &Name) -> Result<Field, ParseError> {
    let field = match name.key.as_str() {
        "name" => DatasetField::Name,
        "digest" => DatasetField::Digest,
        "context" => DatasetField::Context,
        key => {
            let reason = format!("a dataset has no `{}`, but name, digest, context", brief(key));
            return Err(error(text, name.at, reason));
        }
    };
    Ok(Field::Text(TextField::Dataset(field)))
}

fn condition(text: &str, clause: Clause) -> Result<Condition, ParseError> {
    let field = field(text, &clause.name)?;
    let Clause { name, test, test_at, value_at } = clause;
    match (field, test) {
        (field, Test::Null { negated }) => Ok(Condition::Present { field, present: negated }),
        (Field::Number(field), Test::Compare(comparator, value)) => {
            let value = number(text, &field, &name, value, value_at)?;
            Ok(Condition::Number { field, comparator, value })
        }
        (Field::Number(_), _) => {
            let reason = format!("`{name}` is a number, which LIKE and IN do not compare");
            Err(error(text, test_at, reason))
        }
        (Field::Text(field), test) => {
            let test = text_test(text, &name, test, test_at, value_at)?;
            Ok(Condition::Text { field, test })
        }
    }
}

fn number(
    text: &str,
    field: &NumberField,
    name: &Name,
    value: Literal,
    at: usize,
) -> Result<f64, ParseError> {
    let is_time = matches!(field, NumberField::Started | NumberField::Ended);
    match value {
        Literal::Number(digits) => Ok(digits.parse().expect("the lexer has tried it")),
        Literal::Text(date) if is_time => moment(&date).ok_or_else(|| {
            let wanted = "milliseconds since 1970, or a time such as '2026-11-22T09:00:00Z'";
            error(text, at, format!("`{name}` compares with {wanted}; `{}` is none", brief(&date)))
        }),
        Literal::Text(_) => {
            Err(error(text, at, format!("`{name}` compares with a number, not with a quoted text")))
        }
    }
}

/// A time, or a day that begins at midnight UTC.
fn moment(date: &str) -> Option<f64> {
    time::parse(date).or_else(|| time::parse(&format!("{date}T00:00:00Z"))).map(|at| at as f64)
}

/// Reads a question about a text; the caller has dealt with NULL.
pub(in crate::track) fn text_test(
    text: &str,
    name: &Name,
    test: Test,
    test_at: usize,
    value_at: usize,
) -> Result<TextTest, ParseError> {
    match test {
        Test::Compare(Comparator::Equal, Literal::Text(value)) => Ok(TextTest::Equal(value)),
        Test::Compare(Comparator::NotEqual, Literal::Text(value)) => Ok(TextTest::NotEqual(value)),
        Test::Compare(Comparator::Equal | Comparator::NotEqual, Literal::Number(number)) => {
            let reason = format!("`{name}` is a text and compares with a quoted one: '{number}'");
            Err(error(text, value_at, reason))
        }
        Test::Compare(comparator, _) => {
            let known = "=, !=, LIKE, ILIKE, IN and NOT IN";
            let reason =
                format!("`{name}` is a text, which `{comparator}` does not compare; {known} do");
            Err(error(text, test_at, reason))
        }
        Test::Like { pattern, any_case } => Pattern::new(&pattern, any_case)
            .map(TextTest::Like)
            .map_err(|reason| error(text, value_at, reason)),
        Test::Among { values, negated } => Ok(TextTest::Among { values, negated }),
        Test::Null { .. } => unreachable!("`condition` has taken it"),
    }
}

impl From<NumberField> for Field {
    fn from(field: NumberField) -> Self {
        Self::Number(field)
    }
}

impl From<TextField> for Field {
    fn from(field: TextField) -> Self {
        Self::Text(field)
    }
}

impl Condition {
    /// Returns what is asked about.
    pub fn field(&self) -> Field {
        match self {
            Self::Number { field, .. } => field.clone().into(),
            Self::Text { field, .. } => field.clone().into(),
            Self::Present { field, .. } => field.clone(),
        }
    }
}

impl TextTest {
    /// Tells whether `value` passes.
    pub fn holds(&self, value: &str) -> bool {
        match self {
            Self::Equal(wanted) => value == wanted,
            Self::NotEqual(unwanted) => value != unwanted,
            Self::Like(pattern) => pattern.matches(value),
            Self::Among { values, negated } => {
                values.iter().any(|wanted| wanted == value) != *negated
            }
        }
    }
}

impl fmt::Display for Field {
    /// Prints the name as a filter and a sort order take it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (entity, key) = match self {
            Self::Number(NumberField::Metric(key)) => ("metrics", key.as_str()),
            Self::Number(NumberField::Started) => ("attributes", "start_time"),
            Self::Number(NumberField::Ended) => ("attributes", "end_time"),
            Self::Number(NumberField::Duration) => ("attributes", "duration"),
            Self::Text(TextField::Param(key)) => ("params", key.as_str()),
            Self::Text(TextField::Tag(key)) => ("tags", key.as_str()),
            Self::Text(TextField::Attribute(attribute)) => ("attributes", attribute.as_str()),
            Self::Text(TextField::Dataset(field)) => ("datasets", field.as_str()),
        };
        let name = Name { entity: Some(entity.to_owned()), key: key.to_owned(), at: 0 };
        name.fmt(f)
    }
}

impl Attribute {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Id => "run_id",
            Self::Name => "run_name",
            Self::User => "user_id",
            Self::Status => "status",
            Self::ArtifactUri => "artifact_uri",
            Self::Experiment => "experiment",
            Self::ExperimentId => "experiment_id",
        }
    }
}

impl DatasetField {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Digest => "digest",
            Self::Context => "context",
        }
    }
}

fn brief(text: &str) -> String {
    super::lex::brief(text)
}

fn error(text: &str, at: usize, reason: impl Into<String>) -> ParseError {
    ParseError::new(text, at, reason)
}
