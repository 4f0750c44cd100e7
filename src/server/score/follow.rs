//! Versions that take over while the server answers: what an alias has come to mean is loaded beside what it meant,
//! verified and warmed, and only then put in its place.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};

use super::error::Error;
use super::lane::Lane;
use super::slot::{Maker, Seat, Shelf};
use super::warm;
use crate::base::cause;
use crate::model::registry;
use crate::model::{Version, Which};

/// How often an alias is looked at: two small files.
const LOOK: Duration = Duration::from_millis(200);

/// How long a version that did not load is left alone.
const PAUSE: Duration = Duration::from_secs(30);

/// Follows every alias that is served, until the server drops its end of `stop`.
pub(super) fn start(
    shelf: &Arc<Shelf>,
    maker: &Arc<Maker>,
    stop: &Receiver<()>,
    news: &Sender<String>,
) {
    let moves = |seat: &Seat| !matches!(seat.asked.which, Which::Number(_));
    for (place, _) in shelf.seats().enumerate().filter(|(_, seat)| moves(seat)) {
        let follower = Follower {
            shelf: Arc::clone(shelf),
            maker: Arc::clone(maker),
            news: news.clone(),
            place,
        };
        let stop = stop.clone();
        // One for each: while one version makes its environment others still move.
        thread::spawn(move || follower.run(&stop));
    }
}

struct Follower {
    shelf: Arc<Shelf>,
    maker: Arc<Maker>,
    news: Sender<String>,
    place: usize,
}

/// A version that did not load, or a state of the registry that names none.
#[derive(PartialEq)]
struct Refused {
    what: String,
    at: Instant,
}

impl Follower {
    fn run(&self, stop: &Receiver<()>) {
        let Some(seat) = self.shelf.seats().nth(self.place) else { return };
        let mut refused: Option<Refused> = None;
        while stop.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
            let what = match registry::resolve(&self.maker.store, &seat.asked) {
                Ok(version) if is_seated(seat, &version) => {
                    refused = None;
                    continue;
                }
                Ok(version) => Ok(version),
                Err(error) => Err(error),
            };
            let name = what.as_ref().map_or_else(ToString::to_string, |version| {
                format!("{} {}", version.reference(), version.id)
            });
            if refused.as_ref().is_some_and(|one| one.what == name && one.at.elapsed() < PAUSE) {
                continue;
            }
            let said = what.map_err(Error::from).and_then(|version| self.take_over(seat, &version));
            if let Err(error) = said {
                // What is said once need not be said again.
                if refused.as_ref().is_none_or(|one| one.what != name) {
                    self.tell(&format!(
                        "{} goes on with version {}: {}.",
                        seat.asked,
                        seat.lane().loaded.number,
                        cause::line(&error)
                    ));
                }
                refused = Some(Refused { what: name, at: Instant::now() });
            }
        }
    }

    fn take_over(&self, seat: &Seat, version: &Version) -> Result<(), Error> {
        let lane = self.maker.lane(version, &|line| self.tell(line))?;
        warm::up(&lane)?;
        let number = lane.loaded.number;
        let before = seat.seat(lane);
        self.tell(&format!(
            "{} is answered by version {number}, and no more by {}.",
            seat.asked, before.loaded.number
        ));
        retire(before);
        Ok(())
    }

    fn tell(&self, line: &str) {
        let _ = self.news.send(line.to_owned());
    }
}

fn is_seated(seat: &Seat, version: &Version) -> bool {
    let lane = seat.lane();
    lane.loaded.number == version.number && lane.loaded.id == version.id
}

/// Drops a version once its last answer is given; a request that holds it drops it otherwise, where it may not block.
fn retire(lane: Arc<Lane>) {
    let until = Instant::now() + Duration::from_secs(60);
    thread::spawn(move || {
        while Arc::strong_count(&lane) > 1 && Instant::now() < until {
            thread::sleep(Duration::from_millis(100));
        }
        drop(lane);
    });
}
