//! How zlib and Go's `compress/flate` choose: the longest match along a chain of places with the same hash, unless the next
//! place has a longer one.

use super::huffman::Token;
use super::window::{AHEAD, REACH, Window};

/// Matches of the least length are taken from no further away.
const TOO_FAR: usize = 4096;

/// What a level means: what is good enough to look less, what is not waited for, what is good enough to stop, and how long
/// chains are followed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level {
    good: usize,
    lazy: usize,
    nice: usize,
    chain: usize,
}

/// Levels 4 to 9 of both.
const LEVELS: [(usize, usize, usize, usize); 6] = [
    (4, 4, 16, 16),
    (8, 16, 32, 32),
    (8, 16, 128, 128),
    (8, 32, 128, 256),
    (32, 128, 258, 1024),
    (32, 258, 258, 4096),
];

/// Levels 1 to 3 of zlib.
const FAST: [(usize, usize, usize, usize); 3] = [(4, 4, 8, 4), (4, 5, 16, 8), (4, 6, 32, 32)];

/// Whose rules hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    Zlib,
    /// zlib at a level that waits for nothing.
    ZlibFast,
    Go,
}

/// A model that follows chains.
#[derive(Debug)]
pub(super) struct Chain {
    rules: Rules,
    level: Level,
    /// By hash, and by place: the last place before, plus one.
    head: Vec<u32>,
    prev: Vec<u32>,
    /// The first place that is not in the chains.
    next: usize,
    /// What was found at a place before it was its turn.
    found: Option<(usize, usize, usize)>,
}

impl Chain {
    pub(super) fn new(rules: Rules, level: u8) -> Self {
        let (good, lazy, nice, chain) = match rules {
            Rules::ZlibFast => FAST[level as usize - 1],
            Rules::Zlib | Rules::Go => LEVELS[level as usize - 4],
        };
        let level = Level { good, lazy, nice, chain };
        let head = vec![0; if rules == Rules::Go { 1 << 17 } else { 1 << 15 }];
        Self { rules, level, head, prev: vec![0; REACH], next: 0, found: None }
    }

    /// The shortest match.
    const fn least(&self) -> usize {
        match self.rules {
            Rules::Zlib | Rules::ZlibFast => 3,
            Rules::Go => 4,
        }
    }

    /// How far back a match may reach.
    const fn reach(&self) -> usize {
        match self.rules {
            Rules::Zlib | Rules::ZlibFast => REACH - 262,
            Rules::Go => REACH,
        }
    }

    fn hash(&self, window: &Window, place: usize) -> usize {
        let word = window.word(place) as u32;
        match self.rules {
            Rules::Zlib | Rules::ZlibFast => {
                let byte = |n: u32| ((word >> (8 * n)) & 255) as usize;
                ((byte(0) << 10) ^ (byte(1) << 5) ^ byte(2)) & 0x7fff
            }
            Rules::Go => (word.swap_bytes().wrapping_mul(0x1e35_a7bd) >> 15) as usize,
        }
    }

    /// Puts places into the chains up to before `until`, as far as there are bytes to hash before `end`.
    fn insert(&mut self, window: &Window, until: usize, end: usize) {
        let until = until.min(end.saturating_add(1).saturating_sub(self.least()));
        while self.next < until {
            let hash = self.hash(window, self.next);
            self.prev[self.next % REACH] = self.head[hash];
            self.head[hash] = self.next as u32 + 1;
            self.next += 1;
        }
    }

    /// Returns the match at `place` that is longer than `before`, as length and distance; length 0 where none is looked for.
    fn find(&mut self, window: &Window, place: usize, before: usize, end: usize) -> (usize, usize) {
        self.insert(window, place + 1, end);
        if self.next <= place || (before >= self.level.lazy && self.rules != Rules::ZlibFast) {
            return (0, 0);
        }
        let ahead = (end - place).min(AHEAD);
        if self.rules == Rules::Go && ahead <= before {
            return (0, 0);
        }
        let first = self.prev[place % REACH] as usize;
        match self.rules {
            Rules::Go => self.longest_of_go(window, place, first, ahead),
            Rules::Zlib | Rules::ZlibFast => {
                self.longest_of_zlib(window, place, first, before, ahead)
            }
        }
    }

    fn longest_of_zlib(
        &self,
        window: &Window,
        place: usize,
        first: usize,
        before: usize,
        ahead: usize,
    ) -> (usize, usize) {
        // The very first place has the number that means none.
        if first <= 1 || place - (first - 1) > self.reach() {
            return (0, 0);
        }
        let (mut best, mut distance) = (before, 0);
        let tries = if before >= self.level.good { self.level.chain / 4 } else { self.level.chain };
        let (nice, limit) = (self.level.nice.min(ahead), place.saturating_sub(self.reach()));
        let mut at = first - 1;
        for left in (0..tries).rev() {
            if best >= ahead || window.at(at + best) == window.at(place + best) {
                let length = window.common(at, place, 258.min(ahead));
                if length > best {
                    (best, distance) = (length, place - at);
                    if length >= nice {
                        break;
                    }
                }
            }
            let next = self.prev[at % REACH] as usize;
            if next <= limit + 1 || next > at || left == 0 {
                break;
            }
            at = next - 1;
        }
        match best {
            3 if distance > TOO_FAR && self.rules == Rules::Zlib => (0, 0),
            _ if distance == 0 => (0, 0),
            best => (best.min(ahead), distance),
        }
    }

    fn longest_of_go(
        &self,
        window: &Window,
        place: usize,
        first: usize,
        ahead: usize,
    ) -> (usize, usize) {
        let limit = place.saturating_sub(REACH);
        if first == 0 || first - 1 < limit {
            return (0, 0);
        }
        let (mut best, mut distance) = (3, 0);
        let most = 258.min(ahead);
        let nice = self.level.nice.min(most);
        let mut at = first - 1;
        for _ in 0..self.level.chain {
            if best < most && window.at(at + best) == window.at(place + best) {
                let length = window.common(at, place, most);
                if length > best && (length > 4 || place - at <= TOO_FAR) {
                    (best, distance) = (length, place - at);
                    if length >= nice {
                        break;
                    }
                }
            }
            let next = self.prev[at % REACH] as usize;
            if at == limit || next <= limit || next > at {
                break;
            }
            at = next - 1;
        }
        if distance == 0 { (0, 0) } else { (best, distance) }
    }

    /// Returns what would come at `place`.
    pub(super) fn predict(&mut self, window: &Window, place: usize, end: usize) -> Token {
        let none = self.least() - 1;
        let (length, distance) = match self.found.take() {
            Some((at, length, distance)) if at == place => (length, distance),
            _ => self.find(window, place, none, end),
        };
        if length < self.least() {
            return Token::Literal;
        }
        if self.rules != Rules::ZlibFast && place + 1 < end {
            let (next, further) = self.find(window, place + 1, length, end);
            if next > length {
                self.found = Some((place + 1, next, further));
                return Token::Literal;
            }
        }
        Token::Match(length as u16, distance as u16)
    }

    /// Says what came at `place`, whatever was predicted.
    pub(super) fn came(&mut self, window: &Window, place: usize, token: Token, end: usize) {
        if let Token::Match(length, _) = token {
            self.found = None;
            let after = place + length as usize;
            if self.rules == Rules::ZlibFast && length as usize > self.level.lazy {
                self.insert(window, place + 1, end);
                self.next = self.next.max(after);
            } else {
                self.insert(window, after, end);
            }
        }
    }

    /// Says that the byte at `place` came as it is, whatever was chosen for it.
    pub(super) fn passed(&mut self, window: &Window, place: usize, end: usize) {
        self.found = None;
        self.insert(window, place + 1, end);
    }
}
