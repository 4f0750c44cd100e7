//! What the user is told when something with a model fails.

use mls::model::{Error as E, Stage};

use crate::cli::error::{CommandError, Exit, did_you_mean, hand_on, of_io};

impl From<E> for CommandError {
    fn from(error: E) -> Self {
        let error = match hand_on!(error, E::Store, E::Track) {
            E::Filter(error) => return mls::track::Error::Filter(error).into(),
            own => own,
        };
        let (exit, hint) = match &error {
            E::Store(_) | E::Track(_) | E::Filter(_) => unreachable!("told above"),
            E::BadName { .. } | E::TooLong { .. } | E::BadOrder { .. } => (Exit::Usage, None),
            E::BadStage(_) => {
                let known = Stage::ALL.map(Stage::as_str).join(", ");
                (Exit::Usage, Some(format!("The stages are {known}.")))
            }
            E::CannotArchive(_) => (Exit::Usage, None),
            E::NoModel { near, .. } => {
                let all = || "Run `mls models` to see all models.".to_owned();
                (Exit::NotFound, Some(did_you_mean(near).unwrap_or_else(all)))
            }
            E::NoVersion { name, known, .. } => (Exit::NotFound, Some(versions(name, known))),
            E::NoVersions(_) => (Exit::NotFound, None),
            E::NoAlias { name, known, .. } => (Exit::NotFound, Some(aliases(name, known))),
            E::ModelExists { .. } | E::VersionExists { .. } => (Exit::Conflict, None),
            E::OnlyCase { .. } => {
                let why = "Many file systems take one for the other; choose another name.";
                (Exit::Conflict, Some(why.to_owned()))
            }
            E::NumbersWereGiven { .. } => {
                let why = "A number means one version for ever; choose another name.";
                (Exit::Conflict, Some(why.to_owned()))
            }
            E::NoContent { .. } => (Exit::NotFound, None),
            E::BadContent { .. } => (Exit::Damaged, None),
            E::Unsafe { .. } => (Exit::Unsafe, None),
            E::BadSignature(_) => (Exit::Usage, None),
            E::NothingBefore { .. } => {
                (Exit::NotFound, Some("`mls model promote` moves it to any version.".to_owned()))
            }
            E::Io { source, .. } => (of_io(source), None),
            E::Crowded(_) => (Exit::Busy, Some("Try again when others are done.".to_owned())),
        };
        Self::new(exit, error).hinted(hint)
    }
}

fn versions(name: &str, known: &[u64]) -> String {
    match known {
        [] => format!("`{name}` has no versions."),
        [one] => format!("`{name}` has version {one} alone."),
        [first, .., last] => {
            let gaps = known.len() as u64 != last - first + 1;
            let some = if gaps { ", not all of them" } else { "" };
            format!("`{name}` has versions {first} to {last}{some}; run `mls models {name}`.")
        }
    }
}

fn aliases(name: &str, known: &[String]) -> String {
    match known {
        [] => format!("`{name}` has no aliases; `mls model alias` sets one."),
        known => format!("`{name}` has {}.", known.join(", ")),
    }
}
