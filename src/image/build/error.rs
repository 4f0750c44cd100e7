use std::path::PathBuf;

use crate::image::build::glob::BadPattern;
use crate::image::dockerfile::{self, Lines};
use crate::remote::download;

/// What can go wrong in a build, beside what is wrong with its Dockerfile.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Dockerfile(#[from] dockerfile::Error),
    #[error("the Dockerfile has no stage `{name}`")]
    NoStage { name: String, near: Vec<String>, known: Vec<String> },
    #[error("could not {action} `{}`", path.display())]
    Io { action: &'static str, path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Pattern(#[from] BadPattern),
    /// A step that failed; its causes say how.
    #[error("{file}:{}: `{text}` failed", at.first)]
    Step { file: String, at: Lines, text: String, source: Box<crate::image::Error> },
    #[error("no `{path}` in {place}")]
    NoSource { path: String, place: String, near: Vec<String> },
    #[error("`{0}` is left out of the context by its ignore file")]
    IgnoredSource(String),
    #[error("{0} sources need a destination that ends with `/`")]
    NotOneSource(usize),
    #[error("`{path}` is {found} already and cannot become {wanted}")]
    InTheWay { path: String, found: &'static str, wanted: &'static str },
    #[error("`{path}` is {found}, which cannot be copied")]
    Uncopyable { path: String, found: &'static str },
    #[error("`{0}` leads through more than 40 symbolic links")]
    LinkLoop(String),
    #[error("`{0}` is no mode: write it in octal, or as `u=rwX,go=rX`")]
    BadMode(String),
    #[error("there is no {what} `{name}` in {list} of the image")]
    NoSuchOwner { what: &'static str, name: String, list: &'static str },
    #[error("the command ended with {how}{}", tail(output))]
    Command {
        how: String,
        /// The end of what it wrote.
        output: Vec<String>,
    },
    #[error("no secret `{0}` was given")]
    NoSecret(String),
    #[error("no agent `{0}` was given")]
    NoAgent(String),
    #[error(transparent)]
    Fetch(#[from] download::Error),
    #[error("`{address}` is no source: {reason}")]
    BadAddress { address: String, reason: String },
    #[error("`{address}` is {found}, not {expected}")]
    Checksum { address: String, expected: String, found: String },
    #[error("`{repository}` could not be fetched: {}", reason.escape_debug())]
    Git { repository: String, reason: String },
    #[error("the program `git` is not installed")]
    NoGit,
    #[error("the Dockerfile fails its own checks: {}", .0.join(", "))]
    Checks(Vec<String>),
    #[error("interrupted")]
    Cancelled,
}

impl Error {
    /// Returns a wrapper that names the path and what was done to it.
    pub(super) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}

/// Returns the end of an output as a part of a message.
fn tail(output: &[String]) -> String {
    match output {
        [] => String::new(),
        lines => format!("; it had written:\n{}", lines.join("\n")),
    }
}
