use std::io::Read as _;
use std::sync::Arc;

use mls::remote::registry::{Client, Login, Reference};
use mls::remote::{Credential, Peer, Url, Web};
use mls::store::Trust;

use crate::cli::args::DryRun;
use crate::cli::credentials::{Keeper, key_of};
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::sharing;

/// The longest token.
const MAX_TOKEN: u64 = 64 << 10;

/// Keep the login for a registry, or the token for a hub
///
/// Either is asked first, and a login that it does not take is not kept. It is kept where Docker keeps its own: in
/// `config.json` below `DOCKER_CONFIG` or `~/.docker`, or by the credential helper that is named there.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls login reg.example.com -u ada --password-stdin < password", "keep a login for a registry"),
        ("mls login https://hub.example.com --password-stdin < token", "keep a token for a hub"),
        ("mls logout https://hub.example.com", "forget it"),
    ],
    &[Exit::NotAllowed, Exit::Network],
))]
pub(crate) struct Args {
    /// The host of a registry, or the address of a hub
    url: String,
    /// Log in under a name; a token alone needs none
    #[arg(short, long, value_name = "NAME")]
    username: Option<String>,
    /// Read the token or password from standard input
    #[arg(long, required = true)]
    password_stdin: bool,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let user = args.username.as_deref();
    if user.is_some_and(|user| user.is_empty() || user.contains(':')) {
        return Err(CommandError::usage("a name is not empty and has no `:` in it"));
    }
    if let Some(host) = registry(&args.url)? {
        return to_registry(session, args, &host);
    }
    let (url, host) = hub(session, &args.url)?;
    let secret = read_secret()?;
    let credential = match &args.username {
        None => Credential::Token(secret.clone()),
        Some(user) => Credential::Password { user: user.clone(), password: secret.clone() },
    };
    let web = Web { credential: Some(credential), ..sharing::web(session, &url) };
    Peer::connect(&url, session.context(), Trust::Own, &web)?.refs()?;
    if args.dry_run.dry_run {
        session.ui.note(&format!("Would keep the login for `{host}`."));
        return Ok(());
    }
    if url.as_str().starts_with("http:") && !is_local(&host) {
        session.ui.warn("without TLS, whoever is on the way can read the token");
    }
    Keeper::open(session)?.keep(&host, args.username.as_deref(), &secret)?;
    session.ui.note(&format!("Logged in to `{host}`."));
    Ok(())
}

/// Returns the host of a registry; nothing where the argument is an address.
pub(super) fn registry(text: &str) -> Result<Option<String>, CommandError> {
    if text.contains("://") {
        return Ok(None);
    }
    let name = format!("{}/x", text.trim_end_matches('/'));
    let reference: Reference = name.parse()?;
    match (reference.registry(), reference.repository()) {
        (Some(host), "x" | "library/x") => Ok(Some(host.to_owned())),
        _ => Err(CommandError::usage(format!(
            "`{}` is no host of a registry",
            text.escape_debug()
        ))
        .hint(
            "A host is as in `reg.example.com` or `localhost:5000`; a hub begins with `https://`.",
        )),
    }
}

fn to_registry(session: &Session, args: &Args, host: &str) -> Result<(), CommandError> {
    let password = read_secret()?;
    // The hub's own tokens have no name.
    let user = args.username.clone().unwrap_or_else(|| "token".to_owned());
    let login = Login::Password { user, password: password.clone() };
    let mut access = sharing::access(session);
    access.logins = Arc::new(move |_, _| Some(login.clone()));
    Client::new(host, &access)?.ping()?;
    if args.dry_run.dry_run {
        session.ui.note(&format!("Would keep the login for `{host}`."));
        return Ok(());
    }
    Keeper::open(session)?.keep(key_of(host), args.username.as_deref(), &password)?;
    session.ui.note(&format!("Logged in to `{host}`."));
    Ok(())
}

/// Returns the address, and what its login is kept under.
pub(super) fn hub(session: &Session, text: &str) -> Result<(Url, String), CommandError> {
    let url = Url::parse(text, &session.settings.folder)?;
    match url.host().map(str::to_owned) {
        Some(host) => Ok((url, host)),
        None => {
            Err(CommandError::usage(format!("`{}` is no address of a hub", text.escape_debug()))
                .hint("The address of a hub begins with `https://` or `http://`."))
        }
    }
}

fn is_local(host: &str) -> bool {
    ["localhost", "127.", "[::1]"].iter().any(|local| host.starts_with(local))
}

fn read_secret() -> Result<String, CommandError> {
    let mut secret = String::new();
    let read = std::io::stdin().take(MAX_TOKEN).read_to_string(&mut secret);
    read.map_err(|_| CommandError::usage("standard input holds no text"))?;
    let secret = secret.trim_end_matches(['\r', '\n']);
    match secret.is_empty() || secret.chars().any(char::is_control) {
        true => Err(CommandError::usage("standard input holds no token")
            .hint("Give it as in `mls login URL --password-stdin < FILE`.")),
        false => Ok(secret.to_owned()),
    }
}
