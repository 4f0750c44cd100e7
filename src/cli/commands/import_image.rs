use std::collections::BTreeMap;
use std::fs::File;

use mls::image::archive::{self, Import};
use mls::image::config::{Nothing, Settings};
use mls::remote::registry::{self, Reference};
use serde_json::json;

use crate::cli::args::DryRun;
use crate::cli::commands::history::platform;
use crate::cli::commands::load::standard_input;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;

/// Make an image of one layer out of a root file system
///
/// FILE is a tar, packed or not; `-` is standard input.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls import image rootfs.tar.xz debian:12", "make an image of a root file system"),
        ("mls import image - tools --change 'CMD [\"sh\"]' < rootfs.tar", "say what it runs"),
    ],
    &[Exit::NotFound],
))]
pub(crate) struct Args {
    /// A tar, or `-`
    file: String,
    /// The name that the image gets
    name: Option<String>,
    /// Set in the config what this line of a Dockerfile says: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME or WORKDIR
    #[arg(long = "change", value_name = "LINE")]
    changes: Vec<String>,
    /// Say this in the history of the image
    #[arg(short, long, value_name = "TEXT")]
    message: Option<String>,
    /// Say that it is for this platform
    #[arg(long, value_name = "OS/ARCH")]
    platform: Option<String>,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let name = args.name.as_deref().map(str::parse::<Reference>).transpose();
    let reference = name.map_err(registry::Error::from)?.map(|name| name.or_latest());
    if reference.as_ref().is_some_and(|name| name.digest().is_some()) {
        return Err(CommandError::usage(
            "what an image is, decides its digest: it cannot be given",
        ));
    }
    let mut settings = Settings::default();
    args.changes.iter().try_for_each(|line| change(&mut settings, line))?;
    let input = match args.file.as_str() {
        "-" => standard_input()?,
        path => {
            let path = session.settings.folder.join(path);
            File::open(&path).map_err(|source| mls::store::Error::Io {
                action: "open",
                path,
                source,
            })?
        }
    };
    let comment = args.message.clone().unwrap_or_else(|| format!("Imported from {}", args.file));
    let platform = platform(args.platform.as_deref())?;
    let import = Import { reference, settings, platform, comment };
    let store = session.store()?;
    let dry_run = args.dry_run.dry_run;
    let (_, id) = archive::import(&store, input, &import, dry_run, session.ui.progress())?;
    let name = import.reference.map(|name| name.to_string());
    if dry_run {
        let named = name.as_ref().map(|name| format!(" `{name}`")).unwrap_or_default();
        session.ui.note(&format!("Would make the image{named}."));
    }
    session.ui.answer(&json!({"ref": name, "id": id.to_string()}), || format!("{id}\n"))
}

/// Sets what one line says.
pub(super) fn change(settings: &mut Settings, line: &str) -> Result<(), CommandError> {
    let line = line.trim();
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    let wrong = || {
        CommandError::usage(format!("`{}` is no line that can be set here", line.escape_debug()))
            .hint("As in a Dockerfile: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME or WORKDIR.")
    };
    if rest.is_empty() {
        return Err(wrong());
    }
    let set = |words: Vec<String>| {
        words.into_iter().map(|word| (word, Nothing {})).collect::<BTreeMap<_, _>>()
    };
    match word.to_ascii_uppercase().as_str() {
        "CMD" => settings.cmd = Some(command(rest)),
        "ENTRYPOINT" => settings.entrypoint = Some(command(rest)),
        "ENV" => pairs(rest).ok_or_else(wrong)?.iter().for_each(|pair| set_env(settings, pair)),
        "LABEL" => settings.labels.extend(pairs(rest).ok_or_else(wrong)?),
        "EXPOSE" => {
            let port = |port: String| if port.contains('/') { port } else { format!("{port}/tcp") };
            settings.exposed_ports.extend(set(words(rest).into_iter().map(port).collect()));
        }
        "VOLUME" => settings.volumes.extend(set(list(rest).unwrap_or_else(|| words(rest)))),
        "USER" => settings.user = rest.to_owned(),
        "WORKDIR" => settings.working_dir = rest.to_owned(),
        "STOPSIGNAL" => settings.stop_signal = Some(rest.to_owned()),
        _ => return Err(wrong()),
    }
    Ok(())
}

/// A variable that is there has another value then.
fn set_env(settings: &mut Settings, (name, value): &(String, String)) {
    let line = format!("{name}={value}");
    let known = settings.env.iter_mut().find(|line| line.split('=').next() == Some(name));
    match known {
        Some(known) => *known = line,
        None => settings.env.push(line),
    }
}

fn list(text: &str) -> Option<Vec<String>> {
    serde_json::from_str(text).ok()
}

/// A list is run as it is, anything else by a shell.
fn command(text: &str) -> Vec<String> {
    list(text).unwrap_or_else(|| vec!["/bin/sh".to_owned(), "-c".to_owned(), text.to_owned()])
}

/// Splits at spaces that are not quoted.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (vec![], String::new(), None);
    for c in text.chars() {
        match quote {
            Some(end) if c == end => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c.is_whitespace() => words.push(std::mem::take(&mut word)),
            _ => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// Reads `A=b C="d e"`, or the old `A b c`.
fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let words = words(text);
    if !words.first()?.contains('=') {
        let (key, value) = text.split_once(char::is_whitespace)?;
        return Some(vec![(key.to_owned(), value.trim().to_owned())]);
    }
    words
        .iter()
        .map(|word| word.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned())))
        .collect()
}
