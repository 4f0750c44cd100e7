use std::path::Path;

use mls::container::{Container, Start};
use mls::image::platform::Platform;
use mls::image::start;
use mls::image::{Error as ImageError, catalog, pull};
use mls::remote::registry::{self, Reference};
use mls::store::Store;
use serde_json::json;

use crate::cli::args::{DryRun, Format};
use crate::cli::contained::asked::Asked;
use crate::cli::contained::attached::{self, Left};
use crate::cli::contained::{self, Keys, not_run, not_started};
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::{help, sharing, text};

/// Run a command in a new container
///
/// No daemon: a small process of its own stands behind each container and keeps its output, so that it goes on when this
/// command is left. Ends as the command did; with 125 where the container could not be started, 126 where the command
/// cannot be run and 127 where there is none.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls run --rm -it train:1 sh", "a shell in a new container, which is gone afterwards"),
        ("mls run -d --name web -v ./site:/srv:ro web:1", "a server in the background"),
        ("mls run --rm -v data:/data -e EPOCHS=3 train:1 python train.py", "with a volume and a variable"),
        ("cat rows.csv | mls run --rm -i train:1 wc -l", "bytes through a pipe"),
    ],
    &[Exit::NotFound, Exit::Network],
))]
pub(crate) struct Args {
    #[command(flatten)]
    asked: Asked,
    /// Leave it running in the background, and print its id
    #[arg(short, long)]
    detach: bool,
    /// The keys that leave it, as `ctrl-p,ctrl-q`
    #[arg(long, value_name = "KEYS")]
    detach_keys: Option<String>,
    /// Pass signals on to the command
    #[arg(long, value_name = "YES", default_value_t = true, num_args = 0..=1, default_missing_value = "true",
        require_equals = true, action = clap::ArgAction::Set, hide_default_value = true)]
    sig_proxy: bool,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    // Before the first thread: what is mounted ends with the container's supervisor.
    let namespace = contained::enter();
    let keys = Keys::parse(args.detach_keys.as_deref())?;
    if !args.detach {
        attached::check_terminal(args.asked.interactive, args.asked.tty)?;
    }
    if args.dry_run.dry_run {
        let done = session.store().and_then(|store| rehearse(session, &store, &args.asked, "run"));
        return done.map_err(not_started);
    }
    let begun = namespace.and_then(|()| {
        let store = session.store()?;
        let container = create(session, &store, &args.asked)?;
        Ok((store, container))
    });
    let (store, container) = begun.map_err(not_started)?;
    let options = Start { size: contained::size(), attached: !args.detach, ..Start::default() };
    let started = start::start(&store, &container, options, session.ui.progress());
    let (started, connection) = match started {
        Ok(started) => started,
        Err(error) => return Err(failed(&container, &args.asked, error)),
    };
    started.notes.iter().for_each(|note| session.ui.warn(note));
    drop(store);
    if args.detach {
        return contained::answer(session, &container);
    }
    let options = attached::Options {
        input: args.asked.interactive,
        terminal: args.asked.tty,
        keys,
        signals: args.sig_proxy && !args.asked.tty,
    };
    let code = match attached::stay(&container, connection, options)? {
        Left::Ended(code) => code,
        Left::Detached => 0,
        Left::Lost => container.wait()?,
    };
    match u8::try_from(code).unwrap_or(u8::MAX) {
        0 => Ok(()),
        code => Err(CommandError::ended(code)),
    }
}

/// A container that was to be removed when it ends, and never began, is removed by who asked for it.
fn failed(container: &Container, asked: &Asked, error: ImageError) -> CommandError {
    if asked.removes() {
        container.settle();
        let _ = container.siblings().remove(container);
    }
    not_run(error)
}

/// Makes the container, with its image from a registry where it is not here.
pub(super) fn create(
    session: &Session,
    store: &Store,
    asked: &Asked,
) -> Result<Container, CommandError> {
    let options = asked.options(session)?;
    check_file(session, asked)?;
    let found = image(session, store, &asked.image, &asked.pull, asked.platform.as_ref())?;
    let container = start::create(store, &found, options)?;
    if let Some(path) = &asked.cidfile {
        write_id(&session.settings.folder.join(path), container.id())?;
    }
    Ok(container)
}

fn check_file(session: &Session, asked: &Asked) -> Result<(), CommandError> {
    let path = asked.cidfile.as_ref().map(|path| session.settings.folder.join(path));
    match path.filter(|path| path.exists()) {
        Some(path) => {
            let what = format!("`{}` is there already", path.display());
            Err(CommandError::new(Exit::Conflict, what)
                .hint("It may be another container's; remove it, or name another file."))
        }
        None => Ok(()),
    }
}

/// Says what [`create`] would make, and makes nothing.
pub(super) fn rehearse(
    session: &Session,
    store: &Store,
    asked: &Asked,
    verb: &str,
) -> Result<(), CommandError> {
    let options = asked.options(session)?;
    check_file(session, asked)?;
    if let Some(name) = &options.name {
        start::containers(store).check_free(name)?;
    }
    let found = match catalog::resolve(store, &asked.image) {
        Err(ImageError::NoImage { .. }) if asked.pull != "never" => {
            session.ui.note(&format!("Would pull `{0}`, and {verb} what it says.", asked.image));
            return Ok(());
        }
        found => found?,
    };
    let plan = start::plan(store, &found, options)?;
    let words = plan.entrypoint.iter().chain(&plan.command);
    let command = words.map(|word| text::shell_word(word)).collect::<Vec<_>>().join(" ");
    session.ui.note(&format!("Would {verb} `{command}`, of the image `{}`.", plan.image));
    let named = Some(&plan.name).filter(|name| !name.is_empty());
    match session.ui.format {
        Format::Table => Ok(()),
        _ => session.ui.answer(
            &json!({
                "name": named,
                "image": plan.image,
                "image_id": plan.image_id,
                "command": plan.spec.args,
            }),
            String::new,
        ),
    }
}

fn write_id(path: &Path, id: &str) -> Result<(), CommandError> {
    mls::base::fs::write_whole(path, |file| std::io::Write::write_all(file, id.as_bytes()))
        .map_err(|error| CommandError::unwritten(path, error))
}

/// Returns an image that is here, if it is for the machine that is asked for.
fn here(
    store: &Store,
    name: &str,
    platform: Option<&Platform>,
) -> Result<catalog::Found, ImageError> {
    let found = catalog::resolve(store, name)?;
    if let Some(platform) = platform {
        catalog::check_platform(store, &found.image, platform)?;
    }
    Ok(found)
}

/// Returns an image by its name, from a registry where it is not here or `pull` says so.
pub(super) fn image(
    session: &Session,
    store: &Store,
    name: &str,
    pull: &str,
    platform: Option<&Platform>,
) -> Result<catalog::Found, CommandError> {
    let missing = match pull {
        "missing" | "never" => match here(store, name, platform) {
            Ok(found) => return Ok(found),
            Err(error @ (ImageError::NoImage { .. } | ImageError::NoPlatform { .. })) => error,
            Err(error) => return Err(error.into()),
        },
        "always" => ImageError::NoImage { name: name.to_owned(), near: vec![] },
        other => {
            let what = format!("`{}` is no time to pull", other.escape_debug());
            return Err(CommandError::usage(what).hint("It is `missing`, `always` or `never`."));
        }
    };
    if pull == "never" {
        return Err(missing.into());
    }
    let reference: Reference = name.parse().map_err(registry::Error::from)?;
    session.ui.note(&format!("Pulling `{}`.", reference.qualified().or_latest()));
    let options = pull::Options { platform: platform.cloned(), ..<_>::default() };
    let access = sharing::access(session);
    let pulled = pull::pull(store, &reference, &access, &options, session.ui.progress())?;
    Ok(catalog::resolve(store, &pulled.reference.to_string())?)
}
