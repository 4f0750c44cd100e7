use mls::base::{size::human, time};
use mls::image::catalog;
use mls::image::config::{Config, Step};
use mls::image::layer::Layer;
use mls::image::platform::Platform;
use mls::store::Store;
use serde_json::{Value, json};

use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::style::{LABEL, LITERAL};
use crate::cli::table::{Cell, Column, Table};

/// Show which line made which layer of an image
///
/// Newest first. A line that changed the config alone has no layer and no size.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::reads(
    &[
        ("mls history train:1", "show the steps of an image"),
        ("mls history --no-trunc --format json train:1", "the same for a script"),
    ],
    &[Exit::Conflict, Exit::NotFound],
))]
pub(crate) struct Args {
    /// An image by name, id or digest
    image: String,
    /// Show lines and ids in full
    #[arg(long)]
    no_trunc: bool,
    /// Show the step of this platform's image, where there are several
    #[arg(long, value_name = "OS/ARCH")]
    platform: Option<String>,
}

/// A step with what it made.
struct Line<'a> {
    step: &'a Step,
    layer: Option<Layer>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let found = catalog::resolve(&store, &args.image)?;
    let image = catalog::select(&store, &found.image, &platform(args.platform.as_deref())?)?;
    let config = catalog::config_of(&store, &image)?;
    let id = catalog::id(&store, &image)?;
    let mut lines = lines(&store, &config, &catalog::layers(&store, &image)?)?;
    lines.reverse();
    let mut table = Table::new([
        Column::new("image"),
        Column::new("created"),
        Column::new("created by").cut(),
        Column::new("size").right(),
        Column::new("comment").cut(),
    ]);
    let mut values: Vec<Value> = vec![];
    for (number, line) in lines.iter().enumerate() {
        let own = (number == 0).then(|| if args.no_trunc { id.to_string() } else { id.short() });
        let created = created(line.step);
        let by = words(line.step.created_by.as_deref().unwrap_or_default());
        let size = line.layer.as_ref().map_or(0, |layer| layer.size);
        let shown = if args.no_trunc { by.clone() } else { shortened(&by) };
        table.row([
            Cell::new(own.as_deref().unwrap_or("<missing>")).style(LITERAL),
            Cell::new(created.map(|at| time::ago(at, store.now())).unwrap_or_default())
                .raw(created.map(time::rfc3339).unwrap_or_default())
                .style(LABEL),
            Cell::new(shown).raw(by.clone()),
            Cell::new(human(size)).raw(size.to_string()),
            Cell::new(line.step.comment.as_deref().unwrap_or_default()).style(LABEL),
        ]);
        values.push(json!({
            "id": (number == 0).then(|| id.to_string()),
            "created_at": created.map(time::rfc3339),
            "created_by": by,
            "size": size,
            "comment": line.step.comment,
            "layer": line.layer.as_ref().map(|layer| layer.diff_id.to_string()),
            "empty_layer": line.layer.is_none(),
        }));
    }
    session.ui.list(&table, &values, "The image does not say how it was made.")
}

/// Pairs the steps with the layers; layers that no step speaks of have lines of their own.
fn lines<'a>(
    store: &Store,
    config: &'a Config,
    layers: &[mls::store::Link],
) -> Result<Vec<Line<'a>>, CommandError> {
    static UNKNOWN: Step =
        Step { created: None, created_by: None, author: None, comment: None, empty_layer: false };
    let mut lines = vec![];
    let mut told = 0;
    for (step, number) in config.steps() {
        let layer = number.and_then(|number| layers.get(number));
        let layer = layer.map(|layer| store.read_node(layer)).transpose()?;
        told += usize::from(layer.is_some());
        lines.push(Line { step, layer });
    }
    for layer in layers.iter().skip(told) {
        lines.push(Line { step: &UNKNOWN, layer: Some(store.read_node(layer)?) });
    }
    Ok(lines)
}

fn created(step: &Step) -> Option<i64> {
    let created: jiff::Timestamp = step.created.as_deref()?.parse().ok()?;
    Some(created.as_millisecond())
}

/// Returns the line as it was written: Docker's classic builder puts a shell before what no shell has seen.
fn words(by: &str) -> String {
    let own = by.strip_prefix("/bin/sh -c #(nop)").map_or(by, str::trim_start);
    own.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shortened(by: &str) -> String {
    const WIDTH: usize = 45;
    match by.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", &by[..end]),
        None => by.to_owned(),
    }
}

/// Reads `--platform`; this machine where it is not given.
pub(super) fn platform(text: Option<&str>) -> Result<Platform, CommandError> {
    let Some(text) = text else { return Ok(Platform::host()) };
    Platform::parse(text, &Platform::host()).ok_or_else(|| {
        CommandError::usage(format!("`{}` is no platform", text.escape_debug()))
            .hint("A platform is written as in `linux/amd64` or `linux/arm64/v8`.")
    })
}
