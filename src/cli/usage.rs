//! What clap finds wrong with a command line, in the words of all other errors.

use std::ffi::OsString;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::error::{CommandError, did_you_mean};

/// Returns what is wrong with `args`, in the words of all other errors.
pub(crate) fn error(error: &clap::Error, program: &Command, args: &[OsString]) -> CommandError {
    let command = command(program, args);
    let near = suggestions(error);
    let hint = did_you_mean(&near)
        .unwrap_or_else(|| format!("Run `{command} --help` to see how it is used."));
    CommandError::usage(words(error, &command)).hint(hint)
}

fn words(error: &clap::Error, command: &str) -> String {
    let of = |kind| error.get(kind).map(text).unwrap_or_default();
    let (argument, value) = (of(ContextKind::InvalidArg), of(ContextKind::InvalidValue));
    match error.kind() {
        ErrorKind::UnknownArgument => format!("unexpected argument `{argument}`"),
        ErrorKind::InvalidSubcommand => {
            format!("no command `{}`", of(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand => format!("`{command}` needs a command"),
        ErrorKind::MissingRequiredArgument => format!("missing `{argument}`"),
        ErrorKind::InvalidValue if value.is_empty() => format!("`{argument}` needs a value"),
        ErrorKind::InvalidValue => {
            format!(
                "`{value}` is no value for `{argument}`; it is one of `{}`",
                of(ContextKind::ValidValue)
            )
        }
        ErrorKind::ValueValidation => {
            let reason = std::error::Error::source(error).map(|cause| format!(": {cause}"));
            format!("`{value}` is no value for `{argument}`{}", reason.unwrap_or_default())
        }
        ErrorKind::ArgumentConflict => match of(ContextKind::PriorArg) {
            same if same == argument => format!("`{argument}` is given more than once"),
            prior => format!("`{argument}` cannot be used with `{prior}`"),
        },
        ErrorKind::InvalidUtf8 => "an argument is not valid UTF-8".to_owned(),
        _ => first_paragraph(&error.render().to_string()),
    }
}

fn text(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(all) => all.join("`, `"),
        ContextValue::StyledStrs(all) => {
            all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

fn first_paragraph(text: &str) -> String {
    let lines = text.lines().take_while(|line| !line.trim().is_empty());
    lines.collect::<Vec<_>>().join("\n").trim_start_matches("error: ").to_owned()
}

fn suggestions(error: &clap::Error) -> Vec<String> {
    let kinds =
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    let found = kinds.iter().filter_map(|kind| error.get(*kind));
    let mut found: Vec<String> = found
        .flat_map(|value| match value {
            ContextValue::Strings(all) => all.clone(),
            other => vec![other.to_string()],
        })
        .collect();
    // The nearest one comes last.
    found.reverse();
    found.truncate(3);
    found
}

/// Returns the command that was meant, such as `mls config set`.
fn command(program: &Command, args: &[OsString]) -> String {
    let mut name = program.get_name().to_owned();
    let mut at = program;
    for word in args.iter().skip(1).filter_map(|arg| arg.to_str()).take_while(|arg| *arg != "--") {
        if let Some(below) = at.find_subcommand(word) {
            name = format!("{name} {word}");
            at = below;
        }
    }
    name
}
