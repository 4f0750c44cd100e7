//! What a path means. Parsed once and strictly: nothing behind this sees a name, a tag or a digest that is none.

use super::failure::Failure;
use crate::image::hosted::{Repository, Which};
use crate::remote::registry::Digest;

/// What a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Catalog,
    Tags(Repository),
    Referrers(Repository, Digest),
    Manifest(Repository, Which),
    Blob(Repository, Digest),
    Uploads(Repository),
    Upload(Repository, String),
}

impl Target {
    /// Returns the repository that it is in.
    pub(super) fn repository(&self) -> Option<&Repository> {
        match self {
            Self::Catalog => None,
            Self::Tags(repository)
            | Self::Referrers(repository, _)
            | Self::Manifest(repository, _)
            | Self::Blob(repository, _)
            | Self::Uploads(repository)
            | Self::Upload(repository, _) => Some(repository),
        }
    }

    /// Takes a path apart from its end: any part of a name may be called `blobs` or `manifests`.
    pub(super) fn parse(path: &str) -> Result<Self, Failure> {
        let rest = path.strip_prefix("/v2/").ok_or_else(Failure::unsupported)?;
        // Some clients write the colon of a digest so.
        let rest = rest.replace("%3A", ":").replace("%3a", ":");
        if rest == "_catalog" {
            return Ok(Self::Catalog);
        }
        let parts: Vec<&str> = rest.split('/').collect();
        let name = |count: usize| Ok::<_, Failure>(Repository::parse(&parts[..count].join("/"))?);
        let digest = |text: &str| text.parse::<Digest>().map_err(|error| Failure::digest(&error));
        match parts.as_slice() {
            [head @ .., "tags", "list"] => Ok(Self::Tags(name(head.len())?)),
            [head @ .., "blobs", "uploads" | "uploads/"] => Ok(Self::Uploads(name(head.len())?)),
            [head @ .., "blobs", "uploads", ""] => Ok(Self::Uploads(name(head.len())?)),
            [head @ .., "blobs", "uploads", id] => {
                Ok(Self::Upload(name(head.len())?, (*id).to_owned()))
            }
            [head @ .., "blobs", of] => Ok(Self::Blob(name(head.len())?, digest(of)?)),
            [head @ .., "referrers", of] => Ok(Self::Referrers(name(head.len())?, digest(of)?)),
            [head @ .., "manifests", of] => {
                let repository = name(head.len())?;
                let which = match of.contains(':') {
                    true => Which::Digest(digest(of)?),
                    false => {
                        Repository::check_tag(of)?;
                        Which::Tag((*of).to_owned())
                    }
                };
                Ok(Self::Manifest(repository, which))
            }
            _ => Err(Failure::no_such_path()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r11_paths_mean_one_thing_or_nothing() {
        let digest = Digest::of(b"");
        let repository = |name: &str| Repository::parse(name).unwrap();
        let sound = [
            ("/v2/_catalog".to_owned(), Target::Catalog),
            ("/v2/a/b/tags/list".to_owned(), Target::Tags(repository("a/b"))),
            (format!("/v2/a/blobs/{digest}"), Target::Blob(repository("a"), digest)),
            (
                format!("/v2/blobs/uploads/manifests/{digest}").replace(':', "%3A"),
                Target::Manifest(repository("blobs/uploads"), Which::Digest(digest)),
            ),
            ("/v2/tags/list/tags/list".to_owned(), Target::Tags(repository("tags/list"))),
            ("/v2/a/blobs/uploads/".to_owned(), Target::Uploads(repository("a"))),
            ("/v2/a/blobs/uploads/x".to_owned(), Target::Upload(repository("a"), "x".to_owned())),
        ];
        for (path, target) in sound {
            assert_eq!(Target::parse(&path).ok(), Some(target), "{path}");
        }
        let long = "x".repeat(300);
        for path in [
            "/v2/../tags/list",
            "/v2/a//b/tags/list",
            "/v2/A/tags/list",
            "/v2/a%2fb/tags/list",
            "/v2/_catalog/tags/list",
            "/v2/tags/list",
            "/v2//tags/list",
            "/v2/a:b/tags/list",
            &format!("/v2/{long}/tags/list"),
            "/v2/a/manifests/.x",
            &format!("/v2/a/manifests/{}", "x".repeat(10_240)),
            "/v2/a/manifests/sha256:x",
            "/v2/a/blobs/sha256:../../etc/x",
            "/v2/a/blobs/x",
            "/v2/a",
            "/v2/a/manifests/x/y",
        ] {
            assert!(Target::parse(path).is_err(), "{path}");
        }
    }
}
