//! Getting lost content back from the remotes that still have it.

use std::collections::BTreeSet;

use mls::remote::{self, Url};
use mls::store::fsck::Report;
use mls::store::{Link, Store, Trust};

use crate::cli::error::CommandError;
use crate::cli::session::Session;
use crate::cli::sharing::open_url;
use crate::cli::text;

/// Fetches what `check` finds lost, until nothing more comes back, and returns what is then still wrong.
///
/// A record that comes back shows what it needs, so this may take several rounds.
pub(crate) fn heal(
    session: &Session,
    store: &Store,
    check: impl Fn() -> Result<Report, CommandError>,
    done: &mut Vec<String>,
) -> Result<Report, CommandError> {
    let remotes = remote::list(store)?;
    loop {
        let report = check()?;
        let mut lost: BTreeSet<Link> = report.problems.iter().filter_map(|p| p.object).collect();
        let before = lost.len();
        for found in &remotes {
            let back = from_remote(session, store, found, &lost);
            lost.retain(|link| !back.contains(link));
            if !back.is_empty() {
                let objects = text::count(back.len() as u64, "object");
                done.push(format!("{objects} fetched again from `{}`", found.name));
            }
        }
        if lost.len() == before {
            return Ok(report);
        }
    }
}

/// Returns what came back; a remote that cannot be reached is told and brings nothing.
fn from_remote(
    session: &Session,
    store: &Store,
    found: &mls::store::config::Remote,
    lost: &BTreeSet<Link>,
) -> Vec<Link> {
    if lost.is_empty() {
        return vec![];
    }
    let trust = if found.trusted { Trust::Any } else { Trust::Own };
    let lost: Vec<Link> = lost.iter().copied().collect();
    let healed = Url::parse(&found.url, &session.settings.folder)
        .map_err(CommandError::from)
        .and_then(|url| open_url(session, &url, trust))
        .and_then(|peer| Ok(remote::heal(store, &peer, &lost)?));
    healed.unwrap_or_else(|error| {
        let reason = error.message().unwrap_or_default();
        session.ui.warn(&format!("nothing was fetched from `{}`: {reason}", found.name));
        vec![]
    })
}
