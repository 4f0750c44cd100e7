//! A look at the records of a hub: what is read and not there yet is fetched, many at once where many are named.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::TempDir;

use crate::base::Digest;
use crate::remote::transport::http::client::{Ask, Client};
use crate::remote::{Error, wire};
use crate::store::{Context, Kind, Link, Store};

/// Records of a hub, in a folder that goes when this goes.
#[derive(Debug)]
pub(super) struct Window {
    store: Store,
    _folder: TempDir,
}

impl Window {
    pub(super) fn open(client: &Arc<Client>, context: Context) -> Result<Self, Error> {
        let folder = tempfile::tempdir().map_err(Error::io("make a folder in", "/tmp"))?;
        let store = Store::window(folder.path(), context)?;
        let client = Arc::clone(client);
        // Objects that the hub lacks too are not asked for again; the lock keeps writers of packs apart.
        let absent = Mutex::new(HashSet::<Link>::new());
        store.set_source(Box::new(move |store, links| {
            let mut absent = absent.lock().unwrap_or_else(PoisonError::into_inner);
            let asked: Vec<Link> =
                links.iter().filter(|link| !absent.contains(*link)).copied().collect();
            if asked.is_empty() {
                return Ok(());
            }
            absent.extend(&asked);
            Ok(fill(store, &client, asked)?)
        }));
        Ok(Self { store, _folder: folder })
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }
}

/// Fetches objects and keeps them, each checked against its id.
fn fill(store: &Store, client: &Client, asked: Vec<Link>) -> Result<(), Error> {
    for batch in asked.chunks(wire::BATCH) {
        let mut left = batch.to_vec();
        while !left.is_empty() {
            let links = wire::ids(&left);
            // Records are read to tell which version came first.
            let history = left.iter().all(|link| link.kind == Kind::Node);
            let question = wire::encode(&wire::Records { links, history });
            let answer = client.ask(&Ask::post("objects", question).slow())?;
            let (objects, more) = read(&answer).ok_or_else(|| client.nonsense("objects"))?;
            let got: HashSet<Link> = objects.iter().map(|(link, _)| *link).collect();
            if objects.iter().any(|(link, bytes)| Digest::of(bytes) != link.digest) {
                return Err(client.nonsense("an object with other bytes than its id says"));
            }
            store.keep(&objects)?;
            left.retain(|link| !got.contains(link));
            if !more || got.is_empty() {
                break;
            }
        }
    }
    Ok(())
}

type Objects = Vec<(Link, Vec<u8>)>;

/// Takes a list of records apart; says whether it goes on. Nothing where it is none.
fn read(mut list: &[u8]) -> Option<(Objects, bool)> {
    let mut objects = vec![];
    loop {
        let (id, rest) = list.split_at_checked(wire::ID)?;
        if id == wire::END || id == wire::MORE {
            return rest.is_empty().then_some((objects, id == wire::MORE));
        }
        let link = wire::link(id)?;
        let (length, rest) = rest.split_at_checked(4)?;
        let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
        let (bytes, rest) = rest.split_at_checked(length)?;
        objects.push((link, bytes.to_vec()));
        list = rest;
    }
}
