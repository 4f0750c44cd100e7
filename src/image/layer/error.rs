/// What can be wrong with a layer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("could not {action}")]
    Io { action: &'static str, source: std::io::Error },
    /// What a tar says of itself that is not to be believed.
    #[error("the layer is malformed: {0}")]
    Malformed(String),
}
