//! Attributes of a node, by name and type, with the defaults of the standard.

use super::graph::Around;
use super::weights::tensor_of;
use crate::model::onnx::{Attribute, Graph, Node, Tensor as Stored};
use crate::model::score::{Data, Error, Tensor};

/// A node whose operator is about to be made.
#[derive(Debug)]
pub(super) struct Given<'a> {
    pub(super) node: &'a Node<'a>,
    /// Version of the operators of the node's domain.
    pub(super) opset: i64,
    pub(super) around: Around<'a>,
}

impl<'a> Given<'a> {
    /// Returns an error that says what is wrong with the node.
    pub(super) fn bad(&self, reason: impl std::fmt::Display) -> Error {
        let Node { operator, name, .. } = self.node;
        Error::BadModel(format!(
            "operator `{}` (node `{}`): {reason}",
            operator.escape_debug(),
            name.escape_debug()
        ))
    }

    /// Returns an error that leaves the model to another engine.
    pub(super) fn unsupported(&self, reason: impl Into<String>) -> Error {
        Error::Unsupported {
            engine: "native",
            operator: self.node.operator.to_owned(),
            node: self.node.name.to_owned(),
            reason: reason.into(),
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<&'a Attribute<'a>> {
        self.node.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    fn wrong(&self, name: &str) -> Error {
        self.bad(format!("attribute `{name}` has another type"))
    }

    pub(super) fn int(&self, name: &str, default: i64) -> Result<i64, Error> {
        match self.find(name) {
            None => Ok(default),
            Some(Attribute::Int(value)) => Ok(*value),
            Some(_) => Err(self.wrong(name)),
        }
    }

    pub(super) fn float(&self, name: &str, default: f32) -> Result<f32, Error> {
        match self.find(name) {
            None => Ok(default),
            Some(Attribute::Float(value)) => Ok(*value),
            Some(_) => Err(self.wrong(name)),
        }
    }

    pub(super) fn text(&self, name: &str, default: &str) -> Result<String, Error> {
        match self.find(name) {
            None => Ok(default.to_owned()),
            Some(Attribute::String(value)) => {
                String::from_utf8(value.to_vec()).map_err(|_| self.wrong(name))
            }
            Some(_) => Err(self.wrong(name)),
        }
    }

    pub(super) fn ints(&self, name: &str) -> Result<Option<&'a [i64]>, Error> {
        match self.find(name) {
            None => Ok(None),
            Some(Attribute::Ints(all)) => Ok(Some(all)),
            Some(Attribute::Other) => Ok(Some(&[])),
            Some(_) => Err(self.wrong(name)),
        }
    }

    pub(super) fn floats(&self, name: &str) -> Result<Option<&'a [f32]>, Error> {
        match self.find(name) {
            None => Ok(None),
            Some(Attribute::Floats(all)) => Ok(Some(all)),
            Some(Attribute::Other) => Ok(Some(&[])),
            Some(_) => Err(self.wrong(name)),
        }
    }

    pub(super) fn strings(&self, name: &str) -> Result<Option<Vec<String>>, Error> {
        match self.find(name) {
            None => Ok(None),
            Some(Attribute::Strings(all)) => {
                let text = |bytes: &&[u8]| String::from_utf8(bytes.to_vec());
                all.iter()
                    .map(text)
                    .collect::<Result<_, _>>()
                    .map(Some)
                    .map_err(|_| self.wrong(name))
            }
            Some(Attribute::Other) => Ok(Some(vec![])),
            Some(_) => Err(self.wrong(name)),
        }
    }

    pub(super) fn tensor(&self, name: &str) -> Result<Option<Tensor>, Error> {
        match self.find(name) {
            None => Ok(None),
            Some(Attribute::Tensor(stored)) => self.read(stored).map(Some),
            Some(_) => Err(self.wrong(name)),
        }
    }

    /// Returns the graph of an operator that runs one.
    pub(super) fn graph(&self, name: &str) -> Result<&'a Graph<'a>, Error> {
        match self.find(name) {
            Some(Attribute::Graph(graph)) => Ok(graph),
            _ => Err(self.bad(format!("no graph `{name}`"))),
        }
    }

    fn read(&self, stored: &Stored<'_>) -> Result<Tensor, Error> {
        tensor_of(stored, self.around.folder)
    }

    /// Returns the first of two lists that is there: `classlabels_int64s` or `classlabels_strings`.
    pub(super) fn labels(&self, ints: &str, strings: &str) -> Result<Option<Data>, Error> {
        if let Some(all) = self.strings(strings)?.filter(|all| !all.is_empty()) {
            return Ok(Some(Data::Str(all)));
        }
        Ok(self.ints(ints)?.filter(|all| !all.is_empty()).map(|all| Data::I64(all.to_vec())))
    }
}
