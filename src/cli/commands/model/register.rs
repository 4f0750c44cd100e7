//! `mls model register`.

use std::fs;
use std::path::{Path, PathBuf};

use mls::model::format::{Import, Verdict};
use mls::model::register::{self, Options, Outcome};
use mls::model::registry::Tags;
use mls::model::{Signature, yaml};
use mls::store::{Link, Store};
use serde_json::json;

use crate::cli::args::{DryRun, pair};
use crate::cli::commands::show;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::text::escaped;
use crate::cli::{help, text, thing};

/// A signature is a page of JSON.
const LARGEST_SIGNATURE: u64 = 8 << 20;

/// Register a file, a folder or an artifact of a run as the next version of a model
///
/// What it is, its content tells, never its name: an MLflow model, ONNX with the files of its weights, pickle, joblib or
/// skops, XGBoost, LightGBM, CatBoost, safetensors, GGUF, PyTorch, TorchScript, Keras, or plain files. A file that breaks the
/// rules of its format is refused. Pickles are read as data; what they would import is shown, and nothing is run.
///
/// The same content as the latest version, of the same run, is no new version: its name is printed again.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls model register iris model.onnx", "register a file"),
        ("mls model register iris ./mlflow-model --alias champion", "register an MLflow model, and let an alias mean it"),
        ("mls model register iris @:model --tag validated=yes", "register an artifact of the last run"),
    ],
    &[Exit::NotFound, Exit::Damaged, Exit::Unsafe],
))]
pub(crate) struct Args {
    /// The model; it is made where it is not there
    name: String,
    /// A file, a folder, or `RUN:PATH` in the artifacts of a run
    source: String,
    /// Read the signature from FILE: JSON or YAML with `inputs`, `outputs`, `params` as in `MLmodel`
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    /// Say which run made it, where SOURCE does not
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// Set a tag of the version
    #[arg(short, long, value_name = "KEY=VALUE", value_parser = pair)]
    tag: Vec<(String, String)>,
    /// Let an alias mean the version
    #[arg(long)]
    alias: Vec<String>,
    /// Describe the version
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Give it a number even if the latest version has the same content
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(super) fn run(session: &Session, store: &Store, args: &Args) -> Result<(), CommandError> {
    mls::model::name::check(&args.name)?;
    args.alias.iter().try_for_each(|alias| mls::model::name::check_alias(alias))?;
    let place = session.settings.folder.join(&args.source);
    let (content, source, run) = match place.symlink_metadata() {
        Ok(_) => (register::add(store, &place, session.ui.progress())?, uri(&place), None),
        Err(_) => artifact(store, &args.source)?,
    };
    let named = args.run.as_deref().map(|run| thing::run_id(store, run)).transpose()?;
    let options = Options {
        signature: args.signature.as_deref().map(|path| signature(session, path)).transpose()?,
        run: named.or(run),
        tags: Tags { set: args.tag.iter().cloned().collect(), ..Tags::default() },
        description: args.description.clone(),
        aliases: args.alias.clone(),
        again: args.again,
    };
    if args.dry_run.dry_run {
        let found = register::check(store, &content)?;
        let flavors = escaped(&found.flavors.join(", ")).into_owned();
        session.ui.note(&format!("Would register `{}`: {flavors}.", args.name));
        return Ok(());
    }
    let outcome = register::register(store, &args.name, &content, &source, &options)?;
    tell(session, &outcome)
}

fn tell(session: &Session, outcome: &Outcome) -> Result<(), CommandError> {
    let Outcome { version, is_new, inspection } = outcome;
    let reference = version.reference().to_string();
    let files = text::count(inspection.files.len() as u64, "file");
    let flavors = match inspection.flavors.is_empty() {
        true => "no format that is known".to_owned(),
        false => escaped(&inspection.flavors.join(", ")).into_owned(),
    };
    match is_new {
        true => session.ui.note(&format!("Registered {files}: {flavors}.")),
        false => session.ui.note(&format!("`{reference}` has this content already.")),
    }
    let imports: Vec<&Import> = show::imports(inspection).collect();
    let bad: Vec<String> = imports
        .iter()
        .filter(|import| import.verdict != Verdict::Safe)
        .map(|import| format!("`{}.{}`", import.module, import.name))
        .take(5)
        .collect();
    if !bad.is_empty() {
        session.ui.warn(&format!(
            "it would import {}, which is not known to be safe; nothing was run",
            escaped(&bad.join(", "))
        ));
    }
    let answer = json!({
        "ref": reference,
        "name": version.name,
        "version": version.number,
        "id": version.id.to_string(),
        "new": is_new,
        "flavors": inspection.flavors,
        "run": version.model.run,
        "size": inspection.size,
        "signature": inspection.signature.as_ref().map(Signature::to_value),
        "imports": imports.iter().map(|import| show::import_json(import)).collect::<Vec<_>>(),
    });
    session.ui.answer(&answer, || format!("{reference}\n"))
}

/// Returns the address of a place on disk.
fn uri(place: &Path) -> String {
    let place = place.canonicalize().unwrap_or_else(|_| place.to_owned());
    format!("file://{}", place.display())
}

/// Finds `RUN:PATH`.
fn artifact(
    store: &Store,
    text: &str,
) -> Result<(Link, String, Option<mls::track::RunId>), CommandError> {
    let Some((_, entry)) = thing::entry(store, text)? else {
        let cause = format!("there is no file or folder `{}`", text.escape_debug());
        return Err(CommandError::new(Exit::NotFound, cause)
            .hint("An artifact of a run is named as in `bold-fox-12:model`."));
    };
    let link = entry.content().ok_or_else(|| {
        CommandError::new(Exit::Unsafe, format!("`{}` is a symbolic link", text.escape_debug()))
    })?;
    let found = text.rmatch_indices(':').find_map(|(colon, _)| {
        let run = thing::run_id(store, text[..colon].trim_start_matches("run:")).ok()?;
        Some((run, &text[colon + 1..]))
    });
    Ok(match found {
        Some((run, path)) => (link, format!("runs:/{run}/{path}"), Some(run)),
        None => (link, text.to_owned(), None),
    })
}

fn signature(session: &Session, path: &Path) -> Result<Signature, CommandError> {
    let place = session.settings.folder.join(path);
    let bad = |reason: String| CommandError::usage(format!("`{}`: {reason}", path.display()));
    let size = fs::metadata(&place).map_err(|error| bad(error.to_string()))?.len();
    if size > LARGEST_SIGNATURE {
        return Err(bad("it is too large for a signature".to_owned()));
    }
    let bytes = fs::read(&place).map_err(|error| bad(error.to_string()))?;
    let value = yaml::read(&bytes).map_err(bad)?;
    let inner = value.get("signature").unwrap_or(&value);
    Signature::from_value(inner).map_err(|error| bad(error.to_string()))
}
