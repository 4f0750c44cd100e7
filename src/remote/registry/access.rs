//! What a registry is reached by: settings, logins, and who may be told them.

use std::fmt;
use std::sync::Arc;

use crate::remote::Web;

/// Looks a login up by the registry's host and a repository in it.
pub type Logins = dyn Fn(&str, &str) -> Option<Login> + Send + Sync;

/// What registries are reached by; settings fill it in.
#[derive(Clone)]
pub struct Access {
    /// Proxies, certificates, patience; its credential is not used.
    pub web: Web,
    pub logins: Arc<Logins>,
    pub hosts: Vec<Host>,
    /// Whether layers are fetched from the URLs that a manifest names.
    pub foreign_urls: bool,
}

/// What is set for one registry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Host {
    /// As in a reference, with its port.
    pub name: String,
    /// Hosts, or `http(s)://` addresses, that are asked first for what is read.
    pub mirrors: Vec<String>,
    /// Whether plain HTTP, and certificates of anybody, are good enough.
    pub insecure: bool,
    /// A host besides the registry's own that may be told the login.
    pub token_host: Option<String>,
}

/// Who asks. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub enum Login {
    Password {
        user: String,
        password: String,
    },
    /// Of an OAuth2 server, for which it gives out tokens (Docker's `identitytoken`).
    Identity(String),
    /// Sent to the registry as it is (Docker's `registrytoken`).
    Bearer(String),
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login")
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").field("hosts", &self.hosts).finish_non_exhaustive()
    }
}

impl Default for Access {
    /// Nobody is logged in anywhere, and nothing is set.
    fn default() -> Self {
        Self {
            web: Web::default(),
            logins: Arc::new(|_, _| None),
            hosts: vec![],
            foreign_urls: false,
        }
    }
}

impl Access {
    /// Returns what is set for a registry.
    pub fn host(&self, name: &str) -> Host {
        let set = self.hosts.iter().find(|host| host.name.eq_ignore_ascii_case(name));
        set.cloned().unwrap_or_else(|| Host { name: name.to_owned(), ..Host::default() })
    }
}
