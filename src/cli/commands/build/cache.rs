//! `--cache-from` and `--cache-to`: what other builds have done, and for others what this one did.

use std::collections::HashSet;

use mls::image::build::cache::FOLDER;
use mls::image::build::carry;
use mls::image::build::execute::Finished;
use mls::image::build::result::Built;
use mls::image::catalog;
use mls::image::{Error, Image, pull, push};
use mls::remote::registry::Reference;
use mls::remote::{self, Fetch, Push};
use mls::store::config::Remote;
use mls::store::{Ref, Store, Trust};

use super::given::fields;
use crate::cli::error::CommandError;
use crate::cli::session::Session;
use crate::cli::sharing;

/// Under which name what an address has is remembered, until it is taken over.
const PASSING: &str = "build-cache";

/// Where a cache is.
enum Place {
    Registry(Reference),
    /// A remote, or the address of a store.
    Store(String),
}

fn place(session: &Session, store: &Store, text: &str) -> Result<Place, CommandError> {
    if !text.starts_with("type=") {
        let image = sharing::image_at_registry(session, store, Some(text))?;
        return Ok(image.map_or_else(|| Place::Store(text.to_owned()), Place::Registry));
    }
    let fields = fields(text);
    match (fields.get("type").copied(), fields.get("ref"), fields.get("src").or(fields.get("dest")))
    {
        (Some("registry"), Some(name), _) => Ok(Place::Registry(sharing::in_registry(name)?)),
        (Some("local"), _, Some(folder)) => Ok(Place::Store((*folder).to_owned())),
        _ => Err(CommandError::usage(format!("`{}` is no place for a cache", text.escape_debug()))
            .hint("Name a remote, the address of a store, or `type=registry,ref=IMAGE`.")),
    }
}

/// Gets what others have done. A cache that is not to be had is no reason not to build.
pub(super) fn import(
    session: &Session,
    store: &Store,
    from: &[String],
) -> Result<(), CommandError> {
    for text in from {
        let place = place(session, store, text)?;
        match take_in(session, store, &place) {
            Ok(count) => session.ui.detail(&format!("Took {count} steps from `{text}`.")),
            Err(error) => {
                let why = error.message().unwrap_or_default();
                session.ui.warn(&format!("no cache from `{text}`: {why}"));
            }
        }
    }
    Ok(())
}

fn take_in(session: &Session, store: &Store, place: &Place) -> Result<usize, CommandError> {
    match place {
        Place::Registry(reference) => {
            let access = sharing::access(session);
            let reference = reference.qualified().or_latest();
            let before = catalog::find(store, &reference)?;
            let options = pull::Options::default();
            let progress = session.ui.progress();
            let pulled = pull::pull(store, &reference, &access, &options, progress)?;
            let image: Image = store.read_node(&pulled.link).map_err(Error::from)?;
            let count = carry::unpack(store, &image)?;
            // A cache is no image that anybody wants to see.
            if let (None, Some(found)) = (before, catalog::find(store, &reference)?) {
                let writer = store.writer().map_err(Error::from)?;
                writer.commit(vec![catalog::remove(&found)]).map_err(Error::from)?;
            }
            Ok(count)
        }
        Place::Store(name) => {
            let other = sharing::open(session, store, Some(name), Trust::Own)?;
            let passing = other.remote.is_none();
            let remote = other.remote.unwrap_or_else(|| Remote {
                name: PASSING.to_owned(),
                url: other.url.clone(),
                filter: None,
                trusted: false,
                only: vec![],
            });
            let options = Fetch {
                select: &|_: &Store, found: &Ref| Ok(found.name.starts_with(FOLDER)),
                accept: &|_: &Store, _: &Ref| Ok(true),
                prune: false,
                force: true,
                dry_run: false,
            };
            remote::fetch(store, &other.peer, &remote, &options, session.ui.progress())?;
            Ok(carry::adopt(store, &remote.name, passing)?)
        }
    }
}

/// Gives others what the steps of this build came to.
pub(super) fn export(
    session: &Session,
    store: &Store,
    to: &[String],
    stages: &[std::sync::Arc<Finished>],
    built: Option<&Built>,
) -> Result<(), CommandError> {
    if to.is_empty() {
        return Ok(());
    }
    let layers: HashSet<_> = stages.iter().flat_map(|stage| stage.state.links()).collect();
    let used = carry::used(store, &layers, built.map(|built| &built.key))?;
    for text in to {
        match place(session, store, text)? {
            Place::Registry(reference) => {
                let link = carry::image(store, &used)?;
                let access = sharing::access(session);
                let options = push::Options::default();
                push::push(store, &link, &reference, &access, &options, session.ui.progress())?;
            }
            Place::Store(name) => {
                let names: HashSet<&str> = used.iter().map(|(name, _)| name.as_str()).collect();
                let other = sharing::open(session, store, Some(&name), Trust::Own)?;
                let remote = other.remote.as_ref().map(|remote| remote.name.as_str());
                let options = Push {
                    select: &|_: &Store, found: &Ref| Ok(names.contains(found.name.as_str())),
                    prune: false,
                    force_with_lease: true,
                    dry_run: false,
                };
                remote::push(store, &other.peer, remote, &options, session.ui.progress())?;
            }
        }
        session.ui.note(&format!("Gave {} steps to `{text}`.", used.len()));
    }
    Ok(())
}
