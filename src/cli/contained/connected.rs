//! The flags of `run` and `create` for what a container is connected to: ports and devices.

use std::io::Read as _;
use std::path::Path;

use mls::container::{Device, Port, Spec, cdi};

use crate::cli::error::CommandError;

/// Ports and devices.
#[derive(Debug, clap::Args)]
pub(crate) struct Connected {
    /// Publish a port: [[IP:]HOST:]CONTAINER[/udp]
    #[arg(short, long, value_name = "PORT")]
    publish: Vec<String>,
    /// Publish every port that the image exposes, wherever one is free
    #[arg(short = 'P', long)]
    pub(super) publish_all: bool,
    /// Give it a device: HOST[:INSIDE[:rwm]], or one by name as vendor.com/class=name
    #[arg(long, value_name = "DEVICE")]
    device: Vec<String>,
    /// Give it GPUs: `all`, how many, or `device=0,1`
    #[arg(long, value_name = "GPUS")]
    gpus: Option<String>,
}

impl Connected {
    /// Gives `spec` what was asked for.
    pub(super) fn apply(&self, spec: &mut Spec) -> Result<(), CommandError> {
        for text in &self.publish {
            spec.ports.extend(Port::parse(text)?);
        }
        let mut named = match &self.gpus {
            Some(text) => cdi::gpus(text)?,
            None => vec![],
        };
        for text in &self.device {
            match cdi::is_device(text) {
                true => named.push(text.clone()),
                false => spec.devices.push(Device::parse(text)?),
            }
        }
        Ok(cdi::apply(&cdi::FOLDERS.map(Path::new), &named, spec)?)
    }
}

/// Returns the text of a profile for system calls, in Docker's form.
pub(super) fn profile(path: &Path) -> Result<String, CommandError> {
    const LARGEST: u64 = 1 << 20;
    let read = || -> std::io::Result<String> {
        let mut text = String::new();
        std::fs::File::open(path)?.take(LARGEST + 1).read_to_string(&mut text)?;
        Ok(text)
    };
    let text = read().map_err(|source| mls::container::Error::Io {
        action: "read",
        path: path.to_owned(),
        source,
    })?;
    match text.len() as u64 <= LARGEST {
        true => Ok(text),
        false => Err(CommandError::usage(format!(
            "`{}` is no profile for system calls: it is larger than {LARGEST} bytes",
            path.display()
        ))),
    }
}
