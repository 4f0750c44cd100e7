//! Where an address of the protocol leads.

use std::borrow::Cow;

use axum::http::Method;

/// Where a path leads.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::server::score) enum Place<'a> {
    Server,
    Live,
    Ready,
    Index,
    /// To load or unload a model.
    Change(Cow<'a, str>),
    Model {
        name: Cow<'a, str>,
        version: Option<Cow<'a, str>>,
        what: What,
    },
}

/// What is asked of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server::score) enum What {
    About,
    Ready,
    Infer,
}

impl<'a> Place<'a> {
    /// Reads a path that begins with `/v2`.
    pub(in crate::server::score) fn of(path: &'a str) -> Option<Self> {
        let parts: Vec<_> = path.trim_end_matches('/').split('/').skip(2).collect();
        Some(match parts[..] {
            [] => Self::Server,
            ["health", "live"] => Self::Live,
            ["health", "ready"] => Self::Ready,
            ["repository", "index"] => Self::Index,
            ["repository", "models", name, "load" | "unload"] => Self::Change(decoded(name)?),
            ["models", name, "versions", version, ref what @ ..] => Self::Model {
                name: decoded(name)?,
                version: Some(decoded(version)?),
                what: What::of(what)?,
            },
            ["models", name, ref what @ ..] => {
                Self::Model { name: decoded(name)?, version: None, what: What::of(what)? }
            }
            _ => return None,
        })
    }

    pub(in crate::server::score) fn method(&self) -> Method {
        match self {
            Self::Index | Self::Change(_) | Self::Model { what: What::Infer, .. } => Method::POST,
            _ => Method::GET,
        }
    }

    /// Load balancers ask without a token.
    pub(in crate::server::score) fn is_open(&self) -> bool {
        matches!(self, Self::Live | Self::Ready)
    }
}

impl What {
    fn of(parts: &[&str]) -> Option<Self> {
        match parts {
            [] => Some(Self::About),
            ["ready"] => Some(Self::Ready),
            ["infer"] => Some(Self::Infer),
            _ => None,
        }
    }
}

fn decoded(part: &str) -> Option<Cow<'_, str>> {
    percent_encoding::percent_decode_str(part).decode_utf8().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_a_model_and_what_is_asked_of_it() {
        let model = |name: &str, version: Option<&str>, what| {
            let version = version.map(|version| version.to_owned().into());
            Some(Place::Model { name: name.to_owned().into(), version, what })
        };
        assert_eq!(Place::of("/v2"), Some(Place::Server));
        assert_eq!(Place::of("/v2/"), Some(Place::Server));
        assert_eq!(Place::of("/v2/models/a%20b"), model("a b", None, What::About));
        assert_eq!(Place::of("/v2/models/a/infer"), model("a", None, What::Infer));
        assert_eq!(Place::of("/v2/models/a/versions/3/ready"), model("a", Some("3"), What::Ready));
        for nowhere in ["/v2/models", "/v2/models/a/b", "/v2/x", "/v2/models/%ff"] {
            assert_eq!(Place::of(nowhere), None, "{nowhere}");
        }
    }
}
