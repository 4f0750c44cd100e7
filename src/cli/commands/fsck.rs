use mls::remote;
use mls::store::fsck::{self, Options, Place, Problem, Report};
use mls::store::repair::{self, Step};
use mls::store::{Link, Store};
use mls::track::index;
use serde_json::{Value, json};

use crate::cli::args::DryRun;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::sharing;
use crate::cli::style::{BAD, GOOD, paint};
use crate::cli::{help, text};

/// Look for damage
///
/// Checks that everything the refs and the history need is there; with `--read-data` also that every byte is what it
/// was. Each damaged thing is named, with the refs that need it.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls fsck", "check that everything is there"),
        ("mls fsck --read-data", "read every byte and compare it with its digest"),
        ("mls fsck --repair", "mend what can be mended, with what remotes have where content is lost"),
    ],
    &[],
))]
pub(crate) struct Args {
    /// Read all content, and compare it with its digests
    #[arg(long)]
    read_data: bool,
    /// Mend what can be mended: indexes, refs, packs of which a part is sound, and what a remote still has
    #[arg(long)]
    repair: bool,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let (store, steps) = match args.repair && !args.dry_run.dry_run {
        true => repair::repair(session.store_folder()?, session.context(), session.ui.progress())?,
        false => (session.store()?, vec![]),
    };
    let partial = remote::list(&store)?.iter().any(|remote| remote.filter.is_some());
    let options = Options { read_data: args.read_data, partial };
    let check = || Ok(fsck::check(&store, &options, session.ui.progress())?);
    let mut done: Vec<String> = steps.iter().map(step_words).collect();
    let mend = args.repair && !args.dry_run.dry_run;
    let mut report = match mend {
        true => sharing::heal(session, &store, check, &mut done)?,
        false => check()?,
    };
    report.problems.extend(check_index(session, &store, mend));
    session.ui.answer(&as_json(&report, &done), || as_text(&report, &done))?;
    match report.problems.len() as u64 {
        0 => Ok(()),
        count => Err(found(session, count, args.repair)),
    }
}

/// Looks for faults of the index over runs, by which nothing is lost; with `mend` it is made anew first.
fn check_index(session: &Session, store: &Store, mend: bool) -> Vec<Problem> {
    let rebuilt = if mend { index::rebuild(store, session.ui.progress()) } else { Ok(()) };
    let faults = rebuilt.and_then(|()| index::check(store));
    let problem = |reason| {
        let what = "the index of runs".to_owned();
        Problem { place: Place::Index, what, reason, object: None, needed_by: vec![] }
    };
    faults.unwrap_or_else(|error| vec![error.to_string()]).into_iter().map(problem).collect()
}

fn found(session: &Session, count: u64, repaired: bool) -> CommandError {
    if session.ui.format.is_json() {
        return CommandError::ended(Exit::Damaged as u8);
    }
    let hint = match repaired {
        true => "What is left is lost here, and no remote that answers has it.",
        false => "Run `mls fsck --repair` to mend what can be mended.",
    };
    CommandError::new(Exit::Damaged, format!("found {}", text::count(count, "problem"))).hint(hint)
}

fn as_text(report: &Report, done: &[String]) -> String {
    let mut lines: Vec<String> =
        done.iter().map(|done| format!("{} {done}", paint(GOOD, "mended"))).collect();
    for problem in &report.problems {
        let label = paint(BAD, "damaged");
        lines.push(format!(
            "{label} {}: {}",
            text::escaped(&problem.what),
            text::escaped(&problem.reason)
        ));
        let named = |object: &Link| {
            let id = object.to_string();
            problem.what.contains(&id) || problem.reason.contains(&id)
        };
        lines.extend(
            problem
                .object
                .filter(|object| !named(object))
                .map(|object| format!("  object {object}")),
        );
        lines.extend(
            problem.needed_by.iter().map(|name| format!("  needed by {}", text::escaped(name))),
        );
    }
    if report.problems.is_empty() {
        lines.push(format!(
            "{} {}, {} of them chunks; {}",
            paint(GOOD, "sound"),
            text::count(report.objects, "object"),
            text::grouped(report.chunks),
            text::count(report.refs, "ref"),
        ));
    }
    lines.join("\n") + "\n"
}

fn step_words(step: &Step) -> String {
    match step {
        Step::Format => "the file `format`".to_owned(),
        Step::Database { refs, operations } => format!(
            "`meta.db`: {} and {} were found in the packs",
            text::count(*refs, "ref"),
            text::count(*operations, "operation")
        ),
        Step::Pack { pack, saved, lost_frames: 0 } => {
            format!("pack {}: all {} saved", pack.short(), text::count(*saved, "object"))
        }
        Step::Pack { pack, saved, lost_frames } => format!(
            "pack {}: {} saved, {} lost; it is kept aside",
            pack.short(),
            text::count(*saved, "object"),
            text::count(*lost_frames, "frame")
        ),
        Step::Operations(count) => format!("{} of the log", text::count(*count, "operation")),
        Step::Index => "an index".to_owned(),
    }
}

fn as_json(report: &Report, done: &[String]) -> Value {
    json!({
        "ok": report.problems.is_empty(),
        "checked": {"objects": report.objects, "chunks": report.chunks, "refs": report.refs},
        "problems": report.problems.iter().map(problem_json).collect::<Vec<_>>(),
        "mended": done,
    })
}

fn problem_json(problem: &Problem) -> Value {
    json!({
        "place": match problem.place {
            Place::Pack => "pack",
            Place::Index => "index",
            Place::Database => "database",
            Place::Object => "object",
        },
        "what": problem.what,
        "reason": problem.reason,
        "object": problem.object.map(|object| object.to_string()),
        "needed_by": problem.needed_by,
    })
}
