use std::fs::OpenOptions;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use mls::container;
use mls::server::access::{AllowedHost, Proxies};
use mls::server::token::{self, Keys};
use mls::server::{self, Certificate, Hub, Lines};
use mls::store::Store;

use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::interrupt;
use crate::cli::open_files;
use crate::cli::session::Session;
use crate::cli::ui;

/// How often it is looked whether memory can be given back, and how much that must be.
const LOOK: Duration = Duration::from_secs(10);
const WORTH: u64 = 32 << 20;

/// Serve the store to a team: MLflow's tracking API on one address
///
/// Point MLFLOW_TRACKING_URI at the address that it prints. On a loopback address, which is the default, no token is
/// asked for. Any other address needs `--auth`, and then each client a token of `mls token add`; or `--insecure`, and
/// then whoever reaches the address may read and change everything.
///
/// A request must be for a name of this hub: `localhost`, a loopback address, one given with `--allow-host`, or, where it
/// listens on more than loopback, any address in numbers. Ctrl-C or SIGTERM ends it once the requests that it has are
/// answered; a second one at once.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls hub", "serve the store of this folder on http://127.0.0.1:5000"),
        ("MLFLOW_TRACKING_URI=http://127.0.0.1:5000 python train.py", "log into it with MLflow"),
        (
            "mls hub --host 0.0.0.0 --auth --tls-cert hub.pem --tls-key hub.key --allow-host hub.example.com",
            "serve a team as https://hub.example.com:5000",
        ),
    ],
    &[Exit::Network],
))]
pub(crate) struct Args {
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1", value_parser = address)]
    host: IpAddr,
    /// Port to listen on; 0 takes any that is free
    #[arg(long, value_name = "PORT", default_value_t = 5000)]
    port: u16,
    /// Ask every client for a token of `mls token add`
    #[arg(long)]
    auth: bool,
    /// Listen on other addresses than loopback without asking for tokens
    #[arg(long, conflicts_with = "auth")]
    insecure: bool,
    /// Speak TLS with this certificate and those above it, as PEM; a new one is taken up when the file changes
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The key of the certificate, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// A name that clients know the hub by, such as `hub.example.com` or `*.example.com`; repeat for more
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<AllowedHost>,
    /// A reverse proxy in front of the hub, or a network of them such as `10.0.0.0/8`: the client that it names in
    /// X-Forwarded-For is the one that is logged and counted; repeat for more
    #[arg(long, value_name = "ADDRESS")]
    trusted_proxy: Vec<Proxies>,
    /// Threads that serve requests [default: 2, and 1 where there is one processor]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: Option<u16>,
    /// Let webhooks lead to private addresses and speak plain HTTP [env: MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS]
    #[arg(long)]
    allow_private_webhooks: bool,
    /// Append a line of JSON for each request to FILE; with `-v` they go to stderr
    #[arg(long, value_name = "FILE")]
    access_log: Option<PathBuf>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    if !args.host.is_loopback() && !args.auth && !args.insecure {
        let message =
            format!("`{}` can be reached by others, and no token is asked for", args.host);
        return Err(CommandError::usage(message).hint(
            "Give `--auth` to ask for tokens, or `--insecure` if everybody may do everything.",
        ));
    }
    let store = session.store()?;
    warn(session, args, &store)?;
    let signals = interrupt::take();
    let hub = server::start(store, &options(session, args)?)?;
    session.ui.print(&format!("Listening on {}\n", hub.url()))?;
    // A start runs three times the code that answering does.
    container::give_back_memory();
    wait(&signals);
    stop(hub, &signals)
}

/// Waits for the first signal, and gives back memory that was needed and is not any more: the heap keeps it otherwise.
fn wait(signals: &Receiver<i32>) {
    let mut least = resident();
    while signals.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
        if resident() > least + WORTH {
            container::give_back_memory();
            least = least.min(resident());
        }
    }
}

/// Returns how much memory this process has, as far as the system says.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: Option<u64> = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.unwrap_or(0) * rustix::param::page_size() as u64
}

fn options(session: &Session, args: &Args) -> Result<server::Options, CommandError> {
    let within = |path: &Path| session.settings.folder.join(path);
    let log = match &args.access_log {
        Some(path) => Some(open_log(&within(path))?),
        None if session.ui.verbose > 0 => Some(Lines::new(ui::streams().1)),
        None => None,
    };
    let tls = args.tls_cert.as_deref().zip(args.tls_key.as_deref());
    Ok(server::Options {
        address: SocketAddr::new(args.host, args.port),
        workers: args.workers.map_or_else(workers, usize::from),
        keys: args.auth.then_some(Keys::Stored),
        hosts: args.allow_host.clone(),
        proxies: args.trusted_proxy.clone(),
        tls: tls.map(|(certificate, key)| Certificate {
            certificate: within(certificate),
            key: within(key),
        }),
        log,
        connections: open_files::connections(),
        private_webhooks: args.allow_private_webhooks
            || session.settings.environment.private_webhooks,
        ..server::Options::default()
    })
}

/// Says aloud what is easily overlooked.
fn warn(session: &Session, args: &Args, store: &Store) -> Result<(), CommandError> {
    let (host, ui) = (args.host, &session.ui);
    if args.insecure {
        ui.warn(&format!("whoever reaches `{host}` may read and change everything"));
    }
    if args.auth && args.tls_cert.is_none() && !host.is_loopback() {
        ui.warn("tokens travel unencrypted; give `--tls-cert`, or let a proxy speak TLS");
    }
    if args.auth && token::list(store)?.is_empty() {
        ui.note("There is no token yet; `mls token add NAME --right write` adds one at once.");
    }
    Ok(())
}

/// Ends the hub; a second signal ends the program, whatever is unanswered.
fn stop(hub: Hub, signals: &Receiver<i32>) -> Result<(), CommandError> {
    let (done, ended) = crossbeam_channel::bounded(1);
    thread::spawn(move || {
        hub.stop();
        let _ = done.send(());
    });
    crossbeam_channel::select! {
        recv(ended) -> _ => Ok(()),
        recv(signals) -> _ => Err(CommandError::ended(Exit::Failed as u8)),
    }
}

/// On one processor a second thread is woken for nothing: without it a request takes a fifth to a third less.
fn workers() -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(2)
}

fn open_log(path: &Path) -> Result<Lines, CommandError> {
    let file = OpenOptions::new().append(true).create(true).open(path);
    file.map(Lines::new).map_err(|error| CommandError::unwritten(path, error))
}

fn address(text: &str) -> Result<IpAddr, String> {
    match text {
        "localhost" => Ok(Ipv4Addr::LOCALHOST.into()),
        _ => text.parse().map_err(|_| "expected an address such as `127.0.0.1` or `::`".to_owned()),
    }
}
