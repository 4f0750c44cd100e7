use mls::base::{size::human, time};
use mls::image::{prune, squeeze};
use mls::store::config::{GC_BUILDS, GC_GRACE, GC_HISTORY};
use mls::store::gc::{self, Options, Report};
use serde_json::json;

use crate::cli::args::DryRun;
use crate::cli::error::CommandError;
use crate::cli::session::Session;
use crate::cli::{help, text};

/// Remove content that nothing leads to
///
/// Safe beside commands that write at the same time. What was written within the grace stays, and so does all that
/// `mls undo` would need for the operations of the last 90 days (setting `gc.history`).
///
/// Steps of builds that no image has the layer of, and unpacked layers, go when nothing has used them for 30 days
/// (setting `gc.builds`): the next build that asks for such a step runs it again.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls gc --dry-run", "show how much would go"),
        ("mls gc", "remove what nothing has needed for 14 days"),
        ("mls gc --grace 0", "remove what nothing needs, however young"),
        ("mls gc --squeeze", "make compressed layers small, and change no digest"),
    ],
    &[],
))]
pub(crate) struct Args {
    /// Keep what is younger than this, though nothing needs it [default: setting `gc.grace`, 14d]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    grace: Option<i64>,
    /// Keep a record in place of the compressed bytes of pulled layers, where these are made again from it exactly; takes long
    #[arg(long, conflicts_with = "dry_run")]
    squeeze: bool,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let options = Options {
        grace: args.grace.map_or_else(|| session.settings.duration(&GC_GRACE), Ok)?,
        history: session.settings.duration(&GC_HISTORY)?,
        dry_run: args.dry_run.dry_run,
        ..Options::default()
    };
    let unused = session.settings.duration(&GC_BUILDS)?;
    let pruned = prune::prune(&store, unused, options.dry_run)?;
    let squeezed = match args.squeeze {
        true => Some(squeeze::squeeze(&store, session.ui.progress())?),
        false => None,
    };
    if let Some(squeezed) = &squeezed {
        session.ui.note(&told(squeezed, &time::duration(options.history)));
    }
    let report = gc::collect(&store, &options, session.ui.progress())?;
    let mut answer = json!({
        "reachable": report.reachable,
        "removed": report.removed,
        "freed_bytes": report.freed,
        "waiting_bytes": report.waiting,
        "forgotten_operations": report.forgotten,
        "forgotten_steps": pruned.steps,
        "unpacked_layers": pruned.unpacked.folders,
        "unpacked_bytes": pruned.unpacked.bytes,
    });
    if let Some(squeezed) = squeezed {
        answer["squeezed"] = json!({
            "layers": squeezed.layers,
            "before_bytes": squeezed.before,
            "after_bytes": squeezed.after,
            "left_layers": squeezed.left,
            "left_bytes": squeezed.left_bytes,
        });
    }
    session.ui.answer(&answer, || as_text(&report, &pruned, options.dry_run))
}

/// Tells what was squeezed, and when its room comes back.
fn told(squeezed: &squeeze::Report, history: &str) -> String {
    let squeeze::Report { layers, before, after, left, left_bytes } = *squeezed;
    let left = match left {
        0 => String::new(),
        left => format!(
            " {} ({}) cannot be made again, and stay as they came.",
            text::count(left, "layer"),
            human(left_bytes)
        ),
    };
    match layers {
        0 => format!("No layer was squeezed.{left}"),
        layers => format!(
            "Squeezed {} from {} to {}; the room is free once no operation of the last {history} needs it.{left}",
            text::count(layers, "layer"),
            human(before),
            human(after)
        ),
    }
}

fn as_text(report: &Report, pruned: &prune::Report, dry_run: bool) -> String {
    let verb = if dry_run { "Would remove" } else { "Removed" };
    let mut lines = vec![match (report.removed, report.freed) {
        (0, 0) => format!("Nothing to remove; {} stay.", text::count(report.reachable, "object")),
        (removed, freed) => format!(
            "{verb} {} ({}); {} stay.",
            text::count(removed, "object"),
            human(freed),
            text::count(report.reachable, "object")
        ),
    }];
    if report.waiting > 0 {
        lines.push(format!(
            "{} wait for a writer to end; the next gc takes them.",
            human(report.waiting)
        ));
    }
    if pruned.steps > 0 {
        let verb = if dry_run { "Would forget" } else { "Forgot" };
        lines.push(format!("{verb} {}.", text::count(pruned.steps, "build step")));
    }
    if pruned.unpacked.folders > 0 {
        lines.push(format!(
            "{verb} {} ({}).",
            text::count(pruned.unpacked.folders, "unpacked layer"),
            human(pruned.unpacked.bytes)
        ));
    }
    if report.forgotten > 0 {
        let verb = if dry_run { "Would forget" } else { "Forgot" };
        lines.push(format!("{verb} {}.", text::count(report.forgotten, "old operation")));
    }
    lines.join("\n") + "\n"
}

fn duration(text: &str) -> Result<i64, String> {
    time::parse_duration(text)
        .ok_or_else(|| "write a length of time such as `14d`, `36h` or `0`".to_owned())
}
