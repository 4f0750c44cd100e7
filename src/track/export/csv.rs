//! Runs as CSV (RFC 4180), safe to open in a spreadsheet.

use std::borrow::Cow;
use std::io::Write;

use super::columns::Columns;
use super::{Error, Record, Take};
use crate::base::time;
use crate::track::Value;
use crate::track::plot::exact;

pub(super) fn write(
    out: &mut impl Write,
    columns: &Columns,
    mut visit: impl FnMut(&mut Take<'_>) -> Result<(), Error>,
) -> Result<u64, Error> {
    let mut csv = ::csv::Writer::from_writer(out);
    csv.write_record(columns.names()).map_err(failed)?;
    let mut count = 0;
    visit(&mut |record| {
        count += 1;
        row(&mut csv, columns, &record).map_err(failed)
    })?;
    csv.flush()?;
    Ok(count)
}

fn row<W: Write>(
    csv: &mut ::csv::Writer<W>,
    columns: &Columns,
    record: &Record,
) -> Result<(), ::csv::Error> {
    csv.write_field(&record.id)?;
    csv.write_field(&*safe(&record.name))?;
    csv.write_field(&*safe(&record.experiment))?;
    csv.write_field(record.status.as_str())?;
    csv.write_field(time::rfc3339(record.started_at))?;
    csv.write_field(record.ended_at.map(time::rfc3339).unwrap_or_default())?;
    for key in &columns.params {
        csv.write_field(&*safe(record.params.get(key).map_or("", String::as_str)))?;
    }
    for key in &columns.metrics {
        csv.write_field(
            record.metrics.get(key).map(|Value(value)| exact(*value)).unwrap_or_default(),
        )?;
    }
    for key in &columns.tags {
        csv.write_field(&*safe(record.tags.get(key).map_or("", String::as_str)))?;
    }
    csv.write_record(None::<&[u8]>)
}

/// Returns `text` with a `'` before what a spreadsheet would run as a formula. A number is none.
fn safe(text: &str) -> Cow<'_, str> {
    const STARTS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
    let formula = text.starts_with(STARTS) && text.parse::<f64>().is_err();
    if formula { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

fn failed(error: ::csv::Error) -> Error {
    Error::Write(std::io::Error::from(error))
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn h14_a_formula_becomes_text_and_a_number_stays() {
        for text in ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "＝1"] {
            assert_eq!(safe(text), format!("'{text}"));
        }
        for text in ["-1e-3", "+0.5", "adam", "", "1=1", "-Infinity"] {
            assert_eq!(safe(text), text);
        }
    }
}
