//! A model with its weights behind it, each at a place where an engine can use it as it lies.
//!
//! ```text
//! model, its large weights told as ranges of a file │ 0…63 bytes │ weight │ 0…63 bytes │ weight …
//!                                                   └ a multiple of 64: where the ranges count from
//! ```

use super::wire::{Fields, Value, put};
use super::{Error, Payload, Tensor};

/// The file that the ranges are of; there is none of this name.
pub const LOCATION: &str = "behind.data";

/// Each weight begins at a multiple of this.
const STEP: u64 = 64;

/// What is smaller stays in the model.
const SMALLEST: usize = 4096;

/// Elements that engines take as they lie: `FLOAT`, `UINT8`, `INT8`, `INT32`.
const PLAIN: [i32; 4] = [1, 2, 3, 6];

/// A model whose large weights are taken out.
#[derive(Debug)]
pub struct Apart<'a> {
    pub model: Vec<u8>,
    /// Where in the file each weight begins, in ascending order.
    pub weights: Vec<(u64, &'a [u8])>,
}

/// Takes large weights out of a model that is known to be read; nothing where it has none, or some in other files.
pub fn apart(bytes: &[u8]) -> Result<Option<Apart<'_>>, Error> {
    let mut weights = vec![];
    let mut model = Vec::new();
    for field in Fields::of(bytes) {
        match field? {
            (7, Value::Bytes(graph)) => {
                let Some(graph) = graph_apart(graph, &mut weights)? else { return Ok(None) };
                put(&mut model, 7, Value::Bytes(&graph));
            }
            (number, value) => put(&mut model, number, value),
        }
    }
    Ok((!weights.is_empty()).then_some(Apart { model, weights }))
}

fn graph_apart<'a>(
    bytes: &'a [u8],
    weights: &mut Vec<(u64, &'a [u8])>,
) -> Result<Option<Vec<u8>>, Error> {
    let mut graph = vec![];
    for field in Fields::of(bytes) {
        let (number, value) = field?;
        let (5, Value::Bytes(whole)) = (number, value) else {
            put(&mut graph, number, value);
            continue;
        };
        let tensor = Tensor::read(whole)?;
        match tensor.payload {
            Payload::External(_) => return Ok(None),
            Payload::Raw(raw) if raw.len() >= SMALLEST && PLAIN.contains(&tensor.element) => {
                let last = weights.last().map_or(0, |(at, weight)| at + weight.len() as u64);
                let at = aligned(last);
                weights.push((at, raw));
                put(&mut graph, 5, Value::Bytes(&told(whole, at, raw.len())?));
            }
            _ => put(&mut graph, number, value),
        }
    }
    Ok(Some(graph))
}

/// Returns the tensor with a range in place of its elements.
fn told(whole: &[u8], at: u64, length: usize) -> Result<Vec<u8>, Error> {
    let mut tensor = vec![];
    for field in Fields::of(whole) {
        let (number, value) = field?;
        if ![9, 13, 14].contains(&number) {
            put(&mut tensor, number, value);
        }
    }
    let (at, length) = (at.to_string(), length.to_string());
    for (key, value) in [("location", LOCATION), ("offset", &at), ("length", &length)] {
        let mut entry = vec![];
        put(&mut entry, 1, Value::Bytes(key.as_bytes()));
        put(&mut entry, 2, Value::Bytes(value.as_bytes()));
        put(&mut tensor, 13, Value::Bytes(&entry));
    }
    put(&mut tensor, 14, Value::Varint(1));
    Ok(tensor)
}

/// Returns the first place for a weight behind so many bytes.
pub const fn aligned(length: u64) -> u64 {
    length.next_multiple_of(STEP)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::onnx::{External, read};

    fn tensor(name: &str, element: u64, raw: &[u8]) -> Vec<u8> {
        let mut tensor = vec![];
        put(&mut tensor, 1, Value::Varint(raw.len() as u64 / 4));
        put(&mut tensor, 2, Value::Varint(element));
        put(&mut tensor, 8, Value::Bytes(name.as_bytes()));
        put(&mut tensor, 9, Value::Bytes(raw));
        tensor
    }

    fn model(tensors: &[Vec<u8>]) -> Vec<u8> {
        let mut graph = vec![];
        tensors.iter().for_each(|tensor| put(&mut graph, 5, Value::Bytes(tensor)));
        put(&mut graph, 2, Value::Bytes(b"made"));
        let mut model = vec![];
        put(&mut model, 1, Value::Varint(8));
        put(&mut model, 7, Value::Bytes(&graph));
        put(&mut model, 8, Value::Bytes(b"\x10\x11"));
        model
    }

    #[test]
    fn large_weights_are_told_as_ranges_that_hold_them() {
        let (first, second, small) = (vec![1; 5000], vec![2; 8192], vec![3; 64]);
        let bytes = model(&[
            tensor("first", 1, &first),
            tensor("small", 1, &small),
            tensor("second", 6, &second),
        ]);
        let apart = apart(&bytes).expect("it is read").expect("it has large ones");
        assert_eq!(apart.weights, [(0, &first[..]), (5056, &second[..])]);
        assert!(apart.model.len() < 1000);
        let model = read(&apart.model).expect("it is a model");
        assert_eq!(model.graph.name, "made");
        let range =
            |offset, length| Some(External { location: LOCATION, offset, length: Some(length) });
        let told = model.graph.initializers.iter().map(|one| match &one.payload {
            Payload::External(range) => Some(*range),
            _ => None,
        });
        let wanted = [range(0, 5000), None, range(5056, 8192)];
        assert_eq!(told.collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn what_is_small_or_lies_elsewhere_already_is_left_as_it_is() {
        let none = |tensors: &[Vec<u8>]| apart(&model(tensors)).expect("it is read").is_none();
        let large = tensor("large", 1, &[1; 5000]);
        assert!(none(&[]) && none(&[tensor("small", 1, &[1; 64])]));
        assert!(none(&[large.clone(), told(&large, 0, 5000).expect("it is read")]));
        assert!(apart(b"\x3a\xff\xff").is_err());
    }
}
