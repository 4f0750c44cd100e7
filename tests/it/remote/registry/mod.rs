//! Mirrors `src/remote/registry`.

mod auth;
mod blobs;
mod manifests;
mod reference;
mod upload;

use std::sync::Arc;
use std::time::Duration;

use mls::remote::Web;
use mls::remote::registry::{Access, Client, Login};

use crate::support::registry::FakeRegistry;

/// Returns what a test reaches registries by: nobody waits long.
pub(crate) fn access(login: Option<Login>) -> Access {
    let web =
        Web { stall: Duration::from_secs(5), pause: Duration::from_millis(5), ..Web::default() };
    Access { web, logins: Arc::new(move |_, _| login.clone()), ..Access::default() }
}

fn client(registry: &FakeRegistry, login: Option<Login>) -> Client {
    Client::new(&registry.host(), &access(login)).unwrap()
}

fn ada() -> Option<Login> {
    Some(Login::Password { user: "ada".to_owned(), password: "secret".to_owned() })
}

/// Bytes that no codec makes smaller.
pub(crate) fn noise(seed: &str, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    blake3::Hasher::new().update(seed.as_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}
