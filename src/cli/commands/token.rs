use clap::{Subcommand, ValueEnum};
use mls::base::time;
use mls::server::Right;
use mls::server::token::{self, Only, Token};
use serde_json::{Value, json};

use crate::cli::args::DryRun;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::style::{LABEL, LITERAL};
use crate::cli::table::{Cell, Column, Table};

/// Manage who may use a hub over this store
///
/// A token is shown once, when it is added, and alone on stdout; the store keeps only a hash of it. A client gives it as
/// MLFLOW_TRACKING_TOKEN, as MLFLOW_TRACKING_PASSWORD with any user name, or through `mls login`. A change holds from
/// the next request on, in a running hub too. Alone, the command lists them.
///
/// With `--only` a token sees and changes what the patterns name, and nothing else is there for it: experiments with their
/// runs and artifacts, registered models with their versions, repositories of images. It is good for MLflow's clients, for
/// `docker` and its like, and for `mls clone`, `push`, `pull` and `fetch`; not for `/metrics`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls token add ci --right write --expires 90d", "print a new token for a CI job"),
        ("export MLFLOW_TRACKING_TOKEN=$(mls token add me --right write)", "give it to MLflow"),
        (
            "mls token add serving --right read --only 'models/iris*'",
            "print one for these models alone",
        ),
        ("mls token", "list the tokens and when they were last used"),
        ("mls token revoke ci", "refuse it from now on"),
    ],
    &[Exit::NotFound],
))]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Add a token and print it, this once
    Add {
        name: String,
        /// What it gives: read; write, with what read gives; admin, with everything
        #[arg(long, value_enum)]
        right: Given,
        /// Limit it to names, such as `models/iris*`, `experiments/churn` or `images/team/*`; may be repeated
        #[arg(long, value_name = "GLOB")]
        only: Vec<String>,
        /// Refuse it after this time, such as `90d` or `12h`
        #[arg(long, value_name = "TIME", value_parser = life)]
        expires: Option<i64>,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// List the tokens, without their secrets
    List,
    /// Refuse a token from now on
    #[command(alias = "rm")]
    Revoke {
        name: String,
        #[command(flatten)]
        dry_run: DryRun,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Given {
    Read,
    Write,
    Admin,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    match args.verb.as_ref().unwrap_or(&Verb::List) {
        Verb::List => list(session),
        Verb::Add { name, right, only, expires, dry_run } => {
            let only = Only::parse(only)?;
            add(session, name, ((*right).into(), only), *expires, *dry_run)
        }
        Verb::Revoke { name, dry_run } => {
            let store = session.store()?;
            match dry_run.dry_run {
                true => drop(token::get(&store, name)?),
                false => token::revoke(&store, name)?,
            }
            let did = if dry_run.dry_run { "Would revoke" } else { "Revoked" };
            session.ui.note(&format!("{did} token `{name}`."));
            Ok(())
        }
    }
}

fn add(
    session: &Session,
    name: &str,
    (right, only): (Right, Option<Only>),
    life: Option<i64>,
    dry_run: DryRun,
) -> Result<(), CommandError> {
    let store = session.store()?;
    if dry_run.dry_run {
        token::check_new(&store, name)?;
        token::check_limit(right, only.as_ref())?;
        session.ui.note(&format!("Would add token `{name}` with the right to {right}."));
        return Ok(());
    }
    let (token, secret) = token::add_limited(&store, name, right, only, life)?;
    session.ui.note(&format!("Added token `{name}`; this is the only time that it is shown."));
    let mut value = json(&token);
    value["token"] = json!(secret.reveal());
    session.ui.answer(&value, || format!("{}\n", secret.reveal()))
}

fn list(session: &Session) -> Result<(), CommandError> {
    let store = session.store()?;
    let (tokens, now) = (token::list(&store)?, store.now());
    let mut table = Table::new([
        Column::new("name").cut(),
        Column::new("right"),
        Column::new("only").cut(),
        Column::new("created"),
        Column::new("expires"),
        Column::new("last used"),
    ]);
    let when = |millis: Option<i64>, none: &str| match millis {
        Some(millis) => Cell::new(time::ago(millis, now)).raw(time::rfc3339(millis)).style(LABEL),
        None => Cell::new(none).style(LABEL),
    };
    for token in &tokens {
        table.row([
            Cell::new(&token.name).style(LITERAL),
            Cell::new(token.right.as_str()),
            match &token.only {
                Some(only) => Cell::new(only.to_string()),
                None => Cell::new("").style(LABEL),
            },
            when(Some(token.created), ""),
            expiry(token.expires, now),
            when(token.used, "never"),
        ]);
    }
    let values: Vec<_> = tokens.iter().map(json).collect();
    let nothing = "There is no token; `mls token add NAME --right read` adds one.";
    session.ui.list(&table, &values, nothing)
}

fn expiry(expires: Option<i64>, now: i64) -> Cell {
    match expires {
        None => Cell::new("never").style(LABEL),
        Some(end) if end <= now => Cell::new("has ended").raw(time::rfc3339(end)).style(LABEL),
        Some(end) => Cell::new(time::date(end)).raw(time::rfc3339(end)).style(LABEL),
    }
}

fn json(token: &Token) -> Value {
    json!({
        "name": token.name,
        "right": token.right.as_str(),
        "only": token.only.as_ref().map(|only| only.patterns().collect::<Vec<_>>()),
        "created_at": time::rfc3339(token.created),
        "expires_at": token.expires.map(time::rfc3339),
        "last_used_at": token.used.map(time::rfc3339),
    })
}

fn life(text: &str) -> Result<i64, String> {
    time::parse_duration(text)
        .filter(|life| *life > 0)
        .ok_or_else(|| "expected a length of time such as `90d` or `12h`".to_owned())
}

impl From<Given> for Right {
    fn from(given: Given) -> Self {
        match given {
            Given::Read => Self::Read,
            Given::Write => Self::Write,
            Given::Admin => Self::Admin,
        }
    }
}
