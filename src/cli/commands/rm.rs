use mls::container::{Container, Containers, Volumes};

use crate::cli::args::DryRun;
use crate::cli::contained::{self, Rehearsal};
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;

/// Remove containers
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[
        ("mls rm web", "remove a container that does not run"),
        ("mls rm -fv web", "end it first, and remove its volumes without a name"),
    ],
    &[Exit::Failed, Exit::Conflict, Exit::NotFound, Exit::NoStore, Exit::Unsafe],
))]
pub(crate) struct Args {
    /// Containers by name or id
    #[arg(required = true)]
    names: Vec<String>,
    /// End those that run; what is not there is no failure
    #[arg(short, long)]
    force: bool,
    /// Remove the volumes that have no name, too
    #[arg(short, long)]
    volumes: bool,
    /// Say more; twice for even more
    #[arg(long = "verbose", action = clap::ArgAction::Count, hide = true)]
    verbose: u8,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    // What users of containers own, only they or their root may remove.
    contained::enter()?;
    let containers = contained::containers(session)?;
    let volumes = args.volumes.then(|| contained::volumes(session)).transpose()?;
    let names: Vec<String> = match args.force {
        true => args.names.iter().filter(|name| is_there(&containers, name)).cloned().collect(),
        false => args.names.clone(),
    };
    let check = if args.force { contained::any } else { contained::is_still };
    let rehearsal = Rehearsal::new(args.dry_run, "remove", check);
    contained::each(session, &names, rehearsal, |container| {
        remove(&containers, container, args.force, volumes.as_ref())
    })
}

fn is_there(containers: &Containers, name: &str) -> bool {
    !matches!(containers.find(name), Err(mls::container::Error::NoContainer { .. }))
}

pub(super) fn remove(
    containers: &Containers,
    container: &Container,
    force: bool,
    volumes: Option<&Volumes>,
) -> Result<(), CommandError> {
    let config = container.config();
    if force && container.is_supervised() {
        container.stop(9, Some(0))?;
    }
    match containers.remove(container) {
        // Another was faster, or `--rm` was.
        Err(mls::container::Error::NoContainer { .. }) if force => {}
        done => done?,
    }
    let own = config.iter().flat_map(|config| &config.volumes).filter(|one| one.anonymous);
    for volume in own {
        if let Some(known) = volumes.and_then(|volumes| volumes.find(&volume.name)) {
            match containers.remove_volume(&known) {
                // Another container was given it by its name.
                Err(mls::container::Error::VolumeInUse { .. }) => {}
                done => done?,
            }
        }
    }
    Ok(())
}
