//! What a run came from: the runs before it, code, data, the machine; and what came out.

use std::collections::HashSet;

use crate::base::size::human;
use crate::store::{Link, Store};
use crate::track::{Environment, Error, Run, RunId, load};

/// A thing and what leads to it, nothing twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    /// The first is what was asked for.
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
}

/// A thing in a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Tells it from all others: `run:…`, `code:…`, `data:…`.
    pub key: String,
    pub kind: &'static str,
    /// The run's id, the object's, the commit's, where there is one.
    pub id: Option<String>,
    pub label: String,
}

/// `from` came out of, or with, `to`; both are places in [`Graph::nodes`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
    pub label: String,
}

/// Returns the graph of a run and of all runs before it.
pub fn of_run(store: &Store, id: &RunId) -> Result<Graph, Error> {
    let mut graph = Graph::default();
    let mut open = vec![graph.run(&load::run(store, id)?)];
    let mut done = HashSet::new();
    while let Some((place, run)) = open.pop() {
        if done.insert(run.id.clone()) {
            open.extend(graph.add(store, place, &run)?);
        }
    }
    Ok(graph)
}

impl Graph {
    fn node(&mut self, kind: &'static str, id: Option<String>, label: String) -> usize {
        let key = format!("{kind}:{}", id.as_ref().unwrap_or(&label));
        self.nodes.iter().position(|node| node.key == key).unwrap_or_else(|| {
            self.nodes.push(Node { key, kind, id, label });
            self.nodes.len() - 1
        })
    }

    fn edge(&mut self, from: usize, to: usize, label: impl Into<String>) {
        let edge = Edge { from, to, label: label.into() };
        if !self.edges.contains(&edge) {
            self.edges.push(edge);
        }
    }

    fn run(&mut self, run: &Run) -> (usize, Run) {
        (self.node("run", Some(run.id.to_string()), run.name.clone()), run.clone())
    }

    /// Adds what `run` came from; returns the run before it.
    fn add(
        &mut self,
        store: &Store,
        place: usize,
        run: &Run,
    ) -> Result<Option<(usize, Run)>, Error> {
        if let Some(command) = &run.command {
            let node = self.node("command", None, command.args.join(" "));
            self.edge(place, node, "command");
            if let Some(ran) = &command.image {
                let id = ran.image.digest.to_string();
                let node = self.node("image", Some(id), ran.name.clone());
                self.edge(place, node, "ran in");
            }
        }
        if let Some(code) = &run.code {
            let branch =
                code.branch.as_ref().map(|branch| format!("on {branch}")).unwrap_or_default();
            let node = self.node("code", code.commit.clone(), branch);
            self.edge(place, node, "code");
            if let Some(patch) = &code.patch {
                let node =
                    self.node("patch", Some(patch.to_string()), "uncommitted changes".to_owned());
                self.edge(place, node, "changes");
            }
        }
        for dataset in &run.datasets {
            let size = dataset.size.map(|size| format!(", {}", human(size))).unwrap_or_default();
            let node =
                self.node("data", Some(dataset.digest.clone()), format!("{}{size}", dataset.name));
            self.edge(place, node, dataset.context.clone().unwrap_or_else(|| "data".to_owned()));
        }
        if let Some(link) = &run.environment {
            let node = self.node("environment", Some(link.to_string()), environment(store, link)?);
            self.edge(place, node, "environment");
        }
        if let Some(artifacts) = &run.artifacts {
            let node = self.node("artifacts", Some(artifacts.to_string()), "artifacts".to_owned());
            self.edge(place, node, "artifacts");
        }
        let Some(parent) = &run.parent else { return Ok(None) };
        match load::run(store, parent) {
            Ok(run) => {
                let found = self.run(&run);
                self.edge(place, found.0, "parent");
                Ok(Some(found))
            }
            // It may have stayed in another store.
            Err(Error::NoRun(_)) => {
                let node =
                    self.node("run", Some(parent.to_string()), "not in this store".to_owned());
                self.edge(place, node, "parent");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

fn environment(store: &Store, link: &Link) -> Result<String, Error> {
    let known: Environment = store.read_node(link)?;
    let python =
        known.python.map(|python| format!(", Python {}", python.version)).unwrap_or_default();
    Ok(format!("{}, {}{python}", known.host, known.os))
}
