//! Names of images as names of refs: `images/train:1`, `images/docker.io/library/python:3.11`, `images/team/train@sha256:…`.
//!
//! Names of images allow what those of refs do not (a tag may be `1.` or `x.lock`, a part `head`): such parts are written
//! with `%xx`, which is in no name of an image. One name has one ref, and one ref one name.

use percent_encoding::percent_decode_str;

use crate::image::Error;
use crate::remote::registry::{Digest, Reference};
use crate::store::refs;

/// All refs of images begin so.
pub const FOLDER: &str = "images/";

/// Returns the ref of an image: of its digest where it has one, otherwise of its tag, `latest` where it has none.
pub fn ref_name(reference: &Reference) -> Result<String, Error> {
    let name = match reference.digest() {
        Some(digest) => by_digest(&reference.name(), digest),
        None => {
            let reference = reference.or_latest();
            by_tag(&reference.name(), reference.tag().unwrap_or_default())
        }
    };
    check(name)
}

/// Returns the ref of a tag in the repository `name`.
pub fn by_tag(name: &str, tag: &str) -> String {
    format!("{FOLDER}{}", escaped(&format!("{name}:{tag}")))
}

/// Returns the ref of content in the repository `name` that need not have a tag.
pub fn by_digest(name: &str, digest: &Digest) -> String {
    format!("{FOLDER}{}", escaped(&format!("{name}@{digest}")))
}

/// Returns the ref of an image that nobody has named: what `build` without `-t` makes.
pub fn untagged(digest: &Digest) -> String {
    format!("{FOLDER}@{digest}")
}

/// Returns the beginnings of the refs of all tags and of all digests in the repository `name`.
pub fn of_repository(name: &str) -> [String; 2] {
    [
        format!("{FOLDER}{}", escaped(&format!("{name}:"))),
        format!("{FOLDER}{}", escaped(&format!("{name}@"))),
    ]
}

/// What the ref of an image says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The repository, with its registry where it has one; empty for an image that nobody has named.
    pub name: String,
    pub tag: Option<String>,
    pub digest: Option<Digest>,
}

impl Named {
    /// Reads the name of a ref; nothing where it is no ref of an image, or not written as it must be.
    pub fn parse(ref_name: &str) -> Option<Self> {
        let own = ref_name.strip_prefix(FOLDER)?;
        let text = percent_decode_str(own).decode_utf8().ok()?.into_owned();
        if escaped(&text) != own {
            return None;
        }
        if let Some((name, digest)) = text.split_once('@') {
            let digest = Some(digest.parse().ok()?);
            return Some(Self { name: name.to_owned(), tag: None, digest });
        }
        let (name, tag) = text.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'))?;
        let named = !name.is_empty() && !tag.is_empty();
        named.then(|| Self { name: name.to_owned(), tag: Some(tag.to_owned()), digest: None })
    }

    /// Returns the name as people write it; nothing for an image that nobody has named.
    pub fn text(&self) -> Option<String> {
        match (&self.tag, &self.digest) {
            _ if self.name.is_empty() => None,
            (Some(tag), _) => Some(format!("{}:{tag}", self.name)),
            (None, Some(digest)) => Some(format!("{}@{digest}", self.name)),
            (None, None) => Some(self.name.clone()),
        }
    }

    pub fn reference(&self) -> Option<Reference> {
        self.text()?.parse().ok()
    }
}

fn check(name: String) -> Result<String, Error> {
    match refs::check_name(&name) {
        Ok(()) => Ok(name),
        Err(_) => Err(Error::BadName {
            name: name[FOLDER.len()..].chars().take(300).collect(),
            reason: "one of its parts is longer than 255 bytes".to_owned(),
        }),
    }
}

fn escaped(text: &str) -> String {
    text.split('/').map(escaped_part).collect::<Vec<_>>().join("/")
}

fn escaped_part(part: &str) -> String {
    let mut part = part.replace('[', "%5b").replace("..", ".%2e");
    if part.eq_ignore_ascii_case("head") {
        part = format!("%{:02x}{}", part.as_bytes()[0], &part[1..]);
    }
    let at = match part.len().checked_sub(5) {
        Some(at) if part.is_char_boundary(at) && part[at..].eq_ignore_ascii_case(".lock") => at,
        _ if part.ends_with('.') => part.len() - 1,
        _ => return part,
    };
    format!("{}%2e{}", &part[..at], &part[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r11_every_name_of_an_image_has_one_ref_and_comes_back() {
        let digest = format!("train@{}", Digest::of(b""));
        for (name, wanted) in [
            ("train", "images/train:latest"),
            ("train:1", "images/train:1"),
            ("docker.io/library/python:3.11", "images/docker.io/library/python:3.11"),
            ("localhost:5000/a/b:c", "images/localhost:5000/a/b:c"),
            ("x:1.", "images/x:1%2e"),
            ("x:1..2", "images/x:1.%2e2"),
            ("x:...", ""),
            ("x:1...", "images/x:1.%2e%2e"),
            ("x:1.LOCK", "images/x:1%2eLOCK"),
            ("x.lock/head/y:head", "images/x%2elock/%68ead/y:head"),
            ("[::1]:5000/x:1", "images/%5b::1]:5000/x:1"),
            (&digest, &format!("images/{digest}")),
        ] {
            let Ok(reference) = name.parse::<Reference>() else {
                assert_eq!(wanted, "", "{name}");
                continue;
            };
            let found = ref_name(&reference).unwrap();
            assert_eq!(found, wanted, "{name}");
            refs::check_name(&found).unwrap();
            let named = Named::parse(&found).unwrap();
            assert_eq!(named.reference(), Some(reference.or_latest()), "{name}");
        }
        for odd in
            ["runs/x:1", "images/x", "images/x%3a1", "images/x:1%2E", "images/:1", "images/x:"]
        {
            assert_eq!(Named::parse(odd), None, "{odd}");
        }
        let untagged = untagged(&Digest::of(b"x"));
        refs::check_name(&untagged).unwrap();
        assert_eq!(Named::parse(&untagged).unwrap().text(), None);
    }
}
