//! What the user gives to a build: the Dockerfile, the context, secrets, values.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use mls::image::build::context::Context;
use mls::image::build::execute::Options;
use mls::image::build::plan::{self, Wanted};
use mls::image::build::source::Access;
use mls::image::dockerfile::Network;
use mls::image::platform::Platform;

use super::Args;
use crate::cli::environment::variables;
use crate::cli::error::{CommandError, Exit, of_io};
use crate::cli::session::Session;
use crate::cli::sharing;

/// No Dockerfile, ignore file or secret is larger.
const MAX_FILE: u64 = 16 << 20;

/// The names of Dockerfiles, in the order in which they are looked for.
const NAMES: [&str; 3] = ["Dockerfile", "dockerfile", "Containerfile"];

/// What a build begins with.
pub(super) struct Given {
    pub(super) text: Vec<u8>,
    /// The Dockerfile as messages name it.
    pub(super) name: String,
    pub(super) folder: Option<PathBuf>,
    /// What the ignore file says.
    pub(super) ignore: String,
    /// `--build-context` with a folder.
    pub(super) folders: BTreeMap<String, PathBuf>,
    /// `--build-context` with an image: the image's own name.
    images: BTreeMap<String, String>,
    pub(super) options: Options,
    build_args: BTreeMap<String, String>,
}

impl Given {
    pub(super) fn read(session: &Session, args: &Args) -> Result<Self, CommandError> {
        let base = &session.settings.folder;
        let (folder, file) = places(base, args)?;
        let (text, name) = match &file {
            None => (input()?, "-".to_owned()),
            Some(path) => (read(path)?, shown(base, path)),
        };
        let build_args = build_args(args);
        let (folders, images) = named_contexts(base, args)?;
        Ok(Self {
            text,
            name,
            ignore: ignore_file(folder.as_deref(), file.as_deref())?,
            folder,
            folders,
            images,
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

    /// Returns what the plan depends on.
    pub(super) fn plan_options(
        &self,
        args: &Args,
        contexts: &BTreeMap<String, Context>,
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
            all_stages: false,
            contexts: contexts.keys().chain(self.images.keys()).cloned().collect(),
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

    /// Returns what is wanted under the name of the image that a named context stands for.
    pub(super) fn renamed(&self, wanted: &Wanted) -> Wanted {
        let name = self.images.get(&wanted.name).unwrap_or(&wanted.name).clone();
        Wanted { name, ..wanted.clone() }
    }
}

/// Returns the folder of the context and the Dockerfile; nothing for one that is standard input.
fn places(base: &Path, args: &Args) -> Result<(Option<PathBuf>, Option<PathBuf>), CommandError> {
    let stdin = OsStr::new("-");
    let named = args.file.as_ref().filter(|file| file.as_os_str() != stdin);
    let from_input = args.file.as_ref().is_some_and(|file| file.as_os_str() == stdin);
    if args.context.as_os_str() == stdin {
        let file = named.map(|file| base.join(file));
        return match from_input {
            true => Err(CommandError::usage("standard input cannot be context and Dockerfile")),
            false => Ok((None, file)),
        };
    }
    let context = base.join(&args.context);
    let meta = fs::metadata(&context).map_err(|error| unread(&context, error))?;
    if meta.is_dir() {
        let file = match named {
            Some(file) => Some(base.join(file)),
            None if from_input => None,
            None => Some(dockerfile_in(&context)?),
        };
        return Ok((Some(context), file));
    }
    let file = named.map_or(context.clone(), |file| base.join(file));
    let folder = context.parent().map(Path::to_owned);
    Ok((folder, (!from_input).then_some(file)))
}

fn dockerfile_in(folder: &Path) -> Result<PathBuf, CommandError> {
    let mut paths = NAMES.iter().map(|name| folder.join(name));
    paths.find(|path| path.is_file()).ok_or_else(|| {
        CommandError::new(Exit::NotFound, format!("no Dockerfile in `{}`", folder.display()))
            .hint("Name it with `-f FILE`.")
    })
}

/// `<Dockerfile>.dockerignore` goes before the one in the context.
fn ignore_file(folder: Option<&Path>, file: Option<&Path>) -> Result<String, CommandError> {
    let own = file.map(|file| {
        let mut name = file.as_os_str().to_owned();
        name.push(".dockerignore");
        PathBuf::from(name)
    });
    let common = folder.map(|folder| folder.join(".dockerignore"));
    let found = [own, common].into_iter().flatten().find(|path| path.is_file());
    let bytes = found.map(|path| read(&path)).transpose()?.unwrap_or_default();
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Reads a file of the user's; one that is no file, or too large, is refused.
fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    let failed = |error| unread(path, error);
    let meta = fs::metadata(path).map_err(failed)?;
    // A pipe is what a shell gives for `<(…)`; it ends.
    if meta.is_dir() || meta.len() > MAX_FILE {
        return Err(too_large(path));
    }
    whole(path, fs::File::open(path).map_err(failed)?)
}

/// Reads to the end; more than a file may have is refused and not cut off.
fn whole(path: &Path, input: impl std::io::Read) -> Result<Vec<u8>, CommandError> {
    let mut bytes = vec![];
    input.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(|error| unread(path, error))?;
    match bytes.len() as u64 > MAX_FILE {
        true => Err(too_large(path)),
        false => Ok(bytes),
    }
}

fn too_large(path: &Path) -> CommandError {
    CommandError::usage(format!("`{}` is no file of at most 16 MiB", path.display()))
}

fn input() -> Result<Vec<u8>, CommandError> {
    whole(Path::new("-"), std::io::stdin().lock())
}

fn unread(path: &Path, error: std::io::Error) -> CommandError {
    let exit = of_io(&error);
    let cause = mls::store::Error::Io { action: "read", path: path.to_owned(), source: error };
    CommandError::new(exit, cause)
}

/// Returns a path as the user would write it.
fn shown(base: &Path, path: &Path) -> String {
    let path = path.strip_prefix(base).unwrap_or(path);
    path.strip_prefix(".").unwrap_or(path).display().to_string()
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

type Contexts = (BTreeMap<String, PathBuf>, BTreeMap<String, String>);

fn named_contexts(base: &Path, args: &Args) -> Result<Contexts, CommandError> {
    let (mut folders, mut images) = (BTreeMap::new(), BTreeMap::new());
    for text in &args.contexts {
        let Some((name, place)) = text.split_once('=') else {
            return Err(CommandError::usage("a build context is written NAME=PLACE"));
        };
        let name = name.to_ascii_lowercase();
        match (place.strip_prefix("docker-image://"), place.split_once("://")) {
            (Some(image), _) => drop(images.insert(name, image.to_owned())),
            (None, Some((scheme, _))) => {
                let what = format!("`{scheme}://` is no place for a build context");
                return Err(CommandError::usage(what)
                    .hint("Name a folder, or an image as `docker-image://IMAGE`."));
            }
            (None, None) => drop(folders.insert(name, base.join(place))),
        }
    }
    Ok((folders, images))
}

/// Reads `key=value,…`.
fn fields(text: &str) -> BTreeMap<&str, &str> {
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
