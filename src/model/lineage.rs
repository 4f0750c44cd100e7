//! What a version of a model came from: the run that made it, and all that this came from.

use crate::model::registry::Version;
use crate::model::{Error, source};
use crate::store::Store;
use crate::track::lineage::{self, Edge, Graph, Node};
use crate::track::{self, Run, RunId};

/// Returns the graph of a version; it stands first.
pub fn of_version(store: &Store, version: &Version) -> Result<Graph, Error> {
    let label = version.reference().to_string();
    let id = version.id.to_string();
    let mut graph = Graph::default();
    let own = Node { key: format!("model:{id}"), kind: "model", id: Some(id), label };
    graph.nodes.push(own);
    match &version.model.run {
        Some(run) => add_run(store, &mut graph, run, version)?,
        None => add(&mut graph, "source", None, version.model.source.clone(), "source"),
    }
    if let Ok(content) = source::content(store, version) {
        add(&mut graph, "content", Some(content.to_string()), "content".to_owned(), "content");
    }
    Ok(graph)
}

fn add_run(store: &Store, graph: &mut Graph, run: &str, version: &Version) -> Result<(), Error> {
    let known = run.parse::<RunId>().ok().map(|id| lineage::of_run(store, &id)).transpose();
    match known {
        Ok(Some(below)) => {
            let offset = graph.nodes.len();
            graph.nodes.extend(below.nodes);
            graph.edges.push(Edge { from: 0, to: offset, label: "run".to_owned() });
            let moved =
                |edge: Edge| Edge { from: edge.from + offset, to: edge.to + offset, ..edge };
            graph.edges.extend(below.edges.into_iter().map(moved));
        }
        // It may have stayed in another store, or came along with the model as it was then.
        Ok(None) | Err(track::Error::NoRun(_)) => {
            let node =
                version.model.run_node.map(|link| store.read_node::<Run>(&link)).transpose()?;
            let label = node.map_or_else(|| "not in this store".to_owned(), |run| run.name);
            add(graph, "run", Some(run.to_owned()), label, "run");
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

fn add(graph: &mut Graph, kind: &'static str, id: Option<String>, label: String, edge: &str) {
    let key = format!("{kind}:{}", id.as_ref().unwrap_or(&label));
    graph.nodes.push(Node { key, kind, id, label });
    graph.edges.push(Edge { from: 0, to: graph.nodes.len() - 1, label: edge.to_owned() });
}
