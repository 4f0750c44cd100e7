//! What the user is told when a registry, or the way to it, fails.

use mls::remote::registry::{Error as E, ParseReferenceError};

use crate::cli::error::{CommandError, Exit};

impl From<E> for CommandError {
    fn from(error: E) -> Self {
        let hint = hint(&error);
        let exit = match &error {
            E::BadReference(_) => Exit::Usage,
            E::Unreachable { .. } | E::Failed { .. } | E::Busy { .. } => Exit::Network,
            E::Denied { .. } => Exit::NotAllowed,
            E::NotFound { .. } => Exit::NotFound,
            E::Refused { .. } => Exit::Failed,
            E::Nonsense { .. } | E::Lied { .. } | E::TooLarge { .. } => Exit::Damaged,
            E::Unsafe { .. } | E::TokenHost { .. } | E::Foreign(_) => Exit::Unsafe,
            E::Unsupported { .. } => Exit::Unsupported,
            E::Settings { .. } => Exit::Usage,
            E::Source(_) => Exit::Failed,
        };
        Self::new(exit, error).hinted(hint)
    }
}

impl From<ParseReferenceError> for CommandError {
    fn from(error: ParseReferenceError) -> Self {
        E::from(error).into()
    }
}

fn hint(error: &E) -> Option<String> {
    let hint = match error {
        E::BadReference(_) => "A name is as in `train:1` or `registry.example.com/team/train:1`.",
        E::Unreachable { .. } => "What has arrived is kept; the same command goes on from there.",
        E::Busy { .. } => "Try again later; what has arrived is kept.",
        E::Denied { registry, login: true, .. } => {
            return Some(format!(
                "Run `mls login {registry}`; without a login, many registries also hide what is not there."
            ));
        }
        E::Denied { .. } => "This login may not do that; ask whoever keeps the registry.",
        E::NotFound { .. } => {
            "Check the name and the tag; a repository that is not public needs `mls login`."
        }
        E::TokenHost { registry, host } => {
            return Some(format!(
                "If you trust it, run `mls config set registry.{registry}.token-host {host}`."
            ));
        }
        E::Foreign(_) => "Add `--allow-foreign-urls` to fetch it from there.",
        E::Lied { .. } => "Nothing was changed here; tell whoever keeps the registry.",
        E::Settings { .. } => "Look at `mls config list`.",
        E::Unsafe { .. } | E::Refused { .. } | E::Failed { .. } | E::Nonsense { .. } => {
            return None;
        }
        E::TooLarge { .. } | E::Unsupported { .. } | E::Source(_) => return None,
    };
    Some(hint.to_owned())
}
