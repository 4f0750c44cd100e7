//! Who may ask: the Host that a request is for, the page that it comes from, the token that it shows.

mod credential;
mod guesses;
mod host;
mod origin;
mod proxy;

use std::net::{IpAddr, SocketAddr};

use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};

pub use host::AllowedHost;
pub use proxy::Proxies;

use crate::server::Right;
use crate::server::limits::Limits;
use crate::server::refusal::Refusal;
use crate::server::token::{self, Grant, Holder, Keys, Mint};
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
    /// Makes what clients of the registry come with.
    pub(in crate::server) mint: Mint,
    /// Whose word on whom they speak for counts.
    proxies: Vec<Proxies>,
    guesses: Guesses,
}

/// Whoever has shown something good.
#[derive(Debug)]
pub(in crate::server) struct Asker {
    pub(in crate::server) holder: Holder,
    /// Set where it was no secret that was shown, but what the hub has given for one.
    pub(in crate::server) grant: Option<Grant>,
}

/// The address of a client, for handlers that check secrets themselves.
#[derive(Debug, Clone, Copy)]
pub(in crate::server) struct Client(pub(in crate::server) IpAddr);

/// Returns the secret that a request shows, or what is taken for one.
pub(in crate::server) fn shown_in(headers: &HeaderMap) -> Option<String> {
    match credential::of(headers) {
        Credential::Shown(secret) => Some(secret),
        Credential::Missing | Credential::Unreadable => None,
    }
}

/// What MLflow's own server says.
const FOREIGN_HOST: &str = "Invalid Host header - possible DNS rebinding attack detected";
const FOREIGN_ORIGIN: &str = "Cross-origin request blocked";

/// Paths that answer with a constant: load balancers ask for them by any name.
const HEALTH: [&str; 3] = ["/health", "/healthz", "/version"];

impl Rules {
    pub(in crate::server) fn new(hosts: Hosts, keys: Option<Keys>, proxies: Vec<Proxies>) -> Self {
        Self { hosts, keys, mint: Mint::default(), proxies, guesses: Guesses::default() }
    }

    /// Returns who asks: whoever has connected, or whom a trusted proxy speaks for, and then without a port.
    pub(in crate::server) fn client(&self, head: &Parts, peer: SocketAddr) -> SocketAddr {
        match proxy::client(&head.headers, peer.ip(), &self.proxies) {
            client if client == peer.ip() => peer,
            client => SocketAddr::new(client, 0),
        }
    }

    /// Returns whether the client itself came over TLS, as a trusted proxy says.
    pub(in crate::server) fn is_forwarded_secure(&self, head: &Parts, peer: IpAddr) -> bool {
        proxy::is_secure(&head.headers, peer, &self.proxies)
    }

    /// Returns the host that a request is for, as its client wrote it.
    pub(in crate::server) fn host<'a>(&self, head: &'a Parts) -> &'a str {
        host::named(head).and_then(|mut all| all.next()).unwrap_or("localhost")
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
    ) -> Result<Option<Asker>, Refusal> {
        if credential::lies_open(&head.uri) {
            let message = "A token in an address is in logs and histories: revoke it, and send the next one as a header";
            return Err(Refusal::new(StatusCode::BAD_REQUEST, message));
        }
        let Some(keys) = &self.keys else { return Ok(None) };
        if right == Right::None {
            return Ok(None);
        }
        let shown = shown_in(&head.headers);
        let asker = self.known(keys, store, shown.as_deref());
        let asker = self.settled(store, peer, shown.as_deref(), asker)?;
        let holder = &asker.holder;
        if holder.right >= right {
            return Ok(Some(asker));
        }
        let message = format!(
            "This needs the right to {right}; token `{}` gives {}",
            holder.name, holder.right
        );
        Err(Refusal::new(StatusCode::FORBIDDEN, message).of(&holder.name))
    }

    /// Checks a secret that did not come where they usually are; returns what it gives.
    pub(in crate::server) fn check_secret(
        &self,
        store: &Store,
        client: Client,
        secret: Option<&str>,
    ) -> Result<(Right, Limits), Refusal> {
        let Some(keys) = &self.keys else { return Ok((Right::Admin, Limits::default())) };
        // What was given for a secret is none: nobody lives on grants alone.
        let holder = secret.map_or(Ok(None), |secret| keys.check(store, secret));
        let asker = holder.map(|holder| holder.map(|holder| Asker { holder, grant: None }));
        let holder = self.settled(store, client.0, secret, asker)?.holder;
        Ok((holder.right, Limits::of(Some(&holder))))
    }

    fn known(
        &self,
        keys: &Keys,
        store: &Store,
        shown: Option<&str>,
    ) -> Result<Option<Asker>, token::Error> {
        let Some(shown) = shown else { return Ok(None) };
        if !Grant::is_named_by(shown) {
            let holder = keys.check(store, shown)?;
            return Ok(holder.map(|holder| Asker { holder, grant: None }));
        }
        let Some(grant) = self.mint.read(shown, store.now()) else { return Ok(None) };
        let holder = keys.check_grant(store, &grant)?;
        Ok(holder.map(|holder| Asker { holder, grant: Some(grant) }))
    }

    fn settled(
        &self,
        store: &Store,
        peer: IpAddr,
        shown: Option<&str>,
        asker: Result<Option<Asker>, token::Error>,
    ) -> Result<Asker, Refusal> {
        match asker {
            Ok(Some(asker)) => Ok(asker),
            Ok(None) => Err(self.unknown(store.now(), peer, shown)),
            Err(_) => Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "Tokens cannot be read")),
        }
    }

    /// A good token is looked at first, so nobody locks out another behind the same address by guessing.
    fn unknown(&self, now: i64, peer: IpAddr, shown: Option<&str>) -> Refusal {
        let guessed = shown.is_some_and(|shown| !Grant::is_named_by(shown));
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
