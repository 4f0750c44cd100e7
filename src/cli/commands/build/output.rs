//! `--output`: where what was built goes beside the store.

use std::io::{IsTerminal as _, Write};
use std::path::PathBuf;

use mls::image::archive::{self, Format};
use mls::image::build::export;
use mls::image::build::result::Built;
use mls::image::build::state::State;
use mls::image::{Error, catalog, push};
use mls::remote::registry::Reference;
use mls::store::Store;

use super::Args;
use super::given::fields;
use crate::cli::commands::save::to_file;
use crate::cli::error::CommandError;
use crate::cli::session::Session;
use crate::cli::sharing;

/// One place that the result goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Output {
    /// The image in the store, as without any output.
    Image,
    Local(PathBuf),
    /// Standard output where there is no path.
    Tar(Option<PathBuf>),
    Archive(Format, Option<PathBuf>),
    /// The image in the store, and at the registries of its names.
    Registry,
}

impl Output {
    /// Tells whether an image must be made for it.
    pub(super) fn takes_image(&self) -> bool {
        matches!(self, Self::Image | Self::Archive(..) | Self::Registry)
    }

    /// Tells whether standard output is taken by it.
    pub(super) fn takes_stdout(&self) -> bool {
        matches!(self, Self::Tar(None) | Self::Archive(_, None))
    }
}

/// Reads all outputs.
pub(super) fn read(session: &Session, args: &Args) -> Result<Vec<Output>, CommandError> {
    let base = &session.settings.folder;
    let outputs = args.outputs.iter().map(|text| one(text, base));
    let mut outputs = outputs.collect::<Result<Vec<_>, _>>()?;
    outputs.extend(args.load.then_some(Output::Image));
    outputs.extend(args.push.then_some(Output::Registry));
    if outputs.contains(&Output::Registry) && args.tags.is_empty() {
        return Err(CommandError::usage("what is pushed has a name")
            .hint("Name the image as its registry is to have it: `-t REGISTRY/NAME:TAG`."));
    }
    let streams = outputs.iter().filter(|output| output.takes_stdout()).count();
    if streams > 1 {
        return Err(CommandError::usage("only one output can be standard output"));
    }
    if streams == 1 && std::io::stdout().is_terminal() {
        return Err(CommandError::usage("an archive is nothing for a terminal")
            .hint("Name a file: `-o type=tar,dest=FILE`."));
    }
    Ok(outputs)
}

fn one(text: &str, base: &std::path::Path) -> Result<Output, CommandError> {
    if text == "-" {
        return Ok(Output::Tar(None));
    }
    if !text.contains('=') {
        return Ok(Output::Local(base.join(text)));
    }
    let fields = fields(text);
    if let Some(key) = fields.keys().find(|key| !["type", "dest"].contains(key)) {
        let what = format!("an output has no setting `{}`", key.escape_debug());
        return Err(CommandError::usage(what).hint("There are `type` and `dest`."));
    }
    let dest = fields.get("dest").filter(|dest| !dest.is_empty());
    let file = dest.filter(|dest| **dest != "-").map(|dest| base.join(dest));
    match fields.get("type").copied().unwrap_or_default() {
        "image" => Ok(Output::Image),
        "registry" => Ok(Output::Registry),
        "local" => match file {
            Some(folder) => Ok(Output::Local(folder)),
            None => Err(CommandError::usage("an output `type=local` needs `dest=FOLDER`")),
        },
        "tar" => Ok(Output::Tar(file)),
        "oci" => Ok(Output::Archive(Format::Oci, file)),
        // Without a place, Docker's own store is meant: that is this one.
        "docker" if dest.is_none() => Ok(Output::Image),
        "docker" => Ok(Output::Archive(Format::Docker, file)),
        other => {
            let what = format!("there is no output `type={}`", other.escape_debug());
            Err(CommandError::usage(what)
                .hint("There are `local`, `tar`, `oci`, `docker`, `image` and `registry`."))
        }
    }
}

/// What there is to give out.
pub(super) struct Outcome<'a> {
    pub(super) store: &'a Store,
    pub(super) state: &'a State,
    pub(super) epoch: Option<i64>,
    pub(super) tags: &'a [Reference],
    pub(super) built: Option<&'a Built>,
}

impl Outcome<'_> {
    pub(super) fn give(&self, session: &Session, output: &Output) -> Result<(), CommandError> {
        match output {
            Output::Image => Ok(()),
            Output::Registry => {
                let built = self.built.expect("an image was made for it");
                let options = push::Options::default();
                self.tags.iter().try_for_each(|tag| {
                    let to = tag.or_latest();
                    sharing::push_image(session, self.store, &built.link, &to, &options).map(drop)
                })
            }
            Output::Local(folder) => {
                let progress = session.ui.progress();
                let report = export::folder(self.store, self.state, folder, progress)?;
                for warning in &report.warnings {
                    session.ui.detail(warning.reason);
                }
                session.ui.note(&format!("Wrote what was built to `{}`.", folder.display()));
                Ok(())
            }
            Output::Tar(file) => self.file(session, file.as_ref(), &|out| {
                export::tar(self.store, self.state, self.epoch, out)
            }),
            Output::Archive(format, file) => {
                let built = self.built.expect("an image was made for it");
                let names: Vec<String> = match self.tags.is_empty() {
                    true => vec![built.digest.to_string()],
                    false => self.tags.iter().map(ToString::to_string).collect(),
                };
                let found = names.iter().map(|name| catalog::resolve(self.store, name));
                let found = found.collect::<Result<Vec<_>, _>>()?;
                self.file(session, file.as_ref(), &|out| {
                    archive::save(self.store, &found, *format, out)
                })
            }
        }
    }

    fn file(
        &self,
        session: &Session,
        file: Option<&PathBuf>,
        write: &dyn Fn(&mut dyn Write) -> Result<(), Error>,
    ) -> Result<(), CommandError> {
        match file {
            None => {
                let mut out = std::io::stdout().lock();
                write(&mut out)?;
                Ok(out.flush()?)
            }
            Some(path) => {
                to_file(path, write)?;
                session.ui.note(&format!("Wrote what was built to `{}`.", path.display()));
                Ok(())
            }
        }
    }
}
