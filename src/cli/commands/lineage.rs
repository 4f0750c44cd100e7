use std::collections::HashSet;

use mls::track::lineage::{self, Graph};
use serde_json::{Value, json};

use crate::cli::args::Format;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::style::{HEADER, LABEL, LITERAL, paint};
use crate::cli::thing::{self, Thing};
use crate::cli::{help, text};

/// Show what a model or a run came from
///
/// The run that made a model, the runs before it, code, data and environment, as a tree; `--format dot` gives the graph to Graphviz.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::reads(
    &[
        ("mls lineage @", "show what the last run came from"),
        ("mls lineage iris@champion", "show what a version of a model came from"),
        ("mls lineage bold-fox-12 --format dot | dot -Tsvg > lineage.svg", "draw it"),
    ],
    &[Exit::Conflict, Exit::NotFound],
))]
pub(crate) struct Args {
    /// A run, or a version such as `iris@v3`
    thing: String,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let graph = match thing::resolve(&store, &args.thing)? {
        Thing::Run(id) => lineage::of_run(&store, &id)?,
        Thing::Version(version) => mls::model::lineage::of_version(&store, &version)?,
        Thing::Ref { .. } | Thing::Object(_) => {
            let what = args.thing.escape_debug();
            return Err(CommandError::usage(format!("`{what}` is neither a run nor a model"))
                .hint("Only of runs and models it is known what they came from."));
        }
    };
    match session.ui.format {
        Format::Dot => session.ui.data(dot(&graph).as_bytes()),
        _ => session.ui.answer(&as_json(&graph), || tree(&graph)),
    }
}

/// Draws the graph from its first node down; what was drawn above is only named.
fn tree(graph: &Graph) -> String {
    let mut lines = String::new();
    let mut drawn = HashSet::new();
    // A node, what stands before it, and what stands before all below it.
    let mut open = vec![(0, String::new(), String::new())];
    while let Some((place, first, rest)) = open.pop() {
        let again = !drawn.insert(place);
        lines.push_str(&format!("{}{}\n", paint(LABEL, &first), line(graph, place)));
        if again {
            continue;
        }
        let below: Vec<usize> =
            graph.edges.iter().filter(|edge| edge.from == place).map(|edge| edge.to).collect();
        for (number, to) in below.iter().enumerate().rev() {
            let last = number + 1 == below.len();
            let (corner, line) =
                if last { ("└── ", "    ") } else { ("├── ", "│   ") };
            open.push((*to, format!("{rest}{corner}"), format!("{rest}{line}")));
        }
    }
    lines
}

fn line(graph: &Graph, place: usize) -> String {
    let node = &graph.nodes[place];
    let id = node.id.as_deref().map(|id| paint(LITERAL, id.get(..12).unwrap_or(id)));
    let label = text::escaped(&node.label);
    let words = [
        Some(paint(HEADER, node.kind)),
        id,
        Some(label.into_owned()).filter(|label| label != node.kind),
    ];
    words.into_iter().flatten().filter(|word| !word.is_empty()).collect::<Vec<_>>().join("  ")
}

fn dot(graph: &Graph) -> String {
    let quoted = |text: &str| {
        format!("\"{}\"", text::escaped(text).replace('\\', "\\\\").replace('"', "\\\""))
    };
    let mut lines = String::from(
        "digraph lineage {\n  rankdir=RL;\n  node [shape=box, fontname=\"sans-serif\"];\n",
    );
    for (place, node) in graph.nodes.iter().enumerate() {
        let id = node
            .id
            .as_deref()
            .map(|id| format!(" {}", id.get(..12).unwrap_or(id)))
            .unwrap_or_default();
        let own = Some(node.label.as_str()).filter(|label| *label != node.kind).unwrap_or_default();
        let label = quoted(format!("{}{id} {own}", node.kind).trim_end());
        lines.push_str(&format!("  n{place} [label={label}];\n"));
    }
    for edge in &graph.edges {
        lines.push_str(&format!(
            "  n{} -> n{} [label={}];\n",
            edge.from,
            edge.to,
            quoted(&edge.label)
        ));
    }
    lines + "}\n"
}

fn as_json(graph: &Graph) -> Value {
    let key = |place: usize| &graph.nodes[place].key;
    json!({
        "nodes": graph.nodes.iter().map(|node| json!({
            "key": node.key, "kind": node.kind, "id": node.id, "label": node.label,
        })).collect::<Vec<_>>(),
        "edges": graph.edges.iter().map(|edge| json!({
            "from": key(edge.from), "to": key(edge.to), "label": edge.label,
        })).collect::<Vec<_>>(),
    })
}
