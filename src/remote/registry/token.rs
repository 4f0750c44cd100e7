//! Being let in: passwords and tokens, and who is told them.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{RequestBuilder, Url};
use serde::Deserialize;

use crate::remote::registry::challenge::{self, Challenge};
use crate::remote::registry::endpoint::{Endpoint, Met};
use crate::remote::registry::fault::{self, Fault};
use crate::remote::registry::request::{body, patiently};
use crate::remote::registry::{Error, Login};

/// The largest answer of a token server.
const MAX_ANSWER: u64 = 1 << 20;
/// What a token is good for where its server does not say (distribution, token authentication).
const USUAL: u64 = 60;
/// A token that ends within this time is replaced at once.
const MARGIN: Duration = Duration::from_secs(5);
/// What we call ourselves to token servers.
const CLIENT: &str = "mls";

/// What a registry has said of the way in, and the tokens for it.
#[derive(Default)]
pub(super) struct Auth {
    challenge: Mutex<Option<Challenge>>,
    tokens: Mutex<HashMap<String, Token>>,
    /// A token server that was not told the login.
    withheld: Mutex<Option<String>>,
}

struct Token {
    header: HeaderValue,
    until: Instant,
}

#[derive(Deserialize)]
struct Answer {
    token: Option<String>,
    access_token: Option<String>,
    expires_in: Option<u64>,
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth").field("challenge", &lock(&self.challenge)).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Auth {
    /// Remembers what the registry asks for.
    pub(super) fn learn(&self, challenge: Challenge) {
        *lock(&self.challenge) = Some(challenge);
    }

    /// Forgets the token for `scopes`, which was not accepted.
    pub(super) fn forget(&self, scopes: &[String]) {
        lock(&self.tokens).remove(&scopes.join(" "));
    }

    /// Returns the token server that was not told the login.
    pub(super) fn withheld(&self) -> Option<String> {
        lock(&self.withheld).clone()
    }

    fn known(&self, key: &str) -> Option<HeaderValue> {
        let tokens = lock(&self.tokens);
        let token = tokens.get(key)?;
        (token.until > Instant::now() + MARGIN).then(|| token.header.clone())
    }
}

impl Endpoint {
    /// Returns the header that lets a question with `scopes` in, if any is wanted.
    pub(super) async fn authorization(
        &self,
        met: &Met,
        scopes: &[String],
    ) -> Result<Option<HeaderValue>, Fault> {
        let challenge = lock(&self.auth.challenge).clone();
        let login = || self.login(scopes);
        match challenge {
            None | Some(Challenge::Open) => Ok(None),
            Some(Challenge::Basic) => match login() {
                None => Ok(None),
                Some(Login::Password { user, password }) => basic(&user, &password).map(Some),
                Some(Login::Bearer(token) | Login::Identity(token)) => bearer(&token).map(Some),
            },
            Some(Challenge::Bearer { realm, service }) => {
                if let Some(Login::Bearer(token)) = login() {
                    return bearer(&token).map(Some);
                }
                let key = scopes.join(" ");
                if let Some(known) = self.auth.known(&key) {
                    return Ok(Some(known));
                }
                let token = self.fetch(met, &realm, service.as_deref(), scopes).await?;
                let header = token.header.clone();
                lock(&self.auth.tokens).insert(key, token);
                Ok(Some(header))
            }
        }
    }

    /// Asks the token server, as who we are where it may be told, else as nobody.
    async fn fetch(
        &self,
        met: &Met,
        realm: &Url,
        service: Option<&str>,
        scopes: &[String],
    ) -> Result<Token, Fault> {
        if let Some(reason) = challenge::fault(&met.base, realm) {
            let reason = format!("for a token, {reason}");
            return Err(Error::Unsafe { registry: self.registry.clone(), reason }.into());
        }
        let login = self.login(scopes).filter(|_| {
            let trusted = self.may_be_told(met, realm);
            if !trusted {
                *lock(&self.auth.withheld) = realm.host_str().map(str::to_owned);
            }
            trusted
        });
        let http = self.http_for(met, realm)?;
        let request = match &login {
            Some(Login::Identity(token)) => {
                let scope = scopes.join(" ");
                let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
                form.extend([("client_id", CLIENT), ("scope", scope.as_str())]);
                form.extend(service.map(|service| ("service", service)));
                http.post(realm.clone())
                    .header(reqwest::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .body(encoded(&form))
            }
            _ => get(http.get(realm.clone()), service, scopes, login.as_ref())?,
        };
        let begun = Instant::now();
        let response = patiently(self.web.stall, request.send()).await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes =
            body(self.web.stall, response, MAX_ANSWER, "the answer of a token server").await?;
        if !status.is_success() {
            let after = crate::remote::connect::retry_after(&headers);
            return Err(fault::of_status(&self.registry, "a token", status, after, &bytes));
        }
        self.token(&bytes, begun)
    }

    fn token(&self, bytes: &[u8], begun: Instant) -> Result<Token, Fault> {
        let nonsense = || Error::Nonsense {
            registry: self.registry.clone(),
            reason: "its token server gives no token".to_owned(),
        };
        let answer: Answer = serde_json::from_slice(bytes).map_err(|_| nonsense())?;
        let text = answer.token.or(answer.access_token).filter(|text| !text.is_empty());
        let header = bearer(&text.ok_or_else(nonsense)?)?;
        let seconds = answer.expires_in.filter(|seconds| *seconds > 0).unwrap_or(USUAL);
        Ok(Token { header, until: begun + Duration::from_secs(seconds.min(86_400)) })
    }

    /// ABUSE R04: a registry could name any server to collect passwords.
    fn may_be_told(&self, met: &Met, realm: &Url) -> bool {
        let host = realm.host_str().unwrap_or_default();
        let usual = match self.registry.as_str() {
            "docker.io" => Some("auth.docker.io"),
            "registry.gitlab.com" => Some("gitlab.com"),
            _ => None,
        };
        let named = self.token_host.as_deref().or(usual);
        challenge::same_host(&met.base, realm)
            || named.is_some_and(|named| named.eq_ignore_ascii_case(host))
    }
}

fn get(
    request: RequestBuilder,
    service: Option<&str>,
    scopes: &[String],
    login: Option<&Login>,
) -> Result<RequestBuilder, Fault> {
    let mut query: Vec<(&str, &str)> = scopes.iter().map(|scope| ("scope", &**scope)).collect();
    query.extend(service.map(|service| ("service", service)));
    let Some(Login::Password { user, password }) = login else { return Ok(request.query(&query)) };
    query.push(("account", user));
    Ok(request.query(&query).header(AUTHORIZATION, basic(user, password)?))
}

fn encoded(form: &[(&str, &str)]) -> String {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    let pair = |(name, value): &(&str, &str)| {
        format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))
    };
    form.iter().map(pair).collect::<Vec<_>>().join("&")
}

fn basic(user: &str, password: &str) -> Result<HeaderValue, Fault> {
    secret(&format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
}

fn bearer(token: &str) -> Result<HeaderValue, Fault> {
    secret(&format!("Bearer {token}"))
}

fn secret(text: &str) -> Result<HeaderValue, Fault> {
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        let reason = "a token has characters that no token has".to_owned();
        Fault::Final(Error::Nonsense { registry: "the token server".to_owned(), reason })
    })?;
    value.set_sensitive(true);
    Ok(value)
}
