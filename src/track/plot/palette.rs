//! Colours that people with any colour vision can tell apart: Okabe and Ito's eight, darkened on white and
//! lightened on black where the contrast would be below 3:1.

/// Colours for a light and for a dark page.
pub(super) struct Palette {
    pub(super) page: &'static str,
    pub(super) ink: &'static str,
    pub(super) muted: &'static str,
    pub(super) grid: &'static str,
    pub(super) axis: &'static str,
    pub(super) curves: [&'static str; 8],
}

pub(super) const LIGHT: Palette = Palette {
    page: "#ffffff",
    ink: "#1f2328",
    muted: "#59636e",
    grid: "#e9ebee",
    axis: "#b4bac1",
    curves: [
        "#0072b2", "#d55e00", "#009e73", "#c4609a", "#b98500", "#3d9bd6", "#7a6f00", "#4a4f55",
    ],
};

pub(super) const DARK: Palette = Palette {
    page: "#0d1117",
    ink: "#e6edf3",
    muted: "#9198a1",
    grid: "#1f252d",
    axis: "#4a515b",
    curves: [
        "#4ba3e3", "#f0813e", "#2fbf98", "#dd92c2", "#eeb32b", "#9ad2f5", "#d8cb55", "#c9d1d9",
    ],
};

/// Dashes tell curves apart once all colours are taken.
pub(super) const DASHES: [&str; 4] = ["", "7 4", "2 3.5", "9 3 2 3"];
