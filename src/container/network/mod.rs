//! The network of a container: the host's, none, or one of its own with ports that are published.
//!
//! ```text
//! host       the host's own, as it is
//! none       a loopback and nothing else
//! private    a namespace of its own, made before the container's first process is, which enters it
//! ```

mod port;

use std::net::IpAddr;

pub use port::{Bound, Choice, Port, Protocol};

use super::failure::{Failure, Outcome};
use super::{Network, Spec};

/// What a container is connected to, for as long as it runs.
#[derive(Debug, Default)]
pub(super) struct Attached {
    pub(super) address: Option<IpAddr>,
    pub(super) ports: Vec<Bound>,
    pub(super) notes: Vec<String>,
}

impl Attached {
    /// Makes the network that `spec` asks for.
    pub(super) fn create(spec: &Spec) -> Outcome<Self> {
        match spec.network {
            Network::Host if !spec.ports.is_empty() => {
                let note = "The container has the host's network, so no ports are published.";
                Ok(Self { notes: vec![note.to_owned()], ..Self::default() })
            }
            Network::Host | Network::None => Ok(Self::default()),
            Network::Private => {
                let why = "only the host's network and none are".to_owned();
                Err(Failure::Unsupported { what: "a private network".to_owned(), why })
            }
        }
    }

    /// Ends what keeps it.
    pub(super) fn remove(&mut self) {}
}

/// Refuses what no machine could do.
pub(super) fn validate(spec: &Spec) -> Outcome<()> {
    port::validate(&spec.ports)?;
    if spec.network == Network::None && !spec.ports.is_empty() {
        let why = "a container without a network publishes no ports";
        return Err(Failure::Invalid(why.to_owned()));
    }
    Ok(())
}
