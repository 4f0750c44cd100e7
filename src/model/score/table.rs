//! Tables: columns by name, with the types that MLflow's signatures know, and which of their values are missing.

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

    /// Returns the column with a name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}
