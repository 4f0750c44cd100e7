//! Bytes in, points out. The bytes may come from anywhere: nothing is allocated that the bytes cannot fill.

use std::cmp::Ordering;

use crate::track::{Error, Point, Value};

use super::{MAGIC, MAX_POINTS, order};

/// One point takes at least a byte of step, a byte of time and eight of value.
const LEAST_POINT: usize = 10;

/// Decodes a segment; the metrics are in order of their keys, the points in their [`order`].
pub fn decode(bytes: &[u8]) -> Result<Vec<(String, Vec<Point>)>, Error> {
    let Some(rest) = bytes.strip_prefix(MAGIC) else {
        return Err(Error::BadSeries("it is no segment of version 1"));
    };
    let mut reader = Reader { rest };
    let mut metrics: Vec<(String, Vec<Point>)> = Vec::new();
    let mut total = 0;
    for _ in 0..reader.varint()? {
        let key = reader.key()?;
        if metrics.last().is_some_and(|(before, _)| *before >= key) {
            return Err(Error::BadSeries("keys are out of order"));
        }
        let points = reader.points()?;
        total += points.len();
        if total > MAX_POINTS {
            return Err(Error::BadSeries("there are too many points"));
        }
        metrics.push((key, points));
    }
    match reader.rest.is_empty() {
        true => Ok(metrics),
        false => Err(Error::BadSeries("there are bytes after the end")),
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) =
            self.rest.split_at_checked(count).ok_or(Error::BadSeries("it is cut off"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn varint(&mut self) -> Result<u64, Error> {
        let mut number = 0_u64;
        for place in 0..10 {
            let byte = self.take(1)?[0];
            // One number has one spelling: ten bytes hold 64 bits, and the last byte is not zero.
            if (place == 9 && byte > 1) || (place > 0 && byte == 0) {
                break;
            }
            number |= u64::from(byte & 0x7f) << (7 * place);
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Error::BadSeries("a number is spelled wrongly"))
    }

    fn key(&mut self) -> Result<String, Error> {
        let length = usize::try_from(self.varint()?).unwrap_or(usize::MAX);
        let key = std::str::from_utf8(self.take(length)?);
        key.map(str::to_owned).map_err(|_| Error::BadSeries("a key is not UTF-8"))
    }

    fn points(&mut self) -> Result<Vec<Point>, Error> {
        let count = usize::try_from(self.varint()?).unwrap_or(usize::MAX);
        if count == 0 || count > MAX_POINTS || count > self.rest.len() / LEAST_POINT {
            return Err(Error::BadSeries("a count of points is wrong"));
        }
        let steps = self.differences(count)?;
        let times = self.differences(count)?;
        let planes = self.take(8 * count)?;
        let value = |index: usize| {
            let byte = |plane: usize| u64::from(planes[plane * count + index]) << (8 * plane);
            Value(f64::from_bits((0..8).map(byte).sum()))
        };
        let points: Vec<Point> = (0..count)
            .map(|index| Point { step: steps[index], time: times[index], value: value(index) })
            .collect();
        match points.is_sorted_by(|a, b| order(a, b) == Ordering::Less) {
            true => Ok(points),
            false => Err(Error::BadSeries("points are out of order")),
        }
    }

    fn differences(&mut self, count: usize) -> Result<Vec<i64>, Error> {
        let mut numbers = Vec::with_capacity(count);
        let mut before = 0_i64;
        for _ in 0..count {
            let zigzag = self.varint()?;
            let difference = (zigzag >> 1) as i64 ^ -((zigzag & 1) as i64);
            before = before.wrapping_add(difference);
            numbers.push(before);
        }
        Ok(numbers)
    }
}
