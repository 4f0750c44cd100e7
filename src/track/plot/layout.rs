//! Where title, legend, panels and labels of a picture stand; in the units of the SVG, one pixel at scale 1.

use super::chart::{Chart, Panel};
use super::label::{ems, fit_ems};
use super::number;
use super::scale::{Scale, Tick};

pub(super) const PAD: f64 = 22.0;
pub(super) const TITLE: f64 = 17.0;
pub(super) const SMALL: f64 = 12.0;
pub(super) const TICK: f64 = 11.5;
/// A picture with more curves than this names them in a legend above instead of at their ends.
const DIRECT: usize = 10;
/// A legend with more entries than this says how many more there are.
const NAMED: usize = 40;
const LEGEND_LINE: f64 = 20.0;

/// The measures of a whole picture.
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) legend: Vec<Entry>,
    pub(super) frames: Vec<Frame>,
    /// Where the line under the title stands, if there is one.
    pub(super) subtitle: Option<(f64, String)>,
}

/// One name in the legend.
pub(super) struct Entry {
    /// `None` for the words that say how many are not named.
    pub(super) ink: Option<usize>,
    pub(super) text: String,
    pub(super) x: f64,
    pub(super) y: f64,
}

/// The place of one panel's axes.
pub(super) struct Frame {
    /// Where the panel begins; its labels stand between here and `left`.
    pub(super) edge: f64,
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    /// Scales with ends at ticks, and the ticks; `None` where there is nothing to draw.
    pub(super) axes: Option<Axes>,
    pub(super) ends: Vec<End>,
    /// Whether the panel's own title stands above it.
    pub(super) titled: bool,
}

pub(super) struct Axes {
    pub(super) x: Scale,
    pub(super) y: Scale,
    pub(super) x_ticks: Vec<Tick>,
    pub(super) y_ticks: Vec<Tick>,
}

/// A curve's name and last value, beside its end.
pub(super) struct End {
    pub(super) ink: usize,
    pub(super) name: String,
    pub(super) value: String,
    /// Where the curve ends, and where the words stand so that none covers another.
    pub(super) from: (f64, f64),
    pub(super) y: f64,
}

impl Layout {
    /// `height` 0 leaves the height to the number of panels.
    pub(super) fn new(chart: &Chart, width: f64, height: f64) -> Self {
        let single = chart.panels.len() <= 1;
        let direct = single && chart.legend.len() <= DIRECT;
        let subtitle = subtitle(chart, single).map(|text| (PAD + TITLE + 17.0, text));
        let mut top = PAD + TITLE + if subtitle.is_some() { 24.0 } else { 8.0 };
        let legend = match direct || chart.legend.len() < 2 {
            true => Vec::new(),
            false => legend(&chart.legend, width, &mut top),
        };
        let columns = columns(chart.panels.len(), width);
        let rows = chart.panels.len().div_ceil(columns).max(1);
        let height = match height > 0.0 {
            true => height,
            false if single => (width * 0.5625).clamp(240.0, 700.0) + top - 50.0,
            false => top + rows as f64 * 270.0 + PAD,
        };
        let cell = (
            (width - 2.0 * PAD + 28.0) / columns as f64,
            ((height - top - PAD) / rows as f64).max(60.0),
        );
        let frame = |(index, panel): (usize, &Panel)| {
            let corner =
                (PAD + (index % columns) as f64 * cell.0, top + (index / columns) as f64 * cell.1);
            Frame::new(chart, panel, corner, (cell.0 - 28.0, cell.1), (direct, !single))
        };
        let frames = chart.panels.iter().enumerate().map(frame).collect();
        Self { width, height, legend, frames, subtitle }
    }
}

impl Frame {
    fn new(
        chart: &Chart,
        panel: &Panel,
        corner: (f64, f64),
        size: (f64, f64),
        (direct, titled): (bool, bool),
    ) -> Self {
        let edge = corner.0;
        let head = if titled { 32.0 } else { 8.0 };
        let foot = 42.0;
        let height = (size.1 - head - foot).max(30.0);
        let Some((x, y)) = panel.scales else {
            let (left, top) = (corner.0, corner.1 + head);
            let (axes, ends, width) = (None, Vec::new(), size.0);
            return Self { edge, left, top, width, height, axes, ends, titled };
        };
        let wanted_y = (height / 46.0) as usize;
        let y = y.rounded(wanted_y.max(2));
        let y_ticks = y.ticks(wanted_y);
        let label = |tick: &Tick| tick.label.as_deref().map_or(0.0, ems) * TICK;
        let gutter = y_ticks.iter().map(label).fold(18.0, f64::max) + 8.0;
        let names = if direct { names(chart, panel, size.0 * 0.3) } else { Vec::new() };
        let wide = |(name, value): &(String, String)| {
            let gap = if name.is_empty() { 0.0 } else { 7.0 };
            ems(name) * SMALL + gap + ems(value) * SMALL
        };
        let margin = names.iter().map(wide).fold(0.0, f64::max);
        let margin = if names.is_empty() { 6.0 } else { margin + 24.0 };
        let (left, top) = (corner.0 + gutter, corner.1 + head);
        let width = (size.0 - gutter - margin).max(40.0);
        let x_ticks = x.ticks((width / 92.0) as usize);
        let axes = Axes { x, y, x_ticks, y_ticks };
        let (axes, ends) = (Some(axes), Vec::new());
        let mut frame = Self { edge, left, top, width, height, axes, ends, titled };
        frame.ends = frame.place_ends(panel, names);
        frame
    }

    /// Returns where a value stands in the picture.
    pub(super) fn place(&self, x: f64, y: f64) -> (f64, f64) {
        let Some(axes) = &self.axes else { return (self.left, self.top) };
        let across = axes.x.place(x) * self.width;
        let down = (1.0 - axes.y.place(y)) * self.height;
        (self.left + across, self.top + down)
    }

    fn place_ends(&self, panel: &Panel, names: Vec<(String, String)>) -> Vec<End> {
        let ends = panel.curves.iter().zip(names).filter_map(|(curve, (name, value))| {
            let from = curve.end().map(|(x, y)| self.place(x, y))?;
            Some(End { ink: curve.ink, name, value, from, y: from.1 })
        });
        let mut ends: Vec<End> = ends.collect();
        ends.sort_by(|a, b| a.from.1.total_cmp(&b.from.1));
        spread(&mut ends, self.top + 6.0, self.top + self.height);
        ends
    }
}

/// Moves words apart that would cover each other, as little as possible: first down, then back up from the bottom.
fn spread(ends: &mut [End], top: f64, bottom: f64) {
    let line = (SMALL * 1.4).min((bottom - top) / ends.len().max(1) as f64);
    let mut free = top;
    for end in ends.iter_mut() {
        end.y = end.y.max(free);
        free = end.y + line;
    }
    let mut free = bottom;
    for end in ends.iter_mut().rev() {
        end.y = end.y.min(free);
        free = end.y - line;
    }
}

/// Returns what stands at the end of each curve; one curve alone needs no name.
fn names(chart: &Chart, panel: &Panel, width: f64) -> Vec<(String, String)> {
    let name = |ink: usize| match chart.legend.len() {
        0 | 1 => String::new(),
        _ => fit_ems(chart.legend.get(ink).map_or("", String::as_str), width / SMALL - 5.0),
    };
    let both = |curve: &super::Curve| {
        let value = curve.end().map(|(_, y)| number::short(y)).unwrap_or_default();
        (name(curve.ink), value)
    };
    panel.curves.iter().map(both).collect()
}

fn subtitle(chart: &Chart, single: bool) -> Option<String> {
    let mut parts = Vec::new();
    if chart.smooth > 0.0 {
        parts.push(format!("Moving average {}, samples behind it faint", chart.smooth));
    }
    if let (true, Some(panel)) = (single, chart.panels.first()) {
        parts.extend(panel.notes.iter().cloned());
    }
    (!parts.is_empty()).then(|| parts.join(" · "))
}

fn columns(panels: usize, width: f64) -> usize {
    match width {
        _ if panels <= 1 || width < 640.0 => 1,
        _ if panels == 2 || panels == 4 || width < 1400.0 => 2,
        _ => 3,
    }
}

/// Returns the names of all curves in lines, and moves `top` below them.
fn legend(names: &[String], width: f64, top: &mut f64) -> Vec<Entry> {
    let mut entries = Vec::new();
    let (mut x, mut y) = (PAD, *top + 6.0);
    let more = names.len().saturating_sub(NAMED);
    let named = names.iter().take(NAMED).enumerate().map(|(ink, name)| (Some(ink), name.clone()));
    let rest = (more > 0).then(|| (None, format!("and {more} more")));
    for (ink, name) in named.chain(rest) {
        let text = fit_ems(&name, 24.0);
        let wide = 24.0 + ems(&text) * SMALL + 18.0;
        if x + wide > width - PAD && x > PAD {
            (x, y) = (PAD, y + LEGEND_LINE);
        }
        entries.push(Entry { ink, text, x, y });
        x += wide;
    }
    *top = y + LEGEND_LINE - 6.0;
    entries
}
