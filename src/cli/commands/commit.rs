use mls::container::{Container, Life};
use mls::image::commit::{self, Options};
use mls::image::export;
use mls::remote::registry::{self, Reference};
use mls::store::Store;
use serde_json::json;

use crate::cli::args::{DryRun, Format};
use crate::cli::commands::import_image;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::{contained, help, interrupt, text};

/// Make an image of a container
///
/// What it has changed in its files becomes one more layer; what is in volumes does not. The image runs what the container
/// was to run, unless `--change` says otherwise. A container that runs is held still meanwhile.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls commit web web:fixed", "make an image of it"),
        ("mls commit -m 'with curl' -c 'CMD [\"sh\"]' work tools:2", "say why, and what it runs"),
    ],
    &[Exit::NotFound],
))]
pub(crate) struct Args {
    /// The container, by name or id
    container: String,
    /// The name that the image gets
    name: Option<String>,
    /// Say who made it
    #[arg(short, long, value_name = "NAME")]
    author: Option<String>,
    /// Say this in the history of the image
    #[arg(short, long, value_name = "TEXT")]
    message: Option<String>,
    /// Set in the config what this line of a Dockerfile says: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME or WORKDIR
    #[arg(short = 'c', long = "change", value_name = "LINE")]
    changes: Vec<String>,
    /// Hold the container still meanwhile
    #[arg(short, long, value_name = "YES", default_value_t = true, num_args = 0..=1,
        default_missing_value = "true", require_equals = true, action = clap::ArgAction::Set,
        hide_default_value = true)]
    pause: bool,
    /// Set one setting for this call: before the command's name
    #[arg(long = "setting", value_name = "KEY=VALUE", hide = true)]
    config: Vec<String>,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    // What users of containers own, only they or their root may read.
    contained::enter()?;
    let name = args.name.as_deref().map(str::parse::<Reference>).transpose();
    let reference = name.map_err(registry::Error::from)?.map(|name| name.or_latest());
    if reference.as_ref().is_some_and(|name| name.digest().is_some()) {
        let what = "what an image is, decides its digest: it cannot be given";
        return Err(CommandError::usage(what));
    }
    // A line that makes no sense is told before anything is done.
    let check = |line: &String| import_image::change(&mut Default::default(), line);
    args.changes.iter().try_for_each(check)?;
    let container = contained::containers(session)?.find(&args.container)?;
    let store = session.store()?;
    if args.dry_run.dry_run {
        return rehearse(session, &store, &container, reference.as_ref());
    }
    let held = Held::hold(session, &container, args.pause);
    let options = Options {
        reference: reference.clone(),
        author: args.author.clone(),
        message: args.message.clone(),
    };
    let committed = commit::commit(&store, &container, &options, |settings| {
        args.changes.iter().try_for_each(|line| import_image::change(settings, line))
    });
    drop(held);
    let committed = committed?;
    let answer = json!({
        "id": committed.id.to_string(),
        "digest": committed.digest.to_string(),
        "ref": reference.map(|name| name.to_string()),
        "layer_size": committed.size,
    });
    session.ui.answer(&answer, || format!("{}\n", committed.id))
}

/// Says what would become a layer.
fn rehearse(
    session: &Session,
    store: &Store,
    container: &Container,
    reference: Option<&Reference>,
) -> Result<(), CommandError> {
    let changed = export::changed(store, container)?.changes.list.len();
    let named = reference.map(|name| format!(" `{name}`")).unwrap_or_default();
    let count = text::count(changed as u64, "change");
    session.ui.note(&format!("Would make the image{named} with a layer of {count}."));
    match session.ui.format {
        Format::Table => Ok(()),
        _ => {
            let name = reference.map(ToString::to_string);
            session.ui.answer(&json!({"ref": name, "changes": changed}), String::new)
        }
    }
}

/// A container that is held still for as long as this lives.
struct Held<'a> {
    container: Option<&'a Container>,
}

impl<'a> Held<'a> {
    fn hold(session: &Session, container: &'a Container, wanted: bool) -> Self {
        if !wanted || container.state().life != Life::Running {
            return Self { container: None };
        }
        // A signal waits until it goes on.
        drop(interrupt::take());
        match container.pause(true) {
            Ok(()) => Self { container: Some(container) },
            // One that has just ended is still enough.
            Err(mls::container::Error::NotRunning(_)) => Self { container: None },
            Err(error) => {
                session.ui.warn(&format!(
                    "The container goes on while it is read, for it cannot be held still here: {error}"
                ));
                Self { container: None }
            }
        }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // One that was ended meanwhile need not go on.
        let _ = self.container.map(|container| container.pause(false));
    }
}
