/// What is wrong with a Dockerfile, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct Error {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1: where on the line it begins.
    pub column: usize,
    /// Characters that are meant, where it is a word.
    pub length: usize,
    pub reason: String,
    /// Known words that were probably meant.
    pub near: Vec<String>,
    /// The line itself, shortened where it is long.
    pub quoted: String,
}
