//! Guessing what a compressor chose: each kind of compressor is a model, and where it guesses wrong is written down.

use std::collections::VecDeque;

use super::chain::{Chain, Rules};
use super::huffman::Token;
use super::pair::{Pair, UNIT};
use super::window::Window;

/// A compressor that may have been at work; numbered in records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind(pub(super) u8);

impl Kind {
    /// All that are known, the most usual first.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        // 1: the parts of a stream know the end of the one before. 11 to 19: zlib. 24 to 29: Go.
        let known = [1, 2, 16, 19, 26, 29, 11, 12, 13, 14, 15, 17, 18, 24, 25, 27, 28];
        known.into_iter().map(Self)
    }
}

enum Model {
    Pair { pair: Pair, in_parts: bool },
    Chain(Chain),
}

/// A model at its work on one member.
pub(super) struct Guess {
    model: Model,
    /// Where parts of the stream end that have not begun.
    ends: VecDeque<usize>,
    /// Where the part began that is worked on, and where it ends; nothing before the first.
    part: Option<(usize, usize)>,
    /// Where the unit ends, and whether it holds no match.
    unit: usize,
    plain: bool,
}

impl Guess {
    pub(super) fn new(kind: Kind) -> Option<Self> {
        let model = match kind.0 {
            one @ (1 | 2) => Model::Pair { pair: Pair::new(), in_parts: one == 1 },
            level @ 11..=13 => Model::Chain(Chain::new(Rules::ZlibFast, level - 10)),
            level @ 14..=19 => Model::Chain(Chain::new(Rules::Zlib, level - 10)),
            level @ 24..=29 => Model::Chain(Chain::new(Rules::Go, level - 20)),
            _ => return None,
        };
        Some(Self { model, ends: VecDeque::new(), part: None, unit: 0, plain: false })
    }

    /// Says where a part of the stream ends.
    pub(super) fn ends(&mut self, end: usize) {
        match &mut self.part {
            Some((_, unknown @ usize::MAX)) => *unknown = end,
            _ => self.ends.push_back(end),
        }
    }

    fn end(&self) -> usize {
        self.part.map_or(usize::MAX, |(_, end)| end)
    }

    /// Makes ready for what is at `place`. Returns where the unit ends that begins there, if one does: then
    /// [`Self::begin`] must be called.
    pub(super) fn at(&mut self, window: &Window, place: usize) -> Option<usize> {
        if self.part.is_none_or(|(_, end)| end <= place) {
            // Some flush twice.
            while self.ends.front().is_some_and(|end| *end <= place) {
                self.ends.pop_front();
            }
            let before = self.part.map_or(0, |(start, _)| place - start);
            self.part = Some((place, self.ends.pop_front().unwrap_or(usize::MAX)));
            self.unit = place;
            if let Model::Pair { pair, in_parts: true } = &mut self.model {
                pair.part(window, place, before);
            }
        }
        let begins = matches!(self.model, Model::Pair { .. }) && place >= self.unit;
        begins.then(|| self.end().min(place.saturating_add(UNIT)))
    }

    /// Begins a unit, all of which is literal where it is `plain`.
    pub(super) fn begin(&mut self, window: &Window, start: usize, end: usize, plain: bool) {
        if let Model::Pair { pair, .. } = &mut self.model {
            pair.begin_unit(start, end);
            if plain {
                pair.pass(window);
            }
        }
        (self.unit, self.plain) = (end, plain);
    }

    pub(super) fn predict(&mut self, window: &Window, place: usize) -> Token {
        let end = self.end();
        match &mut self.model {
            Model::Pair { .. } if self.plain => Token::Literal,
            Model::Pair { pair, .. } => pair.predict(window, place),
            Model::Chain(chain) => chain.predict(window, place, end),
        }
    }

    /// Says what came, and what was predicted.
    pub(super) fn came(&mut self, window: &Window, place: usize, token: Token, predicted: Token) {
        let end = self.end();
        match &mut self.model {
            Model::Pair { .. } if self.plain => {}
            Model::Pair { pair, .. } => pair.came(window, place, token, predicted),
            Model::Chain(chain) => chain.came(window, place, token, end),
        }
    }

    /// Says that a byte came as it is, whatever was chosen for it.
    pub(super) fn passed(&mut self, window: &Window, place: usize) {
        let end = self.end();
        if let Model::Chain(chain) = &mut self.model {
            chain.passed(window, place, end);
        }
    }
}
