//! Where a request shows its token.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Uri};
use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{GeneralPurposeConfig, STANDARD};

use crate::server::token::Secret;

/// What a request shows.
pub(super) enum Credential {
    Missing,
    /// The text of a token, or what somebody takes for one.
    Shown(String),
    /// Something that is neither Bearer nor Basic, or more than one.
    Unreadable,
}

/// Returns the token of a `Bearer`, or the password of a `Basic` with any user name: what MLflow's clients send.
pub(super) fn of(headers: &HeaderMap) -> Credential {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let value = match (all.next(), all.next()) {
        (None, _) => return Credential::Missing,
        (Some(value), None) => value.to_str().unwrap_or_default(),
        (Some(_), Some(_)) => return Credential::Unreadable,
    };
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    let shown = match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Some(rest.trim().to_owned()),
        "basic" => password(rest.trim()),
        _ => None,
    };
    shown.filter(|shown| !shown.is_empty()).map_or(Credential::Unreadable, Credential::Shown)
}

fn password(encoded: &str) -> Option<String> {
    const ANY_PADDING: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let engine = GeneralPurpose::new(&base64::alphabet::STANDARD, ANY_PADDING);
    let bytes = engine.decode(encoded).or_else(|_| STANDARD.decode(encoded)).ok()?;
    let pair = String::from_utf8(bytes).ok()?;
    Some(pair.split_once(':')?.1.to_owned())
}

/// Tells whether an address holds what looks like a token: it would be in logs, histories and Referer headers.
pub(super) fn lies_open(uri: &Uri) -> bool {
    let holds = |text: &str| Secret::is_within(text);
    holds(uri.path())
        || uri.query().is_some_and(holds)
        || uri.authority().is_some_and(|authority| holds(authority.as_str()))
}
