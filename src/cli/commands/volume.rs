use std::collections::BTreeMap;

use mls::base::time;
use mls::container::{About, Containers, Error, Named, check_name, random_id};
use serde_json::{Value, json};

use crate::cli::args::{DryRun, Format};
use crate::cli::contained::{self, Done, values};
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::style::LITERAL;
use crate::cli::table::{Cell, Column, Table};
use crate::cli::{help, json, text};

/// Keep folders that outlive containers
///
/// `mls run -v NAME:/folder` makes one where there is none, and fills it with what the image has in that folder.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[
        ("mls volume create data", "make one"),
        ("mls run --rm -v data:/data train:1", "use it"),
        ("mls volume ls --filter dangling=true", "list those that no container has"),
        ("mls volume prune -a", "remove these"),
    ],
    EXITS,
))]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

const EXITS: &[Exit] = &[Exit::Failed, Exit::Conflict, Exit::NotFound, Exit::NoStore, Exit::Unsafe];

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Create(Create),
    Ls(Ls),
    Inspect(Inspect),
    Rm(Rm),
    Prune(Prune),
}

/// Make a volume
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(&[("mls volume create --label team=a data", "make one with a label")], EXITS))]
struct Create {
    /// Its name; made up where none is given
    name: Option<String>,
    /// Set a label
    #[arg(short, long, value_name = "KEY[=VALUE]")]
    label: Vec<String>,
    #[command(flatten)]
    dry_run: DryRun,
}

/// List volumes
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(&[("mls volume ls -q", "list their names, for a script")], EXITS))]
struct Ls {
    /// Only those for which this holds: name=, label=KEY[=VALUE], dangling=true
    #[arg(short, long = "filter", value_name = "KEY=VALUE")]
    filters: Vec<String>,
}

/// Show all that is known of volumes, as Docker's JSON array
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(&[("mls volume inspect data | jq -r '.[0].Mountpoint'", "find its folder")], EXITS))]
struct Inspect {
    /// Volumes by name
    #[arg(required = true)]
    names: Vec<String>,
}

/// Remove volumes that no container has
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(&[("mls volume rm data", "remove one")], EXITS))]
struct Rm {
    /// Volumes by name
    #[arg(required = true)]
    names: Vec<String>,
    /// What is not there is no failure
    #[arg(short, long)]
    force: bool,
    #[command(flatten)]
    dry_run: DryRun,
}

/// Remove volumes without a name that no container has
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(&[("mls volume prune -a", "those with a name, too")], EXITS))]
struct Prune {
    /// Those with a name, too
    #[arg(short, long)]
    all: bool,
    /// As Docker has it; nothing is asked here
    #[arg(short, long, hide = true)]
    force: bool,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    match &args.verb {
        Verb::Create(args) => create(session, args),
        Verb::Ls(args) => list(session, args),
        Verb::Inspect(args) => inspect(session, args),
        Verb::Rm(args) => remove(session, args),
        Verb::Prune(args) => prune(session, args),
    }
}

fn create(session: &Session, args: &Create) -> Result<(), CommandError> {
    let volumes = contained::volumes(session)?;
    let about = About {
        created: session.settings.clock.now(),
        labels: values::labels(&args.label),
        anonymous: args.name.is_none(),
    };
    let name = args.name.clone().unwrap_or_else(random_id);
    if args.dry_run.dry_run {
        check_name(&name)?;
        let there = volumes.find(&name).is_some();
        session.ui.note(&match (&args.name, there) {
            (Some(name), true) => format!("There is a volume `{name}` already."),
            (Some(name), false) => format!("Would make the volume `{name}`."),
            (None, _) => "Would make a volume without a name.".to_owned(),
        });
        return Ok(());
    }
    let made = volumes.create_with(&name, about)?;
    session.ui.answer(&as_json(&made, None), || format!("{}\n", made.name))
}

fn list(session: &Session, args: &Ls) -> Result<(), CommandError> {
    let (containers, volumes) = (contained::containers(session)?, contained::volumes(session)?);
    let filters = filters(&args.filters)?;
    let users = users(&containers)?;
    let count = |volume: &Named| users.get(&volume.name).copied().unwrap_or(0);
    let mut all = volumes.list();
    all.retain(|one| filters.iter().all(|filter| filter.fits(one, count(one))));
    if session.ui.quiet {
        let names: String = all.iter().map(|one| format!("{}\n", one.name)).collect();
        return session.ui.data(names.as_bytes());
    }
    let now = session.settings.clock.now();
    let mut table = Table::new(vec![
        Column::new("name").cut(),
        Column::new("created"),
        Column::new("containers").right(),
    ]);
    for one in &all {
        table.row(vec![
            Cell::new(&one.name).style(LITERAL),
            Cell::new(time::ago(one.about.created, now)).raw(time::rfc3339(one.about.created)),
            Cell::new(count(one).to_string()),
        ]);
    }
    let values: Vec<Value> = all.iter().map(|one| as_json(one, Some(count(one)))).collect();
    session.ui.list(&table, &values, "No volumes.")
}

/// Returns how many containers have each volume.
fn users(containers: &Containers) -> Result<BTreeMap<String, usize>, CommandError> {
    let mut counts = BTreeMap::new();
    for container in containers.list()? {
        for volume in container.config().unwrap_or_default().volumes {
            *counts.entry(volume.name).or_default() += 1;
        }
    }
    Ok(counts)
}

enum Filter {
    Name(String),
    Label(String, Option<String>),
    Dangling(bool),
}

impl Filter {
    fn fits(&self, volume: &Named, users: usize) -> bool {
        match self {
            Self::Name(part) => volume.name.contains(part.as_str()),
            Self::Dangling(wanted) => (users == 0) == *wanted,
            Self::Label(key, wanted) => {
                let value = volume.about.labels.get(key);
                value.is_some_and(|value| wanted.as_ref().is_none_or(|wanted| wanted == value))
            }
        }
    }
}

fn filters(given: &[String]) -> Result<Vec<Filter>, CommandError> {
    let one = |text: &String| match text.split_once('=') {
        Some(("name", part)) => Ok(Filter::Name(part.to_owned())),
        Some(("dangling", "true" | "1")) => Ok(Filter::Dangling(true)),
        Some(("dangling", "false" | "0")) => Ok(Filter::Dangling(false)),
        Some(("label", label)) => Ok(match label.split_once('=') {
            Some((key, value)) => Filter::Label(key.to_owned(), Some(value.to_owned())),
            None => Filter::Label(label.to_owned(), None),
        }),
        _ => Err(CommandError::usage(format!("`{}` is no filter", text.escape_debug()))
            .hint("Write `name=TEXT`, `label=KEY[=VALUE]` or `dangling=true`.")),
    };
    given.iter().map(one).collect()
}

fn inspect(session: &Session, args: &Inspect) -> Result<(), CommandError> {
    let volumes = contained::volumes(session)?;
    let described = args.names.iter().map(|name| Ok(describe(&volumes.get(name)?)));
    let answers = described.collect::<Result<Vec<Value>, CommandError>>()?;
    match session.ui.format {
        Format::Table | Format::Json => {
            session.ui.data((json::document(&answers)? + "\n").as_bytes())
        }
        _ => session.ui.list(&Default::default(), &answers, ""),
    }
}

/// In Docker's names.
fn describe(volume: &Named) -> Value {
    let folder = volume.folder();
    json!({
        "CreatedAt": time::rfc3339(volume.about.created),
        "Driver": "local",
        "Labels": volume.about.labels,
        "Mountpoint": std::path::absolute(&folder).unwrap_or(folder),
        "Name": volume.name,
        "Options": {},
        "Scope": "local",
    })
}

fn as_json(volume: &Named, containers: Option<usize>) -> Value {
    json!({
        "name": volume.name,
        "created_at": time::rfc3339(volume.about.created),
        "labels": volume.about.labels,
        "anonymous": volume.about.anonymous,
        "containers": containers,
        "folder": volume.folder(),
    })
}

fn remove(session: &Session, args: &Rm) -> Result<(), CommandError> {
    // What users of containers own, only they or their root may remove.
    contained::enter()?;
    let (containers, volumes) = (contained::containers(session)?, contained::volumes(session)?);
    let (mut worst, mut done) = (None, Done::default());
    for name in &args.names {
        let removed = volumes.get(name).and_then(|volume| match args.dry_run.dry_run {
            true => containers.check_unused(&volume),
            false => containers.remove_volume(&volume),
        });
        match removed {
            Ok(()) => done.add(session, name, json!({"name": name}))?,
            Err(Error::NoVolume { .. }) if args.force => {}
            Err(error) if args.names.len() == 1 => return Err(error.into()),
            Err(error) => {
                let error = CommandError::from(error);
                let _ = session.ui.report(&error);
                worst = Some(error.code.max(worst.unwrap_or(0)));
            }
        }
    }
    if args.dry_run.dry_run {
        session.ui.note(&format!("Would remove {}.", text::count(done.count(), "volume")));
    }
    done.tell(session)?;
    worst.map_or(Ok(()), |code| Err(CommandError::ended(code)))
}

fn prune(session: &Session, args: &Prune) -> Result<(), CommandError> {
    contained::enter()?;
    let (containers, volumes) = (contained::containers(session)?, contained::volumes(session)?);
    let mut done = Done::default();
    for volume in volumes.list().into_iter().filter(|one| args.all || one.about.anonymous) {
        let removed = match args.dry_run.dry_run {
            true => containers.check_unused(&volume),
            false => containers.remove_volume(&volume),
        };
        match removed {
            Ok(()) => done.add(session, &volume.name, json!({"name": volume.name}))?,
            Err(Error::VolumeInUse { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let verb = if args.dry_run.dry_run { "Would remove" } else { "Removed" };
    session.ui.note(&format!("{verb} {}.", text::count(done.count(), "volume")));
    done.tell(session)
}
