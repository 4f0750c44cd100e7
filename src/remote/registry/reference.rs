//! The name of an image as people write it, in the grammar of Docker: `host:port/path/name:tag@digest`.
//!
//! ```text
//! train:1                            no registry: a name of this store, or docker.io/library/train:1 where one is meant
//! team/train                         the same: `team` has no dot and no colon, so it is no host
//! reg.example.com/team/train:1       host, repository, tag
//! localhost:5000/train@sha256:…      host with port, digest
//! ```
//!
//! Parsed before any path, request or ref is made of it; nothing else in `mls` takes such a name apart.

use std::fmt;
use std::str::FromStr;

use crate::remote::registry::{Digest, ParseDigestError};

/// The registry that is meant where none is named.
pub const DOCKER_HUB: &str = "docker.io";
/// What Docker Hub was called once.
const DOCKER_HUB_ONCE: &str = "index.docker.io";
/// Where Docker Hub keeps the images that have one name only.
const OFFICIAL: &str = "library/";
/// The tag that is meant where neither tag nor digest is named.
pub const LATEST: &str = "latest";

/// The longest host with its port, and the longest repository (distribution-spec: 255 in all with some registries).
const MAX_NAME: usize = 255;
const MAX_TAG: usize = 128;
/// Of a longer text nothing is looked at.
const MAX: usize = 2 * MAX_NAME + MAX_TAG + 150;

/// A name of an image; what it leaves out stays out until [`Reference::qualified`] fills it in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    registry: Option<String>,
    repository: String,
    tag: Option<String>,
    digest: Option<Digest>,
}

/// Tells why a text is no name of an image.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no name of an image: {reason}", text.escape_debug())]
pub struct ParseReferenceError {
    text: String,
    reason: String,
}

impl Reference {
    /// Returns the registry's host, with its port where one is given; nothing where the name names none.
    pub fn registry(&self) -> Option<&str> {
        self.registry.as_deref()
    }

    /// Returns the path below the registry: `library/python`.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    pub const fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// Returns the name with the registry that Docker would take: `train` is `docker.io/library/train`.
    pub fn qualified(&self) -> Self {
        match self.registry {
            Some(_) => self.clone(),
            None => Self {
                registry: Some(DOCKER_HUB.to_owned()),
                repository: official(&self.repository),
                ..self.clone()
            },
        }
    }

    /// Returns the name with the tag `latest` where it has neither tag nor digest.
    pub fn or_latest(&self) -> Self {
        match (&self.tag, &self.digest) {
            (None, None) => Self { tag: Some(LATEST.to_owned()), ..self.clone() },
            _ => self.clone(),
        }
    }

    /// Returns the name with another tag and no digest.
    pub fn with_tag(&self, tag: &str) -> Result<Self, ParseReferenceError> {
        match tag_fault(tag) {
            None => Ok(Self { tag: Some(tag.to_owned()), digest: None, ..self.clone() }),
            Some(reason) => Err(ParseReferenceError::of(tag, reason)),
        }
    }

    /// Returns the name of exactly this content, and no tag.
    pub fn with_digest(&self, digest: Digest) -> Self {
        Self { tag: None, digest: Some(digest), ..self.clone() }
    }

    /// Returns the name without tag and digest.
    pub fn name(&self) -> String {
        match &self.registry {
            Some(registry) => format!("{registry}/{}", self.repository),
            None => self.repository.clone(),
        }
    }

    /// Returns the name with all that Docker fills in: `docker.io/library/train:latest`.
    pub fn full(&self) -> String {
        self.qualified().or_latest().to_string()
    }

    /// Returns the name as short as Docker prints it: `train` for `docker.io/library/train`.
    pub fn familiar(&self) -> String {
        if self.registry.as_deref().is_some_and(|registry| registry != DOCKER_HUB) {
            return self.to_string();
        }
        let short = self.repository.strip_prefix(OFFICIAL).filter(|short| !short.contains('/'));
        let repository = short.unwrap_or(&self.repository).to_owned();
        Self { registry: None, repository, ..self.clone() }.to_string()
    }
}

impl ParseReferenceError {
    fn of(text: &str, reason: impl Into<String>) -> Self {
        Self { text: text.chars().take(200).collect(), reason: reason.into() }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Reference {
    type Err = ParseReferenceError;

    fn from_str(text: &str) -> Result<Self, ParseReferenceError> {
        parse(text).map_err(|reason| ParseReferenceError::of(text, reason))
    }
}

fn parse(text: &str) -> Result<Reference, String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if text.len() > MAX {
        return Err("it is too long".to_owned());
    }
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, Some(parse_digest(digest)?)),
        None => (text, None),
    };
    let (name, tag) = split_tag(rest);
    let tag = tag.map(|tag| tag_fault(tag).map_or(Ok(tag.to_owned()), Err)).transpose()?;
    // Docker keeps such names for ids of images.
    if name.len() == 64 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Err("64 hex digits are an id and no name".to_owned());
    }
    let (registry, repository) = split_registry(name);
    if let Some(reason) = registry.and_then(registry_fault).or_else(|| name_fault(repository)) {
        return Err(reason.to_owned());
    }
    let registry = registry.map(|host| if host == DOCKER_HUB_ONCE { DOCKER_HUB } else { host });
    let repository = match registry {
        Some(DOCKER_HUB) => official(repository),
        _ => repository.to_owned(),
    };
    Ok(Reference { registry: registry.map(str::to_owned), repository, tag, digest })
}

fn parse_digest(text: &str) -> Result<Digest, String> {
    text.parse().map_err(|error: ParseDigestError| error.to_string())
}

/// A colon begins a tag only where no slash follows: before one it begins a port.
fn split_tag(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (text, None),
    }
}

/// What stands before the first slash is a host where no repository could be called so.
fn split_registry(name: &str) -> (Option<&str>, &str) {
    let Some((first, rest)) = name.split_once('/') else { return (None, name) };
    let upper = first.bytes().any(|byte| byte.is_ascii_uppercase());
    match first == "localhost" || first.contains(['.', ':']) || upper {
        true => (Some(first), rest),
        false => (None, name),
    }
}

fn official(repository: &str) -> String {
    match repository.contains('/') {
        true => repository.to_owned(),
        false => format!("{OFFICIAL}{repository}"),
    }
}

/// Tells why `host` is no host of a registry.
fn registry_fault(host: &str) -> Option<&'static str> {
    if host.len() > MAX_NAME {
        return Some("its host is longer than 255 bytes");
    }
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, port)) if is_ipv6(address) => {
                ("", port.strip_prefix(':').or(Some(port)))
            }
            _ => return Some("its host is no IPv6 address"),
        },
        None => match host.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (host, None),
        },
    };
    let bracketed = host.starts_with('[');
    let port = port.filter(|port| !(bracketed && port.is_empty() && host.ends_with(']')));
    if port.is_some_and(|port| !is_port(port)) {
        return Some("its port is no number up to 65535");
    }
    let label = |label: &str| {
        let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !label.is_empty()
            && label.bytes().all(inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    match bracketed || name.split('.').all(label) {
        true => None,
        false => Some("its host has other characters than letters, digits, `-` and `.`"),
    }
}

/// Zones and embedded IPv4 addresses have no place in a name of an image.
fn is_ipv6(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':')
        && text.parse::<std::net::Ipv6Addr>().is_ok()
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok()
}

fn name_fault(repository: &str) -> Option<&'static str> {
    if repository.len() > MAX_NAME {
        return Some("it is longer than 255 bytes");
    }
    if repository.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Some("the name of a repository has no capital letters");
    }
    match repository.split('/').all(is_component) {
        true => None,
        false => Some("its parts are letters and digits, with `.`, `_`, `__` or `-` between them"),
    }
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
fn is_component(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    let ends =
        bytes.first().copied().is_some_and(plain) && bytes.last().copied().is_some_and(plain);
    ends && text.split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()).all(|between| {
        matches!(between, "" | "." | "_" | "__") || between.bytes().all(|byte| byte == b'-')
    })
}

fn tag_fault(tag: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    match tag {
        "" => Some("its tag is empty".to_owned()),
        _ if tag.len() > MAX_TAG => Some("its tag is longer than 128 characters".to_owned()),
        _ if !tag.bytes().all(plain) || tag.starts_with(['.', '-']) => Some(
            "a tag is letters, digits, `_`, `.` and `-`, and begins with none of the last two"
                .to_owned(),
        ),
        _ => None,
    }
}
