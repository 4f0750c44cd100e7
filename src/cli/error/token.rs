//! What the user is told when something is wrong with a token.

use mls::server::token::Error as E;

use crate::cli::error::{CommandError, Exit};

impl From<E> for CommandError {
    fn from(error: E) -> Self {
        match error {
            E::Store(error) => error.into(),
            E::BadName { .. } => Self::new(Exit::Usage, error),
            E::BadPattern { .. } => {
                Self::new(Exit::Usage, error).hint("Write it as in `--only 'models/iris*'`.")
            }
            E::LimitedAdmin => {
                let hint = "Give it the right to write, or leave `--only` out.";
                Self::new(Exit::Usage, error).hint(hint)
            }
            E::Taken(ref name) => {
                let hint =
                    format!("Take it away with `mls token revoke {name}`, or choose another name.");
                Self::new(Exit::Conflict, error).hint(hint)
            }
            E::NoToken { ref near, .. } => {
                let near = near.clone();
                Self::new(Exit::NotFound, error)
                    .did_you_mean(&near, "Run `mls token list` to see all tokens.")
            }
        }
    }
}
