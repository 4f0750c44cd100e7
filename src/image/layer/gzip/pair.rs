//! How the usual level of klauspost's deflate chooses, which skopeo, podman and buildah pack with: one place remembered for
//! each four bytes and two for each seven, in units of 64 KiB, each part of the stream by itself with a bit of the one before.

use super::huffman::Token;
use super::window::{REACH, Window};

const BITS: u32 = 15;

/// No match begins so near to the end of a unit.
const MARGIN: usize = 11;

/// What is encoded at once.
pub(super) const UNIT: usize = 65_535;

/// What a part of the stream is told of the one before.
const TAIL: usize = 16_384;

/// So much is kept before what is behind is let go.
const HISTORY: usize = UNIT * 5;

const NONE: u32 = u32::MAX;

/// A match that was chosen.
#[derive(Debug, Clone, Copy)]
struct Match {
    start: usize,
    length: usize,
    distance: usize,
}

#[derive(Debug)]
pub(super) struct Pair {
    short: Vec<u32>,
    long: Vec<(u32, u32)>,
    /// Nothing before this is known.
    begin: usize,
    /// Where the unit ends, and what was last emitted.
    unit: usize,
    emitted: usize,
    /// Where the search goes on; nothing once the unit is done with.
    search: Option<usize>,
    chosen: Option<Match>,
    /// Bytes of the chosen match that have gone.
    gone: usize,
}

const fn short_hash(word: u64) -> usize {
    ((word as u32).wrapping_mul(2_654_435_761) >> (32 - BITS)) as usize
}

const fn long_hash(word: u64) -> usize {
    ((word << 8).wrapping_mul(58_295_818_150_454_627) >> (64 - BITS)) as usize
}

impl Pair {
    pub(super) fn new() -> Self {
        Self {
            short: vec![NONE; 1 << BITS],
            long: vec![(NONE, NONE); 1 << BITS],
            begin: 0,
            unit: 0,
            emitted: 0,
            search: None,
            chosen: None,
            gone: 0,
        }
    }

    /// Begins a part of the stream: what is known is the end of the last one, if that was long.
    pub(super) fn part(&mut self, window: &Window, start: usize, before: usize) {
        self.short.fill(NONE);
        self.long.fill((NONE, NONE));
        let tail = if before > TAIL { TAIL } else { 0 };
        self.begin = start - tail;
        (self.chosen, self.gone) = (None, 0);
        if tail > 0 {
            self.begin_unit(start - tail, start);
            self.pass(window);
        }
    }

    pub(super) fn begin_unit(&mut self, start: usize, end: usize) {
        if end - self.begin > HISTORY {
            self.begin = start - REACH;
        }
        (self.unit, self.emitted) = (end, start);
        self.search = (end - start > MARGIN + 1).then_some(start);
        (self.chosen, self.gone) = (None, 0);
    }

    /// Goes through the unit as it would have been encoded.
    pub(super) fn pass(&mut self, window: &Window) {
        while let Some(found) = self.choose(window) {
            self.advance(window, found.start + found.length, found.length);
        }
        self.search = None;
    }

    fn remember(&mut self, word: u64, place: usize) {
        self.short[short_hash(word)] = place as u32;
        self.remember_long(word, place);
    }

    fn remember_long(&mut self, word: u64, place: usize) {
        let long = &mut self.long[long_hash(word)];
        *long = (place as u32, long.0);
    }

    /// Returns whether what was remembered is in reach of `place` and begins as it does.
    fn fits(window: &Window, candidate: u32, place: usize) -> Option<usize> {
        let at = candidate as usize;
        (is_near(candidate, place) && window.word(at) as u32 == window.word(place) as u32)
            .then_some(at)
    }

    fn same(&self, window: &Window, at: usize, place: usize, most: usize) -> usize {
        window.common(at, place, most.min(self.unit - place))
    }

    /// Searches for the next match.
    fn choose(&mut self, window: &Window) -> Option<Match> {
        let limit = self.unit - MARGIN;
        let mut next = self.search?;
        loop {
            let place = next;
            next = place + 1 + ((place - self.emitted) >> 6);
            if next > limit {
                self.search = None;
                return None;
            }
            let (word, after) = (window.word(place), window.word(next));
            let short = self.short[short_hash(word)];
            let long = self.long[long_hash(word)];
            self.remember(word, place);
            let found = self.by_long(window, long, place, (after, next));
            let found = found.or_else(|| self.by_short(window, short, place, (after, next)));
            if let Some((start, at, length)) = found {
                self.search = Some(next);
                return Some(self.extended(window, start, at, length));
            }
        }
    }

    /// A match of seven bytes, perhaps: the longer of two.
    fn by_long(
        &mut self,
        window: &Window,
        long: (u32, u32),
        place: usize,
        (after, next): (u64, usize),
    ) -> Option<(usize, usize, usize)> {
        // The second is looked at only if the first is in reach.
        if !is_near(long.0, place) {
            return None;
        }
        let first = Self::fits(window, long.0, place);
        let second = Self::fits(window, long.1, place);
        let at = first.or(second)?;
        self.remember(after, next);
        if let (Some(first), Some(second)) = (first, second) {
            let one = self.same(window, first, place, 258);
            let other = self.same(window, second, place, 258);
            return Some(match other > one {
                true => (place, second, other),
                false => (place, first, one),
            });
        }
        Some((place, at, 0))
    }

    /// A match of four bytes, unless the next place has a longer one.
    fn by_short(
        &mut self,
        window: &Window,
        short: u32,
        place: usize,
        (after, next): (u64, usize),
    ) -> Option<(usize, usize, usize)> {
        let at = Self::fits(window, short, place)?;
        let length = self.same(window, at, place, 258);
        let long = self.long[long_hash(after)];
        self.remember(after, next);
        if is_near(long.0, next) {
            for candidate in [long.0, long.1] {
                if let Some(at) = Self::fits(window, candidate, next) {
                    let other = self.same(window, at, next, 258);
                    if other > length {
                        return Some((next, at, other));
                    }
                }
            }
        }
        Some((place, at, length))
    }

    /// Makes a match as long as it gets: to its end, by another one that ends better, and to its beginning.
    fn extended(&self, window: &Window, start: usize, at: usize, length: usize) -> Match {
        let (mut start, mut at, mut length) = (start, at, length);
        if length == 0 || length == 258 {
            length = self.same(window, at, start, usize::MAX);
        }
        let end = start + length;
        if length < 30 && end < self.unit - MARGIN {
            let candidate = self.long[long_hash(window.word(end))].0;
            let begins = (candidate as usize + 2).checked_sub(length);
            if let Some(other) = begins.filter(|other| {
                candidate != NONE
                    && *other >= self.begin
                    && *other < start + 2
                    && start + 2 - other < REACH
            }) {
                let longer = self.same(window, other, start + 2, usize::MAX);
                if longer > length {
                    (start, at, length) = (start + 2, other, longer);
                }
            }
        }
        while at > self.begin && start > self.emitted && window.at(at - 1) == window.at(start - 1) {
            (start, at, length) = (start - 1, at - 1, length + 1);
        }
        Match { start, length, distance: start - at }
    }

    /// Goes on behind a match, some places of which are remembered.
    fn advance(&mut self, window: &Window, end: usize, length: usize) {
        self.emitted = end;
        let mut place = end;
        if let Some(next) = self.search
            && next >= place
        {
            place = next + 1;
        }
        if self.search.is_none() || place >= self.unit - MARGIN {
            self.search = None;
            return;
        }
        let mut at = (place + 1).saturating_sub(length);
        if at < place - 1 {
            let word = window.word(at);
            self.remember(word, at);
            self.remember_long(word >> 8, at + 1);
            self.short[short_hash(word >> 16)] = at as u32 + 2;
            at += 4;
            while at < place - 1 {
                let word = window.word(at);
                self.remember_long(word, at);
                self.short[short_hash(word >> 8)] = at as u32 + 1;
                at += 3;
            }
        }
        self.remember(window.word(place - 1), place - 1);
        self.search = Some(place);
    }

    /// Returns what would come at `place`.
    pub(super) fn predict(&mut self, window: &Window, place: usize) -> Token {
        if self.chosen.is_none() {
            self.chosen = self.choose(window);
        }
        match self.chosen {
            Some(chosen) if chosen.start + self.gone == place => {
                let length = piece(chosen.length - self.gone);
                Token::Match(length as u16, chosen.distance as u16)
            }
            _ => Token::Literal,
        }
    }

    /// Says what came at `place`, and what was predicted.
    pub(super) fn came(&mut self, window: &Window, place: usize, token: Token, predicted: Token) {
        let after = place + token.size();
        match (token == predicted, self.chosen) {
            (true, Some(chosen)) if token != Token::Literal => {
                self.gone += token.size();
                if self.gone >= chosen.length {
                    (self.chosen, self.gone) = (None, 0);
                    self.advance(window, after, chosen.length);
                }
            }
            (true, _) => {}
            (false, chosen) => {
                (self.chosen, self.gone) = (None, 0);
                let search = self.search.or(chosen.map(|_| after));
                match token {
                    Token::Literal => {
                        self.emitted = after;
                        self.search =
                            search.map(|search| search.max(after)).filter(|s| *s < self.unit);
                    }
                    Token::Match(length, _) => {
                        self.search = search.or((after + MARGIN < self.unit).then_some(place));
                        self.advance(window, after, length as usize);
                    }
                }
            }
        }
    }
}

/// Returns whether a place was remembered, and a match may reach it.
const fn is_near(candidate: u32, place: usize) -> bool {
    // None is behind all places.
    let at = candidate as usize;
    at < place && place - at < REACH
}

/// Returns how much of a long match is written at once: what is left must be a match too.
fn piece(length: usize) -> usize {
    match length {
        0..=258 => length,
        259..=261 => 255,
        _ => 258,
    }
}
