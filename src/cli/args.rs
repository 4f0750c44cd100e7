//! Flags that several commands share.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use mls::image::platform::Platform;

const HEADING: &str = "Global options";

/// Flags that every command takes, before or after its name.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = HEADING)]
pub(crate) struct Global {
    /// Run as if started in DIR
    #[arg(short = 'C', value_name = "DIR", global = true, hide_short_help = true)]
    pub(crate) directory: Option<PathBuf>,
    /// Set one setting for this call
    #[arg(short = 'c', value_name = "KEY=VALUE", global = true, hide_short_help = true)]
    pub(crate) config: Vec<String>,
    /// Use this store: the `.mlstore` folder or the one that holds it [env: MLS_STORE]
    #[arg(long, value_name = "DIR", global = true, hide_short_help = true)]
    pub(crate) store: Option<PathBuf>,
    /// Say the answer in this form
    #[arg(long, value_enum, global = true, hide_short_help = true)]
    pub(crate) format: Option<Format>,
    /// Say only what was asked for
    #[arg(short, long, action = clap::ArgAction::Count, global = true, hide_short_help = true)]
    pub(crate) quiet: u8,
    /// Say more; twice for even more
    #[arg(short, long, action = clap::ArgAction::Count, global = true, hide_short_help = true)]
    pub(crate) verbose: u8,
    /// Use colours [env: NO_COLOR, CLICOLOR_FORCE]
    #[arg(long, value_enum, value_name = "WHEN", global = true, hide_short_help = true)]
    pub(crate) color: Option<When>,
    /// Show how far long work is: bars on a terminal, lines, or nothing
    #[arg(
        long = "progress",
        value_enum,
        value_name = "HOW",
        global = true,
        hide_short_help = true
    )]
    pub(crate) progress: Option<Bars>,
    /// Answer every question with yes
    #[arg(short, long, global = true, hide_short_help = true)]
    pub(crate) yes: bool,
}

/// `--dry-run`, for every command that changes something.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct DryRun {
    /// Show what would be done and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Reads a platform.
pub(crate) fn platform(text: &str) -> Result<Platform, String> {
    Platform::parse(text, &Platform::host())
        .ok_or_else(|| "expected one such as `linux/amd64` or `linux/arm64/v8`".to_owned())
}

/// Reads `KEY=VALUE`; the value may hold more of them.
pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) => Ok((key.to_owned(), value.to_owned())),
        None => Err("there is no `=` between key and value".to_owned()),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Format {
    /// Text for a person
    #[default]
    Table,
    /// One JSON document
    Json,
    /// One JSON document per line
    Jsonl,
    /// Comma-separated values, for listings
    Csv,
    /// A graph for Graphviz, for `lineage`
    #[value(hide = true)]
    Dot,
    /// What `docker save` writes, for `save`
    #[value(hide = true)]
    DockerArchive,
    /// An OCI layout as a tar, for `save`
    #[value(hide = true)]
    OciArchive,
    /// An OCI layout as a folder, for `save`
    #[value(hide = true, alias = "oci-dir")]
    OciLayout,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum When {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Bars {
    #[default]
    Auto,
    Plain,
    None,
}

impl Format {
    /// Returns the word that `--format` takes.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Dot => "dot",
            Self::DockerArchive => "docker-archive",
            Self::OciArchive => "oci-archive",
            Self::OciLayout => "oci-layout",
        }
    }

    /// Tells whether a program reads the answer, and so the errors, as JSON.
    pub(crate) fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Jsonl)
    }
}
