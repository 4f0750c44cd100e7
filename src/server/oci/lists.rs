//! Lists, page by page: tags, repositories, what belongs to a manifest.

use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::failure::Failure;
use super::query;
use crate::image::hosted::{self, Repository};
use crate::image::manifest::{Index, media};
use crate::remote::registry::Digest;
use crate::server::limits::Limits;
use crate::server::state::{Shared, blocking};
use crate::server::token::Kind;

/// No page is longer, whatever is asked for (CVE-2023-2253).
const MOST: usize = 1000;

/// A page of names that are in order, and the name that the next one begins behind.
struct Page {
    names: Vec<String>,
    next: Option<String>,
}

pub(super) async fn tags(
    state: &Shared,
    repository: Repository,
    uri: &Uri,
) -> Result<Response, Failure> {
    let of = repository.clone();
    let tags = blocking(state, move |state| hosted::tags(&state.store, &of)).await?;
    let tags = tags.ok_or_else(|| {
        Failure::absent("NAME_UNKNOWN", format!("there is no repository `{repository}`"))
    })?;
    let page = page(tags, uri)?;
    let body = json!({"name": repository.as_str(), "tags": page.names});
    Ok(listed(&body, page.next, &format!("/v2/{repository}/tags/list"), uri))
}

pub(super) async fn catalog(
    state: &Shared,
    limits: Limits,
    uri: &Uri,
) -> Result<Response, Failure> {
    let names = blocking(state, |state| hosted::repositories(&state.store)).await?;
    let names = names.into_iter().filter(|name| limits.allow(Kind::Image, name));
    let page = page(names.collect(), uri)?;
    Ok(listed(&json!({"repositories": page.names}), page.next, "/v2/_catalog", uri))
}

fn page(names: Vec<String>, uri: &Uri) -> Result<Page, Failure> {
    let count = match query(uri, "n") {
        None => MOST,
        Some(text) if text.bytes().all(|digit| digit.is_ascii_digit()) && !text.is_empty() => {
            text.parse().unwrap_or(MOST).min(MOST)
        }
        Some(_) => {
            return Err(Failure::bad("PAGINATION_NUMBER_INVALID", "`n` is no number of entries"));
        }
    };
    let last = query(uri, "last").unwrap_or_default();
    let mut rest = names.into_iter().filter(|name| last.is_empty() || *name > last);
    let names: Vec<String> = rest.by_ref().take(count).collect();
    let next = rest.next().and(names.last().cloned());
    Ok(Page { names, next })
}

fn listed(body: &serde_json::Value, next: Option<String>, path: &str, uri: &Uri) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    let mut response = (StatusCode::OK, json, body.to_string()).into_response();
    if let Some(last) = next {
        let count = query(uri, "n").filter(|n| n.len() < 8).unwrap_or_else(|| MOST.to_string());
        let last = percent_encoding::utf8_percent_encode(&last, percent_encoding::NON_ALPHANUMERIC);
        let link = format!("<{path}?n={count}&last={last}>; rel=\"next\"");
        response.headers_mut().extend(link.parse().ok().map(|link| (header::LINK, link)));
    }
    response
}

/// Answers with an index, which is empty where nothing belongs to the manifest, or where there is no such manifest.
pub(super) async fn referrers(
    state: &Shared,
    repository: Repository,
    digest: Digest,
    uri: &Uri,
) -> Result<Response, Failure> {
    let of = repository.clone();
    let found = blocking(state, move |state| hosted::referrers(&state.store, &of, &digest));
    let mut found = found.await?;
    let wanted = query(uri, "artifactType");
    if let Some(wanted) = &wanted {
        found.retain(|one| one.artifact_type.as_ref() == Some(wanted));
    }
    let after = query(uri, "last").and_then(|last| last.parse::<Digest>().ok());
    found.retain(|one| after.is_none_or(|after| one.digest > after));
    let more = found.len() > MOST;
    found.truncate(MOST);
    let last = found.last().filter(|_| more).map(|one| one.digest);
    let body = Index::new(found).encode();
    let mut response = ([(header::CONTENT_TYPE, media::INDEX)], body).into_response();
    if wanted.is_some() {
        let told = axum::http::HeaderValue::from_static("artifactType");
        response.headers_mut().insert("oci-filters-applied", told);
    }
    if let Some(last) = last {
        let kept = wanted.map(|kind| {
            let kind =
                percent_encoding::utf8_percent_encode(&kind, percent_encoding::NON_ALPHANUMERIC);
            format!("artifactType={kind}&")
        });
        let kept = kept.unwrap_or_default();
        let link = format!("</v2/{repository}/referrers/{digest}?{kept}last={last}>; rel=\"next\"");
        response.headers_mut().extend(link.parse().ok().map(|link| (header::LINK, link)));
    }
    Ok(response)
}
