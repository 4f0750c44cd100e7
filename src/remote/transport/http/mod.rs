//! A hub: another store behind HTTP, as [`wire`](crate::remote::wire) draws it.
//!
//! To fetch, the hub walks and says where everything lies, and this side leaves out what it has, reads packs and ranges
//! of packs on several connections, verifies every object and follows every link itself. To push, this side walks, asks
//! once which ids are there, sends packs, and has the refs moved. What is cut off goes on where it was.
//!
//! Records that decide what travels are read through a window: a folder of packs that is filled when it is read.

mod body;
mod client;
mod delivery;
mod fault;
mod listing;
mod parcel;
mod web;
mod window;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::{Progress, Task};
use crate::remote::transport::{Delivery, Holder, Origin, Transport};
use crate::remote::wanted::Wanted;
use crate::remote::{Error, Url, wire};
use crate::store::{Context, Link, Ref, Store, Writer};

use client::{Ask, Client};
use delivery::Push;
use window::Window;

pub use web::{Credential, Web};

/// A hub, and what it has said so far.
#[derive(Debug)]
pub(crate) struct Hub {
    client: Arc<Client>,
    window: Window,
    context: Context,
    /// What its refs point at, as it last said.
    targets: Mutex<HashSet<Link>>,
}

impl Hub {
    pub(crate) fn open(url: &Url, context: Context, web: &Web) -> Result<Self, Error> {
        let client = Arc::new(Client::new(url, web)?);
        let window = Window::open(&client, context.clone())?;
        Ok(Self { client, window, context, targets: Mutex::default() })
    }

    fn targets(&self) -> std::sync::MutexGuard<'_, HashSet<Link>> {
        self.targets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for Hub {
    fn store(&self) -> &Store {
        self.window.store()
    }

    fn differs_from(&self, _: &Store) -> Result<(), Error> {
        Ok(()) // a hub over this very store has all that it is offered
    }

    fn refs(&self) -> Result<Vec<Ref>, Error> {
        let refs = listing::read(&self.client)?;
        *self.targets() = refs.iter().map(|found| found.target).collect();
        Ok(refs)
    }

    fn hold(&self) -> Option<Writer<'_>> {
        None
    }

    fn begin(&self) -> Result<Box<dyn Delivery + '_>, Error> {
        Ok(Box::new(Push { hub: self }))
    }
}

impl Origin for Hub {
    fn have(&self, links: &[Link]) -> Result<Vec<bool>, Error> {
        self.client.have(links)
    }

    fn wanted(
        &self,
        roots: &[Link],
        holder: &mut dyn Holder,
        blobs: bool,
        progress: &dyn Progress,
    ) -> Result<Wanted, Error> {
        if roots.is_empty() {
            return Ok(Wanted::default());
        }
        progress.start(Task::Walk, None);
        let theirs = self.targets().clone();
        // Only what the hub can walk to is worth telling.
        let complete: Vec<Link> =
            holder.complete().into_iter().filter(|link| theirs.contains(link)).collect();
        let question =
            wire::Wants { roots: wire::ids(roots), complete: wire::ids(&complete), blobs };
        let list = self.client.ask(&Ask::post("plan", wire::encode(&question)).slow())?;
        let wanted = parcel::read_plan(&self.client, &list, holder)?;
        progress.finish(Task::Walk);
        Ok(wanted)
    }

    fn is_trusted(&self) -> bool {
        false
    }
}
