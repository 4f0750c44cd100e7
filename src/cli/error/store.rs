//! What the user is told when the store fails.

use mls::store::{self, Error as E};

use crate::cli::error::{CommandError, Exit, did_you_mean, of_database, of_io};

impl From<E> for CommandError {
    fn from(error: E) -> Self {
        let error = match mls::remote::Error::from(error) {
            mls::remote::Error::Store(error) => error,
            // What was read is in another store.
            other => return other.into(),
        };
        let hint = hint(&error);
        let exit = exit(&error);
        Self::new(exit, error).hinted(hint)
    }
}

/// Returns the exit code of a failure.
pub(super) fn exit(error: &E) -> Exit {
    match error {
        E::Io { source, .. } => of_io(source),
        E::NoStore(_) => Exit::NoStore,
        E::UnsupportedFormat { .. } => Exit::Unsupported,
        E::ForeignOwner(_) | E::WrongFileType { .. } | E::BadFileName { .. } => Exit::Unsafe,
        E::Missing(_) | E::Damaged { .. } | E::Malformed { .. } => Exit::Damaged,
        E::Source(_) => Exit::Failed,
        E::NoObject(_) | E::NoRef(_) | E::NoOperation(_) | E::NoEntry { .. } => Exit::NotFound,
        E::AmbiguousObject { .. } | E::RefMoved { .. } => Exit::Conflict,
        E::CannotUndo { .. } | E::Exists(_) => Exit::Conflict,
        E::BadRefName { .. } | E::UnknownSetting { .. } | E::BadSetting { .. } => Exit::Usage,
        E::BadSettings { .. } => Exit::Damaged,
        E::TooLarge { .. } | E::ChangedWhileRead(_) => Exit::Failed,
        E::Busy { .. } => Exit::Busy,
        E::Database { source, .. } => of_database(source),
    }
}

fn hint(error: &E) -> Option<String> {
    let hint = match error {
        E::Io { source, .. } => return of_io(source).hint().map(str::to_owned),
        E::Database { source, .. } => return of_database(source).hint().map(str::to_owned),
        E::NoStore(_) => "Run `mls init` to make a store here.",
        E::UnsupportedFormat { .. } => "A later version of mls made it; use that one.",
        E::ForeignOwner(_) => "Take it over with `chown`, or make your own with `mls clone`.",
        E::Source(_) => return None,
        E::Missing(_) => "Run `mls fsck` to see what is missing and what it belongs to.",
        E::Damaged { .. } => {
            "Run `mls fsck --read-data` to find all damage, `mls fsck --repair` to mend what can be."
        }
        E::AmbiguousObject { candidates, .. } => return Some(give_more(candidates)),
        E::RefMoved { .. } => "Another command changed it meanwhile; run this one again.",
        E::CannotUndo { .. } => "Run `mls log` to see what changed since, and undo that first.",
        E::NoOperation(_) | E::NoRef(_) => "Run `mls log` to see what there is.",
        E::UnknownSetting { near, .. } => {
            return did_you_mean(near)
                .or_else(|| Some("Run `mls config list` to see all settings.".to_owned()));
        }
        E::BadSettings { .. } => "Correct the file with an editor, or move it away.",
        E::Busy { .. } => "Wait until it is done, then run this again.",
        E::ChangedWhileRead(_) => "Run this again when nothing writes to it.",
        E::Exists(_) => "Name a folder that is not there yet.",
        E::NoEntry { .. } => "Run `mls ls` to see what the tree holds.",
        E::WrongFileType { .. } | E::Malformed { .. } | E::NoObject(_) | E::BadRefName { .. } => {
            return None;
        }
        E::TooLarge { .. } | E::BadFileName { .. } | E::BadSetting { .. } => return None,
    };
    Some(hint.to_owned())
}

fn give_more(candidates: &[store::Link]) -> String {
    let shown: Vec<String> =
        candidates.iter().take(5).map(|link| format!("`{}`", link.digest.short())).collect();
    format!("Give more of it: {}.", shown.join(", "))
}
