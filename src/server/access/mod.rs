//! Who may ask: the Host that a request is for, the page that it comes from, the token that it shows.

mod credential;
mod guesses;
mod host;
mod origin;
mod proxy;

use std::net::{IpAddr, SocketAddr};

use axum::http::StatusCode;
use axum::http::request::Parts;

pub use host::AllowedHost;
pub use proxy::Proxies;

use crate::server::Right;
use crate::server::refusal::Refusal;
use crate::server::token::{Holder, Keys};
use crate::store::Store;
use credential::Credential;
use guesses::Guesses;
pub(in crate::server) use host::Hosts;

/// What a server asks of a request before any face sees it.
#[derive(Debug)]
pub(in crate::server) struct Rules {
    pub(in crate::server) hosts: Hosts,
    /// Nothing where no token is asked for.
    pub(in crate::server) keys: Option<Keys>,
    /// Whose word on whom they speak for counts.
    proxies: Vec<Proxies>,
    guesses: Guesses,
}

/// What MLflow's own server says.
const FOREIGN_HOST: &str = "Invalid Host header - possible DNS rebinding attack detected";
const FOREIGN_ORIGIN: &str = "Cross-origin request blocked";

/// Paths that answer with a constant: load balancers ask for them by any name.
const HEALTH: [&str; 3] = ["/health", "/healthz", "/version"];

impl Rules {
    pub(in crate::server) fn new(hosts: Hosts, keys: Option<Keys>, proxies: Vec<Proxies>) -> Self {
        Self { hosts, keys, proxies, guesses: Guesses::default() }
    }

    /// Returns who asks: whoever has connected, or whom a trusted proxy speaks for, and then without a port.
    pub(in crate::server) fn client(&self, head: &Parts, peer: SocketAddr) -> SocketAddr {
        match proxy::client(&head.headers, peer.ip(), &self.proxies) {
            client if client == peer.ip() => peer,
            client => SocketAddr::new(client, 0),
        }
    }

    /// Checks that the request is for this server: a page elsewhere may give its own name this server's address.
    pub(in crate::server) fn check_host(&self, head: &Parts) -> Result<(), Refusal> {
        if HEALTH.contains(&head.uri.path()) {
            return Ok(());
        }
        let mut named = host::named(head).ok_or_else(|| {
            Refusal::new(StatusCode::BAD_REQUEST, "The request names its host in two ways")
        })?;
        let known = named.next().is_some_and(|first| self.hosts.know(first));
        match known && named.all(|host| self.hosts.know(host)) {
            true => Ok(()),
            false => Err(Refusal::plain(StatusCode::FORBIDDEN, FOREIGN_HOST)),
        }
    }

    /// Checks that no page of another site makes a browser change something here; returns the origin, where there is
    /// one that may read the answer.
    pub(in crate::server) fn check_origin(&self, head: &Parts) -> Result<Option<String>, Refusal> {
        let refused = || Err(Refusal::plain(StatusCode::FORBIDDEN, FOREIGN_ORIGIN));
        match origin::of(head) {
            origin::Page::Named(origin) if self.hosts.know_origin(&origin) => Ok(Some(origin)),
            origin::Page::Named(_) | origin::Page::Unclear if origin::changes(&head.method) => {
                refused()
            }
            origin::Page::CrossSite if origin::changes(&head.method) => refused(),
            _ => Ok(None),
        }
    }

    /// Checks that whoever asks has `right`; returns whose token it is, where one is asked for.
    pub(in crate::server) fn check_right(
        &self,
        store: &Store,
        head: &Parts,
        peer: IpAddr,
        right: Right,
    ) -> Result<Option<Holder>, Refusal> {
        if credential::lies_open(&head.uri) {
            let message = "A token in an address is in logs and histories: revoke it, and send the next one as a header";
            return Err(Refusal::new(StatusCode::BAD_REQUEST, message));
        }
        let Some(keys) = &self.keys else { return Ok(None) };
        if right == Right::None {
            return Ok(None);
        }
        let shown = credential::of(&head.headers);
        let holder = match &shown {
            Credential::Shown(secret) => keys.check(store, secret),
            Credential::Missing | Credential::Unreadable => Ok(None),
        };
        match holder {
            Ok(Some(holder)) if holder.right >= right => Ok(Some(holder)),
            Ok(Some(holder)) => {
                let message = format!(
                    "This needs the right to {right}; token `{}` gives {}",
                    holder.name, holder.right
                );
                Err(Refusal::new(StatusCode::FORBIDDEN, message).of(&holder.name))
            }
            Ok(None) => Err(self.unknown(store.now(), peer, &shown)),
            Err(_) => Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "Tokens cannot be read")),
        }
    }

    /// A good token is looked at first, so nobody locks out another behind the same address by guessing.
    fn unknown(&self, now: i64, peer: IpAddr, shown: &Credential) -> Refusal {
        let guessed = matches!(shown, Credential::Shown(_));
        if guessed && self.guesses.is_too_many(peer, now) {
            return Refusal::new(
                StatusCode::TOO_MANY_REQUESTS,
                "Too many tokens that are not known",
            );
        }
        Refusal::new(
            StatusCode::UNAUTHORIZED,
            "You are not authenticated: set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_PASSWORD with any user name, to a token of `mls token add`",
        )
    }
}
