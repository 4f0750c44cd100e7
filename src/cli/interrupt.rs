//! Ctrl-C and SIGTERM: a command that can end cleanly takes them over; any other dies of them, as programs do, and leaves
//! nothing behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use crossbeam_channel::{Receiver, Sender, unbounded};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

/// What happens to a signal; the system has one handler for the whole process, so there is one of these.
static PLAN: OnceLock<Mutex<Plan>> = OnceLock::new();

#[derive(Debug, Default)]
struct Plan {
    /// Where this process keeps what it has not published yet.
    incoming: Option<PathBuf>,
    taken: Option<Sender<i32>>,
}

/// Sees to it that an interrupted process removes what it has written into a store and not yet published.
pub(crate) fn clean_up_in(store: &Path) {
    with_plan(|plan| plan.incoming = Some(store.join("incoming")));
}

/// Sees to it that what has arrived from another store stays where nobody sees it, for the next try to take over.
pub(crate) fn keep_what_arrived() {
    with_plan(|plan| plan.incoming = None);
}

/// Takes the signals over: from here on they are messages, and the command has to end by itself.
pub(crate) fn take() -> Receiver<i32> {
    let (sender, receiver) = unbounded();
    with_plan(|plan| plan.taken = Some(sender));
    receiver
}

/// Sees to it that a file that would grow beyond its limit is an error like a full disk, and not the end of the process.
pub(crate) fn outlive_file_limits() {
    // Without the handler the system ends the process, and the next command cleans up after it.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Default::default());
}

fn with_plan(change: impl FnOnce(&mut Plan)) {
    let plan = PLAN.get_or_init(|| {
        // Without a handler a signal ends the process all the same; gc then sweeps what it leaves.
        if let Ok(signals) = Signals::new([SIGINT, SIGTERM]) {
            std::thread::spawn(move || obey(signals));
        }
        Mutex::default()
    });
    change(&mut plan.lock().unwrap_or_else(PoisonError::into_inner));
}

fn obey(mut signals: Signals) {
    for signal in signals.forever() {
        let Some(plan) = PLAN.get() else { continue };
        let plan = plan.lock().unwrap_or_else(PoisonError::into_inner);
        match &plan.taken {
            Some(command) => drop(command.send(signal)),
            None => {
                plan.incoming.as_deref().map(remove_own);
                let _ = emulate_default_handler(signal);
            }
        }
    }
}

/// A writer's folder begins with the number of its process.
fn remove_own(incoming: &Path) {
    let own = format!("{}-", std::process::id());
    for entry in fs::read_dir(incoming).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&own) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
