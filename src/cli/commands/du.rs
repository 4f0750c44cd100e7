use mls::base::size::human;
use mls::image::catalog;
use mls::store::usage::{self, Report, Usage};
use serde_json::{Map, Value, json};

use crate::cli::args::Format;
use crate::cli::error::CommandError;
use crate::cli::session::Session;
use crate::cli::style::LITERAL;
use crate::cli::table::{Cell, Column, Table, facts};
use crate::cli::{help, text};

/// Show how much room things take, and what is saved
///
/// Logical is what everything would take if nothing were shared; unique counts what is shared once; stored is what that
/// takes on disk. What two kinds share counts for both of them.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::reads(
    &[
        ("mls du", "show the sizes for the store and for each kind"),
        ("mls du --names --format csv", "list the sizes of every ref for a spreadsheet"),
    ],
    &[],
))]
pub(crate) struct Args {
    /// Show each ref too; takes longer
    #[arg(long)]
    names: bool,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let report = usage::measure(&store, args.names, session.ui.progress())?;
    let kept = catalog::kept(&store)?;
    if session.ui.format == Format::Csv {
        return session.ui.list::<Value>(&table(&rows(&report)), &[], "");
    }
    let mut answer = as_json(&report, args.names);
    answer["kept_bytes"] = kept.into();
    session.ui.answer(&answer, || as_text(&report, kept, session.ui.width))
}

/// Returns what is shown in a row each, largest first: the refs where they were asked for, else the kinds.
fn rows(report: &Report) -> Vec<(&str, Usage)> {
    let mut rows: Vec<(&str, Usage)> = match report.by_name.is_empty() {
        true => report.by_kind.iter().map(|(kind, usage)| (kind.as_str(), *usage)).collect(),
        false => report.by_name.iter().map(|(name, usage)| (name.as_str(), *usage)).collect(),
    };
    rows.sort_by_key(|(name, usage)| (std::cmp::Reverse(usage.stored), *name));
    rows
}

fn table(rows: &[(&str, Usage)]) -> Table {
    let mut table = Table::new([
        Column::new("name").cut(),
        Column::new("refs").right(),
        Column::new("logical").right(),
        Column::new("unique").right(),
        Column::new("stored").right(),
    ]);
    let bytes = |bytes: u64| Cell::new(human(bytes)).raw(bytes.to_string());
    for (name, usage) in rows {
        table.row([
            Cell::new(name).style(LITERAL),
            Cell::new(usage.refs.to_string()),
            bytes(usage.logical),
            bytes(usage.unique),
            bytes(usage.stored),
        ]);
    }
    table
}

fn as_text(report: &Report, kept: u64, width: Option<usize>) -> String {
    let total = report.total;
    let shared = total.logical.saturating_sub(total.unique);
    let compressed = total.unique.saturating_sub(total.stored);
    let mut lines = vec![
        ("Logical", human(total.logical)),
        (
            "Unique",
            format!("{}  sharing saves {}", human(total.unique), saved(shared, total.logical)),
        ),
        (
            "Stored",
            format!(
                "{}  compression saves {}",
                human(total.stored),
                saved(compressed, total.unique)
            ),
        ),
        ("On disk", format!("{} in {}", human(report.disk), text::count(report.packs, "pack"))),
        (
            "Objects",
            format!(
                "{}, {} of them chunks",
                text::grouped(report.objects),
                text::grouped(report.chunks)
            ),
        ),
    ];
    if kept > 0 {
        let why = "compressed layers as they came, so that their digests stay";
        lines.push(("Kept", format!("{}  {why}", human(kept))));
    }
    if report.absent > 0 {
        lines.push((
            "Elsewhere",
            format!("{}, fetched when needed", text::count(report.absent, "object")),
        ));
    }
    let rows = rows(report);
    let rows: Vec<_> = rows.into_iter().filter(|(_, usage)| usage.unique > 0).collect();
    match rows.is_empty() {
        true => facts(lines),
        false => format!("{}\n{}", facts(lines), table(&rows).render(width).text),
    }
}

fn saved(bytes: u64, of: u64) -> String {
    format!("{} ({:.0} %)", human(bytes), 100.0 * bytes as f64 / of.max(1) as f64)
}

fn as_json(report: &Report, names: bool) -> Value {
    let kinds = report.by_kind.iter().map(|(kind, usage)| (kind.clone(), usage_json(usage)));
    let mut answer = json!({
        "logical_bytes": report.total.logical,
        "unique_bytes": report.total.unique,
        "stored_bytes": report.total.stored,
        "disk_bytes": report.disk,
        "objects": report.objects,
        "chunks": report.chunks,
        "packs": report.packs,
        "absent": report.absent,
        "by_kind": Value::Object(kinds.collect::<Map<_, _>>()),
    });
    if names {
        let names = report.by_name.iter().map(|(name, usage)| (name.clone(), usage_json(usage)));
        answer["by_name"] = Value::Object(names.collect::<Map<_, _>>());
    }
    answer
}

fn usage_json(usage: &Usage) -> Value {
    json!({
        "refs": usage.refs,
        "logical_bytes": usage.logical,
        "unique_bytes": usage.unique,
        "stored_bytes": usage.stored,
    })
}
