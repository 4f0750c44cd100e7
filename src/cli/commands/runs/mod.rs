//! `mls runs`: the table of runs.

mod column;
mod stream;

use std::collections::HashSet;

use mls::store::Store;
use mls::track::filter::{Field, NumberField, Order, TextField, parse_order, parse_runs};
use mls::track::search::{self, Deleted, Query};
use mls::track::{Listed, experiment, index};

use crate::cli::args::Format;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::table::Table;
use column::{Column, Keys};

/// List runs, newest first
///
/// FILTER is MLflow's search grammar: comparisons of `metrics.KEY`, `params.KEY`, `tags.KEY`, `datasets.KEY` and
/// attributes, joined by AND, and here by OR, NOT and parentheses too. Texts stand in quotes, and so do values of
/// params; keys with spaces stand in backticks. LIKE knows `%` and `_`, ILIKE no case. What lacks a metric is not found
/// by it; `IS NULL` finds it.
///
/// Attributes are run_id, run_name, user_id, status, experiment, experiment_id, artifact_uri, start_time, end_time and
/// duration. Times are milliseconds since 1970, or quoted as '2026-11-22' or '2026-11-22T09:00:00Z'; a duration is in
/// milliseconds.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::reads(
    &[
        ("mls runs", "the newest runs"),
        ("mls runs \"metrics.acc > 0.9 and params.lr = '0.1'\"", "those that fit"),
        ("mls runs -e churn --sort 'metrics.acc desc' -n 5", "the five best of an experiment"),
        ("mls runs --columns id,acc,params.lr,tags.team", "only these columns"),
        ("mls runs \"status = 'FAILED' and start_time > '2026-11-01'\" --format json", "for a script"),
    ],
    &[Exit::NotFound, Exit::Conflict],
))]
pub(crate) struct Args {
    /// Which runs, for instance `metrics.acc > 0.9 and status = 'FINISHED'`
    #[arg(value_name = "FILTER")]
    filter: Option<String>,
    /// Only runs of this experiment, by name or id; several where repeated
    #[arg(short, long, value_name = "NAME")]
    experiment: Vec<String>,
    /// Sort by these first, for instance `metrics.acc desc, params.lr`
    #[arg(long, value_name = "FIELDS")]
    sort: Vec<String>,
    /// At most so many runs [default: 100 in a table, else all]
    #[arg(short = 'n', long = "limit", value_name = "COUNT")]
    limit: Option<usize>,
    /// The columns of a table or csv, for instance `id,name,acc,params.lr`
    #[arg(long, value_name = "NAMES")]
    columns: Option<String>,
    /// List the runs that were removed instead
    #[arg(long)]
    deleted: bool,
}

/// A longer table is asked for by `-n`: all of 100,000 runs helps nobody.
const MOST_ROWS: usize = 100;

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let query = query(args)?;
    let columns = args.columns.as_deref().map(column::parse).transpose()?;
    let store = session.store()?;
    let query = Query { experiments: experiments(&store, &args.experiment)?, ..query };
    let now = session.context().clock.now();
    index::refresh_with(&store, session.ui.progress())?;
    match session.ui.format {
        Format::Json | Format::Jsonl => stream::json(session, &store, &query)?,
        Format::Csv => stream::csv(session, &store, &query, columns.as_deref(), now)?,
        _ => table(session, &store, args, query, columns, now)?,
    }
    tell_unreadable(&store)
}

fn query(args: &Args) -> Result<Query, CommandError> {
    let filter = parse_runs(args.filter.as_deref().unwrap_or(""));
    let sort: Result<Vec<Vec<Order>>, _> = args.sort.iter().map(|sort| parse_order(sort)).collect();
    let deleted = if args.deleted { Deleted::Only } else { Deleted::Without };
    Ok(Query {
        filter: filter.map_err(mls::track::Error::from)?,
        sort: sort.map_err(mls::track::Error::from)?.concat(),
        limit: args.limit,
        deleted,
        ..Query::default()
    })
}

fn experiments(
    store: &Store,
    names: &[String],
) -> Result<Vec<mls::track::ExperimentId>, CommandError> {
    let ids = names.iter().map(|name| experiment::resolve(store, name).map(|found| found.id));
    Ok(ids.collect::<Result<_, _>>()?)
}

fn table(
    session: &Session,
    store: &Store,
    args: &Args,
    query: Query,
    columns: Option<Vec<column::Wanted>>,
    now: i64,
) -> Result<(), CommandError> {
    let limit = args.limit.unwrap_or(MOST_ROWS);
    let query = Query { limit: Some(limit), ..query };
    let page = search::search(store, &query)?;
    let columns = match columns {
        Some(wanted) => column::find(&wanted, &Keys::of(&page.runs))?,
        None => column::fitting(&page.runs, &asked_for(&query), session.ui.width, now),
    };
    let mut table = Table::new(columns.iter().map(Column::header).collect::<Vec<_>>());
    for run in &page.runs {
        table.row(columns.iter().map(|column| column.cell(run, now)).collect::<Vec<_>>());
    }
    let everything = query.filter.is_empty() && query.experiments.is_empty() && !args.deleted;
    let nothing = match everything {
        true => "No runs yet; `mls commit-run` records one.",
        false => "No run fits.",
    };
    session.ui.list(&table, &[] as &[()], nothing)?;
    if page.next.is_some() && args.limit.is_none() {
        session.ui.note(&format!("There are more than these {limit}; `-n COUNT` shows more."));
    }
    Ok(())
}

/// The metrics, params and tags that the query is about: what the user wants to see first.
fn asked_for(query: &Query) -> Vec<Column> {
    let mut fields: Vec<Field> = query.sort.iter().map(|order| order.field.clone()).collect();
    fields.extend(query.filter.leaves().map(|condition| condition.field()));
    let columns = fields.into_iter().filter_map(|field| match field {
        Field::Number(NumberField::Metric(key)) => Some(Column::Metric(key)),
        Field::Text(TextField::Param(key)) => Some(Column::Param(key)),
        Field::Text(TextField::Tag(key)) => Some(Column::Tag(key)),
        _ => None,
    });
    let mut seen = HashSet::new();
    columns.filter(|column| seen.insert(column.clone())).collect()
}

/// A list that lacks a run must not pass for a whole one.
fn tell_unreadable(store: &Store) -> Result<(), CommandError> {
    let unreadable = index::unreadable(store)?;
    let Some(first) = unreadable.first() else { return Ok(()) };
    let others = match unreadable.len() - 1 {
        0 => String::new(),
        others => format!(", and {others} more"),
    };
    let said = format!("`{}`{others} could not be read: {}", first.name, first.reason);
    Err(CommandError::new(Exit::Damaged, said)
        .hint("Run `mls fsck` to see all damage, and `mls fsck --repair` to mend what can be."))
}

/// Tells whether a run is listed under an experiment of another name than most: then the table has that column.
fn several_experiments(runs: &[Listed]) -> bool {
    runs.windows(2).any(|pair| pair[0].experiment != pair[1].experiment)
}
