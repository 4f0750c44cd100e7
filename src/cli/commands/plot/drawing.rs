//! A chart in the terminal, with its colours.

use anstyle::{AnsiColor, Color, Style};
use mls::track::plot::{self, Charset, Chart, Ink, Screen};

use super::Args;
use crate::cli::session::Session;
use crate::cli::style::{HEADER, LABEL, PLAIN, paint};

/// In the order of the picture's palette, so that a run keeps about its colour.
const CURVES: [AnsiColor; 6] = [
    AnsiColor::Blue,
    AnsiColor::Yellow,
    AnsiColor::Green,
    AnsiColor::Magenta,
    AnsiColor::Cyan,
    AnsiColor::Red,
];

/// Where nothing says how wide the answer may be.
const WIDTH: usize = 80;
/// A curve wider than this is no easier to read.
const WIDEST: usize = 160;

pub(super) fn draw(session: &Session, args: &Args, chart: &Chart) -> String {
    let environment = &session.settings.environment;
    let ascii = args.ascii || environment.ascii || environment.dumb_terminal;
    let rows = if chart.panels.len() > 1 { 9 } else { 16 };
    let fitting = session.ui.width.unwrap_or(WIDTH).min(WIDEST);
    let screen = Screen {
        width: args.width.map_or(fitting, |width| width as usize),
        height: args.height.map_or(rows, |height| height as usize),
        charset: if ascii { Charset::Ascii } else { Charset::Braille },
    };
    let mut text = String::new();
    for line in plot::terminal(chart, &screen) {
        for span in line {
            text.push_str(&paint(style(span.ink), &span.text));
        }
        text.push('\n');
    }
    text
}

fn style(ink: Ink) -> Style {
    match ink {
        Ink::Plain => PLAIN,
        Ink::Title => HEADER,
        Ink::Faint => LABEL,
        Ink::Curve(ink) => {
            Style::new().fg_color(Some(Color::Ansi(CURVES[ink % CURVES.len()]))).bold()
        }
    }
}
