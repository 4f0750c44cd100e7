use mls::base::{size::human, time};
use mls::image::{self, Dropped, prune, squeeze};
use mls::store::Store;
use mls::store::config::{GC_BUILDS, GC_CACHE_SIZE, GC_GRACE, GC_HISTORY};
use mls::store::gc::{self, Options, Report};
use serde_json::{Value, json};

use crate::cli::args::DryRun;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::{help, text};

/// Remove content that nothing leads to
///
/// Safe beside commands that write at the same time. What was written within the grace stays, and so does all that
/// `mls undo` would need for the operations of the last 90 days (setting `gc.history`).
///
/// What only makes builds and starts faster goes when nothing has used it for 30 days (setting `gc.builds`): steps of builds
/// that no image has the layer of, unpacked layers, caches of `RUN --mount=type=cache`. The next build that asks for such a
/// step runs it again. The setting `gc.cache-size` says how much of it may stay; what was used longest ago goes first.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls gc --dry-run", "show how much would go"),
        ("mls gc", "remove what nothing has needed for 14 days"),
        ("mls gc --grace 0", "remove what nothing needs, however young"),
        ("mls gc --squeeze", "make compressed layers small, and change no digest"),
        ("mls gc --drop-compressed --dry-run", "show which room the digests of pulled images take"),
    ],
    &[Exit::Conflict],
))]
pub(crate) struct Args {
    /// Keep what is younger than this, though nothing needs it [default: setting `gc.grace`, 14d]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    grace: Option<i64>,
    /// Keep a record in place of the compressed bytes of pulled layers, where these are made again from it exactly; takes long
    #[arg(long, conflicts_with = "dry_run")]
    squeeze: bool,
    /// Let go of the compressed bytes of pulled layers, and of the digests of their images: a push makes new ones
    #[arg(long)]
    drop_compressed: bool,
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
    let pruned = prune::prune(
        &store,
        &prune::Options {
            unused: session.settings.duration(&GC_BUILDS)?,
            size: session.settings.size(&GC_CACHE_SIZE)?,
            dry_run: options.dry_run,
        },
    )?;
    let squeezed = match args.squeeze {
        true => Some(squeeze::squeeze(&store, session.ui.progress())?),
        false => None,
    };
    let history = time::duration(options.history);
    if let Some(squeezed) = &squeezed {
        session.ui.note(&told(squeezed, &history));
    }
    let dropped = match args.drop_compressed {
        true => Some(dropped(session, &store, options.dry_run, &history)?),
        false => None,
    };
    let report = gc::collect(&store, &options, session.ui.progress())?;
    let answer = as_json(&report, &pruned, squeezed.as_ref(), dropped.as_ref());
    session.ui.answer(&answer, || as_text(&report, &pruned, options.dry_run))
}

/// Lets go of compressed bytes, once it was agreed to, and tells of it.
fn dropped(
    session: &Session,
    store: &Store,
    dry_run: bool,
    history: &str,
) -> Result<Dropped, CommandError> {
    if !dry_run && !session.settings.yes {
        let would = image::drop_compressed(store, true)?;
        if would.images > 0 {
            let cause = format!(
                "{} would get another digest, for {}",
                text::count(would.images, "image"),
                human(would.bytes)
            );
            return Err(CommandError::new(Exit::Conflict, cause)
                .hint("Add `-y` if nobody counts on the digests; `mls gc --squeeze` keeps them."));
        }
    }
    let dropped = image::drop_compressed(store, dry_run)?;
    session.ui.note(&dropped_words(&dropped, dry_run, history));
    Ok(dropped)
}

fn dropped_words(dropped: &Dropped, dry_run: bool, history: &str) -> String {
    let Dropped { images, layers, bytes, left, left_bytes } = *dropped;
    let left = match left {
        0 => String::new(),
        left => format!(
            " {} ({}) stay as they came: an artifact, a signature or a name by digest needs them.",
            text::count(left, "layer"),
            human(left_bytes)
        ),
    };
    let (images, of) = match images {
        0 => return format!("No digest was let go.{left}"),
        images => (text::count(images, "image"), text::count(layers, "compressed layer")),
    };
    match dry_run {
        true => format!("{images} would get another digest, for {} of {of}.{left}", human(bytes)),
        false => format!(
            "{images} got another digest, for {} of {of}; the room is free once no operation of the last {history} needs it.{left}",
            human(bytes)
        ),
    }
}

fn as_json(
    report: &Report,
    pruned: &prune::Report,
    squeezed: Option<&squeeze::Report>,
    dropped: Option<&Dropped>,
) -> Value {
    let mut answer = json!({
        "reachable": report.reachable,
        "removed": report.removed,
        "freed_bytes": report.freed,
        "waiting_bytes": report.waiting,
        "forgotten_operations": report.forgotten,
        "forgotten_steps": pruned.steps.count,
        "unpacked_layers": pruned.unpacked.count,
        "unpacked_bytes": pruned.unpacked.bytes,
        "cache_mounts": pruned.mounts.count,
        "cache_mount_bytes": pruned.mounts.bytes,
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
    if let Some(dropped) = dropped {
        answer["dropped"] = json!({
            "images": dropped.images,
            "layers": dropped.layers,
            "bytes": dropped.bytes,
            "left_layers": dropped.left,
            "left_bytes": dropped.left_bytes,
        });
    }
    answer
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
    if pruned.steps.count > 0 {
        let verb = if dry_run { "Would forget" } else { "Forgot" };
        lines.push(format!("{verb} {}.", text::count(pruned.steps.count, "build step")));
    }
    for (what, pruned) in [("unpacked layer", pruned.unpacked), ("cache mount", pruned.mounts)] {
        if pruned.count > 0 {
            let count = text::count(pruned.count, what);
            lines.push(format!("{verb} {count} ({}).", human(pruned.bytes)));
        }
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
