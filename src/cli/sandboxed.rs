//! `mls __sandbox`: makes the container that a model's worker runs in, and ends it once its standard input is closed.
//!
//! It sees what it is shown, read-only, and some memory at `/tmp`; it has no network, no rights, and is nobody in
//! particular. What it prints goes to stderr.

use std::ffi::OsStr;
use std::io::Write as _;
use std::iter;
use std::process::ExitCode;

use mls::base::cause;
use mls::container::{self, Exit, Limits, Mount, Network, Security, Source, Spec, Stream, User};
use mls::model::score::python::Cage;
use rustix::event::{PollFd, PollFlags, Timespec};

use crate::cli::contained::NOT_STARTED;

/// Who a worker is where this process is root of the machine; elsewhere it is the user himself, and root of nothing.
const NOBODY: u32 = 65534;

/// What a worker may write at `/tmp`, in memory.
const SCRATCH: u64 = 1 << 30;

/// Must be the first thing that the program does: no thread may have been started.
pub(crate) fn serve(told: Option<&OsStr>) -> ExitCode {
    let cage = told.and_then(|told| serde_json::from_slice(told.as_encoded_bytes()).ok());
    let Some(cage) = cage else { return ExitCode::FAILURE };
    match run(cage) {
        Ok(exit) => ExitCode::from(u8::try_from(exit.code()).unwrap_or(1)),
        Err(error) => {
            let _ =
                writeln!(std::io::stderr(), "no container for a worker: {}", cause::line(&error));
            ExitCode::from(NOT_STARTED)
        }
    }
}

fn run(cage: Cage) -> Result<Exit, container::Error> {
    let is_root = rustix::process::geteuid().is_root();
    container::enter_namespace()?;
    let mut pass_on = |_: Stream, bytes: &[u8]| drop(std::io::stderr().write_all(bytes));
    container::run(&spec(cage, is_root), &mut pass_on, &is_closed)
}

fn spec(cage: Cage, is_root: bool) -> Spec {
    let id = if is_root { NOBODY } else { 0 };
    let shown = |(path, target)| Mount { target, source: Source::Bind(path), read_only: true };
    let scratch = Mount {
        target: "/tmp".to_owned(),
        source: Source::Memory { size: Some(SCRATCH), mode: 0o1777, no_programs: false },
        read_only: false,
    };
    let memory = cage.memory.map(|bytes| ("data".to_owned(), bytes, bytes));
    Spec {
        root: cage.root,
        read_only: true,
        args: cage.args,
        env: cage.env,
        cwd: "/tmp".to_owned(),
        user: User { uid: id, gid: id, groups: vec![] },
        hostname: "worker".to_owned(),
        network: Network::None,
        // What is shown may itself lie below `/tmp`.
        mounts: iter::once(scratch).chain(cage.shown.into_iter().map(shown)).collect(),
        security: Security {
            drop: vec!["ALL".to_owned()],
            no_new_privileges: true,
            ..Security::default()
        },
        limits: Limits { resources: memory.into_iter().collect(), ..Limits::default() },
        ..Spec::default()
    }
}

/// Tells whether whoever wanted the worker has gone.
fn is_closed() -> bool {
    let input = rustix::stdio::stdin();
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    let mut polled = [PollFd::new(&input, PollFlags::IN)];
    let seen = rustix::event::poll(&mut polled, Some(&now));
    // Nothing is ever written to it: what is there to read is its end.
    seen.is_ok_and(|count| count > 0)
}
