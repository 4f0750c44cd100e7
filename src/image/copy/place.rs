//! Where an image is, in the words of skopeo: `docker://reg.example.com/a:1`, `oci:layout:1`, `oci-archive:a.tar`.

use std::path::PathBuf;

use crate::image::Error;
use crate::remote::registry::{self, Reference};

/// A place that images are carried from and to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a registry.
    Registry(Reference),
    /// In an OCI layout, which is a folder; by its name there, where it has one.
    Layout { path: PathBuf, name: Option<String> },
    /// In an OCI layout that is a tar.
    OciArchive { path: PathBuf, name: Option<String> },
    /// In what `docker save` writes.
    DockerArchive { path: PathBuf, name: Option<Reference> },
    /// In a store, by its name there.
    Store(String),
}

impl Place {
    /// Reads a place; paths are left as they are. What has no transport is in a registry if it names one, else in the store.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let reference = |text: &str| text.parse::<Reference>().map_err(registry::Error::from);
        if let Some(name) = text.strip_prefix("docker://") {
            return Ok(Self::Registry(reference(name)?));
        }
        if let Some(name) = text.strip_prefix("store:") {
            return Ok(Self::Store(name.to_owned()));
        }
        for transport in ["oci:", "oci-archive:", "docker-archive:"] {
            let Some(rest) = text.strip_prefix(transport) else { continue };
            // The path ends at the first colon, as with skopeo.
            let (path, name) = rest.split_once(':').map_or((rest, None), |(p, n)| (p, Some(n)));
            let name = name.filter(|name| !name.is_empty());
            let path = PathBuf::from(path);
            if path.as_os_str().is_empty() {
                let reason = "there is no path behind its transport".to_owned();
                return Err(Error::BadName { name: text.to_owned(), reason });
            }
            let named = || name.map(str::to_owned);
            return Ok(match transport {
                "oci:" => Self::Layout { path, name: named() },
                "oci-archive:" => Self::OciArchive { path, name: named() },
                _ => Self::DockerArchive { path, name: name.map(reference).transpose()? },
            });
        }
        let named = reference(text)?;
        Ok(match named.registry() {
            Some(_) => Self::Registry(named),
            None => Self::Store(text.to_owned()),
        })
    }

    /// Returns the same place with its path made of another.
    #[must_use]
    pub fn in_folder(self, folder: &std::path::Path) -> Self {
        match self {
            Self::Layout { path, name } => Self::Layout { path: folder.join(path), name },
            Self::OciArchive { path, name } => Self::OciArchive { path: folder.join(path), name },
            Self::DockerArchive { path, name } => {
                Self::DockerArchive { path: folder.join(path), name }
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_written_as_with_skopeo() {
        let layout = |path: &str, name: Option<&str>| Place::Layout {
            path: path.into(),
            name: name.map(str::to_owned),
        };
        let in_registry = |text: &str| Place::Registry(text.parse().unwrap());
        for (text, wanted) in [
            ("docker://python:3.11", in_registry("python:3.11")),
            ("reg.example.com:5000/a/b:1", in_registry("reg.example.com:5000/a/b:1")),
            ("train:1", Place::Store("train:1".to_owned())),
            ("store:docker.io/library/python:3", Place::Store("docker.io/library/python:3".into())),
            ("oci:a/b", layout("a/b", None)),
            ("oci:a/b:", layout("a/b", None)),
            ("oci:/a/b:x/y:1", layout("/a/b", Some("x/y:1"))),
            (
                "docker-archive:a.tar:x:1",
                Place::DockerArchive { path: "a.tar".into(), name: "x:1".parse().ok() },
            ),
        ] {
            assert_eq!(Place::parse(text).unwrap(), wanted, "{text}");
        }
        for text in ["", "oci:", "oci-archive::x", "docker-archive:a.tar:-x", "docker://", "A:B:C"]
        {
            assert!(Place::parse(text).is_err(), "{text}");
        }
    }
}
