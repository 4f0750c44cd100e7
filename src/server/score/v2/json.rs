//! Requests and answers in JSON, with tensors in it or in bytes behind it.
//!
//! ```text
//! {"id"?, "parameters"?, "inputs": [{"name", "shape", "datatype", "parameters"?, "data"?}], "outputs"?: [{"name", "parameters"?}]}
//! tensors in bytes, one after the other: little-endian, row by row; text as its length in four bytes and then itself
//! ```

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};

use super::tensors::Output;
use super::{Asks, Form, Wanted, kind};
use crate::model::score::{Data, Element, Tensor};
use crate::server::score::call::Answer;
use crate::server::score::load::Loaded;
use crate::server::score::wire::cells::{Cell, Cells};
use crate::server::score::wire::json::{self, MOST_COLUMNS};
use crate::server::score::wire::nest::{CellSeed, Nest};
use crate::server::score::wire::{cast, write};

/// Parameters are few.
const MOST_PARAMETERS: usize = 1000;

#[derive(Debug, Deserialize)]
struct Request {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    parameters: Parameters,
    inputs: Few<Input>,
    #[serde(default)]
    outputs: Option<Few<Named>>,
}

#[derive(Debug, Deserialize)]
struct Input {
    name: String,
    shape: Few<i64>,
    datatype: String,
    #[serde(default)]
    parameters: Parameters,
    #[serde(default)]
    data: Option<Nest>,
}

#[derive(Debug, Deserialize)]
struct Named {
    name: String,
    #[serde(default)]
    parameters: Parameters,
}

/// Reads a request whose first `header` bytes are JSON, or all of it.
pub(super) fn read(body: &Bytes, header: Option<usize>) -> Result<Asks, String> {
    let header = header.unwrap_or(body.len());
    if header > body.len() {
        return Err(format!(
            "Inference-Header-Content-Length is {header} where the body has {} bytes",
            body.len()
        ));
    }
    let parse = |text: &[u8]| serde_json::from_slice::<Request>(text);
    let request = json::lenient(&body[..header], parse)
        .map_err(|error| format!("failed to parse the request JSON buffer: {error}"))?;
    let mut rest = &body[header..];
    let mut inputs = Vec::with_capacity(request.inputs.0.len());
    for input in request.inputs.0 {
        inputs.push((input.name.clone(), input.tensor(&mut rest)?));
    }
    if !rest.is_empty() {
        return Err(format!("{} bytes follow those that the inputs name", rest.len()));
    }
    let binary = request.parameters.flag("binary_data_output")?.unwrap_or(false);
    let outputs = request.outputs.map(|all| all.0).unwrap_or_default();
    let outputs = outputs.into_iter().map(|one| {
        one.parameters.refuse(&["classification", "shared_memory_region"])?;
        let own = one.parameters.flag("binary_data")?.unwrap_or(binary);
        Ok((one.name, own))
    });
    Ok(Asks {
        id: request.id.unwrap_or_default(),
        inputs,
        params: request.parameters.0,
        wanted: Wanted { outputs: outputs.collect::<Result<_, String>>()?, binary },
        form: Form::Json,
    })
}

impl Input {
    fn tensor(self, rest: &mut &[u8]) -> Result<Tensor, String> {
        let name = self.name.escape_debug().to_string();
        let wrong = |error: String| format!("input `{name}`: {error}");
        let element = kind::parse(&self.datatype).map_err(wrong)?;
        self.parameters.refuse(&["shared_memory_region"])?;
        let data = match (self.parameters.size("binary_data_size")?, self.data) {
            (Some(size), None) => {
                let (own, after) = rest.split_at_checked(size).ok_or_else(|| {
                    wrong(format!("binary_data_size is {size} where {} bytes are left", rest.len()))
                })?;
                *rest = after;
                packed(element, own).map_err(wrong)?
            }
            (None, Some(nest)) if nest.ragged => {
                return Err(wrong("its lists differ in length".to_owned()));
            }
            (None, Some(nest)) => typed(element, nest.cells).map_err(wrong)?,
            (Some(_), Some(_)) => {
                return Err(wrong("both `data` and `binary_data_size` are given".to_owned()));
            }
            (None, None) => return Err(wrong("there is no `data`".to_owned())),
        };
        shaped(&self.shape.0, data).map_err(wrong)
    }
}

/// Returns a tensor, once its shape is one and tells as many elements as there are.
pub(super) fn shaped(shape: &[i64], data: Data) -> Result<Tensor, String> {
    let dims: Option<Vec<usize>> = shape.iter().map(|dim| usize::try_from(*dim).ok()).collect();
    let dims = dims.ok_or_else(|| format!("{shape:?} is no shape of a tensor"))?;
    let has = data.len();
    Tensor::new(&dims, data)
        .map_err(|_| format!("shape {shape:?} does not tell the {has} elements that are given"))
}

/// Reads elements in bytes.
pub(super) fn packed(element: Element, bytes: &[u8]) -> Result<Data, String> {
    if element != Element::Str {
        return Data::from_bytes(element, bytes)
            .ok_or_else(|| format!("{} bytes are no {}", bytes.len(), kind::name(element)));
    }
    let (mut rest, mut all) = (bytes, vec![]);
    while !rest.is_empty() {
        let cut = || "its text is cut off".to_owned();
        let (length, after) = rest.split_first_chunk::<4>().ok_or_else(cut)?;
        let (own, after) =
            after.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or_else(cut)?;
        all.push(text(own)?);
        rest = after;
    }
    Ok(Data::Str(all))
}

/// Returns bytes as text.
pub(super) fn text(bytes: &[u8]) -> Result<String, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "its bytes are no UTF-8".to_owned())?;
    Ok(text.to_owned())
}

/// Returns elements of a type, where values are of that type and none changes by it.
fn typed(element: Element, cells: Cells) -> Result<Data, String> {
    let fits = match (&cells, element) {
        (_, Element::F16 | Element::Bf16) => {
            return Err(format!("{} comes in bytes only", kind::name(element)));
        }
        (Cells::Nulls(0), _) => true,
        (Cells::Bools(_), Element::Bool) | (Cells::Texts(_), Element::Str) => true,
        (Cells::Ints(_) | Cells::Floats(_) | Cells::Nulls(_), Element::F32 | Element::F64) => true,
        (Cells::Ints(_), element) => !matches!(element, Element::Bool | Element::Str),
        _ => false,
    };
    let wrong = || format!("a value is no {}", kind::name(element));
    if !fits {
        return Err(wrong());
    }
    cast::elements(cells, &kind::dtype(element)).map_err(|_| wrong())
}

/// Writes an answer.
pub(super) fn write(outputs: &[Output], id: &str, loaded: &Loaded) -> Answer {
    let mut out = Vec::with_capacity(256);
    out.extend_from_slice(b"{\"model_name\":");
    write::text(&mut out, &loaded.name);
    out.extend_from_slice(format!(",\"model_version\":\"{}\"", loaded.number).as_bytes());
    if !id.is_empty() {
        out.extend_from_slice(b",\"id\":");
        write::text(&mut out, id);
    }
    let from = out.len();
    out.extend_from_slice(b",\"outputs\":[");
    let mut tensors = vec![];
    for (place, output) in outputs.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        one(&mut out, &mut tensors, output);
    }
    out.extend_from_slice(b"]}");
    let header = out.len();
    if !outputs.iter().any(|output| output.binary) {
        return Answer { from, ..Answer::json(out) };
    }
    out.append(&mut tensors);
    Answer { from, header: Some(header), ..Answer::new("application/octet-stream", out) }
}

fn one(out: &mut Vec<u8>, tensors: &mut Vec<u8>, output: &Output) {
    out.extend_from_slice(b"{\"name\":");
    write::text(out, &output.name);
    let (kind, shape) = (kind::name(output.tensor.element()), output.tensor.shape());
    let shape = shape.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
    out.extend_from_slice(format!(",\"datatype\":\"{kind}\",\"shape\":[{shape}]").as_bytes());
    let before = tensors.len();
    if output.binary {
        bytes(tensors, output.tensor.data());
    }
    let size = output.binary.then(|| format!("\"binary_data_size\":{}", tensors.len() - before));
    if output.keys.is_some() || size.is_some() {
        out.extend_from_slice(b",\"parameters\":{");
        if let Some(keys) = &output.keys {
            out.extend_from_slice(b"\"classes\":");
            write::text(out, keys);
            out.extend_from_slice(if size.is_some() { b"," } else { b"" });
        }
        out.extend_from_slice(size.unwrap_or_default().as_bytes());
        out.push(b'}');
    }
    if !output.binary {
        out.extend_from_slice(b",\"data\":[");
        for at in 0..output.tensor.len() {
            if at > 0 {
                out.push(b',');
            }
            write::element(out, output.tensor.data(), at);
        }
        out.push(b']');
    }
    out.push(b'}');
}

/// Writes elements in bytes.
pub(super) fn bytes(out: &mut Vec<u8>, data: &Data) {
    match data {
        Data::Str(all) => {
            for one in all {
                out.extend_from_slice(&(one.len() as u32).to_le_bytes());
                out.extend_from_slice(one.as_bytes());
            }
        }
        other => out.extend(other.to_bytes().unwrap_or_default()),
    }
}

/// Single values by name; what is no single value is kept as that.
#[derive(Debug, Default)]
pub(super) struct Parameters(Vec<(String, Cell)>);

impl Parameters {
    fn get(&self, name: &str) -> Option<&Cell> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, cell)| cell)
    }

    fn flag(&self, name: &str) -> Result<Option<bool>, String> {
        match self.get(name) {
            None => Ok(None),
            Some(Cell::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(format!("parameter `{name}` is neither true nor false")),
        }
    }

    fn size(&self, name: &str) -> Result<Option<usize>, String> {
        let size = match self.get(name) {
            None => return Ok(None),
            Some(Cell::Int(size)) => usize::try_from(*size).ok(),
            Some(_) => None,
        };
        size.map(Some).ok_or_else(|| format!("parameter `{name}` is no size"))
    }

    fn refuse(&self, names: &[&str]) -> Result<(), String> {
        match names.iter().find(|name| self.get(name).is_some()) {
            Some(name) => Err(format!("parameter `{name}` is not supported")),
            None => Ok(()),
        }
    }
}

impl<'de> Deserialize<'de> for Parameters {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Parameters;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("parameters by name")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Parameters, E> {
                Ok(Parameters::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parameters, A::Error> {
                let mut all = vec![];
                while let Some(name) = map.next_key::<String>()? {
                    if all.len() == MOST_PARAMETERS {
                        return Err(A::Error::custom("too many parameters"));
                    }
                    all.push((name, map.next_value_seed(CellSeed)?));
                }
                Ok(Parameters(all))
            }
        }
        from.deserialize_any(Fields)
    }
}

/// A list that is no longer than there can be columns.
#[derive(Debug)]
struct Few<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Few<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct List<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
            type Value = Few<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Few<T>, A::Error> {
                let mut all = vec![];
                while let Some(one) = list.next_element()? {
                    if all.len() == MOST_COLUMNS {
                        return Err(A::Error::custom("too many in one list"));
                    }
                    all.push(one);
                }
                Ok(Few(all))
            }
        }
        from.deserialize_seq(List(PhantomData))
    }
}
