//! What every way over HTTP shares: how a connection is made, how a body is watched, what a failure is called.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{ClientBuilder, NoProxy, Proxy, Response, redirect};
use tokio::time::timeout;

use crate::base::cause;
use crate::remote::Web;

/// Fewer bytes a second are no connection.
pub(super) const SLOWEST: u64 = 1024;

/// The longest message of somebody else that is shown.
const MAX_MESSAGE: usize = 300;

/// Whether the other side must prove who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tls {
    /// Plain HTTP.
    None,
    Verified,
    /// Any certificate will do: the settings say so for this host.
    Unverified,
}

/// Begins a client that follows no redirects and sends nothing of its own.
pub(super) fn builder(web: &Web, tls: Tls) -> Result<ClientBuilder, String> {
    // Another part of the program may have chosen already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("mls/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .connect_timeout(web.stall)
        .tcp_keepalive(Duration::from_secs(30))
        .tcp_nodelay(true)
        .http2_adaptive_window(true)
        .no_proxy();
    for proxy in proxies(web)? {
        builder = builder.proxy(proxy);
    }
    Ok(match tls {
        Tls::None => builder.tls_backend_preconfigured(no_tls()),
        Tls::Verified => with_certificates(builder, web)?,
        Tls::Unverified => builder.tls_danger_accept_invalid_certs(true),
    })
}

/// The system's certificates take time to read, and plain connections have no use for them.
fn no_tls() -> rustls::ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring knows the usual versions")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}

fn with_certificates(builder: ClientBuilder, web: &Web) -> Result<ClientBuilder, String> {
    let Some(path) = &web.certificates else { return Ok(builder) };
    let pem = std::fs::read(path)
        .map_err(|error| format!("could not read `{}`: {error}", path.display()))?;
    let certificates = reqwest::Certificate::from_pem_bundle(&pem)
        .map_err(|error| format!("`{}` holds no certificate: {error}", path.display()))?;
    Ok(builder.tls_certs_merge(certificates))
}

fn proxies(web: &Web) -> Result<Vec<Proxy>, String> {
    let around = web.no_proxy.as_deref().and_then(NoProxy::from_string);
    let bad = |error: reqwest::Error| format!("the proxy's address is none: {error}");
    let mut proxies = vec![];
    if let Some(address) = &web.http_proxy {
        proxies.push(Proxy::http(address).map_err(bad)?.no_proxy(around.clone()));
    }
    if let Some(address) = &web.https_proxy {
        proxies.push(Proxy::https(address).map_err(bad)?.no_proxy(around));
    }
    Ok(proxies)
}

/// Returns between half of a pause and all of it: many clients that were cut off together come back apart.
pub(super) fn jitter(pause: Duration) -> Duration {
    let mut random = [0; 1];
    let _ = getrandom::fill(&mut random); // without it they come back together
    pause.mul_f64(0.5 + f64::from(random[0]) / 512.0)
}

pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Why a body ended before its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// Hardly anything moved for so long.
    Stalled(Duration),
    Broken(reqwest::Error),
}

/// Sees to it that a body moves.
#[derive(Debug)]
pub(super) struct Watch {
    stall: Duration,
    since: Instant,
    bytes: u64,
}

impl Watch {
    pub(super) fn new(stall: Duration) -> Self {
        Self { stall, since: Instant::now(), bytes: 0 }
    }

    /// Returns the next piece of a body.
    pub(super) async fn next(&mut self, response: &mut Response) -> Result<Option<Bytes>, Stop> {
        let chunk = timeout(self.stall, response.chunk()).await;
        let chunk = chunk.map_err(|_| Stop::Stalled(self.stall))?.map_err(Stop::Broken)?;
        self.bytes += chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
        let time = self.since.elapsed();
        if time >= self.stall {
            if self.bytes < SLOWEST * time.as_secs() && chunk.is_some() {
                return Err(Stop::Stalled(time));
            }
            (self.since, self.bytes) = (Instant::now(), 0);
        }
        Ok(chunk)
    }
}

/// Returns what is wrong with the other side's certificate, or the innermost cause, which says most.
pub(super) fn words(error: &reqwest::Error) -> String {
    if let Some(reason) = certificate(error).filter(|_| error.is_connect()) {
        return reason;
    }
    let text = cause::innermost(error);
    let text = text.rsplit_once(" (os error").map_or(&*text, |(words, _)| words);
    shown(text)
}

/// Returns what is wrong with the other side's certificate.
fn certificate(error: &reqwest::Error) -> Option<String> {
    cause::chain(error).find_map(|inner| {
        let io = inner.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref());
        let tls = inner
            .downcast_ref::<rustls::Error>()
            .or_else(|| io.and_then(|io| io.downcast_ref::<rustls::Error>()));
        tls.map(tls_words)
    })
}

fn tls_words(error: &rustls::Error) -> String {
    use rustls::CertificateError as C;
    match error {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            C::Expired | C::ExpiredContext { .. } => "its certificate has expired".to_owned(),
            C::NotValidYet | C::NotValidYetContext { .. } => {
                "its certificate is not valid yet".to_owned()
            }
            C::NotValidForName | C::NotValidForNameContext { .. } => {
                "its certificate is for another name".to_owned()
            }
            C::UnknownIssuer => {
                "its certificate comes from nobody that this machine trusts".to_owned()
            }
            C::Revoked => "its certificate was revoked".to_owned(),
            other => format!("its certificate is not valid: {}", shown(&other.to_string())),
        },
        other => format!("no secure connection could be made: {}", shown(&other.to_string())),
    }
}

/// Makes a text of somebody else fit to be shown: one line, no control characters, not long.
pub(super) fn shown(text: &str) -> String {
    let mut shown = String::new();
    for c in text.trim().chars().take(MAX_MESSAGE) {
        let invisible = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
        match c.is_control() || invisible {
            true => _ = write!(shown, "{}", c.escape_unicode()),
            false => shown.push(c),
        }
    }
    shown
}
