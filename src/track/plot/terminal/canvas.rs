//! A grid of dots or letters that lines are drawn on.

use super::{Charset, Ink, Span};
use crate::track::plot::Curve;
use crate::track::plot::curve::thin;
use crate::track::plot::scale::Scale;

/// What curves are drawn with where there is no braille.
const GLYPHS: [char; 8] = ['*', '+', 'x', 'o', '#', '@', '%', '&'];

/// Cells of a terminal, each with 2 × 4 dots (braille) or one letter.
pub(super) struct Canvas {
    columns: usize,
    rows: usize,
    charset: Charset,
    cells: Vec<Cell>,
    /// Which cells each ink has touched, for its letters.
    touched: Vec<(usize, Vec<usize>)>,
}

#[derive(Clone, Copy, Default)]
struct Cell {
    dots: u8,
    ink: Option<usize>,
    letter: Option<char>,
}

impl Canvas {
    pub(super) fn new(columns: usize, rows: usize, charset: Charset) -> Self {
        let cells = vec![Cell::default(); columns * rows];
        Self { columns, rows, charset, cells, touched: Vec::new() }
    }

    /// Draws `curve`; what is drawn later lies above.
    pub(super) fn curve(&mut self, curve: &Curve, x: &Scale, y: &Scale) {
        let (across, down) = self.dots();
        let column = |at: f64| scaled(x.place(at), across);
        let mut before: Option<(i64, i64)> = None;
        for sample in thin(&curve.line, column) {
            let Some((at, value)) = sample else {
                before = None;
                continue;
            };
            let here = (column(at), scaled(1.0 - y.place(value), down));
            self.line(before.unwrap_or(here), here, curve.ink);
            before = Some(here);
        }
    }

    /// Writes `letter` onto a few places of `curve`, each curve's at other columns.
    pub(super) fn mark(&mut self, curve: &Curve, letter: char, index: usize, of: usize) {
        let Some((_, cells)) = self.touched.iter().find(|(ink, _)| *ink == curve.ink) else {
            return;
        };
        let every = (self.columns / 3).max(of).max(1);
        let offset = every * (2 * index + 1) / (2 * of);
        let mut places: Vec<usize> = (0..self.columns)
            .filter(|column| column % every == offset % every)
            .filter_map(|column| {
                let mine = |cell: &&usize| {
                    **cell % self.columns == column && self.cells[**cell].letter.is_none()
                };
                cells.iter().find(mine).copied()
            })
            .collect();
        // A curve so short that no column was its turn gets one letter all the same.
        if places.is_empty() {
            let free = |cell: &&usize| self.cells[**cell].letter.is_none();
            places.extend(cells.iter().find(free));
        }
        for place in places {
            self.cells[place].letter = Some(letter);
            self.cells[place].ink = Some(curve.ink);
        }
    }

    /// Returns one row of the picture.
    pub(super) fn row(&self, row: usize) -> Vec<Span> {
        let cells = &self.cells[row * self.columns..(row + 1) * self.columns];
        let mut spans: Vec<Span> = Vec::new();
        for cell in cells {
            let ink = cell.ink.map_or(Ink::Plain, Ink::Curve);
            let char = self.show(cell);
            match spans.last_mut() {
                Some(span) if span.ink == ink => span.text.push(char),
                _ => spans.push(Span { text: char.to_string(), ink }),
            }
        }
        if let Some(blank) = spans.pop_if(|span| span.text.trim().is_empty()) {
            drop(blank);
        }
        spans
    }

    fn show(&self, cell: &Cell) -> char {
        match (cell.letter, cell.dots, self.charset) {
            (Some(letter), _, _) => letter,
            (None, 0, _) => ' ',
            (None, dots, Charset::Braille) => {
                char::from_u32(0x2800 + u32::from(dots)).unwrap_or(' ')
            }
            (None, _, Charset::Ascii) => cell.ink.map_or(' ', glyph),
        }
    }

    fn dots(&self) -> (usize, usize) {
        match self.charset {
            Charset::Braille => (self.columns * 2, self.rows * 4),
            Charset::Ascii => (self.columns, self.rows),
        }
    }

    /// Draws a straight line of dots, as Bresenham does.
    fn line(&mut self, from: (i64, i64), to: (i64, i64), ink: usize) {
        let (wide, high) = ((to.0 - from.0).abs(), -(to.1 - from.1).abs());
        let (right, down) = ((to.0 - from.0).signum(), (to.1 - from.1).signum());
        let (mut x, mut y) = from;
        let mut error = wide + high;
        loop {
            self.dot(x, y, ink);
            if (x, y) == to {
                return;
            }
            let twice = 2 * error;
            if twice >= high {
                error += high;
                x += right;
            }
            if twice <= wide {
                error += wide;
                y += down;
            }
        }
    }

    fn dot(&mut self, x: i64, y: i64, ink: usize) {
        /// The bits of a braille character, by column and row.
        const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
        let (x, y) = (x as usize, y as usize);
        let (column, row, bit) = match self.charset {
            Charset::Braille => (x / 2, y / 4, BITS[x % 2][y % 4]),
            Charset::Ascii => (x, y, 1),
        };
        let place = row * self.columns + column;
        let Some(cell) = self.cells.get_mut(place) else { return };
        // Two curves in one cell keep their dots but cannot have two colours: the upper one gives the cell its own.
        cell.dots |= bit;
        cell.ink = Some(ink);
        match self.touched.iter_mut().find(|(other, _)| *other == ink) {
            Some((_, cells)) if cells.last() == Some(&place) => {}
            Some((_, cells)) => cells.push(place),
            None => self.touched.push((ink, vec![place])),
        }
    }
}

/// Returns the letter that a curve is drawn with where there is no braille.
pub(super) fn glyph(ink: usize) -> char {
    GLYPHS[ink % GLYPHS.len()]
}

fn scaled(place: f64, dots: usize) -> i64 {
    let last = dots.saturating_sub(1) as f64;
    (place * last).round().clamp(0.0, last) as i64
}
