//! A chart as text: curves of braille dots (or of plain letters), with axes and a legend under each panel.
//!
//! The result says what each piece of text is, not which colour it has; whoever prints it knows the terminal.

mod canvas;

use unicode_width::UnicodeWidthStr;

use canvas::Canvas;

use super::chart::{Chart, Panel};
use super::curve::Curve;
use super::label::fit;
use super::number;
use super::scale::{Across, Scale, Tick};

/// The letters that name curves in the picture and in the legend.
const LETTERS: &[u8; 26] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// How large the terminal is and what it can show.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    pub width: usize,
    /// Rows of one panel's plot, without title, axis and legend.
    pub height: usize,
    pub charset: Charset,
}

/// Which characters a terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    Braille,
    Ascii,
}

/// What a piece of text is, so that its colour can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    Plain,
    Title,
    Faint,
    /// A part of the curve with this place in the legend.
    Curve(usize),
}

/// A piece of text in one colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub text: String,
    pub ink: Ink,
}

/// Returns the lines of `chart`. None is wider than the screen where that has at least 30 columns.
pub fn draw(chart: &Chart, screen: &Screen) -> Vec<Vec<Span>> {
    let mut lines = Vec::new();
    for (index, panel) in chart.panels.iter().enumerate() {
        if index > 0 {
            lines.push(Vec::new());
        }
        lines.push(head(chart, panel, screen));
        match panel.scales {
            Some((x, y)) => plot(chart, panel, screen, (x, y), &mut lines),
            None => lines.push(vec![span("  nothing to draw", Ink::Faint)]),
        }
        legend(chart, panel, screen, &mut lines);
    }
    lines
}

fn span(text: impl Into<String>, ink: Ink) -> Span {
    Span { text: text.into(), ink }
}

fn head(chart: &Chart, panel: &Panel, screen: &Screen) -> Vec<Span> {
    let mut notes = panel.notes.clone();
    if chart.smooth > 0.0 {
        notes.insert(0, format!("moving average {}", chart.smooth));
    }
    let ascii = screen.charset == Charset::Ascii;
    let title = fit(&panel.title, screen.width, ascii);
    let room = screen.width.saturating_sub(title.width() + 2);
    let notes = notes.join(if ascii { "; " } else { " · " });
    let mut line = vec![span(title, Ink::Title)];
    if !notes.is_empty() && room > 8 {
        line.push(span(format!("  {}", fit(&notes, room, ascii)), Ink::Faint));
    }
    line
}

fn plot(
    chart: &Chart,
    panel: &Panel,
    screen: &Screen,
    (x, y): (Scale, Scale),
    lines: &mut Vec<Vec<Span>>,
) {
    let rows = screen.height.max(3);
    let wanted = (rows * 2 / 5).max(2);
    let y = y.rounded(wanted);
    let ticks = y.ticks(wanted);
    let wide = |tick: &Tick| tick.label.as_deref().map_or(0, UnicodeWidthStr::width);
    let gutter = ticks.iter().map(wide).max().unwrap_or(0).max(2);
    let columns = screen.width.saturating_sub(gutter + 3).max(8);
    let mut canvas = Canvas::new(columns, rows, screen.charset);
    for curve in panel.curves.iter().rev() {
        canvas.curve(curve, &x, &y);
    }
    if panel.curves.len() > 1 && screen.charset == Charset::Braille {
        for (index, curve) in panel.curves.iter().enumerate() {
            canvas.mark(curve, letter(curve.ink), index, panel.curves.len());
        }
    }
    let labels = row_labels(&y, &ticks, rows);
    let (axis, mark) = match screen.charset {
        Charset::Braille => ("│", "┤"),
        Charset::Ascii => ("|", "+"),
    };
    for (row, label) in labels.iter().enumerate() {
        let sign = if label.is_some() { mark } else { axis };
        let label = label.as_deref().unwrap_or("");
        let mut line = vec![span(format!("{label:>gutter$} {sign}"), Ink::Faint)];
        line.extend(canvas.row(row));
        lines.push(line);
    }
    let below = x_axis(chart, &x, columns, screen.charset);
    lines.extend(below.into_iter().map(|text| {
        let line = format!("{:gutter$} {text}", "");
        vec![span(line.trim_end(), Ink::Faint)]
    }));
}

/// Returns the label of each row that a tick falls into.
fn row_labels(y: &Scale, ticks: &[Tick], rows: usize) -> Vec<Option<String>> {
    let mut labels = vec![None; rows];
    for tick in ticks {
        let down = (1.0 - y.place(tick.at)) * (rows - 1) as f64;
        let row = down.round().clamp(0.0, (rows - 1) as f64) as usize;
        if let (Some(label), None) = (&tick.label, &labels[row]) {
            labels[row] = Some(label.clone());
        }
    }
    labels
}

/// Returns the axis and the labels under it.
fn x_axis(chart: &Chart, x: &Scale, columns: usize, charset: Charset) -> [String; 2] {
    let (corner, line, mark) = match charset {
        Charset::Braille => ('└', '─', '┬'),
        Charset::Ascii => ('+', '-', '+'),
    };
    let mut axis: Vec<char> = vec![line; columns];
    let what = match chart.across {
        Across::Step => "step",
        Across::Relative => "time",
        Across::Wall => "UTC",
    };
    let what = if x.log { format!("{what} (log)") } else { what.to_owned() };
    let mut labels = " ".repeat(columns + 1).into_bytes();
    let room = columns.saturating_sub(what.len() + 1);
    let mut free = 0;
    for tick in x.ticks(columns / 12) {
        let column = (x.place(tick.at) * (columns - 1) as f64).round();
        let column = column.clamp(0.0, (columns - 1) as f64) as usize;
        let Some(label) = tick.label else { continue };
        let start = (column + 1).saturating_sub(label.len() / 2);
        if start >= free && start + label.len() <= room {
            labels[start..start + label.len()].copy_from_slice(label.as_bytes());
            free = start + label.len() + 1;
            axis[column] = mark;
        }
    }
    let start = labels.len() - what.len().min(labels.len());
    let fits = what.len().min(labels.len() - start);
    labels[start..].copy_from_slice(&what.as_bytes()[..fits]);
    let axis: String = axis.into_iter().collect();
    [format!("{corner}{axis}"), String::from_utf8_lossy(&labels).trim_end().to_owned()]
}

/// Adds a line for each curve: its sign, its name, and its last, least and greatest value.
fn legend(chart: &Chart, panel: &Panel, screen: &Screen, lines: &mut Vec<Vec<Span>>) {
    let ascii = screen.charset == Charset::Ascii;
    let name = |curve: &Curve| chart.legend.get(curve.ink).map_or("", String::as_str);
    let widest = panel.curves.iter().map(|curve| name(curve).width()).max().unwrap_or(0);
    let values = 3 * 15;
    let room = widest.min(screen.width.saturating_sub(6 + values).max(8));
    for curve in &panel.curves {
        let text = fit(name(curve), room, ascii);
        let space = " ".repeat(room - text.width());
        let mut line = vec![
            span(format!("  {} ", sign(curve, panel, screen.charset)), Ink::Curve(curve.ink)),
            span(format!("{text}{space}"), Ink::Plain),
        ];
        let number = |value: Option<f64>| value.map_or("-".to_owned(), number::short);
        let all = [("last", curve.last), ("min", curve.min), ("max", curve.max)];
        for (word, value) in all {
            let wide: usize = line.iter().map(|span| span.text.width()).sum();
            let part = format!("  {word} {:<9}", number(value));
            if wide + part.trim_end().len() <= screen.width {
                line.push(span(part, Ink::Faint));
            }
        }
        if let Some(end) = line.last_mut() {
            end.text.truncate(end.text.trim_end().len());
        }
        lines.push(line);
    }
}

fn sign(curve: &Curve, panel: &Panel, charset: Charset) -> String {
    match charset {
        Charset::Ascii => canvas::glyph(curve.ink).to_string(),
        Charset::Braille if panel.curves.len() > 1 => format!("{}⠒⠒", letter(curve.ink)),
        Charset::Braille => "⠒⠒".to_owned(),
    }
}

fn letter(ink: usize) -> char {
    char::from(LETTERS[ink % LETTERS.len()])
}
