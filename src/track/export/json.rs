//! Runs as JSON: one array, or one object a line.

use std::io::Write;

use super::{Error, Take};

pub(super) fn array(
    out: &mut impl Write,
    mut visit: impl FnMut(&mut Take<'_>) -> Result<(), Error>,
) -> Result<u64, Error> {
    let mut count = 0;
    visit(&mut |record| {
        out.write_all(if count == 0 { b"[\n" } else { b",\n" })?;
        count += 1;
        serde_json::to_writer(&mut *out, &record).map_err(|error| Error::Write(error.into()))
    })?;
    out.write_all(if count == 0 { b"[]\n" } else { b"\n]\n" })?;
    Ok(count)
}

pub(super) fn lines(
    out: &mut impl Write,
    mut visit: impl FnMut(&mut Take<'_>) -> Result<(), Error>,
) -> Result<u64, Error> {
    let mut count = 0;
    visit(&mut |record| {
        count += 1;
        serde_json::to_writer(&mut *out, &record).map_err(|error| Error::Write(error.into()))?;
        Ok(out.write_all(b"\n")?)
    })?;
    Ok(count)
}
