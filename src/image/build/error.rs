use std::path::PathBuf;

/// What can go wrong in a build, beside what is wrong with its Dockerfile.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("could not {action} `{}`", path.display())]
    Io { action: &'static str, path: PathBuf, source: std::io::Error },
}
