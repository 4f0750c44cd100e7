//! Reading the log of a container, and following it while it is written.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::state::{Container, failed};
use super::tail::{self, Tail, Watch};
use super::{Error, Line};
use crate::container::supervisor::read_line;

/// How often it is looked whether the container has ended, where nothing tells.
const LOOK: Duration = Duration::from_millis(250);

impl Container {
    /// Hands the lines of the log to `take`, oldest first, until that says that it has enough; with `follow` also those that
    /// are written from then on, until the container ends.
    pub fn logs(
        &self,
        follow: bool,
        take: &mut dyn FnMut(Line<'_>) -> io::Result<()>,
    ) -> Result<(), Error> {
        let path = self.folder().join("log");
        let watch = match follow {
            true => Some(Watch::new(self.folder()).map_err(failed("follow", &path))?),
            false => None,
        };
        let mut take = |line: &[u8]| read_line(line).map_or(Ok(()), &mut *take);
        let mut last = Tail::new(path.clone());
        last.hold();
        for path in self.older_logs() {
            tail::all(&path, &mut take).map_err(failed("read", &path))?;
        }
        loop {
            // Looked at before the rest is read: what is written before the end is not missed.
            let lives = self.is_supervised();
            last.rest(&mut take).map_err(failed("read", &path))?;
            match watch.as_ref().filter(|_| lives) {
                Some(watch) => watch.wait(LOOK),
                None => return Ok(()),
            }
        }
    }

    /// Returns the files that the log has filled, oldest first.
    fn older_logs(&self) -> Vec<PathBuf> {
        let name = |number| self.folder().join(format!("log.{number}"));
        let mut files: Vec<_> = (1..=1000).map(name).take_while(|path| path.exists()).collect();
        files.reverse();
        files
    }
}
