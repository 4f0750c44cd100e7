//! When workers are started again: each time twice as long after the last, unless all went well for a while.

use std::time::{Duration, Instant};

/// How long a worker that failed is left alone: at first, and at most.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A worker that lived so long starts with the shortest pause again.
const STEADY: Duration = Duration::from_secs(60);

/// A call waits so long for a start to begin, and no longer.
const GRACE: Duration = Duration::from_secs(1);

/// The starts of one model's workers.
#[derive(Debug)]
pub(super) struct Starts {
    pause: Duration,
    since: Instant,
    /// How many are going on.
    going: usize,
    /// When others are.
    due: Vec<Instant>,
    /// How long the last one took.
    took: Duration,
}

impl Starts {
    /// Returns the state in which so many go on.
    pub(super) fn new(going: usize) -> Self {
        let (pause, since) = (PAUSE, Instant::now());
        Self { pause, since, going, due: vec![], took: Duration::ZERO }
    }

    /// Plans one more start and returns when it is due: at once in place of a worker that was well.
    pub(super) fn next(&mut self, was_well: bool) -> Instant {
        let now = Instant::now();
        let pause = match (was_well, now - self.since > STEADY) {
            (true, _) => Duration::ZERO,
            (false, true) => PAUSE,
            (false, false) => self.pause,
        };
        if !was_well {
            (self.pause, self.since) = ((pause * 2).min(LONGEST_PAUSE), now);
        }
        self.due.push(now + pause);
        now + pause
    }

    /// Counts a start that was due as begun.
    pub(super) fn begins(&mut self, due: Instant) {
        if let Some(place) = self.due.iter().position(|one| *one == due) {
            self.due.swap_remove(place);
        }
        self.going += 1;
    }

    /// Counts a start as over, after so long where it went well.
    pub(super) fn is_over(&mut self, took: Option<Duration>) {
        self.going -= 1;
        self.took = took.unwrap_or(self.took);
    }

    /// Returns how long it is until a worker can be expected, where that is not worth waiting for.
    pub(super) fn rest(&self) -> Option<Duration> {
        let due = self.due.iter().min().filter(|_| self.going == 0)?;
        let rest = due.saturating_duration_since(Instant::now());
        (rest > GRACE).then_some(rest + self.took)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pause_is_twice_the_last_up_to_the_longest() {
        let mut starts = Starts::new(0);
        let mut pauses = vec![];
        for _ in 0..11 {
            let due = starts.next(false);
            pauses.push((due - starts.since).as_millis());
            starts.begins(due);
            starts.is_over(None);
        }
        let wanted = [100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000];
        assert_eq!(pauses, wanted);
    }

    #[test]
    fn nobody_waits_for_a_start_that_is_far_off() {
        let mut starts = Starts::new(1);
        starts.is_over(Some(Duration::from_secs(5)));
        let soon = starts.next(false);
        assert_eq!(starts.rest(), None);
        starts.begins(soon);
        starts.is_over(None);
        let due = (0..5).map(|_| starts.next(false)).last().expect("five");
        starts.due.retain(|one| *one == due);
        let rest = starts.rest().expect("it rests");
        assert!(rest > Duration::from_secs(6) && rest < Duration::from_secs(9), "{rest:?}");
        // Once it has begun it can be waited for.
        starts.begins(due);
        assert_eq!(starts.rest(), None);
        // In place of one that was well there is no pause, and none that grows.
        let before = starts.pause;
        assert!(starts.next(true) <= Instant::now());
        assert_eq!(starts.pause, before);
    }
}
