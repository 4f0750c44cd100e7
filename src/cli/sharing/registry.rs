//! What the commands share that deal with registries: which argument means one, and what registries are reached by.

use std::sync::Arc;

use mls::base::size;
use mls::image::{catalog, push};
use mls::remote::registry::{Access, Reference};
use mls::remote::{self};
use mls::store::{Link, Store};

use crate::cli::credentials::Logins;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::sharing::{ORIGIN, web};

/// What other tools write before a name that is in a registry.
const TRANSPORT: &str = "docker://";

/// Returns what registries are reached by.
pub(crate) fn access(session: &Session) -> Access {
    let logins = Logins::of(session);
    Access {
        web: web::ways(session),
        logins: Arc::new(move |host, repository| logins.find(host, repository)),
        hosts: session.settings.registries(),
        foreign_urls: false,
    }
}

/// Reads the name of an image; `docker://` may stand before it.
pub(crate) fn in_registry(text: &str) -> Result<Reference, CommandError> {
    Ok(text.strip_prefix(TRANSPORT).unwrap_or(text).parse::<Reference>()?)
}

/// Sends an image to a registry, and says so.
pub(crate) fn push_image(
    session: &Session,
    store: &Store,
    image: &Link,
    to: &Reference,
    options: &push::Options,
) -> Result<push::Pushed, CommandError> {
    let access = access(session);
    let pushed = push::push(store, image, to, &access, options, session.ui.progress())?;
    if pushed.alone {
        session
            .ui
            .warn("only the image for one machine was sent: the others of its index are not here");
    }
    let name = &pushed.reference;
    session.ui.note(&match pushed.was_there {
        true => format!("`{name}` was there already."),
        false if options.dry_run => format!("Would push `{name}`, {}.", size::human(pushed.sent)),
        false => format!("Pushed `{name}`, {}.", size::human(pushed.sent)),
    });
    Ok(pushed)
}

/// Returns the image that the first argument of `push` and `pull` means; nothing where it is a remote or an address.
///
/// A remote goes first: its name was chosen here. What is both a store on disk and a name of an image is refused.
pub(crate) fn image_at_registry(
    session: &Session,
    store: &Store,
    named: Option<&str>,
) -> Result<Option<Reference>, CommandError> {
    let Some(text) = named else { return Ok(None) };
    if text.starts_with(TRANSPORT) {
        return in_registry(text).map(Some);
    }
    if text.contains("://") || text.starts_with(['.', '/', '~']) {
        return Ok(None);
    }
    match remote::find(store, text) {
        Ok(_) => return Ok(None),
        Err(remote::Error::NoRemote { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let Ok(reference) = text.parse::<Reference>() else { return Ok(None) };
    let folder = session.settings.folder.join(text);
    if !mls::store::locate(&folder).is_dir() {
        let is_image = text.contains(['/', ':']) || catalog::find(store, &reference)?.is_some();
        if text == ORIGIN && !is_image {
            return Ok(None);
        }
        // One word may be a remote that was mistyped; `mls pull python` means an image all the same.
        return Ok((is_image || remote::list(store)?.is_empty() || near(store, text)?.is_none())
            .then_some(reference));
    }
    match catalog::find(store, &reference)?.is_some() {
        true => Err(CommandError::new(
            Exit::Conflict,
            format!("`{text}` is an image and a store on disk"),
        )
        .hint(format!("Write `./{text}` for the store, `{TRANSPORT}{text}` for the image."))),
        false => Ok(None),
    }
}

fn near(store: &Store, text: &str) -> Result<Option<String>, CommandError> {
    match remote::find(store, text) {
        Err(remote::Error::NoRemote { near, .. }) => Ok(near.into_iter().next()),
        Ok(_) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
