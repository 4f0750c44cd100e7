use std::fs::OpenOptions;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use mls::container;
use mls::server::access::AllowedHost;
use mls::server::score::{self, Batching, Beside, Options, Place};
use mls::server::{Certificate, Lines};
use mls::store::Store;

use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::interrupt;
use crate::cli::open_files;
use crate::cli::scoring::{self, Engines};
use crate::cli::session::Session;
use crate::cli::thing;
use crate::cli::ui;

/// Serve models over HTTP and gRPC, by MLflow's scoring protocol and the Open Inference Protocol
///
/// The first model answers `/invocations`, each one `/models/NAME[@VERSION]/invocations` and
/// `/v2/models/NAME[/versions/VERSION]/infer`; gRPC is on the same port. `/ping`, `/health` and `/v2/health/ready` tell that
/// it is ready, `/metrics` gives numbers of each version, `/openapi.json` describes what can be asked, and `/` is a page to
/// try it. An answer names the version that gave it (`mls-model`) and the id of what that is (`mls-object`). Weights are
/// verified against their ids when they are loaded.
///
/// With `--follow`, a version that an alias has come to mean is loaded, verified and asked once beside the one that
/// answers, and takes over with no request lost; one that fails changes nothing.
///
/// On a loopback address, which is the default, no token is asked for. Any other address needs `--token-file` or
/// `--insecure`. Ctrl-C or SIGTERM ends it once the requests that it has are answered.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls serve iris@v3", "serve a version on http://127.0.0.1:5001"),
        ("mls serve iris@champion churn --port 8080", "serve two models"),
        ("mls serve iris@champion --follow", "let the version that the alias comes to mean take over"),
        ("mls serve iris@v3 --canary iris@v4=10", "let another version answer a tenth of the requests"),
        ("mls serve iris --host 0.0.0.0 --token-file tokens.txt", "serve others who show a token"),
        (
            "curl -d '{\"inputs\": [[5.1, 3.5, 1.4, 0.2]]}' -H content-type:application/json localhost:5001/invocations",
            "ask it",
        ),
    ],
    &[Exit::NotFound, Exit::Damaged, Exit::Network, Exit::Unsafe],
))]
pub(crate) struct Args {
    /// A version: `iris@v3`, `iris@champion`, or `iris` for the latest
    #[arg(value_name = "MODEL", required_unless_present = "probe")]
    models: Vec<String>,
    /// Serve nothing: ask the server at this port whether it is ready, for a health check
    #[arg(long, conflicts_with_all = ["models", "unix", "tls_cert"])]
    probe: bool,
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1", value_parser = address)]
    host: IpAddr,
    /// Port to listen on; 0 takes any that is free
    #[arg(long, value_name = "PORT", default_value_t = 5001)]
    port: u16,
    /// Listen on a Unix socket at PATH instead
    #[arg(long, value_name = "PATH", conflicts_with_all = ["host", "port"])]
    unix: Option<PathBuf>,
    #[command(flatten)]
    engines: Engines,
    /// Let the version take over that an alias comes to mean, or that is registered where no version is named
    #[arg(long)]
    follow: bool,
    /// Let another version answer PERCENT of its model's requests; repeat for other models
    #[arg(long, value_name = "MODEL=PERCENT", value_parser = canary)]
    canary: Vec<(String, u32)>,
    /// Ask another version too, count in `/metrics` whether it answers the same, and give its answers to nobody
    #[arg(long, value_name = "MODEL")]
    shadow: Vec<String>,
    /// Ask a model for up to so many rows of several requests at once; not for one whose answers take next to no time
    #[arg(long, value_name = "ROWS", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=4096))]
    max_batch: u16,
    /// How long the first request of a batch waits for others, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 2.0, value_parser = delay)]
    max_delay: f64,
    /// Ask every client for a token, one of the lines of FILE
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Listen on other addresses than loopback without asking for tokens
    #[arg(long, conflicts_with = "token_file")]
    insecure: bool,
    /// Speak TLS with this certificate and those above it, as PEM; a new one is taken up when the file changes
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The key of the certificate, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// A name that clients on this machine know the server by, beside `localhost`; repeat for more
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<AllowedHost>,
    /// No body of a request is longer, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..=4096))]
    max_body: u64,
    /// Append a line of JSON for each request to FILE; with `-v` they go to stderr
    #[arg(long, value_name = "FILE")]
    access_log: Option<PathBuf>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    if args.probe {
        let address = SocketAddr::new(args.host, args.port);
        return score::probe(address, Duration::from_secs(3)).map_err(|error| {
            CommandError::new(Exit::Network, format!("`{address}` is not ready: {error}"))
        });
    }
    if args.unix.is_none()
        && !args.host.is_loopback()
        && args.token_file.is_none()
        && !args.insecure
    {
        let message =
            format!("`{}` can be reached by others, and no token is asked for", args.host);
        return Err(CommandError::usage(message)
            .hint("Give `--token-file`, or `--insecure` if everybody may ask."));
    }
    let store = session.store()?;
    let models: Vec<_> =
        args.models.iter().map(|text| thing::reference(&store, text)).collect::<Result<_, _>>()?;
    let signals = interrupt::take();
    let options = Options { beside: beside(&store, args)?, ..options(session, args)? };
    let serving = score::start(store, &models, &options, &|line| session.ui.note(line))?;
    for model in serving.models() {
        session.ui.note(&format!("Serving {model}."));
    }
    session.ui.print(&format!("Listening on {}\n", serving.url()))?;
    // A start runs three times the code that answering does.
    container::give_back_memory();
    loop {
        crossbeam_channel::select! {
            recv(signals) -> _ => break,
            recv(serving.news()) -> line => match line {
                Ok(line) => session.ui.note(&line),
                Err(_) => { let _ = signals.recv(); break }
            },
        }
    }
    serving.stop();
    Ok(())
}

/// Returns which versions answer beside those that are named first.
fn beside(store: &Store, args: &Args) -> Result<Beside, CommandError> {
    let canary = |(text, percent): &(String, u32)| Ok((thing::reference(store, text)?, *percent));
    Ok(Beside {
        canaries: args.canary.iter().map(canary).collect::<Result<_, CommandError>>()?,
        shadows: args
            .shadow
            .iter()
            .map(|text| thing::reference(store, text))
            .collect::<Result<_, _>>()?,
    })
}

fn options(session: &Session, args: &Args) -> Result<Options, CommandError> {
    let within = |path: &Path| session.settings.folder.join(path);
    let log = match &args.access_log {
        Some(path) => {
            let path = within(path);
            let file = OpenOptions::new().append(true).create(true).open(&path);
            Some(file.map(Lines::new).map_err(|error| CommandError::unwritten(&path, error))?)
        }
        None if session.ui.verbose > 0 => Some(Lines::new(ui::streams().1)),
        None => None,
    };
    let tls = args.tls_cert.as_deref().zip(args.tls_key.as_deref());
    let loading = scoring::loading(session, &args.engines);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(Options {
        place: match &args.unix {
            Some(path) => Place::Socket(within(path)),
            None => Place::Address(SocketAddr::new(args.host, args.port)),
        },
        threads: args.engines.workers.map_or(threads.min(2), usize::from),
        at_once: threads,
        limit: loading.limit,
        loading,
        batching: Batching {
            rows: args.max_batch.into(),
            delay: Duration::from_secs_f64(args.max_delay / 1000.0),
        },
        beside: Beside::default(),
        follow: args.follow,
        tokens: args.token_file.as_deref().map(|path| tokens(&within(path))).transpose()?,
        hosts: args.allow_host.clone(),
        tls: tls.map(|(certificate, key)| Certificate {
            certificate: within(certificate),
            key: within(key),
        }),
        log,
        connections: open_files::connections(),
        most: args.max_body << 20,
    })
}

/// Reads tokens, one a line.
fn tokens(path: &Path) -> Result<Vec<String>, CommandError> {
    let text = std::fs::read_to_string(path).map_err(|source| score::Error::Io {
        action: "read",
        path: path.to_owned(),
        source,
    })?;
    let lines = text.lines().map(str::trim);
    let tokens: Vec<_> = lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect();
    match tokens.iter().all(|token| token.len() >= 16) && !tokens.is_empty() {
        true => Ok(tokens),
        false => Err(CommandError::usage(format!(
            "`{}` holds no tokens of 16 characters or more",
            path.display()
        ))),
    }
}

fn address(text: &str) -> Result<IpAddr, String> {
    match text {
        "localhost" => Ok(Ipv4Addr::LOCALHOST.into()),
        _ => text.parse().map_err(|_| "expected an address such as `127.0.0.1` or `::`".to_owned()),
    }
}

fn canary(text: &str) -> Result<(String, u32), String> {
    let wrong = || "expected a version and a percentage such as `iris@v4=10`".to_owned();
    let (version, percent) = text.rsplit_once('=').ok_or_else(wrong)?;
    let percent = percent.trim_end_matches('%').parse().map_err(|_| wrong())?;
    match percent <= 100 && !version.is_empty() {
        true => Ok((version.to_owned(), percent)),
        false => Err(wrong()),
    }
}

fn delay(text: &str) -> Result<f64, String> {
    let millis = text.parse::<f64>().ok().filter(|millis| (0.0..=10_000.0).contains(millis));
    millis.ok_or_else(|| "expected milliseconds from 0 to 10000".to_owned())
}
