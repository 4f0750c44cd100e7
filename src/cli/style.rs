//! The colours, by what they say. Colour repeats what the words say already; without it nothing is lost.

use anstyle::{AnsiColor, Style};

pub(crate) const PLAIN: Style = Style::new();
pub(crate) const HEADER: Style = Style::new().bold();
pub(crate) const LABEL: Style = Style::new().dimmed();
/// What can be typed as it stands: ids, names, commands.
pub(crate) const LITERAL: Style = AnsiColor::Cyan.on_default();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// Returns `text` in `style`.
pub(crate) fn paint(style: Style, text: &str) -> String {
    match style == PLAIN || text.is_empty() {
        true => text.to_owned(),
        false => format!("{style}{text}{style:#}"),
    }
}

/// The same colours for clap's help.
pub(crate) fn help() -> clap::builder::Styles {
    clap::builder::Styles::styled()
        .header(HEADER)
        .usage(HEADER)
        .literal(LITERAL)
        .placeholder(LABEL)
        .error(BAD)
        .valid(GOOD)
        .invalid(WARNING)
}
