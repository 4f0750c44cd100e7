use mls::store::Kind;
use serde_json::json;

use crate::cli::args::Format;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::{dag_json, help, thing};

/// Print an object
///
/// A blob is printed as it is, a node as DAG-JSON: a link in it is `{"/": "CID"}`, and each such CID names an object here.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::reads(
    &[
        ("mls cat-file @", "print the node of the last run"),
        ("mls cat-file object:4f2a9c", "print an object by the beginning of its id"),
        ("mls cat-file --raw @ | b3sum", "print the id of a node from its bytes"),
    ],
    &[Exit::Conflict, Exit::NotFound],
))]
pub(crate) struct Args {
    /// A run, a ref, or an object's id, the beginning of it, or its CID
    #[arg(value_name = "OBJ")]
    object: String,
    /// Print the bytes of a node as they are stored (DAG-CBOR)
    #[arg(long, conflicts_with = "size")]
    raw: bool,
    /// Print the size in bytes only
    #[arg(short, long)]
    size: bool,
    /// Print `blob`, or the type of the node, only
    #[arg(short = 't', long = "type", conflicts_with_all = ["size", "raw"])]
    kind: bool,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let link = thing::resolve(&store, &args.object)?.link(&store)?;
    if args.size {
        let size = store.size(&link)?;
        return session.ui.answer(&json!({"size": size}), || format!("{size}\n"));
    }
    let bytes = store.read(&link)?;
    if args.kind {
        let kind = kind(link.kind, &bytes)?;
        return session.ui.answer(&json!({"type": kind}), || format!("{kind}\n"));
    }
    match (link.kind, session.ui.format) {
        (Kind::Blob, Format::Json | Format::Jsonl) => {
            session.ui.answer(&dag_json::of_bytes(&bytes), String::new)
        }
        (Kind::Node, _) if !args.raw => {
            let node = dag_json::of_node(&bytes)?;
            let text = crate::cli::json::document(&node)?;
            session.ui.answer(&node, || text + "\n")
        }
        _ => session.ui.data(&bytes),
    }
}

fn kind(kind: Kind, bytes: &[u8]) -> Result<String, CommandError> {
    match kind {
        Kind::Blob => Ok("blob".to_owned()),
        Kind::Node => {
            let node = dag_json::of_node(bytes)?;
            Ok(node["type"].as_str().unwrap_or("node").to_owned())
        }
    }
}
