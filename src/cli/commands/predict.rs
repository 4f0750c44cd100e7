use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use mls::server::score::{Error, Format, Input, Predictor};

use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::scoring::{self, Engines};
use crate::cli::session::Session;
use crate::cli::{text, thing, ui};

/// Score a file with a model
///
/// Rows are read, checked against the model's signature and answered as `mls serve` answers them, piece by piece. A table for a
/// model with one tensor goes in by column position where names do not match.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls predict iris@v3 -i flowers.csv", "write predictions to stdout as JSON"),
        ("mls predict iris@champion -i flowers.parquet -o kinds.csv", "write a table"),
        ("cat rows.jsonl | mls predict iris -i - --as jsonl", "read stdin"),
    ],
    &[Exit::NotFound, Exit::Damaged, Exit::Unsafe],
))]
pub(crate) struct Args {
    /// A version: `iris@v3`, `iris@champion`, or `iris` for the latest
    #[arg(value_name = "NAME@V")]
    model: String,
    /// Rows: FILE.csv, .json, .jsonl or .parquet; `-` for stdin
    #[arg(short, long, value_name = "FILE")]
    input: PathBuf,
    /// What the input is, where its name does not say
    #[arg(long = "as", value_enum, value_name = "KIND")]
    kind: Option<Kind>,
    /// Where predictions go: FILE.csv, .json or .jsonl; `-` for stdout
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
    #[command(flatten)]
    engines: Engines,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Csv,
    Json,
    Jsonl,
    Parquet,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let (from, to) = formats(session, args)?;
    let store = session.store()?;
    let reference = thing::reference(&store, &args.model)?;
    let within = |path: &Path| session.settings.folder.join(path);
    let input = match is_dash(&args.input) {
        true => Input::Stream(std::io::stdin()),
        false => {
            let path = within(&args.input);
            let file = File::open(&path);
            Input::File(file.map_err(|source| Error::Io { action: "open", path, source })?)
        }
    };
    let mut loading = scoring::loading(session, &args.engines);
    loading.workers = 1;
    let model = Predictor::open(&store, &reference, &loading, &|line| session.ui.note(line))?;
    let rows = if is_dash(&args.output) {
        let mut out = BufWriter::new(ui::streams().0);
        let rows = model.score(input, from, &mut out, to)?;
        std::io::Write::flush(&mut out)?;
        rows
    } else {
        // Half a file of predictions is none.
        let path = within(&args.output);
        let folder = path.parent().unwrap_or(Path::new("."));
        let failed = |error| CommandError::unwritten(&path, error);
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        let mut out = BufWriter::new(file.as_file_mut());
        let rows = model.score(input, from, &mut out, to)?;
        std::io::Write::flush(&mut out).map_err(failed)?;
        drop(out);
        file.persist(&path).map_err(|error| failed(error.error))?;
        rows
    };
    let (version, engine) = model.about();
    if rows > 0 {
        session.ui.note(&format!("Scored {} with {version} ({engine}).", text::count(rows, "row")));
    }
    Ok(())
}

fn formats(session: &Session, args: &Args) -> Result<(Format, Format), CommandError> {
    let named = args.kind.map(|kind| match kind {
        Kind::Csv => Format::Csv,
        Kind::Json => Format::Json,
        Kind::Jsonl => Format::Jsonl,
        Kind::Parquet => Format::Parquet,
    });
    let from = named.or_else(|| Format::of(&args.input)).ok_or_else(|| {
        CommandError::usage(format!("what `{}` is does not show in its name", args.input.display()))
            .hint("Say it with `--as csv`, `json`, `jsonl` or `parquet`.")
    })?;
    let to = match Format::of(&args.output) {
        _ if is_dash(&args.output) => match session.ui.format {
            crate::cli::args::Format::Csv => Format::Csv,
            crate::cli::args::Format::Jsonl => Format::Jsonl,
            _ => Format::Json,
        },
        Some(Format::Parquet) | None => {
            let message =
                format!("`{}` ends in none of .csv, .json, .jsonl", args.output.display());
            return Err(CommandError::usage(message));
        }
        Some(format) => format,
    };
    Ok((from, to))
}

fn is_dash(path: &Path) -> bool {
    path.as_os_str() == "-"
}
