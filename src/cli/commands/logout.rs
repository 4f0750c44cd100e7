use crate::cli::args::DryRun;
use crate::cli::commands::login::{hub, registry};
use crate::cli::credentials::{Keeper, key_of};
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;

/// Forget the login for a registry or a hub
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[("mls logout reg.example.com", "forget a login"), ("mls logout https://hub.example.com", "forget a token")],
    &[Exit::NotFound],
))]
pub(crate) struct Args {
    /// The host of a registry, or the address of a hub
    url: String,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let host = match registry(&args.url)? {
        Some(host) => key_of(&host).to_owned(),
        None => hub(session, &args.url)?.1,
    };
    let keeper = Keeper::open(session)?;
    let known = match args.dry_run.dry_run {
        true => keeper.find(&host).is_some(),
        false => keeper.forget(&host)?,
    };
    if !known {
        let message = format!("there is no login for `{host}`");
        return Err(CommandError::new(Exit::NotFound, message));
    }
    let done = if args.dry_run.dry_run { "Would forget" } else { "Forgot" };
    session.ui.note(&format!("{done} the login for `{host}`."));
    Ok(())
}
