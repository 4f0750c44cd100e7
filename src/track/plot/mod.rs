//! Curves of metrics: from points to a [`Chart`], and from a chart to a terminal, an SVG or a PNG.
//!
//! A chart is a plain value that knows no pixels. Each renderer asks its scales for ticks and thins its curves to
//! the columns that it has, so a million points cost a picture no more than a thousand do.

mod chart;
mod curve;
mod label;
mod layout;
mod number;
mod palette;
mod png;
mod scale;
mod svg;
mod terminal;
mod time;

pub use chart::{Chart, Options, Panel, Series};
pub use curve::{Curve, Sample};
pub use label::clean;
pub use number::{exact, short};
pub use png::{Error, render as png};
pub use scale::{Across, Scale, Tick, Unit};
pub use svg::{Picture, Theme, render as svg};
pub use terminal::{Charset, Ink, Screen, Span, draw as terminal};
