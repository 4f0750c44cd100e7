//! The command line: reads it, runs one command, shows the answer.

mod args;
mod build_live;
mod build_view;
pub(crate) mod commands;
mod contained;
mod credentials;
mod dag_json;
mod environment;
pub(crate) mod error;
mod help;
mod hosting;
mod interrupt;
mod json;
mod moves;
mod open_files;
mod progress;
mod sandboxed;
mod scoring;
pub(crate) mod session;
mod settings;
mod sharing;
mod style;
mod table;
mod text;
mod thing;
mod ui;
mod usage;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use args::Global;
use environment::Environment;
use error::CommandError;
use session::Session;
use settings::Settings;
use ui::Ui;

#[derive(Debug, Parser)]
#[command(name = "mls", version, styles = style::help(), max_term_width = 100)]
#[command(after_help = "Run `mls help COMMAND` or `mls COMMAND --help` for options and examples.")]
struct Args<C: Subcommand> {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<C>,
}

/// The commands of a program: all of them are those of `mls`, and `mls-serve` has one.
pub(crate) trait Commands: Subcommand {
    /// What the program is, in a line.
    const ABOUT: &str;
    /// The headings of the first page, each with its commands.
    const GROUPS: &[(&str, &[&str])];

    fn run(&self, session: &Session) -> Result<(), CommandError>;
}

/// Returns the whole command line as clap knows it, with its first page in groups.
fn program<C: Commands>() -> clap::Command {
    let program = Args::<C>::command().about(C::ABOUT);
    let template = help::template(&program, C::GROUPS);
    program.help_template(template)
}

/// Does what the command line asks for, with the commands of this program.
pub(crate) fn main<C: Commands>() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    // Before anything else: what makes containers may have no second thread.
    match args.get(1).and_then(|word| word.to_str()) {
        Some(mls::container::HELPER) => return mls::container::serve_helper(),
        Some(mls::container::SUPERVISOR) => return mls::container::serve_supervisor(),
        Some(mls::container::PROBE) => return mls::container::serve_probe(),
        Some(mls::model::score::network::WORKER) => {
            mls::container::close_inherited();
            return mls::model::score::network::serve(mls::container::map_sealed);
        }
        Some(mls::model::score::python::SANDBOX) => {
            return sandboxed::serve(args.get(2).map(OsString::as_os_str));
        }
        _ => {}
    }
    ui::own_panics();
    interrupt::outlive_file_limits();
    let environment = Environment::read();
    let glance = settings::flags_at_a_glance(&args);
    let ui = settings::plain_ui(&glance, &environment);
    let parsed: Args<C> = match parse(&ui, &args) {
        Ok(Some(parsed)) => parsed,
        Ok(None) => return ExitCode::SUCCESS,
        Err(error) => return ui.report(&error),
    };
    let settings = match Settings::read(&parsed.global, environment, &args) {
        Ok(settings) => settings,
        Err(error) => return ui.report(&error),
    };
    let session = Session { ui: settings.ui(&parsed.global), settings };
    match parsed.command.as_ref().map(|command| command.run(&session)) {
        Some(Err(error)) => session.ui.report(&error),
        Some(Ok(())) | None => ExitCode::SUCCESS,
    }
}

/// Reads the command line; nothing where it only asks for help or the version, which have been shown.
fn parse<C: Commands>(ui: &Ui, args: &[OsString]) -> Result<Option<Args<C>>, CommandError> {
    let mut program = program::<C>();
    let shown = match program.try_get_matches_from_mut(args) {
        Ok(matches) => {
            let parsed = Args::from_arg_matches(&matches)
                .map_err(|error| usage::error(&error, &program, args))?;
            if parsed.command.is_some() {
                return Ok(Some(parsed));
            }
            program.render_help()
        }
        Err(error) if error.use_stderr() => return Err(usage::error(&error, &program, args)),
        Err(error) => error.render(),
    };
    ui.print(&format!("{}\n", shown.ansi().to_string().trim_end())).map(|()| None)
}
