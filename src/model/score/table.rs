//! Tables: columns by name, with the types that MLflow's signatures know, and which of their values are missing.

use super::Error;

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

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    Boolean,
    Integer,
    Long,
    Float,
    Double,
    String,
    Binary,
    Datetime,
}

impl ColumnKind {
    pub const ALL: [Self; 8] = [
        Self::Boolean,
        Self::Integer,
        Self::Long,
        Self::Float,
        Self::Double,
        Self::String,
        Self::Binary,
        Self::Datetime,
    ];

    /// Returns the word that signatures use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Long => "long",
            Self::Float => "float",
            Self::Double => "double",
            Self::String => "string",
            Self::Binary => "binary",
            Self::Datetime => "datetime",
        }
    }

    /// Returns the type that a signature names.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
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
    pub const fn kind(&self) -> ColumnKind {
        match self {
            Self::Boolean(_) => ColumnKind::Boolean,
            Self::Integer(_) => ColumnKind::Integer,
            Self::Long(_) => ColumnKind::Long,
            Self::Float(_) => ColumnKind::Float,
            Self::Double(_) => ColumnKind::Double,
            Self::String(_) => ColumnKind::String,
            Self::Binary(_) => ColumnKind::Binary,
            Self::Datetime(_) => ColumnKind::Datetime,
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
