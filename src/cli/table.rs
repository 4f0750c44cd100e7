//! Rows and columns: fitted to the terminal for a person, whole for a pipe, raw for csv.

use anstyle::Style;

use crate::cli::style::{HEADER, PLAIN, paint};
use crate::cli::text;

const GAP: &str = "  ";
/// A column that can be cut is not cut below this.
const NARROWEST: usize = 8;

/// Rows under named columns.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

/// A column: its name in csv, its title above the rows.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    name: String,
    title: String,
    right: bool,
    cut: bool,
}

/// One value: what a person sees, what csv holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    shown: String,
    raw: Option<String>,
    style: Style,
}

/// A table as text, and what found no room.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Rendered {
    pub(crate) text: String,
    /// The titles of the columns, rightmost ones, that the terminal is too narrow for.
    pub(crate) hidden: Vec<String>,
}

impl Column {
    pub(crate) fn new(name: &str) -> Self {
        let title = text::escaped(name).to_uppercase();
        Self { name: name.to_owned(), title, right: false, cut: false }
    }

    /// Sets what stands above the rows, where that is not the name.
    pub(crate) fn title(mut self, title: &str) -> Self {
        self.title = text::escaped(title).into_owned();
        self
    }

    /// Aligns the values to the right, as numbers are.
    pub(crate) fn right(mut self) -> Self {
        self.right = true;
        self
    }

    /// Lets the values be cut where the terminal is too narrow.
    pub(crate) fn cut(mut self) -> Self {
        self.cut = true;
        self
    }
}

impl Cell {
    pub(crate) fn new(text: impl AsRef<str>) -> Self {
        Self {
            shown: text::escaped(text.as_ref()).into_owned(),
            raw: Some(text.as_ref().to_owned()),
            style: PLAIN,
        }
    }

    /// Sets what csv holds instead of what is shown.
    pub(crate) fn raw(mut self, raw: impl Into<String>) -> Self {
        self.raw = Some(raw.into());
        self
    }

    pub(crate) fn style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// Returns what a person sees, without colours.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}

impl Table {
    pub(crate) fn new(columns: impl Into<Vec<Column>>) -> Self {
        Self { columns: columns.into(), rows: vec![] }
    }

    /// Adds a row; it has a cell for each column.
    pub(crate) fn row(&mut self, cells: impl Into<Vec<Cell>>) {
        let cells = cells.into();
        debug_assert_eq!(cells.len(), self.columns.len(), "a cell for each column");
        self.rows.push(cells);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns the table as text of at most `width` columns, or as wide as it is.
    pub(crate) fn render(&self, width: Option<usize>) -> Rendered {
        let mut widths: Vec<usize> =
            (0..self.columns.len()).map(|i| self.natural_width(i)).collect();
        let shown = width.map_or(widths.len(), |width| self.fit(&mut widths, width));
        let titles: Vec<Cell> = self.columns[..shown]
            .iter()
            .map(|column| Cell { shown: column.title.clone(), raw: None, style: HEADER })
            .collect();
        let mut text = String::new();
        for row in std::iter::once(&titles).chain(&self.rows) {
            self.line(&mut text, &row[..shown], &widths);
        }
        Rendered { text, hidden: self.columns[shown..].iter().map(|c| c.title.clone()).collect() }
    }

    /// Returns the table as csv (RFC 4180, but lines end as the system's do).
    pub(crate) fn csv(&self) -> Result<String, csv::Error> {
        let mut writer = csv::Writer::from_writer(vec![]);
        writer.write_record(self.columns.iter().map(|column| &column.name))?;
        for row in &self.rows {
            writer.write_record(row.iter().map(|cell| cell.raw.as_ref().unwrap_or(&cell.shown)))?;
        }
        let bytes = writer.into_inner().map_err(|error| error.into_error())?;
        Ok(String::from_utf8(bytes).expect("made of texts"))
    }

    fn natural_width(&self, column: usize) -> usize {
        let rows = self.rows.iter().map(|row| text::width(&row[column].shown));
        rows.max().unwrap_or(0).max(text::width(&self.columns[column].title))
    }

    /// Narrows the widest column that may be cut until all fit; returns how many columns do.
    fn fit(&self, widths: &mut [usize], width: usize) -> usize {
        let mut shown = widths.len();
        loop {
            let needed =
                widths[..shown].iter().sum::<usize>() + GAP.len() * shown.saturating_sub(1);
            if needed <= width || shown <= 1 {
                return shown;
            }
            let widest = (0..shown)
                .filter(|i| self.columns[*i].cut && widths[*i] > NARROWEST)
                .max_by_key(|i| (widths[*i], usize::MAX - *i));
            match widest {
                Some(i) => widths[i] -= 1,
                None => {
                    shown -= 1;
                    for (i, kept) in widths.iter_mut().enumerate().take(shown) {
                        *kept = self.natural_width(i);
                    }
                }
            }
        }
    }

    fn line(&self, text: &mut String, row: &[Cell], widths: &[usize]) {
        for (i, cell) in row.iter().enumerate() {
            let shown = text::cut(&cell.shown, widths[i]);
            let room = " ".repeat(widths[i].saturating_sub(text::width(&shown)));
            let last = i + 1 == row.len();
            let painted = paint(cell.style, &shown);
            match self.columns[i].right {
                true => text.extend([room.as_str(), painted.as_str()]),
                false if last => text.push_str(&painted),
                false => text.extend([painted.as_str(), room.as_str()]),
            }
            if !last {
                text.push_str(GAP);
            }
        }
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
    }
}

/// Returns names and values in two columns, the names aligned; a value of several lines stays in its column.
pub(crate) fn facts<'a>(facts: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let facts: Vec<_> = facts.into_iter().collect();
    let widest = facts.iter().map(|(name, _)| text::width(name)).max().unwrap_or(0);
    let mut out = String::new();
    for (name, value) in &facts {
        let mut lines = value.lines();
        let first = lines.next().unwrap_or("");
        let room = " ".repeat(widest - text::width(name));
        out.push_str(&format!("{}{room}{GAP}{first}\n", paint(crate::cli::style::LABEL, name)));
        for line in lines {
            out.push_str(&format!("{}{GAP}{line}\n", " ".repeat(widest)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Table {
        let mut table =
            Table::new([Column::new("id"), Column::new("name").cut(), Column::new("loss").right()]);
        table.row(["4f2a".into(), "a rather long name".into(), Cell::new("0.5").raw("0.50001")]);
        table.row(["77".into(), "evil\u{1b}[2J".into(), "12.25".into()]);
        table
    }

    fn plain(table: &Table, width: Option<usize>) -> String {
        anstream::adapter::strip_str(&table.render(width).text).to_string()
    }

    #[test]
    fn columns_are_aligned_and_names_escaped() {
        insta::assert_snapshot!(plain(&sample(), None), @r"
        ID    NAME                 LOSS
        4f2a  a rather long name    0.5
        77    evil\u{1b}[2J       12.25
        ");
    }

    #[test]
    fn a_narrow_terminal_cuts_names_and_then_drops_columns() {
        insta::assert_snapshot!(plain(&sample(), Some(24)), @r"
        ID    NAME          LOSS
        4f2a  a rather l…    0.5
        77    evil\u{1b}…  12.25
        ");
        let narrow = sample().render(Some(16));
        assert_eq!(narrow.hidden, ["LOSS"]);
        assert!(
            narrow
                .text
                .lines()
                .all(|line| text::width(&anstream::adapter::strip_str(line).to_string()) <= 16)
        );
    }

    #[test]
    fn csv_holds_what_was_measured_and_not_what_was_shown() {
        assert_eq!(
            sample().csv().unwrap(),
            "id,name,loss\n4f2a,a rather long name,0.50001\n77,evil\u{1b}[2J,12.25\n"
        );
    }
}
