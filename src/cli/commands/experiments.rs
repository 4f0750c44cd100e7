use clap::Subcommand;
use mls::base::time;
use mls::track::{Experiment, experiment};
use serde_json::json;

use crate::cli::args::DryRun;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::style::{LABEL, LITERAL};
use crate::cli::table::{Cell, Column, Table};

/// List, make, rename and remove experiments
///
/// Runs are gathered under experiments; `commit-run -e NAME` makes one where there is none. An experiment keeps its id
/// when it is renamed, and one name has the same id in every store.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls experiments", "list them"),
        ("mls experiments rename churn 'churn 2026'", "rename one; its runs follow"),
        ("mls experiments rm churn", "remove one with its runs, so that it can be restored"),
    ],
    &[Exit::NotFound],
))]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the experiments
    List {
        /// Those that were removed as well
        #[arg(long)]
        deleted: bool,
    },
    /// Make an experiment
    Create {
        name: String,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Rename an experiment
    Rename {
        /// Its name or id
        experiment: String,
        name: String,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Remove an experiment with its runs, so that it can be restored
    Rm {
        /// Its name or id
        experiment: String,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Bring an experiment back
    Restore {
        /// Its name or id
        experiment: String,
        #[command(flatten)]
        dry_run: DryRun,
    },
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let done = |dry_run: &DryRun, would: &str, did: &str, name: &str| {
        let verb = if dry_run.dry_run { would } else { did };
        session.ui.note(&format!("{verb} experiment `{name}`."));
        Ok(())
    };
    match &args.verb {
        None => list(session, false),
        Some(Verb::List { deleted }) => list(session, *deleted),
        Some(Verb::Create { name, dry_run }) => {
            if !dry_run.dry_run {
                let made = experiment::create(&store, name)?;
                session.ui.data(format!("{}\n", made.id).as_bytes())?;
            }
            done(dry_run, "Would make", "Made", name)
        }
        Some(Verb::Rename { experiment, name, dry_run }) => {
            match dry_run.dry_run {
                true => drop(experiment::resolve(&store, experiment)?),
                false => drop(experiment::rename(&store, experiment, name)?),
            }
            done(dry_run, "Would rename", "Renamed", experiment)
        }
        Some(Verb::Rm { experiment, dry_run }) => {
            match dry_run.dry_run {
                true => drop(experiment::resolve(&store, experiment)?),
                false => drop(experiment::remove(&store, experiment)?),
            }
            done(dry_run, "Would remove", "Removed", experiment)
        }
        Some(Verb::Restore { experiment, dry_run }) => {
            match dry_run.dry_run {
                true => drop(experiment::resolve(&store, experiment)?),
                false => drop(experiment::restore(&store, experiment)?),
            }
            done(dry_run, "Would restore", "Restored", experiment)
        }
    }
}

fn list(session: &Session, removed: bool) -> Result<(), CommandError> {
    let store = session.store()?;
    let counts = experiment::counts(&store)?;
    let count = |experiment: &Experiment| counts.get(experiment.id.as_str()).copied().unwrap_or(0);
    let experiments = experiment::list(&store, removed)?;
    let mut columns = vec![
        Column::new("id"),
        Column::new("name").cut(),
        Column::new("runs").right(),
        Column::new("created"),
    ];
    columns.extend(removed.then(|| Column::new("removed")));
    let mut table = Table::new(columns);
    let now = store.now();
    let when = |millis: Option<i64>| match millis {
        Some(millis) => Cell::new(time::ago(millis, now)).raw(time::rfc3339(millis)).style(LABEL),
        None => Cell::new("").style(LABEL),
    };
    for experiment in &experiments {
        let mut row = vec![
            Cell::new(experiment.id.as_str()).style(LABEL),
            Cell::new(&experiment.name).style(LITERAL),
            Cell::new(count(experiment).to_string()),
            // `Default` was never made.
            when(Some(experiment.created).filter(|created| *created != 0)),
        ];
        row.extend(removed.then(|| when(experiment.deleted)));
        table.row(row);
    }
    let values: Vec<_> = experiments
        .iter()
        .map(|experiment| {
            json!({
                "id": experiment.id.as_str(),
                "name": experiment.name,
                "runs": count(experiment),
                "created_at": time::rfc3339(experiment.created),
                "deleted_at": experiment.deleted.map(time::rfc3339),
                "tags": experiment.tags,
            })
        })
        .collect();
    session.ui.list(&table, &values, "There are no experiments.")
}
