//! One question to one server: let in, sent elsewhere a few times, answered.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, HeaderMap, HeaderValue, LOCATION,
};
use reqwest::{Body, Method, Response, StatusCode, Url};
use tokio::time::timeout;

use crate::remote::connect::{Watch, retry_after};
use crate::remote::registry::Error;
use crate::remote::registry::challenge;
use crate::remote::registry::endpoint::{Endpoint, Met};
use crate::remote::registry::fault::{self, Fault};

/// So often a registry may send us elsewhere (ABUSE R06).
const MAX_HOPS: usize = 5;
/// Of an answer that is no success so much is read.
const MAX_REFUSAL: u64 = 64 << 10;
/// A registry that has to hash or move what was sent may take so many times as long.
const SLOW: u32 = 20;

/// A question.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) method: Method,
    pub(super) url: Url,
    /// What the token must be good for: `repository:N:pull`.
    pub(super) scopes: Vec<String>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// For people: ``blob `sha256:…` ``.
    pub(super) what: String,
    pub(super) slow: bool,
}

impl Ask {
    pub(super) fn new(method: Method, url: Url, what: impl Into<String>) -> Self {
        Self {
            method,
            url,
            scopes: vec![],
            headers: HeaderMap::new(),
            body: Bytes::new(),
            what: what.into(),
            slow: false,
        }
    }

    pub(super) fn scoped(mut self, repository: &str, actions: &str) -> Self {
        self.scopes.push(format!("repository:{repository}:{actions}"));
        self
    }

    pub(super) fn header(
        mut self,
        name: reqwest::header::HeaderName,
        value: impl Into<String>,
    ) -> Self {
        if let Ok(value) = HeaderValue::from_str(&value.into()) {
            self.headers.append(name, value);
        }
        self
    }

    pub(super) fn with_body(mut self, body: Bytes) -> Self {
        self.body = body;
        self.slow = true;
        self
    }
}

impl Endpoint {
    /// Returns an address below `/v2/`.
    pub(super) async fn url(&self, path: &str) -> Result<Url, Fault> {
        let met = self.met().await?;
        met.base.join(path).map_err(|_| self.nonsense("a path that leads nowhere"))
    }

    /// Sends a question and returns the answer, which is a success.
    pub(super) async fn send(&self, ask: &Ask) -> Result<Response, Fault> {
        let met = self.met().await?;
        let mut url = ask.url.clone();
        let (mut hops, mut asked_again) = (0, false);
        loop {
            let response = self.once(met, ask, &url, ask.body.clone().into(), None).await?;
            let status = response.status();
            if status == StatusCode::UNAUTHORIZED && !asked_again && self.may_know(met, &url) {
                asked_again = true;
                self.auth.forget(&ask.scopes);
                if let Some(challenge) = challenge::read(response.headers()) {
                    self.auth.learn(challenge);
                    continue;
                }
            }
            if !status.is_redirection() || ![Method::GET, Method::HEAD].contains(&ask.method) {
                return self.succeeded(ask, response).await;
            }
            hops += 1;
            if hops > MAX_HOPS {
                return Err(
                    self.unsafe_way(format!("it sends us elsewhere more than {MAX_HOPS} times"))
                );
            }
            url = self.elsewhere(&url, &response)?;
        }
    }

    /// Sends a body that can be sent once only.
    pub(super) async fn stream(
        &self,
        ask: &Ask,
        body: Body,
        length: Option<u64>,
    ) -> Result<Response, Fault> {
        let met = self.met().await?;
        let response = self.once(met, ask, &ask.url, body, length).await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            self.auth.forget(&ask.scopes);
            if let Some(challenge) = challenge::read(response.headers()) {
                self.auth.learn(challenge);
            }
        }
        self.succeeded(ask, response).await
    }

    async fn once(
        &self,
        met: &Met,
        ask: &Ask,
        url: &Url,
        body: Body,
        length: Option<u64>,
    ) -> Result<Response, Fault> {
        let streamed = length.is_some() || body.as_bytes().is_none();
        let mut request = self
            .http_for(met, url)?
            .request(ask.method.clone(), url.clone())
            .headers(ask.headers.clone())
            // Content has the digest of its bytes, not of what somebody has packed them into.
            .header(ACCEPT_ENCODING, "identity");
        if let Some(length) = length {
            request = request.header(reqwest::header::CONTENT_LENGTH, length);
        } else if !streamed && ask.body.is_empty() && ask.method == Method::POST {
            request = request.header(reqwest::header::CONTENT_LENGTH, 0);
        }
        if self.may_know(met, url)
            && let Some(header) = self.authorization(met, &ask.scopes).await?
        {
            request = request.header(AUTHORIZATION, header);
        }
        if streamed || !ask.body.is_empty() {
            request = request.body(body);
        }
        match streamed {
            // Whoever sends watches that it moves.
            true => request.send().await.map_err(|error| Fault::of(&error)),
            false => {
                let stall = self.web.stall;
                patiently(if ask.slow { stall * SLOW } else { stall }, request.send()).await
            }
        }
    }

    /// A login is for this server and no other (ABUSE R06).
    fn may_know(&self, met: &Met, url: &Url) -> bool {
        challenge::same_origin(&met.base, url)
    }

    fn elsewhere(&self, from: &Url, response: &Response) -> Result<Url, Fault> {
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let url = location.and_then(|location| from.join(location).ok());
        let url =
            url.ok_or_else(|| self.nonsense("it sends us elsewhere and does not say where"))?;
        self.check(from, url)
    }

    /// Returns an address that the server has named, where it is one to go to.
    pub(super) fn check(&self, from: &Url, to: Url) -> Result<Url, Fault> {
        match challenge::fault(from, &to) {
            Some(reason) => Err(self.unsafe_way(reason)),
            None => Ok(to),
        }
    }

    fn unsafe_way(&self, reason: String) -> Fault {
        Error::Unsafe { registry: self.registry.clone(), reason }.into()
    }

    async fn succeeded(&self, ask: &Ask, response: Response) -> Result<Response, Fault> {
        let status = response.status();
        if status.is_success() {
            let encoding = response.headers().get(CONTENT_ENCODING);
            return match encoding.is_none_or(|encoding| encoding == "identity") {
                true => Ok(response),
                false => Err(self.lied(&ask.what, "it came packed, which nobody asked for")),
            };
        }
        let after = retry_after(response.headers());
        let bytes =
            body(self.web.stall, response, MAX_REFUSAL, "a refusal").await.unwrap_or_default();
        let fault = fault::of_status(&self.registry, &ask.what, status, after, &bytes);
        match self.auth.withheld().filter(|_| matches!(status.as_u16(), 401 | 403)) {
            Some(host) => Err(Error::TokenHost { registry: self.registry.clone(), host }.into()),
            None => Err(fault),
        }
    }
}

/// Waits for an answer as long as there is hope.
pub(super) async fn patiently(
    patience: Duration,
    answer: impl Future<Output = reqwest::Result<Response>>,
) -> Result<Response, Fault> {
    let answer = timeout(patience, answer).await.map_err(|_| Fault::stalled(patience))?;
    answer.map_err(|error| Fault::of(&error))
}

/// Reads an answer that is held in memory.
pub(super) async fn body(
    stall: Duration,
    mut response: Response,
    limit: u64,
    what: &str,
) -> Result<Vec<u8>, Fault> {
    let too_large = || Fault::Final(Error::TooLarge { what: what.to_owned(), limit });
    if response.content_length().is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let (mut watch, mut bytes) = (Watch::new(stall), vec![]);
    while let Some(chunk) = watch.next(&mut response).await? {
        if bytes.len() as u64 + chunk.len() as u64 > limit {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
