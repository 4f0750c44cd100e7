//! The help that clap does not write: commands in groups, examples, exit codes.

use std::fmt::Write as _;

use clap::Command;

use crate::cli::error::Exit;
use crate::cli::style::{HEADER, LABEL, LITERAL};

/// Returns the end of a long help: examples as they are typed, and the exit codes beside 0, 2 and 101.
pub(crate) fn after(examples: &[(&str, &str)], exits: &[Exit]) -> clap::builder::StyledStr {
    let mut text = format!("{HEADER}Examples:{HEADER:#}\n");
    for (command, meaning) in examples {
        writeln!(text, "  {LITERAL}{command}{LITERAL:#}").expect(TAKES_ALL);
        writeln!(text, "      {LABEL}{meaning}{LABEL:#}").expect(TAKES_ALL);
    }
    text.push_str(&exit_status(exits));
    text.into()
}

/// As [`after`], with the codes of everything that reads a store.
pub(crate) fn reads(examples: &[(&str, &str)], exits: &[Exit]) -> clap::builder::StyledStr {
    let store =
        [Exit::Failed, Exit::Damaged, Exit::Busy, Exit::NoStore, Exit::Unsupported, Exit::Unsafe];
    after(examples, &[exits, &store].concat())
}

/// As [`after`], with the codes of everything that changes a store.
pub(crate) fn writes(examples: &[(&str, &str)], exits: &[Exit]) -> clap::builder::StyledStr {
    reads(examples, &[exits, &[Exit::Conflict, Exit::NotAllowed, Exit::NoSpace]].concat())
}

/// Returns the template of the first page: the commands of `program` under the headings of `groups`.
///
/// A name in `groups` that is no command is left out, and so is a group without commands.
pub(crate) fn template(program: &Command, groups: &[(&str, &[&str])]) -> String {
    let mut text = String::from("{about}\n\n{usage-heading} {usage}\n");
    let widest = program.get_subcommands().map(|command| command.get_name().len()).max();
    for (group, names) in groups {
        let commands: Vec<&Command> =
            names.iter().filter_map(|name| program.find_subcommand(name)).collect();
        if commands.is_empty() {
            continue;
        }
        writeln!(text, "\n{HEADER}{group}:{HEADER:#}").expect(TAKES_ALL);
        for command in commands {
            let name = command.get_name();
            let room = " ".repeat(widest.unwrap_or(0) - name.len());
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            writeln!(text, "  {LITERAL}{name}{LITERAL:#}{room}  {about}").expect(TAKES_ALL);
        }
    }
    text.push_str("\n{options}{after-help}");
    text
}

fn exit_status(exits: &[Exit]) -> String {
    let mut all = [exits, &[Exit::Done, Exit::Usage, Exit::Bug]].concat();
    all.sort();
    all.dedup();
    let mut text = format!("\n{HEADER}Exit status:{HEADER:#}");
    for exit in all {
        write!(text, "\n  {:>3}  {}", exit as u8, exit.meaning()).expect(TAKES_ALL);
    }
    text
}

const TAKES_ALL: &str = "a String takes all";
