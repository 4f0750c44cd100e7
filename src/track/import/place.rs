//! Where artifacts may be read from: below folders that the user named, and nowhere else.
//!
//! A tracking database can say anything, also `artifact_uri: /etc`. What it says is followed below a root only.

use std::path::{Component, Path, PathBuf};

use percent_encoding::percent_decode_str;

use crate::track::Error;

/// The folders that artifacts are taken from; canonical.
#[derive(Debug, Clone, Default)]
pub(super) struct Roots {
    roots: Vec<PathBuf>,
}

/// Where artifacts are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Folder(PathBuf),
    /// They were never made, as it seems: what would hold them is there, or nothing is.
    None,
    /// In a folder that nobody named as a root.
    Outside(PathBuf),
    /// In an object store, or at a server.
    Elsewhere(String),
}

impl Roots {
    /// Takes the folder that the user named, or else those beside the store that MLflow uses by itself.
    pub(super) fn new(store: &Path, named: Option<&Path>) -> Result<Self, Error> {
        if let Some(named) = named {
            let root = named.canonicalize().map_err(Error::io("open", named))?;
            return Ok(Self { roots: vec![root] });
        }
        let beside = ["mlartifacts", "mlruns", ""].map(|name| store.join(name));
        Ok(Self { roots: beside.iter().filter_map(|path| path.canonicalize().ok()).collect() })
    }

    /// Adds a folder to those that are looked into.
    pub(super) fn add(&mut self, root: PathBuf) {
        self.roots.insert(0, root);
    }

    /// Returns whether a path, links followed, is below a root.
    pub(super) fn hold(&self, path: &Path) -> bool {
        path.canonicalize().is_ok_and(|path| self.roots.iter().any(|root| path.starts_with(root)))
    }

    /// Finds the folder that `uri` means.
    pub(super) fn find(&self, uri: &str) -> Place {
        let path = match location(uri) {
            Location::Elsewhere(scheme) => return Place::Elsewhere(scheme),
            Location::Path(path) => path,
            Location::Proxied(path) => return self.below(&path).map_or(Place::None, Place::Folder),
        };
        if path.is_dir() && self.hold(&path) {
            return Place::Folder(path);
        }
        // The store may have been moved: its last names are the same below the root.
        let names: Vec<_> = path.components().collect();
        for count in (2..=5.min(names.len())).rev() {
            let tail: PathBuf = names[names.len() - count..].iter().collect();
            if let Some(found) = self.below(&tail) {
                return Place::Folder(found);
            }
        }
        match path.exists() {
            true => Place::Outside(path),
            false => Place::None,
        }
    }

    fn below(&self, path: &Path) -> Option<PathBuf> {
        let plain = path.components().all(|name| matches!(name, Component::Normal(_)));
        if !plain {
            return None;
        }
        let found = self.roots.iter().map(|root| root.join(path));
        found.into_iter().find(|path| path.is_dir() && self.hold(path))
    }
}

enum Location {
    Path(PathBuf),
    /// A path at the artifact proxy of a tracking server.
    Proxied(PathBuf),
    Elsewhere(String),
}

fn location(uri: &str) -> Location {
    let Some((scheme, rest)) = uri.split_once(':') else { return Location::Path(uri.into()) };
    let named = scheme.len() > 1
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    let path = || {
        let rest = match rest.strip_prefix("//") {
            // A host comes first, mostly an empty one.
            Some(rest) => rest.find('/').map_or("", |at| &rest[at..]),
            None => rest,
        };
        percent_decode_str(rest).decode_utf8_lossy().into_owned()
    };
    match scheme {
        "file" => Location::Path(path().into()),
        "mlflow-artifacts" => Location::Proxied(path().trim_start_matches('/').into()),
        _ if named => Location::Elsewhere(scheme.to_owned()),
        _ => Location::Path(uri.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s06_what_a_store_says_is_followed_below_its_root_alone() {
        let top = tempfile::tempdir().unwrap();
        let top = top.path().canonicalize().unwrap();
        let (root, other) = (top.join("root"), top.join("other"));
        let run = root.join("1/abc/artifacts");
        std::fs::create_dir_all(&run).unwrap();
        std::fs::create_dir_all(&other).unwrap();
        std::os::unix::fs::symlink(&other, root.join("1/out")).unwrap();
        let roots = Roots::new(&top, Some(&root)).unwrap();
        let there = Place::Folder(run.clone());
        for uri in [
            run.display().to_string(),
            format!("file://{}", run.display()),
            "/moved/from/1/abc/artifacts".to_owned(),
            "mlflow-artifacts:/1/abc/artifacts".to_owned(),
            "mlflow-artifacts://host:5000/1/abc/artifacts".to_owned(),
        ] {
            assert_eq!(roots.find(&uri), there, "{uri}");
        }
        assert_eq!(roots.find(&other.display().to_string()), Place::Outside(other.clone()));
        assert_eq!(roots.find("s3://bucket/1"), Place::Elsewhere("s3".to_owned()));
        for uri in [
            "mlflow-artifacts:/../other",
            "mlflow-artifacts:/1/out",
            "mlflow-artifacts:/%2e%2e/other",
        ] {
            assert_eq!(roots.find(uri), Place::None, "{uri}");
        }
        let out = root.join("1/out").display().to_string();
        assert!(matches!(roots.find(&out), Place::Outside(_)));
    }
}
