//! Tensors in the messages of gRPC: their elements in fields of their types, or all in bytes.

use bytes::Bytes;
use prost::Message as _;

use super::message::{
    Contents, ModelInferRequest, ModelInferResponse, Parameter, Tensor as Wire, Value,
};
use super::tensors::Output;
use super::{Asks, Form, Wanted, json, kind};
use crate::model::score::{Data, Element, Tensor};
use crate::server::score::call::Answer;
use crate::server::score::load::Loaded;
use crate::server::score::wire::cells::Cell;

/// What a client may not ask for.
const REFUSED: [&str; 2] = ["classification", "shared_memory_region"];

/// Reads a request.
pub(super) fn read(message: &ModelInferRequest) -> Result<Asks, String> {
    let raw = &message.raw_input_contents;
    if !raw.is_empty() && raw.len() != message.inputs.len() {
        let (has, wants) = (raw.len(), message.inputs.len());
        return Err(format!("raw_input_contents has {has} entries for {wants} inputs"));
    }
    let mut inputs = Vec::with_capacity(message.inputs.len());
    for (place, input) in message.inputs.iter().enumerate() {
        let wrong = |error| format!("input `{}`: {error}", input.name.escape_debug());
        refuse(&input.parameters)?;
        let element = kind::parse(&input.datatype).map_err(wrong)?;
        let data = match (raw.get(place), &input.contents) {
            (Some(_), Some(_)) => Err("both raw_input_contents and contents are given".to_owned()),
            (Some(bytes), None) => json::packed(element, bytes),
            (None, Some(contents)) => typed(element, contents),
            (None, None) => Ok(element.none()),
        };
        let tensor = data.and_then(|data| json::shaped(&input.shape, data)).map_err(wrong)?;
        inputs.push((input.name.clone(), tensor));
    }
    let mut outputs = vec![];
    for output in &message.outputs {
        refuse(&output.parameters)?;
        outputs.push((output.name.clone(), false));
    }
    Ok(Asks {
        id: message.id.clone(),
        inputs,
        params: message.parameters.iter().map(|one| (one.key.clone(), cell(one))).collect(),
        wanted: Wanted { outputs, binary: false },
        // Elements come back as they came.
        form: Form::Message { raw: !raw.is_empty() },
    })
}

fn refuse(parameters: &[Parameter]) -> Result<(), String> {
    match parameters.iter().find(|one| REFUSED.contains(&one.key.as_str())) {
        Some(one) => Err(format!("parameter `{}` is not supported", one.key)),
        None => Ok(()),
    }
}

fn cell(parameter: &Parameter) -> Cell {
    match &parameter.value {
        Some(Value { flag: Some(flag), .. }) => Cell::Bool(*flag),
        Some(Value { int: Some(int), .. }) => Cell::Int(*int),
        Some(Value { text: Some(text), .. }) => Cell::Text(text.clone()),
        Some(Value { double: Some(double), .. }) => Cell::Float(*double),
        Some(Value { uint: Some(uint), .. }) => {
            i64::try_from(*uint).map_or(Cell::Float(*uint as f64), Cell::Int)
        }
        _ => Cell::Null,
    }
}

fn typed(element: Element, contents: &Contents) -> Result<Data, String> {
    fn narrow<T: Copy, N: TryFrom<T>>(all: &[T]) -> Result<Vec<N>, String> {
        let narrowed = all.iter().map(|one| N::try_from(*one).ok()).collect::<Option<_>>();
        narrowed.ok_or_else(|| "a value is out of range".to_owned())
    }
    Ok(match element {
        Element::Bool => Data::Bool(contents.bools.clone()),
        Element::I8 => Data::I8(narrow(&contents.ints)?),
        Element::I16 => Data::I16(narrow(&contents.ints)?),
        Element::I32 => Data::I32(contents.ints.clone()),
        Element::I64 => Data::I64(contents.longs.clone()),
        Element::U8 => Data::U8(narrow(&contents.uints)?),
        Element::U16 => Data::U16(narrow(&contents.uints)?),
        Element::U32 => Data::U32(contents.uints.clone()),
        Element::U64 => Data::U64(contents.ulongs.clone()),
        Element::F32 => Data::F32(contents.floats.clone()),
        Element::F64 => Data::F64(contents.doubles.clone()),
        Element::Str => {
            let all = contents.texts.iter().map(|one| json::text(one));
            Data::Str(all.collect::<Result<_, _>>()?)
        }
        Element::F16 | Element::Bf16 => {
            return Err(format!("{} comes in raw_input_contents only", kind::name(element)));
        }
    })
}

/// Writes an answer.
pub(super) fn write(outputs: Vec<Output>, id: &str, raw: bool, loaded: &Loaded) -> Answer {
    // 16-bit floats have no field of their own, and all tensors come in one way.
    let half = |one: &Output| matches!(one.tensor.element(), Element::F16 | Element::Bf16);
    let raw = raw || outputs.iter().any(half);
    let mut response = ModelInferResponse {
        model_name: loaded.name.clone(),
        model_version: loaded.number.to_string(),
        id: id.to_owned(),
        ..ModelInferResponse::default()
    };
    // What names the version stands first: fields are written in the order of their numbers.
    let from = response.encoded_len();
    for output in outputs {
        let (name, tensor) = (output.name, output.tensor);
        let parameters = output.keys.map(|keys| Parameter {
            key: "classes".to_owned(),
            value: Some(Value { text: Some(keys), ..Value::default() }),
        });
        let shape = tensor.shape().iter().map(|dim| *dim as i64).collect();
        let datatype = kind::name(tensor.element()).to_owned();
        let contents = match raw {
            true => {
                let mut bytes = vec![];
                json::bytes(&mut bytes, tensor.data());
                response.raw_output_contents.push(Bytes::from(bytes));
                None
            }
            false => Some(fields(tensor)),
        };
        let parameters = parameters.into_iter().collect();
        response.outputs.push(Wire { name, datatype, shape, parameters, contents });
    }
    Answer { from, ..Answer::json(response.encode_to_vec()) }
}

fn fields(tensor: Tensor) -> Contents {
    let mut contents = Contents::default();
    match tensor.into_parts().1 {
        Data::Bool(all) => contents.bools = all,
        Data::I8(all) => contents.ints = all.into_iter().map(i32::from).collect(),
        Data::I16(all) => contents.ints = all.into_iter().map(i32::from).collect(),
        Data::I32(all) => contents.ints = all,
        Data::I64(all) => contents.longs = all,
        Data::U8(all) => contents.uints = all.into_iter().map(u32::from).collect(),
        Data::U16(all) => contents.uints = all.into_iter().map(u32::from).collect(),
        Data::U32(all) => contents.uints = all,
        Data::U64(all) => contents.ulongs = all,
        Data::F32(all) => contents.floats = all,
        Data::F64(all) => contents.doubles = all,
        Data::Str(all) => {
            contents.texts = all.into_iter().map(|one| Bytes::from(one.into_bytes())).collect();
        }
        Data::F16(_) | Data::Bf16(_) => {}
    }
    contents
}
