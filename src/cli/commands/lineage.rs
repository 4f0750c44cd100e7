use std::collections::HashSet;

use mls::image::Image;
use mls::image::catalog;
use mls::store::Store;
use mls::track::lineage::{self, Edge, Graph, Node};
use serde_json::{Value, json};

use crate::cli::args::Format;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::style::{HEADER, LABEL, LITERAL, paint};
use crate::cli::thing::{self, Thing};
use crate::cli::{help, text};

/// Show what a model, a run or an image came from
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
    /// A run, a version such as `iris@v3`, or an image
    thing: String,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let graph = match thing::resolve(&store, &args.thing)? {
        Thing::Run(id) => lineage::of_run(&store, &id)?,
        Thing::Version(version) => mls::model::lineage::of_version(&store, &version)?,
        Thing::Ref { target, .. } | Thing::Object(target) => match store.read_node(&target) {
            Ok(found) => of_image(&store, &args.thing, &found)?,
            Err(_) => {
                let what = args.thing.escape_debug();
                let what = format!("`{what}` is neither a run nor a model nor an image");
                return Err(CommandError::usage(what)
                    .hint("Only of runs, models and images it is known what they came from."));
            }
        },
    };
    match session.ui.format {
        Format::Dot => session.ui.data(dot(&graph).as_bytes()),
        _ => session.ui.answer(&as_json(&graph), || tree(&graph)),
    }
}

/// Returns the images below an index, and the layers of each image with the steps that made them.
fn of_image(store: &Store, name: &str, image: &Image) -> Result<Graph, CommandError> {
    let mut graph = Graph::default();
    let mut open = vec![(image.clone(), name.to_owned(), None)];
    while let Some((image, label, above)) = open.pop() {
        let id = image.digest.hex();
        let place = add(&mut graph, "image", Some(id), label, above, "image");
        for child in &image.manifests {
            let label = String::new();
            open.push((store.read_node(&child.image)?, label, Some(place)));
        }
        let Some(config) = catalog::config(store, &image)? else { continue };
        for (key, kind) in [
            ("org.opencontainers.image.source", "source"),
            ("org.opencontainers.image.revision", "code"),
        ] {
            if let Some(value) = config.config.labels.get(key) {
                add(&mut graph, kind, None, value.clone(), Some(place), kind);
            }
        }
        let steps = config.steps();
        for (number, diff_id) in config.rootfs.diff_ids.iter().enumerate() {
            let step = steps.iter().find(|(_, own)| *own == Some(number));
            let by = step.and_then(|(step, _)| step.created_by.clone()).unwrap_or_default();
            add(&mut graph, "layer", Some(diff_id.hex()), by, Some(place), "layer");
        }
    }
    Ok(graph)
}

fn add(
    graph: &mut Graph,
    kind: &'static str,
    id: Option<String>,
    label: String,
    above: Option<usize>,
    edge: &str,
) -> usize {
    let key = format!("{kind}:{}", id.as_ref().unwrap_or(&label));
    let known = graph.nodes.iter().position(|node| node.key == key);
    let place = known.unwrap_or_else(|| {
        graph.nodes.push(Node { key, kind, id, label });
        graph.nodes.len() - 1
    });
    graph.edges.extend(above.map(|from| Edge { from, to: place, label: edge.to_owned() }));
    place
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
