//! Content on demand: a store that was cloned without its content fetches what is read, and a damaged one what is lost.

use std::sync::{Arc, Mutex, PoisonError};

use crate::base::{Digest, Silent};
use crate::remote::transfer::{Terms, bring, keep_on_failure};
use crate::remote::{Error, Peer};
use crate::store::codec;
use crate::store::{self, Frame, Kind, Link, Part, Store};

/// Lets `store` fetch what it lacks when it is read; `open` opens the other store when that happens first.
pub fn on_demand(store: &Store, open: impl Fn() -> Result<Peer, Error> + Send + Sync + 'static) {
    let peer: Mutex<Option<Arc<Peer>>> = Mutex::default();
    let opened = move || -> Result<Arc<Peer>, Error> {
        let mut peer = peer.lock().unwrap_or_else(PoisonError::into_inner);
        match &*peer {
            Some(peer) => Ok(Arc::clone(peer)),
            None => Ok(Arc::clone(peer.insert(Arc::new(open()?)))),
        }
    };
    store.set_source(Box::new(move |store, links| {
        opened().and_then(|peer| supply(store, &peer, links)).map_err(|error| match error {
            Error::Incomplete { link, .. } => store::Error::Missing(link),
            error => error.into(),
        })
    }));
}

/// Fetches objects, all of them at once; what the other store lacks too stays missing.
fn supply(store: &Store, peer: &Peer, links: &[Link]) -> Result<(), Error> {
    peer.differs_from(store)?;
    // A node brings all that it leads to: it is asked for only where even nodes are lost.
    let found = peer.origin().have(links)?;
    let there = links.iter().zip(found).filter_map(|(link, found)| found.then_some(*link));
    let there: Vec<Link> = there.collect();
    let blobs = there.iter().all(|link| link.kind == Kind::Blob);
    let terms = Terms { blobs, dry_run: false };
    let (writer, _) = keep_on_failure(store.writer()?, |writer| {
        bring(peer.origin(), &there, writer, terms, &Silent)
    })?;
    Ok(writer.commit(vec![]).map(|_| ())?)
}

/// Fetches objects again that are damaged or lost here, and returns those that the other store had whole.
///
/// They are written even where a damaged copy is still found; the caller has taken that one away, or will.
pub fn heal(store: &Store, peer: &Peer, links: &[Link]) -> Result<Vec<Link>, Error> {
    peer.differs_from(store)?;
    let mut writer = store.writer()?;
    let mut healed = vec![];
    for link in links {
        let Ok(bytes) = peer.store().read(link) else { continue };
        if Digest::of(&bytes) != link.digest {
            continue;
        }
        let len = bytes.len() as u32;
        let (codec, stored) = codec::pack(&bytes);
        let objects = vec![Part { link: *link, start: 0, len }];
        writer.frame(&Frame { codec, raw_len: len, stored, objects })?;
        healed.push(*link);
    }
    writer.commit(vec![])?;
    Ok(healed)
}
