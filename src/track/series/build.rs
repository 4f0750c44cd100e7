//! Points into segments, and a summary of each metric beside.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::store;
use crate::track::{Error, Point, Segment, Summary, Value};

use super::{MAX_POINTS, encode, order, plain};

/// A longer series has segments of its own.
const SHARED_POINTS: usize = 4096;
/// Bytes of keys in one segment; with the points this stays far below the largest object.
const MAX_KEYS: usize = 1 << 20;

/// What [`Builder::finish`] gives: what a run says of its metrics.
#[derive(Debug, Default)]
pub struct Series {
    pub metrics: BTreeMap<String, Summary>,
    pub segments: Vec<Segment>,
}

/// Writes segments from points that come in order; keeps no more than two segments in memory.
#[derive(Debug)]
pub struct Builder<'a, 's> {
    writer: &'a mut store::Writer<'s>,
    series: Series,
    key: Option<String>,
    /// Points of `key` that are in no segment so far.
    points: Vec<Point>,
    /// Whether `key` has segments of its own already.
    split: bool,
    /// Short series that wait for company.
    shared: Vec<(String, Vec<Point>)>,
    shared_points: usize,
    shared_keys: usize,
}

impl<'a, 's> Builder<'a, 's> {
    pub fn new(writer: &'a mut store::Writer<'s>) -> Self {
        Self {
            writer,
            series: Series::default(),
            key: None,
            points: Vec::new(),
            split: false,
            shared: Vec::new(),
            shared_points: 0,
            shared_keys: 0,
        }
    }

    /// Adds a point. Keys come in order, and the points of a key in [`order`]; one that was the last already is dropped.
    pub fn add(&mut self, key: &str, point: Point) -> Result<(), Error> {
        let point = plain(point);
        if self.key.as_deref() != Some(key) {
            self.end_metric()?;
            self.key = Some(key.to_owned());
        }
        match self.series.metrics.get_mut(key) {
            Some(summary) if order(&summary.last, &point) == Ordering::Equal => return Ok(()),
            Some(summary) => summary.add(point),
            None => {
                self.series.metrics.insert(key.to_owned(), Summary::of(point));
            }
        }
        self.points.push(point);
        match self.points.len() == MAX_POINTS {
            true => self.write_own(),
            false => Ok(()),
        }
    }

    /// Writes what is left.
    pub fn finish(mut self) -> Result<Series, Error> {
        self.end_metric()?;
        self.write_shared()?;
        Ok(self.series)
    }

    fn end_metric(&mut self) -> Result<(), Error> {
        if self.points.is_empty() {
            self.split = false;
            return Ok(());
        }
        if self.split || self.points.len() > SHARED_POINTS {
            self.write_own()?;
            self.split = false;
            return Ok(());
        }
        let key = self.key.take().expect("there are points of a key");
        if self.shared_points + self.points.len() > MAX_POINTS
            || self.shared_keys + key.len() > MAX_KEYS
        {
            self.write_shared()?;
        }
        self.shared_points += self.points.len();
        self.shared_keys += key.len();
        self.shared.push((key, std::mem::take(&mut self.points)));
        Ok(())
    }

    fn write_own(&mut self) -> Result<(), Error> {
        self.write_shared()?;
        let key = self.key.clone().expect("there are points of a key");
        self.split = true;
        let points = std::mem::take(&mut self.points);
        self.write(&[(key, points)])
    }

    fn write_shared(&mut self) -> Result<(), Error> {
        let metrics = std::mem::take(&mut self.shared);
        (self.shared_points, self.shared_keys) = (0, 0);
        match metrics.is_empty() {
            true => Ok(()),
            false => self.write(&metrics),
        }
    }

    fn write(&mut self, metrics: &[(String, Vec<Point>)]) -> Result<(), Error> {
        let (Some((first, _)), Some((last, _))) = (metrics.first(), metrics.last()) else {
            return Ok(());
        };
        let points = self.writer.blob(&encode(metrics))?;
        self.series.segments.push(Segment { first: first.clone(), last: last.clone(), points });
        Ok(())
    }
}

impl Summary {
    /// Describes a series of one point.
    pub fn of(point: Point) -> Self {
        Self { last: point, min: point.value, max: point.value, count: 1 }
    }

    /// Takes one more point into account, in any order.
    pub fn add(&mut self, point: Point) {
        if order(&point, &self.last) == Ordering::Greater {
            self.last = point;
        }
        // `f64::min` takes the number where the other is NaN.
        self.min = Value(self.min.0.min(point.value.0));
        self.max = Value(self.max.0.max(point.value.0));
        self.count += 1;
    }
}
