//! What one call of `mls` goes by: flags over environment over settings files over defaults.

use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use mls::base::{Clock, size, time};
use mls::remote::registry::Host;
use mls::store::config::{self, Config, Key, REGISTRY_FIELDS};

use crate::cli::args::{Bars, Format, Global, When};
use crate::cli::environment::{Environment, working_folder};
use crate::cli::error::CommandError;
use crate::cli::progress::{Drawn, Mode};
use crate::cli::text;
use crate::cli::ui::{self, Colors, Ui};

/// The name of a store's folder.
pub(crate) const STORE: &str = ".mlstore";

/// What every command may ask for.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Where the command works; `-C` has been followed.
    pub(crate) folder: PathBuf,
    pub(crate) environment: Environment,
    pub(crate) clock: Clock,
    /// The command as it was typed; the operation log keeps it.
    pub(crate) command: String,
    /// The `.mlstore` that this call works on, if there is one.
    pub(crate) store: Option<PathBuf>,
    /// Whether `--store` or `MLS_STORE` names it; else it was looked for.
    pub(crate) store_is_named: bool,
    /// Whether what destroys something may go on without a question.
    pub(crate) yes: bool,
    layers: Layers,
}

/// Where a setting comes from, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    CommandLine,
    Store,
    User,
    Default,
}

#[derive(Debug, Default)]
struct Layers {
    command_line: Vec<(String, String)>,
    store: Config,
    user: Config,
}

impl Settings {
    /// Goes to the folder of `-C`, finds the store and reads the settings files.
    pub(crate) fn read(
        global: &Global,
        environment: Environment,
        args: &[OsString],
    ) -> Result<Self, CommandError> {
        if let Some(folder) = &global.directory {
            std::env::set_current_dir(folder).map_err(|error| cannot_go(folder, error))?;
        }
        let folder = working_folder().map_err(|error| cannot_go(Path::new("."), error))?;
        let named = global.store.clone().or_else(|| environment.store.clone());
        let store = match &named {
            Some(path) => Some(mls::store::locate(&folder.join(path))),
            None => upward(&folder),
        };
        let user = user_file(&environment);
        let layers = Layers {
            command_line: command_line(&global.config)?,
            store: store
                .as_ref()
                .map_or(Ok(Config::default()), |store| Config::read(&store.join("config.toml")))?,
            user: user.map_or(Ok(Config::default()), |user| Config::read(&user))?,
        };
        Ok(Self {
            folder,
            clock: clock(environment.test_clock.as_deref()),
            command: typed(args),
            store,
            store_is_named: named.is_some(),
            yes: global.yes,
            layers,
            environment,
        })
    }

    /// Returns the strongest value of a setting and where it comes from.
    pub(crate) fn value(&self, key: &Key) -> (String, Source) {
        let command_line = self.layers.command_line.iter().rev().find(|(name, _)| name == key.name);
        if let Some((_, value)) = command_line {
            return (value.clone(), Source::CommandLine);
        }
        let stored = [(&self.layers.store, Source::Store), (&self.layers.user, Source::User)];
        stored
            .iter()
            .find_map(|(config, source)| Some((config.get(key.name)?, *source)))
            .unwrap_or_else(|| (key.default.to_owned(), Source::Default))
    }

    /// Returns the milliseconds of a setting that is a length of time.
    pub(crate) fn duration(&self, key: &Key) -> Result<i64, CommandError> {
        let (value, _) = self.value(key);
        config::check(key.name, &value)?;
        Ok(time::parse_duration(&value).unwrap_or_default())
    }

    /// Returns the value of a setting that is a size; nothing where it is empty.
    pub(crate) fn size(&self, key: &Key) -> Result<Option<u64>, CommandError> {
        let (value, _) = self.value(key);
        config::check(key.name, &value)?;
        Ok(size::parse(&value))
    }

    /// Returns the value of a setting by name, remotes included; nothing where it is not set and has no default.
    pub(crate) fn any_value(&self, key: &str) -> Result<Option<(String, Source)>, CommandError> {
        match config::find(key) {
            Ok(key) => Ok(Some(self.value(&key))),
            Err(unknown) => match self.list().into_iter().find(|(name, ..)| name == key) {
                Some((_, value, source, _)) => Ok(Some((value, source))),
                None if config::check(key, "").is_ok() => Ok(None),
                None => Err(unknown.into()),
            },
        }
    }

    /// Returns all settings: name, value, where it comes from, what it means.
    pub(crate) fn list(&self) -> Vec<(String, String, Source, String)> {
        let known = config::KEYS.iter().map(|key| {
            let (value, source) = self.value(key);
            (key.name.to_owned(), value, source, key.about.replace('`', ""))
        });
        let remotes = self.layers.store.remotes().into_iter().map(|remote| {
            let about = format!("Address of the remote {}", remote.name);
            (format!("remote.{}.url", remote.name), remote.url, Source::Store, about)
        });
        known.chain(remotes).chain(self.registry_settings()).collect()
    }

    /// Returns what is set for registries, each setting once, the strongest.
    fn registry_settings(&self) -> Vec<(String, String, Source, String)> {
        let command_line = self.layers.command_line.iter().rev().cloned();
        let mut all: Vec<(String, String, Source)> =
            command_line.map(|(key, value)| (key, value, Source::CommandLine)).collect();
        for (layer, source) in
            [(&self.layers.store, Source::Store), (&self.layers.user, Source::User)]
        {
            all.extend(layer.list().into_iter().map(|(key, value)| (key, value, source)));
        }
        let mut seen = std::collections::BTreeMap::new();
        for (key, value, source) in all {
            let known = registry_key(&key).map(|(host, field)| format!("registry.{host}.{field}"));
            if let Some(key) = known {
                seen.entry(key).or_insert((value, source));
            }
        }
        let told =
            |(key, (value, source))| (key, value, source, "How a registry is reached".to_owned());
        seen.into_iter().map(told).collect()
    }

    /// Returns what is set for each registry.
    pub(crate) fn registries(&self) -> Vec<Host> {
        let mut hosts: Vec<Host> = vec![];
        for (key, value, ..) in self.registry_settings() {
            let Some((name, field)) = registry_key(&key) else { continue };
            let place = hosts.iter().position(|host| host.name == name).unwrap_or_else(|| {
                hosts.push(Host { name: name.to_owned(), ..Host::default() });
                hosts.len() - 1
            });
            let host = &mut hosts[place];
            match field {
                "mirror" => {
                    let parts = value.split([',', ' ']).filter(|part| !part.is_empty());
                    host.mirrors = parts.map(str::to_owned).collect();
                }
                "insecure" => host.insecure = value == "true",
                _ => host.token_host = Some(value).filter(|value| !value.is_empty()),
            }
        }
        hosts
    }

    /// Returns the path of the user's own settings file.
    pub(crate) fn user_file(&self) -> Option<PathBuf> {
        user_file(&self.environment)
    }

    /// Returns whose call this is.
    pub(crate) fn user(&self) -> String {
        let (name, source) = self.value(&config::USER_NAME);
        if source == Source::Default { self.environment.user.clone() } else { name }
    }

    /// Returns who does what this call does: `user@host`.
    pub(crate) fn actor(&self) -> String {
        format!("{}@{}", self.user(), self.environment.host)
    }

    /// Returns what prints, with the colours, width and progress that the user wants and the terminal can.
    pub(crate) fn ui(&self, global: &Global) -> Ui {
        Ui { pager: self.pager(), ..plain_ui(global, &self.environment) }
    }

    fn pager(&self) -> Option<String> {
        let (pager, source) = self.value(&config::UI_PAGER);
        let pager = match source {
            Source::Default => self.environment.pager.clone().unwrap_or(pager),
            _ => pager,
        };
        Some(pager).filter(|pager| !pager.is_empty() && pager != "cat")
    }
}

impl Source {
    /// Returns the words that `config list` uses.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::CommandLine => "command line",
            Self::Store => "store",
            Self::User => "user",
            Self::Default => "default",
        }
    }
}

/// Returns what prints when only the flags are known.
pub(crate) fn plain_ui(global: &Global, environment: &Environment) -> Ui {
    let stdout_width = rustix::termios::tcgetwinsize(std::io::stdout())
        .ok()
        .map(|size| usize::from(size.ws_col))
        .filter(|columns| *columns > 0);
    let quiet = global.quiet > 0;
    Ui {
        format: global.format.unwrap_or_default(),
        quiet,
        verbose: global.verbose,
        colors: Colors {
            stdout: colored(global, environment, std::io::stdout().is_terminal()),
            stderr: colored(global, environment, std::io::stderr().is_terminal()),
        },
        width: stdout_width.or(environment.columns),
        pager: None,
        progress: Drawn::new(progress(global, environment), ui::line),
    }
}

/// Returns the flags that say how a wrong command line is answered; the rest of it may make no sense.
pub(crate) fn flags_at_a_glance(args: &[OsString]) -> Global {
    let words: Vec<&str> =
        args.iter().filter_map(|arg| arg.to_str()).take_while(|arg| *arg != "--").collect();
    let of = |flag: &str| {
        let joined = words.iter().find_map(|word| word.strip_prefix(flag)?.strip_prefix('='));
        joined.or_else(|| Some(*words.get(words.iter().position(|word| *word == flag)? + 1)?))
    };
    let parse = |text: &str| <Format as clap::ValueEnum>::from_str(text, false).ok();
    let color =
        of("--color").and_then(|text| <When as clap::ValueEnum>::from_str(text, false).ok());
    Global { format: of("--format").and_then(parse), color, ..Global::default() }
}

/// Takes `registry.HOST.FIELD` apart.
fn registry_key(key: &str) -> Option<(&str, &str)> {
    let (host, field) = key.strip_prefix("registry.")?.rsplit_once('.')?;
    REGISTRY_FIELDS.contains(&field).then_some((host.trim_matches('"'), field))
}

fn colored(global: &Global, environment: &Environment, terminal: bool) -> bool {
    match global.color.unwrap_or_default() {
        When::Always => true,
        When::Never => false,
        When::Auto if environment.no_color => false,
        When::Auto => environment.force_color || (terminal && !environment.dumb_terminal),
    }
}

fn progress(global: &Global, environment: &Environment) -> Mode {
    let can_draw =
        std::io::stderr().is_terminal() && !environment.dumb_terminal && global.quiet == 0;
    match global.progress.unwrap_or_default() {
        Bars::None => Mode::Nothing,
        Bars::Plain => Mode::Lines,
        Bars::Auto if can_draw => Mode::Bars,
        Bars::Auto => Mode::Nothing,
    }
}

/// Returns the nearest `.mlstore` in `folder` or a folder above it.
fn upward(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().map(|above| above.join(STORE)).find(|store| store.is_dir())
}

fn user_file(environment: &Environment) -> Option<PathBuf> {
    environment.config.as_ref().map(|folder| folder.join("mls/config.toml"))
}

fn command_line(settings: &[String]) -> Result<Vec<(String, String)>, CommandError> {
    let split = |text: &String| {
        let (key, value) = text.split_once('=').ok_or_else(|| {
            CommandError::usage(format!("`-c {text}` has no value"))
                .hint("Write it as `-c key=value`.")
        })?;
        config::check(key, value)?;
        Ok((key.to_owned(), value.to_owned()))
    };
    settings.iter().map(split).collect()
}

fn clock(test: Option<&str>) -> Clock {
    match test.and_then(|text| Some((text, text.parse().ok()?))) {
        Some((text, by)) if text.starts_with(['+', '-']) => Clock::Shifted(by),
        Some((_, time)) => Clock::Fixed(time),
        None => Clock::System,
    }
}

/// Joins the arguments as a shell would take them again, cut where it gets too long to be read.
fn typed(args: &[OsString]) -> String {
    const LONGEST: usize = 2000;
    let mut words = vec!["mls".to_owned()];
    words.extend(args.iter().skip(1).map(|arg| text::shell_word(&arg.to_string_lossy())));
    let mut text = words.join(" ");
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
        text.push('…');
    }
    text
}

fn cannot_go(folder: &Path, source: std::io::Error) -> CommandError {
    mls::store::Error::Io { action: "go to", path: folder.to_owned(), source }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_kept_as_a_shell_would_take_it_again() {
        let args: Vec<OsString> =
            ["/usr/bin/mls", "runs", "metrics.acc > 0.9", "it's", "", "-n5"].map(Into::into).into();
        assert_eq!(typed(&args), r"mls runs 'metrics.acc > 0.9' 'it'\''s' '' -n5");
    }

    #[test]
    fn the_form_of_errors_is_known_before_the_rest_makes_sense() {
        let format = |args: &[&str]| {
            flags_at_a_glance(&args.iter().map(Into::into).collect::<Vec<_>>()).format
        };
        assert_eq!(format(&["mls", "--format", "json", "rnus"]), Some(Format::Json));
        assert_eq!(format(&["mls", "rnus", "--format=jsonl"]), Some(Format::Jsonl));
        assert_eq!(format(&["mls", "commit-run", "--", "x", "--format", "json"]), None);
    }
}
