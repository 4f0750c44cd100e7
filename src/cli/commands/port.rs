use mls::container::Bound;
use serde_json::json;

use crate::cli::contained;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::table::{Column, Table};

/// List the published ports of a container
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[
        ("mls port web", "list where each port is reached"),
        ("mls port web 80", "show where port 80 is reached, for a script"),
    ],
    &[Exit::Failed, Exit::NotFound, Exit::NoStore, Exit::Unsafe],
))]
pub(crate) struct Args {
    /// The container, by name or id
    name: String,
    /// One of its ports, as `80` or `53/udp`
    port: Option<String>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let container = contained::containers(session)?.find(&args.name)?;
    let mut ports = container.state().facts.ports;
    ports.sort_unstable();
    let own = |bound: &Bound| format!("{}/{}", bound.container, bound.protocol);
    if let Some(text) = &args.port {
        let wanted = if text.contains('/') { text.clone() } else { format!("{text}/tcp") };
        ports.retain(|bound| own(bound) == wanted);
        if ports.is_empty() {
            let what = format!("`{}` publishes no port `{}`", args.name, wanted.escape_debug());
            return Err(CommandError::new(Exit::NotFound, what));
        }
    }
    let values: Vec<_> = ports
        .iter()
        .map(|bound| {
            json!({
                "container_port": bound.container,
                "protocol": bound.protocol.to_string(),
                "host_ip": bound.address.to_string(),
                "host_port": bound.host,
            })
        })
        .collect();
    let mut table = Table::new(["port", "reached at"].map(Column::new));
    for bound in &ports {
        table.row([own(bound).into(), bound.socket().to_string().into()]);
    }
    session.ui.list(&table, &values, "No ports.")
}
