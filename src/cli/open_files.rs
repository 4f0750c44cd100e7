//! Open files, of which a server needs one for each connection.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Returns how many connections the open files of this process allow; the limit is raised first as far as it may be.
pub(crate) fn connections() -> usize {
    const WANTED: u64 = 8192;
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(WANTED).min(WANTED);
    let now = limit.current.unwrap_or(WANTED);
    if now < most {
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum: limit.maximum });
    }
    let open = getrlimit(Resource::Nofile).current.unwrap_or(WANTED);
    // A request may open files of its own.
    (open / 2).clamp(16, 2048) as usize
}
