//! What the surroundings of the process say; read once, here and nowhere else.
#![expect(clippy::disallowed_methods, reason = "the one reader of environment")]

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

/// The variables that mean something to `mls`, and whose process it is.
#[derive(Clone, Default)]
pub(crate) struct Environment {
    pub(crate) store: Option<PathBuf>,
    /// Where the user's own settings are: `$XDG_CONFIG_HOME` or `~/.config`.
    pub(crate) config: Option<PathBuf>,
    pub(crate) pager: Option<String>,
    pub(crate) no_color: bool,
    pub(crate) force_color: bool,
    pub(crate) dumb_terminal: bool,
    /// Whether the locale says in so many words that it has no UTF-8.
    pub(crate) ascii: bool,
    pub(crate) columns: Option<usize>,
    pub(crate) user: String,
    pub(crate) host: String,
    /// MLflow's own variables for who asks a server: token, user, password.
    pub(crate) mlflow: [Option<String>; 3],
    /// MLflow's own variable for webhooks that lead to private addresses.
    pub(crate) private_webhooks: bool,
    /// `MLS_TEST_CLOCK`: milliseconds since 1970 at which the clock stands still; with a sign, by how much it is off.
    pub(crate) test_clock: Option<String>,
    /// Where Docker keeps its settings: `$DOCKER_CONFIG` or `~/.docker`.
    pub(crate) docker: Option<PathBuf>,
    /// Where podman, skopeo and buildah keep theirs: `$REGISTRY_AUTH_FILE` or `$XDG_RUNTIME_DIR/containers/auth.json`.
    pub(crate) containers: Option<PathBuf>,
    /// Where programs are: the folders of `PATH`.
    pub(crate) programs: Vec<PathBuf>,
    /// ONNX Runtime's library, by the variable of its own binding: `ORT_DYLIB_PATH`.
    pub(crate) onnxruntime: Option<PathBuf>,
    /// `MLS_TOKEN`.
    pub(crate) token: Option<String>,
    pub(crate) tracking_token: Option<String>,
    pub(crate) tracking_uri: Option<String>,
    pub(crate) http_proxy: Option<String>,
    pub(crate) https_proxy: Option<String>,
    pub(crate) no_proxy: Option<String>,
    /// `MLS_CA_FILE`: certificates that are trusted besides the system's.
    pub(crate) certificates: Option<PathBuf>,
}

/// Tokens and the passwords of proxies stay unsaid.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Environment {
    pub(crate) fn read() -> Self {
        let config = path("XDG_CONFIG_HOME")
            .filter(|path| path.is_absolute())
            .or_else(|| path("HOME").map(|home| home.join(".config")));
        Self {
            store: path("MLS_STORE"),
            config,
            pager: text("MLS_PAGER").or_else(|| text("PAGER")),
            no_color: text("NO_COLOR").is_some(),
            force_color: text("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
            dumb_terminal: text("TERM").is_some_and(|terminal| terminal == "dumb"),
            ascii: is_ascii(text("LC_ALL").or_else(|| text("LC_CTYPE")).or_else(|| text("LANG"))),
            columns: text("COLUMNS").and_then(|columns| columns.parse().ok()),
            user: text("USER").or_else(|| text("LOGNAME")).unwrap_or_else(user_of_process),
            host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
            mlflow: ["TOKEN", "USERNAME", "PASSWORD"]
                .map(|name| text(&format!("MLFLOW_TRACKING_{name}"))),
            private_webhooks: text("MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS")
                .is_some_and(|value| ["true", "1"].contains(&value.to_ascii_lowercase().as_str())),
            test_clock: text("MLS_TEST_CLOCK"),
            docker: path("DOCKER_CONFIG").or_else(|| path("HOME").map(|home| home.join(".docker"))),
            containers: path("REGISTRY_AUTH_FILE").or_else(|| {
                path("XDG_RUNTIME_DIR").map(|folder| folder.join("containers/auth.json"))
            }),
            programs: env::var_os("PATH")
                .map(|path| env::split_paths(&path).filter(|path| path.is_absolute()).collect())
                .unwrap_or_default(),
            onnxruntime: path("ORT_DYLIB_PATH").filter(|path| path.is_absolute()),
            token: text("MLS_TOKEN"),
            tracking_token: text("MLFLOW_TRACKING_TOKEN"),
            tracking_uri: text("MLFLOW_TRACKING_URI"),
            // In capitals it could be set by whoever asks a CGI script.
            http_proxy: text("http_proxy").or_else(|| text("ALL_PROXY")),
            https_proxy: ["https_proxy", "HTTPS_PROXY", "ALL_PROXY"].into_iter().find_map(text),
            no_proxy: text("no_proxy").or_else(|| text("NO_PROXY")),
            certificates: path("MLS_CA_FILE"),
        }
    }
}

/// Returns the folder that the command was started in, or moved to with `-C`.
pub(crate) fn working_folder() -> std::io::Result<PathBuf> {
    env::current_dir()
}

/// No locale at all says nothing about the terminal: containers and services have none, and UTF-8 all the same.
fn is_ascii(locale: Option<String>) -> bool {
    locale.is_some_and(|locale| !locale.to_ascii_lowercase().replace('-', "").contains("utf8"))
}

/// Returns all variables, for a command that is run with them.
pub(crate) fn variables() -> BTreeMap<OsString, OsString> {
    env::vars_os().collect()
}

/// An empty variable counts as none, as the conventions for colour and XDG say.
fn value(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

fn path(name: &str) -> Option<PathBuf> {
    value(name).map(PathBuf::from)
}

fn text(name: &str) -> Option<String> {
    value(name).map(|value| value.to_string_lossy().into_owned())
}

/// Asks the system's list of users; services and containers often have no `USER`.
fn user_of_process() -> String {
    let id = rustix::process::geteuid().as_raw().to_string();
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let own = users.lines().find(|line| line.split(':').nth(2) == Some(id.as_str()));
    own.and_then(|line| line.split(':').next()).map_or(id, str::to_owned)
}
