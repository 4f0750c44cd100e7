//! Signatures as MLflow writes them, and as a person reads them.

use std::fmt;

use serde_json::{Map, Value, json};

use super::{Column, Param, Property, Schema, Signature, Tensor, Type};

impl Signature {
    /// Returns `{"inputs": […], "outputs": […], "params": […]}`; null where a side is not known.
    pub fn to_value(&self) -> Value {
        let side = |schema: &Option<Schema>| schema.as_ref().map(Schema::to_value);
        json!({
            "inputs": side(&self.inputs),
            "outputs": side(&self.outputs),
            "params": self.params(),
        })
    }

    /// Returns the same with JSON text for each side, as it stands in `MLmodel`.
    pub fn to_mlmodel(&self) -> Value {
        let text = |value: Value| match value {
            Value::Null => Value::Null,
            value => Value::String(value.to_string()),
        };
        let Value::Object(fields) = self.to_value() else { return Value::Null };
        Value::Object(fields.into_iter().map(|(key, value)| (key, text(value))).collect())
    }

    fn params(&self) -> Option<Vec<Value>> {
        let params: Vec<Value> = self.params.iter().map(Param::to_value).collect();
        (!params.is_empty()).then_some(params)
    }
}

impl Schema {
    /// Returns the list that MLflow keeps.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Columns(columns) => columns.iter().map(Column::to_value).collect(),
            Self::Tensors(tensors) => tensors.iter().map(Tensor::to_value).collect(),
        }
    }
}

impl Column {
    fn to_value(&self) -> Value {
        let mut fields = self.kind.fields();
        if let Some(name) = &self.name {
            fields.insert("name".to_owned(), name.as_str().into());
        }
        fields.insert("required".to_owned(), self.required.into());
        Value::Object(fields)
    }
}

impl Tensor {
    fn to_value(&self) -> Value {
        let about = json!({"dtype": self.dtype.as_str(), "shape": self.shape});
        match &self.name {
            Some(name) => json!({"name": name, "type": "tensor", "tensor-spec": about}),
            None => json!({"type": "tensor", "tensor-spec": about}),
        }
    }
}

impl Param {
    fn to_value(&self) -> Value {
        let mut fields = Map::new();
        fields.insert("name".to_owned(), self.name.as_str().into());
        fields.insert("default".to_owned(), self.default.clone());
        fields.insert("shape".to_owned(), self.shape.clone().into());
        fields.append(&mut self.kind.fields());
        Value::Object(fields)
    }
}

impl Type {
    fn fields(&self) -> Map<String, Value> {
        let value = match self {
            Self::Scalar(scalar) => json!({"type": scalar.as_str()}),
            Self::Array(items) => json!({"type": "array", "items": items.fields()}),
            Self::Map(values) => json!({"type": "map", "values": values.fields()}),
            Self::Object(properties) => {
                let all: Map<_, _> = properties.iter().map(Property::pair).collect();
                json!({"type": "object", "properties": all})
            }
            Self::Any => json!({"type": "any"}),
            Self::SparkVector => json!({"type": "sparkml_vector"}),
        };
        match value {
            Value::Object(fields) => fields,
            _ => Map::new(),
        }
    }
}

impl Property {
    fn pair(&self) -> (String, Value) {
        let mut fields = self.kind.fields();
        fields.insert("required".to_owned(), self.required.into());
        (self.name.clone(), Value::Object(fields))
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar(scalar) => f.write_str(scalar.as_str()),
            Self::Array(items) => write!(f, "[{items}]"),
            Self::Map(values) => write!(f, "map of {values}"),
            Self::Object(properties) => {
                f.write_str("{")?;
                for (at, Property { name, kind, required }) in properties.iter().enumerate() {
                    let comma = if at == 0 { "" } else { ", " };
                    let optional = if *required { "" } else { "?" };
                    write!(f, "{comma}{name}: {kind}{optional}")?;
                }
                f.write_str("}")
            }
            Self::Any => f.write_str("any"),
            Self::SparkVector => f.write_str("vector"),
        }
    }
}

impl fmt::Display for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = |length: &i64| match length {
            -1 => "?".to_owned(),
            length => length.to_string(),
        };
        let shape: Vec<String> = self.shape.iter().map(length).collect();
        write!(f, "{}[{}]", self.dtype, shape.join(", "))
    }
}
