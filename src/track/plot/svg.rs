//! A chart as SVG: one file that looks right on a light and on a dark page, can be read aloud and prints well.

use std::fmt::Write as _;

use super::chart::{Chart, Panel};
use super::curve::{Curve, Sample, thin};
use super::label::ems;
use super::layout::{Axes, End, Frame, Layout, PAD, SMALL, TICK, TITLE};
use super::palette::{DARK, DASHES, LIGHT, Palette};
use super::scale::Across;
use crate::base::time;

/// Curves with no more samples than this show each of them as a dot.
const DOTTED: usize = 40;

/// How large a picture is, and on which page it stands.
#[derive(Debug, Clone, Copy, Default)]
pub struct Picture {
    pub width: u32,
    /// 0 leaves the height to what is to be drawn.
    pub height: u32,
    pub theme: Theme,
}

/// The page that a picture is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// Light or dark, as the reader's system is set.
    #[default]
    Auto,
    Light,
    Dark,
}

/// Returns `chart` as one SVG document.
pub fn render(chart: &Chart, picture: &Picture) -> String {
    let layout = Layout::new(chart, f64::from(picture.width), f64::from(picture.height));
    let mut svg = Svg(String::new());
    svg.open(chart, &layout, picture.theme);
    svg.text(PAD, PAD + TITLE * 0.72, "title", &chart.title);
    if let Some((y, text)) = &layout.subtitle {
        svg.text(PAD, *y, "muted", text);
    }
    svg.legend(&layout);
    for (panel, frame) in chart.panels.iter().zip(&layout.frames) {
        svg.panel(chart, panel, frame);
    }
    svg.line("</svg>");
    svg.0
}

struct Svg(String);

impl Svg {
    fn line(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn open(&mut self, chart: &Chart, layout: &Layout, theme: Theme) {
        let (width, height) = (layout.width.round(), layout.height.round());
        self.line(&format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\">"
        ));
        self.line(&format!("<title>{}</title>", escape(&chart.title)));
        self.line(&format!("<desc>{}</desc>", escape(&describe(chart))));
        self.line(&format!("<style>\n{}</style>", style(theme)));
        self.line("<rect class=\"page\" width=\"100%\" height=\"100%\"/>");
    }

    fn text(&mut self, x: f64, y: f64, class: &str, text: &str) {
        let text = escape(text);
        self.line(&format!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{text}</text>"));
    }

    fn legend(&mut self, layout: &Layout) {
        for entry in &layout.legend {
            let Some(ink) = entry.ink else {
                self.text(entry.x, entry.y + 4.0, "muted", &entry.text);
                continue;
            };
            let (from, to, y) = (entry.x, entry.x + 16.0, entry.y);
            let look = look(ink);
            self.line(&format!("<path class=\"curve {look} d=\"M{from:.1} {y:.1}H{to:.1}\"/>"));
            self.text(entry.x + 22.0, entry.y + 4.0, "name", &entry.text);
        }
    }

    fn panel(&mut self, chart: &Chart, panel: &Panel, frame: &Frame) {
        if frame.titled {
            let wide = ems(&panel.title) * 13.5 + 10.0;
            self.text(frame.edge, frame.top - 13.0, "panel", &panel.title);
            let notes = panel.notes.join(" · ");
            if !notes.is_empty() && frame.axes.is_some() {
                self.text(frame.edge + wide, frame.top - 13.0, "muted", &notes);
            }
        }
        match &frame.axes {
            Some(axes) => {
                self.grid(frame, axes);
                self.text(
                    frame.left + frame.width,
                    frame.top + frame.height + 36.0,
                    "muted end",
                    &across(chart, axes),
                );
                for curve in panel.curves.iter().rev() {
                    self.curve(chart, curve, frame);
                }
                for end in &frame.ends {
                    self.end(end, frame);
                }
            }
            None => {
                let middle = (frame.left + frame.width / 2.0, frame.top + frame.height / 2.0);
                let (x, y, wide, high) = (frame.left, frame.top, frame.width, frame.height);
                self.line(&format!(
                    "<rect class=\"empty\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{wide:.1}\" \
                     height=\"{high:.1}\" rx=\"4\"/>"
                ));
                let why = panel.notes.join(" · ");
                self.text(middle.0, middle.1, "muted middle", &why);
            }
        }
    }

    fn grid(&mut self, frame: &Frame, axes: &Axes) {
        let (left, right) = (frame.left, frame.left + frame.width);
        let bottom = frame.top + frame.height;
        for tick in &axes.y_ticks {
            let y = frame.place(axes.x.low, tick.at).1;
            let class = if tick.label.is_some() { "grid" } else { "grid minor" };
            self.line(&format!("<path class=\"{class}\" d=\"M{left:.1} {y:.1}H{right:.1}\"/>"));
            if let Some(label) = &tick.label {
                self.text(left - 8.0, y + TICK * 0.36, "tick end", label);
            }
        }
        self.line(&format!("<path class=\"axis\" d=\"M{left:.1} {bottom:.1}H{right:.1}\"/>"));
        let mut free = f64::MIN;
        for tick in &axes.x_ticks {
            let x = frame.place(tick.at, axes.y.low).0;
            let long = if tick.label.is_some() { 5.0 } else { 3.0 };
            self.line(&format!("<path class=\"axis\" d=\"M{x:.1} {bottom:.1}v{long}\"/>"));
            let Some(label) = &tick.label else { continue };
            let half = ems(label) * TICK / 2.0;
            if x - half > free {
                self.text(x, bottom + 19.0, "tick middle", label);
                free = x + half + 8.0;
            }
        }
    }

    fn curve(&mut self, chart: &Chart, curve: &Curve, frame: &Frame) {
        let Some(axes) = &frame.axes else { return };
        let column = |x: f64| (axes.x.place(x) * frame.width) as i64;
        let look = look(curve.ink);
        let name = chart.legend.get(curve.ink).map_or("", String::as_str);
        self.line(&format!("<g><title>{}</title>", escape(name)));
        if let Some(raw) = &curve.raw {
            self.path(&thin(raw, column), frame, "raw", &look);
        }
        let line = thin(&curve.line, column);
        self.path(&line, frame, "curve", &look);
        let dotted = line.iter().flatten().count() <= DOTTED && curve.raw.is_none();
        for (x, y) in dots(&line, dotted) {
            let (x, y) = frame.place(x, y);
            let colour = curve.ink % 8;
            self.line(&format!(
                "<circle class=\"d{colour}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.6\"/>"
            ));
        }
        self.line("</g>");
    }

    fn path(&mut self, samples: &[Sample], frame: &Frame, class: &str, look: &str) {
        let mut d = String::new();
        let mut pen = 'M';
        for sample in samples {
            let Some((x, y)) = *sample else {
                pen = 'M';
                continue;
            };
            let (x, y) = frame.place(x, y);
            let _ = write!(d, "{pen}{x:.1} {y:.1}");
            pen = 'L';
        }
        if !d.is_empty() {
            self.line(&format!("<path class=\"{class} {look} d=\"{d}\"/>"));
        }
    }

    fn end(&mut self, end: &End, frame: &Frame) {
        let (x, y) = end.from;
        let colour = end.ink % 8;
        self.line(&format!("<circle class=\"d{colour}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.4\"/>"));
        let right = frame.left + frame.width;
        let words = right + 16.0;
        let moved = (end.y - y).abs() > 2.0 || right - x > 4.0;
        if moved && !end.name.is_empty() {
            let (from, to) = (x + 5.0, words - 4.0);
            self.line(&format!(
                "<path class=\"lead l{colour}\" d=\"M{from:.1} {y:.1}L{to:.1} {:.1}\"/>",
                end.y
            ));
        }
        let (name, value) = (escape(&end.name), escape(&end.value));
        let gap = if name.is_empty() { 0 } else { 7 };
        self.line(&format!(
            "<text class=\"name\" x=\"{words:.1}\" y=\"{:.1}\">{name}\
             <tspan class=\"muted\" dx=\"{gap}\">{value}</tspan></text>",
            end.y + SMALL * 0.36
        ));
    }
}

/// Returns where dots are wanted: everywhere, or only where a place has no neighbour that a line could lead to.
fn dots(line: &[Sample], everywhere: bool) -> Vec<(f64, f64)> {
    let at = |index: usize| line.get(index).copied().flatten();
    let alone = |index: usize| {
        let before = index.checked_sub(1).and_then(at);
        before.is_none() && at(index + 1).is_none()
    };
    let wanted = |index: &usize| everywhere || alone(*index);
    (0..line.len()).filter(wanted).filter_map(at).collect()
}

/// Returns the end of a `class` attribute and the dashes of the curve with this ink.
fn look(ink: usize) -> String {
    match DASHES[ink / 8 % DASHES.len()] {
        "" => format!("c{}\"", ink % 8),
        dashes => format!("c{}\" stroke-dasharray=\"{dashes}\"", ink % 8),
    }
}

/// Returns what the horizontal axis counts.
fn across(chart: &Chart, axes: &Axes) -> String {
    let what = match chart.across {
        Across::Step => "step".to_owned(),
        Across::Relative => "time since start".to_owned(),
        Across::Wall => format!("time (UTC), from {}", time::date((axes.x.low * 1000.0) as i64)),
    };
    if axes.x.log { format!("{what}, log scale") } else { what }
}

/// Says in words what the picture shows.
fn describe(chart: &Chart) -> String {
    let mut words = String::new();
    for panel in &chart.panels {
        let _ = write!(words, "{}: ", panel.title);
        for curve in panel.curves.iter().take(20) {
            let name = chart.legend.get(curve.ink).map_or("", String::as_str);
            let last = curve.last.map_or("no values".to_owned(), super::short);
            let _ = write!(words, "{name} ends at {last}. ");
        }
    }
    words.trim_end().to_owned()
}

fn style(theme: Theme) -> String {
    const FONT: &str =
        "Inter,system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
    let mut css = format!(
        "text{{font:{SMALL}px {FONT};font-variant-numeric:tabular-nums}}\n\
         .title{{font-size:{TITLE}px;font-weight:600}} .panel{{font-size:13.5px;font-weight:600}}\n\
         .tick{{font-size:{TICK}px}} .end{{text-anchor:end}} .middle{{text-anchor:middle}}\n\
         .curve,.raw,.grid,.axis,.lead{{fill:none;stroke-linejoin:round;stroke-linecap:round}}\n\
         .curve{{stroke-width:1.8}} .raw{{stroke-width:1;opacity:.28}} .lead{{stroke-width:1;opacity:.5}}\n\
         .minor{{opacity:.55}} .empty{{fill:none;stroke-dasharray:4 4}}\n"
    );
    match theme {
        Theme::Light => css += &colours(&LIGHT),
        Theme::Dark => css += &colours(&DARK),
        Theme::Auto => {
            css += &colours(&LIGHT);
            let _ = writeln!(css, "@media (prefers-color-scheme:dark){{\n{}}}", colours(&DARK));
        }
    }
    css
}

fn colours(palette: &Palette) -> String {
    let Palette { page, ink, muted, grid, axis, curves } = palette;
    let mut css = format!(
        ".page{{fill:{page}}} text{{fill:{ink}}} .muted,.tick{{fill:{muted}}} \
         .grid,.empty{{stroke:{grid}}} .axis{{stroke:{axis}}}\n"
    );
    for (index, colour) in curves.iter().enumerate() {
        let _ = write!(css, ".c{index},.l{index}{{stroke:{colour}}} .d{index}{{fill:{colour}}} ");
    }
    css.trim_end().to_owned() + "\n"
}

/// Makes text safe inside an element and an attribute; names are cleaned of control characters before.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(char),
        }
    }
    safe
}
