use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use mls::image::catalog;
use mls::image::platform::Platform;
use mls::store::Store;
use mls::track::commit::{self, Options, Outcome, Output, Source};
use mls::track::{RanIn, Run, Status, limit};
use serde_json::{Map, Value, json};

use crate::cli::args::{DryRun, Format, pair};
use crate::cli::commands::run::image as find_image;
use crate::cli::environment;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::hosting;
use crate::cli::interrupt;
use crate::cli::json;
use crate::cli::session::Session;
use crate::cli::thing;
use crate::cli::ui;

/// Record a run
///
/// Without a command, what is given is the run. With a command after `--`, it is run and its output passed through; the run
/// holds the output, the command line, the state of git, the machine, and Python's packages where the command is Python.
/// It ends as the command does, with 128 and the signal's number where one ended it, 127 where there is no such command and
/// 126 where it cannot be run. Ctrl-C, SIGTERM and SIGHUP are passed on, and the run ends as KILLED.
///
/// The command finds a folder in `MLS_RUN_DIR`. Files left there become artifacts. `params.json` and `metrics.jsonl` in it are
/// read while it runs; a line of `metrics.jsonl` is `{"step":3,"loss":0.51,"acc":0.8}` or
/// `{"name":"loss","value":0.51,"step":3}`. `MLS_RUN_ID` is the id of the run.
///
/// MLflow code in the command logs into this very run: `MLFLOW_TRACKING_URI`, `MLFLOW_TRACKING_TOKEN`, `MLFLOW_RUN_ID` and
/// `MLFLOW_EXPERIMENT_ID` name it, on a server that is there as long as the command. Its child runs become child runs.
///
/// With `--image` the command runs in a container: in this folder, which it may change, and with these variables, that folder and
/// that server in reach, and nothing else of this machine. What the entry point of the image is counts as with `mls run`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls commit-run -p lr=0.1 -m acc=0.93 -a model.bin", "record a run that has been"),
        ("mls commit-run -e churn -- python train.py --lr 0.1", "run a program and record what it does"),
        ("mls commit-run -d train=data/train.csv --system-metrics -- ./train.sh", "with its data and the load of the machine"),
        ("mls commit-run --image train:1 -- python train.py", "in a container of an image, which the run then names"),
        ("mls commit-run -- python mlflow_code.py", "MLflow code logs into this run, unchanged"),
        ("mls commit-run -q --metrics-file log.csv", "print nothing but the id"),
    ],
    &[Exit::NotFound],
))]
pub(crate) struct Args {
    /// Put it into this experiment, by name or id; a new name makes one
    #[arg(short, long, value_name = "NAME")]
    experiment: Option<String>,
    /// Name the run
    #[arg(short, long)]
    name: Option<String>,
    /// Record a param
    #[arg(short, long = "param", value_name = "KEY=VALUE", value_parser = pair)]
    params: Vec<(String, String)>,
    /// Record a value of a metric
    #[arg(short, long = "metric", value_name = "KEY=VALUE[@STEP]", allow_hyphen_values = true)]
    metrics: Vec<String>,
    /// Put a tag on the run
    #[arg(short, long = "tag", value_name = "KEY=VALUE", value_parser = pair)]
    tags: Vec<(String, String)>,
    /// Keep a file or folder; with a command, as it is when that has ended
    #[arg(short, long = "artifact", value_name = "PATH[:DEST]")]
    artifacts: Vec<OsString>,
    /// Keep data that the run uses, and record which it is
    #[arg(short, long = "dataset", value_name = "NAME=PATH")]
    datasets: Vec<OsString>,
    /// Record the params in a .toml, .json or .yaml file
    #[arg(long = "params-file", value_name = "FILE")]
    params_files: Vec<PathBuf>,
    /// Record the metrics in a .jsonl or .csv file; with a command, when that has ended
    #[arg(long = "metrics-file", value_name = "FILE")]
    metrics_files: Vec<PathBuf>,
    /// Say which run this one belongs to
    #[arg(long, value_name = "RUN")]
    parent: Option<String>,
    /// Write a note on the run
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Record the load of CPU, memory, disk, network and GPU, every 5 seconds or as often as given
    #[arg(
        long,
        value_name = "EVERY",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "5s",
        value_parser = interval
    )]
    system_metrics: Option<Duration>,
    /// Run the command in a container of this image; the working folder is there, too
    #[arg(long, value_name = "IMAGE", requires = "command")]
    image: Option<String>,
    /// Print one line of JSON about the run instead of its id
    #[arg(long)]
    json_summary: bool,
    #[command(flatten)]
    dry_run: DryRun,
    /// The command to run, and its arguments
    #[arg(last = true, value_name = "CMD")]
    command: Vec<OsString>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let mut options = options(session, args)?;
    if let Some(parent) = &args.parent {
        options.parent = Some(thing::run_id(&store, parent)?);
    }
    if let Some(image) = &args.image {
        contain(session, &store, image, &mut options)?;
    }
    let progress = session.ui.progress();
    if args.dry_run.dry_run {
        return plan(session, &commit::plan(&store, &options, progress)?);
    }
    let (mut stdout, mut stderr, mut second) = ui::streams();
    // The run passes signals on to its command, and seals itself when that has ended.
    let begin = || drop(interrupt::take());
    let serve = |run: &Run| hosting::serve(session, run, &options.variables);
    let (begin, serve) = (&begin, &serve);
    // One JSON document is the whole answer then.
    let output = match session.ui.format.is_json() {
        true => Output { stdout: &mut second, stderr: &mut stderr, begin, serve },
        false => Output { stdout: &mut stdout, stderr: &mut stderr, begin, serve },
    };
    let outcome = commit::run(&store, &options, output, progress)?;
    answer(session, args, outcome)
}

fn options(session: &Session, args: &Args) -> Result<Options, CommandError> {
    let folder = session.settings.folder.clone();
    let mut tags = args.tags.clone();
    tags.extend(args.note.iter().map(|note| (limit::NOTE_TAG.to_owned(), note.clone())));
    Ok(Options {
        experiment: args.experiment.clone(),
        name: args.name.clone(),
        params: args.params.clone(),
        metrics: args
            .metrics
            .iter()
            .map(|text| commit::argument(text))
            .collect::<Result<_, _>>()?,
        tags,
        artifacts: args
            .artifacts
            .iter()
            .map(|text| Source::parse(text, &folder))
            .collect::<Result<_, _>>()?,
        datasets: args.datasets.iter().map(dataset).collect::<Result<_, _>>()?,
        params_files: args.params_files.clone(),
        metrics_files: args.metrics_files.clone(),
        parent: None,
        system_metrics: args.system_metrics,
        command: args.command.clone(),
        image: None,
        launcher: vec![],
        folder,
        user: session.settings.user(),
        variables: environment::variables(),
    })
}

/// Has the command run in a container: by another `mls`, which is told all by its environment.
fn contain(
    session: &Session,
    store: &Store,
    name: &str,
    options: &mut Options,
) -> Result<(), CommandError> {
    let found = find_image(session, store, name, "missing", None)?;
    let name = found.name.text().unwrap_or_else(|| name.to_owned());
    let image = catalog::select(store, &found.image, &Platform::host())?;
    let id = catalog::id(store, &image)?.to_string();
    options.image = Some(RanIn { name, image: found.link });
    // The very program that runs, and the very image that is recorded.
    let words = ["/proc/self/exe", "run", "--for-run", "--rm", "--init", "--pull", "never", &id];
    options.launcher = words.map(OsString::from).to_vec();
    Ok(())
}

fn dataset(text: &OsString) -> Result<(String, PathBuf), CommandError> {
    use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
    let bytes = text.as_bytes();
    let at = bytes.iter().position(|byte| *byte == b'=');
    let split = at.and_then(|at| {
        let name = std::str::from_utf8(&bytes[..at]).ok()?;
        Some((name.to_owned(), PathBuf::from(OsString::from_vec(bytes[at + 1..].to_vec()))))
    });
    split.ok_or_else(|| {
        CommandError::usage(format!("`{}` is no dataset", text.to_string_lossy()))
            .hint("Write it as `-d NAME=PATH`.")
    })
}

fn interval(text: &str) -> Result<Duration, String> {
    let millis = mls::base::time::parse_duration(text).filter(|millis| *millis >= 100);
    let millis = millis.and_then(|millis| u64::try_from(millis).ok());
    millis
        .map(Duration::from_millis)
        .ok_or_else(|| "write it as `5s` or `500ms`, at least 100ms".to_owned())
}

fn answer(session: &Session, args: &Args, outcome: Outcome) -> Result<(), CommandError> {
    let Outcome { run, ending, warnings, problems } = outcome;
    let ui = &session.ui;
    warnings.iter().for_each(|warning| ui.warn(warning));
    let code = ending.map_or(0, |ending| ending.shell_code());
    ui.note(&told(&run));
    let summary = summary(&run);
    let mut problems: Vec<CommandError> = problems.into_iter().map(CommandError::from).collect();
    let printed = match (ui.format, args.json_summary) {
        (Format::Table, false) => ui.data(format!("{}\n", run.id).as_bytes()),
        (Format::Table, true) => ui.data((json::line(&summary)? + "\n").as_bytes()),
        _ => ui.answer(&summary, String::new),
    };
    // The command's own end counts for more than what could not be recorded of it.
    let last = if code == 0 { problems.pop() } else { None };
    for problem in &problems {
        ui.report(problem);
    }
    match (last, u8::try_from(code)) {
        (Some(problem), _) => Err(problem),
        (None, Ok(0)) => printed,
        (None, Ok(code)) => Err(CommandError::ended(code)),
        (None, Err(_)) => Err(CommandError::ended(Exit::Failed as u8)),
    }
}

fn told(run: &Run) -> String {
    let count = |count: usize, noun: &str| match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    };
    let ended = match run.status {
        Status::Failed => ", which failed,",
        Status::Killed => ", which was killed,",
        _ => "",
    };
    format!(
        "Recorded run `{}`{ended} in experiment `{}`: {}, {}.",
        run.name,
        run.experiment_name,
        count(run.params.len(), "param"),
        count(run.metrics.len(), "metric"),
    )
}

fn summary(run: &Run) -> Value {
    let time = |millis: i64| mls::base::time::rfc3339(millis);
    let metrics: Map<String, Value> = run
        .metrics
        .iter()
        .map(|(key, summary)| (key.clone(), json::number(summary.last.value.0)))
        .collect();
    json!({
        "id": run.id.as_str(),
        "name": run.name,
        "experiment": run.experiment_name,
        "status": run.status.as_str(),
        "exit_code": run.command.as_ref().and_then(|command| command.exit_code),
        "signal": run.command.as_ref().and_then(|command| command.signal),
        "started_at": time(run.started),
        "ended_at": run.ended.map(time),
        "params": run.params,
        "metrics": metrics,
        "tags": run.tags,
        "artifacts": run.artifacts.map(|tree| tree.to_string()),
    })
}

fn plan(session: &Session, run: &Run) -> Result<(), CommandError> {
    let what = match &run.command {
        Some(command) => format!("run `{}` and record it", command.args.join(" ")),
        None => "record a run".to_owned(),
    };
    session.ui.note(&format!(
        "Would {what} in experiment `{}` with {} params, {} tags and {} datasets.",
        run.experiment_name,
        run.params.len(),
        run.tags.len(),
        run.datasets.len(),
    ));
    Ok(())
}
