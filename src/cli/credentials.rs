//! Who we are to other servers, kept where Docker keeps its own: `config.json`, or the helper that it names.
//!
//! ```text
//! ~/.docker/config.json   or in DOCKER_CONFIG
//! ├── auths        host → {"auth": base64("name:secret")}; empty where a helper has it
//! ├── credsStore   helper for all hosts: the program docker-credential-NAME
//! └── credHelpers  host → helper
//! ```
//!
//! All other fields stay as they are. Nothing here prints a secret.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mls::remote::Credential;
use mls::remote::registry::Login;
use serde_json::{Map, Value, json};

use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;

/// The name of one who has a token and no name.
const TOKEN: &str = "token";

/// The largest settings file of Docker that is read.
const MAX_FILE: u64 = 16 << 20;

/// What Docker calls the login for Docker Hub.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// Where credentials are kept.
#[derive(Debug, Default)]
pub(crate) struct Keeper {
    path: PathBuf,
    settings: Map<String, Value>,
}

impl Keeper {
    /// Reads Docker's settings; none are as good as empty ones.
    pub(crate) fn open(session: &Session) -> Result<Self, CommandError> {
        let environment = &session.settings.environment;
        let folder = environment.docker.as_ref().ok_or_else(|| {
            CommandError::new(Exit::Failed, "there is no home folder to keep a login in")
                .hint("Set `DOCKER_CONFIG` to a folder, or `MLS_TOKEN` to the token itself.")
        })?;
        Self::at(folder.join("config.json"))
    }

    fn at(path: PathBuf) -> Result<Self, CommandError> {
        let settings = match std::fs::metadata(&path) {
            Ok(meta) if meta.len() <= MAX_FILE => std::fs::read(&path).ok(),
            _ => None,
        };
        let settings = match settings {
            None => Map::new(),
            Some(bytes) if bytes.trim_ascii().is_empty() => Map::new(),
            Some(bytes) => match serde_json::from_slice(&bytes) {
                Ok(Value::Object(settings)) => settings,
                _ => return Err(unreadable(&path)),
            },
        };
        Ok(Self { path, settings })
    }

    /// Returns the login for `host`.
    pub(crate) fn find(&self, host: &str) -> Option<Credential> {
        if let Some(helper) = self.helper(host) {
            return ask(&helper, host);
        }
        let entry = self.settings.get("auths")?.get(host)?;
        if let Some(token) = entry.get("identitytoken").and_then(Value::as_str) {
            return Some(Credential::Token(token.to_owned()));
        }
        let auth = STANDARD.decode(entry.get("auth")?.as_str()?).ok()?;
        let auth = String::from_utf8(auth).ok()?;
        let (user, secret) = auth.split_once(':')?;
        Some(credential(user, secret))
    }

    /// Returns the login for a repository of a registry: podman keeps some for a part of a registry alone.
    fn login(&self, host: &str, repository: &str) -> Option<Login> {
        let key = key_of(host);
        if let Some(helper) = self.helper(key).or_else(|| self.helper(host)) {
            let found = ask_login(&helper, key);
            if found.is_some() {
                return found;
            }
        }
        let auths = self.settings.get("auths")?.as_object()?;
        let path = format!("{host}/{repository}");
        let parts = path.match_indices('/').map(|(end, _)| &path[..end]);
        let mut longest: Vec<&str> = parts.chain([path.as_str()]).collect();
        longest.reverse();
        let entry = longest.iter().find_map(|part| auths.get(*part));
        let entry = entry.or_else(|| auths.get(key));
        let entry = entry.or_else(|| {
            auths
                .iter()
                .find(|(key, _)| host_of(key) == host && !is_part(key))
                .map(|(_, entry)| entry)
        })?;
        login(entry)
    }

    /// Keeps a login for `host`.
    pub(crate) fn keep(
        mut self,
        host: &str,
        user: Option<&str>,
        secret: &str,
    ) -> Result<(), CommandError> {
        let user = user.unwrap_or(TOKEN);
        let entry = match self.helper(host) {
            Some(helper) => {
                let question = json!({"ServerURL": host, "Username": user, "Secret": secret});
                tell(&helper, "store", &question.to_string())?;
                json!({})
            }
            None => json!({"auth": STANDARD.encode(format!("{user}:{secret}"))}),
        };
        let auths = self.settings.entry("auths").or_insert_with(|| json!({}));
        let Value::Object(auths) = auths else { return Err(unreadable(&self.path)) };
        auths.insert(host.to_owned(), entry);
        self.write()
    }

    /// Forgets the login for `host`; tells whether there was one.
    pub(crate) fn forget(mut self, host: &str) -> Result<bool, CommandError> {
        let mut known = false;
        if let Some(helper) = self.helper(host) {
            known = ask(&helper, host).is_some();
            if known {
                tell(&helper, "erase", host)?;
            }
        }
        let auths = self.settings.get_mut("auths").and_then(Value::as_object_mut);
        let removed = auths.is_some_and(|auths| auths.shift_remove(host).is_some());
        if removed {
            self.write()?;
        }
        Ok(known || removed)
    }

    /// Returns the program that keeps the login for `host`, if the file does not.
    fn helper(&self, host: &str) -> Option<String> {
        let one = self.settings.get("credHelpers").and_then(|helpers| helpers.get(host));
        let name = one.or_else(|| self.settings.get("credsStore"))?.as_str()?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let plain = !name.is_empty() && name.bytes().all(plain);
        plain.then(|| format!("docker-credential-{name}"))
    }

    /// Writes beside and renames, readable by this user alone; a link leads to the file that is written.
    fn write(&self) -> Result<(), CommandError> {
        let path = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
        let folder = path.parent().unwrap_or(Path::new("."));
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(folder)?;
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            let mut text = serde_json::to_vec_pretty(&self.settings)?;
            text.push(b'\n');
            file.write_all(&text)?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            Ok(())
        };
        write().map_err(|error| CommandError::unwritten(&path, error))
    }
}

/// The logins for registries, of Docker and of podman; read when the first one is wanted.
#[derive(Debug)]
pub(crate) struct Logins {
    docker: Keeper,
    containers: Keeper,
}

impl Logins {
    /// Settings that cannot be read hold no login: many registries want none.
    pub(crate) fn of(session: &Session) -> Self {
        let containers = session.settings.environment.containers.clone();
        Self {
            docker: Keeper::open(session).unwrap_or_default(),
            containers: containers.and_then(|path| Keeper::at(path).ok()).unwrap_or_default(),
        }
    }

    /// Returns the login for a repository of a registry.
    pub(crate) fn find(&self, host: &str, repository: &str) -> Option<Login> {
        self.docker.login(host, repository).or_else(|| self.containers.login(host, repository))
    }
}

/// Returns what the login for a registry is kept under.
pub(crate) fn key_of(host: &str) -> &str {
    if host == "docker.io" { DOCKER_HUB } else { host }
}

/// Returns the host of a key, which may be an address.
fn host_of(key: &str) -> &str {
    let key = key.split_once("://").map_or(key, |(_, rest)| rest);
    match key.split('/').next().unwrap_or_default() {
        "index.docker.io" => "docker.io",
        host => host,
    }
}

fn unreadable(path: &Path) -> CommandError {
    let message = format!("`{}` is no settings file of Docker", path.display());
    CommandError::new(Exit::Damaged, message)
        .hint("Repair or remove it, or name another folder with `DOCKER_CONFIG`.")
}

fn credential(user: &str, secret: &str) -> Credential {
    match user {
        TOKEN | "<token>" | "" => Credential::Token(secret.to_owned()),
        _ => Credential::Password { user: user.to_owned(), password: secret.to_owned() },
    }
}

/// Keys such as `quay.io/team` are for a part of a registry.
fn is_part(key: &str) -> bool {
    !key.contains("://") && key.contains('/')
}

fn login(entry: &Value) -> Option<Login> {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    if let Some(token) = text("identitytoken") {
        return Some(Login::Identity(token.to_owned()));
    }
    if let Some(token) = text("registrytoken") {
        return Some(Login::Bearer(token.to_owned()));
    }
    let auth = String::from_utf8(STANDARD.decode(text("auth")?).ok()?).ok()?;
    let (user, password) = auth.split_once(':')?;
    // Docker fills its own with zero bytes.
    let password = password.trim_end_matches('\0').to_owned();
    Some(Login::Password { user: user.to_owned(), password })
}

fn ask_login(helper: &str, key: &str) -> Option<Login> {
    let answer: Value = serde_json::from_slice(&run(helper, "get", key).ok()?).ok()?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
    let (user, secret) = (text("Username")?, text("Secret")?);
    Some(match user.as_str() {
        "<token>" => Login::Identity(secret),
        _ => Login::Password { user, password: secret },
    })
}

/// Asks a helper; one that has nothing, or is not there, has no login.
fn ask(helper: &str, host: &str) -> Option<Credential> {
    let answer: Value = serde_json::from_slice(&run(helper, "get", host).ok()?).ok()?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str);
    Some(credential(text("Username")?, text("Secret")?))
}

fn tell(helper: &str, verb: &str, input: &str) -> Result<(), CommandError> {
    match run(helper, verb, input) {
        Ok(_) => Ok(()),
        Err(error) => Err(CommandError::new(
            Exit::Failed,
            format!("`{helper}`, which Docker's settings name, failed: {error}"),
        )),
    }
}

fn run(helper: &str, verb: &str, input: &str) -> std::io::Result<Vec<u8>> {
    let mut child = Command::new(helper)
        .arg(verb)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    match output.status.success() {
        true => Ok(output.stdout),
        // What it printed may hold a secret.
        false => Err(std::io::Error::other(output.status.to_string())),
    }
}
