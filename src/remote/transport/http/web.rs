//! What a connection to a hub goes by.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// What a connection to a hub goes by; settings fill it in.
#[derive(Debug, Clone)]
pub struct Web {
    pub credential: Option<Credential>,
    /// For `http` addresses.
    pub http_proxy: Option<String>,
    /// For `https` addresses.
    pub https_proxy: Option<String>,
    /// Hosts that are reached without a proxy, as `NO_PROXY` lists them.
    pub no_proxy: Option<String>,
    /// A file of certificates, in PEM, that are trusted besides the system's.
    pub certificates: Option<PathBuf>,
    /// A connection on which nearly nothing moves for so long is given up.
    pub stall: Duration,
    /// The pause before the second try; each one after it is twice as long.
    pub pause: Duration,
    /// Connections at a time.
    pub streams: usize,
}

impl Default for Web {
    fn default() -> Self {
        Self {
            credential: None,
            http_proxy: None,
            https_proxy: None,
            no_proxy: None,
            certificates: None,
            stall: Duration::from_secs(30),
            pause: Duration::from_millis(200),
            streams: 6,
        }
    }
}

/// Who asks. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    Token(String),
    Password { user: String, password: String },
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential")
    }
}
