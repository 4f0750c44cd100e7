//! Manifests: given out byte for byte as they came, taken in as images.

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};

use super::empty;
use super::failure::Failure;
use crate::image::hosted::{self, Repository, Which};
use crate::image::manifest::MAX_BYTES;
use crate::remote::registry::Digest;
use crate::server::intake::Taken;
use crate::server::state::{Shared, blocking};

pub(super) async fn get(
    state: &Shared,
    repository: Repository,
    which: Which,
    is_head: bool,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let wanted = which.clone();
    let found = blocking(state, move |state| hosted::find(&state.store, &repository, &wanted));
    let (image, bytes) = found.await?.ok_or_else(|| Failure::no_manifest(shown(&which)))?;
    let tag = format!("\"{}\"", image.digest);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag)) {
        return Ok(empty(StatusCode::NOT_MODIFIED, [("etag", tag)]));
    }
    let length = bytes.len();
    let mut response = match is_head {
        true => StatusCode::OK.into_response(),
        false => bytes.into_response(),
    };
    for (name, value) in [
        ("content-type", image.media_type),
        ("content-length", length.to_string()),
        ("docker-content-digest", image.digest.to_string()),
        ("etag", tag),
    ] {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

pub(super) async fn put(
    state: &Shared,
    repository: Repository,
    which: Which,
    uri: &Uri,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let bytes = match state.intake.take(body, MAX_BYTES + 1).await? {
        Taken::Whole(mut held) => std::mem::take(&mut held.bytes),
        Taken::Long(..) => {
            let message = format!("a manifest has at most {MAX_BYTES} bytes");
            return Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "MANIFEST_INVALID", message));
        }
    };
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type =
        media_type.map(|told| told.split(';').next().unwrap_or_default().trim().to_owned());
    let (of, wanted) = (repository.clone(), which.clone());
    let more = tags_of(uri)?;
    let put = blocking(state, move |state| {
        let put = hosted::put(&state.store, &of, &wanted, media_type.as_deref(), &bytes)?;
        for tag in &more {
            let tag = Which::Tag(tag.clone());
            hosted::put(&state.store, &of, &tag, media_type.as_deref(), &bytes)?;
        }
        Ok::<_, hosted::Error>(put)
    });
    let put = put.await?;
    let mut response = empty(
        StatusCode::CREATED,
        [
            ("location", format!("/v2/{repository}/manifests/{}", put.digest)),
            ("docker-content-digest", put.digest.to_string()),
        ],
    );
    if let Some(subject) = put.subject.and_then(|subject| subject.to_string().parse().ok()) {
        response.headers_mut().insert("oci-subject", subject);
    }
    for tag in tags_of(uri)? {
        if let Ok(tag) = tag.parse() {
            response.headers_mut().append("oci-tag", tag);
        }
    }
    Ok(response)
}

/// Returns what `?tag=a&tag=b` names beside what is in the path.
fn tags_of(uri: &Uri) -> Result<Vec<String>, Failure> {
    const MOST: usize = 100;
    let pairs = uri.query().unwrap_or_default().split('&');
    let tags: Vec<String> =
        pairs.filter_map(|pair| pair.strip_prefix("tag=")).map(str::to_owned).collect();
    if tags.len() > MOST {
        return Err(Failure::bad("TAG_INVALID", "so many tags are not taken at once"));
    }
    tags.iter().try_for_each(|tag| Repository::check_tag(tag))?;
    Ok(tags)
}

pub(super) async fn delete(
    state: &Shared,
    repository: Repository,
    which: Which,
) -> Result<Response, Failure> {
    let wanted = which.clone();
    let gone = blocking(state, move |state| hosted::delete(&state.store, &repository, &wanted));
    match gone.await? {
        true => Ok(empty(StatusCode::ACCEPTED, [])),
        false => Err(Failure::no_manifest(shown(&which))),
    }
}

fn shown(which: &Which) -> String {
    match which {
        Which::Tag(tag) => tag.clone(),
        Which::Digest(digest) => Digest::to_string(digest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::oci::query;

    #[test]
    fn tags_of_a_query_are_all_read() {
        let uri: Uri = "/v2/a/manifests/x?tag=a&digest=z&tag=b".parse().unwrap();
        assert_eq!(tags_of(&uri).unwrap(), ["a", "b"]);
        assert_eq!(query(&uri, "digest").as_deref(), Some("z"));
        assert!(tags_of(&"/?tag=-".parse().unwrap()).is_err());
    }
}
