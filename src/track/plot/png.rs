//! A chart as PNG: the SVG, drawn with the font that lies beside this file and nothing of the machine's own.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, fontdb};

use super::chart::Chart;
use super::svg::{self, Picture, Theme};

/// Inter (SIL Open Font License), Latin and Greek; `font/make.sh` makes the files.
const FONTS: [&[u8]; 2] =
    [include_bytes!("font/inter-regular.otf"), include_bytes!("font/inter-semibold.otf")];

/// A picture with more pixels than this is refused before memory is taken for it.
const MOST_PIXELS: u64 = 100_000_000;

/// What can go wrong when a picture is drawn.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("a picture of {width} × {height} pixels is too large or too small")]
    Size { width: u64, height: u64 },
    #[error("could not draw the picture: {0}")]
    Draw(String),
}

/// Returns `chart` as a PNG of `scale` pixels for each unit of `picture`. Without a theme it is light.
pub fn render(chart: &Chart, picture: &Picture, scale: f32) -> Result<Vec<u8>, Error> {
    let theme = if picture.theme == Theme::Auto { Theme::Light } else { picture.theme };
    let document = svg::render(chart, &Picture { theme, ..*picture });
    let mut fonts = fontdb::Database::new();
    for font in FONTS {
        fonts.load_font_data(font.to_vec());
    }
    let options = usvg::Options {
        fontdb: Arc::new(fonts),
        font_family: "Inter".to_owned(),
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(&document, &options)
        .map_err(|error| Error::Draw(error.to_string()))?;
    let size = tree.size();
    let (width, height) = ((size.width() * scale).floor(), (size.height() * scale).floor());
    let wrong = || Error::Size { width: width as u64, height: height as u64 };
    if width as u64 * height as u64 > MOST_PIXELS {
        return Err(wrong());
    }
    let mut pixels = Pixmap::new(width as u32, height as u32).ok_or_else(wrong)?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| Error::Draw(error.to_string()))
}
