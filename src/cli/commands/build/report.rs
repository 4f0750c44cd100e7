//! What the user is told of a finished build.

use mls::base::fs::write_whole;
use mls::image::build::result::Built;
use mls::remote::registry::Reference;
use serde_json::json;

use super::Args;
use crate::cli::error::CommandError;
use crate::cli::json;
use crate::cli::session::Session;

/// Says what was built: its id on stdout unless something else is there, its names beside it.
pub(super) fn built(
    session: &Session,
    args: &Args,
    tags: &[Reference],
    built: &Built,
    answers: bool,
) -> Result<(), CommandError> {
    let names: Vec<String> = tags.iter().map(ToString::to_string).collect();
    if let Some(path) = &args.iidfile {
        write(session, path, &built.id.to_string())?;
    }
    if let Some(path) = &args.metadata_file {
        let full: Vec<String> = tags.iter().map(Reference::full).collect();
        let metadata = json!({
            "containerimage.config.digest": built.id,
            "containerimage.descriptor": {
                "mediaType": built.media_type,
                "digest": built.digest,
                "size": built.size,
            },
            "containerimage.digest": built.digest,
            "image.name": full.join(","),
        });
        write(session, path, &(json::document(&metadata)? + "\n"))?;
    }
    if !names.is_empty() {
        session.ui.note(&format!("Built `{}`.", names.join("`, `")));
    }
    if !answers {
        return Ok(());
    }
    let answer = json!({"id": built.id, "digest": built.digest, "tags": names});
    session.ui.answer(&answer, || format!("{}\n", built.id))
}

fn write(session: &Session, path: &std::path::Path, text: &str) -> Result<(), CommandError> {
    let path = session.settings.folder.join(path);
    let written = write_whole(&path, |file| std::io::Write::write_all(file, text.as_bytes()));
    written.map_err(|error| CommandError::unwritten(&path, error))
}
