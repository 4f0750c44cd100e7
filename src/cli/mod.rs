//! The command line: reads it, runs one command, shows the answer.

mod args;
mod build_live;
mod build_view;
mod commands;
mod contained;
mod credentials;
mod dag_json;
mod environment;
mod error;
mod help;
mod hosting;
mod interrupt;
mod json;
mod moves;
mod open_files;
mod progress;
mod sandboxed;
mod scoring;
mod session;
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

use clap::{CommandFactory as _, FromArgMatches as _, Parser};

use args::Global;
use commands::Command;
use environment::Environment;
use error::CommandError;
use session::Session;
use settings::Settings;
use ui::Ui;

/// Runs, models and container images in one content-addressed store
#[derive(Debug, Parser)]
#[command(name = "mls", version, styles = style::help(), max_term_width = 100)]
#[command(after_help = "Run `mls help COMMAND` or `mls COMMAND --help` for options and examples.")]
struct Args {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Returns the whole command line as clap knows it, with its first page in groups.
fn program() -> clap::Command {
    let program = Args::command();
    let template = help::template(&program, commands::GROUPS);
    program.help_template(template)
}

pub(crate) fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    // Before anything else: what makes containers may have no second thread.
    match args.get(1).and_then(|word| word.to_str()) {
        Some(mls::container::HELPER) => return mls::container::serve_helper(),
        Some(mls::container::SUPERVISOR) => return mls::container::serve_supervisor(),
        Some(mls::container::PROBE) => return mls::container::serve_probe(),
        Some(mls::model::score::network::WORKER) => {
            mls::container::close_inherited();
            return mls::model::score::network::serve();
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
    let parsed = match parse(&ui, &args) {
        Ok(Some(parsed)) => parsed,
        Ok(None) => return ExitCode::SUCCESS,
        Err(error) => return ui.report(&error),
    };
    let settings = match Settings::read(&parsed.global, environment, &args) {
        Ok(settings) => settings,
        Err(error) => return ui.report(&error),
    };
    let session = Session { ui: settings.ui(&parsed.global), settings };
    match parsed.command.as_ref().map(|command| commands::run(&session, command)) {
        Some(Err(error)) => session.ui.report(&error),
        Some(Ok(())) | None => ExitCode::SUCCESS,
    }
}

/// Reads the command line; nothing where it only asks for help or the version, which have been shown.
fn parse(ui: &Ui, args: &[OsString]) -> Result<Option<Args>, CommandError> {
    let mut program = program();
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
