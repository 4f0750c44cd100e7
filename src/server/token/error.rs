use crate::store;

/// What can go wrong with tokens. A new variant must find its hint and exit code in `cli/error/token.rs`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("`{}` is no name for a token: {reason}", name.escape_debug())]
    BadName { name: String, reason: &'static str },
    #[error("`{}` is no pattern of names: {reason}", pattern.escape_debug())]
    BadPattern { pattern: String, reason: &'static str },
    #[error("a token with the right to admin is limited to nothing")]
    LimitedAdmin,
    #[error("a token `{0}` is there already")]
    Taken(String),
    #[error("no token is called `{}`", name.escape_debug())]
    NoToken { name: String, near: Vec<String> },
}
