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
use serde_json::{Map, Value, json};

use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;

/// The name of one who has a token and no name.
const TOKEN: &str = "token";

/// The largest settings file of Docker that is read.
const MAX_FILE: u64 = 16 << 20;

/// Where credentials are kept.
#[derive(Debug)]
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
        let path = folder.join("config.json");
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
