//! Where a version came from: MLflow's addresses of models, and what they lead to in this store.
//!
//! | address | leads to |
//! |---|---|
//! | `models:/iris/3`, `models:/iris@champion` | what that version consists of; never further, so no address leads in circles |
//! | `models:/m-…` | the files of a logged model, as they were sealed |
//! | `runs:/<run>/<path>` | a path in the artifacts of a run that has ended |
//! | `mlflow-artifacts:/<experiment>/<run>/artifacts/<path>` | the same |
//! | anything else | somewhere outside of the store |

use crate::model::name::LATEST;
use crate::model::registry::{self, Version};
use crate::model::{Error, Reference, Stage, Which};
use crate::store::{self, Link, Store, tree};
use crate::track::logged::{self, ModelId};
use crate::track::{RunId, edit};

/// An address, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `models:/m-…`: a logged model by its id, and a path in it.
    Logged {
        id: String,
        path: String,
    },
    /// `models:/iris/3`.
    Version(Reference),
    /// `models:/iris/Production`: the latest version in a stage.
    Stage {
        name: String,
        stage: Stage,
    },
    /// A path in the artifacts of a run.
    Run {
        id: RunId,
        path: String,
    },
    Elsewhere,
}

impl Source {
    /// Reads an address; what is none of ours is [`Source::Elsewhere`].
    pub fn parse(uri: &str) -> Self {
        let Some((scheme, rest)) = uri.split_once(':') else { return Self::Elsewhere };
        // With a host behind `//` it means another server.
        let Some(path) = rest.strip_prefix('/').filter(|path| !path.starts_with('/')) else {
            return Self::Elsewhere;
        };
        match scheme {
            "models" => of_model(path),
            "runs" => {
                let (id, path) = path.split_once('/').unwrap_or((path, ""));
                of_run(id, path)
            }
            "mlflow-artifacts" => of_artifact(path),
            _ => Self::Elsewhere,
        }
    }
}

fn of_model(path: &str) -> Source {
    let version = |name: &str, which| Source::Version(Reference { name: name.to_owned(), which });
    let (first, rest) = path.split_once('/').map_or((path, None), |(a, b)| (a, Some(b)));
    match rest {
        _ if is_logged(first) => {
            Source::Logged { id: first.to_owned(), path: rest.unwrap_or("").to_owned() }
        }
        None => match first.rsplit_once('@') {
            Some((name, alias)) => version(name, Which::Alias(alias.to_owned())),
            None => Source::Elsewhere,
        },
        Some(text) if text.eq_ignore_ascii_case(LATEST) => version(first, Which::Latest),
        Some(text) => match (text.parse(), text.parse::<Stage>()) {
            (Ok(number), _) => version(first, Which::Number(number)),
            (_, Ok(stage)) => Source::Stage { name: first.to_owned(), stage },
            _ => Source::Elsewhere,
        },
    }
}

fn of_run(id: &str, path: &str) -> Source {
    match id.parse() {
        Ok(id) => Source::Run { id, path: path.to_owned() },
        Err(_) => Source::Elsewhere,
    }
}

fn of_artifact(path: &str) -> Source {
    let parts: Vec<&str> = path.splitn(4, '/').collect();
    match parts[..] {
        [_, "models", id, rest] if is_logged(id) => {
            let path = rest.strip_prefix("artifacts").unwrap_or(rest).trim_start_matches('/');
            Source::Logged { id: id.to_owned(), path: path.to_owned() }
        }
        [_, run, "artifacts", rest] => of_run(run, rest),
        [_, run, "artifacts"] => of_run(run, ""),
        _ => Source::Elsewhere,
    }
}

/// Tells whether a text is the id of a logged model: `m-` and 32 hex digits.
pub fn is_logged(text: &str) -> bool {
    text.parse::<ModelId>().is_ok()
}

/// Returns the tree or file that an address leads to, if it is in the store and will not change.
pub fn follow(store: &Store, uri: &str) -> Result<Option<Link>, Error> {
    match Source::parse(uri) {
        Source::Version(reference) => match registry::resolve(store, &reference) {
            Ok(version) => Ok(version.model.content),
            Err(Error::Store(error)) => Err(error.into()),
            Err(_) => Ok(None),
        },
        Source::Run { id, path } => {
            let artifacts = edit::get(store, &id)?.and_then(|(_, run)| run.artifacts);
            artifacts.map_or(Ok(None), |tree| below(store, &tree, &path))
        }
        Source::Logged { id, path } => {
            let id = id.parse::<ModelId>().ok();
            let model = id.map(|id| logged::get(store, &id)).transpose()?.flatten();
            let artifacts = model.and_then(|(_, model)| model.artifacts);
            artifacts.map_or(Ok(None), |tree| below(store, &tree, &path))
        }
        Source::Stage { .. } | Source::Elsewhere => Ok(None),
    }
}

/// Returns what a version consists of.
pub fn content(store: &Store, version: &Version) -> Result<Link, Error> {
    let content = match version.model.content {
        Some(link) => Some(link),
        None => follow(store, &version.model.source)?,
    };
    content.ok_or_else(|| Error::NoContent {
        version: version.reference().to_string(),
        source_uri: version.model.source.clone(),
    })
}

fn below(store: &Store, tree: &Link, path: &str) -> Result<Option<Link>, Error> {
    match tree::get(store, tree, path.as_bytes()) {
        Ok(entry) => Ok(entry.content()),
        Err(store::Error::NoEntry { .. } | store::Error::Missing(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_mlflow_reads_them() {
        let id = "0123456789abcdef0123456789abcdef";
        let logged = format!("m-{id}");
        let run = |path: &str| Source::Run { id: id.parse().unwrap(), path: path.to_owned() };
        let version = |which| Source::Version(Reference { name: "iris".to_owned(), which });
        for (uri, source) in [
            ("models:/iris/3".to_owned(), version(Which::Number(3))),
            ("models:/iris/Latest".to_owned(), version(Which::Latest)),
            ("models:/iris@best".to_owned(), version(Which::Alias("best".to_owned()))),
            (
                "models:/iris/production".to_owned(),
                Source::Stage { name: "iris".to_owned(), stage: Stage::Production },
            ),
            (
                format!("models:/{logged}/a/b"),
                Source::Logged { id: logged.clone(), path: "a/b".to_owned() },
            ),
            (format!("runs:/{id}/model"), run("model")),
            (format!("runs:/{id}"), run("")),
            (format!("mlflow-artifacts:/1/{id}/artifacts/a/b"), run("a/b")),
            (format!("mlflow-artifacts:/1/{id}/artifacts"), run("")),
            (
                format!("mlflow-artifacts:/1/models/{logged}/artifacts"),
                Source::Logged { id: logged.clone(), path: String::new() },
            ),
            ("models:/iris".to_owned(), Source::Elsewhere),
            ("models://host/iris/3".to_owned(), Source::Elsewhere),
            ("runs:/nope/x".to_owned(), Source::Elsewhere),
            ("s3://bucket/x".to_owned(), Source::Elsewhere),
            ("/tmp/x".to_owned(), Source::Elsewhere),
            ("file:///tmp/x".to_owned(), Source::Elsewhere),
        ] {
            assert_eq!(Source::parse(&uri), source, "{uri}");
        }
    }
}
