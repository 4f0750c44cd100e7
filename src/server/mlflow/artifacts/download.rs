//! Files that go out: piece by piece as the client takes them, whole or in part, and never as something a browser runs.

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use futures_util::stream;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::server::limits::Limits;
use crate::server::mlflow::artifacts::address::Address;
use crate::server::mlflow::artifacts::spot::{Spot, missing};
use crate::server::mlflow::failure::{Code, Failure};
use crate::server::state::{Shared, blocking};
use crate::store;
use crate::track::artifact::{Found, StoredFile};

/// What MLflow's server calls text, so that no browser takes it for a page or a program.
const TEXT: [&str; 26] = [
    "txt",
    "log",
    "err",
    "cfg",
    "conf",
    "cnf",
    "cf",
    "ini",
    "properties",
    "prop",
    "hocon",
    "toml",
    "yaml",
    "yml",
    "xml",
    "json",
    "js",
    "py",
    "py3",
    "csv",
    "tsv",
    "md",
    "rst",
    "ipynb",
    "MLmodel",
    "MLproject",
];

pub(super) async fn get(
    State(state): State<Shared>,
    Extension(limits): Extension<Limits>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let rest = Address::rest(&uri, "/mlflow-artifacts/artifacts/");
    send(&state, limits, Spot::parse(rest)?, &headers).await
}

/// Answers with a file.
pub(in crate::server::mlflow) async fn send(
    state: &Shared,
    limits: Limits,
    spot: Spot,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let path = spot.path().clone();
    let found = blocking(state, move |state| spot.look(&state.store, &limits));
    let file = match found.await? {
        Found::File(file) => file,
        Found::Folder => {
            return Err(Failure::invalid(format!(
                "Artifact path refers to a directory, not a file: '{path}'"
            )));
        }
        Found::Nothing => return Err(missing(&path)),
    };
    answer(state, file, path.name(), headers).await
}

async fn answer(
    state: &Shared,
    file: StoredFile,
    name: &str,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let tag = format!("\"{}\"", file.link.digest);
    let mut response = Response::builder()
        .header(header::ETAG, &tag)
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::CACHE_CONTROL, "private, no-cache")
        .header(header::CONTENT_TYPE, content_type(name))
        .header(header::CONTENT_DISPOSITION, disposition(name))
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'");
    if let Some(time) = http_date(file.time) {
        response = response.header(header::LAST_MODIFIED, time);
    }
    let made = |response: axum::http::response::Builder, body| {
        response.body(body).map_err(|error| Failure::new(Code::InternalError, error.to_string()))
    };
    if is_known(headers, &tag) {
        return made(response.status(StatusCode::NOT_MODIFIED), Body::empty());
    }
    let (start, end) = match range(headers, &tag, file.size) {
        Asked::Whole => (0, file.size),
        Asked::Part(start, end) => {
            let told = format!("bytes {start}-{}/{}", end - 1, file.size);
            response =
                response.status(StatusCode::PARTIAL_CONTENT).header(header::CONTENT_RANGE, told);
            (start, end)
        }
        Asked::Beyond => {
            let told = format!("bytes */{}", file.size);
            let response = response
                .status(StatusCode::RANGE_NOT_SATISFIABLE)
                .header(header::CONTENT_RANGE, told);
            return made(response, Body::empty());
        }
    };
    let response = response.header(header::CONTENT_LENGTH, end - start);
    let body = match file.bytes {
        Some(bytes) => Body::from(Bytes::from(bytes).slice(start as usize..end as usize)),
        None => body(state, file, start, end).await?,
    };
    made(response, body)
}

/// Returns a body that reads the store as it is taken. Nothing is held between two pieces but the list of chunks.
async fn body(state: &Shared, file: StoredFile, start: u64, end: u64) -> Result<Body, Failure> {
    let link = file.link;
    let chunks = blocking(state, move |state| state.budget.chunks(&state.store, &link)).await?;
    let (state, flow) = (Shared::clone(state), state.budget.begin());
    let reading = (state, chunks, flow);
    Ok(Body::from_stream(stream::try_unfold((start, reading), move |(at, reading)| async move {
        if at >= end {
            return Ok::<_, store::Error>(None);
        }
        let (state, chunks, flow) = &reading;
        let piece = flow.piece(state, chunks, at, end).await?;
        let next = at + piece.len() as u64;
        Ok(Some((piece, (next, reading))))
    })))
}

/// Which part of a file is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Whole,
    /// From the first to before the second.
    Part(u64, u64),
    Beyond,
}

/// Reads the range; several at once, and what is none, mean the whole file, as HTTP allows.
fn range(headers: &HeaderMap, tag: &str, size: u64) -> Asked {
    if headers.get(header::IF_RANGE).is_some_and(|known| known != tag) {
        return Asked::Whole;
    }
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let Some(range) = range.and_then(|range| range.trim().strip_prefix("bytes=")) else {
        return Asked::Whole;
    };
    let Some((first, last)) = range.split_once('-') else { return Asked::Whole };
    let number = |text: &str| match text.trim() {
        text if !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit()) => {
            // More digits than fit are beyond every file.
            Some(text.parse().unwrap_or(u64::MAX))
        }
        _ => None,
    };
    match (number(first), number(last)) {
        (Some(first), _) if first >= size && (last.trim().is_empty() || number(last).is_some()) => {
            Asked::Beyond
        }
        (Some(first), None) if last.trim().is_empty() => Asked::Part(first, size),
        (Some(first), Some(last)) if first <= last => {
            Asked::Part(first, size.min(last.saturating_add(1)))
        }
        (None, Some(0)) if first.trim().is_empty() => Asked::Beyond,
        (None, Some(_)) if first.trim().is_empty() && size == 0 => Asked::Beyond,
        (None, Some(length)) if first.trim().is_empty() => {
            Asked::Part(size.saturating_sub(length), size)
        }
        _ => Asked::Whole,
    }
}

/// Tells whether the client has this very content.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|known| known.to_str().ok()).any(
        |known| {
            let mut known = known.split(',').map(|known| known.trim().trim_start_matches("W/"));
            known.any(|known| known == tag || known == "*")
        },
    )
}

fn http_date(time: i64) -> Option<String> {
    let time = Timestamp::from_millisecond(time).ok()?;
    DateTimePrinter::new().timestamp_to_rfc9110_string(&time).ok()
}

fn content_type(name: &str) -> HeaderValue {
    let extension = name.rsplit_once('.').map_or(name, |(_, extension)| extension);
    if TEXT.contains(&extension) {
        return HeaderValue::from_static("text/plain");
    }
    let guess = mime_guess::from_path(name).first_raw().unwrap_or("application/octet-stream");
    HeaderValue::from_static(guess)
}

/// Names the file for whoever saves it: in ASCII, and as it is where that is more.
fn disposition(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || " ._-+()[]".contains(c);
    let simple: String = name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    match simple == name {
        true => format!("attachment; filename=\"{simple}\""),
        false => {
            let exact = utf8_percent_encode(name, NON_ALPHANUMERIC);
            format!("attachment; filename=\"{simple}\"; filename*=UTF-8''{exact}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_http_says() {
        for (text, asked) in [
            ("bytes=0-9", Asked::Part(0, 10)),
            ("bytes=5-", Asked::Part(5, 100)),
            ("bytes=-5", Asked::Part(95, 100)),
            ("bytes=-500", Asked::Part(0, 100)),
            ("bytes=90-200", Asked::Part(90, 100)),
            ("bytes=99-99", Asked::Part(99, 100)),
            ("bytes=100-", Asked::Beyond),
            ("bytes=100-200", Asked::Beyond),
            ("bytes=99999999999999999999999-", Asked::Beyond),
            ("bytes=-0", Asked::Beyond),
            ("bytes=9-5", Asked::Whole),
            ("bytes=0-1,5-6", Asked::Whole),
            ("bytes=a-b", Asked::Whole),
            ("bytes=-", Asked::Whole),
            ("lines=0-1", Asked::Whole),
        ] {
            let headers = [(header::RANGE, HeaderValue::from_static(text))].into_iter().collect();
            assert_eq!(range(&headers, "\"t\"", 100), asked, "{text}");
        }
    }

    #[test]
    fn h14_no_name_breaks_out_of_its_header_and_no_page_is_a_page() {
        assert_eq!(disposition("a b.txt"), "attachment; filename=\"a b.txt\"");
        let nasty = disposition("x\";\r\nSet-Cookie: a=ö");
        assert!(nasty.starts_with("attachment; filename=\"x____Set-Cookie_ a__\""), "{nasty}");
        assert!(HeaderValue::from_str(&nasty).is_ok());
        assert_eq!(content_type("a.js"), "text/plain");
        assert_eq!(content_type("MLmodel"), "text/plain");
        assert_eq!(content_type("a.png"), "image/png");
        assert_eq!(content_type("a"), "application/octet-stream");
        assert_eq!(http_date(0).as_deref(), Some("Thu, 01 Jan 1970 00:00:00 GMT"));
    }
}
