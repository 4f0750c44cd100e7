//! Keys down, runs across, under headings; where the terminal is too narrow for that, runs below each key.

use anstyle::Style;

use crate::cli::style::{HEADER, LABEL, PLAIN, paint};
use crate::cli::text::{cut, escaped, width};

/// A column of values is not made narrower than this; rather the runs stand below each other.
const NARROWEST: usize = 13;
/// A key is cut at this where room is scarce.
const WIDEST_KEY: usize = 30;
/// Where there is no room to fit, a value longer than this sticks out instead of widening its column.
const WIDEST: usize = 32;
const GAP: &str = "  ";

/// Everything that is laid side by side.
#[derive(Debug, Default)]
pub(super) struct Grid {
    /// What the runs are called.
    pub(super) names: Vec<String>,
    pub(super) lines: Vec<Line>,
}

#[derive(Debug)]
pub(super) enum Line {
    Heading(&'static str),
    Row(Row),
}

/// One key with a value for each run.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) key: String,
    pub(super) values: Vec<Value>,
    /// What changed from the first run to the last, for two runs.
    pub(super) change: Option<(String, Style)>,
    /// Whether all values are the same.
    pub(super) same: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) text: String,
    pub(super) style: Style,
}

impl Value {
    pub(super) fn new(text: &str) -> Self {
        Self { text: escaped(text).into_owned(), style: PLAIN }
    }
}

/// How wide the columns are.
struct Widths {
    key: usize,
    values: Vec<usize>,
    change: usize,
}

impl Grid {
    pub(super) fn heading(&mut self, heading: &'static str) {
        self.lines.push(Line::Heading(heading));
    }

    pub(super) fn row(&mut self, row: Row) {
        self.lines.push(Line::Row(row));
    }

    /// Returns the grid as text that fits `room`; whole where there is none to fit.
    pub(super) fn render(&self, room: Option<usize>) -> String {
        let natural = self.natural();
        match room {
            None => {
                let values = natural.values.iter().map(|wide| *wide.min(&WIDEST)).collect();
                self.across(&Widths { values, ..natural }, false)
            }
            Some(room) => match self.narrowed(natural, room) {
                Some(widths) => self.across(&widths, true),
                None => self.down(room),
            },
        }
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.lines.iter().filter_map(|line| match line {
            Line::Row(row) => Some(row),
            Line::Heading(_) => None,
        })
    }

    fn natural(&self) -> Widths {
        let widest = |of: &dyn Fn(&Row) -> usize| self.rows().map(of).max().unwrap_or(0);
        let values = (0..self.names.len())
            .map(|run| widest(&|row| width(&row.values[run].text)).max(width(&self.names[run])));
        Widths {
            values: values.collect(),
            key: widest(&|row| width(&row.key)),
            change: widest(&|row| row.change.as_ref().map_or(0, |(text, _)| width(text))),
        }
    }

    /// Takes room from the widest columns first; `None` where no good table would be left.
    fn narrowed(&self, mut widths: Widths, room: usize) -> Option<Widths> {
        widths.key = widths.key.min(WIDEST_KEY);
        let gaps = GAP.len() * (self.names.len() + 1 + usize::from(widths.change > 0));
        let fixed = widths.key + widths.change + gaps;
        let room = room.checked_sub(fixed)?;
        while widths.values.iter().sum::<usize>() > room {
            let widest = widths.values.iter_mut().max()?;
            if *widest <= NARROWEST {
                return None;
            }
            *widest -= 1;
        }
        Some(widths)
    }

    /// Runs beside each other.
    fn across(&self, widths: &Widths, cuts: bool) -> String {
        let mut text = " ".repeat(GAP.len() + widths.key);
        for (name, room) in self.names.iter().zip(&widths.values) {
            text.push_str(GAP);
            let name = if cuts { cut(name, *room) } else { name.into() };
            text.push_str(&padded(&name, *room, HEADER));
        }
        end_line(&mut text);
        for line in &self.lines {
            match line {
                Line::Heading(heading) => {
                    text.push_str(&format!("{}\n", paint(HEADER, heading)));
                }
                Line::Row(row) => row_across(row, widths, cuts, &mut text),
            }
        }
        text
    }

    /// Runs below each key.
    fn down(&self, room: usize) -> String {
        let widest = self.names.iter().map(|name| width(name)).max().unwrap_or(0);
        let names = widest.min((room / 3).max(8));
        let values = room.saturating_sub(names + 3 * GAP.len()).max(8);
        let mut text = String::new();
        for line in &self.lines {
            match line {
                Line::Heading(heading) => {
                    text.push_str(&format!("{}\n", paint(HEADER, heading)));
                }
                Line::Row(row) => {
                    let key = cut(&row.key, room.saturating_sub(GAP.len()).max(8));
                    text.push_str(&format!("{GAP}{}\n", paint(LABEL, &key)));
                    let cells = shown(&row.values, &vec![values; row.values.len()]);
                    for ((value, cell), name) in row.values.iter().zip(cells).zip(&self.names) {
                        let name = padded(&cut(name, names), names, PLAIN);
                        text.push_str(&format!("{GAP}{GAP}{name}{GAP}"));
                        text.push_str(&paint(value.style, &cell));
                        end_line(&mut text);
                    }
                    if let Some((change, style)) = &row.change {
                        text.push_str(&format!("{GAP}{GAP}{}\n", paint(*style, change)));
                    }
                }
            }
        }
        text
    }
}

fn row_across(row: &Row, widths: &Widths, cuts: bool, text: &mut String) {
    let key = cut(&row.key, widths.key);
    text.push_str(GAP);
    text.push_str(&padded(&key, widths.key, LABEL));
    let shown = match cuts {
        true => shown(&row.values, &widths.values),
        false => row.values.iter().map(|value| value.text.clone()).collect(),
    };
    for ((value, cell), room) in row.values.iter().zip(shown).zip(&widths.values) {
        text.push_str(GAP);
        let style = if row.same { LABEL } else { value.style };
        text.push_str(&padded(&cell, *room, style));
    }
    if let Some((change, style)) = &row.change {
        text.push_str(GAP);
        text.push_str(&paint(*style, change));
    }
    end_line(text);
}

/// Cuts values to their columns; of long ones that begin alike what is shown is where they part.
fn shown(values: &[Value], widths: &[usize]) -> Vec<String> {
    let long = values.iter().zip(widths).any(|(value, room)| width(&value.text) > *room);
    let there: Vec<&str> =
        values.iter().map(|value| value.text.as_str()).filter(|text| *text != "-").collect();
    let alike = if long { common(&there) } else { 0 };
    let least = widths.iter().min().copied().unwrap_or(0);
    // Where they part stands in the middle of the narrowest column.
    let skip = if alike + 4 > least { alike.saturating_sub(least / 2) } else { 0 };
    let cell = |(value, room): (&Value, &usize)| match skip > 0 && value.text != "-" {
        true => {
            let rest: String = value.text.chars().skip(skip).collect();
            cut(&format!("…{rest}"), *room).into_owned()
        }
        false => cut(&value.text, *room).into_owned(),
    };
    values.iter().zip(widths).map(cell).collect()
}

/// Returns how many characters all texts begin with.
fn common(texts: &[&str]) -> usize {
    let Some((first, rest)) = texts.split_first() else { return 0 };
    let alike = |text: &&str| first.chars().zip(text.chars()).take_while(|(a, b)| a == b).count();
    rest.iter().map(alike).min().unwrap_or(0)
}

fn padded(text: &str, room: usize, style: Style) -> String {
    format!("{}{}", paint(style, text), " ".repeat(room.saturating_sub(width(text))))
}

fn end_line(text: &mut String) {
    text.truncate(text.trim_end_matches(' ').len());
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Grid {
        let names = ["bold-fox-12", "calm-owl-7", "swift-hare-3"].map(str::to_owned).to_vec();
        let mut grid = Grid { names, lines: vec![] };
        grid.heading("Params");
        for (key, values) in [
            (
                "data",
                ["s3://bucket/a/very/long/path/to/one", "s3://bucket/a/very/long/path/to/two", "-"],
            ),
            ("lr", ["0.1", "0.2", "0.2"]),
        ] {
            let values = values.map(Value::new).to_vec();
            grid.row(Row { key: key.to_owned(), values, change: None, same: false });
        }
        grid
    }

    fn plain(room: Option<usize>) -> String {
        anstream::adapter::strip_str(&sample().render(room)).to_string()
    }

    #[test]
    fn long_values_are_shown_where_they_part() {
        insta::assert_snapshot!(plain(Some(70)), @"
                bold-fox-12              calm-owl-7               swift-hare-3
        Params
          data  …th/to/one               …th/to/two               -
          lr    0.1                      0.2                      0.2
        ");
    }

    #[test]
    fn a_narrow_terminal_gets_the_runs_below_each_key() {
        insta::assert_snapshot!(plain(Some(40)), @"
        Params
          data
            bold-fox-12   …ng/path/to/one
            calm-owl-7    …ng/path/to/two
            swift-hare-3  -
          lr
            bold-fox-12   0.1
            calm-owl-7    0.2
            swift-hare-3  0.2
        ");
    }

    #[test]
    fn a_pipe_gets_everything_in_full() {
        insta::assert_snapshot!(plain(None), @"
                bold-fox-12                       calm-owl-7                        swift-hare-3
        Params
          data  s3://bucket/a/very/long/path/to/one  s3://bucket/a/very/long/path/to/two  -
          lr    0.1                               0.2                               0.2
        ");
    }
}
