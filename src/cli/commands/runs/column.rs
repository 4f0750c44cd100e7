//! The columns of `mls runs`: which there are, which are shown, what stands in them.

use std::collections::{BTreeSet, HashMap, HashSet};

use mls::base::time;
use mls::track::filter::{self, Attribute, Field, Name, NumberField, ParseError, TextField};
use mls::track::{Listed, Status};

use crate::cli::error::CommandError;
use crate::cli::style::{BAD, GOOD, LITERAL, PLAIN, WARNING};
use crate::cli::table::{self, Cell};
use crate::cli::{json, text};

/// One column. The order is the order of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Column {
    Id,
    Name,
    Experiment,
    ExperimentId,
    Status,
    User,
    Started,
    Ended,
    Duration,
    Parent,
    Artifacts,
    Removed,
    Metric(String),
    Param(String),
    Tag(String),
}

/// What `--columns` names: a column, all of a kind, or a key whose kind the runs tell.
#[derive(Debug, Clone)]
pub(super) enum Wanted {
    Column(Column),
    Metrics,
    Params,
    Tags,
    Key { key: String, unknown: ParseError },
}

/// The keys that some runs have.
#[derive(Debug, Default)]
pub(super) struct Keys {
    pub(super) metrics: BTreeSet<String>,
    pub(super) params: BTreeSet<String>,
    pub(super) tags: BTreeSet<String>,
}

/// Where there is no terminal to fit, a table has at most so many metrics, params and tags.
const MOST_UNBOUNDED: usize = 12;

/// A name or a value beyond this does not widen its column when columns are chosen.
const WIDEST: usize = 24;

const NAMED: [(&str, Column); 12] = [
    ("id", Column::Id),
    ("name", Column::Name),
    ("experiment", Column::Experiment),
    ("experiment_id", Column::ExperimentId),
    ("status", Column::Status),
    ("user", Column::User),
    ("started_at", Column::Started),
    ("ended_at", Column::Ended),
    ("duration", Column::Duration),
    ("parent", Column::Parent),
    ("artifacts", Column::Artifacts),
    ("removed_at", Column::Removed),
];

/// Reads `--columns`.
pub(super) fn parse(text: &str) -> Result<Vec<Wanted>, CommandError> {
    let read = || -> Result<Vec<Wanted>, ParseError> {
        let names = filter::parse_names(text)?;
        names.into_iter().map(|name| wanted(text, name)).collect()
    };
    read().map_err(|error| mls::track::Error::from(error).into())
}

fn wanted(text: &str, name: Name) -> Result<Wanted, ParseError> {
    let named = |(known, _): &&(&str, Column)| name.entity.is_none() && *known == name.key;
    if let Some((_, column)) = NAMED.iter().find(named) {
        return Ok(Wanted::Column(column.clone()));
    }
    match (name.entity.as_deref(), name.key.as_str()) {
        (None, "metrics") => return Ok(Wanted::Metrics),
        (None, "params") => return Ok(Wanted::Params),
        (None, "tags") => return Ok(Wanted::Tags),
        _ => {}
    }
    match filter::field(text, &name) {
        Ok(field) => of_field(field).map(Wanted::Column).ok_or_else(|| {
            ParseError::new(text, name.at, format!("`{name}` is no column of runs"))
        }),
        Err(unknown) if name.entity.is_none() => Ok(Wanted::Key { key: name.key, unknown }),
        Err(unknown) => Err(unknown),
    }
}

fn of_field(field: Field) -> Option<Column> {
    Some(match field {
        Field::Number(NumberField::Metric(key)) => Column::Metric(key),
        Field::Number(NumberField::Started) => Column::Started,
        Field::Number(NumberField::Ended) => Column::Ended,
        Field::Number(NumberField::Duration) => Column::Duration,
        Field::Text(TextField::Param(key)) => Column::Param(key),
        Field::Text(TextField::Tag(key)) => Column::Tag(key),
        Field::Text(TextField::Attribute(attribute)) => match attribute {
            Attribute::Id => Column::Id,
            Attribute::Name => Column::Name,
            Attribute::User => Column::User,
            Attribute::Status => Column::Status,
            Attribute::Experiment => Column::Experiment,
            Attribute::ExperimentId => Column::ExperimentId,
            Attribute::ArtifactUri => return None,
        },
        Field::Text(TextField::Dataset(_)) => return None,
    })
}

/// Finds out what the names of `--columns` mean for runs that have `keys`.
pub(super) fn find(wanted: &[Wanted], keys: &Keys) -> Result<Vec<Column>, CommandError> {
    let all = |keys: &BTreeSet<String>, kind: fn(String) -> Column| {
        keys.iter().cloned().map(kind).collect::<Vec<_>>()
    };
    let mut columns = Vec::new();
    for wanted in wanted {
        match wanted {
            Wanted::Column(column) => columns.push(column.clone()),
            Wanted::Metrics => columns.extend(all(&keys.metrics, Column::Metric)),
            Wanted::Params => columns.extend(all(&keys.params, Column::Param)),
            Wanted::Tags => columns.extend(all(&keys.tags, Column::Tag)),
            Wanted::Key { key, .. } if keys.metrics.contains(key) => {
                columns.push(Column::Metric(key.clone()));
            }
            Wanted::Key { key, .. } if keys.params.contains(key) => {
                columns.push(Column::Param(key.clone()));
            }
            Wanted::Key { key, .. } if keys.tags.contains(key) => {
                columns.push(Column::Tag(key.clone()));
            }
            Wanted::Key { unknown, .. } => {
                return Err(mls::track::Error::from(unknown.clone()).into());
            }
        }
    }
    Ok(columns)
}

impl Keys {
    pub(super) fn of(runs: &[Listed]) -> Self {
        let mut keys = Self::default();
        runs.iter().for_each(|run| keys.add(run));
        keys
    }

    pub(super) fn add(&mut self, run: &Listed) {
        fn add<V>(set: &mut BTreeSet<String>, map: &std::collections::BTreeMap<String, V>) {
            for key in map.keys() {
                if !set.contains(key) {
                    set.insert(key.clone());
                }
            }
        }
        add(&mut self.metrics, &run.metrics);
        add(&mut self.params, &run.params);
        add(&mut self.tags, &run.tags);
    }
}

/// Returns the columns that say most and find room: `first`, then metrics and params that tell the runs apart.
pub(super) fn fitting(
    runs: &[Listed],
    first: &[Column],
    width: Option<usize>,
    now: i64,
) -> Vec<Column> {
    let mut columns =
        vec![Column::Id, Column::Name, Column::Status, Column::Started, Column::Duration];
    if super::several_experiments(runs) {
        columns.insert(2, Column::Experiment);
    }
    let mut used: usize = columns.iter().map(|column| column.width(runs, now) + 2).sum();
    let mut chosen = 0;
    for column in candidates(runs, first) {
        let wide = column.width(runs, now) + 2;
        let fits = match width {
            Some(width) => used + wide <= width + 2,
            None => chosen < MOST_UNBOUNDED,
        };
        if fits {
            (used, chosen) = (used + wide, chosen + 1);
            columns.push(column);
        }
    }
    let fixed = columns.len() - chosen;
    columns[fixed..].sort();
    columns
}

/// Metrics and params in turn, those of most runs first.
fn candidates(runs: &[Listed], first: &[Column]) -> Vec<Column> {
    let mut metrics: HashMap<&String, usize> = HashMap::new();
    let mut params: HashMap<&String, (usize, HashSet<&String>)> = HashMap::new();
    for run in runs {
        run.metrics.keys().for_each(|key| *metrics.entry(key).or_default() += 1);
        for (key, value) in &run.params {
            let (count, values) = params.entry(key).or_default();
            *count += 1;
            values.insert(value);
        }
    }
    let mut metrics: Vec<_> = metrics.into_iter().collect();
    metrics.sort_by_key(|(key, count)| (key.starts_with("system/"), usize::MAX - count, *key));
    let mut params: Vec<_> = params.into_iter().collect();
    // A param that is the same everywhere tells nothing.
    params
        .retain(|(_, (count, values))| values.len() > 1 || *count < runs.len() || runs.len() == 1);
    params.sort_by_key(|(key, (count, _))| (usize::MAX - count, *key));
    let mut metrics = metrics.into_iter().map(|(key, _)| Column::Metric(key.clone()));
    let mut params = params.into_iter().map(|(key, _)| Column::Param(key.clone()));
    let mut all = first.to_vec();
    loop {
        let turn = [metrics.next(), params.next()];
        if turn == [None, None] {
            let mut seen = HashSet::new();
            all.retain(|column| seen.insert(column.clone()));
            return all;
        }
        all.extend(turn.into_iter().flatten());
    }
}

impl Column {
    /// The columns that every run has something for, as csv has them.
    pub(super) fn fixed() -> Vec<Self> {
        vec![Self::Id, Self::Name, Self::Experiment, Self::Status, Self::Started, Self::Ended]
    }

    pub(super) fn header(&self) -> table::Column {
        match self {
            Self::Metric(key) => table::Column::new(&self.name()).title(key).right(),
            Self::Param(key) | Self::Tag(key) => table::Column::new(&self.name()).title(key).cut(),
            Self::Started => table::Column::new("started_at").title("STARTED"),
            Self::Ended => table::Column::new("ended_at").title("ENDED"),
            Self::Removed => table::Column::new("removed_at").title("REMOVED"),
            Self::Duration => table::Column::new("duration").right(),
            Self::Name | Self::Experiment | Self::User => table::Column::new(&self.name()).cut(),
            _ => table::Column::new(&self.name()),
        }
    }

    /// Returns the name that csv has and `--columns` takes.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Metric(key) => format!("metrics.{key}"),
            Self::Param(key) => format!("params.{key}"),
            Self::Tag(key) => format!("tags.{key}"),
            fixed => {
                let found = NAMED.iter().find(|(_, column)| column == fixed);
                found.map(|(name, _)| (*name).to_owned()).expect("all others are named")
            }
        }
    }

    pub(super) fn cell(&self, run: &Listed, now: i64) -> Cell {
        let moment = |at: Option<i64>| match at {
            Some(at) => Cell::new(time::ago(at, now)).raw(time::rfc3339(at)),
            None => Cell::new("").raw(""),
        };
        match self {
            Self::Id => Cell::new(&run.id.as_str()[..12]).raw(run.id.as_str()).style(LITERAL),
            Self::Name => Cell::new(&run.name),
            Self::Experiment => Cell::new(&run.experiment_name),
            Self::ExperimentId => Cell::new(run.experiment.as_str()),
            Self::Status => Cell::new(run.status.as_str()).style(match run.status {
                Status::Finished => GOOD,
                Status::Failed => BAD,
                Status::Killed => WARNING,
                Status::Running | Status::Scheduled => PLAIN,
            }),
            Self::User => Cell::new(&run.user),
            Self::Started => moment(Some(run.started)),
            Self::Ended => moment(run.ended),
            Self::Duration => duration(run, now),
            Self::Parent => Cell::new(run.parent.as_ref().map_or("", |id| id.as_str())),
            Self::Artifacts => match run.artifacts {
                Some(link) => Cell::new(link.digest.short()).raw(link.to_string()),
                None => Cell::new(""),
            },
            Self::Removed => moment(run.deleted),
            Self::Metric(key) => match run.metrics.get(key) {
                Some(summary) => number(summary.last.value.0),
                None => Cell::new(""),
            },
            Self::Param(key) => Cell::new(run.params.get(key).map_or("", String::as_str)),
            Self::Tag(key) => Cell::new(run.tags.get(key).map_or("", String::as_str)),
        }
    }

    fn width(&self, runs: &[Listed], now: i64) -> usize {
        let title = match self {
            Self::Metric(key) | Self::Param(key) | Self::Tag(key) => {
                text::width(&text::escaped(key))
            }
            other => other.name().len().min("DURATION".len()),
        };
        let cells = runs.iter().map(|run| text::width(self.cell(run, now).shown()));
        let widest = cells.max().unwrap_or(0);
        let is_cut = matches!(self, Self::Name | Self::Experiment | Self::Param(_) | Self::Tag(_));
        title.max(if is_cut { widest.min(WIDEST) } else { widest })
    }
}

/// Milliseconds in csv: what a program can add up.
fn duration(run: &Listed, now: i64) -> Cell {
    let ended = run.ended.or(run.live.then_some(now));
    match ended.map(|ended| ended.saturating_sub(run.started)) {
        Some(length) => Cell::new(time::duration(length)).raw(length.to_string()),
        None => Cell::new(""),
    }
}

/// A few digits for a person, all of them for csv.
fn number(value: f64) -> Cell {
    let exact = match json::number(value) {
        serde_json::Value::String(word) => word,
        number => number.to_string(),
    };
    Cell::new(text::number(value)).raw(exact)
}
