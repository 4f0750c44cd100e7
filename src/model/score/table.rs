//! Tables: columns by name, with the types that MLflow's signatures know, and which of their values are missing.

use std::ops::Range;

use super::Error;
use crate::model::signature::Scalar;

/// Columns of one length.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    columns: Vec<Column>,
    rows: usize,
}

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub name: String,
    pub values: Values,
    /// True where a value is missing; none where all are there. NaN is a value.
    pub missing: Option<Vec<bool>>,
}

/// What a column holds; missing values are zero, NaN or empty here.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    Boolean(Vec<bool>),
    Integer(Vec<i32>),
    Long(Vec<i64>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    String(Vec<String>),
    Binary(Vec<Vec<u8>>),
    /// Nanoseconds since 1970 UTC.
    Datetime(Vec<i64>),
}

impl Values {
    /// Returns how many there are.
    pub const fn len(&self) -> usize {
        match self {
            Self::Boolean(all) => all.len(),
            Self::Integer(all) => all.len(),
            Self::Long(all) | Self::Datetime(all) => all.len(),
            Self::Float(all) => all.len(),
            Self::Double(all) => all.len(),
            Self::String(all) => all.len(),
            Self::Binary(all) => all.len(),
        }
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the type.
    pub const fn kind(&self) -> Scalar {
        match self {
            Self::Boolean(_) => Scalar::Boolean,
            Self::Integer(_) => Scalar::Integer,
            Self::Long(_) => Scalar::Long,
            Self::Float(_) => Scalar::Float,
            Self::Double(_) => Scalar::Double,
            Self::String(_) => Scalar::String,
            Self::Binary(_) => Scalar::Binary,
            Self::Datetime(_) => Scalar::Datetime,
        }
    }
}

/// Does the same for values of every type.
macro_rules! each {
    ($values:expr, $all:ident => $made:expr) => {
        match $values {
            Values::Boolean($all) => Values::Boolean($made),
            Values::Integer($all) => Values::Integer($made),
            Values::Long($all) => Values::Long($made),
            Values::Float($all) => Values::Float($made),
            Values::Double($all) => Values::Double($made),
            Values::String($all) => Values::String($made),
            Values::Binary($all) => Values::Binary($made),
            Values::Datetime($all) => Values::Datetime($made),
        }
    };
}

impl Values {
    fn part(&self, range: Range<usize>) -> Self {
        each!(self, all => all[range].to_vec())
    }

    /// Adds those of `other`, which has the same type.
    fn append(&mut self, other: &Self) {
        match (self, other) {
            (Self::Boolean(all), Self::Boolean(more)) => all.extend_from_slice(more),
            (Self::Integer(all), Self::Integer(more)) => all.extend_from_slice(more),
            (Self::Float(all), Self::Float(more)) => all.extend_from_slice(more),
            (Self::Double(all), Self::Double(more)) => all.extend_from_slice(more),
            (Self::String(all), Self::String(more)) => all.extend_from_slice(more),
            (Self::Binary(all), Self::Binary(more)) => all.extend_from_slice(more),
            (Self::Long(all), Self::Long(more)) | (Self::Datetime(all), Self::Datetime(more)) => {
                all.extend_from_slice(more);
            }
            // `Table::new` then finds the lengths to differ.
            _ => {}
        }
    }
}

impl Column {
    /// Returns a column in which no value is missing.
    pub fn new(name: &str, values: Values) -> Self {
        Self { name: name.to_owned(), values, missing: None }
    }

    /// Whether the value in a row is missing.
    pub fn is_missing(&self, row: usize) -> bool {
        self.missing.as_ref().is_some_and(|missing| missing.get(row) == Some(&true))
    }
}

impl Table {
    /// Returns a table, once its columns have one length and different names.
    pub fn new(columns: Vec<Column>) -> Result<Self, Error> {
        let rows = columns.first().map_or(0, |column| column.values.len());
        let mut names = std::collections::HashSet::new();
        for column in &columns {
            let missing = column.missing.as_ref().map_or(rows, Vec::len);
            let reason = if column.values.len() != rows || missing != rows {
                format!("{} values where the first column has {rows}", column.values.len())
            } else if !names.insert(&column.name) {
                "two columns have this name".to_owned()
            } else {
                continue;
            };
            return Err(Error::BadInput { name: column.name.clone(), reason });
        }
        Ok(Self { columns, rows })
    }

    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// Tells whether another table has the same columns, whatever their values.
    pub fn is_like(&self, other: &Self) -> bool {
        let like = |(one, other): (&Column, &Column)| {
            one.name == other.name && one.values.kind() == other.values.kind()
        };
        self.columns.len() == other.columns.len()
            && self.columns.iter().zip(&other.columns).all(like)
    }

    /// Returns tables with the same columns, one below the other.
    pub fn stack(parts: &[&Self]) -> Result<Self, Error> {
        let (first, rest) = parts
            .split_first()
            .map_or((&[][..], &[][..]), |(first, rest)| (&first.columns[..], rest));
        let mut columns = first.to_vec();
        for (place, column) in columns.iter_mut().enumerate() {
            for part in rest {
                let Some(own) = part.columns.get(place) else { continue };
                if column.missing.is_some() || own.missing.is_some() {
                    let gone = |one: &Column| vec![false; one.values.len()];
                    let more = own.missing.clone().unwrap_or_else(|| gone(own));
                    let before = gone(column);
                    column.missing.get_or_insert(before).extend(more);
                }
                column.values.append(&own.values);
            }
        }
        Self::new(columns)
    }

    /// Returns some of the rows, which must be there.
    pub fn part(&self, range: Range<usize>) -> Self {
        let part = |column: &Column| Column {
            name: column.name.clone(),
            values: column.values.part(range.clone()),
            missing: column.missing.as_ref().map(|missing| missing[range.clone()].to_vec()),
        };
        Self { columns: self.columns.iter().map(part).collect(), rows: range.len() }
    }

    /// Returns the column with a name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}
