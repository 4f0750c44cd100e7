//! A client of MLflow's REST API, as far as reading goes: answers as JSON, files as streams, nothing more.
//!
//! What goes out may carry a token, so no redirect is followed. What comes back is bounded and must keep moving.

use std::io::{self, Read};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Buf as _, Bytes};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder, Response, StatusCode, redirect};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use crate::base::cause;

/// The longest answer that is held in memory.
const MAX_ANSWER: usize = 512 << 20;
const TRIES: u32 = 5;
/// The first pause between two tries; each one after is twice as long.
const PAUSE: Duration = Duration::from_millis(300);
/// How long an answer may take to begin, and each next part of it.
const PATIENCE: Duration = Duration::from_secs(120);
const CONNECT: Duration = Duration::from_secs(10);
/// How much of a server's message is shown.
const MAX_MESSAGE: usize = 300;

/// What the environment says of who asks.
#[derive(Debug, Clone, Default)]
pub struct Access {
    pub token: Option<String>,
    pub user: Option<String>,
    pub password: Option<String>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("`{}` is no address of a server", .0.escape_debug())]
    BadAddress(String),
    #[error("`{address}` did not answer: {reason}")]
    Unreachable { address: String, reason: String },
    #[error("`{address}` said no: {status} {message}")]
    Refused { address: String, status: u16, message: String },
    #[error("`{address}` answered what makes no sense: {reason}")]
    Nonsense { address: String, reason: String },
}

/// A server of MLflow.
#[derive(Debug)]
pub struct Server {
    address: String,
    http: reqwest::Client,
    runtime: Runtime,
}

/// One try that failed.
enum Fault {
    Again(String),
    Final(Error),
}

impl Server {
    /// Prepares to ask; `url` may carry a user and a password, which are not shown again.
    pub fn new(url: &str, access: &Access) -> Result<Self, Error> {
        let bad = || Error::BadAddress(url.split('@').next_back().unwrap_or_default().to_owned());
        let mut parsed = reqwest::Url::parse(url).map_err(|_| bad())?;
        if !matches!(parsed.scheme(), "http" | "https") || parsed.host_str().is_none() {
            return Err(bad());
        }
        let given = |text: &str| {
            percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
        };
        let user = Some(given(parsed.username())).filter(|user| !user.is_empty());
        let password = parsed.password().map(given);
        let user = user.or_else(|| access.user.clone());
        let password = password.or_else(|| access.password.clone());
        parsed.set_username("").and_then(|()| parsed.set_password(None)).map_err(|()| bad())?;
        parsed.set_query(None);
        parsed.set_fragment(None);
        let address = parsed.as_str().trim_end_matches('/').to_owned();
        let mut headers = HeaderMap::new();
        // As MLflow's client does: a user goes before a token.
        let header = match (&user, &password, &access.token) {
            (Some(user), Some(password), _) => {
                Some(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
            }
            (_, _, Some(token)) => Some(format!("Bearer {token}")),
            _ => None,
        };
        if let Some(header) = header {
            let mut value = HeaderValue::from_str(&header).map_err(|_| bad())?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let unready = |reason: String| Error::Unreachable { address: address.clone(), reason };
        // Fails where another has set one, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .default_headers(headers)
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT)
            .user_agent(concat!("mls/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| unready(cause::innermost(&error)))?;
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| unready(error.to_string()))?;
        Ok(Self { address, http, runtime })
    }

    /// Returns where it is, without user and password.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Asks with a query; the answer is JSON.
    pub fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Error> {
        self.json(|| self.request(Method::GET, path).query(query))
    }

    /// Asks with a body of JSON; the answer is JSON. What is asked changes nothing, so that it can be asked again.
    pub fn post(&self, path: &str, body: &Value) -> Result<Value, Error> {
        self.json(|| self.request(Method::POST, path).json(body))
    }

    /// Asks for bytes of any length.
    pub fn file(&self, path: &str, query: &[(&str, &str)]) -> Result<File<'_>, Error> {
        let response = self.tried(|| {
            self.runtime.block_on(self.send(self.request(Method::GET, path).query(query)))
        })?;
        Ok(File { server: self, response, rest: Bytes::new() })
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.address))
    }

    fn json(&self, request: impl Fn() -> RequestBuilder) -> Result<Value, Error> {
        let bytes = self.tried(|| {
            self.runtime.block_on(async {
                let mut response = self.send(request()).await?;
                let mut bytes = vec![];
                while let Some(part) = next(&mut response).await.map_err(Fault::Again)? {
                    if bytes.len() + part.len() > MAX_ANSWER {
                        return Err(Fault::Final(self.nonsense("it has no end".to_owned())));
                    }
                    bytes.extend_from_slice(&part);
                }
                Ok(bytes)
            })
        })?;
        let value = serde_json::from_slice(&bytes);
        value.map_err(|error| self.nonsense(format!("it is no JSON ({error})")))
    }

    fn tried<T>(&self, once: impl Fn() -> Result<T, Fault>) -> Result<T, Error> {
        for attempt in 1.. {
            match once() {
                Ok(done) => return Ok(done),
                Err(Fault::Final(error)) => return Err(error),
                Err(Fault::Again(reason)) if attempt >= TRIES => {
                    return Err(Error::Unreachable { address: self.address.clone(), reason });
                }
                Err(Fault::Again(_)) => std::thread::sleep(PAUSE * 2_u32.pow(attempt - 1)),
            }
        }
        unreachable!("the last try returns")
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Fault> {
        let sent = timeout(PATIENCE, request.send()).await;
        let sent = sent.map_err(|_| Fault::Again("it takes too long".to_owned()))?;
        let mut response = sent.map_err(|error| Fault::Again(cause::innermost(&error)))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let mut body = vec![];
        while let Ok(Some(part)) = next(&mut response).await {
            body.extend_from_slice(&part);
            if body.len() > 64 << 10 {
                break;
            }
        }
        let message = message(&body);
        let again = [
            StatusCode::REQUEST_TIMEOUT,
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::BAD_GATEWAY,
            StatusCode::SERVICE_UNAVAILABLE,
            StatusCode::GATEWAY_TIMEOUT,
        ];
        if again.contains(&status) {
            return Err(Fault::Again(format!("{} {message}", status.as_u16())));
        }
        let message = match status.is_redirection() {
            true => "it sends on to another address; name that one".to_owned(),
            false => message,
        };
        let address = self.address.clone();
        Err(Fault::Final(Error::Refused { address, status: status.as_u16(), message }))
    }

    fn nonsense(&self, reason: String) -> Error {
        Error::Nonsense { address: self.address.clone(), reason }
    }
}

/// A file as it arrives.
#[derive(Debug)]
pub struct File<'a> {
    server: &'a Server,
    response: Response,
    rest: Bytes,
}

impl Read for File<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.server.runtime.block_on(next(&mut self.response)) {
                Ok(Some(part)) => self.rest = part,
                Ok(None) => return Ok(0),
                Err(reason) => return Err(io::Error::other(reason)),
            }
        }
        let length = to.len().min(self.rest.len());
        self.rest.copy_to_slice(&mut to[..length]);
        Ok(length)
    }
}

async fn next(response: &mut Response) -> Result<Option<Bytes>, String> {
    let part = timeout(PATIENCE, response.chunk()).await;
    part.map_err(|_| "nothing arrives any more".to_owned())?
        .map_err(|error| cause::innermost(&error))
}

/// The message in MLflow's form of an error; else that there is none.
fn message(body: &[u8]) -> String {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = value["message"].as_str().unwrap_or_default();
    text.chars().take(MAX_MESSAGE).flat_map(char::escape_debug).collect()
}
