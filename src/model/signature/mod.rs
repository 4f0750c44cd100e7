//! The signature of a model: what it takes, what it gives, and which parameters change how. As MLflow keeps it, in `MLmodel`.
//!
//! ```text
//! inputs   [{"type": "double", "name": "age", "required": true}, …]                       columns of a table, or
//!          [{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 4]}}]    tensors
//! outputs  the same
//! params   [{"name": "t", "type": "double", "default": 0.5, "shape": null}, …]
//! ```

mod dtype;
mod read;
mod write;

use serde_json::Value;

pub use dtype::Dtype;

/// What a model takes, gives, and may be told. A side that is not known is nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Signature {
    pub inputs: Option<Schema>,
    pub outputs: Option<Schema>,
    pub params: Vec<Param>,
}

/// One side of a model.
#[derive(Debug, Clone, PartialEq)]
pub enum Schema {
    Columns(Vec<Column>),
    Tensors(Vec<Tensor>),
}

/// A column of a table. Without a name the place counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub name: Option<String>,
    pub kind: Type,
    /// Whether the column must be there, and have a value in every row.
    pub required: bool,
}

/// What a value of a column is.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    Scalar(Scalar),
    Array(Box<Self>),
    Object(Vec<Property>),
    Map(Box<Self>),
    Any,
    /// A vector of Spark ML: numbers.
    SparkVector,
}

/// A single value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scalar {
    Boolean,
    /// 32 bits.
    Integer,
    /// 64 bits.
    Long,
    /// 32 bits.
    Float,
    /// 64 bits.
    Double,
    String,
    Binary,
    Datetime,
}

/// A field of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    pub name: String,
    pub kind: Type,
    pub required: bool,
}

/// A tensor; -1 in its shape means any length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tensor {
    pub name: Option<String>,
    pub dtype: Dtype,
    pub shape: Vec<i64>,
}

/// A parameter of a call, with what holds where the call does not say.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    pub name: String,
    /// A scalar or an object.
    pub kind: Type,
    pub default: Value,
    /// A list of any length where it is `[-1]`; a single value where there is none.
    pub shape: Option<Vec<i64>>,
}

/// Why a text is no signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct ParseError {
    /// Such as `inputs, column 3`.
    pub place: String,
    pub reason: String,
}

impl Signature {
    /// Tells whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.inputs.is_none() && self.outputs.is_none() && self.params.is_empty()
    }
}

impl Schema {
    /// Returns how many columns or tensors there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Columns(columns) => columns.len(),
            Self::Tensors(tensors) => tensors.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the names in their order; nothing where one has none.
    pub fn names(&self) -> Option<Vec<&str>> {
        match self {
            Self::Columns(columns) => columns.iter().map(|one| one.name.as_deref()).collect(),
            Self::Tensors(tensors) => tensors.iter().map(|one| one.name.as_deref()).collect(),
        }
    }
}

impl Column {
    /// Returns a required column of single values.
    pub fn scalar(name: impl Into<String>, kind: Scalar) -> Self {
        Self { name: Some(name.into()), kind: Type::Scalar(kind), required: true }
    }
}

impl Scalar {
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

    /// Returns MLflow's word.
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

    /// Reads MLflow's word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scalar| scalar.as_str() == text)
    }
}
