//! What happened to containers: lines at the end of a file, by whoever did it or saw it.
//!
//! ```text
//! containers/
//!   events      one Event a line, in JSON, the youngest last
//!   events.1    what was there before that had grown too large
//! ```
//!
//! A line is appended in one piece, so that any number of processes may write. Nothing waits for the disk: what happened is
//! in `state.json`, this only tells of it. A supervisor that is killed cannot tell of the end of its container; whoever finds
//! that out first does, under the lock that the dead one has left.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Error;
use super::state::{Config, Container, Containers, failed};
use super::tail::{self, Tail, Watch};
use crate::base::Clock;

/// A file that has grown to this begins anew.
const LARGEST: u64 = 4 << 20;
/// How often it is looked for supervisors that were killed.
const LOOK: Duration = Duration::from_millis(500);

/// Something that happened to a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Milliseconds since 1970.
    pub time: i64,
    /// In Docker's words: `create`, `start`, `die`, `destroy` and so on.
    pub action: String,
    pub id: String,
    pub name: String,
    pub image: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// What else there is to say, as `exitCode` of `die`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, String>,
}

impl Container {
    /// Tells that something happened to it.
    pub fn tell(&self, action: &str, details: &[(&str, &str)]) {
        if let Ok(config) = self.config() {
            self.siblings().tell(&config, action, details);
        }
    }
}

impl Containers {
    pub(super) fn tell(&self, config: &Config, action: &str, details: &[(&str, &str)]) {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        let event = Event {
            time: Clock::System.now(),
            action: action.to_owned(),
            id: config.id.clone(),
            name: config.name.clone(),
            image: config.image.clone(),
            labels: config.labels.clone(),
            details: details.iter().map(owned).collect(),
        };
        let mut line = serde_json::to_vec(&event).expect("plain values");
        line.push(b'\n');
        // That it cannot be told, as on a full disk, undoes nothing of what happened.
        let _ = append(&self.events_file(), &line);
    }

    fn events_file(&self) -> PathBuf {
        self.folder().join("events")
    }

    /// Hands what happened since `since` (milliseconds since 1970) to `take`, in the order in which it was told, and what
    /// happens from now on; ends at `until`, or when `take` has enough and says so by an error.
    pub fn events(
        &self,
        since: i64,
        until: Option<i64>,
        take: &mut dyn FnMut(Event) -> io::Result<()>,
    ) -> Result<(), Error> {
        let path = self.events_file();
        let watch = Watch::new(self.folder()).map_err(failed("watch", self.folder()))?;
        let mut take = |line: &[u8]| match serde_json::from_slice::<Event>(line) {
            Ok(event) if event.time < since || until.is_some_and(|until| event.time > until) => {
                Ok(())
            }
            Ok(event) => take(event),
            // A line that was cut off by a full disk or a power cut tells nothing.
            Err(_) => Ok(()),
        };
        let mut tail = Tail::new(path.clone());
        tail.hold();
        let old = path.with_extension("1");
        match tail::all(&old, &mut take) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(failed("read", &old)(error));
            }
            _ => {}
        }
        loop {
            let over = until.is_some_and(|until| Clock::System.now() > until);
            self.bury()?;
            tail.rest(&mut take).map_err(failed("read", &path))?;
            if over {
                return Ok(());
            }
            watch.wait(most(until));
        }
    }

    /// Tells of the end of containers whose supervisors were killed.
    fn bury(&self) -> Result<(), Error> {
        for container in self.list()? {
            if container.is_abandoned() {
                // Another may be faster, or start it anew: then it is no business of ours.
                drop(container.lock(false));
            }
        }
        Ok(())
    }
}

/// Appends to the file; one that is too large makes room for the next.
fn append(path: &Path, line: &[u8]) -> io::Result<()> {
    let mut file = File::options().append(true).create(true).open(path)?;
    file.write_all(line)?;
    if file.metadata()?.len() > LARGEST && file.try_lock().is_ok() {
        // Another may have made room since this was opened.
        if fs::metadata(path)?.ino() == tail::number(&file) {
            crate::base::fs::rename(path, &path.with_extension("1"))?;
        }
    }
    Ok(())
}

/// Returns how long to wait for what happens next, and no longer than to `until`.
fn most(until: Option<i64>) -> Duration {
    let left = until.map(|until| u64::try_from(until - Clock::System.now() + 1).unwrap_or(0));
    left.map_or(LOOK, |left| LOOK.min(Duration::from_millis(left)))
}
