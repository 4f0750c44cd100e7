//! What the user gives to a build beside the Dockerfile and its context: values, secrets, hosts.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use mls::image::build::execute::Options;
use mls::image::build::ignore::Ignore;
use mls::image::build::plan;
use mls::image::build::source::Access;
use mls::image::dockerfile::Network;
use mls::image::platform::Platform;

use super::Args;
use super::begin::read;
use crate::cli::environment::variables;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::sharing;

/// What a build goes by.
pub(super) struct Given {
    pub(super) options: Options,
    build_args: BTreeMap<String, String>,
}

impl Given {
    pub(super) fn read(session: &Session, args: &Args) -> Result<Self, CommandError> {
        let base = &session.settings.folder;
        let build_args = build_args(args);
        Ok(Self {
            options: Options {
                epoch: epoch(&build_args)?,
                secrets: secrets(base, args)?,
                agents: agents(base, args)?,
                hosts: hosts(args)?,
                access: Access { web: sharing::access(session).web, environment: variables() },
            },
            build_args,
        })
    }

    /// Returns what is said of the `.git` of a context, in the words that BuildKit takes.
    pub(super) fn keeps_git_dir(&self) -> Result<Option<bool>, CommandError> {
        const NAME: &str = "BUILDKIT_CONTEXT_KEEP_GIT_DIR";
        match self.build_args.get(NAME).map(String::as_str) {
            None | Some("") => Ok(None),
            Some("1" | "t" | "T" | "true" | "TRUE" | "True") => Ok(Some(true)),
            Some("0" | "f" | "F" | "false" | "FALSE" | "False") => Ok(Some(false)),
            Some(other) => {
                let what = format!("{NAME} is 1 or 0, not `{}`", other.escape_debug());
                Err(CommandError::usage(what))
            }
        }
    }

    /// Returns what the plan depends on.
    pub(super) fn plan_options(
        &self,
        args: &Args,
        contexts: Vec<String>,
        ignore: Ignore,
    ) -> Result<plan::Options, CommandError> {
        let host = Platform::host();
        let unknown = |what: &str, word: &str| {
            CommandError::usage(format!("`{}` is no {what}", word.escape_debug()))
        };
        let platform = args
            .platform
            .as_ref()
            .map(|text| Platform::parse(text, &host).ok_or_else(|| unknown("platform", text)));
        for right in &args.allow {
            if !["security.insecure", "network.host"].contains(&right.as_str()) {
                return Err(unknown("right", right));
            }
        }
        let allows = |right: &str| args.allow.iter().any(|allowed| allowed == right);
        Ok(plan::Options {
            target: args.target.clone(),
            build_args: self.build_args.clone(),
            labels: args.labels.iter().cloned().collect(),
            platform: platform.transpose()?,
            build_platform: host,
            no_cache: args.no_cache,
            no_cache_stages: args.no_cache_stages.clone(),
            all_stages: args.check && args.target.is_none(),
            ignore,
            contexts,
            allow_insecure: allows("security.insecure"),
            allow_host_network: allows("network.host") || args.network == "host",
            network: match args.network.as_str() {
                "default" => Network::Default,
                "none" => Network::None,
                "host" => Network::Host,
                other => return Err(unknown("network", other)),
            },
        })
    }
}

fn build_args(args: &Args) -> BTreeMap<String, String> {
    let environment = variables();
    let from = |name: &str| {
        environment.get(OsStr::new(name)).map(|value| value.to_string_lossy().into_owned())
    };
    let mut all = BTreeMap::new();
    if let Some(epoch) = from("SOURCE_DATE_EPOCH") {
        all.insert("SOURCE_DATE_EPOCH".to_owned(), epoch);
    }
    for text in &args.build_args {
        match text.split_once('=') {
            Some((name, value)) => drop(all.insert(name.to_owned(), value.to_owned())),
            None => {
                if let Some(value) = from(text) {
                    all.insert(text.clone(), value);
                }
            }
        }
    }
    all
}

fn epoch(build_args: &BTreeMap<String, String>) -> Result<Option<i64>, CommandError> {
    let text = build_args.get("SOURCE_DATE_EPOCH").filter(|text| !text.is_empty());
    let number = text.map(|text| {
        let bad = format!("SOURCE_DATE_EPOCH is `{}`, no number of seconds", text.escape_debug());
        text.parse().map_err(|_| CommandError::usage(bad))
    });
    number.transpose()
}

/// Reads `key=value,…`.
pub(super) fn fields(text: &str) -> BTreeMap<&str, &str> {
    text.split(',').filter_map(|field| field.split_once('=')).collect()
}

fn secrets(base: &Path, args: &Args) -> Result<BTreeMap<String, Vec<u8>>, CommandError> {
    let environment = variables();
    let mut secrets = BTreeMap::new();
    for text in &args.secrets {
        let fields = fields(text);
        let Some(id) = fields.get("id").filter(|id| !id.is_empty()) else {
            return Err(CommandError::usage(
                "a secret is written id=ID,src=FILE or id=ID,env=NAME",
            ));
        };
        let source = fields.get("src").or_else(|| fields.get("source"));
        let name = fields.get("env").copied().unwrap_or(id);
        let bytes = match (source, environment.get(OsStr::new(name))) {
            (Some(path), _) => read(&base.join(path))?,
            (None, Some(value)) => value.clone().into_encoded_bytes(),
            (None, None) => {
                let what = format!("no file or variable for secret `{id}`");
                return Err(CommandError::new(Exit::NotFound, what));
            }
        };
        secrets.insert((*id).to_owned(), bytes);
    }
    Ok(secrets)
}

fn agents(base: &Path, args: &Args) -> Result<BTreeMap<String, PathBuf>, CommandError> {
    let environment = variables();
    let mut agents = BTreeMap::new();
    for text in &args.agents {
        let (id, socket) = match text.split_once('=') {
            Some((id, socket)) => (id, Some(base.join(socket))),
            None => {
                (text.as_str(), environment.get(OsStr::new("SSH_AUTH_SOCK")).map(PathBuf::from))
            }
        };
        let Some(socket) = socket else {
            return Err(CommandError::new(Exit::NotFound, "no SSH agent is running here")
                .hint("Start one, or name its socket as `--ssh default=SOCKET`."));
        };
        agents.insert(id.to_owned(), socket);
    }
    Ok(agents)
}

fn hosts(args: &Args) -> Result<Vec<(String, std::net::IpAddr)>, CommandError> {
    let host = |text: &String| {
        let (name, address) = text.split_once([':', '=']).unwrap_or((text, ""));
        let address = address.trim_start_matches('[').trim_end_matches(']');
        match address.parse() {
            Ok(address) if !name.is_empty() => Ok((name.to_owned(), address)),
            _ => Err(CommandError::usage(format!(
                "`{}` is no host: write NAME:ADDRESS",
                text.escape_debug()
            ))),
        }
    };
    args.hosts.iter().map(host).collect()
}
