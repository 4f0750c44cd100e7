use crate::container;
use crate::image::{build, dockerfile, layer, rootfs};
use crate::store;

/// What can go wrong with images. A new variant must find its hint and exit code in `cli/error` and its answer in `server`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Layer(#[from] layer::Error),
    #[error(transparent)]
    Rootfs(#[from] rootfs::Error),
    #[error(transparent)]
    Dockerfile(#[from] dockerfile::Error),
    #[error(transparent)]
    Build(#[from] build::Error),
    #[error(transparent)]
    Container(#[from] container::Error),
}
