use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use mls::base::size::human;
use mls::container::{Container, Stats};
use serde_json::{Value, json};

use crate::cli::args::Format;
use crate::cli::contained;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::table::{Cell, Column, Table};

/// Over which a share of processors is measured, and after which the table is shown anew.
const PERIOD: Duration = Duration::from_secs(1);

/// Show what containers use
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[
        ("mls stats", "watch all containers that run"),
        ("mls stats --no-stream --format json", "measure once, for a script"),
    ],
    &[Exit::Failed, Exit::NotFound, Exit::NoStore, Exit::Unsafe],
))]
pub(crate) struct Args {
    /// Containers by name or id; all that run where none is named
    names: Vec<String>,
    /// Measure once and end
    #[arg(long)]
    no_stream: bool,
}

struct Measured {
    name: String,
    id: String,
    stats: Stats,
    /// Of one processor, in percent.
    cpu: Option<f64>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let containers = contained::containers(session)?;
    let chosen = || -> Result<Vec<Container>, CommandError> {
        if args.names.is_empty() {
            let mut all = containers.list()?;
            all.retain(|one| one.state().life.is_alive());
            return Ok(all);
        }
        args.names.iter().map(|name| Ok(containers.find(name)?)).collect()
    };
    let live =
        !args.no_stream && session.ui.format == Format::Table && std::io::stdout().is_terminal();
    loop {
        let measured = measure(&chosen()?);
        if live {
            // From the top of the screen, with nothing below it.
            session.ui.data(b"\x1b[H\x1b[J")?;
        }
        let values: Vec<Value> = measured.iter().map(as_json).collect();
        session.ui.list(&table(&measured), &values, "No containers run.")?;
        if !live {
            return Ok(());
        }
    }
}

/// Looks twice, since a share of processors is one of time.
fn measure(containers: &[Container]) -> Vec<Measured> {
    let stats = |container: &Container| container.state().facts.groups.stats();
    let before: Vec<Stats> = containers.iter().map(stats).collect();
    let since = Instant::now();
    std::thread::sleep(PERIOD);
    let passed = since.elapsed().as_nanos() as f64;
    let one = |(container, before): (&Container, &Stats)| {
        let stats = stats(container);
        let used = stats.cpu.zip(before.cpu).map(|(now, then)| now.saturating_sub(then));
        let name = container.config().map(|config| config.name).unwrap_or_default();
        let cpu = used.map(|used| used as f64 / passed * 100.0);
        Measured { name, id: container.id().to_owned(), stats, cpu }
    };
    containers.iter().zip(&before).map(one).collect()
}

fn table(all: &[Measured]) -> Table {
    let mut table = Table::new(vec![
        Column::new("container id"),
        Column::new("name").cut(),
        Column::new("cpu").right(),
        Column::new("memory").right(),
        Column::new("limit").right(),
        Column::new("read").right(),
        Column::new("written").right(),
        Column::new("processes").right(),
    ]);
    let size = |bytes: Option<u64>| Cell::new(bytes.map_or("–".to_owned(), human));
    for one in all {
        table.row(vec![
            Cell::new(&one.id[..12]),
            Cell::new(&one.name),
            Cell::new(one.cpu.map_or("–".to_owned(), |share| format!("{share:.1} %"))),
            size(one.stats.memory),
            size(one.stats.memory_limit),
            size(one.stats.read),
            size(one.stats.written),
            Cell::new(one.stats.processes.map_or("–".to_owned(), |count| count.to_string())),
        ]);
    }
    table
}

fn as_json(one: &Measured) -> Value {
    json!({
        "id": one.id,
        "name": one.name,
        "cpu_percent": one.cpu,
        "memory_bytes": one.stats.memory,
        "memory_limit_bytes": one.stats.memory_limit,
        "read_bytes": one.stats.read,
        "written_bytes": one.stats.written,
        "processes": one.stats.processes,
    })
}
