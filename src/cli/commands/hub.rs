use std::net::{IpAddr, SocketAddr};

use mls::server;

use crate::cli::error::CommandError;
use crate::cli::help;
use crate::cli::interrupt;
use crate::cli::session::Session;

/// Serve the store: MLflow's tracking API on one address
///
/// Point `MLFLOW_TRACKING_URI` at the address that it prints.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::reads(
    &[
        ("mls hub", "serve the store of this folder on http://127.0.0.1:5000"),
        ("MLFLOW_TRACKING_URI=http://127.0.0.1:5000 python train.py", "log into it with MLflow"),
    ],
    &[],
))]
pub(crate) struct Args {
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    host: IpAddr,
    /// Port to listen on; 0 takes any that is free
    #[arg(long, value_name = "PORT", default_value_t = 5000)]
    port: u16,
    /// Threads that serve requests
    #[arg(long, value_name = "COUNT", default_value_t = 2)]
    workers: usize,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    if !args.host.is_loopback() {
        return Err(CommandError::usage(format!("`{}` is no loopback address", args.host)));
    }
    let address = SocketAddr::new(args.host, args.port);
    let store = session.store()?;
    let signals = interrupt::take();
    let hub = server::start(store, &server::Options { address, workers: args.workers })?;
    session.ui.print(&format!("Listening on {}\n", hub.url()))?;
    let _ = signals.recv();
    hub.stop();
    Ok(())
}
