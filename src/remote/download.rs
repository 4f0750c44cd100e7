//! One file from anywhere on the web, with an end to how large it is, how long it takes, and where it sends us.

use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::path::Path;

use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_DISPOSITION, CONTENT_ENCODING, ETAG, HeaderMap, HeaderName,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION,
};
use reqwest::{Client, Response, StatusCode, Url};
use serde::{Deserialize, Serialize};
use tokio::runtime::Builder;
use tokio::time::timeout;

use crate::base::{Progress, Task};
use crate::remote::Web;
use crate::remote::connect::{self, Stop, Tls, Watch, shown, words};
use crate::remote::registry::challenge;

/// So often a server may send us elsewhere.
const MAX_HOPS: usize = 10;

/// What a server says of a file so that it need not be sent again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    pub etag: Option<String>,
    /// As the server wrote it.
    pub last_modified: Option<String>,
}

/// What came of a question.
#[derive(Debug)]
pub enum Answer {
    /// The file is as it was.
    Unchanged,
    File(Downloaded),
}

/// A file that was fetched.
#[derive(Debug)]
pub struct Downloaded {
    /// Stands at its beginning; has no name.
    pub file: File,
    pub validators: Validators,
    /// What the server calls it (`Content-Disposition`), as it says it.
    pub name: Option<String>,
}

/// Why nothing was fetched.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("`{0}` is no address of a file on the web")]
    BadAddress(String),
    #[error("`{address}` did not answer: {reason}")]
    Unreachable { address: String, reason: String },
    #[error("`{address}` says no: HTTP {status}")]
    Refused { address: String, status: u16 },
    #[error("`{address}` leads where nobody goes: {reason}")]
    Unsafe { address: String, reason: String },
    #[error("`{address}` is larger than {limit} bytes")]
    TooLarge { address: String, limit: u64 },
    #[error("could not keep what `{address}` sends")]
    Io { address: String, source: io::Error },
    #[error("interrupted")]
    Cancelled,
}

/// How a file is fetched.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    pub web: &'a Web,
    /// Where the file is kept; it has no name there.
    pub folder: &'a Path,
    /// Bytes of the largest file that is taken.
    pub limit: u64,
    pub progress: &'a dyn Progress,
    /// Asked with each piece that arrives.
    pub cancelled: &'a dyn Fn() -> bool,
}

impl std::fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("limit", &self.limit).finish_non_exhaustive()
    }
}

/// Fetches the file at `address`, unless it is what `known` says of it.
///
/// Redirects are followed as the registry client allows them: to the web only, never from TLS to none, never into this machine
/// or its neighbourhood from outside. The neighbourhood (169.254.0.0/16 and its like) is never asked at all.
pub fn download(
    address: &str,
    known: Option<&Validators>,
    options: &Options<'_>,
) -> Result<Answer, Error> {
    let url = Url::parse(address).ok().filter(is_web);
    let url = url.ok_or_else(|| Error::BadAddress(shown(address)))?;
    let unready = |reason: String| Error::Unreachable { address: shown_url(&url), reason };
    let tls = if url.scheme() == "http" { Tls::None } else { Tls::Verified };
    let client = |tls| {
        let builder = connect::builder(options.web, tls).map_err(unready)?;
        builder.build().map_err(|error| unready(words(&error)))
    };
    let (first, mut secure) = (client(tls)?, None);
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| unready(error.to_string()))?;
    let mut fetch = Fetch { url: url.clone(), known, options };
    for _ in 0..=MAX_HOPS {
        let elsewhere = fetch.url.scheme() != url.scheme();
        if elsewhere && secure.is_none() {
            // The system's certificates are read only where somebody needs them.
            secure = Some(client(Tls::Verified)?);
        }
        let http = secure.as_ref().filter(|_| elsewhere).unwrap_or(&first);
        match runtime.block_on(fetch.once(http))? {
            Step::Answer(answer) => return Ok(answer),
            Step::Elsewhere(url) => fetch.url = url,
        }
    }
    Err(fetch.unsafe_way(format!("it sends us elsewhere more than {MAX_HOPS} times")))
}

fn is_web(url: &Url) -> bool {
    ["http", "https"].contains(&url.scheme()) && url.host_str().is_some()
}

/// Returns an address without what may be secret in it.
fn shown_url(url: &Url) -> String {
    let mut url = url.clone();
    // Both fail only for what has no host.
    let _ = url.set_password(None);
    let _ = url.set_username("");
    url.set_query(None);
    shown(url.as_str())
}

enum Step {
    Answer(Answer),
    Elsewhere(Url),
}

struct Fetch<'a> {
    url: Url,
    known: Option<&'a Validators>,
    options: &'a Options<'a>,
}

impl Fetch<'_> {
    async fn once(&self, http: &Client) -> Result<Step, Error> {
        let stall = self.options.web.stall;
        if challenge::is_inner(self.url.host_str().unwrap_or_default()) {
            return Err(self.unsafe_way("only this machine's neighbours answer there".to_owned()));
        }
        let request = http
            .get(self.url.clone())
            .headers(conditions(self.known))
            // What is packed is the file itself.
            .header(ACCEPT_ENCODING, "identity");
        let stalled = || format!("nothing came for {} seconds", stall.as_secs().max(1));
        let response = timeout(stall, request.send()).await;
        let response = response.map_err(|_| self.unreachable(stalled()))?;
        let response = response.map_err(|error| self.unreachable(words(&error)))?;
        // A name may lead there as well.
        let met = response.remote_addr().map(|address| address.ip().to_string());
        if met.is_some_and(|address| challenge::is_inner(&address)) {
            return Err(self.unsafe_way("its name leads to a neighbour of this machine".to_owned()));
        }
        match response.status() {
            StatusCode::NOT_MODIFIED if self.known.is_some() => Ok(Step::Answer(Answer::Unchanged)),
            StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT => self.elsewhere(&response).map(Step::Elsewhere),
            StatusCode::OK => self.body(response).await.map(Answer::File).map(Step::Answer),
            status => {
                Err(Error::Refused { address: shown_url(&self.url), status: status.as_u16() })
            }
        }
    }

    fn elsewhere(&self, response: &Response) -> Result<Url, Error> {
        let location = text(response.headers(), LOCATION);
        let to = location.and_then(|location| self.url.join(&location).ok());
        let to = to.ok_or_else(|| {
            self.unsafe_way("it sends us elsewhere and does not say where".to_owned())
        })?;
        match challenge::fault(&self.url, &to) {
            Some(reason) => Err(self.unsafe_way(reason)),
            None => Ok(to),
        }
    }

    async fn body(&self, mut response: Response) -> Result<Downloaded, Error> {
        let Options { folder, limit, .. } = *self.options;
        let too_large = || Error::TooLarge { address: shown_url(&self.url), limit };
        let io = |source| Error::Io { address: shown_url(&self.url), source };
        if response.content_length().is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        if response.headers().get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
            return Err(self.unreachable("it sends another encoding than asked for".to_owned()));
        }
        let headers = response.headers();
        let validators =
            Validators { etag: text(headers, ETAG), last_modified: text(headers, LAST_MODIFIED) };
        let name = text(headers, CONTENT_DISPOSITION).as_deref().and_then(file_name);
        let mut file = tempfile::tempfile_in(folder).map_err(io)?;
        let (mut watch, mut size) = (Watch::new(self.options.web.stall), 0);
        while let Some(chunk) =
            watch.next(&mut response).await.map_err(|stop| self.stopped(&stop))?
        {
            if (self.options.cancelled)() {
                return Err(Error::Cancelled);
            }
            size += chunk.len() as u64;
            if size > limit {
                return Err(too_large());
            }
            file.write_all(&chunk).map_err(io)?;
            self.options.progress.advance(Task::Add, chunk.len() as u64);
        }
        file.rewind().map_err(io)?;
        Ok(Downloaded { file, validators, name })
    }

    fn stopped(&self, stop: &Stop) -> Error {
        self.unreachable(match stop {
            Stop::Stalled(time) => {
                format!("next to nothing came for {} seconds", time.as_secs().max(1))
            }
            Stop::Broken(error) => format!("the connection was cut off: {}", words(error)),
        })
    }

    fn unreachable(&self, reason: String) -> Error {
        Error::Unreachable { address: shown_url(&self.url), reason }
    }

    fn unsafe_way(&self, reason: String) -> Error {
        Error::Unsafe { address: shown_url(&self.url), reason }
    }
}

fn conditions(known: Option<&Validators>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let Some(known) = known else { return headers };
    let all = [(IF_NONE_MATCH, &known.etag), (IF_MODIFIED_SINCE, &known.last_modified)];
    for (name, value) in all {
        if let Some(Ok(value)) = value.as_ref().map(|value| value.parse()) {
            headers.insert(name, value);
        }
    }
    headers
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// Returns the name in a `Content-Disposition` (RFC 6266), the last part of it: what a server says is no path here.
fn file_name(disposition: &str) -> Option<String> {
    let fields = disposition.split(';').skip(1).filter_map(|field| field.split_once('='));
    let name = fields.into_iter().find(|(key, _)| key.trim().eq_ignore_ascii_case("filename"));
    let name = name?.1.trim().trim_matches('"').replace("\\\"", "\"");
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let bad = matches!(name, "" | "." | "..") || name.chars().any(char::is_control);
    (!bad).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn d06_what_a_server_calls_a_file_is_a_name_and_no_path() {
        for (text, name) in [
            ("attachment; filename=\"a b.txt\"", Some("a b.txt")),
            ("attachment; FileName=a.txt; size=3", Some("a.txt")),
            ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
            ("attachment; filename=\"..\"", None),
            ("attachment; filename=\"\"", None),
            ("attachment; filename=\"a\u{1}b\"", None),
            ("inline", None),
        ] {
            assert_eq!(file_name(text).as_deref(), name, "{text}");
        }
    }
}
