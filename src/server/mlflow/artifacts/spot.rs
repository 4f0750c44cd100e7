//! What is read: a file of a run or a logged model, or of a registered version, which never changes.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::model::source::Source;
use crate::model::{Error, registry};
use crate::server::limits::Limits;
use crate::server::mlflow::artifacts::address::{Address, safe};
use crate::server::mlflow::failure::Failure;
use crate::store::{Link, Store};
use crate::track::artifact::{self, ArtifactPath, Found, Holder, Listed};

/// Paths of the proxy that begin so are `registered/NAME/NUMBER/PATH`.
const REGISTERED: &str = "registered";

/// What means something else in an address, or nothing at all.
const ODD: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b';').add(b'?');

/// Where something is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::server::mlflow) enum Spot {
    Held(Address),
    Version { name: String, number: u64, path: ArtifactPath },
}

/// Where the content of a version is.
enum Content {
    Held(Address),
    Tree { tree: Link, time: i64 },
}

/// Returns where MLflow's clients find the content of a version that came from elsewhere.
pub(in crate::server::mlflow) fn version_uri(name: &str, number: u64) -> String {
    format!("mlflow-artifacts:/{REGISTERED}/{}/{number}", utf8_percent_encode(name, ODD))
}

impl Spot {
    /// Reads a path of the proxy; none where it is above all that has files.
    pub(in crate::server::mlflow) fn find(path: &ArtifactPath) -> Option<Self> {
        let mut names = path.as_str().splitn(4, '/');
        if names.next() == Some(REGISTERED)
            && let (Some(name), Some(number)) = (names.next(), names.next())
            && let Ok(number) = number.parse()
        {
            let path = ArtifactPath::parse(names.next().unwrap_or_default()).ok()?;
            return Some(Self::Version { name: name.to_owned(), number, path });
        }
        Address::find(path).map(Self::Held)
    }

    /// Reads a path of the proxy that means a file.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let path = safe(text)?;
        Self::find(&path).ok_or_else(|| missing(&path))
    }

    pub(super) fn path(&self) -> &ArtifactPath {
        match self {
            Self::Held(address) => &address.path,
            Self::Version { path, .. } => path,
        }
    }

    /// Returns what lies there for whoever asks.
    pub(super) fn look(&self, store: &Store, limits: &Limits) -> Result<Found, Failure> {
        match self {
            Self::Held(address) => Ok(artifact::find(store, &address.holder, &address.path)?),
            Self::Version { name, number, path } => match content(store, name, *number, limits)? {
                Content::Held(root) => {
                    Ok(artifact::find(store, &root.holder, &root.path.below(path))?)
                }
                Content::Tree { tree, time } => Ok(artifact::find_in(store, &tree, path, time)?),
            },
        }
    }

    /// Returns what is in the folder there.
    pub(super) fn list(&self, store: &Store, limits: &Limits) -> Result<Vec<Listed>, Failure> {
        match self {
            Self::Held(address) => Ok(artifact::list(store, &address.holder, &address.path)?),
            Self::Version { name, number, path } => match content(store, name, *number, limits)? {
                Content::Held(root) => {
                    Ok(artifact::list(store, &root.holder, &root.path.below(path))?)
                }
                Content::Tree { tree, .. } => Ok(artifact::list_in(store, &tree, path)?),
            },
        }
    }
}

/// Finds what a version consists of: what was sealed with it, else the files that its address leads to here.
///
/// A version may name any run as its source: files that lie there still are for those who see the run.
fn content(store: &Store, name: &str, number: u64, limits: &Limits) -> Result<Content, Failure> {
    let version = registry::get(store, name)?.version(store, number)?;
    if let Some(tree) = version.model.content {
        return Ok(Content::Tree { tree, time: version.model.created });
    }
    let model = &version.model;
    let source = Source::parse(model.location.as_ref().unwrap_or(&model.source));
    let no_content = || {
        let (version, source_uri) = (format!("{name}/{number}"), model.source.clone());
        Failure::from(Error::NoContent { version, source_uri })
    };
    let held = |holder, path: &str| -> Result<Content, Failure> {
        if let Some(limited) = limits.get()
            && !limited.sees_holder(store, &holder)?
        {
            return Err(no_content());
        }
        Ok(Content::Held(Address { holder, path: safe(path)? }))
    };
    match source {
        Source::Run { id, path } => held(Holder::Run(id), &path),
        Source::Logged { id, path } if id.parse::<crate::track::logged::ModelId>().is_ok() => {
            held(Holder::Model(id.parse().expect("it was parsed a line before")), &path)
        }
        _ => Err(no_content()),
    }
}

pub(in crate::server::mlflow) fn missing(path: &ArtifactPath) -> Failure {
    Failure::absent(format!("No such artifact: '{path}'"))
}
