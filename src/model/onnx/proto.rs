//! Messages of onnx.proto, as far as they say what a model takes, gives, holds and does.

use super::wire::{Fields, Value};
use super::{Error, Tensor};

/// Graphs in attributes of nodes of graphs: more than this is no model that a person made.
const DEEPEST: usize = 16;
/// Nodes, weights and attributes are far larger in memory than two bytes on disk can be.
const MOST: usize = 400_000;

/// A model as its file tells it; borrows the bytes of the file.
#[derive(Debug, Clone, Default)]
pub struct Model<'a> {
    pub ir_version: i64,
    pub producer: &'a str,
    pub producer_version: &'a str,
    pub domain: &'a str,
    pub model_version: i64,
    pub doc: &'a str,
    /// Domains of operators (empty: `ai.onnx`) and their versions.
    pub opsets: Vec<(&'a str, i64)>,
    /// What the maker wrote beside it.
    pub metadata: Vec<(&'a str, &'a str)>,
    /// Functions that the model brings are counted, not read.
    pub functions: usize,
    pub graph: Graph<'a>,
}

/// Nodes in order, and what goes in and comes out.
#[derive(Debug, Clone, Default)]
pub struct Graph<'a> {
    pub name: &'a str,
    pub nodes: Vec<Node<'a>>,
    pub initializers: Vec<Tensor<'a>>,
    /// Sparse weights are counted, not read.
    pub sparse: usize,
    /// Inputs as declared: old files name weights here as well, see [`Graph::true_inputs`].
    pub inputs: Vec<ValueInfo<'a>>,
    pub outputs: Vec<ValueInfo<'a>>,
}

/// One operation.
#[derive(Debug, Clone, Default)]
pub struct Node<'a> {
    pub name: &'a str,
    pub operator: &'a str,
    pub domain: &'a str,
    /// An empty name is an optional input that is left out.
    pub inputs: Vec<&'a str>,
    pub outputs: Vec<&'a str>,
    pub attributes: Vec<(&'a str, Attribute<'a>)>,
}

/// The value of an attribute.
#[derive(Debug, Clone)]
pub enum Attribute<'a> {
    Float(f32),
    Int(i64),
    String(&'a [u8]),
    Tensor(Tensor<'a>),
    Graph(Graph<'a>),
    Floats(Vec<f32>),
    Ints(Vec<i64>),
    Strings(Vec<&'a [u8]>),
    /// Lists of tensors and graphs, sparse tensors, types: no operator that we know takes them.
    Other,
}

/// The name and type of an input or output.
#[derive(Debug, Clone, Default)]
pub struct ValueInfo<'a> {
    pub name: &'a str,
    pub kind: Kind<'a>,
}

/// What a value is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Kind<'a> {
    /// `shape` is `None` where even the rank is open.
    Tensor {
        element: i32,
        shape: Option<Vec<Dim<'a>>>,
    },
    Sequence(Box<Self>),
    Map {
        key: i32,
        value: Box<Self>,
    },
    #[default]
    Unknown,
}

/// One dimension of a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dim<'a> {
    Known(u64),
    Symbol(&'a str),
    Unknown,
}

/// Reads the `ModelProto` in `bytes`.
pub fn read(bytes: &[u8]) -> Result<Model<'_>, Error> {
    let mut model = Model::default();
    let mut graph = None;
    let mut room = MOST;
    for field in Fields::of(bytes) {
        let (number, value) = field?;
        match number {
            1 => model.ir_version = value.int()?,
            2 => model.producer = value.text()?,
            3 => model.producer_version = value.text()?,
            4 => model.domain = value.text()?,
            5 => model.model_version = value.int()?,
            6 => model.doc = value.text()?,
            7 => graph = Some(read_graph(value.bytes()?, DEEPEST, &mut room)?),
            8 => model.opsets.push(opset(value.bytes()?)?),
            14 => model.metadata.push(pair(value.bytes()?)?),
            25 => model.functions += 1,
            _ => {}
        }
        bound(model.opsets.len() + model.metadata.len(), "notes", 10_000)?;
    }
    model.graph = graph.ok_or(Error::Missing("it has no graph"))?;
    if model.opsets.is_empty() && model.ir_version >= 3 {
        return Err(Error::Missing("it names no version of operators"));
    }
    Ok(model)
}

fn bound(count: usize, what: &'static str, limit: usize) -> Result<(), Error> {
    if count > limit { Err(Error::TooMany { what, limit }) } else { Ok(()) }
}

fn spend(room: &mut usize) -> Result<(), Error> {
    *room = room.checked_sub(1).ok_or(Error::TooMany { what: "parts", limit: MOST })?;
    Ok(())
}

fn opset(bytes: &[u8]) -> Result<(&str, i64), Error> {
    let mut opset = ("", 1);
    for field in Fields::of(bytes) {
        match field? {
            (1, value) => opset.0 = value.text()?,
            (2, value) => opset.1 = value.int()?,
            _ => {}
        }
    }
    Ok(opset)
}

/// Reads a `StringStringEntryProto`.
pub(super) fn pair(bytes: &[u8]) -> Result<(&str, &str), Error> {
    let mut pair = ("", "");
    for field in Fields::of(bytes) {
        match field? {
            (1, value) => pair.0 = value.text()?,
            (2, value) => pair.1 = value.text()?,
            _ => {}
        }
    }
    Ok(pair)
}

fn read_graph<'a>(bytes: &'a [u8], depth: usize, room: &mut usize) -> Result<Graph<'a>, Error> {
    let depth = depth.checked_sub(1).ok_or(Error::TooDeep(DEEPEST))?;
    let mut graph = Graph::default();
    for field in Fields::of(bytes) {
        let (number, value) = field?;
        match number {
            1 => graph.nodes.push(node(value.bytes()?, depth, room)?),
            2 => graph.name = value.text()?,
            5 => graph.initializers.push(Tensor::read(value.bytes()?)?),
            11 => graph.inputs.push(value_info(value.bytes()?)?),
            12 => graph.outputs.push(value_info(value.bytes()?)?),
            15 => graph.sparse += 1,
            _ => continue,
        }
        spend(room)?;
    }
    Ok(graph)
}

fn node<'a>(bytes: &'a [u8], depth: usize, room: &mut usize) -> Result<Node<'a>, Error> {
    let mut node = Node::default();
    for field in Fields::of(bytes) {
        let (number, value) = field?;
        match number {
            1 => node.inputs.push(value.text()?),
            2 => node.outputs.push(value.text()?),
            3 => node.name = value.text()?,
            4 => node.operator = value.text()?,
            5 => {
                spend(room)?;
                node.attributes.push(attribute(value.bytes()?, depth, room)?);
            }
            7 => node.domain = value.text()?,
            _ => {}
        }
    }
    Ok(node)
}

/// Everything that an `AttributeProto` can hold, before its type says which of it counts.
#[derive(Debug, Default)]
struct Held<'a> {
    kind: i64,
    float: Option<f32>,
    int: Option<i64>,
    string: Option<&'a [u8]>,
    tensor: Option<Tensor<'a>>,
    graph: Option<Graph<'a>>,
    floats: Vec<f32>,
    ints: Vec<i64>,
    strings: Vec<&'a [u8]>,
}

fn attribute<'a>(
    bytes: &'a [u8],
    depth: usize,
    room: &mut usize,
) -> Result<(&'a str, Attribute<'a>), Error> {
    let mut name = "";
    let mut held = Held::default();
    for field in Fields::of(bytes) {
        let (number, value) = field?;
        match number {
            1 => name = value.text()?,
            2 => held.float = Some(value.float()?),
            3 => held.int = Some(value.int()?),
            4 => held.string = Some(value.bytes()?),
            5 => held.tensor = Some(Tensor::read(value.bytes()?)?),
            6 => held.graph = Some(read_graph(value.bytes()?, depth, room)?),
            7 => value.floats_into(&mut held.floats)?,
            8 => value.ints_into(&mut held.ints)?,
            9 => held.strings.push(value.bytes()?),
            20 => held.kind = value.int()?,
            _ => {}
        }
    }
    Ok((name, held.value()))
}

impl<'a> Held<'a> {
    fn value(self) -> Attribute<'a> {
        match self.kind {
            0 => self.untyped(),
            1 => Attribute::Float(self.float.unwrap_or_default()),
            2 => Attribute::Int(self.int.unwrap_or_default()),
            3 => Attribute::String(self.string.unwrap_or_default()),
            4 => self.tensor.map_or(Attribute::Other, Attribute::Tensor),
            5 => self.graph.map_or(Attribute::Other, Attribute::Graph),
            6 => Attribute::Floats(self.floats),
            7 => Attribute::Ints(self.ints),
            8 => Attribute::Strings(self.strings),
            _ => Attribute::Other,
        }
    }

    /// Files of the first versions do not say of which type an attribute is.
    fn untyped(self) -> Attribute<'a> {
        if let Some(float) = self.float {
            Attribute::Float(float)
        } else if let Some(int) = self.int {
            Attribute::Int(int)
        } else if let Some(string) = self.string {
            Attribute::String(string)
        } else if let Some(tensor) = self.tensor {
            Attribute::Tensor(tensor)
        } else if let Some(graph) = self.graph {
            Attribute::Graph(graph)
        } else if !self.floats.is_empty() {
            Attribute::Floats(self.floats)
        } else if !self.ints.is_empty() {
            Attribute::Ints(self.ints)
        } else if !self.strings.is_empty() {
            Attribute::Strings(self.strings)
        } else {
            Attribute::Other
        }
    }
}

fn value_info(bytes: &[u8]) -> Result<ValueInfo<'_>, Error> {
    let mut info = ValueInfo::default();
    for field in Fields::of(bytes) {
        match field? {
            (1, value) => info.name = value.text()?,
            (2, value) => info.kind = kind(value.bytes()?, DEEPEST)?,
            _ => {}
        }
    }
    Ok(info)
}

fn kind(bytes: &[u8], depth: usize) -> Result<Kind<'_>, Error> {
    let depth = depth.checked_sub(1).ok_or(Error::TooDeep(DEEPEST))?;
    let mut found = Kind::Unknown;
    for field in Fields::of(bytes) {
        let (number, value) = field?;
        found = match number {
            1 => tensor_kind(value.bytes()?)?,
            4 | 9 => {
                let inner = first_message(value.bytes()?, 1)?;
                Kind::Sequence(Box::new(kind(inner, depth)?))
            }
            5 => map_kind(value.bytes()?, depth)?,
            _ => continue,
        };
    }
    Ok(found)
}

fn first_message(bytes: &[u8], wanted: u32) -> Result<&[u8], Error> {
    for field in Fields::of(bytes) {
        let (number, value) = field?;
        if number == wanted {
            return value.bytes();
        }
    }
    Ok(&[])
}

fn map_kind(bytes: &[u8], depth: usize) -> Result<Kind<'_>, Error> {
    let mut key = 0;
    for field in Fields::of(bytes) {
        if let (1, value) = field? {
            key = narrow(value)?;
        }
    }
    let value = kind(first_message(bytes, 2)?, depth)?;
    Ok(Kind::Map { key, value: Box::new(value) })
}

/// Reads a number of an enumeration.
pub(super) fn narrow(value: Value<'_>) -> Result<i32, Error> {
    i32::try_from(value.int()?).map_err(|_| Error::Missing("a number of a type is too large"))
}

fn tensor_kind(bytes: &[u8]) -> Result<Kind<'_>, Error> {
    let (mut element, mut shape) = (0, None);
    for field in Fields::of(bytes) {
        match field? {
            (1, value) => element = narrow(value)?,
            (2, value) => shape = Some(dims(value.bytes()?)?),
            _ => {}
        }
    }
    Ok(Kind::Tensor { element, shape })
}

fn dims(bytes: &[u8]) -> Result<Vec<Dim<'_>>, Error> {
    let mut dims = vec![];
    for field in Fields::of(bytes) {
        let (1, value) = field? else { continue };
        let mut dim = Dim::Unknown;
        for field in Fields::of(value.bytes()?) {
            dim = match field? {
                (1, value) => u64::try_from(value.int()?).map_or(Dim::Unknown, Dim::Known),
                (2, value) if !value.text()?.is_empty() => Dim::Symbol(value.text()?),
                _ => continue,
            };
        }
        dims.push(dim);
        bound(dims.len(), "dimensions", 64)?;
    }
    Ok(dims)
}

impl<'a> Graph<'a> {
    /// Returns the inputs that a caller must give: not those for which the file holds a weight.
    pub fn true_inputs(&self) -> impl Iterator<Item = &ValueInfo<'a>> {
        let held: std::collections::HashSet<_> =
            self.initializers.iter().map(|tensor| tensor.name).collect();
        self.inputs.iter().filter(move |input| !held.contains(input.name))
    }
}
