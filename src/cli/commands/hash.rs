use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use mls::base::{Digest, Task};
use mls::store;
use serde_json::{Value, json};

use crate::cli::args::Format;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::table::{Column, Table};

/// Print the BLAKE3 of files
///
/// The answer is that of `b3sum`, and `b3sum --check` takes it. A file of up to 1 MiB has this as its id in a store; a
/// larger one has it in its node.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[
        ("mls hash model.safetensors", "print the hash of a file"),
        ("mls hash data/*.csv > data.b3", "write hashes down; `b3sum --check data.b3` compares"),
        ("curl -s https://example.com/x | mls hash -", "print the hash of what comes in"),
    ],
    &[Exit::Failed, Exit::NotAllowed, Exit::NotFound],
))]
pub(crate) struct Args {
    /// The files; `-` for standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let mut hashes = vec![];
    for path in &args.paths {
        let digest = hash(session, path).map_err(|source| store::Error::Io {
            action: "read",
            path: path.clone(),
            source,
        })?;
        match session.ui.format {
            Format::Table => session.ui.data(line(path, &digest).as_bytes())?,
            _ => hashes.push((path.to_string_lossy().into_owned(), digest.to_string())),
        }
    }
    if session.ui.format == Format::Table {
        return Ok(());
    }
    let mut table = Table::new([Column::new("hash"), Column::new("path")]);
    let values: Vec<Value> =
        hashes.iter().map(|(path, hash)| json!({"path": path, "hash": hash})).collect();
    hashes.iter().for_each(|(path, hash)| table.row([hash.into(), path.into()]));
    session.ui.list(&table, &values, "")
}

fn hash(session: &Session, path: &Path) -> io::Result<Digest> {
    if path == Path::new("-") {
        return read(session, io::stdin().lock(), None);
    }
    let file = File::open(path)?;
    // A pipe or a device does not say how long it is.
    let length = file.metadata().ok().filter(Metadata::is_file).map(|file| file.len());
    read(session, file, length)
}

fn read(session: &Session, input: impl Read, length: Option<u64>) -> io::Result<Digest> {
    let progress = session.ui.progress();
    progress.start(Task::Hash, length);
    let digest = Digest::of_reader(input, |read| progress.advance(Task::Hash, read));
    progress.finish(Task::Hash);
    digest
}

/// As `b3sum` writes it: a name with a line end or a backslash is escaped, and a backslash before the line says so.
fn line(path: &Path, digest: &Digest) -> String {
    let name = path.to_string_lossy();
    match name.contains(['\n', '\\']) {
        true => format!("\\{digest}  {}\n", name.replace('\\', "\\\\").replace('\n', "\\n")),
        false => format!("{digest}  {name}\n"),
    }
}
