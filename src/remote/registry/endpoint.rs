//! One server that is asked: where it is, whether it speaks TLS, and who we are to it.

use std::sync::Arc;

use reqwest::header::WWW_AUTHENTICATE;
use reqwest::{StatusCode, Url};
use tokio::sync::OnceCell;

use crate::remote::Web;
use crate::remote::connect::{self, Tls, shown};
use crate::remote::registry::Error;
use crate::remote::registry::access::{Access, Host, Login, Logins};
use crate::remote::registry::challenge::{self, Challenge};
use crate::remote::registry::fault::Fault;
use crate::remote::registry::reference::DOCKER_HUB;
use crate::remote::registry::request::patiently;
use crate::remote::registry::token::Auth;

/// Where Docker Hub answers.
const DOCKER_HUB_HOST: &str = "registry-1.docker.io";

/// A registry, or a mirror of it.
#[derive(Debug)]
pub(super) struct Endpoint {
    /// What its logins are kept under, and what people are told.
    pub(super) registry: String,
    pub(super) web: Web,
    pub(super) auth: Auth,
    pub(super) token_host: Option<String>,
    logins: Keeper,
    candidates: Vec<(Url, Tls)>,
    met: OnceCell<Met>,
    secure: std::sync::OnceLock<reqwest::Client>,
}

struct Keeper(Arc<Logins>);

impl std::fmt::Debug for Keeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keeper")
    }
}

/// A server that has answered.
#[derive(Debug)]
pub(super) struct Met {
    /// With `/v2/` at its end.
    pub(super) base: Url,
    pub(super) http: reqwest::Client,
}

impl Endpoint {
    /// Returns the mirrors of a registry and then itself.
    pub(super) fn all(registry: &str, access: &Access) -> Result<Vec<Self>, Error> {
        let host = access.host(registry);
        let mirrors = host.mirrors.iter().map(|mirror| Self::mirror(registry, mirror, access));
        let mut all = mirrors.collect::<Result<Vec<_>, _>>()?;
        all.push(Self::new(registry, &host, access)?);
        Ok(all)
    }

    fn new(registry: &str, host: &Host, access: &Access) -> Result<Self, Error> {
        let address = if registry == DOCKER_HUB { DOCKER_HUB_HOST } else { registry };
        let url = |scheme: &str| base(registry, &format!("{scheme}://{address}"));
        let (secure, plain) = (url("https")?, url("http")?);
        let candidates =
            match (host.insecure, challenge::is_local(plain.host_str().unwrap_or_default())) {
                (true, _) => vec![(secure, Tls::Unverified), (plain, Tls::None)],
                // As Docker does; nothing secret is said before it has answered.
                (false, true) => vec![(plain, Tls::None), (secure, Tls::Verified)],
                (false, false) => vec![(secure, Tls::Verified)],
            };
        Ok(Self::with(registry, host, candidates, access))
    }

    fn mirror(registry: &str, mirror: &str, access: &Access) -> Result<Self, Error> {
        if !mirror.contains("://") {
            return Self::new(mirror, &access.host(mirror), access);
        }
        let url = base(registry, mirror)?;
        let name = match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (host, _) => host.unwrap_or_default().to_owned(),
        };
        let host = access.host(&name);
        let tls = match (url.scheme(), host.insecure) {
            ("http", _) => Tls::None,
            (_, true) => Tls::Unverified,
            (_, false) => Tls::Verified,
        };
        Ok(Self::with(&name, &host, vec![(url, tls)], access))
    }

    fn with(registry: &str, host: &Host, candidates: Vec<(Url, Tls)>, access: &Access) -> Self {
        Self {
            registry: registry.to_owned(),
            web: access.web.clone(),
            auth: Auth::default(),
            token_host: host.token_host.clone(),
            logins: Keeper(Arc::clone(&access.logins)),
            candidates,
            met: OnceCell::new(),
            secure: std::sync::OnceLock::new(),
        }
    }

    /// Returns who we are to it; `scopes` name the repository.
    pub(super) fn login(&self, scopes: &[String]) -> Option<Login> {
        let repository = scopes.first().and_then(|scope| scope.split(':').nth(1));
        (self.logins.0)(&self.registry, repository.unwrap_or_default())
    }

    /// Returns the server, which is asked once how it is to be spoken to.
    pub(super) async fn met(&self) -> Result<&Met, Fault> {
        self.met.get_or_try_init(|| self.meet()).await
    }

    async fn meet(&self) -> Result<Met, Fault> {
        let mut first = None;
        for (base, tls) in &self.candidates {
            match self.ping(base, *tls).await {
                Ok(met) => return Ok(met),
                Err(fault) => first = first.or(Some(fault)),
            }
        }
        Err(first.expect("there is an address"))
    }

    /// Asks whether there is a registry (distribution-spec, end-1). Most say 401 to it, and what they want.
    async fn ping(&self, base: &Url, tls: Tls) -> Result<Met, Fault> {
        let failed = |reason: String| {
            let registry = self.registry.clone();
            Fault::Final(Error::Settings { registry, reason })
        };
        let http = connect::builder(&self.web, tls).map_err(failed)?;
        let http = http.build().map_err(|error| failed(error.to_string()))?;
        let response = patiently(self.web.stall, http.get(base.clone()).send()).await?;
        let (status, headers) = (response.status(), response.headers());
        match status {
            StatusCode::UNAUTHORIZED => match challenge::read(headers) {
                Some(challenge) => self.auth.learn(challenge),
                None => {
                    let asked = headers.get(WWW_AUTHENTICATE).and_then(|value| value.to_str().ok());
                    let asked = shown(asked.unwrap_or("nothing"));
                    let reason = format!("it wants a login and asks for `{asked}`");
                    return Err(self.nonsense(&reason));
                }
            },
            // A server that speaks TLS says so in this way to one who does not.
            StatusCode::BAD_REQUEST if tls == Tls::None && self.candidates.len() > 1 => {
                return Err(Fault::Connect("it answers plain HTTP with HTTP 400".to_owned()));
            }
            StatusCode::TOO_MANY_REQUESTS => {
                let after = connect::retry_after(headers);
                return Err(Fault::Busy { message: format!("HTTP {status}"), after });
            }
            status if status.is_server_error() => {
                let after = connect::retry_after(headers);
                return Err(Fault::Failed { message: format!("HTTP {status}"), after });
            }
            status if status.is_success() => self.auth.learn(Challenge::Open),
            // Some have no such page, and answer all the same.
            _ => {}
        }
        Ok(Met { base: base.clone(), http })
    }

    /// Returns a client for an address that may be elsewhere: the certificate of anybody is good for this server alone.
    pub(super) fn http_for(&self, met: &Met, url: &Url) -> Result<reqwest::Client, Fault> {
        if challenge::same_origin(&met.base, url) || url.scheme() == "http" {
            return Ok(met.http.clone());
        }
        if let Some(secure) = self.secure.get() {
            return Ok(secure.clone());
        }
        let failed = |reason: String| {
            let registry = self.registry.clone();
            Fault::Final(Error::Settings { registry, reason })
        };
        let secure = connect::builder(&self.web, Tls::Verified).map_err(failed)?;
        let secure = secure.build().map_err(|error| failed(error.to_string()))?;
        Ok(self.secure.get_or_init(|| secure).clone())
    }

    pub(super) fn nonsense(&self, reason: &str) -> Fault {
        let (registry, reason) = (self.registry.clone(), reason.to_owned());
        Error::Nonsense { registry, reason }.into()
    }

    pub(super) fn lied(&self, what: &str, reason: impl Into<String>) -> Fault {
        let (registry, what) = (self.registry.clone(), what.to_owned());
        Error::Lied { registry, what, reason: reason.into() }.into()
    }
}

fn base(registry: &str, address: &str) -> Result<Url, Error> {
    let wrong = |reason: &str| Error::Settings {
        registry: registry.to_owned(),
        reason: format!("`{}` {reason}", address.escape_debug()),
    };
    let url = Url::parse(&format!("{}/v2/", address.trim_end_matches('/')));
    let url = url.map_err(|_| wrong("is no address"))?;
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    match ["http", "https"].contains(&url.scheme()) && plain && url.host_str().is_some() {
        true => Ok(url),
        false => Err(wrong("is no address of a registry")),
    }
}
